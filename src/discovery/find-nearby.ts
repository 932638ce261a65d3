import type { Span, WorkCalendar } from '../kernel/index.js';
import type { RequestScope } from '../platform/index.js';
import type { SpaceClass } from '../sharing/index.js';
import { decide, type Asker, type Decision } from '../availability/index.js';
import { lendingFacilities, type LendingFacility } from './search-rows.js';
import { walkOutwards, type Candidate, type Walk } from './walk-outwards.js';
import type { WalkingReach } from './walking-reach.js';

/** A search, resolved: coordinates in WGS-84, instants, defaults filled in. */
export interface NearbyAsk {
  readonly origin: { readonly longitude: number; readonly latitude: number };
  readonly radiusMetres: number;
  readonly maxWalkingMetres: number | null;
  readonly during: Span;
  readonly spaces: number;
  readonly spaceClass: SpaceClass;
  readonly filter: Walk['filter'];
  readonly asker: Asker;
  /** Whether what cannot be used is wanted, too, with the reasons. */
  readonly explains: boolean;
  /** How many are asked for. */
  readonly wanted: number;
  readonly now: number;
}

/** One facility within reach, with the decision about it. */
export interface NearbyHit extends LendingFacility {
  readonly distanceMetres: number;
  /** null where no walk along the network leads there within reach. */
  readonly walkingMetres: number | null;
  readonly isWithinWalk: boolean;
  readonly decision: Decision;
}

/** Whether a hit can be used: its spaces are lent, and it is no farther on foot than asked. */
export function isUsable(hit: NearbyHit): boolean {
  return hit.isWithinWalk && hit.decision.allowed;
}

/** Every facility within reach, nearest first, judged; the caller takes as many as it needs. */
export async function* judgeNearby(scope: RequestScope, ask: NearbyAsk, calendar: WorkCalendar, walking: WalkingReach, after: Walk['after']): AsyncGenerator<readonly NearbyHit[]> {
  for await (const candidates of walkOutwards(scope.database, { ...ask, after })) {
    const walked = candidates.map(candidate => walk(candidate, ask, walking)).filter(one => one.isWithinWalk || ask.explains);
    const lendings = await lendingFacilities(scope.database, walked.map(one => one.candidate), ask, calendar);
    yield walked.flatMap((one, i) => {
      const lending = lendings[i];
      return lending ? [judge(lending, one, ask)] : [];
    });
  }
}

interface Walked extends Pick<NearbyHit, 'walkingMetres' | 'isWithinWalk'> {
  readonly candidate: Candidate;
}

/** Without a limit on the walk nothing is too far on foot, whatever the network says. */
function walk(candidate: Candidate, { maxWalkingMetres }: NearbyAsk, walking: WalkingReach): Walked {
  const walkingMetres = walking.metresTo(candidate);
  return { candidate, walkingMetres, isWithinWalk: maxWalkingMetres === null || (walkingMetres !== null && walkingMetres <= maxWalkingMetres) };
}

function judge({ facility, lending, timeline }: LendingFacility, { candidate, walkingMetres, isWithinWalk }: Walked, ask: NearbyAsk): NearbyHit {
  return {
    facility,
    lending,
    timeline,
    distanceMetres: candidate.distanceMetres,
    walkingMetres,
    isWithinWalk,
    decision: decide(lending.pools, ask, lending.horizonEndsAt),
  };
}

/** Takes the first so many that can be used, walking no farther than it must. */
export async function takeUsable(judged: AsyncGenerator<readonly NearbyHit[]>, count: number): Promise<readonly NearbyHit[]> {
  const taken: NearbyHit[] = [];
  for await (const batch of judged) {
    for (const hit of batch) {
      if (!isUsable(hit)) continue;
      taken.push(hit);
      if (taken.length === count) return taken;
    }
  }
  return taken;
}

/** Takes everything within reach, for orders other than distance and for explanations. */
export async function takeAll(judged: AsyncGenerator<readonly NearbyHit[]>): Promise<readonly NearbyHit[]> {
  const taken: NearbyHit[] = [];
  for await (const batch of judged) taken.push(...batch);
  return taken;
}
