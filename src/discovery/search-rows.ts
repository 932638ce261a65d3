import type { Span, WorkCalendar, Zone } from '../kernel/index.js';
import type { Database } from '../platform/index.js';
import { ANY_DRIVER, FacilityTimeline, lendingFactsOf, lessPromised, listPromises, nothingPromised, zoneOfRow, type Asker, type Lending, type Promises } from '../availability/index.js';
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

/** The claims of a facility as a search keeps them, and what they leave of one lending. */
interface KeptPromises {
  readonly promises: Promises;
  left: { readonly of: Lending; readonly lending: Lending; readonly now: number; readonly until: number } | null;
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
  #promises: KeptPromises | null = null;

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

  /** The kept claims of a stamp, as far as they reach over some days. */
  promises(stamp: string, days: Promises['days']): Promises | null {
    const kept = this.#promises?.promises;
    return kept && kept.stamp === stamp && kept.days.from <= days.from && days.until <= kept.days.until ? kept : null;
  }

  keepPromises(promises: Promises): void {
    if (this.#promises?.promises !== promises) this.#promises = { promises, left: null };
  }

  /** What the kept claims leave of a kept lending. */
  left(lending: Lending, { spaceClass, now }: LendingAsk): Lending {
    const kept = this.#promises!;
    if (kept.left?.of === lending && kept.left.now <= now && now < kept.left.until) return kept.left.lending;
    const { book } = kept.promises;
    kept.left = { of: lending, lending: lessPromised(lending, spaceClass, book.promisesAt(now)), now, until: book.nextExpiry(now) };
    return kept.left.lending;
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

/** A facility that a search met: what is kept of the version it was told, and where to keep it; and the stamp of its claims. */
export interface MetFacility {
  readonly place: Pick<FacilityPlace, 'id' | 'version' | 'facility'>;
  readonly claims: string | null;
}

/**
 * What is left at the facilities that a search met, in their order; null for one that is gone by now. What is kept of a
 * version is used, the other rows are read at once, and so are claims that have changed. `explains` reads every row,
 * because a refusal is explained from the windows themselves.
 */
export async function lendingFacilities(
  database: Database,
  met: readonly MetFacility[],
  ask: LendingAsk & { readonly explains: boolean },
  calendar: WorkCalendar,
): Promise<ReadonlyArray<LendingFacility | null>> {
  const found = met.map(({ place: { facility }, claims }): LendingFacility | null => {
    const lending = ask.explains ? null : facility?.lending(ask, calendar);
    // Where some windows are not for everybody, what a claim leaves depends on all of them: the row is read.
    if (!facility || !lending || (claims !== null && !lending.pools.every(pool => pool.servesAll))) return null;
    return { facility, lending, timeline: null };
  });
  const missing = met.filter((_, i) => found[i] === null);
  const rows = missing.length === 0 ? new Map<string, SearchRow>() : await readRows(database, missing.map(({ place }) => place.id));
  const promised = await promisesOf(database, met, ask);
  return met.map((each, i) => {
    const known = found[i] ?? lendingOf(rows.get(each.place.id), each, ask, calendar);
    const promises = promised?.get(each.place.id);
    return known && promises ? leftOf(known, promises, ask) : known;
  });
}

async function readRows(database: Database, ids: readonly string[]): Promise<Map<string, SearchRow>> {
  const rows = await database.queryPrepared<SearchRow>(SEARCH_ROWS_SQL, [ids]);
  return new Map(rows.map(row => [row.id, row]));
}

/** The claims of those that have any: kept ones while their stamp stands, the others read in one statement. Null where nobody claimed anything. */
async function promisesOf(database: Database, met: readonly MetFacility[], { during, now }: LendingAsk): Promise<ReadonlyMap<string, Promises> | null> {
  const claimed = met.filter(({ claims }) => claims !== null);
  if (claimed.length === 0) return null;
  const days = { from: Math.floor(during.startsAt / DAY_MS), until: Math.ceil(during.endsAt / DAY_MS) + LOOK_AHEAD_DAYS + KEPT_DAYS + 2 };
  const promised = new Map<string, Promises>();
  const changed = new Map<string, string>();
  for (const { place: { id, facility }, claims } of claimed) {
    const kept = facility?.promises(claims!, days);
    if (kept) promised.set(id, kept);
    else changed.set(id, claims!);
  }
  if (changed.size === 0) return promised;
  const read = await listPromises(database, [...changed.keys()], days, now);
  for (const [id, stamp] of changed) promised.set(id, read.get(id) ?? nothingPromised(stamp, days));
  return promised;
}

function leftOf(known: LendingFacility, promises: Promises, ask: LendingAsk): LendingFacility {
  const { facility, lending, timeline } = known;
  facility.keepPromises(promises);
  if (lending.pools.every(pool => pool.servesAll)) return { ...known, lending: facility.left(lending, ask) };
  return { ...known, lending: timeline!.lending({ ...ask, piecesUntil: lending.piecesUntil }, promises.book.promisesAt(ask.now)) };
}

function lendingOf(row: SearchRow | undefined, { place }: MetFacility, ask: LendingAsk, calendar: WorkCalendar): LendingFacility | null {
  if (!row) return null;
  const facility = place.facility?.version === row.version ? place.facility : new SearchedFacility(row);
  // A row that changed since the walk is good for this search, and not what its place stands for.
  if (row.version === place.version) place.facility = facility;
  const timeline = new FacilityTimeline(lendingFactsOf(row, facility.zone), calendar, horizonOf(facility.zone, ask.during));
  return { facility, timeline, lending: facility.lend(timeline, ask, calendar) };
}

/** From the start of the day on, as far as the first bookable start is looked for, whenever on that day is asked. */
function horizonOf(zone: Zone, during: Span): Span {
  const day = zone.dayOf(during.startsAt);
  return { startsAt: zone.instant(day, 0), endsAt: Math.max(zone.instant(day + LOOK_AHEAD_DAYS + 1, 0), during.endsAt + LOOK_AHEAD_DAYS * DAY_MS) };
}
