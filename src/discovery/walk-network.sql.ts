import type { CoordinateBox } from '../kernel/index.js';
import type { Sql } from '../platform/index.js';
import { tileOf, type WalkEdge } from './rules/walk-segments.js';

/** A stored walking network, without its edges. */
export interface WalkNetwork {
  readonly city: string;
  readonly source: string;
  readonly version: number;
  readonly contentSha256: string;
  readonly box: CoordinateBox;
}

/** An edge of a tile that was asked for; the tile alone, with nulls, where the network has nothing there. */
export interface TileEdgeRow {
  readonly tile_x: number;
  readonly tile_y: number;
  readonly from_longitude_e7: number | null;
  readonly from_latitude_e7: number;
  readonly to_longitude_e7: number;
  readonly to_latitude_e7: number;
  readonly length_metres: number;
}

const EDGES_A_STATEMENT = 5_000;

const NETWORK_COLUMNS = `city, source, version, content_sha256 as "contentSha256",
  json_build_object('minLongitude', min_longitude, 'maxLongitude', max_longitude, 'minLatitude', min_latitude, 'maxLatitude', max_latitude) as box`;

/** Every network there is: a handful, one a city and source. */
export const WALK_NETWORKS_SQL = `select ${NETWORK_COLUMNS}
from walk_network
order by city, source`;

/**
 * The edges of some tiles, by the primary key of walk_edge. No row at all where the network is of another version by
 * now: then nothing that is kept of it may be used together with this. $1 city, $2 source, $3 version, $4 and $5 tiles.
 */
export const TILE_EDGES_SQL = `select t.x as tile_x, t.y as tile_y, e.from_longitude_e7, e.from_latitude_e7, e.to_longitude_e7, e.to_latitude_e7, e.length_metres
from walk_network n
cross join unnest($4::int[], $5::int[]) as t (x, y)
left join walk_edge e on e.city = n.city and e.source = n.source and e.tile_x = t.x and e.tile_y = t.y
where n.city = $1 and n.source = $2 and n.version = $3`;

/** The plausibility box of a registered city; null where there is no such city. */
export async function cityBox(sql: Sql, city: string): Promise<CoordinateBox | null> {
  const [row] = await sql.query<CoordinateBox & object>(
    `select min_longitude as "minLongitude", max_longitude as "maxLongitude", min_latitude as "minLatitude", max_latitude as "maxLatitude"
     from city_setting
     where city = $1`,
    [city],
  );
  return row ?? null;
}

/** The network as it stands, locked until the transaction ends: two imports of one source take turns. */
export async function lockNetwork(sql: Sql, { city, source }: Pick<WalkNetwork, 'city' | 'source'>): Promise<WalkNetwork | null> {
  // A row lock cannot stop two first imports; the advisory lock can.
  await sql.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [`walk_network ${city} ${source}`]);
  const [row] = await sql.query<WalkNetwork & object>(
    `select ${NETWORK_COLUMNS}
     from walk_network
     where city = $1 and source = $2`,
    [city, source],
  );
  return row ?? null;
}

/** Puts a network in the place of its earlier version, edges and all. */
export async function replaceNetwork(sql: Sql, network: WalkNetwork, edges: readonly WalkEdge[], imported: { readonly at: number; readonly by: string }): Promise<void> {
  const { city, source, version, contentSha256, box } = network;
  await sql.query(
    `insert into walk_network (city, source, version, content_sha256, min_longitude, max_longitude, min_latitude, max_latitude, edge_count, total_metres, imported_at, imported_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, to_timestamp($11 / 1000.0), $12)
     on conflict (city, source) do update set version = excluded.version, content_sha256 = excluded.content_sha256,
       min_longitude = excluded.min_longitude, max_longitude = excluded.max_longitude, min_latitude = excluded.min_latitude, max_latitude = excluded.max_latitude,
       edge_count = excluded.edge_count, total_metres = excluded.total_metres, imported_at = excluded.imported_at, imported_by = excluded.imported_by`,
    [city, source, version, contentSha256, box.minLongitude, box.maxLongitude, box.minLatitude, box.maxLatitude, edges.length, edges.reduce((sum, edge) => sum + edge.metres, 0), imported.at, imported.by],
  );
  // One column of tiles a statement: a whole network at once would outlast the statement's time.
  const columns = await sql.query<{ x: number }>('select distinct tile_x as x from walk_edge where city = $1 and source = $2', [city, source]);
  for (const { x } of columns) await sql.query('delete from walk_edge where city = $1 and source = $2 and tile_x = $3', [city, source, x]);
  for (let from = 0; from < edges.length; from += EDGES_A_STATEMENT) await insertEdges(sql, network, edges.slice(from, from + EDGES_A_STATEMENT));
}

async function insertEdges(sql: Sql, { city, source }: WalkNetwork, edges: readonly WalkEdge[]): Promise<void> {
  const tiles = edges.map(tileOf);
  await sql.query(
    `insert into walk_edge (city, source, tile_x, tile_y, from_longitude_e7, from_latitude_e7, to_longitude_e7, to_latitude_e7, length_metres)
     select $1, $2, e.*
     from unnest($3::int[], $4::int[], $5::int[], $6::int[], $7::int[], $8::int[], $9::float8[]) as e`,
    [
      city, source, tiles.map(tile => tile.x), tiles.map(tile => tile.y),
      edges.map(edge => edge.fromLongitudeE7), edges.map(edge => edge.fromLatitudeE7), edges.map(edge => edge.toLongitudeE7), edges.map(edge => edge.toLatitudeE7), edges.map(edge => edge.metres),
    ],
  );
}
