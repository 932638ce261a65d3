import type { RequestScope } from '../platform/index.js';
import { Facility } from './facility.entity.js';
import { FACILITY_BY_ID } from './facility.loaders.js';
import { facilityAsOf, facilityIdByCode, type AsOf } from './reads.sql.js';

const asOfFacilities = new WeakMap<Facility, AsOf>();

/** The facility as it is, or as it was at an instant, and as we believed it at another (3.1-4); null where there is none. */
export async function findFacility(scope: RequestScope, id: string, at: { readonly validAt: number | null; readonly recordedAt: number | null }): Promise<Facility | null> {
  if (at.validAt === null && at.recordedAt === null) return scope.load(FACILITY_BY_ID, id);
  const asOf = { validAt: at.validAt ?? scope.clock.now(), recordedAt: at.recordedAt };
  const row = await facilityAsOf(scope.database, id, asOf);
  if (!row) return null;
  const facility = scope.database.orm.em.fork().map(Facility, row as never) as Facility;
  asOfFacilities.set(facility, asOf);
  return facility;
}

/** The instants that a facility was asked for, or null for one as it is now: its parts are then read at the same instants. */
export function asOfOf(facility: Facility): AsOf | null {
  return asOfFacilities.get(facility) ?? null;
}

/** The facility of a public code. */
export async function findFacilityByCode(scope: RequestScope, city: string, code: string): Promise<Facility | null> {
  const id = await facilityIdByCode(scope.database, city, code);
  return id === null ? null : scope.load(FACILITY_BY_ID, id);
}
