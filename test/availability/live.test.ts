import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Database } from '../../src/platform/index.js';
import { findLogEnds, listChangesAfter } from '../../src/availability/change-log.sql.js';
import { turnBoundaries } from '../../src/availability/boundary-clock.js';
import { keepOccupancyDays } from '../../src/availability/keep-days.js';
import { rooms } from '../../src/server/rooms.js';
import { addFacilities, addWindows, facilityDraft, foundCity, inUnit, termsDraft } from '../support/city.js';
import { openTestDatabase } from '../support/database.js';
import { scopeOf, testServices } from '../support/scope.js';
import { lockLive, storeCounts } from '../../src/availability/live-rows.js';
import type { CountInForce } from '../../src/availability/rules/live-state.js';

let database: Database;
let services: ReturnType<typeof testServices>;

beforeAll(async () => {
  database = await openTestDatabase(rooms.flatMap(room => room.entities));
  services = testServices(database);
  services.clock.set('2026-02-11T09:00:00+08:00');
  await keepOccupancyDays(services);
  await foundCity(scopeOf(services));
});

afterAll(() => database.close());

const OFFICE_HOURS = { days: { weekdays: [1, 2, 3, 4, 5] as const }, from: { minute: 18 * 60 }, until: { durationMinutes: 13 * 60 + 30 } };

async function facilityLending(code: string, terms = termsDraft()): Promise<string> {
  const [id] = await addFacilities(scopeOf(services), [facilityDraft(code, { longitude: 118.6, latitude: 24.9 })]);
  await addWindows(scopeOf(services), [{ facility: { id: id! }, terms }]);
  return id!;
}

async function changesOf(facilityId: string): Promise<Array<{ version: number; state: string; free: number | null; at: string }>> {
  const changes = await listChangesAfter(database, 0, 10_000);
  return changes.filter(each => each.facilityId === facilityId).map(({ version, classes: [first], at }) => ({ version, state: first!.state, free: first!.free, at: Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO('Asia/Shanghai').toPlainDateTime().toString() }));
}

test('a window that opens and closes is a change at its instant, though nobody wrote anything (P8)', async () => {
  const id = await facilityLending('evening', termsDraft({ rules: [OFFICE_HOURS as never], quota: { ...termsDraft().quota, STANDARD: 5 } }));

  await turnBoundaries(services);
  services.clock.set('2026-02-11T17:59:59.999+08:00');
  await turnBoundaries(services);
  services.clock.set('2026-02-11T18:00:00+08:00');
  await turnBoundaries(services);
  await turnBoundaries(services);
  services.clock.set('2026-02-12T07:30:00+08:00');
  await turnBoundaries(services);

  expect(await changesOf(id)).toEqual([
    { version: 1, state: 'CLOSED', free: null, at: '2026-02-11T09:00:00' },
    { version: 2, state: 'OPEN', free: 5, at: '2026-02-11T18:00:00' },
    { version: 3, state: 'CLOSED', free: null, at: '2026-02-12T07:30:00' },
  ]);
});

test('a count that falls silent turns UNKNOWN by itself, and the log says so (P3, G9)', async () => {
  services.clock.set('2026-02-13T09:00:00+08:00');
  const id = await facilityLending('silent');
  await turnBoundaries(services);
  const now = services.clock.now();
  const count: CountInForce = { zoneId: null, scope: 'ALL', feedId: 'fed_test', occupied: 17, free: null, observedAt: now, sequence: 0, receivedAt: now, staleAfter: now + 180_000, moved: 0 };

  await inUnit(scopeOf(services), async unit => {
    const rows = await lockLive(unit, [id]);
    await storeCounts(unit, rows, new Map([[rows[0]!, [count]]]));
  });
  services.clock.advance(179_999);
  await turnBoundaries(services);
  services.clock.advance(1);
  await turnBoundaries(services);

  expect((await changesOf(id)).map(({ version, state, free }) => ({ version, state, free }))).toEqual([
    { version: 1, state: 'OPEN', free: 5 },
    { version: 2, state: 'OPEN', free: 3 },
    { version: 3, state: 'UNKNOWN', free: null },
  ]);
});

test('the log ends where the newest change stands, and nothing was dropped', async () => {
  const { head, floor } = await findLogEnds(database);
  const changes = await listChangesAfter(database, 0, 10_000);

  expect({ head, floor }).toEqual({ head: changes.at(-1)!.position, floor: 0 });
});
