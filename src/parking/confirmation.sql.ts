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
