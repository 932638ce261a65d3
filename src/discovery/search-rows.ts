import { LRUCache } from 'lru-cache';
import { Zone, isRefusal, localTime, type Span, type WorkCalendar } from '../kernel/index.js';
import type { Database, Sql } from '../platform/index.js';
import { FacilityTimeline, type LendingFacts } from '../availability/index.js';
import { decodeTerms } from '../sharing/index.js';
import { SEARCH_ROWS_SQL, type SearchRow } from './nearby.sql.js';
import { LOOK_AHEAD_DAYS } from './rules/reach.js';

const DAY_MS = 86_400_000;
/** Facilities whose rows a process keeps. A kept row is used only while its version is the one that the walk just read. */
const KEPT_FACILITIES = 20_000;

/** A facility as a search knows it: its row, decoded once a version, and its lending, expanded once a day. */
export class SearchedFacility {
  #timelines = new Map<number, { readonly calendar: WorkCalendar; readonly timeline: FacilityTimeline }>();

  constructor(
    readonly row: SearchRow,
    readonly facts: LendingFacts,
  ) {}

  /** Where the public is sent (G9). */
  get publicPlace(): { readonly longitude: number; readonly latitude: number } {
    return this.row;
  }

  /** The lending from the start of a day on, long enough for an interval and for the look-ahead behind it. */
  timeline(during: Span, calendar: WorkCalendar): FacilityTimeline {
    const day = this.facts.zone.dayOf(during.startsAt);
    const known = this.#timelines.get(day);
    const needed = Math.max(during.endsAt, during.startsAt + LOOK_AHEAD_DAYS * DAY_MS);
    if (known && known.calendar === calendar && needed <= known.timeline.horizon.endsAt) return known.timeline;
    const startsAt = this.facts.zone.instant(day, 0);
    const length = Math.max((LOOK_AHEAD_DAYS + 2) * DAY_MS, needed - startsAt);
    const timeline = new FacilityTimeline(this.facts, calendar, { startsAt, endsAt: startsAt + length });
    if (this.#timelines.size >= 4) this.#timelines.clear();
    this.#timelines.set(day, { calendar, timeline });
    return timeline;
  }
}

const keptByDatabase = new WeakMap<Database, LRUCache<string, SearchedFacility>>();

/** The facilities of a walk, in its order: kept ones where the version still holds, the others read at once. */
export async function searchedFacilities(database: Database, wanted: ReadonlyArray<{ readonly id: string; readonly version: string }>): Promise<ReadonlyMap<string, SearchedFacility>> {
  let kept = keptByDatabase.get(database);
  if (!kept) keptByDatabase.set(database, (kept = new LRUCache({ max: KEPT_FACILITIES })));
  const found = new Map<string, SearchedFacility>();
  const missing: string[] = [];
  for (const { id, version } of wanted) {
    const known = kept.get(id);
    if (known?.row.version === version) found.set(id, known);
    else missing.push(id);
  }
  for (const row of await readSearchRows(database, missing)) {
    const made = new SearchedFacility(row, factsOf(row));
    kept.set(row.id, made);
    found.set(row.id, made);
  }
  return found;
}

/** Facilities by id, read anew: for the few that no walk has just told the version of. */
export async function facilitiesAnew(database: Database, ids: readonly string[]): Promise<ReadonlyMap<string, SearchedFacility>> {
  return new Map((await readSearchRows(database, ids)).map(row => [row.id, new SearchedFacility(row, factsOf(row))]));
}

async function readSearchRows(sql: Sql & Pick<Database, 'queryPrepared'>, ids: readonly string[]): Promise<readonly SearchRow[]> {
  return ids.length === 0 ? [] : sql.queryPrepared<SearchRow>(SEARCH_ROWS_SQL, [ids]);
}

function zoneOf(name: string): Zone {
  const known = Zone.of(name);
  if (isRefusal(known)) throw new Error(`a stored facility has the unknown time zone ${name}`);
  return known.value;
}

function factsOf(row: SearchRow): LendingFacts {
  const { lending } = row;
  const { closesAt } = lending;
  return {
    facilityId: row.id,
    isOpen: row.status === 'OPEN',
    zone: zoneOf(lending.zoneName),
    closingMinuteOf: day => closesAt?.[localTime.weekdayOf(day) - 1] ?? null,
    capacities: lending.capacities,
    windows: row.windows.map(window => {
      const terms = decodeTerms(window.terms);
      return {
        id: window.id,
        zoneId: window.zoneId,
        name: terms.name,
        version: window.version,
        terms,
        suspensions: window.suspensions.map(({ id, startsAt, endsAt, reason }) => ({ id, reason, during: { startsAt, endsAt: endsAt ?? Number.POSITIVE_INFINITY } })),
      };
    }),
  };
}
