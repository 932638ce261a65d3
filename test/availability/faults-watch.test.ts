import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Database } from '../../src/platform/index.js';
import { turnBoundaries } from '../../src/availability/boundary-clock.js';
import { keepOccupancyDays } from '../../src/availability/keep-days.js';
import { lockLive, storeCounts } from '../../src/availability/live-rows.js';
import { positionOf } from '../../src/availability/rules/watch-cursor.js';
import { AvailabilityWatch } from '../../src/availability/watch.js';
import type { WatchEvent } from '../../src/availability/watch-event.js';
import type { Outlet, Watcher } from '../../src/availability/watcher.js';
import type { ResolvedWhere } from '../../src/facilities/index.js';
import { resolveWhere } from '../../src/facilities/index.js';
import { anonymousViewer } from '../../src/identity/index.js';
import { rooms } from '../../src/server/rooms.js';
import { addFacilities, addWindows, facilityDraft, foundCity, inUnit, termsDraft } from '../support/city.js';
import { openTestDatabase } from '../support/database.js';
import { seeded } from '../support/random.js';
import { scopeOf, system, testServices } from '../support/scope.js';
import { Told } from './told.js';

const SEED = Number(process.env.FAULT_SEED ?? 7);
const STEPS = process.env.FAULTS === 'full' ? 10_000 : 1_000;
const FACILITIES = 12;

let database: Database;
let services: ReturnType<typeof testServices>;
let ids: string[];
let watches: AvailabilityWatch[];
let filters: ResolvedWhere[];

beforeAll(async () => {
  database = await openTestDatabase(rooms.flatMap(room => room.entities));
  services = testServices(database);
  const scope = scopeOf(services);
  await keepOccupancyDays(services);
  await foundCity(scope);
  ids = await addFacilities(scope, Array.from({ length: FACILITIES }, (_, i) =>
    facilityDraft(`f${i}`, { longitude: 118.6 + i / 200, latitude: 24.9 }, i === 0 ? { category: 'INSTITUTION', sector: 'AGENCY' } : {})));
  await addWindows(scope, ids.map(id => ({ facility: { id }, terms: termsDraft() })));
  await turnBoundaries(services);
  // Two servers' watches on one database: a reader resumes at the one or the other.
  watches = [new AvailabilityWatch(services), new AvailabilityWatch(services)];
  for (const watch of watches) await watch.start();
  const [district] = await database.query<{ id: string; code: string }>(`select id, code from jurisdiction where parent_id is not null`);
  const box = { box: { southWest: { longitude: 118.599, latitude: 24.89, crs: 'WGS84' }, northEast: { longitude: 118.63, latitude: 24.91, crs: 'WGS84' } } };
  filters = await Promise.all([{}, { ids: ids.slice(0, 3) }, { within: box }, { jurisdictionId: district!.id }].map(where => resolveWhere(where as never, async () => district!.code)));
});

afterAll(async () => {
  for (const watch of watches) await watch.stop();
  await database.close();
});

/** A reader whose connection takes, clogs and breaks as the test says. */
class Reader implements Outlet {
  readonly told = new Told();
  isClogged = false;
  watcher: Watcher | null = null;
  #watch: AvailabilityWatch | null = null;
  #taken = 0;
  /** How many events go through before the connection clogs by itself, as a full buffer does. */
  takes = Infinity;

  constructor(
    readonly filter: ResolvedWhere,
    readonly isPublic: boolean,
    readonly minIntervalMs: number,
  ) {}

  send({ value }: WatchEvent): void {
    this.told.take(value as never);
    this.#taken += 1;
    if (this.#taken >= this.takes) this.isClogged = true;
  }

  async connect(watch: AvailabilityWatch): Promise<void> {
    this.#watch = watch;
    const since = this.told.cursor === null ? null : positionOf(this.told.cursor);
    this.watcher = await watch.watch({ filter: this.filter, viewer: this.isPublic ? anonymousViewer : system, since, minIntervalMs: this.minIntervalMs }, this);
  }

  /** Takes so many events more, then clogs again. */
  open(takes: number): void {
    this.takes = takes;
    this.#taken = 0;
    this.isClogged = false;
    this.watcher?.resume();
  }

  cut(): void {
    if (this.watcher) this.#watch!.leave(this.watcher);
    this.watcher = null;
    this.told.interrupt();
  }
}

async function change(facilityIds: readonly string[], occupied: () => number): Promise<void> {
  services.clock.advance(1_000);
  const now = services.clock.now();
  await inUnit(scopeOf(services), async unit => {
    const rows = await lockLive(unit, facilityIds);
    await storeCounts(unit, rows, new Map(rows.map(row => [row, [{ zoneId: null, scope: 'ALL', feedId: 'fed_test', occupied: occupied(), free: null, observedAt: now, sequence: 0, receivedAt: now, staleAfter: now + 86_400_000, moved: 0 }]])));
  });
}

test(`G10, G11: readers that clog, pace themselves, break off and resume at another server are told every version, or that it was merged (${STEPS} steps, seed ${SEED})`, async () => {
  const random = seeded(SEED);
  const readers = filters.flatMap(filter => [0, 0, 1].flatMap(interval => [false, true].map(isPublic => new Reader(filter, isPublic, interval))));
  for (const reader of readers) await reader.connect(random.pick(watches));

  let cuts = 0;
  for (let step = 0; step < STEPS; step++) {
    const kind = random.int(1, 10);
    const reader = random.pick(readers);
    if (kind <= 4) await change([...new Set([random.pick(ids), random.pick(ids)])].sort(), () => random.int(0, 20));
    else if (kind <= 6) reader.open(random.int(1, 4));
    else if (kind === 7) reader.open(Infinity);
    else if (kind === 8) await random.pick(watches).catchUp();
    else {
      cuts += 1;
      reader.cut();
      if (random.chance(0.5)) await change([random.pick(ids)], () => random.int(0, 20));
      await reader.connect(random.pick(watches));
    }
  }
  services.clock.advance(16 * 60_000);
  for (const watch of watches) await watch.catchUp();
  for (const reader of readers) {
    // No interval holds back what is left: the reader comes back once more and asks for it.
    reader.cut();
    reader.open(Infinity);
    await reader.connect(random.pick(watches));
  }

  expect(readers.flatMap(reader => reader.told.broken)).toEqual([]);
  for (const reader of readers) {
    const fresh = new Reader(reader.filter, reader.isPublic, 0);
    await fresh.connect(watches[0]!);
    expect(reader.told.figures()).toEqual(fresh.told.figures());
    fresh.cut();
  }
  expect(cuts).toBeGreaterThan(STEPS / 10);
  expect(readers.reduce((sum, { told }) => sum + told.merged, 0)).toBeGreaterThan(STEPS / 10);
  expect(readers.map(({ told }) => told.resyncs)).toEqual(readers.map(() => 0));
}, 120_000);
