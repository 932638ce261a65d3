import { may } from '../identity/index.js';
import { EventQueue, Follower, RequestScope, keptSince, type Services, type Viewer } from '../platform/index.js';
import { badInput, notFound } from '../platform/graphql/index.js';
import { RESERVATION_BY_ID } from './reservation.loaders.js';
import { ownPartiesWith } from './reservation.policy.js';
import type { Reservation } from './reservation.type.js';
import { STANDING } from './rules/lifecycle.js';
import { RESERVATIONS_CHANGED } from './store-reservations.js';
import { changedSince, changesAfter, dropChangesBefore, logBounds, standingOf } from './watch.sql.js';

/** Events that wait for one reader; what comes on top is merged into the newest state of each reservation. */
const MOST_WAITING = 16;
/** The newest reservations that a snapshot shows; the others are for `reservations`. */
const MOST_IN_SNAPSHOT = 200;
const MOST_AT_ONCE = 1_000;

export interface WatchReservations {
  /** One reservation; null: all of a party. */
  readonly reservationId?: string | null;
  /** null: every party of the caller. */
  readonly partyId?: string | null;
  readonly since?: string | null;
}

export interface ReservationsTold {
  readonly reservations: readonly Reservation[];
  readonly isSnapshot: boolean;
  readonly isWhole: boolean;
  readonly cursor: string;
}

/** One subscriber: what stands, and then each change, as the newest state of what changed. */
class Reader {
  readonly queue: EventQueue<ReservationsTold>;
  readonly #due = new Set<string>();
  /** Up to where changes were taken, and up to where all of them were told. */
  #taken = '0';
  #told = '0';
  #isTelling = false;

  constructor(
    private readonly services: Services,
    private readonly viewer: Viewer,
    readonly partyIds: ReadonlySet<string>,
    readonly reservationId: string | null,
    onEnd: () => void,
  ) {
    this.queue = new EventQueue(MOST_WAITING, { onRoom: () => void this.tell(), onEnd });
  }

  wants(reservationId: string, partyId: string): boolean {
    return this.reservationId === null ? this.partyIds.has(partyId) : this.reservationId === reservationId;
  }

  /** What it is told first: all that stands, or what changed since it was here. */
  async begin(cursor: string, since: string | null): Promise<void> {
    this.#taken = this.#told = cursor;
    // What changes meanwhile is told behind it.
    this.#isTelling = true;
    try {
      await this.#pushFirst(since);
    } finally {
      this.#isTelling = false;
    }
    void this.tell();
  }

  async #pushFirst(since: string | null): Promise<void> {
    const { database } = this.services;
    const cursor = this.#told;
    const partyIds = [...this.partyIds];
    if (since !== null) {
      const missed = await changedSince(database, { partyIds, reservationId: this.reservationId }, since, MOST_IN_SNAPSHOT + 1);
      if (missed.length <= MOST_IN_SNAPSHOT) return this.#push(missed, { isSnapshot: false, isWhole: true, cursor });
    }
    const ids = this.reservationId === null ? await standingOf(database, partyIds, STANDING, MOST_IN_SNAPSHOT + 1) : [this.reservationId];
    await this.#push(ids.slice(0, MOST_IN_SNAPSHOT).reverse(), { isSnapshot: true, isWhole: ids.length <= MOST_IN_SNAPSHOT, cursor });
  }

  take(reservationIds: readonly string[], position: string): void {
    for (const id of reservationIds) this.#due.add(id);
    this.#taken = position;
    void this.tell();
  }

  /** Tells what is due, while there is room: a slow reader gets the newest state once, whatever happened in between. */
  async tell(): Promise<void> {
    if (this.#isTelling) return;
    this.#isTelling = true;
    try {
      while (this.#due.size > 0 && !this.queue.isFull) {
        const ids = [...this.#due].slice(0, MOST_IN_SNAPSHOT);
        for (const id of ids) this.#due.delete(id);
        // Who comes back with it must still get what is left.
        const cursor = this.#due.size === 0 ? this.#taken : this.#told;
        await this.#push(ids, { isSnapshot: false, isWhole: true, cursor }).catch((error: unknown) => {
          for (const id of ids) this.#due.add(id);
          throw error;
        });
        this.#told = cursor;
      }
    } catch (error) {
      // A database that is away delays: the next look tells it.
      this.services.log.warn({ message: (error as Error).message }, 'reservations could not be read');
    } finally {
      this.#isTelling = false;
    }
  }

  async #push(ids: readonly string[], how: Omit<ReservationsTold, 'reservations'>): Promise<void> {
    // A scope of its own each time: a loader must not remember from one event to the next.
    const rows = await RESERVATION_BY_ID.batch(new RequestScope(this.services, this.viewer, 'zh', 'watch'), ids);
    const reservations = rows.filter((row): row is Reservation => row !== null && !(row instanceof Error));
    if (reservations.length > 0 || how.isSnapshot || ids.length === 0) this.queue.push({ reservations, ...how });
  }
}

