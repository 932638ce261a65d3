import { counted, localTime, problem, weekPattern, type Day, type DayRule, type Problem } from '../../kernel/index.js';
import { checkOwnersResolution, type OwnersResolution } from './owners-resolution.js';
import { SPACE_CLASSES, totalOf, type Quota, type WindowTerms } from './window.js';

export type SharingCategory = 'KEY_AREA_PUBLIC' | 'INSTITUTION' | 'SOCIAL_PUBLIC' | 'COMMERCIAL' | 'RESIDENTIAL' | 'PRIVATE_SPACE';

/** What publishing asks of a facility. */
export interface PublicationSubject {
  readonly category: SharingCategory;
  /** As assigned by the district; only AGENCY and PUBLIC_INSTITUTION matter here (3.5-2). */
  readonly sector: string;
  /** How strongly the policy asks this facility to share, as the facilities room decides (P12). */
  readonly obligation: { readonly level: 'SHALL' | 'MUST_NOT' | 'MUST' | 'ENCOURAGED' | 'MAY' | 'PILOT'; readonly clause: string; readonly verb: string };
  readonly shareableByClass: Quota;
  /** Public spaces that the planning conditions required; they open whole (2.3-6). Null is unknown. */
  readonly planningRequiredSpaces: number | null;
  readonly ownership: 'JOINT' | 'PRIVATE' | 'STATE' | 'COLLECTIVE' | 'ENTERPRISE' | null;
  /** Only an OPEN facility can lend. */
  readonly status: string;
  readonly hasNumberedSpaces: boolean;
  readonly isClosingTimeKnown: boolean;
}

export interface Delegation {
  readonly validFrom: Day;
  /** First day without powers; null is open. */
  readonly validUntil: Day | null;
  readonly powers: readonly string[];
  readonly procurementReference: string | null;
}

export interface Publisher {
  readonly relation: 'OWNER' | 'MANAGER' | 'OPERATOR' | 'AGENT' | 'NONE';
  readonly delegation: Delegation | null;
}

export type Proof =
  | OwnersResolution
  | { readonly kind: 'TITLE_VERIFICATION'; readonly validUntil: Day | null }
  | { readonly kind: 'BUSINESS_REGISTRATION'; readonly no: string; readonly validTo: Day | null; readonly status: 'VALID' | 'EXPIRED' | 'REVOKED' | 'PENDING' }
  | { readonly kind: 'SECURITY_PLAN' }
  | { readonly kind: 'PROCUREMENT_REFERENCE'; readonly reference: string }
  | { readonly kind: 'SPACE_ADDITION_CHECKS'; readonly green: boolean; readonly activityArea: boolean; readonly traffic: boolean; readonly fire: boolean };

export interface Publication {
  readonly subject: PublicationSubject;
  readonly terms: WindowTerms;
  readonly publisher: Publisher;
  readonly proofs: readonly Proof[];
  /** The local date of publishing. */
  readonly onDay: Day;
}

/** The strength of the verb decides: what shall be is refused when missing, what is encouraged is found and told (P12). */
export interface PublicationVerdict {
  readonly refusals: readonly Problem[];
  readonly findings: readonly Problem[];
}

/** The policy is in force on [2022-07-19, 2027-01-01): 至2026年12月31日止 includes that day (0-5, T14). */
export const POLICY_VALIDITY = { fromDay: localTime.dayOf(2022, 7, 19), untilDay: localTime.dayOf(2027, 1, 1) } as const;

const EXPIRY_NOTICE_DAYS = 30;
const SHARE_POWER = 'SHARE';
const NEEDS_PROCUREMENT: readonly string[] = ['AGENCY', 'PUBLIC_INSTITUTION'];

/**
 * Whether a window may be published for a facility, by whom and with which proof (2.1-1 … 2.6-7). What follows from law,
 * title and capacity always holds; what follows from the policy alone holds while it is in force (0-5).
 */
