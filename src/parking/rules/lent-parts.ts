import type { Span } from '../../kernel/index.js';
import { stayParts, type LendingWindow, type WindowPart } from './stay-parts.js';

/**
 * Lays a stay that is over end to end: where it was claimed by the windows of its claim, elsewhere by whichever lent then,
 * and where none did a part of no window, which the registered tariff prices (I8).
 */
export function lentParts(during: Span, claimed: readonly WindowPart[], lent: readonly LendingWindow[]): readonly WindowPart[] {
  const parts: WindowPart[] = [];
  let at = during.startsAt;
  const fill = (until: number): void => {
    if (at < until) parts.push(...stayParts(lent, { startsAt: at, endsAt: until }));
    at = Math.max(at, until);
  };
  for (const part of claimed) {
    const endsAt = Math.min(part.during.endsAt, during.endsAt);
    if (part.windowId === null || endsAt <= at) continue;
    fill(Math.min(part.during.startsAt, during.endsAt));
    if (at < endsAt) parts.push({ ...part, during: { startsAt: at, endsAt } });
    at = Math.max(at, endsAt);
  }
  fill(during.endsAt);
  return parts;
}

/**
 * Gives what nobody lent the tariff of the window that lent last, of those that ask a price, or of the first that lent
 * within the stay where none did before: an overstay is not free (C9). What is left without a tariff has no price.
 */
export function pricedByLast(parts: readonly WindowPart[], lent: readonly LendingWindow[]): readonly WindowPart[] {
  const lenders = [...parts.filter(part => part.windowId !== null).map(({ tariffId, during }) => ({ tariffId, ...during })), ...lent.toSorted((one, other) => (one.windowId < other.windowId ? -1 : 1))].filter(each => each.tariffId !== null);
  const newest = lenders.toSorted((one, other) => other.endsAt - one.endsAt);
  const oldest = lenders.toSorted((one, other) => one.startsAt - other.startsAt);
  return parts.map(part => {
    if (part.windowId !== null) return part;
    const lender = newest.find(each => each.endsAt <= part.during.startsAt) ?? oldest.find(each => each.startsAt >= part.during.endsAt);
    return { ...part, tariffId: lender?.tariffId ?? null };
  });
}

/** Whether nothing prices a part: nobody lent it, and no tariff is known for it. */
export function isUnpriced({ windowId, tariffId }: WindowPart): boolean {
  return windowId === null && tariffId === null;
}
