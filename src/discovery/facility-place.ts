import type { Database } from '../platform/index.js';
import type { SearchedFacility } from './search-rows.js';

/**
 * Versions of facilities that a process keeps, with all that was read of them: some 2.9 kB each, 350 MB once so many were
 * searched. More than the 76,000 that stand within 1 km of 2,000 points of a province of a million facilities: were
 * there fewer than a round of searches meets, each would have gone by the time it is met again.
 */
const KEPT_PLACES = 120_000;

/** One version of a facility and where it stands, as a walk tells it. */
export class FacilityPlace {
  readonly id: string;
  readonly version: string;
  readonly longitude: number;
  readonly latitude: number;
  /** What was read of this version, found with its place in one look-up; null until a search asks for more than the place. */
  facility: SearchedFacility | null = null;

  constructor(line: string) {
    const [id, version, longitude, latitude] = line.split(' ') as [string, string, string, string];
    this.id = id;
    this.version = version;
    this.longitude = Number(longitude);
    this.latitude = Number(latitude);
  }
}

const keptByDatabase = new WeakMap<Database, Map<string, FacilityPlace>>();

/** A place, and the stamp of the claims there; null where nothing was ever claimed. */
export interface ToldPlace {
  readonly place: FacilityPlace;
  readonly claims: string | null;
}

/** The places that a step of a walk told, in its order. A line names its version, so a kept place is never stale. */
export function placesOf(database: Database, told: string): ToldPlace[] {
  if (told === '') return [];
  let kept = keptByDatabase.get(database);
  if (!kept) keptByDatabase.set(database, (kept = new Map()));
  const places: ToldPlace[] = [];
  for (const line of told.split('\n')) {
    const slash = line.lastIndexOf('/');
    const stands = slash < 0 ? line : line.slice(0, slash);
    places.push({ place: kept.get(stands) ?? keep(kept, stands), claims: slash < 0 ? null : line.slice(slash + 1) });
  }
  return places;
}

function keep(kept: Map<string, FacilityPlace>, line: string): FacilityPlace {
  // A piece of a text holds the whole of it in memory: what is kept is a copy.
  const copy = Buffer.from(line).toString();
  const place = new FacilityPlace(copy);
  kept.set(copy, place);
  // First kept, first to go: to note every use in an order of use costs more than it saves.
  if (kept.size > KEPT_PLACES) kept.delete(kept.keys().next().value!);
  return place;
}
