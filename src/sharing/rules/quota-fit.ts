import { counted, localTime, problem, spans, weekPattern, type Day, type PatternContext, type Problem, type Span } from '../../kernel/index.js';
import { isDayTypeRule, occurrencesOf } from './occurrences.js';
import { SPACE_CLASSES, type Quota, type SpaceClass, type WindowTerms } from './window.js';

/** A window as the fit sees it. */
export interface QuotaBearer {
  readonly id: string;
  readonly terms: WindowTerms;
}

/** Weekly rules repeat, so two months show every meeting of theirs; day types do not, so a year and its holidays are walked. */
const WEEKLY_DAYS = 60;
const YEARLY_DAYS = 400;

/**
 * P1: at no instant may the windows of one zone lend more of a class than the zone can share. Every window's rules are
 * walked from `fromDay` on, and every exception wherever it lies; suspensions are left out, because they end. Answers
 * the first instant at which the quotas do not fit, with the numbers, or null.
 */
export function checkQuotaFit(windows: readonly QuotaBearer[], shareable: Quota, fromDay: Day, context: PatternContext): Problem | null {
  const lending = windows.filter(window => window.terms.status === 'PUBLISHED');
  if (SPACE_CLASSES.every(each => sum(lending, window => mostOf(window.terms, each)) <= shareable[each])) return null;
  for (const horizon of horizonsOf(lending, fromDay, context)) {
    const conflict = firstConflict(lending, shareable, horizon, context);
    if (conflict !== null) return conflict;
  }
  return null;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  let total = 0;
  for (const item of items) total += of(item);
  return total;
}

/** The most that a window lends of a class under any of its rules and exceptions. */
export function mostOf(terms: WindowTerms, spaceClass: SpaceClass): number {
  return Math.max(terms.quota[spaceClass], ...terms.exceptions.map(({ effect }) => (effect.kind === 'QUOTA' ? effect.quota[spaceClass] : 0)));
}

/** How far the windows of a zone are walked: sorted, disjoint stretches, each short enough to be expanded at once. */
export function horizonsOf(windows: readonly QuotaBearer[], fromDay: Day, { zone }: PatternContext): readonly Span[] {
  const stretches = windows.flatMap(({ terms }) => {
    const rules = [...terms.rules, ...terms.exceptions.flatMap(({ effect }) => (effect.kind === 'HOURS' ? effect.rules : []))];
    const days = rules.some(isDayTypeRule) ? YEARLY_DAYS : WEEKLY_DAYS;
    const first = Math.max(fromDay, terms.validFrom);
    return [{ startsAt: first, endsAt: first + days }, ...terms.exceptions.map(each => ({ startsAt: Math.max(fromDay, each.fromDay), endsAt: each.untilDay + weekPattern.LONGEST_DAYS }))];
  });
  return spans.normalise(stretches).flatMap(({ startsAt, endsAt }) => {
    const parts: Span[] = [];
    for (let day = startsAt; day < endsAt; day += YEARLY_DAYS) parts.push({ startsAt: zone.instant(day, 0), endsAt: zone.instant(Math.min(day + YEARLY_DAYS, endsAt), 0) });
    return parts;
  });
}

/** What is taken (+1) and given back (-1) in a stretch, in order; half-open, so that what ends at an instant is given back before what begins then is taken (T5). */
export function quotaChanges(windows: readonly QuotaBearer[], horizon: Span, context: PatternContext): ReadonlyArray<{ readonly at: number; readonly sign: 1 | -1; readonly quota: Quota; readonly window: QuotaBearer }> {
  const changes = windows.flatMap(window =>
    occurrencesOf(window.terms, horizon, { ...context, suspensions: [] }).flatMap(({ startsAt, endsAt, quota }) => [{ at: startsAt, sign: 1 as const, quota, window }, { at: endsAt, sign: -1 as const, quota, window }]));
  return changes.sort((a, b) => a.at - b.at || a.sign - b.sign);
}

function firstConflict(windows: readonly QuotaBearer[], shareable: Quota, horizon: Span, context: PatternContext): Problem | null {
  const lent = new Map<SpaceClass, number>();
  const open = new Map<QuotaBearer, number>();
  for (const { at, sign, quota, window } of quotaChanges(windows, horizon, context)) {
    open.set(window, (open.get(window) ?? 0) + sign);
    for (const each of SPACE_CLASSES) {
      const now = (lent.get(each) ?? 0) + sign * quota[each];
      lent.set(each, now);
      if (sign > 0 && now > shareable[each]) return conflictOf({ at, spaceClass: each, lent: now, shareable: shareable[each] }, [...open].filter(([bearer, times]) => times > 0 && bearer.terms.quota[each] > 0).map(([bearer]) => bearer), context);
    }
  }
  return null;
}

function conflictOf(excess: { at: number; spaceClass: SpaceClass; lent: number; shareable: number }, windows: readonly QuotaBearer[], { zone }: PatternContext): Problem {
  const { at, spaceClass, lent, shareable } = excess;
  const when = `${localTime.formatDay(zone.dayOf(at))} ${localTime.formatTime(zone.minuteOf(at))}`;
  const names = windows.map(window => window.terms.name);
  return problem('QUOTA_EXCEEDS_CAPACITY', {
    zh: `${when} 起 ${spaceClass} 共享数量合计 ${lent} 个，超过分区可共享的 ${shareable} 个（时段：${names.join('、')}）`,
    en: `from ${when} on the windows lend ${counted(lent, 'space')} of ${spaceClass}, the zone can share ${shareable} (windows: ${names.join(', ')})`,
    field: 'terms.quota',
    data: { at, spaceClass, quota: lent, shareable, windowIds: windows.map(window => window.id) },
  });
}
