import type { RequestScope } from '../platform/index.js';
import type { Facility } from './facility.entity.js';
import { JURISDICTION_BY_ID } from './facility.loaders.js';
import { maySeeExactPlace } from './facility.policy.js';

/** Whether the caller may see more of a facility's place than its entrance (G9). Reads nothing for one that is not restricted. */
export async function exactPlaceIsShown(scope: RequestScope, facility: Facility): Promise<boolean> {
  if (!facility.isRestricted) return true;
  const around = await Promise.all([facility.jurisdictionId, facility.reportingUnitId].map(id => scope.load(JURISDICTION_BY_ID, id)));
  const partyIds = [facility.ownerPartyId, facility.managerPartyId, facility.operatorPartyId].filter(id => id != null);
  return maySeeExactPlace(scope.viewer, facility, { partyIds, jurisdictionCodes: around.flatMap(division => division?.path ?? []) });
}
