import { done, isRefusal, localTime, refuse, type Outcome, type Problem, type Span, type WorkCalendar } from '../kernel/index.js';
import { ensureMay } from '../identity/index.js';
import { transaction, type RequestScope, type Unit } from '../platform/index.js';
import { forgetCalendar, storeNotices, workCalendarWithin } from './calendar.js';
import { listCities, listPublishedAfter, type NoticedWindow } from './calendar.sql.js';
import { contextOf } from './evaluation-context.js';
import { bearersIn, lockFacts, patternOf } from './lenders.js';
import { refreshLentPeaks } from './refresh-lent-peaks.js';
import { checkNotice, rowsOfNotice, type NoticeDraft } from './rules/calendar-notice.js';
import { changedOccurrences, type CalendarChange } from './rules/changed-occurrences.js';
import { checkQuotaFit } from './rules/quota-fit.js';
import { decodeTerms } from './rules/terms-codec.js';
import { listWindowContexts } from './suspensions.sql.js';

const DAY_MS = 86_400_000;
/** How far ahead a change is told of: what a yearly statistic or the longest booking asks. */
const AHEAD_DAYS = 400;
const PAGE_WINDOWS = 1_000;
const PAGE_FACILITIES = 500;
/** Of the zones that lend too much by the new calendar, so many are told; the audit keeps their number. */
const MOST_FINDINGS = 100;

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
    await storeNotices(unit, unit.now, [notice], rows);
    const after = await workCalendarWithin(unit, { alone: true });
    const days = after.changedDays(before, { fromDay: today, toDay: today + AHEAD_DAYS });
    const changed = days.length === 0 ? [] : await announceChanges(unit, { before, after, days: days as CalendarChange['days'] });
    const overlent = await refreshPeaks(unit, [...new Set(changed.map(window => window.facilityId))], after);
    const changedDays = days.map(localTime.formatDay);
    const [changedWindows, allFindings] = [changed.length, [...findings, ...overlent.slice(0, MOST_FINDINGS)]];
    unit.record({ action: 'calendar:write', objectType: 'calendarNotice', objectId: notice.noticeId, details: { year: notice.year, days: rows.length, changedDays: days.length, changedWindows, findings: findings.map(each => each.code), overlentZones: overlent.length } });
    unit.announce('calendar.noticeRecorded', { noticeId: notice.noticeId, year: notice.year, changedDays });
    return done({ noticeId: notice.noticeId, changedDays, changedWindows, findings: allFindings });
  }, { operation: 'recordCalendarNotice', key: input.idempotencyKey, input });
  if (!isRefusal(outcome)) forgetCalendar(scope.database);
  return outcome;
}

/** An officer of the one city may write its calendar; where there are several cities, or none yet, only the platform may. */
async function ensureMayEverywhere(unit: Unit): Promise<void> {
  const cities: ReadonlyArray<string | null> = await listCities(unit);
  for (const jurisdictionCode of cities.length === 0 ? [null] : cities) ensureMay(unit.scope.viewer, 'calendar:write', { jurisdictionCode });
}

/** Tells of every published window that lends otherwise, a page at a time, and answers which they are. */
async function announceChanges(unit: Unit, change: CalendarChange): Promise<ReadonlyArray<Pick<NoticedWindow, 'id' | 'facilityId'>>> {
  const within = { startsAt: unit.now, endsAt: unit.now + AHEAD_DAYS * DAY_MS };
  const changed: Array<Pick<NoticedWindow, 'id' | 'facilityId'>> = [];
  let after = '';
  for (;;) {
    const page = await listPublishedAfter(unit, after, PAGE_WINDOWS);
    for (const { window, span } of await changedAmong(unit, page, change, within)) {
      changed.push({ id: window.id, facilityId: window.facilityId });
      unit.announce('window.occurrencesChanged', { windowId: window.id, facilityId: window.facilityId, from: span.startsAt, until: span.endsAt });
    }
    if (page.length < PAGE_WINDOWS) return changed;
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

/** Under the new calendar two windows that never met may meet: a finding names them, since a notice of the State Council cannot be refused (P1). */
async function refreshPeaks(unit: Unit, facilityIds: readonly string[], calendar: WorkCalendar): Promise<readonly Problem[]> {
  const findings: Problem[] = [];
  for (let from = 0; from < facilityIds.length; from += PAGE_FACILITIES) {
    const lenders = [...(await lockFacts(unit, facilityIds.slice(from, from + PAGE_FACILITIES))).values()];
    await refreshLentPeaks(unit, lenders, calendar);
    findings.push(...lenders.flatMap(lender => lender.zones.flatMap(zone => checkQuotaFit(bearersIn(lender, zone), zone.shareable, lender.onDay, patternOf(lender, calendar)) ?? [])));
  }
  return findings;
}
