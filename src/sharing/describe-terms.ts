import { localTime, weekPattern, type DayRule } from '../kernel/index.js';
import type { DayRuleType, QuotaByClassType, RuleEndType, WindowExceptionType } from './rule.type.js';
import { SPACE_CLASSES, type LocalRange, type Quota, type WindowException } from './rules/window.js';

const { formatDay, MINUTES_A_DAY } = localTime;

/** A rule in the words of the schema: the end is told both as a length and as a time where it is the same on every date. */
export function ruleInWords({ days, from, until }: DayRule): DayRuleType {
  return {
    days: { weekdays: 'weekdays' in days ? days.weekdays : null, dayTypes: 'dayTypes' in days ? days.dayTypes : null, eveOfRest: 'eveOfRest' in days },
    from: 'minute' in from ? { time: from.minute, minutesAfterClose: null } : { time: null, minutesAfterClose: from.afterCloseMinutes },
    until: endInWords(from, until),
  };
}

function endInWords(from: DayRule['from'], until: DayRule['until']): RuleEndType {
  if ('untilNext' in until) return { durationMinutes: null, time: null, dayOffset: null, next: { dayTypes: until.untilNext.dayTypes, time: until.untilNext.minute } };
  if (!('minute' in from)) {
    return 'durationMinutes' in until ? { durationMinutes: until.durationMinutes, time: null, dayOffset: null, next: null } : { durationMinutes: null, time: until.minute, dayOffset: until.dayOffset, next: null };
  }
  const durationMinutes = weekPattern.durationOf(from, until)!;
  if (!('durationMinutes' in until)) return { durationMinutes, time: until.minute, dayOffset: until.dayOffset, next: null };
  const end = from.minute + durationMinutes;
  return { durationMinutes, time: end % MINUTES_A_DAY, dayOffset: Math.floor(end / MINUTES_A_DAY), next: null };
}

/** The classes that are lent, with how many; a class that is not named lends 0. */
export function quotaInWords(quota: Quota): QuotaByClassType[] {
  return SPACE_CLASSES.filter(spaceClass => quota[spaceClass] > 0).map(spaceClass => ({ spaceClass, spaces: quota[spaceClass] }));
}

export function exceptionInWords({ id, fromDay, untilDay, effect, cutsRunningTails, reason }: WindowException): WindowExceptionType {
  return {
    id,
    fromOn: formatDay(fromDay),
    untilOn: formatDay(untilDay),
    kind: effect.kind,
    rules: effect.kind === 'HOURS' ? effect.rules.map(ruleInWords) : null,
    quota: effect.kind === 'QUOTA' ? quotaInWords(effect.quota) : null,
    cutsRunningTails,
    reason,
  };
}

export const rangeInWords = ({ fromMinute, untilMinute }: LocalRange) => ({ from: fromMinute, until: untilMinute });