export function checkPublication(publication: Publication): PublicationVerdict {
  const { onDay } = publication;
  const inForce = onDay >= POLICY_VALIDITY.fromDay && onDay < POLICY_VALIDITY.untilDay;
  const lawful = [...checkStatus(publication), ...checkCapacity(publication), ...checkStanding(publication), ...checkProcurement(publication), ...checkJointOwnership(publication), ...checkClosingTime(publication), ...checkAddedSpaces(publication)];
  const registration = checkRegistration(publication);
  if (!inForce) {
    const none = problem('NO_RULE_IN_FORCE', { zh: `${localTime.formatDay(onDay)} 不在实施意见有效期（2022-07-19 至 2026-12-31），其规则不适用`, en: `the policy is not in force on ${localTime.formatDay(onDay)}; its rules do not apply`, clause: '0-5' });
    return { refusals: lawful, findings: [...registration, none] };
  }
  return {
    refusals: [...lawful, ...checkPlannedSpaces(publication), ...checkResidentialAudience(publication), ...checkPrivateSpace(publication)],
    findings: [...registration, ...checkTerm(publication), ...missedChances(publication)],
  };
}

function proofOf<K extends Proof['kind']>(proofs: readonly Proof[], kind: K): Extract<Proof, { kind: K }> | undefined {
  return proofs.find((each): each is Extract<Proof, { kind: K }> => each.kind === kind);
}

function checkStatus({ subject }: Publication): readonly Problem[] {
  if (subject.status === 'OPEN') return [];
  return [problem('FACILITY_NOT_OPEN', { zh: `停车设施状态为 ${subject.status}，仅开放（OPEN）的设施可以共享`, en: `the facility is ${subject.status}; only an OPEN one can lend`, clause: '3.6-4' })];
}

/** The quota, and that of every exception, fits what the facility can share (P1). */
function checkCapacity({ subject, terms }: Publication): readonly Problem[] {
  const quotas = [{ quota: terms.quota, field: 'quota' }, ...terms.exceptions.flatMap(({ effect }, index) => (effect.kind === 'QUOTA' ? [{ quota: effect.quota, field: `exceptions[${index}].effect.quota` }] : []))];
  return quotas.flatMap(({ quota, field }) => SPACE_CLASSES.filter(each => quota[each] > subject.shareableByClass[each]).map(each => problem('QUOTA_EXCEEDS_SHAREABLE', {
    zh: `${each} 共享数量 ${quota[each]} 超过可共享泊位 ${subject.shareableByClass[each]}`, en: `quota ${quota[each]} of ${each} exceeds the ${subject.shareableByClass[each]} shareable spaces`, field: `${field}.${each}`, data: { quota: quota[each], shareable: subject.shareableByClass[each] },
  })));
}

/** An owner or manager stands for the facility; an operator or agent needs a delegation valid that day (2.2-8, 3.5-1, I12). */
function checkStanding({ publisher, onDay }: Publication): readonly Problem[] {
  const { relation, delegation } = publisher;
  if (relation === 'OWNER' || relation === 'MANAGER') return [];
  if (relation === 'NONE') return [problem('NO_STANDING', { zh: '发布方既非产权人、管理人，也未受委托，不能发布共享时段', en: 'the publisher neither owns, manages nor acts for the facility', clause: '2.2-8', field: 'publisher' })];
  if (delegation === null) return [problem('DELEGATION_MISSING', { zh: '经营方或代理人发布须有委托', en: 'an operator or agent publishes under a delegation, and has none', clause: '3.5-1', field: 'publisher.delegation' })];
  const { validFrom, validUntil, powers } = delegation;
  const date = localTime.formatDay(onDay);
  const problems: Problem[] = [];
  if (onDay < validFrom || (validUntil !== null && onDay >= validUntil)) {
    const [from, until] = [localTime.formatDay(validFrom), validUntil === null ? '…' : localTime.formatDay(validUntil)];
    problems.push(problem('DELEGATION_NOT_VALID', { zh: `${date} 不在委托期限 [${from}, ${until}) 内`, en: `the delegation is valid in [${from}, ${until}), not on ${date}`, clause: '3.5-1', field: 'publisher.delegation' }));
  }
  if (!powers.includes(SHARE_POWER)) problems.push(problem('DELEGATION_LACKS_POWER', { zh: `委托权限为 ${powers.join('、') || '无'}，不含共享（SHARE）`, en: `the delegation gives ${powers.join(', ') || 'nothing'}, not SHARE`, clause: '3.5-1', field: 'publisher.delegation.powers' }));
  return problems;
}

