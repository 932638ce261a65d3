import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { NOW, count, event, openReportingCity, reasonsOf, space, type ReportingCity } from './reporting.js';

let city: ReportingCity;

beforeAll(async () => {
  city = await openReportingCity();
});

afterAll(() => city.database.close());

const MINUTE = 60_000;

async function drifts(facilityId: string): Promise<unknown[]> {
  const rows = await city.database.query<{ raw: { delta: number; expected: number; counted: number } }>(`select raw from occupancy_finding where kind = 'DRIFT' and facility_id = $1 order by observed_at`, [facilityId]);
  return rows.map(({ raw: { delta, expected, counted } }) => ({ delta, expected, counted }));
}

async function isDrifting(facilityId: string): Promise<boolean> {
  const [row] = await city.database.query<{ is_drifting: boolean }>('select is_drifting from vehicle_counter where facility_id = $1', [facilityId]);
  return row!.is_drifting;
}

test('C3: vehicles move the count between two absolute ones, and only those seen after it', async () => {
  const lot = await city.lot();
  await city.counts({ told: [count(lot.id, { occupied: 8, observedAt: NOW - 1_000 })] });

  const answer = await city.events({ told: [
    event(lot.id, 'ENTRY', 'a', { observedAt: NOW - 900 }), event(lot.id, 'ENTRY', 'b', { observedAt: NOW - 800 }), event(lot.id, 'EXIT', 'c', { observedAt: NOW - 700 }), event(lot.id, 'ENTRY', 'd', { observedAt: NOW - 1_000 }), event(lot.id, 'ENTRY', 'b', { observedAt: NOW - 800 }), event(lot.id, 'EXIT', 'a', { observedAt: NOW - 900 }),
  ] });

  expect(answer.exceptions).toEqual([[3, 'OUT_OF_ORDER', '2026-02-11T00:59:59.000Z'], [4, 'DUPLICATE', null], [5, 'SEQUENCE_REUSED', null]]);
  expect((await city.inForce(lot.id)).map(({ occupied, moved }) => ({ occupied, moved }))).toEqual([{ occupied: 8, moved: 1 }]);
  expect(await city.figure(lot.id)).toEqual({ state: 'OPEN', free: 11, occupied: 9 });
});

test('vehicles before any count are kept, and belong to a count that was taken before them, whichever came first', async () => {
  const lot = await city.lot();
  const early = await city.events({ told: [event(lot.id, 'ENTRY', 'a', { observedAt: NOW - 500 }), event(lot.id, 'ENTRY', 'b', { observedAt: NOW - 2_000 })] });

  await city.counts({ told: [count(lot.id, { free: 10, observedAt: NOW - 1_000 })] });

  expect(reasonsOf(early, 2)).toEqual(['NO_BASE', 'NO_BASE']);
  expect((await city.inForce(lot.id)).map(({ free, moved }) => ({ free, moved }))).toEqual([{ free: 10, moved: 1 }]);
  expect((await city.figure(lot.id)).free).toBe(9);
});

test('an absolute count heals the counter, and the drift is measured exactly', async () => {
  const lot = await city.lot({ zones: [{ code: 'MAIN', capacity: [{ spaceClass: 'STANDARD', total: 100, shareable: 100 }] }] });
  await city.counts({ told: [count(lot.id, { occupied: 40, observedAt: NOW - 10 * MINUTE })] });
  await city.events({ told: [...Array.from({ length: 12 }, (_, i) => event(lot.id, 'ENTRY', `in ${i}`, { observedAt: NOW - 9 * MINUTE + i })), ...Array.from({ length: 5 }, (_, i) => event(lot.id, 'EXIT', `out ${i}`, { observedAt: NOW - 8 * MINUTE + i })), event(lot.id, 'ENTRY', 'later', { observedAt: NOW - 1 })] });

  await city.counts({ told: [count(lot.id, { occupied: 42, observedAt: NOW - 5 * MINUTE })] });

  expect(await drifts(lot.id)).toEqual([{ delta: 5, expected: 47, counted: 42 }]);
  expect(await isDrifting(lot.id)).toBe(false);
  expect((await city.inForce(lot.id)).map(({ occupied, moved }) => ({ occupied, moved }))).toEqual([{ occupied: 42, moved: 1 }]);

  await city.counts({ told: [count(lot.id, { occupied: 49, observedAt: NOW })] });

  expect(await drifts(lot.id)).toEqual([{ delta: 5, expected: 47, counted: 42 }, { delta: -6, expected: 43, counted: 49 }]);
  expect(await isDrifting(lot.id)).toBe(true);

  await city.counts({ told: [count(lot.id, { occupied: 49, observedAt: NOW + 1 })] });

  expect(await drifts(lot.id)).toHaveLength(2);
  expect(await isDrifting(lot.id)).toBe(false);
});

