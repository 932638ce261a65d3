import { done, isRefusal, localTime, refuse, type Outcome, type Problem, type Span } from '../kernel/index.js';
import { ensureMay } from '../identity/index.js';
import { transaction, type RequestScope, type Unit } from '../platform/index.js';
import { forgetCalendar, storeNotices, workCalendarWithin } from './calendar.js';
import { listCities, listPublishedAfter, type NoticedWindow } from './calendar.sql.js';
import { contextOf } from './evaluation-context.js';
import { checkNotice, rowsOfNotice, type NoticeDraft } from './rules/calendar-notice.js';
import { changedOccurrences, type CalendarChange } from './rules/changed-occurrences.js';
import { decodeTerms } from './rules/terms-codec.js';
import { listWindowContexts } from './suspensions.sql.js';

const DAY_MS = 86_400_000;
/** How far ahead a change is told of: what a yearly statistic or the longest booking asks. */
const AHEAD_DAYS = 400;
const PAGE_WINDOWS = 1_000;

export interface RecordedNotice {
  readonly noticeId: string;
  /** ISO dates, from today on, whose type is another one now. */
  readonly changedDays: readonly string[];
  readonly changedWindows: number;
  readonly findings: readonly Problem[];
}

/**
 * Records a notice of the State Council's General Office (T6–T8): from now on its dates are as it says, in place of what
 * earlier notices said of them, and its year is no longer provisional. Every window that lends otherwise in the coming
 * 400 days is announced with the span in which it does (T7). The calendar is everybody's, so that whoever writes it
 * needs the right in every city of this platform.
 */
export async function recordCalendarNotice(scope: RequestScope, input: NoticeDraft & { readonly idempotencyKey: string }): Promise<Outcome<RecordedNotice>> {
  const outcome = await transaction(scope, async unit => {
    await ensureMayEverywhere(unit);
    const before = await workCalendarWithin(unit, { alone: true });
    const today = localTime.shanghai().dayOf(unit.now);
    const { refusals, findings } = checkNotice(input, { today, notices: before.notices });
    if (refusals.length > 0) return refuse(refusals);

    const { notice, rows } = rowsOfNotice(input);
    await storeNotices(unit, [notice], rows);
    const after = await workCalendarWithin(unit, { alone: true });
    const days = after.changedDays(before, { fromDay: today, toDay: today + AHEAD_DAYS });
    const changedWindows = days.length === 0 ? 0 : await announceChanges(unit, { before, after, days: days as CalendarChange['days'] });
    const changedDays = days.map(localTime.formatDay);
    unit.record({ action: 'calendar:write', objectType: 'calendarNotice', objectId: notice.noticeId, details: { year: notice.year, days: rows.length, changedDays: days.length, changedWindows, findings: findings.map(each => each.code) } });
    unit.announce('calendar.noticeRecorded', { noticeId: notice.noticeId, year: notice.year, changedDays });
    return done({ noticeId: notice.noticeId, changedDays, changedWindows, findings });
  }, { operation: 'recordCalendarNotice', key: input.idempotencyKey, input });
  if (!isRefusal(outcome)) forgetCalendar(scope.database);
  return outcome;
}

/** An officer of the one city may write its calendar; where there are several cities, or none yet, only the platform may. */
async function ensureMayEverywhere(unit: Unit): Promise<void> {
  const cities: ReadonlyArray<string | null> = await listCities(unit);
  for (const jurisdictionCode of cities.length === 0 ? [null] : cities) ensureMay(unit.scope.viewer, 'calendar:write', { jurisdictionCode });
}

/** Tells of every published window that lends otherwise, a page at a time, and answers how many there are. */
async function announceChanges(unit: Unit, change: CalendarChange): Promise<number> {
  const within = { startsAt: unit.now, endsAt: unit.now + AHEAD_DAYS * DAY_MS };
  let count = 0;
  let after = '';
  for (;;) {
    const page = await listPublishedAfter(unit, after, PAGE_WINDOWS);
    for (const { window, span } of await changedAmong(unit, page, change, within)) {
      count += 1;
      unit.announce('window.occurrencesChanged', { windowId: window.id, facilityId: window.facilityId, from: span.startsAt, until: span.endsAt });
    }
    if (page.length < PAGE_WINDOWS) return count;
    after = page.at(-1)!.id;
  }
}

async function changedAmong(unit: Unit, page: readonly NoticedWindow[], change: CalendarChange, within: Span): Promise<ReadonlyArray<{ readonly window: NoticedWindow; readonly span: Span }>> {
  const contexts = new Map((await listWindowContexts(unit, page.map(window => window.id))).map(row => [row.windowId, contextOf(row)]));
  return page.flatMap(window => {
    const span = changedOccurrences(decodeTerms(window.terms), change, within, contexts.get(window.id)!);
    return span === null ? [] : [{ window, span }];
  });
}
