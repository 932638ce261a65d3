import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { recordDelegation } from '../../src/identity/index.js';
import { formatInstant } from '../../src/platform/graphql/index.js';
import { scopeOf } from '../support/scope.js';
import { NOW, count, openReportingCity, reasonsOf, type ReportingCity } from './reporting.js';

let city: ReportingCity;

beforeAll(async () => {
  city = await openReportingCity();
});

afterAll(() => city.database.close());

const MINUTE = 60_000;
const HOUR = 3_600_000;

/** What a call wrote, as the difference of what each table holds. */
async function writtenBy(act: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = await city.written();
  await act();
  const after = await city.written();
  return Object.fromEntries(Object.entries(after).map(([table, rows]) => [table, rows - before[table]!] as const).filter(([, more]) => more !== 0));
}

async function findingsOf(feed: string): Promise<Array<Record<string, unknown>>> {
  return city.database.query(`select n.kind, n.reason, n.facility_id as "facilityId", n.times, n.raw from occupancy_finding n join occupancy_feed f on f.id = n.feed_id where f.name = $1 order by n.id`, [feed]);
}

async function feedCounts(feed: string): Promise<Record<string, unknown>> {
  const [row] = await city.database.query('select accepted::int, ignored::int, quarantined::int from occupancy_feed where name = $1', [feed]);
  return row!;
}

/** A text that two equal objects share. */
const sorted = (value: object): string => JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));

test('a count is kept as a sample, comes into force and changes the figure', async () => {
  const lot = await city.lot();

  const answer = await city.counts({ told: [count(lot.id, { occupied: 8 })], feed: 'plain' });

  expect(answer).toEqual({ exceptions: [] });
  const [feed] = await city.database.query<{ id: string }>(`select id from occupancy_feed where name = 'plain'`);
  expect(await city.inForce(lot.id)).toEqual([{ zoneId: null, scope: 'ALL', feedId: feed!.id, occupied: 8, free: null, observedAt: NOW, sequence: 0, receivedAt: NOW, staleAfter: NOW + 3 * MINUTE, moved: 0 }]);
  expect(await city.figure(lot.id)).toEqual({ state: 'OPEN', free: 12, occupied: 8 });
  expect(await city.database.query(`select zone_key, space_class, scope, epoch_ms(observed_at) as at, sequence::int, occupied, free, epoch_ms(received_at) as received from occupancy_sample where facility_id = $1`, [lot.id])).toEqual([
    { zone_key: 'FACILITY', space_class: 'STANDARD', scope: 'ALL', at: NOW, sequence: 0, occupied: 8, free: null, received: NOW },
  ]);
});

test('G9: what cannot be believed is quarantined with its reason, kept raw, and nothing else is written', async () => {
  const lot = await city.lot();
  const strange = await city.party();
  const [other] = [await city.lot({ owner: { id: strange } })];
  const cases: Array<readonly [string, Parameters<typeof count>[1] & object, string, number | string | null]> = [
    ['MALFORMED', { facilityId: null }, lot.id, 'FACILITY'],
    ['MALFORMED', { facilityCode: lot.code }, lot.id, 'FACILITY'],
    ['MALFORMED', { facilityId: null, facilityCode: lot.code }, lot.id, 'REGISTER'],
    ['MALFORMED', { occupied: 1, free: 1 }, lot.id, 'COUNT'],
    ['MALFORMED', { occupied: null, free: null }, lot.id, 'COUNT'],
    ['NEGATIVE', { occupied: -1 }, lot.id, -1],
    ['NEGATIVE', { free: -3 }, lot.id, -3],
    ['UNKNOWN_FACILITY', {}, 'fac_01kh3w2a00e4vb3gv1mfzz9zzz', null],
    ['UNKNOWN_FACILITY', {}, 'lot 7', null],
    ['UNKNOWN_ZONE', { zoneCode: 'ROOF' }, lot.id, null],
    ['UNKNOWN_CLASS', { spaceClass: 'LARGE' }, lot.id, null],
    ['UNKNOWN_CLASS', { spaceClass: 'CHARGING', zoneCode: 'MAIN' }, lot.id, null],
    ['FUTURE', { observedAt: NOW + 5 * MINUTE + 1 }, lot.id, 301],
    ['WRONG_PARTY', {}, other!.id, city.ownerId],
  ];
  const told = cases.map(([, differs, id]) => count(id, differs));

  const written = await writtenBy(async () => {
    const answer = await city.counts({ told, feed: 'unbelievable', idempotencyKey: 'unbelievable' });
    expect(answer.exceptions).toEqual(cases.map(([reason, , , detail], index) => [index, reason, detail]));
  });

  expect(written).toEqual({ occupancy_feed: 1, occupancy_finding: cases.length, idempotency_record: 1 });
  expect(await feedCounts('unbelievable')).toEqual({ accepted: 0, ignored: 0, quarantined: cases.length });
  expect((await findingsOf('unbelievable')).map(({ kind, reason, raw }) => sorted({ kind, reason, raw: sorted(raw as object) })).sort()).toEqual(
    cases.map(([reason, , , detail], index) => sorted({ kind: 'QUARANTINED', reason, raw: sorted({ ...told[index], observedAt: formatInstant(told[index]!.observedAt), register: null, detail }) })).sort(),
  );
  expect(await city.inForce(lot.id)).toEqual([]);
  expect(await city.inForce(other!.id)).toEqual([]);
});

