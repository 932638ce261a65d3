import { LRUCache } from 'lru-cache';
import { Zone, isRefusal, localTime, type Span, type WorkCalendar } from '../kernel/index.js';
import type { Database } from '../platform/index.js';
import { ANY_DRIVER, FacilityTimeline, type Asker, type Lending, type LendingFacts } from '../availability/index.js';
import { decodeTerms, type SpaceClass } from '../sharing/index.js';
import { SEARCH_ROWS_SQL, type SearchRow } from './nearby.sql.js';
import { LOOK_AHEAD_DAYS } from './rules/reach.js';

const DAY_MS = 86_400_000;
/** Facilities that a process keeps, at some 3 kB each. A kept one is used only while its version is the one that the walk just read. */
const KEPT_FACILITIES = 60_000;
/** Days and space classes kept of one facility. */
const KEPT_LENDINGS = 4;
/** Occurrences are kept of so many days from the day asked about; a longer stay is expanded for itself. */
const KEPT_DAYS = 2;

/** What a search asks of a facility's lending. */
export interface LendingAsk {
  readonly during: Span;
  readonly spaceClass: SpaceClass;
  readonly asker: Asker;
  readonly now: number;
}

interface KeptLending {
  readonly day: number;
  readonly spaceClass: SpaceClass;
  readonly calendar: WorkCalendar;
  readonly lending: Lending;
}

/** A facility as a search keeps it: small, and without anything that must be decoded again. */
export class SearchedFacility {
  readonly id: string;
  readonly version: string;
  readonly longitude: number;
  readonly latitude: number;
  readonly isRestricted: boolean;
  readonly zone: Zone;
  /** The public fields of the facility, as JSON text. */
  readonly document: string;
  #lendings: readonly KeptLending[] = [];

  constructor(row: SearchRow) {
    this.id = row.id;
    this.version = row.version;
    this.longitude = row.longitude;
    this.latitude = row.latitude;
    this.isRestricted = row.is_restricted;
    this.zone = zoneOf(row.lending.zoneName);
    this.document = row.document;
  }

  /** The kept lending that answers an ask, or null: who is not just any driver is always looked at anew. */
  lending({ during, spaceClass, asker, now }: LendingAsk, calendar: WorkCalendar): Lending | null {
    if (asker !== ANY_DRIVER) return null;
    const day = this.zone.dayOf(during.startsAt);
    const kept = this.#lendings.find(each => each.day === day && each.spaceClass === spaceClass && each.calendar === calendar)?.lending;
    return kept && now < kept.holdsUntil && during.endsAt <= kept.piecesUntil ? kept : null;
  }

  /** Makes the lending from the row, and keeps it where it is the public's and short. */
  lend(timeline: FacilityTimeline, ask: LendingAsk, calendar: WorkCalendar): Lending {
    const day = this.zone.dayOf(ask.during.startsAt);
    const piecesUntil = Math.max(this.zone.instant(day + KEPT_DAYS, 0), ask.during.endsAt);
    const lending = timeline.lending({ ...ask, piecesUntil });
    if (ask.asker === ANY_DRIVER) {
      const others = this.#lendings.filter(each => each.day !== day || each.spaceClass !== ask.spaceClass);
      this.#lendings = [{ day, spaceClass: ask.spaceClass, calendar, lending }, ...others].slice(0, KEPT_LENDINGS);
    }
    return lending;
  }
}

/** A facility with its lending for one ask; the timeline stands with it where it was read just now. */
export interface LendingFacility {
  readonly facility: SearchedFacility;
  readonly lending: Lending;
  readonly timeline: FacilityTimeline | null;
}

const keptByDatabase = new WeakMap<Database, LRUCache<string, SearchedFacility>>();

/**
 * The lendings of a walk's facilities: kept ones where the version still holds, the others from their rows, read at
 * once. `explains` reads every row, because a refusal is explained from the windows themselves.
 */
export async function lendingFacilities(
  database: Database,
  wanted: ReadonlyArray<{ readonly id: string; readonly version: string }>,
  ask: LendingAsk & { readonly explains: boolean },
  calendar: WorkCalendar,
): Promise<ReadonlyMap<string, LendingFacility>> {
  let kept = keptByDatabase.get(database);
  if (!kept) keptByDatabase.set(database, (kept = new LRUCache({ max: KEPT_FACILITIES })));
  const found = new Map<string, LendingFacility>();
  const missing: string[] = [];
  for (const { id, version } of wanted) {
    const facility = ask.explains ? undefined : kept.get(id);
    const lending = facility?.version === version ? facility.lending(ask, calendar) : null;
    if (facility && lending) found.set(id, { facility, lending, timeline: null });
    else missing.push(id);
  }
  if (missing.length === 0) return found;
  for (const row of await database.queryPrepared<SearchRow>(SEARCH_ROWS_SQL, [missing])) {
    const known = kept.get(row.id);
    const facility = known?.version === row.version ? known : new SearchedFacility(row);
    if (facility !== known) kept.set(row.id, facility);
    const timeline = new FacilityTimeline(factsOf(row, facility.zone), calendar, horizonOf(facility.zone, ask.during));
    found.set(row.id, { facility, timeline, lending: facility.lend(timeline, ask, calendar) });
  }
  return found;
}

/** From the start of the day on, as far as the first bookable start is looked for, whenever on that day is asked. */
function horizonOf(zone: Zone, during: Span): Span {
  const day = zone.dayOf(during.startsAt);
  return { startsAt: zone.instant(day, 0), endsAt: Math.max(zone.instant(day + LOOK_AHEAD_DAYS + 1, 0), during.endsAt + LOOK_AHEAD_DAYS * DAY_MS) };
}

function zoneOf(name: string): Zone {
  const known = Zone.of(name);
  if (isRefusal(known)) throw new Error(`a stored facility has the unknown time zone ${name}`);
  return known.value;
}

function factsOf(row: SearchRow, zone: Zone): LendingFacts {
  const { closesAt, capacities } = row.lending;
  return {
    facilityId: row.id,
    isOpen: row.status === 'OPEN',
    zone,
    closingMinuteOf: day => closesAt?.[localTime.weekdayOf(day) - 1] ?? null,
    capacities,
    windows: row.windows.map(window => ({
      id: window.id,
      zoneId: window.zoneId,
      terms: decodeTerms(window.terms),
      suspensions: window.suspensions.map(({ id, startsAt, endsAt, reason }) => ({ id, reason, during: { startsAt, endsAt: endsAt ?? Number.POSITIVE_INFINITY } })),
    })),
  };
}
