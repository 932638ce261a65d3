import type { Plate, Problem } from '../kernel/index.js';
import { lockClaims, type ClaimDesk } from '../availability/index.js';
import { quotesForUse, type Quote } from '../billing/index.js';
import { newId, type Unit, type Viewer } from '../platform/index.js';
import { admissionsOfStays, knownVehicles, type KnownVehicle } from './known-vehicles.js';
import { placesOfStays, type PlaceOfStay } from './confirmation.sql.js';
import { keptQuoteOf, quotedStayOf } from './quote-stay.js';
import { mayBookFor } from './reservation.policy.js';
import { notAdmittedProblems, otherPlatesProblems } from './rules/admitted-as.js';
import { vehicleProblems } from './rules/free-minutes-once.js';
import { openProblem, type OpenBookings } from './rules/open-bookings.js';
import type { VehicleStay } from './rules/one-place.js';
import { quoteProblem } from './rules/quote-use.js';
import { platesProblem } from './rules/vehicles.js';
import { lockBookings, standingRows, type StandingRows } from './standing.sql.js';

const MINUTE_MS = 60_000;

/** One quote to be booked. */
export interface Booking {
  readonly quoteId: string;
  readonly vehicles: readonly Plate[];
  readonly by: Viewer;
  readonly seriesId: string | null;
}

/** A booking with what is known of it. */
export interface Wanted {
  readonly index: number;
  readonly booking: Booking;
  /** null where the caller has no such quote: another party's is none. */
  readonly quote: Quote | null;
  readonly vehicles: readonly KnownVehicle[];
  /** Why they cannot stay as what they were admitted as when it was quoted. */
  readonly notAdmitted: readonly Problem[];
}

export interface Planned extends Wanted {
  readonly quote: Quote;
  readonly reservationId: string;
  /** Until when the spaces are held for a payment; null: promised at once. */
  readonly heldUntil: number | null;
}

/** What stands, as it grows while the bookings of one transaction are decided. */
export class Standing {
  readonly #used = new Map<string, string>();
  readonly #stays = new Map<string, VehicleStay[]>();
  /** What each party has open by what was added, a series once. */
  readonly #opened = new Map<string, Set<string>>();

  constructor(private readonly rows: StandingRows, private readonly before: Standing | null = null) {
    for (const { quoteId, reservationId } of rows.used) this.#used.set(quoteId, reservationId);
    for (const stay of rows.stays) this.#put(stay);
  }

  /** What comes on top of it, by itself. */
  onTop(): Standing {
    return new Standing({ ...this.rows, used: [], stays: [] }, this);
  }

  usedBy(quoteId: string): string | null {
    return this.#used.get(quoteId) ?? null;
  }

  staysOf(vehicles: readonly KnownVehicle[]): readonly VehicleStay[] {
    return [...new Set(vehicles.map(({ hash }) => hash))].flatMap(hash => this.#stays.get(hash) ?? []);
  }

  /** What a party has open beside a booking, with what was there before. */
  openBeside(partyId: string, seriesId: string | null): OpenBookings {
    const { isPerson, open } = this.before?.openBeside(partyId, seriesId) ?? this.rows.parties[partyId]!;
    const opened = this.#opened.get(partyId);
    return { isPerson, open: open + (opened ? opened.size - (seriesId !== null && opened.has(seriesId) ? 1 : 0) : 0) };
  }

  add({ booking, quote, reservationId, vehicles, heldUntil }: Planned, now: number): void {
    this.#used.set(quote.id, reservationId);
    const { facilityId, during, holderId } = quote;
    this.#opened.set(holderId!, (this.#opened.get(holderId!) ?? new Set()).add(booking.seriesId ?? reservationId));
    for (const { hash, vehicle } of vehicles) this.#put({ reservationId, seriesId: booking.seriesId, partyId: holderId!, facilityId, zoneName: this.rows.zones[facilityId]!, state: heldUntil === null ? 'CONFIRMED' : 'HELD', stateSince: now, ...during, hash, vehicle });
  }

  #put(stay: VehicleStay): void {
    this.#stays.set(stay.hash, [...(this.#stays.get(stay.hash) ?? []), stay]);
  }
}

/** What bookings want, and what stands of it. */
export interface OpenedBookings {
  readonly wanted: readonly Wanted[];
  readonly standing: Standing;
  /** Where their spaces are claimed. */
  readonly desk: ClaimDesk;
  readonly places: readonly PlaceOfStay[];
}

/**
 * Reads all that bookings are decided by, in one round trip: from here on nobody else books for their parties, or claims at
 * their facilities, until the commit.
 */
