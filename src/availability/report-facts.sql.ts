import type { Sql } from '../platform/index.js';

/** The facilities of codes in a register. By the primary key of facility_source, whose first part the cities give. */
export function facilitiesByCode(sql: Sql, asked: ReadonlyArray<{ readonly register: string; readonly code: string }>): Promise<Array<{ register: string; code: string; facilityId: string }>> {
  return sql.query(
    `select s.source as register, s.source_code as code, s.facility_id as "facilityId"
     from city_setting c
     cross join jsonb_to_recordset($1::jsonb) as a (register text, code text)
     join facility_source s on s.city = c.city and s.source = a.register and s.source_code = a.code
     order by s.city desc`,
    [JSON.stringify(asked)],
  );
}

/** Which version of its facts each facility has. By facility_search_facility. */
export async function factVersions(sql: Sql, facilityIds: string): Promise<Array<{ id: string; version: string }>> {
  return sql.query('select facility_id as id, version from facility_search where facility_id = any($1::text[])', [facilityIds]);
}

export interface FactRow {
  readonly id: string;
  readonly city: string;
  readonly version: string;
  readonly partyIds: string[];
  readonly jurisdictionCodes: string[];
  readonly zones: ReadonlyArray<{ readonly id: string; readonly code: string }>;
  readonly capacities: ReadonlyArray<{ readonly zoneId: string; readonly spaceClass: string; readonly total: number; readonly shareable: number }>;
}

/** What facilities are, with the version that it is true of: one snapshot. By facility_search_facility and zone_facility. */
export function listFacts(sql: Sql, facilityIds: readonly string[]): Promise<FactRow[]> {
  return sql.query<FactRow>(
    `select f.id, f.city, s.version, array_remove(array[f.owner_party_id, f.manager_party_id, f.operator_party_id]::text[], null) as "partyIds",
       s.jurisdiction_codes as "jurisdictionCodes", s.lending -> 'capacities' as capacities,
       coalesce((select jsonb_agg(jsonb_build_object('id', z.id, 'code', z.code)) from zone z where z.facility_id = f.id), '[]') as zones
     from facility_search s
     join facility f on f.city = s.city and f.id = s.facility_id
     where s.facility_id = any($1)`,
    [facilityIds],
  );
}
