import { deepStrictEqual } from 'node:assert';
import { hubs } from './query.mjs';

const BATCH = 10_000;
const WINDOWS = 6;

const told = `'bench' as source, 'b' || n as source_code, date '2026-01-01' as observed_on, timestamptz '2026-01-01T00:00:00Z' as recorded_at, 'bench' as recorded_by`;
const idOf = (prefix, expression) => `'${prefix}_0' || lpad(to_hex(${expression}), 25, '0')`;
const draw = salt => `(((hashint8extended(n, ${salt}) % 1000003 + 1000003) % 1000003)::float8 / 1000003)`;

const DIVISIONS = `
insert into jurisdiction (id, city, code, kind, name, parent_id, path, is_reporting_unit, boundary_was_repaired, source, source_code, observed_on, recorded_at, content_hash, version, valid_from)
select ${idOf('jur', 'n')}, '350500', code, kind, name, ${`case when n > 0 then ${idOf('jur', '0')} end`}, case when n > 0 then array['350500', code] else array[code] end, true, false, 'bench', code, date '2026-01-01', timestamptz '2026-01-01T00:00:00Z', '', 1, timestamptz '2026-01-01T00:00:00Z'
from (select n, case when n = 0 then '350500' else (350501 + n)::text end as code, case when n = 0 then 'CITY' else 'DISTRICT' end as kind, case when n = 0 then '泉州市' else '第' || n || '区' end as name from generate_series(0, 4) as n) as d`;

// $1 first number, $2 last, $3 and $4 the hubs' longitudes and latitudes, $5 their count.
const FACILITIES = `
insert into facility (city, id, source, source_code, code, name, address, category, sector, resource_kind, ownership, jurisdiction_id, reporting_unit_id, longitude, latitude, public_longitude, public_latitude,
  zone_name, is_insured, is_military_linked, is_restricted, status, status_since, acceptance_required, is_synthetic, observed_on, recorded_at, recorded_by, content_hash, version, valid_from)
select '350500', ${idOf('fac', 'n')}, source, source_code, 'B' || n, '第' || n || '停车场', '滨海路 ' || n || ' 号',
  (array['KEY_AREA_PUBLIC', 'INSTITUTION', 'SOCIAL_PUBLIC', 'COMMERCIAL'])[1 + n % 4], (array['OTHER', 'AGENCY', 'PARK', 'COMMERCIAL'])[1 + n % 4], 'PUBLIC', 'STATE', division, division, longitude, latitude, longitude, latitude,
  'Asia/Shanghai', n % 3 = 0, false, false, case when n % 50 = 0 then 'SUSPENDED' else 'OPEN' end, recorded_at, false, true, observed_on, recorded_at, recorded_by, '', 1, recorded_at
from (select n, ${told}, ${idOf('jur', '1 + n % 4')} as division,
    round((($3::float8[])[1 + n % $5::int] + (${draw(1)} + ${draw(2)} + ${draw(3)} - 1.5) * 0.014)::numeric, 6)::float8 as longitude,
    round((($4::float8[])[1 + n % $5::int] + (${draw(4)} + ${draw(5)} + ${draw(6)} - 1.5) * 0.014)::numeric, 6)::float8 as latitude
  from generate_series($1::bigint, $2::bigint) as n) as f`;

const ZONES = `
insert into zone (city, id, facility_id, code, name, position, valid_from)
select '350500', ${idOf('zon', 'n')}, ${idOf('fac', 'n')}, 'MAIN', '全部', 0, timestamptz '2026-01-01T00:00:00Z' from generate_series($1::bigint, $2::bigint) as n`;

const capacities = spaceClasses => `
insert into facility_capacity (city, id, facility_id, zone_id, space_class, total, shareable, out_of_service, source, source_code, observed_on, recorded_at, recorded_by, valid_from)
select '350500', ${idOf('zon', 'n')} || ':' || space_class, ${idOf('fac', 'n')}, ${idOf('zon', 'n')}, space_class, total, total * 7 / 10, case when n % 20 = 0 and space_class = 'STANDARD' then 2 else 0 end, source, source_code, observed_on, recorded_at, recorded_by, recorded_at
from (select n, space_class, ${told}, case when space_class = 'STANDARD' then 30 + (n % 37)::int * 10 else 4 end as total from generate_series($1::bigint, $2::bigint) as n, unnest(array[${spaceClasses.map(each => `'${each}'`)}]) as space_class) as c`;

