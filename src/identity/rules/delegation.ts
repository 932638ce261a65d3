import { problem, type Problem } from '../../kernel/index.js';
import { PARTY_KINDS, type PartyKind } from './party-kinds.js';

/** What a principal can hand to an agent (3.5-1). */
export const POWERS = {
  SHARE: { zh: '发布与变更共享时段', en: 'publish and change sharing windows' },
  REPORT: { zh: '上报泊位占用', en: 'report occupancy' },
  MANAGE: { zh: '登记与变更设施', en: 'register and change facilities' },
  COLLECT_FEES: { zh: '代收停车费', en: 'collect parking fees' },
  SIGN: { zh: '签订共享协议', en: 'sign sharing agreements' },
} as const;

export type Power = keyof typeof POWERS;

/** A delegation's term is half-open: it holds at its start and no longer at its end. Instants in epoch ms. */
export interface DelegationTerm {
  readonly powers: readonly Power[];
  readonly startsAt: number;
  readonly endsAt: number;
}

/** Whether an agent may use this power at this very instant; each of its writes asks anew (3.5-1, I12). */
export function delegationHolds(delegation: DelegationTerm, power: Power, at: number): boolean {
  return delegation.startsAt <= at && at < delegation.endsAt && delegation.powers.includes(power);
}

export interface DelegationStatement extends DelegationTerm {
  readonly principal: { readonly id: string; readonly kind: PartyKind };
  readonly agent: { readonly id: string; readonly kind: PartyKind };
  readonly procurementReference: string | null;
}

/** What speaks against recording a delegation; empty where nothing does. */
export function checkDelegation(statement: DelegationStatement): readonly Problem[] {
  const { principal, agent, powers, startsAt, endsAt, procurementReference } = statement;
  const problems: Problem[] = [];
  if (principal.id === agent.id) problems.push(problem('DELEGATION_TO_ONESELF', { zh: '委托方与受托方不能是同一主体', en: 'a party cannot delegate to itself', field: 'agentId', clause: '3.5-1' }));
  if (agent.kind === 'PERSON') problems.push(problem('AGENT_IS_PERSON', { zh: '受托方须为专业化停车企业或其他组织，不能是个人', en: 'the agent must be an organisation, not a person', field: 'agentId', clause: '3.5-1' }));
  if (powers.length === 0) problems.push(problem('POWERS_MISSING', { zh: '委托须写明至少一项权限', en: 'a delegation names at least one power', field: 'powers', clause: '3.5-1' }));
  if (endsAt <= startsAt) problems.push(problem('DELEGATION_TERM_EMPTY', { zh: '委托期限的结束须晚于开始', en: 'the term of a delegation must end after it starts', field: 'endsAt', clause: '3.5-1' }));
  if (PARTY_KINDS[principal.kind].buysByProcurement && (procurementReference ?? '').trim() === '') {
    problems.push(problem('PROCUREMENT_REFERENCE_MISSING', { zh: `${PARTY_KINDS[principal.kind].zh}委托停车企业须依《政府采购法》，请填写采购编号`, en: `a ${PARTY_KINDS[principal.kind].en} delegates under the Government Procurement Law: give the procurement reference`, field: 'procurementReference', clause: '3.5-2' }));
  }
  return problems;
}
