import type { Span, WorkCalendar } from '../kernel/index.js';
import type { Database, Unit } from '../platform/index.js';
import { workCalendarWithin, type SpaceClass } from '../sharing/index.js';
import { listLendings, listPromised, lockClaimHeads, makeClaimHeads, type ClaimHead, type ClaimRow } from './claim.sql.js';
import { endClaims, insertClaims, lookAtClaims, putClaimDays, stampHeads } from './claim-writes.sql.js';
import type { Lending } from './facility-timeline.js';
import { LendingShelf, horizonOf, type KnownLending } from './lending-shelf.js';
import { PromiseBook, booksOf } from './promise-book.js';
import type { Asker } from './rules/audience.js';
import { BUCKET_MS, COUNTED_PAST_DAYS, DAY_MS, countedPart } from './rules/claim-grain.js';
import { eligibilityOf } from './rules/eligibility.js';
import { takeOff, type OpenSteps } from './rules/lent-steps.js';

/** How many days more than asked for are read, so that the next ask finds them. */
const MORE_DAYS = 2;
/** Facilities whose claims a process keeps between two transactions. */
const KEPT_FACILITIES = 200;

interface KeptClaims {
  /** What stands in the database while this stands there; empty while a transaction has changed it and not yet stamped it. */
  stamp: string;
  readonly horizon: Span;
  readonly book: PromiseBook;
  /** What is left for askers of a class and eligibility, kept as spaces are taken. */
  lendings: Map<string, { readonly version: string; readonly calendar: WorkCalendar; readonly lending: Lending; readonly madeAt: number; until: number }>;
}

const keptByDatabase = new WeakMap<Database, Map<string, KeptClaims>>();
/** Facilities whose heads are known to stand: a head is never taken away. */
const headed = new WeakMap<Database, Set<string>>();
/** Heads that a unit may have made itself: they go with it, should it come to nothing. */
const madeWithin = new WeakMap<Unit, Set<string>>();

function ownOf<K extends object, T>(all: WeakMap<K, T>, whose: K, make: () => T): T {
  let own = all.get(whose);
  if (!own) all.set(whose, (own = make()));
  return own;
}

/** A facility whose claims are locked. */
interface Opened {
  readonly known: KnownLending;
  readonly claims: KeptClaims;
  readonly eligibilities: Map<Asker, string>;
}

/** A claim that is ended whole, or shortened to `endsAt`. */
interface Ending {
  readonly id: string;
  readonly endsAt: number | null;
  readonly exactEndsAt: number | null;
  readonly reason: string;
}

/**
 * Where claims of some facilities are made, confirmed and given back: the heads are locked in the order of their ids, all
 * that stands is read at once, everything is decided in memory, and written at once. So a batch costs the same statements,
 * whatever it holds. What is read is kept with its stamp, and read again only where the stamp has changed.
 */
export class ClaimDesk {
  readonly #facilities = new Map<string, Opened>();
  readonly #made: ClaimRow[] = [];
  readonly #ends = new Map<string, Ending>();
  readonly #touched = new Map<string, number>();
  /** The stamp of what stands at each facility. */
  readonly #stamps: Map<string, string>;

  private constructor(
    private readonly unit: Unit,
    private readonly calendar: WorkCalendar,
    private readonly heads: ReadonlyMap<string, ClaimHead>,
    private readonly shelf: LendingShelf,
    private readonly lendings: Awaited<ReturnType<typeof listLendings>>,
  ) {
    this.#stamps = new Map([...heads.values()].map(head => [head.id, head.version]));
  }

  /** Locks the claims of these facilities until the commit, and reads what they lend right behind the lock. */
  static async open(unit: Unit, facilityIds: readonly string[]): Promise<ClaimDesk> {
    const ids = [...new Set(facilityIds)].sort();
    const locking = lockFacilityClaims(unit, ids);
    const shelf = new LendingShelf(unit.scope.database);
    const [{ calendar, heads }, lendings] = await Promise.all([locking, ids.length === 0 ? [] : listLendings(unit, shelf.versionsOf(ids))]);
    return new ClaimDesk(unit, calendar, new Map(heads.map(head => [head.id, head])), shelf, lendings);
  }

