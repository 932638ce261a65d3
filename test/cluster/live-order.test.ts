import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { turnBoundaries } from '../../src/availability/boundary-clock.js';
import { listChangesAfter } from '../../src/availability/change-log.sql.js';
import { keepOccupancyDays } from '../../src/availability/keep-days.js';
import { lockLive, storeCounts } from '../../src/availability/live-rows.js';
import { AvailabilityWatch } from '../../src/availability/watch.js';
import { migrations } from '../../migrations/index.js';
import { resolveWhere } from '../../src/facilities/index.js';
import { openDatabase, openLog, type Database } from '../../src/platform/index.js';
import { quotaOf } from '../../src/sharing/index.js';
import { rooms } from '../../src/server/rooms.js';
import { Told } from '../availability/told.js';
import { addFacilities, addWindows, facilityDraft, foundCity, inUnit, termsDraft } from '../support/city.js';
import { openTestDatabase, urlOf } from '../support/database.js';
import { seeded } from '../support/random.js';
import { scopeOf, system, testServices } from '../support/scope.js';
import { until } from './machines.js';

const HOURS = process.env.FAULTS === 'full' ? 240 : 24;
const FACILITIES = 30;

let own: Database;
let second: Database;
let servers: Array<ReturnType<typeof testServices>>;
let ids: string[];

beforeAll(async () => {
  const entities = rooms.flatMap(room => room.entities);
  own = await openTestDatabase(entities);
  second = await openDatabase({ url: await urlOf(own), dataFolder: null, poolSize: 6, statementMs: 20_000, acquireMs: 10_000, entities, migrations, log: openLog({ level: 'silent' }) });
  servers = [own, second].map(database => testServices(database));
  await keepOccupancyDays(servers[0]!);
  const scope = scopeOf(servers[0]!);
  await foundCity(scope);
  ids = await addFacilities(scope, Array.from({ length: FACILITIES }, (_, i) => facilityDraft(`f${i}`, { longitude: 118.6, latitude: 24.9 })));
  // Each lends by even hours one number, by odd hours another: every full hour is a boundary of all.
  const quota = (spaces: number): ReturnType<typeof quotaOf> => quotaOf({ STANDARD: spaces });
  const everyDay = { weekdays: [1, 2, 3, 4, 5, 6, 7] as const };
  await addWindows(scope, ids.flatMap(id => [0, 1].map(parity => ({
    facility: { id },
    terms: termsDraft({ name: parity === 0 ? '双时' : '单时', quota: quota(5 + parity), rules: Array.from({ length: 12 }, (_, i) => ({ days: everyDay, from: { minute: (2 * i + parity) * 60 }, until: { durationMinutes: 60 } })) as never }),
  }))));
  await turnBoundaries(servers[0]!);
}, 60_000);

afterAll(async () => {
  await second.close();
  await own.close();
});

async function change(services: ReturnType<typeof testServices>, facilityId: string, occupied: number): Promise<void> {
  const now = services.clock.now();
  await inUnit(scopeOf(services), async unit => {
    const rows = await lockLive(unit, [facilityId]);
    await storeCounts(unit, rows, new Map(rows.map(row => [row, [{ zoneId: null, scope: 'ALL', feedId: 'fed_test', occupied, free: null, observedAt: now, sequence: 0, receivedAt: now, staleAfter: now + 30 * 86_400_000, moved: 0 }]])));
  });
}

/** A transaction of another connection that has appended to the log and is not committed. */
async function openAppend(facilityId: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: (await urlOf(own))! });
  await client.connect();
  await client.query('begin');
  await client.query(
    `insert into availability_change (at, city, facility_id, version, classes)
     select to_timestamp($2 / 1000.0), city, facility_id, max(version) + 1, '[]' from availability_change where facility_id = $1 group by city, facility_id`,
    [facilityId, servers[0]!.clock.now()],
  );
  return client;
}

test('P8: who appended first and commits late is not skipped: what others append meanwhile waits, and comes after it', async () => {
  const [late, ...others] = ids as [string, ...string[]];
  const head = async (): Promise<number> => (await listChangesAfter(own, 0, 100_000)).at(-1)!.position;
  const before = await head();

  const client = await openAppend(late);
  const seenWhileOpen: number[] = [];
  let written = 0;
  const writes = others.slice(0, 5).map((id, i) => change(servers[i % 2]!, id, 20).then(() => (written += 1)));
  await until('the others wait for the lock of the log', async () => {
    seenWhileOpen.push((await listChangesAfter(second, before, 100)).length);
    const [row] = await own.query<{ waiting: number }>(`select count(*)::int as waiting from pg_locks where locktype = 'advisory' and not granted`);
    return row!.waiting >= 5;
  }, 10_000);
  expect(written).toBe(0);
  await client.query('commit');
  await client.end();
  await Promise.all(writes);

  const after = await listChangesAfter(second, before, 100);
  expect(new Set(seenWhileOpen)).toEqual(new Set([0]));
  expect(after.map(({ facilityId }) => facilityId)[0]).toBe(late);
  expect(after.slice(1).map(({ facilityId }) => facilityId).sort()).toEqual(others.slice(0, 5).sort());
}, 30_000);

