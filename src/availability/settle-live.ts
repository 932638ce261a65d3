import type { WorkCalendar } from '../kernel/index.js';
import type { Unit } from '../platform/index.js';
import { workCalendarWithin, type SpaceClass } from '../sharing/index.js';
import { FacilityTimeline } from './facility-timeline.js';
import { listPromised } from './claim.sql.js';
import { booksOf, type PromiseBook } from './promise-book.js';
import { DAY_MS } from './rules/claim-grain.js';
import { lendingFactsOf, zoneOfRow } from './lending-row.js';
import { groupedBy, storeLive, type NextLive } from './store-live.js';
import { listDue, lockHeads, putHeads, selectFreeLive, type DueRow, type LiveRow } from './live.sql.js';
import { liveFigure, nextSilence } from './rules/live-state.js';

/** How far ahead a look expands the windows; where nothing changes by then, the next look is a day on. */
const HORIZON_DAYS = 3;
/** As far as the next look is at the latest. */
const PROMISED_DAYS = 2;

/** Looks at these facilities now, whether their instant has come or not; false where there is none of them. */
export async function settleLive(unit: Unit, facilityIds: readonly string[]): Promise<boolean> {
  const calendar = await workCalendarWithin(unit);
  const due = await listDue(unit, await lockHeads(unit, facilityIds));
  await settleDue(unit, due, calendar);
  return due.length > 0;
}

/**
 * Brings the live rows of locked facilities to this instant, and says when each is looked at next. The calendar is asked
 * for before the facilities are locked: whoever records a notice makes all of them due.
 */
export async function settleDue(unit: Unit, due: readonly DueRow[], calendar: WorkCalendar): Promise<void> {
  if (due.length === 0) return;
  const rows = new Map(groupedBy(await selectFreeLive(unit, due.map(facility => facility.id))).map(group => [group[0]!.facilityId, group]));
  const today = Math.floor(unit.now / DAY_MS);
  const books = booksOf(await listPromised(unit, due.map(facility => facility.id), { from: today, until: today + PROMISED_DAYS }, unit.now));
  const settled = due.flatMap(facility => {
    const known = rows.get(facility.id) ?? [];
    return known.length === facility.liveRows ? [settle(facility, { known, book: books.get(facility.id)?.book ?? null, calendar, now: unit.now })] : [];
  });
  if (settled.length === 0) return;
  await putHeads(unit, settled.map(({ facility, lookAt }) => ({ facilityId: facility.id, lookAt, routing: facility.routing })));
  await storeLive(unit, settled.map(each => each.next).filter(next => next.rows.length > 0));
}

interface Settled {
  readonly facility: DueRow;
  readonly next: NextLive;
  readonly lookAt: number;
}

function settle(facility: DueRow, { known, book, calendar, now }: { readonly known: readonly LiveRow[]; readonly book: PromiseBook | null; readonly calendar: WorkCalendar; readonly now: number }): Settled {
  const zone = zoneOfRow(facility);
  const today = zone.instant(zone.dayOf(now), 0);
  const timeline = new FacilityTimeline(lendingFactsOf(facility, zone), calendar, { startsAt: today, endsAt: today + HORIZON_DAYS * DAY_MS });
  const classes = new Set<SpaceClass>([...facility.lending.capacities.map(each => each.spaceClass), ...known.map(row => row.spaceClass)]);
  let lookAt = now + DAY_MS;
  const rows = [...classes].sort().map(spaceClass => {
    const row = known.find(each => each.spaceClass === spaceClass) ?? null;
    const counts = row?.counts ?? [];
    const { lent, changesAt } = timeline.lentAt(now, spaceClass, book);
    lookAt = Math.min(lookAt, changesAt ?? Infinity, nextSilence(counts, now) ?? Infinity);
    return { city: facility.city, facilityId: facility.id, spaceClass, known: row, lent, counts, isTouched: true, figure: liveFigure(lent, counts, now) };
  });
  const isMoved = JSON.stringify(facility.routing) !== JSON.stringify(facility.knownRouting);
  return { facility, lookAt, next: { rows, routing: isMoved ? facility.routing : null } };
}
