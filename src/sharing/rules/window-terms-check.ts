import { localTime, problem, textProblem, weekPattern, type DayRule, type Problem } from '../../kernel/index.js';
import { SPACE_CLASSES, totalOf, type Audience, type LocalRange, type Quota, type WindowException, type WindowTerms } from './window.js';

const MINUTES = localTime.MINUTES_A_DAY;
const LONGEST_MINUTES = weekPattern.LONGEST_DAYS * MINUTES;
const MOST_RULES = 50;
const MOST_EXCEPTIONS = 500;
const LONGEST_NAME = 200;
const LATEST_AFTER_CLOSE = 720;
const WIDEST_NEIGHBOURHOOD = 5000;

/** Everything that is wrong with terms in themselves, all at once, each with its path; who may publish them is asked elsewhere. */
export function checkWindowTerms(terms: WindowTerms): readonly Problem[] {
  return [
    ...checkName(terms.name),
    ...checkRules(terms.rules, 'rules'),
    ...checkQuota(terms.quota, 'quota'),
    ...checkAudience(terms.audience),
    ...(terms.leastCredit !== null && !(Number.isFinite(terms.leastCredit) && terms.leastCredit >= 0) ? [problem('LEAST_CREDIT_INVALID', { zh: `最低信用分 ${terms.leastCredit} 无效`, en: `least credit ${terms.leastCredit} is not a score`, field: 'leastCredit' })] : []),
    ...checkCurfews(terms.entryCurfews, 'entryCurfews'),
    ...checkCurfews(terms.exitCurfews, 'exitCurfews'),
    ...checkReleasePlan(terms),
    ...checkValidity(terms),
    ...checkExceptions(terms.exceptions),
  ];
}