test('a clock that runs ahead by five minutes is believed, and stays fresh by ours', async () => {
  const lot = await city.lot();

  const answer = await city.counts({ told: [count(lot.id, { observedAt: NOW + 5 * MINUTE })] });

  expect(answer).toEqual({ exceptions: [] });
  expect((await city.inForce(lot.id))[0]).toMatchObject({ observedAt: NOW + 5 * MINUTE, receivedAt: NOW, staleAfter: NOW + 3 * MINUTE });
});

test('an observation of exactly 48 hours is history; one a millisecond older is not kept', async () => {
  const lot = await city.lot();

  const answer = await city.counts({ told: [count(lot.id, { observedAt: NOW - 48 * HOUR - 1 })], feed: 'old' });
  const kept = await city.counts({ told: [count(lot.id, { observedAt: NOW - 48 * HOUR })], feed: 'old' });

  expect(answer.exceptions).toEqual([[0, 'EXPIRED', null]]);
  expect(kept.exceptions).toEqual([[0, 'LATE', 48 * 3_600 - 180]]);
  expect(await feedCounts('old')).toEqual({ accepted: 1, ignored: 1, quarantined: 0 });
  expect(await city.database.query('select 1 as one from occupancy_sample where facility_id = $1', [lot.id])).toHaveLength(1);
});

test('P3, C1: more than there are is accepted and kept raw, the figure is clamped, and one finding an hour counts', async () => {
  const lot = await city.lot({ zones: [{ code: 'MAIN', capacity: [{ spaceClass: 'STANDARD', total: 20, shareable: 10 }] }] });
  const told = [count(lot.id, { free: 25, observedAt: NOW - 3 }), count(lot.id, { occupied: 21, observedAt: NOW - 2 }), count(lot.id, { free: 11, scope: 'SHARED', observedAt: NOW - 1 }), count(lot.id, { free: 26, observedAt: NOW })];

  const answer = await city.counts({ told, feed: 'boastful' });
  await city.counts({ told: [count(lot.id, { free: 27, observedAt: NOW + 1 })], feed: 'boastful' });

  expect(answer.exceptions).toEqual([[0, 'ABOVE_CAPACITY', 20], [1, 'ABOVE_CAPACITY', 20], [2, 'ABOVE_CAPACITY', 10], [3, 'ABOVE_CAPACITY', 20]]);
  expect((await findingsOf('boastful')).map(({ kind, times, raw }) => ({ kind, times, free: (raw as { free: number }).free }))).toEqual(expect.arrayContaining([{ kind: 'ABOVE_CAPACITY', times: 4, free: 25 }, { kind: 'ABOVE_CAPACITY', times: 1, free: 11 }]));
  expect(await findingsOf('boastful')).toHaveLength(2);
  expect((await city.inForce(lot.id)).map(({ scope, free }) => ({ scope, free }))).toEqual([{ scope: 'ALL', free: 27 }, { scope: 'SHARED', free: 11 }]);
  expect((await city.figure(lot.id)).free).toBe(10);
});