function checkProcurement({ subject, publisher, proofs }: Publication): readonly Problem[] {
  if (publisher.delegation === null || !NEEDS_PROCUREMENT.includes(subject.sector)) return [];
  const reference = publisher.delegation.procurementReference ?? proofOf(proofs, 'PROCUREMENT_REFERENCE')?.reference ?? '';
  if (reference.trim() !== '') return [];
  return [problem('PROCUREMENT_REFERENCE_MISSING', { zh: '机关、事业单位委托停车企业须有政府采购依据', en: 'an organ or public institution delegates under a procurement reference, and there is none', clause: '3.5-2', field: 'publisher.delegation.procurementReference' })];
}

/** Jointly owned residential spaces are lent on an owners' resolution that carries (2.5-4, Civil Code 278, I11). */
function checkJointOwnership({ subject, terms, proofs }: Publication): readonly Problem[] {
  if (subject.category !== 'RESIDENTIAL') return [];
  if (subject.ownership === null) return [problem('OWNERSHIP_UNKNOWN', { zh: '住宅小区泊位须先登记权属（业主共有或私有），才能确定由谁决定共享', en: 'the ownership of an estate\'s spaces must be known, joint or private, to know who decides on lending them', clause: '2.5-5', field: 'facility.ownership' })];
  if (subject.ownership !== 'JOINT') return [];
  const resolution = proofOf(proofs, 'OWNERS_RESOLUTION');
  if (resolution === undefined) return [problem('OWNERS_RESOLUTION_MISSING', { zh: '全体业主共有的泊位须依业主大会决议共享', en: 'jointly owned spaces are lent on an owners\' resolution, and there is none', clause: '2.5-4', field: 'proofs' })];
  // Charging strangers for common parts is business use, whatever the record calls it.
  return checkOwnersResolution({ ...resolution, businessUse: resolution.businessUse || (terms.tariffId !== null && terms.audience.kind !== 'RESIDENTS') });
}

function checkClosingTime({ subject, terms }: Publication): readonly Problem[] {
  if (subject.isClosingTimeKnown) return [];
  const lists: readonly { rules: readonly DayRule[]; field: string }[] = [{ rules: terms.rules, field: 'rules' }, ...terms.exceptions.flatMap(({ effect }, index) => (effect.kind === 'HOURS' ? [{ rules: effect.rules, field: `exceptions[${index}].effect.rules` }] : []))];
  return lists.flatMap(({ rules, field }) => rules.flatMap((rule, index) => ('afterCloseMinutes' in rule.from ? [problem('CLOSING_TIME_UNKNOWN', { zh: `第 ${index + 1} 条规则为闭店后 ${rule.from.afterCloseMinutes} 分钟起，但设施未登记闭店时间`, en: `rule ${index + 1} begins ${counted(rule.from.afterCloseMinutes, 'minute')} after closing, but no closing time is known`, clause: '2.4-3', field: `${field}[${index}].from` })] : [])));
}

