import { MINUTES_A_DAY, weekdayOf, type Day, type MinuteOfDay, type Zone } from './local-time.js';
import type { DayType, WorkCalendar } from './work-calendar.js';

/** Which start dates a rule speaks of; the date that an occurrence begins on decides, never the one it reaches into (T2). */
export type DaySelector =
  | { readonly weekdays: readonly number[] }
  | { readonly dayTypes: readonly DayType[] }
  | { readonly eveOfRest: true };

/** A local time, or so many minutes after the facility closes on that date (2.4-3). */
export type RuleStart = { readonly minute: MinuteOfDay } | { readonly afterCloseMinutes: number };

/**
 * A length, a local time some days on, or 'until 07:30 of the next workday', where the END date's type decides (T2).
 * Lengths are local: 22:00 and 570 minutes end at 07:30 in a night whose clocks change, too.
 */
export type RuleEnd =
  | { readonly durationMinutes: number }
  | { readonly minute: MinuteOfDay; readonly dayOffset: number }
  | { readonly untilNext: { readonly dayTypes: readonly DayType[]; readonly minute: MinuteOfDay } };

export interface DayRule {
  readonly days: DaySelector;
  readonly from: RuleStart;
  readonly until: RuleEnd;
}

/** One concrete interval of one rule on one date. */
export interface RuleOccurrence {
  readonly onDate: Day;
  readonly startsAt: number;
  readonly endsAt: number;
  /** True where a date that decides is of a year without a notice (T8). */
  readonly provisional: boolean;
  readonly ruleIndex: number;
}

export interface PatternContext {
  readonly calendar: WorkCalendar;
  readonly zone: Zone;
  /** Minute at which the facility closes on a date, beyond 1440 where it closes after midnight; null where unknown or shut all day. */
  readonly closingMinuteOf: (day: Day) => number | null;
}

/** No occurrence is longer: it bounds the look-back, and exceeds the longest holiday with its weekends (9 days in 2026). */
export const LONGEST_DAYS = 14;
const LONGEST_MINUTES = LONGEST_DAYS * MINUTES_A_DAY;

export function selects(days: DaySelector, day: Day, calendar: WorkCalendar): boolean {
  if ('weekdays' in days) return days.weekdays.includes(weekdayOf(day));
  if ('dayTypes' in days) return days.dayTypes.includes(calendar.typeOf(day));
  return calendar.isEveOfRest(day);
}

/** How many days before an instant a rule's occurrence may have begun and still run (T1). */
export function lookBackDays(rule: DayRule): number {
  const latestStart = 'minute' in rule.from ? rule.from.minute : 2 * MINUTES_A_DAY + rule.from.afterCloseMinutes;
  if ('untilNext' in rule.until) return LONGEST_DAYS + Math.ceil(latestStart / MINUTES_A_DAY);
  const latestEnd = 'durationMinutes' in rule.until ? latestStart + rule.until.durationMinutes : rule.until.dayOffset * MINUTES_A_DAY + rule.until.minute;
  return Math.max(0, Math.ceil(Math.min(latestEnd, latestStart + LONGEST_MINUTES) / MINUTES_A_DAY));
}

/** The end as local minutes after the start date's midnight. */
function endMinuteOf(rule: DayRule, day: Day, startMinute: number, calendar: WorkCalendar): number {
  const { until } = rule;
  if ('durationMinutes' in until) return startMinute + Math.min(until.durationMinutes, LONGEST_MINUTES);
  if ('untilNext' in until) return untilNextMinute(until.untilNext, day, startMinute, calendar);
  return Math.min(until.dayOffset * MINUTES_A_DAY + until.minute, startMinute + LONGEST_MINUTES);
}

function untilNextMinute(next: { readonly dayTypes: readonly DayType[]; readonly minute: number }, day: Day, startMinute: number, calendar: WorkCalendar): number {
  for (let offset = 0; offset <= LONGEST_DAYS; offset += 1) {
    const end = offset * MINUTES_A_DAY + next.minute;
    if (end > startMinute && next.dayTypes.includes(calendar.typeOf(day + offset))) return Math.min(end, startMinute + LONGEST_MINUTES);
  }
  return startMinute + LONGEST_MINUTES;
}

/** The occurrence of a rule that begins on a date, its selector not consulted; null where it has none. */
export function occurrenceOn(rule: DayRule, ruleIndex: number, day: Day, context: PatternContext): RuleOccurrence | null {
  const { calendar, zone } = context;
  let startMinute: number;
  if ('minute' in rule.from) {
    startMinute = rule.from.minute;
  } else {
    const closing = context.closingMinuteOf(day);
    if (closing === null) return null;
    startMinute = closing + rule.from.afterCloseMinutes;
  }
  const endMinute = endMinuteOf(rule, day, startMinute, calendar);
  if (endMinute <= startMinute) return null;
  return {
    onDate: day,
    startsAt: zone.instant(day, startMinute),
    endsAt: zone.instant(day, endMinute),
    provisional: calendar.isProvisional(lastDecidingDay(rule, day, endMinute)) || calendar.isProvisional(day),
    ruleIndex,
  };
}

/** The last date whose type had a say: the end date, the morrow of an eve, else the start date alone. */
function lastDecidingDay(rule: DayRule, day: Day, endMinute: number): Day {
  if ('untilNext' in rule.until) return day + Math.floor((endMinute - 1) / MINUTES_A_DAY);
  return 'eveOfRest' in rule.days ? day + 1 : day;
}

/**
 * All occurrences that begin on, or reach into, the dates [fromDay, toDay), by start date and rule; tails of earlier
 * dates are found by looking back as far as each rule can reach (T1).
 */
export function expand(rules: readonly DayRule[], dates: { readonly fromDay: Day; readonly toDay: Day }, context: PatternContext): readonly RuleOccurrence[] {
  const lookBack = rules.map(lookBackDays);
  const earliest = context.zone.instant(dates.fromDay, 0);
  const found: RuleOccurrence[] = [];
  for (let day = dates.fromDay - Math.max(0, ...lookBack); day < dates.toDay; day += 1) {
    for (let index = 0; index < rules.length; index += 1) {
      const rule = rules[index]!;
      if (day < dates.fromDay - lookBack[index]! || !selects(rule.days, day, context.calendar)) continue;
      const occurrence = occurrenceOn(rule, index, day, context);
      if (occurrence !== null && occurrence.endsAt > earliest) found.push(occurrence);
    }
  }
  return found;
}

/** The length that an end means for a fixed start, so that 18:00–07:30 is stored as 810 minutes; null for 'until the next …'. */
export function durationOf(from: { readonly minute: MinuteOfDay }, until: RuleEnd): number | null {
  if ('durationMinutes' in until) return until.durationMinutes;
  if ('untilNext' in until) return null;
  return until.dayOffset * MINUTES_A_DAY + until.minute - from.minute;
}