test('a repeated, an older and a contradicting report leave what is in force as it is', async () => {
  const lot = await city.lot();
  await city.counts({ told: [count(lot.id, { occupied: 8, sequence: 5 })], feed: 'stable' });
  const before = { counts: await city.inForce(lot.id), figure: await city.figure(lot.id) };

  const written = await writtenBy(async () => {
    const answer = await city.counts({ feed: 'stable', told: [
      count(lot.id, { occupied: 8, sequence: 5 }), count(lot.id, { occupied: 9, sequence: 5 }), count(lot.id, { free: 12, sequence: 5 }), count(lot.id, { occupied: 3, sequence: 4 }), count(lot.id, { occupied: 4, observedAt: NOW - 1, sequence: 9 }),
    ] });
    expect(answer.exceptions).toEqual([[0, 'DUPLICATE', null], [1, 'SEQUENCE_REUSED', null], [2, 'SEQUENCE_REUSED', null], [3, 'OUT_OF_ORDER', '2026-02-11T01:00:00.000Z'], [4, 'OUT_OF_ORDER', '2026-02-11T01:00:00.000Z']]);
  });

  expect({ counts: await city.inForce(lot.id), figure: await city.figure(lot.id) }).toEqual(before);
  expect(written).toEqual({ occupancy_sample: 2, occupancy_finding: 2, occupancy_hour: 1, idempotency_record: 1 });
  expect(await feedCounts('stable')).toEqual({ accepted: 1, ignored: 3, quarantined: 2 });
});

test('within one call the same report twice is one, and another content of it is refused', async () => {
  const lot = await city.lot();

  const answer = await city.counts({ told: [count(lot.id, { occupied: 8 }), count(lot.id, { occupied: 8 }), count(lot.id, { occupied: 7 }), count(lot.id, { occupied: 6, sequence: 1 })] });

  expect(answer.exceptions).toEqual([[1, 'DUPLICATE', null], [2, 'SEQUENCE_REUSED', null]]);
  expect((await city.inForce(lot.id)).map(({ occupied, sequence }) => ({ occupied, sequence }))).toEqual([{ occupied: 6, sequence: 1 }]);
});

test('a late count takes the place of an older one, but makes no figure fresh', async () => {
  const lot = await city.lot();
  await city.counts({ told: [count(lot.id, { occupied: 8, observedAt: NOW - 10 * MINUTE })] });

  const answer = await city.counts({ told: [count(lot.id, { occupied: 9, observedAt: NOW - 3 * MINUTE })] });

  expect(answer.exceptions).toEqual([[0, 'LATE', 0]]);
  expect((await city.inForce(lot.id)).map(({ occupied }) => occupied)).toEqual([9]);
  expect(await city.figure(lot.id)).toEqual({ state: 'UNKNOWN', free: null, occupied: null });
});

test('of two feeds that count the same spaces the newest observation stands, and zones and scopes stand apart', async () => {
  const lot = await city.lot({ zones: [{ code: 'A', capacity: [{ spaceClass: 'STANDARD', total: 12, shareable: 12 }] }, { code: 'B', capacity: [{ spaceClass: 'STANDARD', total: 8, shareable: 8 }] }] });
  await city.counts({ feed: 'loops', told: [count(lot.id, { zoneCode: 'A', occupied: 2, observedAt: NOW - 2 })] });
  await city.counts({ feed: 'cameras', told: [count(lot.id, { zoneCode: 'A', occupied: 5, observedAt: NOW - 1 }), count(lot.id, { zoneCode: 'A', scope: 'SHARED', free: 4 })] });
  const late = await city.counts({ feed: 'loops', told: [count(lot.id, { zoneCode: 'A', occupied: 3, observedAt: NOW - 2, sequence: 1 })] });

  expect(reasonsOf(late, 1)).toEqual(['OUT_OF_ORDER']);
  expect((await city.figure(lot.id)).free).toBeNull();
  await city.counts({ feed: 'loops', told: [count(lot.id, { zoneCode: 'B', occupied: 1 })] });

  const inForce = await city.inForce(lot.id);
  expect(inForce.map(({ zoneId, scope, occupied, free }) => ({ zoneId, scope, occupied, free }))).toEqual(expect.arrayContaining([
    { zoneId: lot.zones.A, scope: 'ALL', occupied: 5, free: null }, { zoneId: lot.zones.A, scope: 'SHARED', occupied: null, free: 4 }, { zoneId: lot.zones.B, scope: 'ALL', occupied: 1, free: null },
  ]));
  expect(inForce).toHaveLength(3);
  expect(await city.figure(lot.id)).toEqual({ state: 'OPEN', free: 14, occupied: 6 });
});