function checkAddedSpaces({ proofs }: Publication): readonly Problem[] {
  const checks = proofOf(proofs, 'SPACE_ADDITION_CHECKS');
  if (checks === undefined) return [];
  const failed = ([['green', '绿化景观'], ['activityArea', '活动场地'], ['traffic', '交通运行'], ['fire', '消防安全']] as const).filter(([check]) => !checks[check]);
  if (failed.length === 0) return [];
  return [problem('ADDED_SPACES_NOT_CLEARED', { zh: `增设泊位未通过：${failed.map(([, zh]) => zh).join('、')}`, en: `added spaces did not pass: ${failed.map(([check]) => check).join(', ')}`, clause: '2.5-1', field: 'proofs' })];
}

/** Planning-required public spaces open whole and to all; nothing of them is kept (2.3-6). */
function checkPlannedSpaces({ subject, terms }: Publication): readonly Problem[] {
  const required = subject.planningRequiredSpaces;
  if (required === null || required === 0) return [];
  const problems: Problem[] = [];
  const quotas = [{ quota: terms.quota, field: 'quota' }, ...terms.exceptions.flatMap(({ effect }, index) => (effect.kind === 'QUOTA' ? [{ quota: effect.quota, field: `exceptions[${index}].effect.quota` }] : []))];
  for (const { quota, field } of quotas) {
    const lent = totalOf(quota);
    if (lent < required) problems.push(problem('SELF_OCCUPATION_FORBIDDEN', { zh: `按规划要求配建的 ${required} 个公共泊位须全部开放，不得自行占用，现仅共享 ${lent} 个`, en: `all ${required} public spaces that planning required must open; only ${lent} are lent`, clause: '2.3-6', field, data: { required, lent } }));
  }
  if (terms.audience.kind !== 'PUBLIC') problems.push(problem('AUDIENCE_TOO_NARROW', { zh: `按规划要求配建的公共泊位须对外开放，不能仅限 ${terms.audience.kind}`, en: `public spaces that planning required open to all, not to ${terms.audience.kind} only`, clause: '2.3-6', field: 'audience' }));
  return problems;
}

function checkResidentialAudience({ subject, terms }: Publication): readonly Problem[] {
  if (subject.category !== 'RESIDENTIAL' || subject.ownership !== 'JOINT' || terms.audience.kind !== 'PUBLIC') return [];
  return [problem('AUDIENCE_TOO_WIDE', { zh: '全体业主共有的泊位可向本小区住户或周边居民开放，不能面向全社会', en: 'jointly owned spaces may open to residents or neighbours, not to everybody', clause: '2.5-5', field: 'audience' })];
}

/** A private owner lends one numbered space after title verification (2.6-1, 2.6-5). */
function checkPrivateSpace({ subject, terms, proofs, onDay }: Publication): readonly Problem[] {
  if (subject.category !== 'PRIVATE_SPACE') return [];
  const problems: Problem[] = [];
  const lent = totalOf(terms.quota);
  if (!subject.hasNumberedSpaces) problems.push(problem('NUMBERED_SPACE_REQUIRED', { zh: '个人共享须指明有编号的泊位', en: 'a private owner lends a numbered space', clause: '2.6-1' }));
  if (lent !== 1) problems.push(problem('ONE_SPACE_ONLY', { zh: `个人共享时段为 1 个泊位，现为 ${lent} 个`, en: `a private window lends one space, not ${lent}`, clause: '2.6-1', field: 'quota' }));
  const title = proofOf(proofs, 'TITLE_VERIFICATION');
  if (title === undefined) problems.push(problem('TITLE_VERIFICATION_MISSING', { zh: '个人共享须先核验产权', en: 'the title has not been verified', clause: '2.6-1', field: 'proofs' }));
  else if (title.validUntil !== null && title.validUntil <= onDay) problems.push(problem('TITLE_VERIFICATION_EXPIRED', { zh: `产权核验已于 ${localTime.formatDay(title.validUntil)} 失效`, en: `the verification of title ended on ${localTime.formatDay(title.validUntil)}`, clause: '2.6-1', field: 'proofs' }));
  return problems;
}

