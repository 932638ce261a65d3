import type { ResolvedWhere } from '../facilities/index.js';
import type { Database, Services, Viewer } from '../platform/index.js';
import { listNewestUntil, listYoungerThan, type LoggedChange } from './change-log.sql.js';
import { Interests } from './interests.js';
import { ChangeReader } from './change-reader.js';
import { readStanding } from './live.sql.js';
import { AvailabilityMirror, type Mirrored } from './mirror.js';
import { mergedByFacility, readMissed } from './missed.js';
import { PUBLIC_DELAY_MS } from './rules/disclosure.js';
import { keysOfFilter } from './rules/interest.js';
import { BEGINNING, cursorOf, type WatchPosition } from './rules/watch-cursor.js';
import { TotalsBook } from './totals-book.js';
import { Turnstile } from './turnstile.js';
import { WatchEvent, entryOf, unknownYet, viewOf, type LiveEntry } from './watch-event.js';
import { Watcher, type Outlet, type WatchSource } from './watcher.js';

/** A reader that missed more changes than this begins anew: a snapshot is the shorter way. */
const MOST_MISSED = 20_000;
/** Readers that are told what they missed at one time: a server that ends sends thousands, who must not crowd out each other. */
const RESUMED_AT_ONCE = 3;
/** How often what the public sees late is brought forward. */
const LATE_TICK_MS = 500;

export interface WatchAsk {
  readonly filter: ResolvedWhere;
  readonly viewer: Viewer;
  readonly since: WatchPosition | null;
  readonly minIntervalMs: number;
}

/**
 * The watch of one process: it reads the log once, mirrors the city, and leads each change through an index to the
 * readers whose filter it passes. What it tells of government compounds to the public comes from a second mirror, which
 * stands a quarter of an hour back and has a position of its own.
 */
export class AvailabilityWatch implements WatchSource {
  #mirror = new AvailabilityMirror();
  #late = new AvailabilityMirror();
  /** Changes that the public sees later, in the order of the log. */
  #lateQueue: LoggedChange[] = [];
  readonly totals = { exact: new TotalsBook(true), public: new TotalsBook(false) };
  readonly #interests = new Interests();
  readonly #resumptions = new Turnstile(RESUMED_AT_ONCE);
  #reader: ChangeReader | null = null;
  #lateTimer: NodeJS.Timeout | null = null;
  #starting: Promise<void> | null = null;

  constructor(private readonly services: Services) {}