test('a facility is found by its code in a register, and the hour sums every sample', async () => {
  const lot = await city.lot();

  const answer = await city.counts({ register: 'test', told: [count(lot.id, { facilityId: null, facilityCode: lot.code, occupied: 8 }), count(lot.id, { facilityId: null, facilityCode: lot.code, free: 3, sequence: 1 }), count(lot.id, { facilityId: null, facilityCode: lot.code, free: 7, sequence: 2 }), count('', { facilityId: null, facilityCode: 'elsewhere' })] });

  expect(answer.exceptions).toEqual([[3, 'UNKNOWN_FACILITY', null]]);
  expect(await city.database.query(`select zone_key, scope, epoch_ms(hour_at) as at, reports, occupied_sum::int, occupied_reports, free_sum::int, free_reports, least_free from occupancy_hour where facility_id = $1`, [lot.id])).toEqual([
    { zone_key: 'FACILITY', scope: 'ALL', at: NOW, reports: 3, occupied_sum: 8, occupied_reports: 1, free_sum: 10, free_reports: 2, least_free: 3 },
  ]);
});

test('what a facility is, is read anew as soon as it changes', async () => {
  const lot = await city.lot();
  await city.counts({ told: [count(lot.id, { occupied: 1, observedAt: NOW - 1 })] });
  const heir = await city.party();
  await city.database.query('update facility set owner_party_id = $2 where id = $1', [lot.id, heir]);
  await city.database.query(`update facility_search set version = nextval('facility_search_version') where facility_id = $1`, [lot.id]);

  const former = await city.counts({ told: [count(lot.id)] });
  const heirs = await city.counts({ told: [count(lot.id)] }, city.reporter(heir));

  expect(reasonsOf(former, 1)).toEqual(['WRONG_PARTY']);
  expect(reasonsOf(heirs, 1)).toEqual([null]);
});

test('G8: one bad of 500 sinks nobody: 499 are applied and one is told by its index', async () => {
  const lots = await Promise.all(Array.from({ length: 5 }, () => city.lot()));
  const told = Array.from({ length: 500 }, (_, index) => count(lots[index % 5]!.id, { occupied: index % 21, observedAt: NOW - 1_000 + Math.floor(index / 5), ...(index === 321 ? { occupied: -1 } : {}) }));

  const answer = await city.counts({ told, feed: 'five hundred' });

  expect(answer.exceptions).toEqual([[321, 'NEGATIVE', -1]]);
  expect(await feedCounts('five hundred')).toEqual({ accepted: 499, ignored: 0, quarantined: 1 });
  expect((await Promise.all(lots.map(lot => city.inForce(lot.id)))).map(([first]) => first!.occupied)).toEqual([495 % 21, 496 % 21, 497 % 21, 498 % 21, 499 % 21]);
});

test('G8, I17: a batch sent again after its connection was cut doubles nothing and answers the same', async () => {
  const lot = await city.lot();
  const told = Array.from({ length: 50 }, (_, index) => count(lot.id, { occupied: index % 20, observedAt: NOW - 100 + index, ...(index === 7 ? { occupied: -7 } : {}) }));
  const first = await city.counts({ told, feed: 'cut', idempotencyKey: 'cut' });

  const again = await writtenBy(async () => expect(await city.counts({ told, feed: 'cut', idempotencyKey: 'cut' })).toEqual(first));
  const underAnotherKey = await city.counts({ told, feed: 'cut', idempotencyKey: 'cut again' });

  expect(again).toEqual({});
  expect(reasonsOf(underAnotherKey, 50)).toEqual(told.map((_, index) => (index === 7 ? 'NEGATIVE' : 'DUPLICATE')));
  expect(await city.database.query(`select reports from occupancy_hour where facility_id = $1`, [lot.id])).toEqual([{ reports: 49 }]);
  await expect(city.counts({ told: told.slice(1), feed: 'cut', idempotencyKey: 'cut' })).rejects.toMatchObject({ code: 'CONFLICT', extensions: { reason: 'KEY_REUSED' } });
});

