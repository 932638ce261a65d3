import type { Sql } from '../platform/index.js';
import type { SpaceClass } from './rules/words.js';

export interface KnownZone {
  readonly id: string;
  readonly facilityId: string;
  readonly code: string;
}

export interface KnownCapacity {
  readonly id: string;
  readonly facilityId: string;
  readonly zoneId: string;
  readonly spaceClass: SpaceClass;
  readonly total: number;
  /** The most that its windows lend at any instant. */
  readonly lentPeak: number;
  readonly outOfService: number;
  readonly outOfServiceReason: string | null;
  readonly outOfServiceSince: number | null;
  readonly validFrom: number;
}

export interface KnownSpace {
  readonly id: string;
  readonly zoneId: string;
  readonly number: string;
}

/** Zones of facilities. Uses `zone_facility`. */
export function zonesOf(sql: Sql, facilityIds: readonly string[]): Promise<KnownZone[]> {
  return sql.query('select id, facility_id as "facilityId", code from zone where facility_id = any($1)', [facilityIds]);
}

/** Capacities of facilities. Uses `facility_capacity_facility`. */
export function capacitiesOf(sql: Sql, facilityIds: readonly string[]): Promise<KnownCapacity[]> {
  return sql.query(
    `select id, facility_id as "facilityId", zone_id as "zoneId", space_class as "spaceClass", total, lent_peak as "lentPeak", out_of_service as "outOfService",
       out_of_service_reason as "outOfServiceReason", epoch_ms(out_of_service_since) as "outOfServiceSince", epoch_ms(valid_from) as "validFrom"
     from facility_capacity where facility_id = any($1)`,
    [facilityIds],
  );
}

/** Numbered spaces of facilities. Uses `space_facility`. */
export function spacesOf(sql: Sql, facilityIds: readonly string[]): Promise<KnownSpace[]> {
  return sql.query('select id, zone_id as "zoneId", number from space where facility_id = any($1)', [facilityIds]);
}

export async function storeZones(sql: Sql, rows: readonly object[]): Promise<void> {
  if (rows.length === 0) return;
  await sql.query(
    `insert into zone select * from jsonb_populate_recordset(null::zone, $1::jsonb)
     on conflict (city, id) do update set name = excluded.name, position = excluded.position, valid_from = greatest(zone.valid_from, excluded.valid_from)
       where (zone.name, zone.position) is distinct from (excluded.name, excluded.position)`,
    [JSON.stringify(rows)],
  );
}

/** What the windows of a zone lend at most, of one class. */
export interface LentPeak {
  readonly zoneId: string;
  readonly spaceClass: SpaceClass;
  readonly spaces: number;
}

/** Puts what zones lend at most beside what they may share, which the database then keeps above it (P1). By the primary key of facility_capacity. */
export async function putLentPeaks(sql: Sql, peaks: readonly LentPeak[]): Promise<void> {
  if (peaks.length === 0) return;
  await sql.query(
    `update facility_capacity c set lent_peak = p.spaces
     from jsonb_to_recordset($1::jsonb) as p ("zoneId" text, "spaceClass" text, spaces int)
     join zone z on z.id = p."zoneId"
     where c.city = z.city and c.id = p."zoneId" || ':' || p."spaceClass" and c.lent_peak <> p.spaces`,
    [JSON.stringify(peaks)],
  );
}

/** Stores capacities, and ends those of the classes that the source no longer tells of. */
export async function storeCapacities(sql: Sql, rows: readonly object[], endedIds: readonly string[]): Promise<void> {
  if (endedIds.length > 0) await sql.query('delete from facility_capacity where id = any($1)', [endedIds]);
  if (rows.length === 0) return;
  await sql.query(
    `insert into facility_capacity select * from jsonb_populate_recordset(null::facility_capacity, $1::jsonb)
     on conflict (city, id) do update set total = excluded.total, shareable = excluded.shareable, out_of_service = excluded.out_of_service,
       out_of_service_reason = excluded.out_of_service_reason, out_of_service_since = excluded.out_of_service_since, source = excluded.source,
       source_code = excluded.source_code, observed_on = excluded.observed_on, recorded_at = excluded.recorded_at, recorded_by = excluded.recorded_by,
       valid_from = greatest(facility_capacity.valid_from, excluded.valid_from)`,
    [JSON.stringify(rows)],
  );
}

/** Stores numbered spaces; those of a listed zone that the source no longer names are REMOVED, never deleted. */
export async function storeSpaces(sql: Sql, rows: readonly object[], removedIds: readonly string[]): Promise<void> {
  if (removedIds.length > 0) await sql.query(`update space set status = 'REMOVED' where id = any($1) and status <> 'REMOVED'`, [removedIds]);
  if (rows.length === 0) return;
  await sql.query(
    `insert into space select * from jsonb_populate_recordset(null::space, $1::jsonb)
     on conflict (city, id) do update set space_class = excluded.space_class, attributes = excluded.attributes, longitude = excluded.longitude,
       latitude = excluded.latitude, status = excluded.status, valid_from = greatest(space.valid_from, excluded.valid_from)`,
    [JSON.stringify(rows)],
  );
}

/** Entrances are told whole: what is not told any more is gone. */
export async function storeEntrances(sql: Sql, facilityIds: readonly string[], rows: readonly object[]): Promise<void> {
  await sql.query('delete from entrance where facility_id = any($1)', [facilityIds]);
  if (rows.length > 0) await sql.query('insert into entrance select * from jsonb_populate_recordset(null::entrance, $1::jsonb)', [JSON.stringify(rows)]);
}

/** Puts spaces of one class of a zone out of service, or back. */
export async function storeOutOfService(sql: Sql, change: { capacityId: string; spaces: number; reason: string | null; at: number }): Promise<void> {
  await sql.query(
    `update facility_capacity set out_of_service = $2, out_of_service_reason = $3, out_of_service_since = to_timestamp($4 / 1000.0),
       valid_from = greatest(valid_from, to_timestamp($4 / 1000.0))
     where id = $1`,
    [change.capacityId, change.spaces, change.reason, change.at],
  );
}