function checkName(name: string): readonly Problem[] {
  if (name.trim() === '') return [problem('NAME_EMPTY', { zh: '时段名称不能为空', en: 'the window has no name', field: 'name' })];
  const wrong = textProblem(name, { zh: '时段名称', en: 'the name of a window', field: 'name', minimum: 1, maximum: LONGEST_NAME });
  return wrong ? [wrong] : [];
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isMinute(value: number, most: number): boolean {
  return isCount(value) && value <= most;
}

/** Everything that is wrong with recurring hours, at least one of them. */
export function checkRules(rules: readonly DayRule[], field: string): readonly Problem[] {
  if (rules.length === 0) return [problem('RULES_EMPTY', { zh: '至少需要一条共享规则', en: 'at least one rule is needed', field })];
  if (rules.length > MOST_RULES) return [problem('RULES_TOO_MANY', { zh: `共享规则 ${rules.length} 条，最多 ${MOST_RULES} 条`, en: `${rules.length} rules, at most ${MOST_RULES} are possible`, field })];
  const seen = new Map<string, number>();
  return rules.flatMap((rule, index) => {
    const path = `${field}[${index}]`;
    const key = JSON.stringify(rule);
    const twin = seen.get(key);
    seen.set(key, twin ?? index);
    const duplicate = twin === undefined ? [] : [problem('RULE_DUPLICATE', { zh: `第 ${index + 1} 条规则与第 ${twin + 1} 条相同`, en: `rule ${index + 1} repeats rule ${twin + 1}`, field: path })];
    return [...duplicate, ...checkDays(rule, path), ...checkHours(rule, path)];
  });
}

function checkDays({ days }: DayRule, path: string): readonly Problem[] {
  if ('eveOfRest' in days) return [];
  const chosen: readonly unknown[] = 'weekdays' in days ? days.weekdays : days.dayTypes;
  const field = `${path}.days`;
  if (chosen.length === 0) return [problem('DAYS_EMPTY', { zh: '规则没有选择任何日期', en: 'the rule selects no day', field })];
  if (new Set(chosen).size < chosen.length) return [problem('DAYS_DUPLICATE', { zh: `日期选择重复：${chosen.join('、')}`, en: `days are listed twice: ${chosen.join(', ')}`, field })];
  if (!('weekdays' in days)) return [];
  const strange = days.weekdays.filter(each => !(Number.isInteger(each) && each >= 1 && each <= 7));
  return strange.length === 0 ? [] : [problem('WEEKDAY_INVALID', { zh: `星期 ${strange.join('、')} 无效，星期一为 1，星期日为 7`, en: `weekday ${strange.join(', ')} does not exist; Monday is 1, Sunday 7`, field })];
}

function checkHours(rule: DayRule, path: string): readonly Problem[] {
  const { from, until } = rule;
  const problems: Problem[] = [];
  const invalid = (field: string, value: number, most: number) => problems.push(problem('MINUTE_INVALID', { zh: `分钟数 ${value} 无效，应为 0 至 ${most} 的整数`, en: `${value} is no whole minute from 0 to ${most}`, field: `${path}.${field}` }));
  if ('minute' in from && !isMinute(from.minute, MINUTES - 1)) invalid('from.minute', from.minute, MINUTES - 1);
  if ('afterCloseMinutes' in from && !isMinute(from.afterCloseMinutes, LATEST_AFTER_CLOSE)) invalid('from.afterCloseMinutes', from.afterCloseMinutes, LATEST_AFTER_CLOSE);
  if ('untilNext' in until) {
    if (!isMinute(until.untilNext.minute, MINUTES)) invalid('until.untilNext.minute', until.untilNext.minute, MINUTES);
    if (until.untilNext.dayTypes.length === 0) problems.push(problem('DAYS_EMPTY', { zh: '结束日没有选择日期类型', en: 'the end names no day type', field: `${path}.until.untilNext.dayTypes` }));
    return problems;
  }
  if ('dayOffset' in until) {
    if (!isMinute(until.minute, MINUTES)) invalid('until.minute', until.minute, MINUTES);
    if (!isMinute(until.dayOffset, weekPattern.LONGEST_DAYS)) invalid('until.dayOffset', until.dayOffset, weekPattern.LONGEST_DAYS);
  }
  // After closing time the length is known on each date only; an end that comes too early yields nothing on that date.
  const minutes = 'minute' in from ? weekPattern.durationOf(from, until) : 'durationMinutes' in until ? until.durationMinutes : 1;
  if (problems.length === 0 && !(Number.isSafeInteger(minutes) && minutes! > 0 && minutes! <= LONGEST_MINUTES)) {
    problems.push(problem('DURATION_INVALID', { zh: `时段长 ${minutes} 分钟，应大于 0 且不超过 14 天（${LONGEST_MINUTES} 分钟）；跨夜请写明次日`, en: `the window lasts ${minutes} minutes; it must be more than 0 and at most 14 days (${LONGEST_MINUTES}); for a night, say that it ends on the next day`, field: `${path}.until` }));
  }
  return problems;
}

function checkQuota(quota: Quota, field: string): readonly Problem[] {
  const problems = SPACE_CLASSES.filter(each => !isCount(quota[each])).map(each => problem('QUOTA_INVALID', { zh: `${each} 共享数量 ${quota[each]} 无效，应为不小于 0 的整数`, en: `quota ${quota[each]} of ${each} is no whole number from 0`, field: `${field}.${each}` }));
  if (problems.length > 0 || totalOf(quota) > 0) return problems;
  return [problem('QUOTA_EMPTY', { zh: '共享数量合计为 0，至少应共享 1 个泊位', en: 'the quota is 0 in all; lend at least one space', field })];
}

function checkAudience(audience: Audience): readonly Problem[] {
  if (audience.kind !== 'NEIGHBOURS') return [];
  const { withinMetres } = audience;
  if (Number.isFinite(withinMetres) && withinMetres > 0 && withinMetres <= WIDEST_NEIGHBOURHOOD) return [];
  return [problem('NEIGHBOURHOOD_INVALID', { zh: `周边范围 ${withinMetres} 米无效，应大于 0 且不超过 ${WIDEST_NEIGHBOURHOOD} 米`, en: `a neighbourhood of ${withinMetres} m is not more than 0 and at most ${WIDEST_NEIGHBOURHOOD}`, field: 'audience.withinMetres', clause: '2.5-5' })];
}

function checkCurfews(curfews: readonly LocalRange[], field: string): readonly Problem[] {
  return curfews.flatMap(({ fromMinute, untilMinute }, index) => {
    if (isMinute(fromMinute, MINUTES - 1) && isMinute(untilMinute, MINUTES) && fromMinute !== untilMinute) return [];
    return [problem('CURFEW_INVALID', { zh: `限行时间 ${fromMinute}–${untilMinute} 分无效，起止应为当日分钟数且不相同`, en: `curfew ${fromMinute}–${untilMinute} is invalid: both are minutes of the day and differ`, field: `${field}[${index}]` })];
  });
}

function checkReleasePlan({ releasePlan, quota }: WindowTerms): readonly Problem[] {
  if (releasePlan === null) return [];
  const problems: Problem[] = [];
  if (!isMinute(releasePlan.atMinute, MINUTES - 1)) problems.push(problem('MINUTE_INVALID', { zh: `发布时间 ${releasePlan.atMinute} 分无效，应为 0 至 ${MINUTES - 1}`, en: `release minute ${releasePlan.atMinute} is not from 0 to ${MINUTES - 1}`, field: 'releasePlan.atMinute', clause: '2.2-6' }));
  if (!isCount(releasePlan.spaces) || releasePlan.spaces === 0 || releasePlan.spaces > totalOf(quota)) {
    problems.push(problem('RELEASE_SPACES_INVALID', { zh: `定时发布 ${releasePlan.spaces} 个泊位，应为 1 至共享数量 ${totalOf(quota)}`, en: `${releasePlan.spaces} spaces are to be released, it must be from 1 to the quota of ${totalOf(quota)}`, field: 'releasePlan.spaces', clause: '2.2-6' }));
  }
  return problems;
}

function checkValidity({ validFrom, validUntil }: WindowTerms): readonly Problem[] {
  if (!Number.isSafeInteger(validFrom)) return [problem('DATE_INVALID', { zh: '生效日期无效', en: 'the first day of validity is no date', field: 'validFrom' })];
  if (validUntil === null || validUntil > validFrom) return [];
  return [problem('VALIDITY_EMPTY', { zh: `失效日期 ${localTime.formatDay(validUntil)} 不晚于生效日期 ${localTime.formatDay(validFrom)}`, en: `it ends on ${localTime.formatDay(validUntil)}, not after it begins on ${localTime.formatDay(validFrom)}`, field: 'validUntil' })];
}

function checkExceptions(exceptions: readonly WindowException[]): readonly Problem[] {
  if (exceptions.length > MOST_EXCEPTIONS) return [problem('EXCEPTIONS_TOO_MANY', { zh: `例外安排 ${exceptions.length} 项，最多 ${MOST_EXCEPTIONS} 项`, en: `${exceptions.length} exceptions, at most ${MOST_EXCEPTIONS} are possible`, field: 'exceptions' })];
  const seen = new Set<string>();
  return exceptions.flatMap((exception, index) => {
    const path = `exceptions[${index}]`;
    const problems: Problem[] = [];
    if (seen.has(exception.id)) problems.push(problem('EXCEPTION_DUPLICATE', { zh: `例外安排编号 ${exception.id} 重复`, en: `two exceptions have the id ${exception.id}`, field: `${path}.id` }));
    seen.add(exception.id);
    if (!(exception.untilDay > exception.fromDay)) problems.push(problem('EXCEPTION_EMPTY', { zh: '例外安排的结束日期应晚于开始日期', en: 'the exception ends no later than it begins', field: `${path}.untilDay` }));
    if (exception.reason.trim() === '') problems.push(problem('REASON_INVALID', { zh: '例外安排需要写明原因', en: 'an exception needs a reason', field: `${path}.reason` }));
    if (exception.effect.kind === 'HOURS') problems.push(...checkRules(exception.effect.rules, `${path}.effect.rules`));
    if (exception.effect.kind === 'QUOTA') problems.push(...checkQuota(exception.effect.quota, `${path}.effect.quota`));
    return problems;
  });
}
