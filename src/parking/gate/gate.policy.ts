import { delegationHolds, delegationsTo, may, reachOf, type Action } from '../../identity/index.js';
import type { Unit, Viewer } from '../../platform/index.js';
import type { GateFacility } from './gate.sql.js';

/** Whether a viewer works this facility's gate by a right of its own. */
export function mayOperate(viewer: Viewer, { partyIds, jurisdictionCodes }: GateFacility): boolean {
  return may(viewer, 'gate:operate', { partyId: partyIds, jurisdictionCode: jurisdictionCodes });
}

/** Of these facilities those whose gate a viewer works, itself or for whoever let it report there (3.5-1). Asked by every call anew. */
export async function operatedBy(unit: Unit, viewer: Viewer, facilities: readonly GateFacility[]): Promise<ReadonlySet<string>> {
  const own = facilities.filter(facility => mayOperate(viewer, facility));
  const others = facilities.filter(facility => !own.includes(facility));
  if (others.length === 0) return new Set(own.map(facility => facility.id));
  const delegations = await delegationsTo(unit, viewer, { action: 'gate:operate', principalIds: [...new Set(others.flatMap(facility => facility.partyIds))], at: unit.now });
  const principals = new Set(delegations.filter(each => delegationHolds(each, 'REPORT', unit.now)).map(each => each.principalPartyId));
  return new Set([...own, ...others.filter(facility => facility.partyIds.some(id => principals.has(id)))].map(facility => facility.id));
}

/** What a viewer may see of the gate: its own facilities', and what is of its own reservations. */
export function maySeeGate(viewer: Viewer, { facilityPartyIds, partyId = null }: { readonly facilityPartyIds: readonly string[]; readonly partyId?: string | null }): boolean {
  return may(viewer, 'session:read', { partyId: partyId === null ? facilityPartyIds : [partyId, ...facilityPartyIds] });
}

/** The parties of which a viewer reads; null: every party's. A right that a jurisdiction bounds reads nobody's stays. */
export function partiesRead(viewer: Viewer, action: Action): readonly string[] | null {
  const reach = reachOf(viewer, action).filter(part => part.codes === null);
  return reach.some(part => part.partyId === null) ? null : reach.map(part => part.partyId!);
}
