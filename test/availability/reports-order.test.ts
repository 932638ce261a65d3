import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { CountTold, EventTold } from '../../src/availability/rules/report-verdict.js';
import { seeded } from '../support/random.js';
import { faultyFeed, shuffledWithRepeats } from './report-faults.js';
import { NOW, count, event, openReportingCity, reasonsOf, type ReportingCity } from './reporting.js';

let city: ReportingCity;

beforeAll(async () => {
  city = await openReportingCity();
});

afterAll(() => city.database.close());

/** Through the database, where the rule's own test has the full numbers of G7; a tenth of each by default. */
const [REPORTS, PERMUTATIONS] = process.env.FAULTS === 'full' ? [1_200, 80] : [120, 8];

test('the known faults of the recorded feeds each get their verdict; the whole feed again changes nothing', async () => {
  const lots = await Promise.all([city.lot(), city.lot(), city.lot()]);
  const feed = faultyFeed({ seed: 20_220_719, facilityIds: lots.map(lot => lot.id), capacity: 20, length: 900 });

  const answer = await city.counts({ told: feed.map(({ told }) => told), feed: 'faulty' });

  expect(reasonsOf(answer, 900)).toEqual(feed.map(({ expected }) => expected));
  const before = await Promise.all(lots.map(lot => city.inForce(lot.id)));
  city.services.clock.advance(24 * 3_600_000);
  const replayed = await city.counts({ told: feed.map(({ told }) => told).filter(told => told.observedAt <= NOW), feed: 'faulty' });
  city.services.clock.set(NOW);
  expect(new Set(replayed.exceptions.map(([, reason]) => reason))).toEqual(new Set(['DUPLICATE', 'NEGATIVE', 'SEQUENCE_REUSED', 'MALFORMED']));
  expect(replayed.exceptions).toHaveLength(feed.filter(({ told }) => told.observedAt <= NOW).length);
  expect(await Promise.all(lots.map(lot => city.inForce(lot.id)))).toEqual(before);
});

test('G7: counts and vehicles in any order, any batches and with any repeats come to one state', async () => {
  const random = seeded(7);
  const zones = [{ code: 'A', capacity: [{ spaceClass: 'STANDARD' as const, total: 50, shareable: 50 }] }, { code: 'B', capacity: [{ spaceClass: 'STANDARD' as const, total: 50, shareable: 50 }] }];
  const told = Array.from({ length: REPORTS }, (_, n) => {
    const place = { zoneCode: random.pick([null, 'A', 'B']), observedAt: NOW - random.int(0, 2_000) };
    return random.chance(0.6)
      ? { kind: 'COUNT' as const, told: { ...place, scope: random.pick(['ALL', 'SHARED'] as const), sequence: n, ...(random.chance(0.5) ? { occupied: random.int(0, 60) } : { free: random.int(0, 60) }) } satisfies Partial<CountTold> }
      : { kind: 'EVENT' as const, direction: random.pick(['ENTRY', 'EXIT'] as const), id: `${n}`, told: { ...place, scope: random.pick(['ALL', 'SHARED'] as const) } satisfies Partial<EventTold> };
  });
  const ends: unknown[] = [];

  for (let permutation = 0; permutation < PERMUTATIONS; permutation++) {
    const lot = await city.lot({ zones });
    const order = shuffledWithRepeats(random, told);
    while (order.length > 0) {
      const run = Map.groupBy(order.splice(0, random.int(1, 40)), each => each.kind);
      await Promise.all([
        city.counts({ told: (run.get('COUNT') ?? []).map(each => count(lot.id, each.told as Partial<CountTold>)), feed: 'any order' }),
        city.events({ told: (run.get('EVENT') ?? []).map(each => event(lot.id, (each as { direction: 'ENTRY' }).direction, (each as { id: string }).id, each.told as Partial<EventTold>)), feed: 'any order' }),
      ]);
    }
    const byZone = Object.fromEntries(Object.entries(lot.zones).map(([code, id]) => [id, code]));
    const hours = await city.database.query<Record<string, unknown>>('select zone_key, scope, reports, occupied_sum::int, free_sum::int, least_free from occupancy_hour where facility_id = $1', [lot.id]);
    ends.push({
      counts: (await city.inForce(lot.id)).map(({ zoneId, ...rest }) => JSON.stringify({ zone: zoneId && byZone[zoneId], ...rest })).sort(),
      figure: await city.figure(lot.id),
      hours: hours.map(({ zone_key, ...rest }) => JSON.stringify({ zone: byZone[String(zone_key)] ?? null, ...rest })).sort(),
    });
  }

  expect(ends).toEqual(ends.map(() => ends[0]));
  expect((ends[0] as { counts: unknown[] }).counts).toHaveLength(6);
}, 900_000);

test('callers at once on the same car parks, in opposite orders, all succeed and leave the newest count', async () => {
  const lots = await Promise.all(Array.from({ length: 6 }, () => city.lot()));
  const calls = Array.from({ length: 24 }, (_, caller) => {
    const told = lots.map(lot => count(lot.id, { occupied: caller % 20, observedAt: NOW - 24 + caller }));
    return city.counts({ told: caller % 2 === 0 ? told : told.reverse(), feed: `caller ${caller % 4}` });
  });

  const answers = await Promise.all(calls);

  expect(answers.flatMap(answer => answer.exceptions).filter(([, reason]) => reason !== 'OUT_OF_ORDER')).toEqual([]);
  expect((await Promise.all(lots.map(lot => city.inForce(lot.id)))).map(([first]) => first!.observedAt)).toEqual(lots.map(() => NOW - 1));
});
