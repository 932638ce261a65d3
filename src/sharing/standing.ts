import { localTime, type Zone } from '../kernel/index.js';
import type { Sql, Viewer } from '../platform/index.js';
import { agentIdsOf, delegationsTo, may, type DelegationRow } from '../identity/index.js';
import type { Publisher } from './rules/publish.js';
import type { LenderRow } from './windows.sql.js';

/** Who publishes for whom: the relation that the rules ask for; null where the viewer has nothing to say at this facility. */
export type Standing = Publisher | null;

/**
 * In what relation the viewer stands to each facility at this instant (2.2-8, 3.5-1, I12). Who may publish for the owner
 * or the manager stands in its place; an operator or an agent comes with the delegation that holds right now, which
 * stays locked until the commit. The platform and an office importing for others stand for the owner, if there is one.
 */
export async function standingsOf(sql: Sql, viewer: Viewer, lenders: readonly LenderRow[], now: number): Promise<ReadonlyMap<string, Standing>> {
  const own = new Map(lenders.map(lender => [lender.id, ownRelation(viewer, lender)]));
  const others = lenders.filter(lender => own.get(lender.id) === null);
  const principalIds = [...new Set(others.flatMap(principalsOf))];
  const delegations = await delegationsTo(sql, viewer, { action: 'window:publish', principalIds, at: now });
  const agentIds = agentIdsOf(viewer, 'window:publish');
  return new Map(lenders.map(lender => [lender.id, own.get(lender.id) ?? actingFor(lender, agentIds, delegations)]));
}

function ownRelation(viewer: Viewer, { ownerPartyId, managerPartyId, jurisdictionCodes }: LenderRow): Standing {
  const stands = (partyId: string | null) => may(viewer, 'window:publish', { partyId, jurisdictionCode: jurisdictionCodes });
  if (ownerPartyId !== null && stands(ownerPartyId)) return { relation: 'OWNER', delegation: null };
  if (managerPartyId !== null && stands(managerPartyId)) return { relation: 'MANAGER', delegation: null };
  // A right over the place, with nobody there to stand for, is no standing (2.2-8); the rule says so.
  return stands(null) ? { relation: 'NONE', delegation: null } : null;
}

function principalsOf({ ownerPartyId, managerPartyId }: LenderRow): string[] {
  return [ownerPartyId, managerPartyId].filter(id => id !== null);
}

function actingFor(lender: LenderRow, agentIds: readonly string[], delegations: readonly DelegationRow[]): Standing {
  const principals = principalsOf(lender);
  const given = delegations.filter(each => principals.includes(each.principalPartyId));
  const used = given.find(each => each.powers.includes('SHARE')) ?? given[0];
  const isOperator = lender.operatorPartyId !== null && agentIds.includes(lender.operatorPartyId);
  if (!used && !isOperator) return null;
  return { relation: isOperator ? 'OPERATOR' : 'AGENT', delegation: used ? termOf(used) : null };
}

/** The rules speak of days; that it holds at this very instant was asked of the database. */
function termOf({ startsAt, endsAt, powers, procurementReference }: DelegationRow, zone: Zone = localTime.shanghai()): Publisher['delegation'] {
  return { validFrom: zone.dayOf(startsAt), validUntil: zone.dayOf(endsAt - 1) + 1, powers, procurementReference };
}
