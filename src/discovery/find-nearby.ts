import type { Span, WorkCalendar } from '../kernel/index.js';
import type { RequestScope } from '../platform/index.js';
import type { SpaceClass } from '../sharing/index.js';
import { decide, type Asker, type Decision, type FacilityTimeline } from '../availability/index.js';
import { estimateWalkingMetres, roundMetres } from './rules/reach.js';
import { searchedFacilities, type SearchedFacility } from './search-rows.js';
import { walkOutwards, type Candidate, type Walk } from './walk-outwards.js';

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
  readonly now: number;
}

/** One facility within reach, with the decision about it. */
export interface NearbyHit {
  readonly searched: SearchedFacility;
  readonly timeline: FacilityTimeline;
  readonly distanceMetres: number;
  readonly walkingMetres: number;
  readonly decision: Decision;
}

/** Metres on foot from the search's origin to each candidate; all by one kind of measure. */
export interface WalkingReach {
  readonly kind: 'NETWORK' | 'ESTIMATED';
  metresTo(candidate: Candidate): number | null;
}

export const ESTIMATED_WALKING: WalkingReach = {
  kind: 'ESTIMATED',
  metresTo: candidate => roundMetres(estimateWalkingMetres(candidate.distanceMetres)),
};

/** Every facility within reach, nearest first, judged; the caller takes as many as it needs. */
export async function* judgeNearby(scope: RequestScope, ask: NearbyAsk, calendar: WorkCalendar, walking: WalkingReach, after: Walk['after']): AsyncGenerator<readonly NearbyHit[]> {
  for await (const candidates of walkOutwards(scope.database, { ...ask, after })) {
    const reachable = candidates.filter(candidate => {
      const metres = walking.metresTo(candidate);
      return metres !== null && (ask.maxWalkingMetres === null || metres <= ask.maxWalkingMetres);
    });
    const known = await searchedFacilities(scope.database, reachable);
    const judged: NearbyHit[] = [];
    for (const candidate of reachable) {
      const searched = known.get(candidate.id);
      if (!searched) continue;
      judged.push(judge(searched, candidate, ask, calendar, walking));
    }
    yield judged;
  }
}

function judge(searched: SearchedFacility, candidate: Candidate, ask: NearbyAsk, calendar: WorkCalendar, walking: WalkingReach): NearbyHit {
  const timeline = searched.timeline(ask.during, calendar);
  return {
    searched,
    timeline,
    distanceMetres: candidate.distanceMetres,
    walkingMetres: walking.metresTo(candidate)!,
    decision: decide(timeline.pools(ask.spaceClass, ask.asker, ask.now), ask, timeline.horizon.endsAt),
  };
}

/** Takes the first so many that are allowed, walking no farther than it must. */
export async function takeAllowed(judged: AsyncGenerator<readonly NearbyHit[]>, count: number): Promise<readonly NearbyHit[]> {
  const taken: NearbyHit[] = [];
  for await (const batch of judged) {
    for (const hit of batch) {
      if (!hit.decision.allowed) continue;
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
