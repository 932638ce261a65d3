import type { Sql } from '../platform/index.js';

/** Where a stay is, in the words of a notice. */
export interface PlaceOfStay {
  readonly facilityId: string;
  readonly name: string;
  readonly zoneName: string;
}

/** By the unique key facility_id. */
export function placesOfStays(sql: Sql, facilityIds: readonly string[]): Promise<PlaceOfStay[]> {
  return sql.query<PlaceOfStay>(`select id as "facilityId", name, zone_name as "zoneName" from facility where id = any($1::text[])`, [facilityIds]);
}

/** A pool of a facility in the words of a notice; null where it is the facility's only one. By zone_id and zone_facility. */
export async function zoneNameOf(sql: Sql, zoneId: string): Promise<string | null> {
  const [row] = await sql.query<{ name: string }>('select z.name from zone z where z.id = $1 and exists (select from zone o where o.facility_id = z.facility_id and o.id <> z.id)', [zoneId]);
  return row?.name ?? null;
}

/** The other pools of a facility. By zone_facility. */
export async function otherZones(sql: Sql, { facilityId, zoneId }: { readonly facilityId: string; readonly zoneId: string }): Promise<readonly string[]> {
  const rows = await sql.query<{ id: string }>('select id from zone where facility_id = $1 and id <> $2 order by position, id', [facilityId, zoneId]);
  return rows.map(row => row.id);
}
