import type { Span } from '../kernel/index.js';
import type { Sql } from '../platform/index.js';
import type { SpaceClass } from '../sharing/index.js';
import { listPromised, type PromisedRow } from './claim.sql.js';
import type { PromisesOf } from './facility-timeline.js';
import { BUCKETS_A_DAY, BUCKET_MS, DAY_MS, addSpaces, promisedSteps } from './rules/claim-grain.js';
import { stepAt } from './rules/lent-steps.js';

/** A pool, and whom of it: where a claim counts. */
export interface PromisedPlace {
  readonly zoneId: string;
  readonly spaceClass: SpaceClass;
  readonly eligibility: string;
}

/** A claim that ends by itself. */
export interface Hold extends PromisedPlace, Span {
  readonly spaces: number;
  readonly heldUntil: number;
}

/** Counters of one place that were changed. */
export interface ChangedDay extends PromisedPlace {
  readonly day: number;
  readonly claimed: Int32Array;
}

interface Place extends PromisedPlace {
  readonly days: Map<number, Int32Array>;
}

const keyOf = ({ zoneId, spaceClass, eligibility }: PromisedPlace): string => `${zoneId} ${spaceClass} ${eligibility}`;

/** What one facility has promised over some days: counters, and holds that count only until they end. It holds no clock. */
export class PromiseBook {
  readonly #places = new Map<string, Place>();
  readonly #holds = new Map<string, Hold>();
  /** Spaces of each pool whose sharers are in, when it was read. */
  readonly #present = new Map<string, number>();
  #changed = new Map<string, ChangedDay>();

  /** The rows of one facility. */
  static of(rows: readonly PromisedRow[]): PromiseBook {
    const book = new PromiseBook();
    for (const row of rows) {
      if (row.kind === 'DAY') book.#place(row).days.set(row.day!, countersOf(row.claimed!));
      else if (row.kind === 'HOLD') book.#holds.set(row.claimId!, { zoneId: row.zoneId, spaceClass: row.spaceClass, eligibility: row.eligibility, spaces: row.spaces, startsAt: row.startsAt, endsAt: row.endsAt, heldUntil: row.heldUntil! });
      else book.#present.set(`${row.zoneId} ${row.spaceClass}`, (book.#present.get(`${row.zoneId} ${row.spaceClass}`) ?? 0) + row.spaces);
    }
    return book;
  }

