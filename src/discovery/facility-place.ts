import { LRUCache } from 'lru-cache';
import type { Database } from '../platform/index.js';
import type { SearchedFacility } from './search-rows.js';

/** Versions of facilities that a process keeps, at some 3 kB each with all that was read of them. */
const KEPT_PLACES = 60_000;

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

const keptByDatabase = new WeakMap<Database, LRUCache<string, FacilityPlace>>();

/** The places that a step of a walk told, in its order. A line names its version, so a kept place is never stale. */
export function placesOf(database: Database, told: string): FacilityPlace[] {
  if (told === '') return [];
  let kept = keptByDatabase.get(database);
  if (!kept) keptByDatabase.set(database, (kept = new LRUCache({ max: KEPT_PLACES })));
  // Peeked at, not got: first kept, first to go. To note every use in an order of use costs more than it saves.
  return told.split('\n').map(line => kept.peek(line) ?? keep(kept, line));
}

function keep(kept: LRUCache<string, FacilityPlace>, line: string): FacilityPlace {
  // A piece of a text holds the whole of it in memory: what is kept is a copy.
  const copy = Buffer.from(line).toString();
  const place = new FacilityPlace(copy);
  kept.set(copy, place);
  return place;
}
