import type { RequestScope } from '../platform/index.js';
import { PageArgs, decodeCursor, pageOf, pageSize, type Connection } from '../platform/graphql/index.js';
import type { Facility } from './facility.entity.js';
import { FACILITY_BY_ID } from './facility.loaders.js';
import { FacilityOrder, type FacilityWhere } from './facility-where.type.js';
import { facilityCount, facilityPage } from './reads.sql.js';

/** A page of facilities in a stable order, found in the search table and read in one more statement whatever the page's size. */
export async function listFacilities(scope: RequestScope, where: FacilityWhere | null, orderBy: FacilityOrder, page: PageArgs): Promise<Connection<Facility>> {
  const first = pageSize(page.first);
  const byName = orderBy === FacilityOrder.NAME;
  const after = page.after === null || page.after === undefined ? null : (decodeCursor(page.after, byName ? ['string', 'string'] : ['string']) as [string, string] | [string]);
  const rows = await facilityPage(scope.database, { where, orderBy, after, limit: first + 1 });
  const found = await Promise.all(rows.map(row => scope.load(FACILITY_BY_ID, row.id)));
  return pageOf(found.filter(facility => facility !== null), {
    first,
    after: page.after ?? null,
    keyOf: facility => (byName ? [facility.name, facility.id] : [facility.id]),
    count: () => facilityCount(scope.database, where),
  });
}
