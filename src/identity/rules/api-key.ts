import { problem, textProblem, type Problem } from '../../kernel/index.js';
import { isAction } from './actions.js';
import { isJurisdictionCode } from './jurisdiction-scope.js';
import type { PartyKind } from './party-kinds.js';

/** How far a key reaches: what is its party's, what lies in its jurisdiction, or everything. */
export const REACHES = ['PARTY', 'JURISDICTION', 'PLATFORM'] as const;
export type Reach = (typeof REACHES)[number];

export const KEY_LIMIT_CLASSES = ['KEY', 'OPERATOR', 'AUTHORITY', 'BENCH'] as const;
export type KeyLimitClass = (typeof KEY_LIMIT_CLASSES)[number];

const DAY_MS = 86_400_000;
const NAME_MAXIMUM = 100;
/** A key lives two years at most, so that a forgotten one dies. */
const LIFETIME_MAXIMUM_MS = 731 * DAY_MS;
/** Two keys of a rotation live side by side for at most a month. */
export const OVERLAP_MAXIMUM_HOURS = 720;

export interface KeyStatement {
  readonly name: string;
  readonly partyKind: PartyKind;
  readonly scopes: readonly string[];
  readonly reach: Reach;
  readonly jurisdictionCode: string | null;
  /** Epoch ms; null for a key without an end, which only the platform itself may issue. */
  readonly expiresAt: number | null;
  readonly issuedBySystem: boolean;
}

/** What speaks against issuing a key at this instant; empty where nothing does. */
export function checkKey(statement: KeyStatement, now: number): readonly Problem[] {
  const { name, scopes, reach, jurisdictionCode, partyKind } = statement;
  const problems: Problem[] = [];
  const unnamed = textProblem(name, { zh: '密钥名称', en: 'the name of a key', field: 'name', minimum: 1, maximum: NAME_MAXIMUM, code: 'NAME_INVALID' });
  if (unnamed) problems.push(unnamed);
  if (scopes.length === 0) problems.push(problem('SCOPES_MISSING', { zh: '密钥须有至少一项权限', en: 'a key has at least one scope', field: 'scopes' }));
  scopes.forEach((scope, index) => {
    if (isAction(scope)) return;
    problems.push(problem('SCOPE_UNKNOWN', { zh: `没有名为“${scope.slice(0, 60)}”的权限`, en: `there is no action '${scope.slice(0, 60)}'`, field: `scopes[${index}]` }));
  });
  const isGovernment = partyKind === 'AUTHORITY' || partyKind === 'STREET_OFFICE';
  if (reach !== 'PARTY' && !isGovernment && !statement.issuedBySystem) problems.push(problem('REACH_NOT_ALLOWED', { zh: '只有主管部门与街道的密钥可越出本主体范围', en: 'only the key of a department or a street office reaches beyond its own party', field: 'reach' }));
  if ((reach === 'JURISDICTION') !== (jurisdictionCode !== null && isJurisdictionCode(jurisdictionCode))) {
    problems.push(problem('JURISDICTION_CODE_INVALID', { zh: '范围为 JURISDICTION 时须填 6、9 或 12 位行政区划代码或开发区自定编码，否则不填', en: 'a division code of 6, 9 or 12 digits, or a development zone’s own, comes with the reach JURISDICTION and with no other', field: 'jurisdictionCode' }));
  }
  return [...problems, ...expiryProblems(statement, now)];
}

function expiryProblems({ expiresAt, issuedBySystem }: KeyStatement, now: number): Problem[] {
  if (expiresAt === null) return issuedBySystem ? [] : [problem('EXPIRY_MISSING', { zh: '密钥须有到期时间，最长两年', en: 'a key has an end, at most two years away', field: 'expiresAt' })];
  if (expiresAt > now && expiresAt - now <= LIFETIME_MAXIMUM_MS) return [];
  return [problem('EXPIRY_OUT_OF_RANGE', { zh: '到期时间须在现在之后、两年之内', en: 'the end of a key lies after now and within two years', field: 'expiresAt' })];
}

/** When a key is still good: not revoked, and before its end. */
export function keyHolds(key: { readonly expiresAt: number | null; readonly revokedAt: number | null }, at: number): boolean {
  return key.revokedAt === null && (key.expiresAt === null || at < key.expiresAt);
}
