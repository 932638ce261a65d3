import type { Problem, RefusalCode } from '../kernel/index.js';
import type { RequestScope } from '../platform/index.js';
import { encodeCursor } from '../platform/graphql/index.js';
import { Availability, AvailabilitySource, AvailabilityState, coveringPieces, type LentPiece, type StayAsk } from '../availability/index.js';
import { isUsable, type NearbyAsk, type NearbyHit } from './find-nearby.js';
import type { CoveringWindowType, EligibilityType, ReasonType } from './nearby.type.js';
import { NearbyOrder, WalkingKind } from './nearby.type.js';
import type { WalkingReach } from './walking-reach.js';

/** How one search is presented: what every edge of it needs besides its hit. */
export interface Presentation {
  readonly scope: RequestScope;
  readonly ask: NearbyAsk;
  readonly orderBy: NearbyOrder;
  readonly walking: WalkingReach;
  /** Whether no interval was asked for: 'now' has no end, and so no price. */
  readonly isNow: boolean;
}

/** An edge of the answer. Its fields are computed when they are read, so that an answer costs what it selects. */
export class NearbyEdgeView {
  #covering: readonly LentPiece[] | undefined;

  constructor(
    readonly hit: NearbyHit,
    private readonly shown: Presentation,
  ) {}

  /** The stay that a price is asked of; null for 'now'. */
  get stay(): StayAsk | null {
    const { ask, isNow } = this.shown;
    const { during, spaceClass, spaces, asker } = ask;
    return isNow ? null : { facilityId: this.hit.facility.id, zoneIds: null, spaceId: null, during, spaceClass, spaces, asker };
  }

  get cursor(): string {
    return encodeCursor([this.shown.orderBy, ...placeOf(this.hit, this.shown.orderBy)]);
  }

  get distanceMetres(): number {
    return this.hit.distanceMetres;
  }

  get walkingMetres(): number | null {
    return this.hit.walkingMetres;
  }

  get walkingKind(): WalkingKind {
    return WalkingKind[this.shown.walking.kind];
  }

  get until(): number | null {
    return this.hit.decision.until;
  }

  get firstBookableAt(): number | null {
    return this.hit.decision.firstBookableAt;
  }

  get availability(): Availability {
    return availabilityOf(this.hit);
  }

  get windows(): CoveringWindowType[] {
    const { during } = this.shown.ask;
    return this.#pieces().map(({ windowId, name, mode, zoneId, startsAt, endsAt, onDate, quota, isProvisional }) => ({
      windowId, name, mode, zoneId, startsAt, endsAt, onDate, quota, isProvisional,
      coversWhole: startsAt <= during.startsAt && during.endsAt <= endsAt,
    }));
  }

  get eligibility(): EligibilityType {
    const allowed = isUsable(this.hit);
    return { allowed, reasons: allowed ? this.#conditions() : refusalReasons(this.hit, this.shown) };
  }

  #pieces(): readonly LentPiece[] {
    this.#covering ??= coveringPieces(this.hit.lending, this.shown.ask.during, this.hit.decision.zoneIds);
    return this.#covering;
  }

  /** What comes with a yes: a least credit that nobody could check yet, and a calendar that is not published yet. */
  #conditions(): ReasonType[] {
    const found = new Map<string, ReasonType>();
    for (const { windowId, leastCredit, isProvisional } of this.#pieces()) {
      if (leastCredit !== null && this.shown.ask.asker.credit === null) {
        found.set(`credit ${windowId}`, this.#reason('LEAST_CREDIT', { zh: `驾驶人信用分须不低于 ${leastCredit}`, en: `the driver needs a credit score of at least ${leastCredit}` }, '2.2-4', windowId));
      }
      if (isProvisional) {
        found.set(`provisional ${windowId}`, this.#reason('PROVISIONAL_CALENDAR', { zh: '放假安排尚未公布，公布后复核', en: 'the holiday calendar of that year is not published yet; this is checked again when it is' }, null, windowId));
      }
    }
    return [...found.values()];
  }

  #reason(code: RefusalCode, text: { zh: string; en: string }, clause: string | null, windowId: string | null): ReasonType {
    return { code, message: this.shown.scope.say(text), clause, windowId };
  }
}

/** Stands behind every walk in an order by walking; a cursor carries numbers only. */
const OUT_OF_REACH = Number.MAX_SAFE_INTEGER;

/** The place of a hit in its order; the id breaks ties. */
export function placeOf(hit: NearbyHit, orderBy: NearbyOrder): readonly [rank: number, id: string] {
  const { id } = hit.facility;
  switch (orderBy) {
    case NearbyOrder.DISTANCE:
      return [hit.distanceMetres, id];
    case NearbyOrder.WALKING:
      return [hit.walkingMetres ?? OUT_OF_REACH, id];
    case NearbyOrder.MOST_FREE:
      return [-hit.decision.free, id];
  }
}

/** The whole availability over the interval: what the windows lend less what is out of service, and less what is promised. */
export function availabilityOf(hit: Pick<NearbyHit, 'decision' | 'lending'>): Availability {
  const { decision, lending } = hit;
  const isLent = decision.lent > 0;
  return Object.assign(new Availability(), {
    state: !isLent ? AvailabilityState.CLOSED : decision.free > 0 ? AvailabilityState.OPEN : AvailabilityState.FULL,
    free: isLent ? decision.free : null,
    quota: isLent ? decision.lent : null,
    capacity: lending.capacity,
    observedAt: null,
    receivedAt: null,
    staleAfter: null,
    source: AvailabilitySource.WINDOWS,
    bottleneckAt: isLent ? decision.bottleneckAt : null,
    reason: isLent ? null : 'NOT_LENT',
  });
}

/** Why a candidate was left out: the walk, the pools' refusals, and for each window of the class the rule that decided. */
function refusalReasons(hit: NearbyHit, { scope, ask }: Presentation): ReasonType[] {
  const reasons = hit.isWithinWalk ? [] : [tooFarOnFoot(hit, { scope, ask })];
  if (hit.decision.allowed) return reasons;
  reasons.push(...hit.decision.problems.map((problem: Problem): ReasonType => ({ code: problem.code, message: scope.say(problem), clause: problem.clause ?? null, windowId: null })));
  const windows = hit.timeline!.explain(hit.decision.bottleneckAt, ask.spaceClass, ask.asker);
  for (const { window, problem, decidedBy } of windows) {
    if (problem) reasons.push({ code: problem.code, message: scope.say(problem), clause: problem.clause ?? null, windowId: window.id });
    else if (decidedBy) reasons.push({ code: decidedBy.kind, message: scope.say(decidedBy), clause: null, windowId: window.id });
  }
  if (windows.length > 0) return reasons;
  return [...reasons, { code: 'NO_WINDOW', message: scope.say({ zh: '没有出借该类泊位的共享时段', en: 'no sharing window lends spaces of this class' }), clause: '2.2-1', windowId: null }];
}

function tooFarOnFoot({ walkingMetres }: NearbyHit, { scope, ask }: Pick<Presentation, 'scope' | 'ask'>): ReasonType {
  const most = ask.maxWalkingMetres!;
  const text = walkingMetres === null
    ? { zh: `沿步行路网在可及范围内走不到，上限 ${most} 米`, en: `no walk along the network leads there within reach; at most ${most} m were asked for` }
    : { zh: `步行 ${walkingMetres} 米，超过上限 ${most} 米`, en: `a walk of ${walkingMetres} m, more than the ${most} m asked for` };
  return { code: 'TOO_FAR_ON_FOOT', message: scope.say(text), clause: '2.1-3', windowId: null };
}
