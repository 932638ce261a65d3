import { done, problem, reasonProblem, refuse, type Outcome } from '../kernel/index.js';
import { newId, transaction, type RequestScope } from '../platform/index.js';
import { notFound } from '../platform/graphql/index.js';
import { ensureMay } from './allow.js';
import { endDelegationAt, findDelegationForUpdate, insertDelegation } from './delegation.sql.js';
import { getParties } from './party-head.js';
import { checkDelegation, type Power } from './rules/delegation.js';

export interface RecordDelegation {
  readonly principalId: string;
  readonly agentId: string;
  readonly powers: readonly Power[];
  /** Epoch ms. */
  readonly startsAt: number;
  /** Epoch ms; a delegation always has an end. */
  readonly endsAt: number;
  readonly procurementReference?: string | null;
  readonly idempotencyKey?: string | null;
}

type DelegationId = { readonly delegationId: string };

/** Records that a principal lets an agent act for it, for a term and with named powers (3.5-1); an organ or institution names its procurement (3.5-2). */
export function recordDelegation(scope: RequestScope, input: RecordDelegation): Promise<Outcome<DelegationId>> {
  return transaction(scope, async unit => {
    ensureMay(scope.viewer, 'delegation:write');
    const [principal, agent] = await getParties(unit, [input.principalId, input.agentId]);
    ensureMay(scope.viewer, 'delegation:write', { partyId: principal!.id, jurisdictionCode: principal!.jurisdictionCode }, { what: 'party', id: principal!.id });
    const term = { powers: [...new Set(input.powers)], startsAt: input.startsAt, endsAt: input.endsAt, procurementReference: input.procurementReference?.trim() || null };
    const problems = checkDelegation({ ...term, principal: principal!, agent: agent! });
    if (problems.length > 0) return refuse(problems);

    const id = newId('delegation', unit.now);
    await insertDelegation(unit, { ...term, id, principalPartyId: principal!.id, agentPartyId: agent!.id }, unit.now);
    unit.record({ action: 'delegation:write', objectType: 'delegation', objectId: id, details: { act: 'record', principalId: principal!.id, agentId: agent!.id, powers: term.powers } });
    unit.announce('delegation.recorded', { delegationId: id });
    return done({ delegationId: id });
  }, { operation: 'recordDelegation', key: input.idempotencyKey ?? null, input });
}

/** Ends a delegation now. Either side may: an agent can lay down what it was given. */
export function endDelegation(scope: RequestScope, input: { readonly delegationId: string; readonly reason: string; readonly idempotencyKey?: string | null }): Promise<Outcome<DelegationId>> {
  return transaction(scope, async unit => {
    ensureMay(scope.viewer, 'delegation:write');
    const delegation = await findDelegationForUpdate(unit, input.delegationId);
    if (!delegation) throw notFound('delegation', input.delegationId);
    const [principal] = await getParties(unit, [delegation.principalPartyId]);
    ensureMay(scope.viewer, 'delegation:write', { partyId: [delegation.principalPartyId, delegation.agentPartyId], jurisdictionCode: principal!.jurisdictionCode }, { what: 'delegation', id: delegation.id });
    const unexplained = reasonProblem(input.reason);
    if (unexplained) return refuse(unexplained);
    if (delegation.endsAt <= unit.now) {
      return refuse(problem('DELEGATION_ENDED', { zh: '该委托已经终止', en: 'this delegation has ended already', field: 'delegationId', clause: '3.5-1' }));
    }

    await endDelegationAt(unit, delegation.id, unit.now);
    unit.record({ action: 'delegation:write', objectType: 'delegation', objectId: delegation.id, reason: input.reason, details: { act: 'end' } });
    unit.announce('delegation.ended', { delegationId: delegation.id });
    return done({ delegationId: delegation.id });
  }, { operation: 'endDelegation', key: input.idempotencyKey ?? null, input });
}