/** Registration is encouraged (鼓励), so its absence is a finding, not a refusal (2.4-1). `validTo` is the last valid day, null for no end. */
function checkRegistration({ subject, terms, proofs, onDay }: Publication): readonly Problem[] {
  if (subject.category !== 'COMMERCIAL' || terms.tariffId === null) return [];
  const registration = proofOf(proofs, 'BUSINESS_REGISTRATION');
  if (registration === undefined) return [problem('BUSINESS_REGISTRATION_MISSING', { zh: '对外收费但未办理经营登记备案', en: 'the public is charged without a business registration', clause: '2.4-1', field: 'proofs' })];
  const { no, validTo, status } = registration;
  const until = validTo === null ? { zh: '长期', en: 'without end' } : { zh: localTime.formatDay(validTo), en: localTime.formatDay(validTo) };
  if (status !== 'VALID' || (validTo !== null && validTo < onDay)) return [problem('BUSINESS_REGISTRATION_INVALID', { zh: `经营登记备案 ${no} 状态 ${status}，有效期至 ${until.zh}`, en: `business registration ${no} is ${status}, valid to ${until.en}`, clause: '2.4-1', field: 'proofs' })];
  if (validTo === null || validTo - onDay > EXPIRY_NOTICE_DAYS) return [];
  return [problem('BUSINESS_REGISTRATION_EXPIRES', { zh: `经营登记备案 ${no} 将于 ${validTo - onDay} 天后到期（${until.zh}）`, en: `business registration ${no} expires in ${counted(validTo - onDay, 'day')}, on ${until.en}`, clause: '2.4-1', field: 'proofs' })];
}

function checkTerm({ terms }: Publication): readonly Problem[] {
  if (terms.validUntil !== null && terms.validUntil <= POLICY_VALIDITY.untilDay) return [];
  return [problem('POLICY_EXPIRES_BEFORE_TERM', { zh: '实施意见有效期至 2026-12-31，时段的有效期更长', en: 'the policy is in force to 2026-12-31; the window outlasts it', clause: '0-5', field: 'validUntil' })];
}

/** What is merely encouraged or a condition of good order, and lacking. */
function missedChances({ subject, terms, proofs }: Publication): readonly Problem[] {
  const findings: Problem[] = [];
  if (subject.category === 'KEY_AREA_PUBLIC' && !terms.rules.some(isAllDay)) findings.push(problem('ALL_DAY_OPENING_ENCOURAGED', { zh: '重点区域公共停车场鼓励全天开放，本时段没有全天规则', en: 'all-day opening is encouraged in key areas; no rule of this window lasts a day', clause: '2.1-2', field: 'rules' }));
  if (subject.category === 'INSTITUTION' && proofOf(proofs, 'SECURITY_PLAN') === undefined) findings.push(problem('SECURITY_PLAN_MISSING', { zh: '内部停车设施对外开放应保障内部安全和秩序，未附安全方案', en: 'an internal facility opens with its security and order kept; no security plan is attached', clause: '2.2-2', field: 'proofs' }));
  const { obligation } = subject;
  const [lent, shareable] = [totalOf(terms.quota), totalOf(subject.shareableByClass)];
  if (['SHALL', 'MUST'].includes(obligation.level) && obligation.clause !== '2.3-6' && lent < shareable) findings.push(problem('SHAREABLE_SPACES_KEPT', { zh: `${obligation.verb}错时开放的可共享泊位 ${shareable} 个，本时段共享 ${lent} 个`, en: `${shareable} spaces are shareable under a duty to open; this window lends ${lent}`, clause: obligation.clause, field: 'quota', data: { shareable, lent } }));
  return findings;
}

function isAllDay(rule: DayRule): boolean {
  if (!('minute' in rule.from)) return false;
  const minutes = weekPattern.durationOf(rule.from, rule.until);
  return minutes === null || minutes >= localTime.MINUTES_A_DAY;
}