  #place(where: PromisedPlace): Place {
    const key = keyOf(where);
    let place = this.#places.get(key);
    if (!place) this.#places.set(key, (place = { zoneId: where.zoneId, spaceClass: where.spaceClass, eligibility: where.eligibility, days: new Map() }));
    return place;
  }

  /** Counts spaces over a span for good; a negative number gives them back. */
  count(where: PromisedPlace, during: Span, spaces: number): void {
    const place = this.#place(where);
    const dayOf = (day: number): Int32Array => {
      let counters = place.days.get(day);
      if (!counters) place.days.set(day, (counters = new Int32Array(BUCKETS_A_DAY)));
      return counters;
    };
    const { zoneId, spaceClass, eligibility } = place;
    for (const day of addSpaces(dayOf, during, spaces)) this.#changed.set(`${keyOf(place)} ${day}`, { zoneId, spaceClass, eligibility, day, claimed: dayOf(day) });
  }

  /** Forgets the counters of days before one: they are deleted, or are about to be. */
  forgetBefore(day: number): void {
    for (const { days } of this.#places.values()) for (const known of days.keys()) if (known < day) days.delete(known);
  }

  hold(claimId: string, hold: Hold): void {
    this.#holds.set(claimId, hold);
  }

  endHold(claimId: string): void {
    this.#holds.delete(claimId);
  }

  /** The counters that changed since this was last asked. */
  takeChanged(): readonly ChangedDay[] {
    const changed = [...this.#changed.values()];
    this.#changed = new Map();
    return changed;
  }

  /** When the next hold ends by itself; Infinity where none does. */
  nextExpiry(now: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { heldUntil } of this.#holds.values()) if (heldUntil > now) next = Math.min(next, heldUntil);
    return next;
  }

  /** What is promised of each pool as it stands at an instant: a hold that has ended counts no more. */
  promisesAt(now: number): PromisesOf {
    return (zoneId, spaceClass) => {
      const held = [...this.#holds.values()].filter(hold => hold.heldUntil > now && hold.zoneId === zoneId && hold.spaceClass === spaceClass);
      const eligibilities = new Set(held.map(hold => hold.eligibility));
      for (const place of this.#places.values()) if (place.zoneId === zoneId && place.spaceClass === spaceClass) eligibilities.add(place.eligibility);
      return [...eligibilities].flatMap(eligibility => {
        const days = this.#places.get(keyOf({ zoneId, spaceClass, eligibility }))?.days ?? new Map<number, Int32Array>();
        const steps = promisedSteps(days, held.filter(hold => hold.eligibility === eligibility));
        return steps.at.length === 0 ? [] : [{ eligibility, steps }];
      });
    };
  }

  /** Spaces of a pool that are held and booked at an instant, as it stands now. */
  spacesAt(at: number, now: number, zoneId: string, spaceClass: SpaceClass): { readonly held: number; readonly booked: number } {
    let held = 0;
    let booked = 0;
    for (const hold of this.#holds.values()) if (hold.heldUntil > now && hold.zoneId === zoneId && hold.spaceClass === spaceClass && hold.startsAt <= at && at < hold.endsAt) held += hold.spaces;
    const day = Math.floor(at / DAY_MS);
    for (const place of this.#places.values()) if (place.zoneId === zoneId && place.spaceClass === spaceClass) booked += place.days.get(day)?.[Math.floor((at - day * DAY_MS) / BUCKET_MS)] ?? 0;
    return { held, booked };
  }

  /** Spaces of a pool that are promised at an instant and whose sharers have not come, and when that next changes by itself. */
  awaitedAt(now: number, zoneId: string, spaceClass: SpaceClass): { readonly spaces: number; readonly changesAt: number } {
    let spaces = -(this.#present.get(`${zoneId} ${spaceClass}`) ?? 0);
    let changesAt = this.nextExpiry(now);
    for (const { steps } of this.promisesAt(now)(zoneId, spaceClass)) {
      const index = stepAt(steps, now);
      spaces += steps.lent[index] ?? 0;
      changesAt = Math.min(changesAt, steps.at[index + 1] ?? Number.POSITIVE_INFINITY);
    }
    return { spaces: Math.max(0, spaces), changesAt };
  }
}

/** The books of facilities by their id, and the stamp that each stands for. */
export function booksOf(rows: readonly PromisedRow[]): ReadonlyMap<string, { readonly book: PromiseBook; readonly stamp: string }> {
  const byFacility = new Map<string, PromisedRow[]>();
  for (const row of rows) {
    const own = byFacility.get(row.facilityId);
    if (own) own.push(row);
    else byFacility.set(row.facilityId, [row]);
  }
  return new Map([...byFacility].map(([id, own]) => [id, { book: PromiseBook.of(own), stamp: own[0]!.stamp }]));
}

/** What a facility has promised over some days in UTC, [from, until) since 1970, and the stamp while which that stands. */
export interface Promises {
  readonly book: PromiseBook;
  readonly stamp: string;
  readonly days: { readonly from: number; readonly until: number };
}

/** Nothing is promised over these days. */
export function nothingPromised(stamp: string, days: Promises['days']): Promises {
  return { book: new PromiseBook(), stamp, days };
}

/** What these facilities have promised over some days, in one statement; one that has promised nothing is absent. */
export async function listPromises(sql: Sql, facilityIds: readonly string[], days: Promises['days'], now: number): Promise<ReadonlyMap<string, Promises>> {
  const books = booksOf(await listPromised(sql, facilityIds, days, now));
  return new Map([...books].map(([id, each]) => [id, { ...each, days }]));
}

function countersOf(text: string): Int32Array {
  const counters = new Int32Array(BUCKETS_A_DAY);
  let bucket = 0;
  let value = 0;
  for (let i = 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 48 && code <= 57) value = value * 10 + code - 48;
    else {
      counters[bucket++] = value;
      value = 0;
    }
  }
  return counters;
}
