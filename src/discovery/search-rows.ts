import type { Span, WorkCalendar, Zone } from '../kernel/index.js';
import type { Database } from '../platform/index.js';
import { ANY_DRIVER, FacilityTimeline, lendingFactsOf, zoneOfRow, type Asker, type Lending } from '../availability/index.js';
import type { SpaceClass } from '../sharing/index.js';
import type { FacilityPlace } from './facility-place.js';
import { SEARCH_ROWS_SQL, type SearchRow } from './nearby.sql.js';
import { LOOK_AHEAD_DAYS } from './rules/reach.js';

const DAY_MS = 86_400_000;
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

/** One version of a facility as a search keeps it: small, and without anything that must be decoded again. */
export class SearchedFacility {
  readonly id: string;
  readonly version: string;
  readonly longitude: number;
  readonly latitude: number;
  readonly isRestricted: boolean;
  readonly zone: Zone;
  /** The public fields in UTF-8, a byte a character: half of what a text with Chinese in it takes, and seldom read again. */
  readonly #document: string;
  #lendings: readonly KeptLending[] = [];

  constructor(row: SearchRow) {
    this.id = row.id;
    this.version = row.version;
    this.longitude = row.longitude;
    this.latitude = row.latitude;
    this.isRestricted = row.is_restricted;
    this.zone = zoneOfRow(row);
    this.#document = Buffer.from(row.document).toString('latin1');
  }

  /** The public fields of the facility, as JSON text. */
  get document(): string {
    return Buffer.from(this.#document, 'latin1').toString();
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
    if (ask.asker !== ANY_DRIVER) return lending;
    const others = this.#lendings.filter(each => each.day !== day || each.spaceClass !== ask.spaceClass);
    const small = compact(lending);
    this.#lendings = [{ day, spaceClass: ask.spaceClass, calendar, lending: small }, ...others].slice(0, KEPT_LENDINGS);
    return small;
  }
}

/** The same lending in less memory: lists without room to grow, and one text where many say the same. */
function compact(lending: Lending): Lending {
  const pools = lending.pools.map(pool => ({ ...pool }));
  const zoneId = (named: string): string => pools.find(pool => pool.zoneId === named)?.zoneId ?? named;
  return { ...lending, pools, pieces: lending.pieces.map(piece => ({ ...piece, name: shared(piece.name), zoneId: zoneId(piece.zoneId), onDate: shared(piece.onDate) })) };
}

/** Dates and names of windows, which thousands of kept lendings hold. */
let texts = new Map<string, string>();
const SHARED_TEXTS = 2_000;

function shared(text: string): string {
  const known = texts.get(text);
  if (known !== undefined) return known;
  if (texts.size >= SHARED_TEXTS) texts = new Map();
  texts.set(text, text);
  return text;
}

/** A facility with its lending for one ask; the timeline stands with it where it was read just now. */
export interface LendingFacility {
  readonly facility: SearchedFacility;
  readonly lending: Lending;
  readonly timeline: FacilityTimeline | null;
}

/** A facility that a search met: what is kept of the version it was told, and where to keep it. */
export interface MetFacility extends Pick<FacilityPlace, 'id' | 'version' | 'facility'> {}

/**
 * The lendings of the facilities that a search met, in their order; null for one that is gone by now. What is kept of a
 * version is used, the other rows are read at once. `explains` reads every row, because a refusal is explained from the
 * windows themselves.
 */
export async function lendingFacilities(
  database: Database,
  met: readonly MetFacility[],
  ask: LendingAsk & { readonly explains: boolean },
  calendar: WorkCalendar,
): Promise<ReadonlyArray<LendingFacility | null>> {
  const found = met.map(({ facility }): LendingFacility | null => {
    const lending = ask.explains ? null : facility?.lending(ask, calendar);
    return facility && lending ? { facility, lending, timeline: null } : null;
  });
  const missing = met.filter((_, i) => found[i] === null);
  if (missing.length === 0) return found;
  const read = await database.queryPrepared<SearchRow>(SEARCH_ROWS_SQL, [missing.map(({ id }) => id)]);
  const rows = new Map(read.map(row => [row.id, row]));
  return met.map((each, i) => found[i] ?? lendingOf(rows.get(each.id), each, ask, calendar));
}

function lendingOf(row: SearchRow | undefined, met: MetFacility, ask: LendingAsk, calendar: WorkCalendar): LendingFacility | null {
  if (!row) return null;
  const facility = met.facility?.version === row.version ? met.facility : new SearchedFacility(row);
  // A row that changed since the walk is good for this search, and not what its place stands for.
  if (row.version === met.version) met.facility = facility;
  const timeline = new FacilityTimeline(lendingFactsOf(row, facility.zone), calendar, horizonOf(facility.zone, ask.during));
  return { facility, timeline, lending: facility.lend(timeline, ask, calendar) };
}

/** From the start of the day on, as far as the first bookable start is looked for, whenever on that day is asked. */
function horizonOf(zone: Zone, during: Span): Span {
  const day = zone.dayOf(during.startsAt);
  return { startsAt: zone.instant(day, 0), endsAt: Math.max(zone.instant(day + LOOK_AHEAD_DAYS + 1, 0), during.endsAt + LOOK_AHEAD_DAYS * DAY_MS) };
}
