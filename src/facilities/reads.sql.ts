import type { Sql } from '../platform/index.js';
import type { CapacityByClassType } from './facility.type.js';
import { whereSql } from './facility-where.sql.js';
import { FacilityOrder, type FacilityWhere } from './facility-where.type.js';

const CLASS_ORDER = `array_position(array['STANDARD', 'CHARGING', 'ACCESSIBLE', 'LARGE', 'MECHANICAL'], space_class)`;

/** Capacity by class of facilities or of zones, summed; shareable is null where one part of it is not known. */
export function capacityByClass(sql: Sql, column: 'facility_id' | 'zone_id', ids: readonly string[]): Promise<Array<CapacityByClassType & { owner: string }>> {
  return sql.query(
    `select ${column} as owner, space_class as "spaceClass", sum(total)::int as total,
       case when count(shareable) = count(*) then sum(shareable)::int end as shareable, sum(out_of_service)::int as "outOfService"
     from facility_capacity
     where ${column} = any($1)
     group by ${column}, space_class
     order by ${CLASS_ORDER}`,
    [ids],
  );
}

/** An instant of the world and, where asked, of our belief about it. */
export interface AsOf {
  readonly validAt: number;
  readonly recordedAt: number | null;
}

const HELD_AT = `valid_during @> to_timestamp($2 / 1000.0)
       and case when $3::float8 is null then upper_inf(recorded_during) else recorded_during @> to_timestamp($3::float8 / 1000.0) end`;

/** A facility's row as it was at an instant, as its columns; null where it was not. Uses the versions' exclusion index. */
export async function facilityAsOf(sql: Sql, id: string, { validAt, recordedAt }: AsOf): Promise<Record<string, unknown> | null> {
  const [row] = await sql.query(`select * from facility_version where id = $1 and ${HELD_AT}`, [id, validAt, recordedAt]);
  return row ?? null;
}

/** A facility's capacity as it was at an instant. */
export function capacityAsOf(sql: Sql, facilityId: string, { validAt, recordedAt }: AsOf): Promise<CapacityByClassType[]> {
  return sql.query(
    `select space_class as "spaceClass", sum(total)::int as total,
       case when count(shareable) = count(*) then sum(shareable)::int end as shareable, sum(out_of_service)::int as "outOfService"
     from facility_capacity_version
     where facility_id = $1 and ${HELD_AT}
     group by space_class
     order by ${CLASS_ORDER}`,
    [facilityId, validAt, recordedAt],
  );
}

/** A keyset page of the search table: ids and sort keys. By id it walks `facility_search_facility`, by name `facility_search_by_name`. */
export function facilityPage(sql: Sql, page: { where: FacilityWhere | null; orderBy: FacilityOrder; after: readonly [string, string] | readonly [string] | null; limit: number }): Promise<Array<{ id: string; name: string }>> {
  const where = whereSql(page.where, 's', 1);
  const params = [...where.params];
  const conditions = [where.sql];
  const byName = page.orderBy === FacilityOrder.NAME;
  if (page.after) {
    const keys = page.after.map(key => `$${params.push(key)}`);
    conditions.push(byName ? `(s.document ->> 'name', s.facility_id::text) > (${keys.join(', ')})` : `s.facility_id > ${keys[0]}`);
  }
  return sql.query(
    `select s.facility_id as id, s.document ->> 'name' as name
     from facility_search s
     where ${conditions.join('\n  and ')}
     order by ${byName ? `s.document ->> 'name', s.facility_id::text` : 's.facility_id'}
     limit $${params.push(page.limit)}`,
    params,
  );
}

export async function facilityCount(sql: Sql, where: FacilityWhere | null): Promise<number> {
  const condition = whereSql(where, 's', 1);
  const [row] = await sql.query<{ count: number }>(`select count(*)::int as count from facility_search s where ${condition.sql}`, condition.params);
  return row!.count;
}

/** Uses the unique key (city, code). */
export async function facilityIdByCode(sql: Sql, city: string, code: string): Promise<string | null> {
  const [row] = await sql.query<{ id: string }>('select id from facility where city = $1 and code = $2', [city, code]);
  return row?.id ?? null;
}

/** Selects the facilities that the parties of a placeholder own, manage or operate. As `any(array(…))` they are found once, by facility_owner, facility_manager and facility_operator. */
export function facilitiesOfSql(parties: `$${number}`): string {
  return `select f.id from facility f where f.owner_party_id = any(${parties}::text[])
    union select f.id from facility f where f.manager_party_id = any(${parties}::text[])
    union select f.id from facility f where f.operator_party_id = any(${parties}::text[])`;
}

/** Those facilities, for a list that is given them as values, so that its planner sees whether they are few or many. */
export async function listFacilityIdsOf(sql: Sql, partyIds: readonly string[]): Promise<readonly string[]> {
  return partyIds.length === 0 ? [] : (await sql.query<{ id: string }>(facilitiesOfSql('$1'), [partyIds])).map(row => row.id);
}
