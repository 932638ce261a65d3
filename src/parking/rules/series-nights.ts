import { done, localTime, problem, refuse, type Day, type DayType, type Outcome, type Span, type WorkCalendar, type Zone } from '../../kernel/index.js';

/** The most stays of one series: every night of two months. */
export const MOST_NIGHTS = 62;
/** The longest range that a rule is looked for in. */
const LONGEST_RANGE_DAYS = 92;

/** The dates of a series: told one by one, or every day of these types within a range, both ends included. */
export type SeriesDates = { readonly dates: readonly Day[] } | { readonly from: Day; readonly until: Day; readonly dayTypes: readonly DayType[] };

/** The hours of each stay, local time; an end at or before the start lies on the next day. */
export interface SeriesHours {
  readonly fromMinute: number;
  readonly untilMinute: number;
}

export interface Night {
  readonly on: Day;
  readonly during: Span;
}

/** The stays of a series, in the order of their dates: every workday night of a month is some twenty-two of them. */
export function seriesNights(asked: SeriesDates, { fromMinute, untilMinute }: SeriesHours, { calendar, zone }: { readonly calendar: WorkCalendar; readonly zone: Zone }): Outcome<readonly Night[]> {
  const days = daysOf(asked, calendar);
  if (!Array.isArray(days)) return days as Outcome<never>;
  if (days.length === 0) return refuse(problem('SERIES_EMPTY', { zh: '所求范围内没有符合的日期', en: 'no date fits what was asked for', field: 'on' }));
  if (days.length > MOST_NIGHTS) return refuse(problem('SERIES_TOO_LONG', { zh: `一次至多 ${MOST_NIGHTS} 日，所求 ${days.length} 日`, en: `${MOST_NIGHTS} dates at most, ${days.length} were asked for`, field: 'on', data: { most: MOST_NIGHTS } }));
  const minutes = untilMinute > fromMinute ? untilMinute - fromMinute : untilMinute + localTime.MINUTES_A_DAY - fromMinute;
  return done(days.map((on: Day) => ({ on, during: { startsAt: zone.instant(on, fromMinute), endsAt: zone.instant(on, fromMinute + minutes) } })));
}

function daysOf(asked: SeriesDates, calendar: WorkCalendar): readonly Day[] | Outcome<never> {
  if ('dates' in asked) return [...new Set(asked.dates)].sort((a, b) => a - b);
  const { from, until, dayTypes } = asked;
  const length = until - from + 1;
  if (length < 1 || length > LONGEST_RANGE_DAYS) return refuse(problem('SERIES_RANGE', { zh: `日期范围须为 1–${LONGEST_RANGE_DAYS} 日，收到 ${length} 日`, en: `a range of 1 to ${LONGEST_RANGE_DAYS} days, got ${length}`, field: 'on.every.untilOn' }));
  return Array.from({ length }, (_, index) => from + index).filter(day => dayTypes.includes(calendar.typeOf(day)));
}
