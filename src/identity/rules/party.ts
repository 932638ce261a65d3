import { creditCodes, done, problem, refuse, textProblem, type Outcome, type Problem } from '../../kernel/index.js';
import { isJurisdictionCode } from './jurisdiction-scope.js';
import { DEPARTMENTS, PARTY_KINDS, type Department, type PartyKind } from './party-kinds.js';
import { normalisePhone } from './personal-fields.js';

/** What a party is registered with, as it was written by the caller. */
export interface PartyStatement {
  readonly kind: PartyKind;
  readonly name: string;
  readonly department?: Department | null;
  readonly phone?: string | null;
  readonly creditCode?: string | null;
  /** Why a code whose check digit fails is right all the same; kept in the audit. */
  readonly creditCodeOverrideReason?: string | null;
  readonly jurisdictionCode?: string | null;
  /** Where the party was read from, and its code there. */
  readonly source?: string | null;
  readonly code?: string | null;
}

export type StoredVerdict = 'VALID' | 'LEGACY' | 'OVERRIDDEN';

/** The same, checked and normalised. */
export interface PartyFacts {
  readonly kind: PartyKind;
  readonly name: string;
  readonly department: Department | null;
  readonly phone: string | null;
  readonly creditCode: string | null;
  readonly creditCodeVerdict: StoredVerdict | null;
  readonly jurisdictionCode: string | null;
  readonly source: string | null;
  readonly code: string | null;
}

const NAME_MAXIMUM = 200;
const SOURCE_MAXIMUM = 100;

/** Checks a party's statement and answers its facts, or every problem of it at once. */
export function checkParty(statement: PartyStatement): Outcome<PartyFacts> {
  const phone = statement.phone == null ? null : normalisePhone(statement.phone);
  const credit = judgeCredit(statement);
  const problems = [...kindProblems(statement), ...nameProblems(statement), ...departmentProblems(statement), ...placeProblems(statement), ...credit.problems, ...(phone && !phone.ok ? phone.problems : [])];
  if (problems.length > 0) return refuse(problems);
  return done({
    kind: statement.kind,
    name: statement.name.normalize('NFC').trim(),
    department: statement.department ?? null,
    phone: phone?.ok ? phone.value : null,
    creditCode: credit.code,
    creditCodeVerdict: credit.verdict,
    jurisdictionCode: statement.jurisdictionCode ?? null,
    source: statement.source ?? null,
    code: statement.code ?? null,
  });
}

function nameProblems({ name }: PartyStatement): Problem[] {
  const wrong = textProblem(name.normalize('NFC'), { zh: '名称', en: 'a name', field: 'name', minimum: 1, maximum: NAME_MAXIMUM, code: 'NAME_INVALID' });
  return wrong ? [wrong] : [];
}

/** Checked here as well as by the schema's enum: a command and an import bring their kind as a text. */
function kindProblems({ kind }: PartyStatement): Problem[] {
  if (Object.hasOwn(PARTY_KINDS, kind)) return [];
  const known = Object.keys(PARTY_KINDS);
  return [problem('KIND_UNKNOWN', { zh: `主体类型“${String(kind).slice(0, 40)}”不在列表中：${known.join('、')}`, en: `'${String(kind).slice(0, 40)}' is no kind of party; one of ${known.join(', ')}`, field: 'kind' })];
}

function departmentProblems({ kind, department }: PartyStatement): Problem[] {
  // Whether a kind has a department is unknown where the kind is.
  if (!Object.hasOwn(PARTY_KINDS, kind)) return [];
  if (department != null && !Object.hasOwn(DEPARTMENTS, department)) {
    const known = Object.keys(DEPARTMENTS);
    return [problem('DEPARTMENT_UNKNOWN', { zh: `部门“${String(department).slice(0, 40)}”不在列表中：${known.join('、')}`, en: `'${String(department).slice(0, 40)}' is no department; one of ${known.join(', ')}`, field: 'department', clause: '4.2-1' })];
  }
  const names = Object.values(DEPARTMENTS).map(known => known.zh).join('、');
  if (kind === 'AUTHORITY' && department == null) return [problem('DEPARTMENT_MISSING', { zh: `主管部门须说明是哪个部门：${names}`, en: `a department in charge must say which one it is: ${Object.keys(DEPARTMENTS).join(', ')}`, field: 'department', clause: '4.2-1' })];
  if (kind !== 'AUTHORITY' && department != null) return [problem('DEPARTMENT_NOT_ALLOWED', { zh: `${PARTY_KINDS[kind].zh}不填部门（收到 ${department}）`, en: `a party of kind ${kind} has no department (got ${department})`, field: 'department' })];
  return [];
}

function placeProblems({ jurisdictionCode, source, code }: PartyStatement): Problem[] {
  const problems: Problem[] = [];
  if (jurisdictionCode != null && !isJurisdictionCode(jurisdictionCode)) {
    problems.push(problem('JURISDICTION_CODE_INVALID', { zh: `行政区划代码须为 6、9 或 12 位数字，或开发区自定编码（如 QZ-TIA），收到“${jurisdictionCode.slice(0, 20)}”`, en: `a division code has 6, 9 or 12 digits, a development zone its own, as QZ-TIA; got '${jurisdictionCode.slice(0, 20)}'`, field: 'jurisdictionCode' }));
  }
  if ((source == null) !== (code == null)) {
    problems.push(problem('SOURCE_WITHOUT_CODE', { zh: '来源 source 与来源内编码 code 须同时填写', en: 'source and code come together or not at all', field: source == null ? 'source' : 'code' }));
  }
  for (const [field, text, zh] of [['source', source, '来源'], ['code', code, '来源内编码']] as const) {
    const wrong = text == null ? null : textProblem(text, { zh, en: field, field, minimum: 1, maximum: SOURCE_MAXIMUM });
    if (wrong) problems.push(wrong);
  }
  return problems;
}

function judgeCredit({ kind, creditCode, creditCodeOverrideReason }: PartyStatement): { code: string | null; verdict: StoredVerdict | null; problems: readonly Problem[] } {
  if (creditCode == null) return { code: null, verdict: null, problems: [] };
  const judged = creditCodes.judgeCreditCode(creditCode);
  if (kind === 'PERSON') {
    return { code: null, verdict: null, problems: [problem('CREDIT_CODE_OF_PERSON', { zh: '个人没有统一社会信用代码；个人身份证件号不在此登记', en: 'a person has no unified social credit code, and identity numbers are not registered here', field: 'creditCode' })] };
  }
  if (judged.verdict !== 'INVALID') return { code: judged.code, verdict: judged.verdict, problems: [] };
  // Only a failing check digit can be a mistake of the register; another length or alphabet is no such code at all.
  if (judged.reason === 'CHECK_DIGIT' && creditCodeOverrideReason != null && creditCodeOverrideReason.trim().length >= 4) return { code: judged.code, verdict: 'OVERRIDDEN', problems: [] };
  return { code: null, verdict: null, problems: [problem('CREDIT_CODE_INVALID', { zh: judged.zh, en: judged.en, field: 'creditCode', data: { expected: judged.expected } })] };
}