// A window for each of six days, from between 16:00 and 21:00 on, for 9 to 14 hours: no two of a facility touch.
const EVENINGS = `
select n, day, ${idOf('win', 'n * 8 + day')} as id, (10 + n % 10)::int as quota, jsonb_build_array(day) as weekdays, (16 * 60 + 15 * ((n * 7 + day * 3) % 21))::int as from_minute, (540 + 30 * ((n + day) % 11))::int as minutes,
  case when (n + day) % 2 = 0 then '夜间共享' else '错时共享' end || day as name
from generate_series($1::bigint, $2::bigint) as n, generate_series(1, ${WINDOWS}) as day`;
// One window that never closes: what is measured must not depend on the hour of the day.
const ALWAYS = `
select n, 1 as day, ${idOf('win', 'n * 8 + 1')} as id, (10 + n % 10)::int as quota, '[1, 2, 3, 4, 5, 6, 7]'::jsonb as weekdays, 0 as from_minute, 1440 as minutes, '全天共享' as name
from generate_series($1::bigint, $2::bigint) as n`;
const TERMS = `jsonb_build_object('v', 1, 'name', name, 'mode', 'OFF_PEAK_SHARE', 'rules', jsonb_build_array(jsonb_build_object('days', jsonb_build_object('weekdays', weekdays), 'from', jsonb_build_object('minute', from_minute), 'until', jsonb_build_object('durationMinutes', minutes))),
  'quota', jsonb_build_object('STANDARD', quota), 'audience', jsonb_build_object('kind', 'PUBLIC'), 'validFrom', 20454, 'status', 'PUBLISHED')`;

const sharingWindows = rows => `
insert into sharing_window (city, id, facility_id, zone_id, name, mode, audience, status, terms, source, source_code, version, recorded_at, recorded_by, valid_from)
select '350500', id, ${idOf('fac', 'n')}, ${idOf('zon', 'n')}, name, 'OFF_PEAK_SHARE', 'PUBLIC', 'PUBLISHED', ${TERMS}, 'bench', 'b' || n || '-' || day, 1, timestamptz '2026-01-01T00:00:00Z', 'bench', timestamptz '2026-01-01T00:00:00Z'
from (${rows}) as w`;

const searchWindows = rows => `
update facility_search s set windows = w.windows
from (select ${idOf('fac', 'n')} as facility_id, jsonb_agg(jsonb_build_object('id', id, 'zoneId', ${idOf('zon', 'n')}, 'version', '1', 'terms', ${TERMS}, 'suspensions', jsonb_build_array()) order by id) as windows from (${rows}) as w group by n) as w
where s.facility_id = w.facility_id`;

/**
 * Fills the application's own tables, set-based: the search rows are made by the application's own statement, their
 * windows by ours, since the application's would send each through a process. `prove` compares.
 * @param {import('pg').Client} client
 * @param {{ facilities: number, seed: number, upsertSearch: Function, hasWindowRows: boolean, isAlwaysOpen?: boolean, spaceClasses?: readonly string[] }} plan
 */
