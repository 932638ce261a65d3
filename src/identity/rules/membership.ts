import { problem, type Problem } from '../../kernel/index.js';
import { isJurisdictionCode, liesWithin } from './jurisdiction-scope.js';
import { PARTY_KINDS, roleFits, type PartyKind } from './party-kinds.js';
import { ROLES, type Role } from './roles.js';

export interface MembershipStatement {
  readonly memberId: string;
  readonly party: { readonly id: string; readonly kind: PartyKind; readonly jurisdictionCode: string | null };
  readonly role: Role;
  readonly jurisdictionCode: string | null;
  readonly startsAt: number;
  readonly endsAt: number | null;
}

/** What speaks against a membership; empty where nothing does. An officer's jurisdiction lies within the office's own (3.6-3). */
export function checkMembership(statement: MembershipStatement): readonly Problem[] {
  const { memberId, party, role, startsAt, endsAt } = statement;
  const problems: Problem[] = [];
  if (memberId === party.id) problems.push(problem('MEMBER_OF_ITSELF', { zh: '主体不能是自己的成员', en: 'a party cannot be a member of itself', field: 'memberId' }));
  if (!roleFits(role, party.kind)) {
    problems.push(problem('ROLE_NOT_OF_KIND', { zh: `角色“${ROLES[role].zh}”不能设于${PARTY_KINDS[party.kind].zh}`, en: `the role ${role} cannot be held in a party of kind ${party.kind}`, field: 'role', clause: '1-4' }));
  }
  if (endsAt !== null && endsAt <= startsAt) problems.push(problem('MEMBERSHIP_TERM_EMPTY', { zh: '成员关系的结束须晚于开始', en: 'a membership must end after it starts', field: 'endsAt' }));
  return [...problems, ...jurisdictionProblems(statement)];
}

function jurisdictionProblems({ role, jurisdictionCode, party }: MembershipStatement): Problem[] {
  const isNeeded = ROLES[role].scope === 'JURISDICTION';
  if (!isNeeded && jurisdictionCode === null) return [];
  if (!isNeeded) return [problem('JURISDICTION_NOT_OF_ROLE', { zh: `角色“${ROLES[role].zh}”不按行政区授权，请勿填写 ${jurisdictionCode}`, en: `the role ${role} is not given by jurisdiction: leave out ${jurisdictionCode}`, field: 'jurisdictionCode' })];
  if (jurisdictionCode === null || !isJurisdictionCode(jurisdictionCode)) {
    return [problem('JURISDICTION_CODE_INVALID', { zh: `角色“${ROLES[role].zh}”须填 6、9 或 12 位行政区划代码，或开发区自定编码`, en: `the role ${role} needs a division code of 6, 9 or 12 digits, or a development zone’s own`, field: 'jurisdictionCode', clause: '3.6-3' })];
  }
  if (party.jurisdictionCode !== null && liesWithin(jurisdictionCode, party.jurisdictionCode)) return [];
  return [problem('JURISDICTION_BEYOND_PARTY', { zh: `行政区 ${jurisdictionCode} 不在该单位辖区（${party.jurisdictionCode ?? '未登记'}）之内`, en: `the jurisdiction ${jurisdictionCode} does not lie within that of the office (${party.jurisdictionCode ?? 'none registered'})`, field: 'jurisdictionCode', clause: '3.6-3' })];
}
