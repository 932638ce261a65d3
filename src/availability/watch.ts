import type { ResolvedWhere } from '../facilities/index.js';
import type { Database, Services, Viewer } from '../platform/index.js';
import { listNewestUntil, listYoungerThan, type LoggedChange } from './change-log.sql.js';
import { ChangeReader } from './change-reader.js';
import { readStanding } from './live.sql.js';
import { AvailabilityMirror, type Mirrored } from './mirror.js';
import { mergedByFacility, readMissed } from './missed.js';
import { PUBLIC_DELAY_MS } from './rules/disclosure.js';
import { keysOfFacility, keysOfFilter } from './rules/interest.js';
import { BEGINNING, cursorOf, type WatchPosition } from './rules/watch-cursor.js';
import { TotalsBook } from './totals-book.js';
import { WatchEvent, entryOf, unknownYet, viewOf, type LiveEntry } from './watch-event.js';
import { Watcher, type Outlet, type WatchSource } from './watcher.js';

/** A reader that missed more changes than this begins anew: a snapshot is the shorter way. */
const MOST_MISSED = 20_000;
/** How often what the public sees late is brought forward. */
const LATE_TICK_MS = 500;

/** All watchers of one filter: a change is judged once for all of them. */
interface Interest {
  readonly keys: readonly string[];
  readonly matches: (id: string, entry: LiveEntry) => boolean;
  readonly watchers: Set<Watcher>;
}

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
  readonly #interests = new Map<string, Interest>();
  readonly #byKey = new Map<string, Set<Interest>>();
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
    for (const { watchers } of this.#interests.values()) for (const watcher of watchers) watcher.end();
    this.#interests.clear();
    this.#byKey.clear();
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
    return { entry: this.#late.find(facilityId) ?? unknownYet(entry), isBanded: true };
  }

  /** Subscribes: a snapshot or what was missed, then every change, until it is ended. */
  async watch(ask: WatchAsk, outlet: Outlet): Promise<Watcher> {
    await this.start();
    // A reader that comes from a server that is further must not be told again what it knows.
    if (ask.since !== null && ask.since.live > this.position().live) await this.catchUp();
    this.#bringLateForward();
    const interest = this.#interestOf(ask.filter);
    const watcher = new Watcher(this, ask.filter, outlet, ask.minIntervalMs, ask.viewer);
    interest.watchers.add(watcher);
    if (ask.since === null || ask.since.live === BEGINNING.live) watcher.beginWith(this.idsOf(watcher.filter));
    else await this.#catchUpOne(watcher, ask.since).catch((error: unknown) => {
      this.leave(watcher);
      throw error;
    });
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
    const name = nameOf(watcher.filter);
    const interest = this.#interests.get(name);
    if (!interest?.watchers.delete(watcher) || interest.watchers.size > 0) return;
    this.#interests.delete(name);
    for (const key of interest.keys) {
      const under = this.#byKey.get(key);
      under?.delete(interest);
      if (under?.size === 0) this.#byKey.delete(key);
    }
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
      return before ? entryOf({ ...before, changedAt: before.at, routing: entry.routing }) : unknownYet(entry);
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
    this.#bringLateForward();
  }

  #count(before: LiveEntry | null, after: LiveEntry): void {
    if (before) this.totals.exact.remove(before);
    this.totals.exact.add(after);
    if (before?.disclosure === 'OPEN') this.totals.public.remove(before);
    if (after.disclosure === 'OPEN') this.totals.public.add(after);
    if (before?.disclosure === 'LATE' && after.disclosure !== 'LATE') this.#forgetLate(after.facilityId);
    if (before?.disclosure !== 'LATE' && after.disclosure === 'LATE') this.#beginLateWith(unknownYet(after));
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

  #bringLateForward(): void {
    const until = this.services.clock.now() - PUBLIC_DELAY_MS;
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
    const isOpen = after.disclosure === 'OPEN';
    for (const interest of this.#interestsOf(after)) {
      if (!interest.matches(after.facilityId, after)) continue;
      for (const watcher of interest.watchers) if (isOpen || watcher.seesExactly(after)) watcher.offer(after.facilityId, told);
    }
    if (before && before.routing !== after.routing) this.#leadAway({ before, after }, position);
  }

  #leadLate({ after }: Mirrored): void {
    const position = this.position();
    const told = new WatchEvent({ __typename: 'AvailabilityChange', cursor: cursorOf(position), availability: viewOf(after, true), coalescedVersions: 0 }, position);
    for (const interest of this.#interestsOf(after)) {
      if (!interest.matches(after.facilityId, after)) continue;
      for (const watcher of interest.watchers) if (!watcher.seesExactly(after)) watcher.offer(after.facilityId, told);
    }
  }

  /** Tells those whose filter a facility has left, or who may no longer see it. */
  #leadAway({ before, after }: { readonly before: LiveEntry; readonly after: LiveEntry }, position: WatchPosition): void {
    const left = new WatchEvent({ __typename: 'FacilityLeft', cursor: cursorOf(position), facilityId: after.facilityId }, position);
    for (const interest of this.#interestsOf(before)) {
      if (!interest.matches(before.facilityId, before)) continue;
      const stays = interest.matches(after.facilityId, after);
      for (const watcher of interest.watchers) if (!stays || (after.disclosure === 'WITHHELD' && !watcher.seesExactly(after))) watcher.offer(after.facilityId, left);
    }
  }

  *#interestsOf(entry: LiveEntry): Generator<Interest> {
    for (const key of keysOfFacility(entry.facilityId, entry.routing)) yield* this.#byKey.get(key) ?? [];
  }

  async #catchUpOne(watcher: Watcher, since: WatchPosition): Promise<void> {
    const missed = await readMissed(this.services.database, this, { filter: watcher.filter, seesExactly: entry => watcher.seesExactly(entry), since, most: MOST_MISSED });
    if (missed.lost !== null) return watcher.resync(missed.lost, this.idsOf(watcher.filter));
    if (missed.hasMore) return watcher.resync('TOO_MANY_CHANGES', this.idsOf(watcher.filter));
    watcher.beginAfter(mergedByFacility(missed.events));
  }

  #interestOf(filter: ResolvedWhere): Interest {
    const name = nameOf(filter);
    const known = this.#interests.get(name);
    if (known) return known;
    const interest: Interest = { keys: keysOfFilter(filter), matches: (id, entry) => filter.passes(id, entry.routing), watchers: new Set() };
    this.#interests.set(name, interest);
    for (const key of interest.keys) {
      const under = this.#byKey.get(key);
      if (under) under.add(interest);
      else this.#byKey.set(key, new Set([interest]));
    }
    return interest;
  }
}

/** Filters that ask the same are one. */
function nameOf({ where, jurisdictionCode, reportingUnitCode }: ResolvedWhere): string {
  return JSON.stringify([where, jurisdictionCode, reportingUnitCode]);
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
