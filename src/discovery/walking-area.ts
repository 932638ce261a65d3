import { LRUCache } from 'lru-cache';
import { mercator, type Coordinate } from '../kernel/index.js';
import type { Database, RequestScope } from '../platform/index.js';
import { WalkGraph, type PackedEdges } from './rules/walk-graph.js';
import { LONGEST_EDGE_METRES, TILE_METRES } from './rules/walk-segments.js';
import { TILE_EDGES_SQL, WALK_NETWORKS_SQL, type TileEdgeRow, type WalkNetwork } from './walk-network.sql.js';

/** Farthest that a place may lie off the network and still be on it: across a forecourt, not across a river. */
export const SNAP_METRES = 60;

/** How long a process trusts the list of networks; a new one is walked everywhere after that. */
const TRUSTED_MS = 5_000;
/** Edges that a process keeps as tiles: some 50 MB. */
const KEPT_TILE_EDGES = 2_000_000;
/** Edges that a process keeps joined to areas: some 50 MB. */
const KEPT_AREA_EDGES = 400_000;
/** Tiles that one statement reads: a search at walking distance needs nine, and 5 km around a place must not outlast a statement's time. */
const TILES_A_STATEMENT = 49;
/** How often a search begins anew because a network changed under it. */
const MOST_ATTEMPTS = 3;
/** Degrees of at least SNAP_METRES up to 67° of latitude. */
const SNAP_DEGREES = 0.0014;

interface Tile {
  readonly x: number;
  readonly y: number;
}

/** The walking network around a place, as far as a search may lead; null where none is known there. */
export async function walkingArea(scope: Pick<RequestScope, 'database' | 'clock'>, origin: Coordinate, reachMetres: number): Promise<WalkGraph | null> {
  let areas = areasByDatabase.get(scope.database);
  if (!areas) areasByDatabase.set(scope.database, (areas = new WalkingAreas(scope.database)));
  return areas.around(origin, reachMetres, scope.clock.now());
}

const areasByDatabase = new WeakMap<Database, WalkingAreas>();

/** What one process keeps of the networks of one database. Everything kept is named by its version, so nothing kept is ever stale. */
class WalkingAreas {
  #networks: { readonly list: Promise<readonly WalkNetwork[]>; readonly readAt: number } | null = null;
  readonly #tiles = new LRUCache<string, PackedEdges>({ maxSize: KEPT_TILE_EDGES, sizeCalculation: tile => tile.metres.length + 1 });
  readonly #areas = new LRUCache<string, WalkGraph>({ maxSize: KEPT_AREA_EDGES, sizeCalculation: area => area.edgeCount + 1 });
  readonly #joining = new Map<string, Promise<WalkGraph | null>>();

  constructor(private readonly database: Database) {}

  async around(origin: Coordinate, reachMetres: number, now: number): Promise<WalkGraph | null> {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      const networks = (await this.#list(now)).filter(network => mayCover(network, origin));
      if (networks.length === 0) return null;
      const area = await this.#join(networks, tilesAround(origin, reachMetres));
      if (area) return area;
      this.#networks = null;
    }
    return null;
  }

  #list(now: number): Promise<readonly WalkNetwork[]> {
    if (this.#networks && Math.abs(now - this.#networks.readAt) < TRUSTED_MS) return this.#networks.list;
    const reading = { list: this.database.queryPrepared<WalkNetwork>(WALK_NETWORKS_SQL, []), readAt: now };
    this.#networks = reading;
    reading.list.catch(() => {
      if (this.#networks === reading) this.#networks = null;
    });
    return reading.list;
  }

  /** One graph of some tiles of some networks; null where one of them is of another version by now. */
  async #join(networks: readonly WalkNetwork[], tiles: readonly Tile[]): Promise<WalkGraph | null> {
    const [first, last] = [tiles[0]!, tiles.at(-1)!];
    const key = [...networks.map(nameOf), `${first.x} ${first.y} ${last.x} ${last.y}`].join('\n');
    const known = this.#areas.get(key);
    if (known) return known;
    // Requests that ask for the same area at once share one reading.
    let joining = this.#joining.get(key);
    if (!joining) {
      joining = this.#read(networks, tiles).finally(() => this.#joining.delete(key));
      this.#joining.set(key, joining);
    }
    const area = await joining;
    if (area) this.#areas.set(key, area);
    return area;
  }

  async #read(networks: readonly WalkNetwork[], tiles: readonly Tile[]): Promise<WalkGraph | null> {
    const parts: PackedEdges[] = [];
    for (const network of networks) {
      const own = await this.#tilesOf(network, tiles);
      if (!own) return null;
      parts.push(...own);
    }
    return WalkGraph.of(parts);
  }

  async #tilesOf(network: WalkNetwork, tiles: readonly Tile[]): Promise<readonly PackedEdges[] | null> {
    const keyOf = (tile: Tile): string => `${nameOf(network)}\n${tile.x} ${tile.y}`;
    const known = tiles.map(tile => this.#tiles.get(keyOf(tile)));
    const missing = tiles.filter((_, i) => known[i] === undefined);
    if (missing.length === 0) return known as readonly PackedEdges[];
    const read: PackedEdges[] = [];
    for (let from = 0; from < missing.length; from += TILES_A_STATEMENT) {
      const wanted = missing.slice(from, from + TILES_A_STATEMENT);
      const rows = await this.database.queryPrepared<TileEdgeRow>(TILE_EDGES_SQL, [network.city, network.source, network.version, wanted.map(tile => tile.x), wanted.map(tile => tile.y)]);
      if (rows.length === 0) return null;
      const byTile = Map.groupBy(rows, row => `${row.tile_x} ${row.tile_y}`);
      for (const tile of wanted) {
        const packed = packRows(byTile.get(`${tile.x} ${tile.y}`) ?? []);
        this.#tiles.set(keyOf(tile), packed);
        read.push(packed);
      }
    }
    return [...known.filter(tile => tile !== undefined), ...read];
  }
}

function packRows(rows: readonly TileEdgeRow[]): PackedEdges {
  const edges = rows.filter(row => row.from_longitude_e7 !== null);
  return {
    ends: Int32Array.from(edges.flatMap(row => [row.from_longitude_e7!, row.from_latitude_e7, row.to_longitude_e7, row.to_latitude_e7])),
    metres: Float64Array.from(edges, row => row.length_metres),
  };
}

function nameOf({ city, source, version }: WalkNetwork): string {
  return JSON.stringify([city, source, version]);
}

function mayCover({ box }: WalkNetwork, { longitude, latitude }: Coordinate): boolean {
  return longitude >= box.minLongitude - SNAP_DEGREES && longitude <= box.maxLongitude + SNAP_DEGREES && latitude >= box.minLatitude - SNAP_DEGREES && latitude <= box.maxLatitude + SNAP_DEGREES;
}

/** Every tile in which an edge may begin that a walk within the reach touches, by column and row. */
function tilesAround(origin: Coordinate, reachMetres: number): readonly Tile[] {
  const { x, y } = mercator.toMercator(origin);
  const ground = reachMetres + SNAP_METRES + LONGEST_EDGE_METRES;
  const reach = ground * mercator.scaleAt(Math.min(89, Math.abs(origin.latitude) + ground / 110_000));
  const tiles: Tile[] = [];
  for (let column = Math.floor((x - reach) / TILE_METRES); column <= Math.floor((x + reach) / TILE_METRES); column += 1) {
    for (let row = Math.floor((y - reach) / TILE_METRES); row <= Math.floor((y + reach) / TILE_METRES); row += 1) tiles.push({ x: column, y: row });
  }
  return tiles;
}