export async function seedCity(client, { facilities, seed, upsertSearch, hasWindowRows, isAlwaysOpen = false, spaceClasses = ['STANDARD', 'CHARGING'] }) {
  const windows = isAlwaysOpen ? ALWAYS : EVENINGS;
  const middles = hubs(seed);
  const places = [middles.map(hub => hub.longitude), middles.map(hub => hub.latitude), middles.length];
  const sql = { query: async (text, params = []) => (await client.query(text, params)).rows };
  // Versions and foreign keys cost most of the time and nothing here reads them.
  await client.query('set session_replication_role = replica');
  await client.query(DIVISIONS);
  const indexes = await dropIndexes(client);
  for (let batch = 0; batch * BATCH < facilities; batch += 1) {
    const range = [batch * BATCH + 1, Math.min(facilities, (batch + 1) * BATCH)];
    await client.query(FACILITIES, [...range, ...places]);
    await client.query(ZONES, range);
    await client.query(capacities(spaceClasses), range);
    if (hasWindowRows) await client.query(sharingWindows(windows), range);
    // The planner must know that the tables are no longer empty, and again when they have doubled.
    if ((batch & (batch - 1)) === 0) await client.query('analyze facility, facility_capacity, jurisdiction, facility_search');
    const ids = (await client.query(`select ${idOf('fac', 'n')} as id from generate_series($1::bigint, $2::bigint) as n`, range)).rows.map(({ id }) => id);
    await upsertSearch(sql, ids);
    await client.query(searchWindows(windows), range);
  }
  await client.query('set session_replication_role = origin');
  // The rows were written twice: what is measured is a table as it is after its first vacuum.
  await client.query('vacuum (full) facility_search');
  for (const index of indexes) await client.query(index);
  await client.query('vacuum analyze');
}

/** Drops what is faster built at the end than row by row; answers the statements that bring it back. */
async function dropIndexes(client) {
  const { rows } = await client.query(`select i.indexrelid::regclass as name, pg_get_indexdef(i.indexrelid) as definition from pg_index i where i.indrelid in ('facility_search'::regclass, 'sharing_window'::regclass) and not i.indisunique`);
  for (const { name } of rows) await client.query(`drop index ${name}`);
  return rows.map(({ definition }) => definition);
}

/** Lets the application write a sample of search rows itself, and fails where ours differ from its. */
export async function prove(client, { facilities, upsertSearch, refreshSearch }) {
  const ids = (await client.query(`select ${idOf('fac', 'n')} as id from generate_series(1, $1::bigint, greatest(1, $1::bigint / 200)) as n`, [facilities])).rows.map(({ id }) => id);
  const read = async () => (await client.query('select to_jsonb(s) - \'version\' as row from facility_search s where facility_id = any($1) order by facility_id', [ids])).rows;
  const ours = await read();
  const sql = { query: async (text, params = []) => (await client.query(text, params)).rows, now: Date.parse('2026-03-01T00:00:00Z'), announce() {} };
  await client.query('begin');
  await upsertSearch(sql, ids);
  await refreshSearch(sql, ids);
  deepStrictEqual(await read(), ours, 'the seeded search rows differ from those that the application writes');
  await client.query('rollback');
  return ids.length;
}

/** The floor's table: what does not change is ready as text, the week as a multirange, the windows as arrays. */
const READY = `
create table bench.ready as
select s.facility_id, s.plane, s.location::geography as place, s.status,
  '{"id":' || to_json(s.facility_id)::text || ',"code":' || to_json(s.document ->> 'code')::text || ',"name":' || to_json(s.document ->> 'name')::text || ',"address":' || to_json(s.document ->> 'address')::text
    || ',"category":"' || s.category || '","status":"' || s.status || '","coordinate":{"longitude":' || st_x(s.location)::text || ',"latitude":' || st_y(s.location)::text || '},"capacity":['
    || (select string_agg('{"spaceClass":"' || (c ->> 'spaceClass') || '","total":' || (c ->> 'total') || ',"shareable":' || (c ->> 'shareable') || '}', ',' order by place) from jsonb_array_elements(s.document -> 'capacity') with ordinality as e (c, place)) || ']}' as node,
  (select (c ->> 'total')::int from jsonb_array_elements(s.lending -> 'capacities') as c where c ->> 'spaceClass' = 'STANDARD') as capacity,
  (select (c ->> 'shareable')::int - (c ->> 'outOfService')::int from jsonb_array_elements(s.lending -> 'capacities') as c where c ->> 'spaceClass' = 'STANDARD') as lendable,
  w.week, w.names, w.froms, w.untils, w.quotas
from facility_search s
cross join lateral (
  select range_agg(int4range(from_minute, until_minute)) as week, array_agg(name) as names, array_agg(from_minute) as froms, array_agg(until_minute) as untils, array_agg(quota) as quotas
  from (
    select to_json(t ->> 'name')::text as name, (t -> 'quota' ->> 'STANDARD')::int as quota, ((t #>> '{rules,0,days,weekdays,0}')::int - 1) * 1440 + (t #>> '{rules,0,from,minute}')::int as from_minute,
      ((t #>> '{rules,0,days,weekdays,0}')::int - 1) * 1440 + (t #>> '{rules,0,from,minute}')::int + (t #>> '{rules,0,until,durationMinutes}')::int as until_minute
    from jsonb_array_elements(s.windows) as e, lateral (select e -> 'terms' as t) as terms
  ) as rules
) as w`;

