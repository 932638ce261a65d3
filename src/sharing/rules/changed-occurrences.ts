import { weekPattern, type Day, type DayRule, type Span, type WorkCalendar } from '../../kernel/index.js';
import { isDayTypeRule, occurrencesOf, type WindowOccurrence } from './occurrences.js';
import type { EvaluationContext, WindowTerms } from './window.js';

/** Two calendars and the dates on which they differ, sorted and at least one. */
export interface CalendarChange {
  readonly before: WorkCalendar;
  readonly after: WorkCalendar;
  readonly days: readonly [Day, ...Day[]];
}

/**
 * What a new notice does to a window (T7): the span from the start of the first occurrence that only one of the two
 * calendars gives to the end of the last; null where both give the same. Occurrences that do not touch `within` are
 * left alone. Whether a date is still provisional is no difference: the same spaces are lent at the same hours.
 */
export function changedOccurrences(terms: WindowTerms, { before, after, days }: CalendarChange, within: Span, context: Omit<EvaluationContext, 'calendar'>): Span | null {
  if (!asksTheCalendar(terms)) return null;
  const { zone } = context;
  // A date decides over what begins on it or on its eve, and over what runs until the next day of a type; a start after closing may lie two days on.
  const reach = weekPattern.LONGEST_DAYS + 3;
  const near = { startsAt: Math.max(within.startsAt, zone.instant(days[0] - reach, 0)), endsAt: Math.min(within.endsAt, zone.instant(days.at(-1)! + reach + 1, 0)) };
  const [old, recent] = [before, after].map(calendar => occurrencesOf(terms, near, { ...context, calendar })) as [readonly WindowOccurrence[], readonly WindowOccurrence[]];
  const different = [...lacking(old, recent), ...lacking(recent, old)];
  if (different.length === 0) return null;
  return { startsAt: Math.min(...different.map(each => each.startsAt)), endsAt: Math.max(...different.map(each => each.endsAt)) };
}

/** Whether any rule looks at day types, eves, or 'the next workday'; the others never change with a notice. */
export function asksTheCalendar({ rules, exceptions }: Pick<WindowTerms, 'rules' | 'exceptions'>): boolean {
  const asks = (rule: DayRule) => isDayTypeRule(rule) || 'untilNext' in rule.until;
  return rules.some(asks) || exceptions.some(({ effect }) => effect.kind === 'HOURS' && effect.rules.some(asks));
}

function lacking(from: readonly WindowOccurrence[], among: readonly WindowOccurrence[]): readonly WindowOccurrence[] {
  const held = new Set(among.map(textOf));
  return from.filter(occurrence => !held.has(textOf(occurrence)));
}

const textOf = ({ onDate, startsAt, endsAt, quota, entry, exit, releasedAt }: WindowOccurrence): string => JSON.stringify([onDate, startsAt, endsAt, quota, entry, exit, releasedAt]);