test('more than a thousand at once, a nameless feed, and a party that is not the caller’s are refused before anything is written', async () => {
  const lot = await city.lot();
  const strange = await city.party();

  expect(await writtenBy(async () => {
    await expect(city.counts({ told: Array.from({ length: 1_001 }, () => count(lot.id)) })).rejects.toMatchObject({ code: 'BAD_USER_INPUT', message: 'too many: at most 1000 at once, got 1001', extensions: { field: 'input.reports' } });
    await expect(city.counts({ told: [count(lot.id)], feed: '' })).rejects.toMatchObject({ code: 'BAD_USER_INPUT', extensions: { field: 'input.feed' } });
    await expect(city.counts({ told: [count(lot.id)], partyId: strange })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(city.counts({ told: [count(lot.id)] }, city.reporter(city.ownerId, strange))).rejects.toMatchObject({ code: 'BAD_USER_INPUT', extensions: { field: 'input.partyId' } });
    await expect(city.counts({ told: [count(lot.id)], idempotencyKey: '' })).rejects.toMatchObject({ code: 'BAD_USER_INPUT', extensions: { field: 'idempotencyKey' } });
  })).toEqual({});
});

test('a right that reaches a jurisdiction alone ends at its border', async () => {
  const lot = await city.lot();
  const within = { ...city.reporter(city.ownerId), grants: [{ action: 'occupancy:report', partyId: null, jurisdictionCode: '350502' }] };
  const elsewhere = { ...within, grants: [{ action: 'occupancy:report', partyId: null, jurisdictionCode: '350503' }] };

  expect(reasonsOf(await city.counts({ told: [count(lot.id)] }, within), 1)).toEqual([null]);
  expect(reasonsOf(await city.counts({ told: [count(lot.id, { sequence: 1 })] }, elsewhere), 1)).toEqual(['WRONG_PARTY']);
});

test('I12: an agent reports for its principal under its own name, with the power to report, for as long as the delegation lasts', async () => {
  const lot = await city.lot();
  const [agent, other] = [await city.party(), await city.party()];
  const delegate = (agentId: string, powers: readonly ['REPORT'] | readonly ['MANAGE'], endsAt: number) =>
    recordDelegation(scopeOf(city.services), { principalId: city.ownerId, agentId, powers, startsAt: NOW - HOUR, endsAt, procurementReference: 'Q-2026-1' });
  const told = async (partyId: string, sequence: number) => reasonsOf(await city.counts({ told: [count(lot.id, { sequence })], feed: 'agent', partyId }, city.reporter(partyId)), 1);

  expect(await told(agent, 1)).toEqual(['WRONG_PARTY']);
  await delegate(agent, ['MANAGE'], NOW + HOUR);
  await delegate(other, ['REPORT'], NOW + HOUR);
  expect(await told(agent, 2)).toEqual(['WRONG_PARTY']);
  await delegate(agent, ['REPORT'], NOW + MINUTE);
  expect(await told(agent, 3)).toEqual([null]);
  city.services.clock.advance(MINUTE);
  expect(await told(agent, 4)).toEqual(['WRONG_PARTY']);
  city.services.clock.set(NOW);

  const [feed] = await city.database.query<{ party: string }>(`select party_id as party from occupancy_feed where name = 'agent' and accepted = 1`);
  expect(feed!.party).toBe(agent);
});

test('one bad feed cannot fill the table: a thousand findings an hour are kept, the rest is counted', async () => {
  const told = Array.from({ length: 600 }, (_, index) => count('nowhere', { occupied: index }));
  await city.counts({ told, feed: 'flood' });
  await city.counts({ told, feed: 'flood' });
  await city.counts({ told, feed: 'flood' });

  expect(await findingsOf('flood')).toHaveLength(1_000);
  expect(await feedCounts('flood')).toEqual({ accepted: 0, ignored: 0, quarantined: 1_800 });
});
