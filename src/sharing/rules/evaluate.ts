import { counted, localTime, weekPattern, type Day } from '../../kernel/index.js';
import { hasDayTypeRuleOn, isDayTypeRule, occurrencesOf, type WindowOccurrence } from './occurrences.js';
import { exceptionOn, quotaOf, totalOf, type Decision, type EvaluationContext, type Quota, type WindowTerms } from './window.js';

/** Why a window lends or does not at an instant, in words. */
export interface ExplainedDecision extends Decision {
  readonly zh: string;
  readonly en: string;
}

export interface WindowEvaluation {
  readonly lent: boolean;
  /** Spaces lent at that instant; all zero where nothing is lent. */
  readonly quota: Quota;
  readonly occurrence: WindowOccurrence | null;
  readonly decidedBy: ExplainedDecision;
}

const NOTHING = quotaOf({});

/** Whether a window lends at an instant, and which rule decided: suspension > exception > day-type rule > weekly rule (P4, T3). */
export function evaluateAt(terms: WindowTerms, at: number, context: EvaluationContext): WindowEvaluation {
  const [occurrence] = occurrencesOf(terms, { startsAt: at, endsAt: at + 1 }, context);
  if (occurrence === undefined) return { lent: false, quota: NOTHING, occurrence: null, decidedBy: whyNot(terms, at, context) };
  const spaces = totalOf(occurrence.quota);
  const began = localTime.formatDay(occurrence.onDate);
  const { decidedBy } = occurrence;
  const by = decidedBy.kind === 'EXCEPTION' ? { zh: `例外安排 ${decidedBy.id}`, en: `exception ${decidedBy.id}` } : ruleWords(decidedBy.ruleIndex!, decidedBy.kind === 'DAY_TYPE_RULE');
  return {
    lent: spaces > 0,
    quota: occurrence.quota,
    occurrence,
    decidedBy: { ...decidedBy, zh: `按${by.zh}，${began} 起的时段共享 ${spaces} 个泊位`, en: `${by.en} lends ${counted(spaces, 'space')} in the occurrence of ${began}` },
  };
}

function ruleWords(index: number, byDayType: boolean): { zh: string; en: string } {
  return byDayType ? { zh: `第 ${index + 1} 条日期类型规则`, en: `rule ${index + 1}, on day types,` } : { zh: `第 ${index + 1} 条每周规则`, en: `rule ${index + 1}, weekly,` };
}

/** The strongest rule that kept the window shut, asked in order of precedence. */
function whyNot(terms: WindowTerms, at: number, context: EvaluationContext): ExplainedDecision {
  if (terms.status !== 'PUBLISHED') return { kind: 'STATUS', id: null, ruleIndex: null, zh: `时段状态为 ${terms.status}，未发布`, en: `the window is ${terms.status}, not published` };
  const suspension = context.suspensions.find(each => each.during.startsAt <= at && at < each.during.endsAt);
  if (suspension !== undefined) return { kind: 'SUSPENSION', id: suspension.id, ruleIndex: null, zh: `紧急暂停：${suspension.reason}`, en: `suspended: ${suspension.reason}` };
  const day = context.zone.dayOf(at);
  const date = localTime.formatDay(day);
  const exception = exceptionOn(terms.exceptions, day);
  if (exception !== null && (exception.effect.kind !== 'QUOTA' || exception.cutsRunningTails)) {
    const what = exception.effect.kind === 'CLOSED' ? { zh: '关闭', en: 'closed' } : { zh: '另定时间', en: 'has other hours' };
    return { kind: 'EXCEPTION', id: exception.id, ruleIndex: null, zh: `${date} ${what.zh}：${exception.reason}`, en: `${what.en} on ${date}: ${exception.reason}` };
  }
  if (day < terms.validFrom) return { kind: 'VALIDITY', id: null, ruleIndex: null, zh: `自 ${localTime.formatDay(terms.validFrom)} 起生效`, en: `valid from ${localTime.formatDay(terms.validFrom)}` };
  if (terms.validUntil !== null && day >= terms.validUntil) return { kind: 'VALIDITY', id: null, ruleIndex: null, zh: `已于 ${localTime.formatDay(terms.validUntil)} 失效`, en: `no longer valid from ${localTime.formatDay(terms.validUntil)}` };
  return awaitsRelease(terms, at, context) ?? outsideHours(terms, day, date, context);
}

/** Where the terms would lend were it not for the release plan, the plan decided (2.2-6). */
function awaitsRelease(terms: WindowTerms, at: number, context: EvaluationContext): ExplainedDecision | null {
  if (terms.releasePlan === null) return null;
  const [withheld] = occurrencesOf({ ...terms, releasePlan: null }, { startsAt: at, endsAt: at + 1 }, context);
  if (withheld === undefined) return null;
  const time = localTime.formatTime(terms.releasePlan.atMinute);
  return { kind: 'RELEASE_PLAN', id: null, ruleIndex: null, zh: `${time} 起定时发布 ${terms.releasePlan.spaces} 个泊位，尚未到时`, en: `${terms.releasePlan.spaces} spaces are released at ${time}, not before` };
}

function outsideHours(terms: WindowTerms, day: Day, date: string, context: EvaluationContext): ExplainedDecision {
  const byDayType = hasDayTypeRuleOn(terms.rules, day, context.calendar);
  const ruleIndex = terms.rules.findIndex(rule => isDayTypeRule(rule) === byDayType && weekPattern.selects(rule.days, day, context.calendar));
  if (ruleIndex < 0) return { kind: 'NO_RULE', id: null, ruleIndex: null, zh: `${date} 没有适用的共享规则`, en: `no rule lends on ${date}` };
  const words = ruleWords(ruleIndex, byDayType);
  return { kind: byDayType ? 'DAY_TYPE_RULE' : 'WEEKLY_RULE', id: null, ruleIndex, zh: `不在${words.zh}的共享时间内`, en: `outside the hours of ${words.en} on ${date}` };
}
