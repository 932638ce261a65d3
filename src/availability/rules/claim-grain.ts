import type { Span } from '../../kernel/index.js';
import type { LentSteps } from './lent-steps.js';

/** Claims are counted by five minutes. */
export const BUCKET_MS = 300_000;
export const BUCKETS_A_DAY = 288;
export const DAY_MS = BUCKETS_A_DAY * BUCKET_MS;

/** A span rounded outwards to whole buckets: what is promised for a part of five minutes is promised for all of them. */
export function rounded({ startsAt, endsAt }: Span): Span {
  return { startsAt: Math.floor(startsAt / BUCKET_MS) * BUCKET_MS, endsAt: Math.ceil(endsAt / BUCKET_MS) * BUCKET_MS };
}

/** The days in UTC that a span touches, [from, until). */
export function daysOf({ startsAt, endsAt }: Span): { readonly from: number; readonly until: number } {
  return { from: Math.floor(startsAt / DAY_MS), until: Math.ceil(endsAt / DAY_MS) };
}

/** Days that are past and counted still, less than are kept: what somebody is about to forget, nobody counts on any more. */
export const COUNTED_PAST_DAYS = 7;

/** The part of a span that is counted; null where all of it is long past. What came of days that are forgotten is in the claims alone. */
export function countedPart({ startsAt, endsAt }: Span, now: number): Span | null {
  const from = Math.max(startsAt, (Math.floor(now / DAY_MS) - COUNTED_PAST_DAYS) * DAY_MS);
  return from < endsAt ? { startsAt: from, endsAt } : null;
}

/** The counters of one pool and eligibility, by day in UTC. */
export type DayCounters = ReadonlyMap<number, Int32Array>;

/** Adds spaces over a span to counters; answers the days that it touched. `dayOf` makes a day that has none. */
export function addSpaces(dayOf: (day: number) => Int32Array, span: Span, spaces: number): readonly number[] {
  const whole = rounded(span);
  const { from, until } = daysOf(whole);
  const touched: number[] = [];
  for (let day = from; day < until; day++) {
    const first = Math.max(0, (whole.startsAt - day * DAY_MS) / BUCKET_MS);
    const last = Math.min(BUCKETS_A_DAY, (whole.endsAt - day * DAY_MS) / BUCKET_MS);
    const counts = dayOf(day);
    for (let bucket = first; bucket < last; bucket++) counts[bucket]! += spaces;
    touched.push(day);
  }
  return touched;
}

/** What counters and holds together promise, as steps. */
export function promisedSteps(days: DayCounters, holds: ReadonlyArray<Span & { readonly spaces: number }>): LentSteps {
  const changes = new Map<number, number>();
  const change = (at: number, by: number): void => void changes.set(at, (changes.get(at) ?? 0) + by);
  for (const [day, counts] of days) {
    let before = 0;
    for (let bucket = 0; bucket < BUCKETS_A_DAY; bucket++) {
      const count = counts[bucket]!;
      if (count === before) continue;
      change(day * DAY_MS + bucket * BUCKET_MS, count - before);
      before = count;
    }
    if (before !== 0) change((day + 1) * DAY_MS, -before);
  }
  for (const hold of holds) {
    const { startsAt, endsAt } = rounded(hold);
    change(startsAt, hold.spaces);
    change(endsAt, -hold.spaces);
  }
  const at: number[] = [];
  const lent: number[] = [];
  let sum = 0;
  for (const [instant, by] of [...changes].sort((a, b) => a[0] - b[0])) {
    if (by === 0) continue;
    sum += by;
    at.push(instant);
    lent.push(sum);
  }
  return { at, lent };
}
