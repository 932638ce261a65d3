import { mercator, type MercatorPoint } from '../kernel/index.js';
import type { Database } from '../platform/index.js';
import { placesOf, type ToldPlace } from './facility-place.js';
import { stepSql, type StepRow } from './nearby.sql.js';
import { distanceMetres } from './rules/reach.js';

/** The most facilities that one search looks at: a search that finds nothing free must end, too. */
export const MOST_EXAMINED = 2_000;
const LEAST_STEP = 24;
/** Of three facilities on the way, one lends nothing just then: the first step takes so many for each one wanted. */
const FIRST_STEP_SHARE = 1.6;

export interface Candidate extends ToldPlace {
  readonly distanceMetres: number;
}

export interface Walk {
  readonly origin: { readonly longitude: number; readonly latitude: number };
  readonly radiusMetres: number;
  /** Conditions on `s`, the search row, with parameters from $6 on. */
  readonly filter: { readonly sql: string; readonly params: readonly unknown[] };
  /** How many facilities the caller hopes to use: some of those met on the way cannot be. */
  readonly wanted: number;
  /** Go on behind this place of an earlier walk. */
  readonly after: { readonly distanceMetres: number; readonly id: string } | null;
}

/**
 * Yields the facilities around a point by (distance, id), in batches, as far as the radius reaches. The plane's order
 * is the ground's up to the change of scale over the radius: a row is yielded only once no later one can be nearer.
 */
export async function* walkOutwards(database: Database, walk: Walk): AsyncGenerator<readonly Candidate[]> {
  const { origin, radiusMetres, filter } = walk;
  const scale = scaleRange(origin.latitude, radiusMetres);
  const { x, y } = mercator.toMercator(origin);
  const seen = new Set<string>();
  let waiting: Candidate[] = [];
  let from = walk.after === null ? 0 : Math.max(0, (walk.after.distanceMetres - 0.1) * scale.least);

  for (let limit = Math.max(LEAST_STEP, Math.ceil(FIRST_STEP_SHARE * walk.wanted) + 6); seen.size < MOST_EXAMINED; limit = Math.min(limit * 4, MOST_EXAMINED)) {
    const [step] = await database.queryPrepared<StepRow>(stepSql(filter.sql), [x, y, radiusMetres * scale.most + 1, limit, from, ...filter.params]);
    const places = placesOf(database, step!.told);
    for (const { place, claims } of places) {
      if (seen.has(place.id)) continue;
      seen.add(place.id);
      const candidate = { place, claims, distanceMetres: distanceMetres(origin, place) };
      if (candidate.distanceMetres <= radiusMetres && isBehind(walk.after, candidate)) waiting.push(candidate);
    }
    waiting.sort((a, b) => a.distanceMetres - b.distanceMetres || (a.place.id < b.place.id ? -1 : 1));
    const isEnd = places.length < limit;
    if (isEnd) {
      yield waiting;
      return;
    }
    from = planeMetres({ x, y }, places.at(-1)!.place) * (1 - 1e-9);
    const settledMetres = from / scale.most - 0.1;
    const settled = waiting.filter(candidate => candidate.distanceMetres < settledMetres);
    waiting = waiting.slice(settled.length);
    if (settled.length > 0) yield settled;
  }
}

function planeMetres(from: MercatorPoint, place: Walk['origin']): number {
  const to = mercator.toMercator(place);
  return Math.hypot(to.x - from.x, to.y - from.y);
}

function isBehind(after: Walk['after'], { distanceMetres: metres, place }: Candidate): boolean {
  return after === null || metres > after.distanceMetres || (metres === after.distanceMetres && place.id > after.id);
}

/** The plane's scale between the nearest and the farthest latitude that the radius reaches, a hair wider on both sides. */
function scaleRange(latitude: number, radiusMetres: number): { readonly least: number; readonly most: number } {
  const reach = radiusMetres / 110_000;
  const outer = Math.min(89, Math.abs(latitude) + reach);
  const inner = Math.max(0, Math.abs(latitude) - reach);
  return { least: mercator.scaleAt(inner) * (1 - 1e-6), most: mercator.scaleAt(outer) * (1 + 1e-6) };
}
