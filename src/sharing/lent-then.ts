import type { Span } from '../kernel/index.js';
import type { Unit } from '../platform/index.js';
import { seenWorkCalendar } from './calendar.js';
import { contextOf } from './evaluation-context.js';
import { listPastWindows } from './past-windows.sql.js';
import { occurrencesOf } from './rules/occurrences.js';
import { decodeTerms } from './rules/terms-codec.js';
import type { Audience, Quota } from './rules/window.js';

const MINUTE_MS = 60_000;

/** A stretch in which a window lent, by the version that held then. */
export interface LentThen extends Span {
  readonly windowId: string;
  readonly audience: Audience;
  readonly leastCredit: number | null;
  readonly tariffId: string | null;
  readonly quota: Quota;
}

/**
 * What facilities lent in the past: each minute by the version that held when it began, so that a later change, pause or
 * suspension alters nothing of what was lent (I8). Two statements, however many asks; an answer an ask, in their order.
 */
export async function lentThen(unit: Unit, asks: ReadonlyArray<{ readonly facilityId: string; readonly during: Span }>): Promise<ReadonlyArray<readonly LentThen[]>> {
  if (asks.length === 0) return [];
  const whole = { startsAt: Math.min(...asks.map(each => each.during.startsAt)), endsAt: Math.max(...asks.map(each => each.during.endsAt)) };
  const rows = await listPastWindows(unit, [...new Set(asks.map(each => each.facilityId))].sort(), whole);
  const calendar = await seenWorkCalendar(unit);
  const held = Map.groupBy(rows.map(row => ({ ...row, terms: decodeTerms(row.terms), context: { ...contextOf(row), calendar } })), row => row.facilityId);
  return asks.map(({ facilityId, during }) => (held.get(facilityId) ?? []).flatMap(({ windowId, terms, heldFrom, heldUntil, context }) => {
    const { audience, leastCredit, tariffId } = terms;
    const between = { startsAt: Math.max(during.startsAt, minuteFrom(heldFrom)), endsAt: Math.min(during.endsAt, minuteFrom(heldUntil ?? Number.POSITIVE_INFINITY)) };
    return occurrencesOf(terms, between, context).map(({ startsAt, endsAt, quota }): LentThen => ({
      windowId, audience, leastCredit, tariffId, quota, startsAt: Math.max(between.startsAt, minuteFrom(startsAt)), endsAt: Math.min(between.endsAt, minuteFrom(endsAt)),
    })).filter(each => each.startsAt < each.endsAt);
  }));
}

/** A price counts whole minutes: one belongs to whoever lent as it began. */
function minuteFrom(at: number): number {
  return Math.ceil(at / MINUTE_MS) * MINUTE_MS;
}