/** Tables of the floor and, where it takes part, of PostGraphile, from the same facts. */
export async function seedPeers(client, { hasApi }) {
  await client.query('create schema bench');
  await client.query(READY);
  await client.query('alter table bench.ready add primary key (facility_id)');
  await client.query('create index on bench.ready using gist (plane)');
  for (const statement of hasApi ? API : []) await client.query(statement);
  await client.query('vacuum analyze');
}

// Distances are told to a tenth of a metre, and so is who lies within the radius: hence the 0.05.
const API = [
  'create schema api',
  `create table api.facility as select facility_id as id, s.document ->> 'code' as code, s.document ->> 'name' as name, s.document ->> 'address' as address, s.category, s.status, st_x(s.location) as longitude, st_y(s.location) as latitude, s.location::geography as place from facility_search s`,
  'alter table api.facility add primary key (id)',
  'create index on api.facility using gist (place)',
  `create table api.capacity as select facility_id, space_class, total, shareable, out_of_service from facility_capacity`,
  'alter table api.capacity add primary key (facility_id, space_class), add foreign key (facility_id) references api.facility (id)',
  `create table api.sharing_window as select w.id, w.facility_id, w.name, (w.terms -> 'quota' ->> 'STANDARD')::int as quota, ((w.terms #>> '{rules,0,days,weekdays,0}')::int - 1) * 1440 + (w.terms #>> '{rules,0,from,minute}')::int as from_minute,
     ((w.terms #>> '{rules,0,days,weekdays,0}')::int - 1) * 1440 + (w.terms #>> '{rules,0,from,minute}')::int + (w.terms #>> '{rules,0,until,durationMinutes}')::int as until_minute from sharing_window w`,
  'alter table api.sharing_window add primary key (id), add foreign key (facility_id) references api.facility (id)',
  'create index on api.sharing_window (facility_id)',
  `create function api.nearby_facilities(longitude float8, latitude float8, radius float8, from_minute int, until_minute int) returns setof api.facility language sql stable as $$
     select f.* from api.facility f
     where st_dwithin(f.place, st_makepoint($1, $2)::geography, $3 + 0.05) and f.status = 'OPEN'
       and exists (select from api.sharing_window w where w.facility_id = f.id and w.from_minute <= $4 and w.until_minute >= $5)
     order by st_distance(f.place, st_makepoint($1, $2)::geography), f.id $$`,
  `create function api.facility_distance_metres(f api.facility, longitude float8, latitude float8) returns float8 language sql stable as $$ select round(st_distance(f.place, st_makepoint($2, $3)::geography) * 10) / 10 $$`,
  `create function api.facility_windows_during(f api.facility, from_minute int, until_minute int) returns setof api.sharing_window language sql stable as $$ select w.* from api.sharing_window w where w.facility_id = f.id and w.from_minute <= $2 and w.until_minute >= $3 $$`,
  `create function api.facility_free_during(f api.facility, from_minute int, until_minute int) returns int language sql stable as $$
     select least(sum(w.quota)::int, (select shareable - out_of_service from api.capacity c where c.facility_id = f.id and c.space_class = 'STANDARD'))
     from api.sharing_window w where w.facility_id = f.id and w.from_minute <= $2 and w.until_minute >= $3 $$`,
  `comment on column api.facility.place is E'@omit'`,
];
