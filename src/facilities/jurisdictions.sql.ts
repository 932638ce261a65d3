import type { Sql } from '../platform/index.js';
import type { CitySetting, Point } from './rules/facility-draft.js';
import type { Division } from './rules/reporting-unit.js';
import type { JurisdictionKind } from './rules/words.js';

/** A jurisdiction as the use cases need it. */
export interface DivisionRow extends Division {
  readonly city: string;
  readonly kind: JurisdictionKind;
  readonly parentId: string | null;
  readonly observedOn: string;
  readonly contentHash: string;
  readonly version: number;
  readonly source: string;
}

/** All divisions of some cities: some hundred rows, by `jurisdiction`'s own scan. */
export function divisionsOf(sql: Sql, cities: readonly string[]): Promise<DivisionRow[]> {
  return sql.query<DivisionRow>(
    `select j.id, j.city, j.code, j.kind, j.path, j.parent_id as "parentId", j.is_reporting_unit as "isReportingUnit", m.reporting_unit_id as "memberOf",
       j.observed_on::text as "observedOn", j.content_hash as "contentHash", j.version, j.source
     from jurisdiction j
     left join reporting_unit_member m on m.id = j.id
     where j.city = any($1)`,
    [cities],
  );
}

/** The city of a jurisdiction, or null where there is none with this code. By the unique code. */
export async function findCityOf(sql: Sql, jurisdictionCode: string): Promise<string | null> {
  const [row] = await sql.query<{ city: string }>('select city from jurisdiction where code = $1', [jurisdictionCode]);
  return row?.city ?? null;
}

/** The code of a jurisdiction, or null where there is none with this id. By the primary key. */
export async function findCodeOf(sql: Sql, jurisdictionId: string): Promise<string | null> {
  const [row] = await sql.query<{ code: string }>('select code from jurisdiction where id = $1', [jurisdictionId]);
  return row?.code ?? null;
}

export function citySettings(sql: Sql, cities: readonly string[]): Promise<CitySetting[]> {
  return sql.query<CitySetting>(
    `select city, zone_name as "zoneName",
       jsonb_build_object('minLongitude', min_longitude, 'maxLongitude', max_longitude, 'minLatitude', min_latitude, 'maxLatitude', max_latitude) as box
     from city_setting
     where city = any($1)`,
    [cities],
  );
}

export async function putCitySetting(sql: Sql, { city, box, zoneName }: CitySetting): Promise<void> {
  await sql.query(
    `insert into city_setting (city, min_longitude, max_longitude, min_latitude, max_latitude, zone_name) values ($1, $2, $3, $4, $5, $6)
     on conflict (city) do update set min_longitude = excluded.min_longitude, max_longitude = excluded.max_longitude,
       min_latitude = excluded.min_latitude, max_latitude = excluded.max_latitude, zone_name = excluded.zone_name`,
    [city, box.minLongitude, box.maxLongitude, box.minLatitude, box.maxLatitude, zoneName],
  );
}

/**
 * The smallest division around each point, in the points' order; null where no boundary contains it. Development zones
 * are no divisions. Uses `jurisdiction_boundary`; a point on a shared edge goes to the division that sorts first.
 */
export async function divisionsAround(sql: Sql, points: ReadonlyArray<Point & { readonly city: string }>): Promise<ReadonlyArray<string | null>> {
  if (points.length === 0) return [];
  const rows = await sql.query<{ id: string | null }>(
    `select found.id
     from jsonb_to_recordset($1::jsonb) as p (nth int, city text, longitude float8, latitude float8)
     left join lateral (
       select j.id
       from jurisdiction j
       where j.city = p.city
         and j.kind <> 'DEVELOPMENT_ZONE'
         and st_intersects(j.boundary, st_setsrid(st_makepoint(p.longitude, p.latitude), 4326))
       order by cardinality(j.path) desc, j.code
       limit 1
     ) as found on true
     order by p.nth`,
    [JSON.stringify(points.map((point, nth) => ({ ...point, nth })))],
  );
  return rows.map(row => row.id);
}

/** How a boundary came out of its repair: null where no polygon was left. */
export interface MendedBoundary {
  readonly wkb: string | null;
  readonly wasRepaired: boolean;
}

/** Makes multipolygons of GeoJSON geometries already in WGS-84: rings that cross themselves are mended, lines and points dropped. */
export function mendBoundaries(sql: Sql, geometries: readonly string[]): Promise<MendedBoundary[]> {
  return sql.query<MendedBoundary>(
    `select case when not st_isempty(mended) then encode(st_asewkb(mended), 'hex') end as wkb, not st_isvalid(raw) or st_geometrytype(raw) not in ('ST_Polygon', 'ST_MultiPolygon') as "wasRepaired"
     from unnest($1::text[]) with ordinality as g (geojson, nth)
     cross join lateral (select st_force2d(st_setsrid(st_geomfromgeojson(g.geojson), 4326)) as raw) as r
     cross join lateral (select st_multi(st_collectionextract(st_makevalid(raw), 3)) as mended) as m
     order by nth`,
    [geometries],
  );
}