  /** Follows the log from now on; whoever waits for the same start waits once. */
  start(): Promise<void> {
    this.#starting ??= this.#begin().catch((error: unknown) => {
      this.#starting = null;
      throw error;
    });
    return this.#starting;
  }

  async stop(): Promise<void> {
    if (this.#lateTimer) clearInterval(this.#lateTimer);
    await this.#reader?.stop();
    for (const watcher of this.#interests.watchers()) watcher.end();
    this.#interests.clear();
  }

  /** Reads what is new at once; for whoever must not wait for the next wake-up. */
  async catchUp(): Promise<void> {
    await this.#reader?.read();
    this.#bringLateForward();
  }

  position(): WatchPosition {
    const live = this.#reader?.position ?? 0;
    return { live, late: this.#lateQueue.length === 0 ? live : this.#lateQueue[0]!.position - 1 };
  }

  cursor(): string {
    return cursorOf(this.position());
  }

  shownTo(watcher: Watcher, facilityId: string): { readonly entry: LiveEntry; readonly isBanded: boolean } | null {
    const entry = this.#mirror.find(facilityId);
    if (!entry) return null;
    if (watcher.seesExactly(entry)) return { entry, isBanded: false };
    if (entry.disclosure === 'WITHHELD') return null;
    return { entry: this.#late.find(facilityId) ?? unknownYet(entry, this.#publicUntil()), isBanded: true };
  }

  /** Subscribes: a snapshot or what was missed, then every change, until it is ended. */
  async watch(ask: WatchAsk, outlet: Outlet): Promise<Watcher> {
    await this.start();
    const { since } = ask;
    if (since !== null && since.live !== BEGINNING.live) return this.#resumptions.pass(() => this.#resume(ask, since, outlet));
    this.#bringLateForward();
    const watcher = this.#join(ask, outlet);
    watcher.beginWith(this.idsOf(watcher.filter));
    return watcher;
  }

  /** The newest entry of a facility, whoever may see it; null where there is none. */
  find(facilityId: string): LiveEntry | null {
    return this.#mirror.find(facilityId);
  }

  /** The facilities that a filter finds now, in the order of their ids. */
  idsOf(filter: ResolvedWhere): readonly string[] {
    return this.#mirror.idsUnder(keysOfFilter(filter)).filter(id => filter.passes(id, this.#mirror.find(id)!.routing));
  }

  leave(watcher: Watcher): void {
    watcher.end();
    this.#interests.leave(watcher);
  }

  #join(ask: WatchAsk, outlet: Outlet): Watcher {
    const watcher = new Watcher(this, this.#interests.filterLike(ask.filter), outlet, ask.minIntervalMs, ask.viewer);
    this.#interests.join(watcher);
    return watcher;
  }

  async #resume(ask: WatchAsk, since: WatchPosition, outlet: Outlet): Promise<Watcher> {
    // A reader that comes from a server that is further must not be told again what it knows; one to whom merged versions
    // are owed must find the change that they were merged into.
    if (since.live > this.position().live || since.untold !== undefined) await this.catchUp();
    this.#bringLateForward();
    const watcher = this.#join(ask, outlet);
    await this.#catchUpOne(watcher, since).catch((error: unknown) => {
      this.leave(watcher);
      throw error;
    });
    return watcher;
  }

  async #begin(): Promise<void> {
    const { database } = this.services;
    const { position, facilities } = await readStanding(database);
    this.#mirror = new AvailabilityMirror(facilities.map(entryOf));
    await this.#beginLate(position);
    for (const entry of this.#mirror.entries()) {
      this.totals.exact.add(entry);
      if (entry.disclosure === 'OPEN') this.totals.public.add(entry);
    }
    for (const entry of this.#late.entries()) this.totals.public.add(entry);
    this.#reader = new ChangeReader(this.services, position, changes => this.#take(changes));
    this.#lateTimer = setInterval(() => this.#bringLateForward(), LATE_TICK_MS).unref();
    void this.#reader.read();
  }

  /** What the public sees of compounds: the state of a quarter of an hour ago, and the changes since then that wait. */
  async #beginLate(position: number): Promise<void> {
    const seenLate = [...this.#mirror.entries()].filter(entry => entry.disclosure === 'LATE');
    const until = this.services.clock.now() - PUBLIC_DELAY_MS;
    const ids = seenLate.map(entry => entry.facilityId);
    const newest = new Map((await listNewestUntil(this.services.database, ids, until)).map(change => [change.facilityId, change]));
    this.#lateQueue = await listYoungerThan(this.services.database, ids, { after: until, position });
    this.#late = new AvailabilityMirror(seenLate.map(entry => {
      if (entry.changedAt <= until) return entry;
      const before = newest.get(entry.facilityId);
      return before ? entryOf({ ...before, changedAt: before.at, routing: entry.routing }) : unknownYet(entry, until);
    }));
  }

  #take(changes: readonly LoggedChange[]): void {
    for (const change of changes) {
      const mirrored = this.#mirror.apply(change);
      if (!mirrored) continue;
      this.#count(mirrored.before, mirrored.after);
      if (mirrored.after.disclosure === 'LATE') this.#lateQueue.push(change);
      this.#lead(mirrored, { live: change.position, late: this.#lateQueue.length === 0 ? change.position : this.#lateQueue[0]!.position - 1 });
    }
    this.#interests.tellGathered();
    this.#bringLateForward();
  }

  #count(before: LiveEntry | null, after: LiveEntry): void {
    if (before) this.totals.exact.remove(before);
    this.totals.exact.add(after);
    if (before?.disclosure === 'OPEN') this.totals.public.remove(before);
    if (after.disclosure === 'OPEN') this.totals.public.add(after);
    if (before?.disclosure === 'LATE' && after.disclosure !== 'LATE') this.#forgetLate(after.facilityId);
    if (before?.disclosure !== 'LATE' && after.disclosure === 'LATE') this.#beginLateWith(unknownYet(after, this.#publicUntil()));
  }

  #beginLateWith(entry: LiveEntry): void {
    this.#late.put(entry);
    this.totals.public.add(entry);
  }

  #forgetLate(facilityId: string): void {
    const late = this.#late.find(facilityId);
    if (!late) return;
    this.totals.public.remove(late);
    this.#late.remove(facilityId);
  }

  /** How far the public sees what it sees late. */
  #publicUntil(): number {
    return this.services.clock.now() - PUBLIC_DELAY_MS;
  }

  #bringLateForward(): void {
    const until = this.#publicUntil();
    while (this.#lateQueue.length > 0 && this.#lateQueue[0]!.at <= until) {
      const change = this.#lateQueue.shift()!;
      const known = this.#mirror.find(change.facilityId);
      if (!known || known.disclosure !== 'LATE') continue;
      const before = this.#late.find(change.facilityId);
      const mirrored = this.#late.apply({ ...change, routing: change.routing ?? before?.routing ?? known.routing });
      if (!mirrored) continue;
      if (before) this.totals.public.remove(before);
      this.totals.public.add(mirrored.after);
      this.#leadLate(mirrored);
    }
  }

  #lead({ before, after }: Mirrored, position: WatchPosition): void {
    const told = new WatchEvent({ __typename: 'AvailabilityChange', cursor: cursorOf(position), availability: viewOf(after, false), coalescedVersions: 0 }, position);
    for (const interest of this.#interests.passedBy(after)) {
      if (after.disclosure === 'OPEN') this.#interests.gather(interest, after.facilityId, told);
      else this.#interests.tell(interest, after.facilityId, told, watcher => watcher.seesExactly(after));
    }
    if (before && before.routing !== after.routing) this.#leadAway({ before, after }, position);
  }

  #leadLate({ after }: Mirrored): void {
    const position = this.position();
    const told = new WatchEvent({ __typename: 'AvailabilityChange', cursor: cursorOf(position), availability: viewOf(after, true), coalescedVersions: 0 }, position);
    for (const interest of this.#interests.passedBy(after)) {
      this.#interests.tell(interest, after.facilityId, told, watcher => !watcher.seesExactly(after));
    }
  }

  /** Tells those whose filter a facility has left, or who may no longer see it. */
  #leadAway({ before, after }: { readonly before: LiveEntry; readonly after: LiveEntry }, position: WatchPosition): void {
    const left = new WatchEvent({ __typename: 'FacilityLeft', cursor: cursorOf(position), facilityId: after.facilityId }, position);
    for (const interest of this.#interests.passedBy(before)) {
      const stays = interest.filter.passes(after.facilityId, after.routing);
      this.#interests.tell(interest, after.facilityId, left, watcher => !stays || (after.disclosure === 'WITHHELD' && !watcher.seesExactly(after)));
    }
  }

  async #catchUpOne(watcher: Watcher, since: WatchPosition): Promise<void> {
    const missed = await readMissed(this.services.database, this, { filter: watcher.filter, seesExactly: entry => watcher.seesExactly(entry), since, most: MOST_MISSED });
    if (missed.lost !== null) return watcher.resync(missed.lost, this.idsOf(watcher.filter));
    if (missed.hasMore) return watcher.resync('TOO_MANY_CHANGES', this.idsOf(watcher.filter));
    watcher.beginAfter(mergedByFacility(missed.events));
  }
}

const watches = new WeakMap<Database, AvailabilityWatch>();

/** The watch of this process on a database. */
export function watchOf(services: Services): AvailabilityWatch {
  let watch = watches.get(services.database);
  if (!watch) watches.set(services.database, (watch = new AvailabilityWatch(services)));
  return watch;
}

/** Ends the watch of this process, where it has one. */
export async function stopWatch({ database }: Pick<Services, 'database'>): Promise<void> {
  const watch = watches.get(database);
  watches.delete(database);
  await watch?.stop();
}