/** The readers of one process: the log is read once for all of them. */
class ReservationWatch {
  readonly #readers = new Set<Reader>();
  #users = 0;
  #position: string | null = null;
  readonly #follower: Follower;

  constructor(private readonly services: Services) {
    this.#follower = new Follower(services.live, RESERVATIONS_CHANGED, () => this.#look());
  }

  async open(viewer: Viewer, partyIds: readonly string[], reservationId: string | null, since: string | null): Promise<EventQueue<ReservationsTold>> {
    this.#users += 1;
    const reader = new Reader(this.services, viewer, new Set(partyIds), reservationId, () => {
      this.#users -= 1;
      this.#readers.delete(reader);
      if (this.#users === 0) this.#position = null;
    });
    try {
      const { head, floor } = await logBounds(this.services.database);
      this.#position ??= head;
      this.#readers.add(reader);
      const isKnown = since !== null && BigInt(since) >= BigInt(floor) && BigInt(since) <= BigInt(head);
      await reader.begin(head, isKnown ? since : null);
    } catch (error) {
      await reader.queue.return();
      throw error;
    }
    return reader.queue;
  }

  async stop(): Promise<void> {
    await this.#follower.stop();
    for (const reader of [...this.#readers]) await reader.queue.return();
  }

  async #look(): Promise<void> {
    try {
      while (this.#position !== null) {
        const changes = await changesAfter(this.services.database, this.#position, MOST_AT_ONCE);
        if (changes.length > 0 && this.#position !== null) {
          this.#position = changes.at(-1)!.position;
          for (const reader of this.#readers) {
            const wanted = changes.filter(change => reader.wants(change.reservationId, change.partyId)).map(change => change.reservationId);
            if (wanted.length > 0) reader.take(wanted, this.#position);
          }
        }
        if (changes.length < MOST_AT_ONCE) break;
      }
      for (const reader of this.#readers) void reader.tell();
    } catch (error) {
      this.services.log.warn({ message: (error as Error).message }, 'changes of reservations could not be read');
    }
  }
}

const watches = new WeakMap<Services, ReservationWatch>();

/** The caller's reservations as they stand, and then as they change (P8). */
export async function watchReservations(scope: RequestScope, { reservationId = null, partyId = null, since = null }: WatchReservations): Promise<AsyncIterable<ReservationsTold>> {
  const { services, viewer } = scope;
  const own = ownPartiesWith(viewer, 'reservation:read');
  if (since !== null && !/^\d{1,18}$/.test(since)) throw badInput({ zh: '游标 since 无效', en: '`since` is not a cursor of this stream' }, 'since');
  if (reservationId !== null && !(await scope.load(RESERVATION_BY_ID, reservationId))) throw notFound('reservation', reservationId);
  if (partyId !== null && !own.includes(partyId) && !(viewer.kind === 'SYSTEM' && may(viewer, 'reservation:read'))) throw notFound('party', partyId);
  let watch = watches.get(services);
  if (!watch) watches.set(services, (watch = new ReservationWatch(services)));
  return watch.open(viewer, partyId === null ? own : [partyId], reservationId, since);
}

/** Ends the streams of this process. */
export async function stopReservations(services: Services): Promise<void> {
  await watches.get(services)?.stop();
}

/** Forgets changes that nobody resumes from any more. */
export function forgetOldChanges({ database, clock }: Services): Promise<number> {
  return dropChangesBefore(database, keptSince('reservationLog', clock.now()));
}