  /** Reads what the locked facilities lend and have promised over a span. */
  async read(during: Span): Promise<void> {
    const { unit } = this;
    const ids = [...this.heads.keys()];
    if (ids.length === 0) return;
    const kept = ownOf(keptByDatabase, unit.scope.database, () => new Map<string, KeptClaims>());
    const asked = horizonOf(during, 0);
    const stale = ids.filter(id => !serves(kept.get(id), this.#stamps.get(id)!, asked));
    if (stale.length > 0) {
      const horizon = horizonOf(during, MORE_DAYS);
      const books = booksOf(await listPromised(unit, stale, { from: horizon.startsAt / DAY_MS, until: horizon.endsAt / DAY_MS }, unit.now));
      for (const id of stale) {
        kept.delete(id);
        kept.set(id, { stamp: this.#stamps.get(id)!, horizon, book: books.get(id)?.book ?? new PromiseBook(), lendings: new Map() });
      }
    }
    for (const row of this.lendings) {
      const known = this.shelf.put(row);
      kept.get(row.id)!.book.forgetBefore(Math.floor(unit.now / DAY_MS) - COUNTED_PAST_DAYS);
      if (known) this.#facilities.set(row.id, { known, claims: kept.get(row.id)!, eligibilities: new Map() });
    }
    for (const id of kept.keys()) {
      if (kept.size <= KEPT_FACILITIES) break;
      if (!this.heads.has(id)) kept.delete(id);
    }
  }

  known(facilityId: string): KnownLending | null {
    return this.#facilities.get(facilityId)?.known ?? null;
  }

  eligibility(facilityId: string, asker: Asker): string {
    const { known, eligibilities } = this.#facilities.get(facilityId)!;
    let text = eligibilities.get(asker);
    if (text === undefined) eligibilities.set(asker, (text = eligibilityOf(asker, known.facts.windows)));
    return text;
  }

  /** What is left for an asker, with all that was decided before. */
  lending(facilityId: string, spaceClass: SpaceClass, asker: Asker): Lending {
    const { known, claims } = this.#facilities.get(facilityId)!;
    const { now } = this.unit;
    const key = `${spaceClass} ${this.eligibility(facilityId, asker)}`;
    const kept = claims.lendings.get(key);
    if (kept && kept.version === known.version && kept.calendar === this.calendar && kept.madeAt <= now && now < kept.until) return kept.lending;
    const { timeline } = known.timeline(claims.horizon, this.calendar);
    const lending = opened(timeline.lending({ spaceClass, asker, now, piecesUntil: claims.horizon.endsAt }, claims.book.promisesAt(now)));
    claims.lendings.set(key, { version: known.version, calendar: this.calendar, lending, madeAt: now, until: Math.min(lending.holdsUntil, claims.book.nextExpiry(now)) });
    return lending;
  }

  /** Promises spaces that were found to be left. */
  promise(claim: ClaimRow): void {
    const opened = this.#change(claim);
    const { claims } = opened;
    if (claim.heldUntil === null) this.#count(claims.book, claim, claim, claim.spaces);
    else claims.book.hold(claim.id, { ...claim, heldUntil: claim.heldUntil });
    for (const [key, kept] of claims.lendings) {
      if (!key.startsWith(`${claim.spaceClass} `)) continue;
      if (kept.lending.pools.every(pool => pool.servesAll)) {
        const pool = kept.lending.pools.find(each => each.zoneId === claim.zoneId);
        if (pool) takeOff(pool.steps as OpenSteps, claim, claim.spaces);
        kept.until = Math.min(kept.until, claim.heldUntil ?? Number.POSITIVE_INFINITY);
      } else claims.lendings.delete(key);
    }
    this.#made.push(claim);
  }

  /** Makes a hold a claim for good. */
  confirm(claim: ClaimRow): void {
    const { book } = this.#change(claim).claims;
    book.endHold(claim.id);
    this.#count(book, claim, claim, claim.spaces);
    this.#facilities.get(claim.facilityId)!.claims.lendings.clear();
  }

  /** Gives a claim back: all of it, or what lies after an instant; answers what is left of it. */
  giveBack(claim: ClaimRow, reason: string, from: number | null = null): ClaimRow {
    this.#free(claim, from);
    if (from === null) {
      this.#ends.set(claim.id, { id: claim.id, reason, endsAt: null, exactEndsAt: null });
      return { ...claim, endedAt: this.unit.now };
    }
    const left = { ...claim, endsAt: roundedUp(from), exactEndsAt: from };
    this.#ends.set(claim.id, { id: claim.id, reason, endsAt: left.endsAt, exactEndsAt: from });
    return left;
  }

  /** What was given back in vain is promised as before: nothing is written of it. */
  takeBack(claim: ClaimRow): void {
    const { claims } = this.#facilities.get(claim.facilityId)!;
    this.#ends.delete(claim.id);
    if (claim.heldUntil === null) this.#count(claims.book, claim, claim, claim.spaces);
    else claims.book.hold(claim.id, { ...claim, heldUntil: claim.heldUntil });
    claims.lendings.clear();
  }

  #free(claim: ClaimRow, from: number | null): void {
    const { claims } = this.#change(claim);
    const startsAt = from === null ? claim.startsAt : roundedUp(from);
    if (claim.heldUntil !== null) {
      claims.book.endHold(claim.id);
      if (from !== null) claims.book.hold(claim.id, { ...claim, endsAt: startsAt, heldUntil: claim.heldUntil });
    } else if (startsAt < claim.endsAt) this.#count(claims.book, claim, { startsAt, endsAt: claim.endsAt }, -claim.spaces);
    claims.lendings.clear();
  }

  /** Counts what of a span is counted still: under the counters of days that are forgotten nothing can be taken away. */
  #count(book: PromiseBook, claim: ClaimRow, during: Span, spaces: number): void {
    const counted = countedPart(during, this.unit.now);
    if (counted) book.count(claim, counted, spaces);
  }

  /** Notes that a facility's claims change; what is kept of it is nobody's until it is stamped. */
  #change(claim: ClaimRow): Opened {
    const facility = this.#facilities.get(claim.facilityId)!;
    facility.claims.stamp = '';
    const looksAt = Math.max(this.unit.now, claim.startsAt);
    this.#touched.set(claim.facilityId, Math.min(looksAt, this.#touched.get(claim.facilityId) ?? looksAt));
    return facility;
  }

  /** Writes what was decided: endings before new claims, because a numbered space may pass from one to the other. */
  async close(): Promise<void> {
    if (this.#touched.size === 0) return;
    const { unit } = this;
    const facilities = [...this.#touched.keys()].sort().map(id => this.#facilities.get(id)!);
    await endClaims(unit, [...this.#ends.values()], unit.now);
    insertClaims(unit, this.#made, unit.now);
    putClaimDays(unit, facilities.flatMap(({ known, claims }) => claims.book.takeChanged().map(day => ({ city: known.city, facilityId: known.id, ...day }))));
    stampHeads(unit, facilities.map(({ known }) => this.heads.get(known.id)!));
    lookAtClaims(unit, facilities.map(({ known }) => ({ city: known.city, facilityId: known.id, lookAt: this.#touched.get(known.id)! })));
    for (const { known, claims } of facilities) {
      claims.stamp = this.heads.get(known.id)!.next;
      this.#stamps.set(known.id, claims.stamp);
    }
    this.#made.length = 0;
    this.#ends.clear();
    this.#touched.clear();
  }
}

/** Locks the claims of facilities, given in the order of their ids, until the commit. The calendar comes first, as everywhere. All is sent before this returns its promise: what is sent next runs under the lock. */
async function lockFacilityClaims(unit: Unit, ids: readonly string[]): Promise<{ readonly calendar: WorkCalendar; readonly heads: readonly ClaimHead[] }> {
  const holding = workCalendarWithin(unit);
  const standing = ownOf(headed, unit.scope.database, () => new Set<string>());
  const strangers = ids.filter(id => !standing.has(id));
  if (strangers.length > 0) makeClaimHeads(unit, strangers);
  const [calendar, heads] = await Promise.all([holding, ids.length === 0 ? [] : lockClaimHeads(unit, ids)]);
  // A head at 0 may be our own.
  const made = ownOf(madeWithin, unit, () => new Set<string>());
  for (const { id, version } of heads) {
    if (version === '0') made.add(id);
    else if (!made.has(id)) standing.add(id);
  }
  return { calendar, heads };
}

const roundedUp = (instant: number): number => Math.ceil(instant / BUCKET_MS) * BUCKET_MS;

function serves(claims: KeptClaims | undefined, stamp: string, { startsAt, endsAt }: Span): boolean {
  return claims !== undefined && claims.stamp === stamp && claims.horizon.startsAt <= startsAt && endsAt <= claims.horizon.endsAt;
}

/** The same lending, with steps that nobody else holds. */
function opened(lending: Lending): Lending {
  return { ...lending, pools: lending.pools.map(pool => ({ ...pool, lent: pool.lent ?? pool.steps, steps: { at: [...pool.steps.at], lent: [...pool.steps.lent] } })) };
}
