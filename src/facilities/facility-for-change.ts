import { ensureMayActFor } from '../identity/index.js';
import { problem, refuse, type Refusal } from '../kernel/index.js';
import type { Unit } from '../platform/index.js';
import { notFound } from '../platform/graphql/index.js';
import { findForUpdate, type KnownFacility } from './facilities.sql.js';
import { mayWriteFacility } from './facility.policy.js';
import { codesAround } from './jurisdictions.sql.js';

/** What every change of one facility is asked with. */
export interface FacilityChange {
  readonly facilityId: string;
  /** The version that the caller saw; null: whichever stands. */
  readonly expectedVersion?: string | null;
}

/**
 * The facility, locked until the commit, once the caller may change it: as a member of its parties, as an office of
 * its jurisdiction, or as an agent whose delegation holds now (I12). A version that moved on is refused.
 */
export async function facilityForChange(unit: Unit, change: FacilityChange): Promise<KnownFacility | Refusal> {
  const facility = await findForUpdate(unit, change.facilityId);
  if (!facility) throw notFound('facility', change.facilityId);
  const jurisdictionCodes = await codesAround(unit, [facility.jurisdictionId, facility.reportingUnitId]);
  if (!mayWriteFacility(unit.scope.viewer, { partyIds: facility.partyIds, jurisdictionCodes })) {
    await ensureMayActFor(unit, unit.scope, 'facility:write', { partyId: facility.partyIds, jurisdictionCode: jurisdictionCodes }, 'MANAGE');
  }
  return checkVersion(facility.version, change.expectedVersion) ?? facility;
}

/** The refusal of a change that was decided upon an older version; null where it may go on. */
export function checkVersion(version: number, expected: string | null | undefined): Refusal | null {
  if (expected == null || expected === String(version)) return null;
  return refuse(problem('VERSION_MOVED', { zh: `对象已是第 ${version} 版，请求依据第 ${expected.slice(0, 20)} 版：请重新读取`, en: `this is version ${version} by now, the request was made upon ${expected.slice(0, 20)}: read it again`, field: 'expectedVersion', data: { currentVersion: String(version) } }));
}
