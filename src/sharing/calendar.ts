import { isRefusal, localTime, WorkCalendar, workCalendarSeed, type CalendarNotice, type CalendarRow } from '../kernel/index.js';
import type { Database, RequestScope, Sql, Unit } from '../platform/index.js';
import { addCalendar, holdCalendar, readCalendar, type CalendarDayRow, type NoticeRow } from './calendar.sql.js';

/** How long a process trusts the calendar it read; a new notice is in force everywhere after that. */
const TRUSTED_MS = 5_000;

interface Kept {
  readonly calendar: WorkCalendar;
  readonly text: string;
  readonly readAt: number;
}

interface Shelf {
  kept?: Kept;
  /** What a unit last read while it held the calendar still, by the notices that it saw. */
  held?: { readonly notices: string; readonly kept: Kept };
  reading?: Promise<Kept>;
}

const shelves = new WeakMap<Database, Shelf>();
/** What a unit holds still stays as it is until it ends, unless it holds it alone and writes to it. */
const heldByUnit = new WeakMap<Unit, Promise<WorkCalendar>>();

function shelfOf(database: Database): Shelf {
  const known = shelves.get(database);
  if (known) return known;
  const made: Shelf = {};
  shelves.set(database, made);
  return made;
}

/** An empty table is about to be seeded: it is asked again each time. */
function isTrusted(kept: Kept | undefined, now: number): kept is Kept {
  return kept !== undefined && Math.abs(now - kept.readAt) < TRUSTED_MS && kept.calendar.notices.length > 0;
}

/**
 * The State Council's calendar as the table tells it, shared by the whole process. The same object is answered as long
 * as the table says the same, so that whoever expanded windows with it can keep what they expanded.
 */
export async function workCalendar({ database, clock }: Pick<RequestScope, 'database' | 'clock'>): Promise<WorkCalendar> {
  const shelf = shelfOf(database);
  const now = clock.now();
  if (isTrusted(shelf.kept, now)) return shelf.kept.calendar;
  shelf.reading ??= readAnew(database, now, shelf.kept)
    .then(kept => (shelf.kept = kept))
    .finally(() => (shelf.reading = undefined));
  return (await shelf.reading).calendar;
}

/**
 * The same for a unit, held still until its commit and read over its own connection: the embedded database has no other,
 * so that any read beside it, or one that somebody else has begun, would wait for this very transaction. Shared only with
 * units that see the same notices, because the unit may have written to the calendar and may still roll back. Ask for it
 * before locking facilities: whoever records a notice has the calendar first, too.
 */
export function workCalendarWithin(unit: Unit, { alone = false }: { alone?: boolean } = {}): Promise<WorkCalendar> {
  const known = alone ? undefined : heldByUnit.get(unit);
  if (known) return known;
  const held = holdStill(unit, alone);
  heldByUnit.set(unit, held);
  return held;
}

async function holdStill(unit: Unit, alone: boolean): Promise<WorkCalendar> {
  const notices = await holdCalendar(unit, { alone });
  const shelf = shelfOf(unit.scope.database);
  if (shelf.held?.notices === notices.text) return shelf.held.kept.calendar;
  if (shelf.kept?.calendar.notices.length === notices.count && isTrusted(shelf.kept, unit.now)) return shelf.kept.calendar;
  const kept = await readAnew(unit, unit.now, shelf.held?.kept ?? shelf.kept);
  shelf.held = { notices: notices.text, kept };
  return kept.calendar;
}

/**
 * The calendar as a unit sees it, not held still: for a price, which a notice of tomorrow does not undo. Unlike
 * `workCalendarWithin` it waits for nobody, so that it may be asked after facilities were locked.
 */
export async function seenWorkCalendar(unit: Unit): Promise<WorkCalendar> {
  const { kept } = shelfOf(unit.scope.database);
  return isTrusted(kept, unit.now) ? kept.calendar : (await readAnew(unit, unit.now, kept)).calendar;
}

/** Lets this process read the calendar anew at the next question, once a notice was committed here. */
export function forgetCalendar(database: Database): void {
  shelves.delete(database);
}

async function readAnew(sql: Sql, now: number, before: Kept | undefined): Promise<Kept> {
  const { notices, days } = await readCalendar(sql);
  const text = JSON.stringify([notices, days]);
  if (before?.text === text) return { ...before, readAt: now };
  return { calendar: WorkCalendar.of(days.map(rowOf), notices.map(notice => ({ ...notice, publishedOn: dayOf(notice.publishedOn) }))), text, readAt: now };
}

function rowOf({ noticeId, day, dayType, name }: CalendarDayRow): CalendarRow {
  return { noticeId, day: dayOf(day), dayType: dayType as CalendarRow['dayType'], name };
}

function dayOf(text: string): number {
  const day = localTime.parseDay(text);
  if (isRefusal(day)) throw new Error(`the calendar holds the date ${text}`);
  return day.value;
}

/** Adds notices with their rows; what is there already stays. */
export function storeNotices(sql: Sql, now: number, notices: readonly CalendarNotice[], rows: readonly CalendarRow[]): Promise<void> {
  const noticeRows: NoticeRow[] = notices.map(notice => ({ ...notice, publishedOn: localTime.formatDay(notice.publishedOn) }));
  const dayRows: CalendarDayRow[] = rows.map(row => ({ ...row, day: localTime.formatDay(row.day) }));
  return addCalendar(sql, noticeRows, dayRows, now);
}

/** Fills the calendar with the notices that the release knows, 2020 to 2026; on a filled one it adds only what is missing. */
export async function seedWorkCalendar(sql: Sql, now: number): Promise<void> {
  const { rows, notices } = workCalendarSeed();
  await storeNotices(sql, now, notices, rows);
}
