import { problem, type Problem, type Span, type SpanSet } from '../../kernel/index.js';
import { firstBelow, lentUntil, leastLent, spansWith, type LentSteps } from './lent-steps.js';

/** What one pool of spaces (a zone and a space class) lends to this asker, over a horizon. */
export interface Pool {
  readonly zoneId: string;
  /** What can still be promised: what is lent, less what is promised. */
  readonly steps: LentSteps;
  /** What is lent, promised or not; absent where nothing is promised. */
  readonly lent?: LentSteps;
  /** Whether every window of the pool is for this asker: then what others were promised is simply taken off. */
  readonly servesAll: boolean;
  /** When entering and leaving is possible; null: always (T10). */
  readonly entry: SpanSet | null;
  readonly exit: SpanSet | null;
}

export interface Ask {
  readonly during: Span;
  readonly spaces: number;
  /** The very instant of the entry, where it is known, as at a gate; absent: any of the interval. */
  readonly entersAt?: number;
}

/** The answer of the one decision (P2): the same for search, quote, booking and gate. */
export interface Decision {
  readonly allowed: boolean;
  /** Sum over the pools of the least that each can still promise over the interval. */
  readonly free: number;
  /** Sum over the pools of the least that each lends over the interval, promised or not. */
  readonly lent: number;
  /** The instant of the least free spaces. */
  readonly bottleneckAt: number;
  /** The pools that can take all the spaces over the whole interval. */
  readonly zoneIds: readonly string[];
  /** Until when the spaces asked for stay lent, counted from the interval's start; null where not allowed or beyond the horizon. */
  readonly until: number | null;
  /** The earliest start, at or after the one asked for, of an equally long interval that is allowed; null within the horizon. */
  readonly firstBookableAt: number | null;
  /** Why not, every rule that decided; empty where allowed. */
  readonly problems: readonly Problem[];
}

/** A rule of a room above, given what it asks of: the pools that could take the stay. */
export type BoundCheck = (zoneIds: readonly string[]) => Problem | null;

/**
 * Decides whether an interval can be had, over every pool of one facility. Pure: clock, claims and rights are in the pools.
 * Checks are asked in their order once a pool could take it; the first that refuses decides.
 */
export function decide(pools: readonly Pool[], ask: Ask, horizonEndsAt: number, checks: readonly BoundCheck[] = []): Decision {
  let free = 0;
  let lent = 0;
  let bottleneckAt = ask.during.startsAt;
  let bottleneck = Number.POSITIVE_INFINITY;
  const zoneIds: string[] = [];
  const problems: Problem[] = [];
  let until: number | null = null;

  for (const pool of pools) {
    const least = leastLent(pool.steps, ask.during);
    free += least.spaces;
    lent += pool.lent ? leastLent(pool.lent, ask.during).spaces : least.spaces;
    if (least.spaces < bottleneck) {
      bottleneck = least.spaces;
      bottleneckAt = least.at;
    }
    const refused = refusalOf(pool, ask, least);
    if (refused) {
      problems.push(refused);
      continue;
    }
    zoneIds.push(pool.zoneId);
    until = Math.max(until ?? 0, lentUntil(pool.steps, ask.during.startsAt, ask.spaces));
  }

  const denied = zoneIds.length > 0 ? firstProblem(checks, zoneIds) : null;
  if (denied) return { allowed: false, free, lent, bottleneckAt, zoneIds: [], until: null, firstBookableAt: null, problems: [denied] };
  const allowed = zoneIds.length > 0;
  return {
    allowed,
    free,
    lent,
    bottleneckAt,
    zoneIds,
    until: until === null || until >= horizonEndsAt ? null : until,
    firstBookableAt: allowed ? ask.during.startsAt : firstBookableAt(pools, ask, horizonEndsAt),
    problems: allowed ? [] : problems,
  };
}

function firstProblem(checks: readonly BoundCheck[], zoneIds: readonly string[]): Problem | null {
  for (const check of checks) {
    const problem = check(zoneIds);
    if (problem) return problem;
  }
  return null;
}

function refusalOf(pool: Pool, ask: Ask, least: { readonly spaces: number; readonly at: number }): Problem | null {
  if (least.spaces === 0 && (!pool.lent || leastLent(pool.lent, ask.during).spaces === 0)) {
    return problem('NOT_LENT', { zh: '所求时段内有不出借的时刻', en: 'nothing is lent at some instant of the interval', clause: '3.2-6', data: { at: least.at, zoneId: pool.zoneId } });
  }
  if (least.spaces < ask.spaces) {
    return problem('NOT_ENOUGH_SPACES', { zh: `时段内最少仅余 ${least.spaces} 个泊位，所求 ${ask.spaces} 个`, en: `at the least ${least.spaces} spaces are left in the interval, ${ask.spaces} were asked for`, data: { freeSpaces: least.spaces, at: least.at, firstConflict: firstBelow(pool.steps, ask.during, ask.spaces), zoneId: pool.zoneId } });
  }
  if (!meets(pool.entry, ask.entersAt === undefined ? ask.during : { startsAt: ask.entersAt, endsAt: ask.entersAt + 1 })) {
    return problem('ENTRY_CURFEW', ask.entersAt === undefined
      ? { zh: '整个时段均不可入场', en: 'entering is not possible at any instant of the interval', data: { zoneId: pool.zoneId } }
      : { zh: '此刻不可入场', en: 'entering is not possible at this instant', data: { zoneId: pool.zoneId, at: ask.entersAt } });
  }
  // Leaving at the very end is leaving within the stay: the last instant counts for exits as the first does for entries.
  if (!meets(pool.exit, { startsAt: ask.during.startsAt + 1, endsAt: ask.during.endsAt + 1 })) {
    return problem('EXIT_CURFEW', { zh: '整个时段均不可出场', en: 'leaving is not possible at any instant of the interval', data: { zoneId: pool.zoneId } });
  }
  return null;
}

const MINUTE_MS = 60_000;

function meets(set: SpanSet | null, during: Span): boolean {
  return set === null || set.some(span => span.startsAt < during.endsAt && during.startsAt < span.endsAt);
}

/**
 * The earliest feasible start. Where a pool lends enough without a break, the first candidate is the break's end; a
 * curfew may push it on, to the first start whose stay just reaches an allowed entry or exit.
 */
function firstBookableAt(pools: readonly Pool[], ask: Ask, horizonEndsAt: number): number | null {
  const length = ask.during.endsAt - ask.during.startsAt;
  let earliest: number | null = null;
  for (const pool of pools) {
    for (const span of spansWith(pool.steps, ask.during.startsAt, ask.spaces)) {
      if (earliest !== null && span.startsAt >= earliest) break;
      const found = firstStartIn(pool, span, length);
      if (found !== null && found + length <= horizonEndsAt && (earliest === null || found < earliest)) earliest = found;
      if (found !== null) break;
    }
  }
  return earliest;
}

function firstStartIn(pool: Pool, span: Span, length: number): number | null {
  const candidates = [span.startsAt];
  for (const entry of pool.entry ?? []) candidates.push(entry.startsAt - length + MINUTE_MS);
  for (const exit of pool.exit ?? []) candidates.push(exit.startsAt - length);
  candidates.sort((a, b) => a - b);
  for (const candidate of candidates) {
    if (candidate < span.startsAt || candidate + length > span.endsAt) continue;
    const during = { startsAt: candidate, endsAt: candidate + length };
    if (meets(pool.entry, during) && meets(pool.exit, { startsAt: candidate + 1, endsAt: during.endsAt + 1 })) return candidate;
  }
  return null;
}