export async function openBookings(unit: Unit, bookings: readonly Booking[]): Promise<OpenedBookings> {
  const quotes = new Map((await quotesForUse(unit, [...new Set(bookings.map(booking => booking.quoteId))])).flatMap(quote => (quote ? [[quote.id, quote]] : [])));
  const { sealer } = unit.scope.services;
  const wanted = bookings.map((booking, index): Wanted => {
    const known = quotes.get(booking.quoteId);
    const quote = known?.holderId != null && mayBookFor(booking.by, known.holderId) ? known : null;
    return { index, booking, quote, vehicles: knownVehicles(sealer, booking.vehicles), notAdmitted: [] };
  });
  const own = wanted.flatMap(({ quote, vehicles }) => (quote ? [{ quote, vehicles }] : []));
  const facilityIds = [...new Set(own.map(({ quote }) => quote.facilityId))];
  const partyIds = [...new Set(own.map(({ quote }) => quote.holderId!))];
  lockBookings(unit, partyIds);
  const standing = standingRows(unit, {
    quoteIds: own.map(({ quote }) => quote.id), plateHashes: [...new Set(own.flatMap(({ vehicles }) => vehicles.map(({ hash }) => hash)))], facilityIds, partyIds,
    from: own.reduce((least, { quote }) => Math.min(least, quote.during.startsAt), unit.now), until: own.reduce((most, { quote }) => Math.max(most, quote.during.endsAt), unit.now),
  }, unit.now);
  const [rows, desk, places] = await Promise.all([standing, lockClaims(unit, facilityIds), placesOfStays(unit, facilityIds)]);
  return { wanted: await withAdmissions(unit, wanted), standing: new Standing(rows), desk, places };
}

/** What was quoted for residents or holders of an agreement is booked for such: an admission may have ended since (P2). */
async function withAdmissions(unit: Unit, wanted: readonly Wanted[]): Promise<readonly Wanted[]> {
  const asked = wanted.flatMap(({ index, quote, vehicles }) => (quote && quotedStayOf(quote).audiences.length > 0 ? [{ index, facilityId: quote.facilityId, partyId: quote.holderId!, during: quote.during, vehicles, quoted: quotedStayOf(quote) }] : []));
  if (asked.length === 0) return wanted;
  const admissions = await admissionsOfStays(unit, asked);
  const found = new Map(asked.map(({ index, quoted, ...stay }) => {
    const others = otherPlatesProblems(stay.vehicles, quoted.vehicles);
    return [index, others.length > 0 ? others : notAdmittedProblems(stay.vehicles, quoted.audiences, admissions, { ...stay, field: 'plates' })];
  }));
  return wanted.map(each => ({ ...each, notAdmitted: found.get(each.index) ?? [] }));
}

/** What can be claimed of bookings now, what is refused, and what is decided once it is known whether others of the same transaction have their spaces. */
export interface Round {
  readonly planned: readonly Planned[];
  readonly refused: ReadonlyArray<{ readonly index: number; readonly problems: readonly Problem[] }>;
  readonly deferred: readonly Wanted[];
}

/** Plans bookings in their order; the first of them is always planned or refused. */
export function planRound(wanted: readonly Wanted[], standing: Standing, now: number): Round {
  const round = { planned: [] as Planned[], refused: [] as Array<Round['refused'][number]>, deferred: [] as Wanted[] };
  // What is planned here may still find no spaces: who collides with that alone is not refused yet.
  const planned = standing.onTop();
  for (const each of wanted) {
    const problems = problemsOf(each, standing, now);
    if (problems.length > 0) round.refused.push({ index: each.index, problems });
    else if (problemsOf(each, planned, now).length > 0) round.deferred.push(each);
    else {
      const next = planOf(each, each.quote!, now);
      round.planned.push(next);
      planned.add(next, now);
    }
  }
  return round;
}

function problemsOf({ booking, quote, vehicles, notAdmitted }: Wanted, standing: Standing, now: number): readonly Problem[] {
  const unfit = quoteProblem(booking.quoteId, quote && keptQuoteOf(quote), standing.usedBy(booking.quoteId), now) ?? platesProblem(vehicles.length, quote!.spaces);
  if (unfit || !quote) return [unfit!];
  const place = { partyId: quote.holderId!, seriesId: booking.seriesId, facilityId: quote.facilityId, during: quote.during, vehicles, field: 'plates' as const };
  const found = [...notAdmitted, ...vehicleProblems(place, quote.price, standing.staysOf(vehicles), now)];
  const tooMany = openProblem(standing.openBeside(quote.holderId!, booking.seriesId));
  return tooMany ? [...found, tooMany] : found;
}

function planOf(wanted: Wanted, quote: Quote, now: number): Planned {
  const { terms } = quotedStayOf(quote);
  const isHeld = quote.price.amountFen > 0 && terms.payAfterMinutes === null;
  return { ...wanted, quote, reservationId: newId('reservation', now), heldUntil: isHeld ? Math.min(now + terms.holdMinutes * MINUTE_MS, quote.during.endsAt) : null };
}
