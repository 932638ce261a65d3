import { mercator, type Coordinate } from '../kernel/index.js';
import type { Sql } from '../platform/index.js';

export interface KnownPlace {
  readonly id: string;
  readonly facilityId: string | null;
  readonly observedOn: string;
  readonly version: number;
  readonly source: string;
}

/** A key place by the name that its source gives it. Uses the unique key of `key_place`. */
export async function findKeyPlace(sql: Sql, { city, source, sourceCode }: { city: string; source: string; sourceCode: string }): Promise<KnownPlace | null> {
  const [row] = await sql.query<KnownPlace>(
    'select id, null as "facilityId", observed_on::text as "observedOn", version, source from key_place where city = $1 and source = $2 and source_code = $3 for update', [city, source, sourceCode]);
  return row ?? null;
}

export async function storeKeyPlace(sql: Sql, row: object): Promise<void> {
  await sql.query(
    `insert into key_place (city, id, source, source_code, kind, name, longitude, latitude, boundary, jurisdiction_id, is_synthetic, observed_on, recorded_at, version, valid_from)
     select city, id, source, source_code, kind, name, longitude, latitude, boundary, jurisdiction_id, is_synthetic, observed_on, recorded_at, version, valid_from
     from jsonb_populate_record(null::key_place, $1::jsonb)
     on conflict (city, id) do update set kind = excluded.kind, name = excluded.name, longitude = excluded.longitude, latitude = excluded.latitude,
       boundary = excluded.boundary, jurisdiction_id = excluded.jurisdiction_id, is_synthetic = excluded.is_synthetic, observed_on = excluded.observed_on,
       recorded_at = excluded.recorded_at, version = excluded.version, valid_from = greatest(key_place.valid_from, excluded.valid_from)`,
    [JSON.stringify(row)],
  );
}

/** The hub of a facility. Uses the unique key of `hub`. */
export async function findHub(sql: Sql, city: string, facilityId: string): Promise<KnownPlace | null> {
  const [row] = await sql.query<KnownPlace>(
    'select id, facility_id as "facilityId", observed_on::text as "observedOn", version, source from hub where city = $1 and facility_id = $2 for update', [city, facilityId]);
  return row ?? null;
}

/** The facility that is a hub under a code of its source, or null: whoever asks at the same moment waits until this one's end. Uses the unique key of `hub`. */
export async function holdHubCode(sql: Sql, { city, source, sourceCode }: { readonly city: string; readonly source: string; readonly sourceCode: string }): Promise<string | null> {
  await sql.query(`select pg_advisory_xact_lock(hashtextextended('hub:' || $1 || chr(31) || $2 || chr(31) || $3, 0))`, [city, source, sourceCode]);
  const [row] = await sql.query<{ facilityId: string }>('select facility_id as "facilityId" from hub where city = $1 and source = $2 and source_code = $3', [city, source, sourceCode]);
  return row?.facilityId ?? null;
}

/** Stores a hub with its shuttles, which are told whole. */
export async function storeHub(sql: Sql, row: { readonly id: string } & Readonly<Record<string, unknown>>, shuttles: readonly object[]): Promise<void> {
  await sql.query(
    `insert into hub select * from jsonb_populate_record(null::hub, $1::jsonb)
     on conflict (city, id) do update set name = excluded.name, source = excluded.source, source_code = excluded.source_code, is_synthetic = excluded.is_synthetic,
       observed_on = excluded.observed_on, recorded_at = excluded.recorded_at, version = excluded.version, valid_from = greatest(hub.valid_from, excluded.valid_from)`,
    [JSON.stringify(row)],
  );
  await sql.query('delete from shuttle_service where hub_id = $1', [row.id]);
  if (shuttles.length === 0) return;
  await sql.query(
    `insert into shuttle_service (city, id, hub_id, position, mode, name, to_key_place_id, to_longitude, to_latitude, to_plane, headway_minutes, first_at, last_at, ride_minutes,
       walk_minutes_at_end, valid_from_on, valid_until_on)
     select city, id, hub_id, position, mode, name, to_key_place_id, to_longitude, to_latitude,
       st_transform(st_setsrid(st_makepoint(to_longitude, to_latitude), 4326), ${mercator.MERCATOR_SRID}), headway_minutes, first_at, last_at, ride_minutes,
       walk_minutes_at_end, valid_from_on, valid_until_on
     from jsonb_populate_recordset(null::shuttle_service, $1::jsonb)`,
    [JSON.stringify(shuttles)],
  );
}

export interface NearbyHub {
  readonly hubId: string;
  readonly facilityId: string;
  readonly shuttleId: string;
  /** Metres on the ellipsoid from where the shuttle ends to the point asked about. */
  readonly endMetres: number;
  /** The same from the hub's facility. */
  readonly hubMetres: number;
}

/** Shuttles that run on a day and end near a point, the nearest end first. Uses `shuttle_service_to_plane`. */
export function hubsNear(sql: Sql, near: { point: Coordinate; endWithinMetres: number; on: string; limit: number }): Promise<NearbyHub[]> {
  const { x, y } = mercator.toMercator(near.point);
  const reach = near.endWithinMetres * mercator.scaleAt(near.point.latitude) * 1.02;
  return sql.query(
    `select t.hub_id as "hubId", h.facility_id as "facilityId", t.id as "shuttleId",
       st_distance(st_setsrid(st_makepoint(t.to_longitude, t.to_latitude), 4326)::geography, p.point) as "endMetres", st_distance(s.location::geography, p.point) as "hubMetres"
     from shuttle_service t
     join hub h on h.id = t.hub_id
     join facility_search s on s.facility_id = h.facility_id and s.status = 'OPEN'
     cross join (select st_setsrid(st_makepoint($3, $4), 4326)::geography as point) as p
     where st_dwithin(t.to_plane, st_setsrid(st_makepoint($1, $2), ${mercator.MERCATOR_SRID}), $5)
       and t.valid_from_on <= $6::date and (t.valid_until_on is null or t.valid_until_on > $6::date)
       and st_distance(st_setsrid(st_makepoint(t.to_longitude, t.to_latitude), 4326)::geography, p.point) <= $7
     order by 4, t.id
     limit $8`,
    [x, y, near.point.longitude, near.point.latitude, reach, near.on, near.endWithinMetres, near.limit],
  );
}