/** Stores jurisdictions; the row is new or replaces the one of its id. A table tells no boundary, so what stands stays. */
export async function storeJurisdictions(sql: Sql, rows: readonly object[]): Promise<void> {
  await sql.query(
    `insert into jurisdiction
     select * from jsonb_populate_recordset(null::jurisdiction, $1::jsonb)
     on conflict (id) do update set kind = excluded.kind, name = excluded.name, parent_id = excluded.parent_id, path = excluded.path,
       is_reporting_unit = excluded.is_reporting_unit, responsible_body = excluded.responsible_body, boundary = coalesce(excluded.boundary, jurisdiction.boundary),
       boundary_was_repaired = case when excluded.boundary is null then jurisdiction.boundary_was_repaired else excluded.boundary_was_repaired end, source = excluded.source, source_code = excluded.source_code,
       observed_on = excluded.observed_on, recorded_at = excluded.recorded_at, recorded_by = excluded.recorded_by,
       content_hash = excluded.content_hash, version = excluded.version, valid_from = greatest(jurisdiction.valid_from, excluded.valid_from)`,
    [JSON.stringify(rows)],
  );
}

/** Gives sub-districts to a development zone; one that belonged to another zone belongs to this one from now on. */
export async function storeMembers(sql: Sql, { unitId, memberIds, validFrom }: { unitId: string; memberIds: readonly string[]; validFrom: number }): Promise<void> {
  await sql.query('delete from reporting_unit_member where reporting_unit_id = $1 and not id = any($2)', [unitId, memberIds]);
  await sql.query(
    `insert into reporting_unit_member (id, reporting_unit_id, valid_from)
     select id, $1, to_timestamp($3 / 1000.0) from unnest($2::text[]) as id
     on conflict (id) do update set reporting_unit_id = excluded.reporting_unit_id, valid_from = excluded.valid_from
       where reporting_unit_member.reporting_unit_id <> excluded.reporting_unit_id`,
    [unitId, memberIds, validFrom],
  );
}

/** Writes the paths below moved divisions anew, and names the facilities whose codes changed with any of them. */
export async function refreshPaths(sql: Sql, city: string, movedIds: readonly string[]): Promise<readonly string[]> {
  const moved = await sql.query<{ id: string }>(
    `with recursive tree as (
       select id, array[code] as path from jurisdiction where city = $1 and parent_id is null
       union all
       select j.id, t.path || j.code from jurisdiction j join tree t on t.id = j.parent_id
     )
     update jurisdiction j set path = tree.path from tree where tree.id = j.id and j.path <> tree.path
     returning j.id`,
    [city],
  );
  const ids = [...movedIds, ...moved.map(row => row.id)];
  if (ids.length === 0) return [];
  return (await sql.query<{ id: string }>('select id from facility where jurisdiction_id = any($1) or reporting_unit_id = any($1)', [ids])).map(row => row.id);
}

/** Facilities, spaces in stock by reporting unit (3.1-3): each counted once, because each has one unit. Uses `facility_reporting_unit`. */
export function stockByReportingUnit(sql: Sql, city: string): Promise<Array<{ code: string; facilities: number; spaces: number }>> {
  return sql.query(
    `select u.code, count(*)::int as facilities, coalesce(sum(s.capacity_total), 0)::int as spaces
     from facility f
     join jurisdiction u on u.id = f.reporting_unit_id
     join facility_search s on s.facility_id = f.id
     where f.city = $1
     group by u.code
     order by u.code`,
    [city],
  );
}

/** The codes of divisions and of all above them. */
export async function codesAround(sql: Sql, ids: readonly string[]): Promise<readonly string[]> {
  const rows = await sql.query<{ code: string }>('select distinct unnest(path) as code from jurisdiction where id = any($1) order by code', [ids]);
  return rows.map(row => row.code);
}

/** One jurisdiction by id. */
export async function findDivision(sql: Sql, id: string): Promise<{ id: string; city: string; code: string; isReportingUnit: boolean; path: readonly string[] } | null> {
  const [row] = await sql.query<{ id: string; city: string; code: string; isReportingUnit: boolean; path: string[] }>('select id, city, code, is_reporting_unit as "isReportingUnit", path from jurisdiction where id = $1', [id]);
  return row ?? null;
}
