import type { RequestScope, Sql, Viewer } from '../platform/index.js';
import { ensureMay, type Named } from './allow.js';
import { listDelegationsInForce, type DelegationRow } from './delegation.sql.js';
import type { Action } from './rules/actions.js';
import { delegationHolds, type Power } from './rules/delegation.js';
import { may, type Subject } from './rules/may.js';

/**
 * Throws unless the viewer may do this for the subject by a right of its own, or as the agent of one of its parties
 * whose delegation holds at this very instant with this power (3.5-1, I12). Answers the delegation that was used, or
 * null where none was needed. Call it within the transaction that writes: the delegation is locked until the commit.
 */
export async function ensureMayActFor(sql: Sql, scope: RequestScope, action: Action, subject: Subject, power: Power, named?: Named): Promise<DelegationRow | null> {
  const { viewer } = scope;
  if (may(viewer, action, subject)) return null;
  const at = scope.clock.now();
  const principalIds = typeof subject.partyId === 'string' ? [subject.partyId] : (subject.partyId ?? []);
  const delegations = await delegationsTo(sql, viewer, { action, principalIds, at });
  const used = delegations.find(delegation => delegationHolds(delegation, power, at));
  if (!used) ensureMay(viewer, action, subject, named);
  return used ?? null;
}

/**
 * The delegations of these principals to the viewer's parties at an instant, of whichever powers, for many subjects at
 * once. Locked until the commit.
 */
export async function delegationsTo(sql: Sql, viewer: Viewer, { action, principalIds, at }: { readonly action: Action; readonly principalIds: readonly string[]; readonly at: number }): Promise<readonly DelegationRow[]> {
  const agentIds = agentIdsOf(viewer, action);
  return agentIds.length > 0 && principalIds.length > 0 ? listDelegationsInForce(sql, { principalIds, agentIds, at }) : [];
}

/** The viewer's parties that can be an agent here: one must hold the action for itself. A delegation lends a power, it does not make a driver an operator. */
export function agentIdsOf(viewer: Viewer, action: Action): readonly string[] {
  return viewer.partyIds.filter(partyId => may(viewer, action, { partyId }));
}