test('vehicles of one zone and scope move no other, and a nameless event is refused alone', async () => {
  const lot = await city.lot({ zones: [{ code: 'A', capacity: [{ spaceClass: 'STANDARD', total: 12, shareable: 12 }] }, { code: 'B', capacity: [{ spaceClass: 'STANDARD', total: 8, shareable: 8 }] }] });
  await city.counts({ told: [count(lot.id, { zoneCode: 'A', occupied: 2, observedAt: NOW - 9 }), count(lot.id, { zoneCode: 'B', occupied: 1, observedAt: NOW - 9 }), count(lot.id, { zoneCode: 'B', scope: 'SHARED', occupied: 1, observedAt: NOW - 9 })] });

  const answer = await city.events({ told: [event(lot.id, 'ENTRY', 'a', { zoneCode: 'B' }), event(lot.id, 'ENTRY', '', { zoneCode: 'B' }), event(lot.id, 'ENTRY', 'x'.repeat(101)), event(lot.id, 'ENTRY', 'whole'), event(lot.id, 'ENTRY', 'lost', { zoneCode: 'C' })] });

  expect(answer.exceptions).toEqual([[1, 'MALFORMED', 'EVENT_ID'], [2, 'MALFORMED', 'EVENT_ID'], [3, 'NO_BASE', null], [4, 'UNKNOWN_ZONE', null]]);
  expect((await city.inForce(lot.id)).map(({ zoneId, scope, moved }) => [zoneId === lot.zones.A ? 'A' : 'B', scope, moved]).sort()).toEqual([['A', 'ALL', 0], ['B', 'ALL', 1], ['B', 'SHARED', 0]]);
});

const SPACES = ['001', '002', '003'].map(number => ({ number, spaceClass: 'STANDARD' as const }));

test('the states of all numbered spaces of a zone become its count; an incomplete zone has none', async () => {
  const lot = await city.lot({ zones: [{ code: 'MAIN', capacity: [{ spaceClass: 'STANDARD', total: 3, shareable: 3 }], spaces: SPACES }] });

  const first = await city.spaces({ told: [space(lot.id, '001', true, { observedAt: NOW - 5 }), space(lot.id, '002', false, { observedAt: NOW - 4 })], feed: 'eyes' });
  expect(await city.inForce(lot.id)).toEqual([]);
  const second = await city.spaces({ told: [space(lot.id, '003', true, { observedAt: NOW - 3 }), space(lot.id, '004', true), space(lot.id, '001', false, { observedAt: NOW - 6 }), space(lot.id, '001', true, { observedAt: NOW - 5 }), space(lot.id, '001', false, { observedAt: NOW - 5 })], feed: 'eyes' });

  expect(first.exceptions).toEqual([]);
  expect(second.exceptions).toEqual([[1, 'UNKNOWN_SPACE', null], [2, 'OUT_OF_ORDER', '2026-02-11T00:59:59.995Z'], [3, 'DUPLICATE', null], [4, 'SEQUENCE_REUSED', null]]);
  const [feed] = await city.database.query<{ id: string }>(`select id from occupancy_feed where name = 'eyes'`);
  expect(await city.inForce(lot.id)).toEqual([{ zoneId: lot.zones.MAIN, scope: 'SPACES', feedId: feed!.id, occupied: 2, free: null, observedAt: NOW - 3, sequence: 0, receivedAt: NOW, staleAfter: NOW - 3 + 3 * MINUTE, moved: 0 }]);
  expect(await city.figure(lot.id)).toEqual({ state: 'OPEN', free: 1, occupied: 2 });

  await city.spaces({ told: [space(lot.id, '001', false, { observedAt: NOW - 2 })], feed: 'eyes' });
  expect(await city.figure(lot.id)).toEqual({ state: 'OPEN', free: 2, occupied: 1 });
  expect(await city.database.query(`select scope, occupied, epoch_ms(observed_at) as at from occupancy_sample where facility_id = $1 order by observed_at`, [lot.id])).toEqual([{ scope: 'SPACES', occupied: 2, at: NOW - 3 }, { scope: 'SPACES', occupied: 1, at: NOW - 2 }]);
});

test('a space put out of service counts neither way, and a state of an unknown place is refused alone', async () => {
  const lot = await city.lot({ zones: [{ code: 'MAIN', capacity: [{ spaceClass: 'STANDARD', total: 3, shareable: 3 }], spaces: SPACES }] });
  await city.database.query(`update space set status = 'OUT_OF_SERVICE' where facility_id = $1 and number = '003'`, [lot.id]);

  const answer = await city.spaces({ told: [space(lot.id, '001', true), space(lot.id, '002', true), space(lot.id, '003', true), space('fac_00000000000000000000000000', '1', true), space(lot.id, '001', true, { zoneCode: 'ROOF' }), space(lot.id, '002', true, { observedAt: NOW + 6 * MINUTE })] });

  expect(reasonsOf(answer, 6)).toEqual([null, null, null, 'UNKNOWN_FACILITY', 'UNKNOWN_ZONE', 'FUTURE']);
  expect((await city.inForce(lot.id)).map(({ scope, occupied }) => ({ scope, occupied }))).toEqual([{ scope: 'SPACES', occupied: 2 }]);
});
