import type { CountInForce } from './live-state.js';

/** How far a counter of vehicles was off when the next absolute count came. */
export interface Drift {
  /** Spaces that the counter held occupied, or free, in excess of the count. */
  readonly delta: number;
  readonly expected: number;
  readonly counted: number;
  readonly isDrifting: boolean;
}

/** Spaces within which a counter may be off, whatever the size. */
const TOLERATED_SPACES = 2;
const TOLERATED_SHARE = 0.05;
/** A counter whose gates have long been silent is no counter any more. */
const COUNTER_LIVES_MS = 24 * 3_600_000;

/**
 * The drift that a new absolute count heals (C3): what the old one and the vehicles since then led to, less what was
 * counted. Null where the two count different things, so that nothing can be said. A feed drifts beyond two spaces or a
 * twentieth of the total, whichever is more. Example: 40 occupied, 12 in, 5 out, then 44 counted: a drift of 3.
 */
export function driftOf({ before, after, movedBetween, total, lastEventAt }: {
  readonly before: CountInForce;
  readonly after: CountInForce;
  readonly movedBetween: number;
  readonly total: number;
  readonly lastEventAt: number;
}): Drift | null {
  if (after.observedAt - lastEventAt > COUNTER_LIVES_MS) return null;
  const isOccupied = before.occupied !== null && after.occupied !== null;
  if (!isOccupied && (before.free === null || after.free === null)) return null;
  const expected = isOccupied ? before.occupied! + movedBetween : before.free! - movedBetween;
  const counted = isOccupied ? after.occupied! : after.free!;
  const delta = expected - counted;
  return { delta, expected, counted, isDrifting: Math.abs(delta) > Math.max(TOLERATED_SPACES, TOLERATED_SHARE * total) };
}
