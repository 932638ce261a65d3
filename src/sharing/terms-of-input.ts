import { isRefusal, localTime, type DayRule, type DaySelector, type RuleEnd } from '../kernel/index.js';
import { badInput } from '../platform/graphql/index.js';
import type { DayRuleInput, QuotaByClassInput } from './rule.type.js';
import type { ExceptionDraft, TermsDraft } from './rules/window-draft.js';
import { cutsByDefault, quotaOf, type ExceptionEffect, type Quota } from './rules/window.js';
import type { DailyRangeInput, WindowExceptionInput, WindowTermsInput } from './terms.type.js';

/** Reads terms from the schema's words into the rules' words. What a rule would refuse is left to it; only what has no meaning is refused here. */
export function termsOfInput(input: WindowTermsInput, exceptions: readonly WindowExceptionInput[]): TermsDraft {
  const { audience, releasePlan } = input;
  return {
    name: input.name,
    mode: input.mode,
    rules: rulesOf(input.rules, 'terms.rules'),
    exceptions: exceptions.map((exception, index) => exceptionOf(exception, `exceptions[${index}]`)),
    quota: quotaOfInput(input.quota, 'terms.quota'),
    audience: audience.kind === 'NEIGHBOURS' ? { kind: 'NEIGHBOURS', withinMetres: audience.withinMetres ?? 0 } : { kind: audience.kind },
    leastCredit: input.leastCredit ?? null,
    tariffId: input.tariffId ?? null,
    entryCurfews: (input.entryCurfews ?? []).map(rangeOf),
    exitCurfews: (input.exitCurfews ?? []).map(rangeOf),
    releasePlan: releasePlan ? { atMinute: releasePlan.time, spaces: releasePlan.spaces } : null,
    validFrom: dayOf(input.validFromOn),
    validUntil: input.validUntilOn == null ? null : dayOf(input.validUntilOn),
  };
}

export function exceptionOf(input: WindowExceptionInput, field: string): ExceptionDraft {
  const effect = effectOf(input, field);
  return { fromDay: dayOf(input.fromOn), untilDay: dayOf(input.untilOn), effect, cutsRunningTails: input.cutsRunningTails ?? cutsByDefault(effect), reason: input.reason.trim() };
}

function effectOf({ kind, rules, quota }: WindowExceptionInput, field: string): ExceptionEffect {
  if ((rules != null) !== (kind === 'HOURS') || (quota != null) !== (kind === 'QUOTA')) {
    throw badInput({ zh: `例外安排 ${kind}：HOURS 须且仅须填 rules，QUOTA 须且仅须填 quota，CLOSED 都不填`, en: `the exception ${kind}: HOURS comes with rules, QUOTA with a quota, CLOSED with neither` }, field);
  }
  if (kind === 'HOURS') return { kind, rules: rulesOf(rules!, `${field}.rules`) };
  return kind === 'QUOTA' ? { kind, quota: quotaOfInput(quota!, `${field}.quota`) } : { kind };
}

/** Recurring hours from the schema's words into the rules' words. */
export function rulesOf(rules: readonly DayRuleInput[], field: string): DayRule[] {
  return rules.map(({ days, from, until }, index) => ({
    days: daysOf(days, `${field}[${index}].days`),
    from: from.time != null ? { minute: from.time } : { afterCloseMinutes: from.minutesAfterClose ?? 0 },
    until: endOf(until),
  }));
}

/** The dates that a rule speaks of, from the schema's words. */
export function daysOf({ weekdays, dayTypes, eveOfRest }: DayRuleInput['days'], field: string): DaySelector {
  if (weekdays != null) return { weekdays: [...weekdays] };
  if (dayTypes != null) return { dayTypes: [...dayTypes] };
  if (eveOfRest === true) return { eveOfRest };
  throw badInput({ zh: 'eveOfRest 只能为 true', en: 'eveOfRest can only be true' }, field);
}

function endOf({ durationMinutes, at, next }: DayRuleInput['until']): RuleEnd {
  if (at) return { minute: at.time, dayOffset: at.dayOffset };
  if (next) return { untilNext: { dayTypes: [...next.dayTypes], minute: next.time } };
  return { durationMinutes: durationMinutes ?? 0 };
}

function quotaOfInput(quota: readonly QuotaByClassInput[], field: string): Quota {
  const classes = quota.map(each => each.spaceClass);
  const twice = classes.find((each, index) => classes.indexOf(each) !== index);
  if (twice) throw badInput({ zh: `泊位类型 ${twice} 列了两次`, en: `the class ${twice} is listed twice` }, field);
  return quotaOf(Object.fromEntries(quota.map(({ spaceClass, spaces }) => [spaceClass, spaces])));
}

const rangeOf = ({ from, until }: DailyRangeInput) => ({ fromMinute: from, untilMinute: until });

/** The day of a date that the scalar has checked. */
export function dayOf(date: string): number {
  const day = localTime.parseDay(date);
  if (isRefusal(day)) throw badInput(day.problems[0]);
  return day.value;
}
