import type { Span } from '../../kernel/index.js';

/** A window's occurrence that lends to a stay, clipped to it. */
export interface LendingWindow extends Span {
  readonly windowId: string;
  readonly tariffId: string | null;
}

/** A stretch of a stay under one window, or under none. */
export interface WindowPart {
  readonly windowId: string | null;
  readonly tariffId: string | null;
  readonly during: Span;
}

/**
 * Lays the windows of a stay end to end, so that every instant is priced once: a window is kept as long as it lends,
 * and the one that then lends longest follows. What no window covers is a part without one (I8).
 */
export function stayParts(windows: readonly LendingWindow[], during: Span): readonly WindowPart[] {
  const parts: WindowPart[] = [];
  let at = during.startsAt;
  while (at < during.endsAt) {
    const next = windows.filter(each => each.startsAt <= at && at < each.endsAt).reduce<LendingWindow | null>((best, each) => (best === null || isBetter(each, best) ? each : best), null);
    const endsAt = next ? next.endsAt : Math.min(during.endsAt, ...windows.filter(each => each.startsAt > at).map(each => each.startsAt));
    const part = { windowId: next?.windowId ?? null, tariffId: next?.tariffId ?? null, during: { startsAt: at, endsAt: Math.min(endsAt, during.endsAt) } };
    parts.push(part);
    at = part.during.endsAt;
  }
  return parts;
}

/** Longest first; of two that end together the lower id, so that the same stay always has the same price. */
function isBetter(one: LendingWindow, other: LendingWindow): boolean {
  return one.endsAt !== other.endsAt ? one.endsAt > other.endsAt : one.windowId < other.windowId;
}
