import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { forgetClaimDays } from '../../src/availability/forget-claim-days.js';
import { DAY_MS, countedPart } from '../../src/availability/rules/claim-grain.js';
import { ask, at, countedRuns, during, made, openClaimingCity, type ClaimingCity } from './claiming.js';

let city: ClaimingCity;

beforeAll(async () => {
  city = await openClaimingCity();
});

beforeEach(() => city.services.clock.set(at('09:00')));

afterAll(() => city.database.close());

const claimsOf = async (facilityId: string) => (await city.database.query<{ count: number }>('select count(*)::int as count from claim where facility_id = $1', [facilityId]))[0]!.count;

/** The evening of 2026-02-11, so many days later. */
const evening = (day: number) => ({ startsAt: at('18:00', day), endsAt: at('20:00', day) });

test('counters of a day go once it is past by more than eight days, in UTC; the claims and every later day stay', async () => {
  const id = await city.lot();
  await city.claim([ask(id, { during: evening(0) }), ask(id, { during: evening(1) }), ask(id, { during: evening(9) })]);
  const runs = await countedRuns(city.database, id);
  expect(runs).toHaveLength(3);

  // 2026-02-11 is past by eight days on the 19th, and by nine from 08:00 on the 20th in Quanzhou.
  city.services.clock.set(at('07:59', 9));
  expect(await forgetClaimDays(city.services)).toBe(0);
  city.services.clock.set(at('08:00', 9));
  expect(await forgetClaimDays(city.services)).toBe(1);

  expect(await countedRuns(city.database, id)).toEqual(runs.slice(1));
  expect(await claimsOf(id)).toBe(3);
  expect(await forgetClaimDays(city.services)).toBe(0);
});

test('what was promised before is given back, shortened and told late though its counters are gone, by who remembers them and by who does not', async () => {
  const id = await city.lot();
  const [over, long] = (await city.claim([ask(id, { during: evening(0) }), ask(id, { during: { startsAt: at('18:00'), endsAt: at('20:00', 12) } })])).map(made);
  city.services.clock.set(at('09:00', 10));
  await forgetClaimDays(city.services);

  await city.release(over!.claimId);
  // Another server, which has read nothing of the facility before, and a claim that was told of ten days late.
  const other = { ...city.services, database: { ...city.database } };
  await city.claim([ask(id, { during: during('10:00–11:00') })], other);
  await city.release(long!.claimId, at('20:00', 1));

  // The one day that is counted on no more and not deleted yet stands as it was.
  expect(await countedRuns(city.database, id)).toEqual(['--:: 2026-02-13T08:00–2026-02-14T08:00 1']);
  city.services.clock.set(at('09:00', 20));
  await forgetClaimDays(city.services);
  expect(await countedRuns(city.database, id)).toEqual([]);
});

test('eight servers promise and give back while a ninth forgets: every counter is the sum of its claims', async () => {
  const id = await city.lot();
  await city.claim(Array.from({ length: 5 }, (_, day) => ask(id, { during: evening(day) })));
  city.services.clock.set(at('09:00', 12));

  const [forgotten] = await Promise.all([
    Promise.all(Array.from({ length: 10 }, () => forgetClaimDays(city.services))),
    ...Array.from({ length: 8 }, async (_, server) => {
      const services = city.database.backEnd === 'EMBEDDED' ? city.services : { ...city.services, database: { ...city.database } };
      const [outcome] = await city.claim([ask(id, { during: evening(12 + (server % 4)), spaces: 1 })], services);
      if (server % 2 === 0) await city.release(made(outcome).claimId);
    }),
  ]);

  expect(forgotten.reduce((sum, each) => sum + each, 0)).toBe(4);
  const days = await city.database.query<{ day: string; most: number }>(`select d.day::text as day, max(n)::int as most from claim_day d, unnest(d.claimed) as n where d.facility_id = $1 group by 1 order by 1`, [id]);
  expect(days).toEqual([
    { day: '2026-02-15', most: 1 }, { day: '2026-02-23', most: 0 }, { day: '2026-02-24', most: 2 }, { day: '2026-02-25', most: 0 }, { day: '2026-02-26', most: 2 },
  ]);
});

test('rules: seven days that are past are counted, nothing before them', () => {
  const now = 20 * DAY_MS + 5;

  expect(countedPart({ startsAt: 0, endsAt: 30 * DAY_MS }, now)).toEqual({ startsAt: 13 * DAY_MS, endsAt: 30 * DAY_MS });
  expect(countedPart({ startsAt: 14 * DAY_MS, endsAt: 15 * DAY_MS }, now)).toEqual({ startsAt: 14 * DAY_MS, endsAt: 15 * DAY_MS });
  expect(countedPart({ startsAt: 0, endsAt: 13 * DAY_MS }, now)).toBeNull();
});