test('P8: one that appended and rolled back leaves a hole in the positions, and no reader waits for it', async () => {
  const before = (await listChangesAfter(own, 0, 100_000)).at(-1)!.position;
  const client = await openAppend(ids[0]!);
  const waiting = change(servers[1]!, ids[9]!, 3);
  await client.query('rollback');
  await client.end();
  await waiting;

  const [only, ...rest] = await listChangesAfter(second, before, 100);
  expect(only).toMatchObject({ facilityId: ids[9] });
  expect(only!.position).toBeGreaterThan(before + 1);
  expect(rest).toEqual([]);
}, 30_000);

test('P8: readers that ask again and again while 200 transactions commit in any order see every position once, in order', async () => {
  const random = seeded(3);
  const before = (await listChangesAfter(own, 0, 100_000)).at(-1)!.position;
  let isOn = true;
  const readers = [own, second].map(async database => {
    const seen: number[] = [];
    let from = before;
    for (let isLast = false; !isLast;) {
      isLast = !isOn;
      const changes = await listChangesAfter(database, from, 7);
      seen.push(...changes.map(({ position }) => position));
      from = changes.at(-1)?.position ?? from;
      if (changes.length > 0) isLast = false;
    }
    return seen;
  });
  await Promise.all([0, 1, 2, 3].map(async line => {
    for (let i = 0; i < 50; i++) await change(servers[line % 2]!, random.pick(ids), random.int(0, 20));
  }));
  isOn = false;

  const truth = (await listChangesAfter(own, before, 10_000)).map(({ position }) => position);
  for (const seen of await Promise.all(readers)) expect(seen).toEqual(truth);
  expect(truth.length).toBeGreaterThan(100);
}, 60_000);

test(`1.2-4: two servers' boundary clocks tell each of ${HOURS} boundaries of ${FACILITIES} facilities exactly once, and catch up after a stop`, async () => {
  const begun = servers[0]!.clock.now();
  const set = (instant: number): void => servers.forEach(({ clock }) => clock.set(instant));
  for (const id of ids) await change(servers[0]!, id, 0);
  await turnBoundaries(servers[0]!);
  const [first] = await own.query<{ position: string }>('select max(position) as position from availability_change');
  const watch = new AvailabilityWatch(servers[1]!);
  const told = new Told();
  await watch.watch({ filter: await resolveWhere({}, async () => null), viewer: system, since: null, minIntervalMs: 0 }, { isClogged: false, send: event => told.take(event.value as never) });

  // Both clocks look at once and again, at each boundary and between; from the 10th to the 13th hour both have stopped.
  for (let hour = 1; hour <= HOURS; hour++) {
    if (hour >= 10 && hour <= 13) continue;
    set(begun + hour * 3_600_000);
    await keepOccupancyDays(servers[0]!);
    await Promise.all([...servers, ...servers].map(turnBoundaries));
    set(begun + hour * 3_600_000 + 600_000);
    expect((await Promise.all(servers.map(turnBoundaries))).every(looked => looked === 0)).toBe(true);
  }
  await watch.catchUp();
  await watch.stop();

  const changes = await own.query<{ id: string; at: number; quota: number }>(`select facility_id as id, epoch_ms(at) as at, (classes -> 0 ->> 'quota')::int as quota from availability_change where position > $1 order by position`, [first!.position]);
  const hours = Array.from({ length: HOURS }, (_, i) => i + 1).filter(hour => hour < 10 || hour > 13);
  const base = new Date(begun + 8 * 3_600_000).getUTCHours();
  for (const id of ids) expect(changes.filter(each => each.id === id).map(({ at, quota }) => [(at - begun) / 3_600_000, quota])).toEqual(hours.map(hour => [hour, 5 + ((base + hour) % 2)]));
  expect(told.broken).toEqual([]);
  expect(told.changes).toBe(hours.length * FACILITIES);
}, 120_000);
