import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemClock } from '../../src/platform/index.js';
import { rooms } from '../../src/server/rooms.js';
import { runJob } from '../../src/server/jobs.js';
import { seeded } from '../support/random.js';
import { openBookedCity, type BookedCity, type Lot } from './booked-city.js';
import { brokenInvariants, exceededInstants, UNDER_WAY } from './booking-invariants.js';
import { Booker, Lender, type Mix } from './booking-actors.js';
import { until } from './machines.js';

const FULL = process.env.FAULTS === 'full';
const SEED = Number(process.env.FAULT_SEED ?? 4);
const LASTS_MS = FULL ? 60_000 : 6_000;
const SERVERS = 4;
const BOOKERS = 10;
/** On a machine that is busy with others the mix goes on until it has met so many calls. */
const LEAST_CALLS = 500;

let city: BookedCity;
let lots: Lot[];

beforeAll(async () => {
  city = await openBookedCity();
  const tariffId = await city.tariff(600);
  lots = await Promise.all([city.lot(5), city.lot(5, { tariffId }), city.lot(5, { tariffId })]);
  // Two seconds to pay in, and three for a vehicle to come: both end while the mix goes on.
  await city.shortTerms(lots[1]!, { holdMinutes: 1 / 30, noShowAfterMinutes: 1 / 20, lateStopMinutes: 0 });
  await city.shortTerms(lots[2]!, { payAfterMinutes: 60 });
  await Promise.all(Array.from({ length: SERVERS }, () => city.startServer()));
}, 120_000);

afterAll(() => city.close());

/** Watches all the while: one snapshot after the other, whenever a few answers were given. */
async function watch(mix: Mix): Promise<{ readonly looks: number; readonly exceeded: readonly object[] }> {
  let looks = 0;
  const exceeded: object[] = [];
  for (; mix.isOn(); looks++) {
    const seen = mix.answers;
    exceeded.push(...(await exceededInstants(city.database)));
    await until('the mix goes on', () => mix.answers >= seen + 3 || !mix.isOn(), 30_000);
  }
  return { looks, exceeded };
}

test(`G1, G3, G6: bookings, changes, payments, gates, suspensions and cuts at random from ${SERVERS} servers, one killed amid them, keep every promise (seed ${SEED})`, async () => {
  const endsAt = performance.now() + LASTS_MS;
  const mix: Mix = { city, lots, isOn: () => performance.now() < endsAt || mix.answers < LEAST_CALLS, faults: [], calls: new Map(), answers: 0 };
  const drivers = await Promise.all(Array.from({ length: BOOKERS }, () => city.driver()));
  const random = seeded(SEED);
  const actors = [...drivers.map((driver, i) => new Booker(mix, driver, seeded(SEED * 1_000 + i)).live()), new Lender(mix, seeded(SEED * 1_000 + 999)).live()];
  const watched = watch(mix);

  const crash = performance.now() + LASTS_MS * (0.3 + 0.3 * random.next());
  await until('it is time to crash', () => performance.now() >= crash, LASTS_MS);
  await city.kill(random.pick(city.servers));
  await city.startServer();
  await Promise.all(actors);
  const { looks, exceeded } = await watched;
  await settle();

  const said = mix.faults.length > 0 ? city.servers.map(server => server.said) : [];
  expect({ seed: SEED, faults: mix.faults.slice(0, 5), said, exceeded: exceeded.slice(0, 3) }).toEqual({ seed: SEED, faults: [], said: [], exceeded: [] });
  expect({ seed: SEED, ...(await brokenInvariants(city)) }).toEqual({ seed: SEED });
  // One look for every few answers: somebody watched all the while.
  expect(looks).toBeGreaterThan(mix.answers / 50);
  await expectEverythingHappened();
}, LASTS_MS + 120_000);

/**
 * Turns the jobs that would come by themselves, until nothing is under way any more. A provider takes one refund of a
 * payment a minute, and what a killed server was sending is sent again after one: that clock runs ahead.
 */
async function settle(): Promise<void> {
  const jobs = rooms.flatMap(room => room.jobs ?? []).filter(job => job.isSingle && !/settlement|forget|keep-/.test(job.name));
  let left: object = {};
  let aheadMs = 0;
  await until('nothing is under way any more', async () => {
    aheadMs += 61_000;
    const later = { ...city.services, clock: { now: () => systemClock.now() + aheadMs } } as unknown as typeof city.services;
    for (const job of jobs) await runJob(job.name === 'send-refunds' ? later : city.services, job);
    [left] = (await city.database.query(UNDER_WAY)) as [object];
    return Object.values(left).every(count => count === 0);
  }, 60_000).catch(error => {
    throw new Error(`seed ${SEED}: ${String(error)}: ${JSON.stringify(left)}`);
  });
}

/** A mix in which nothing happened proves nothing. */
async function expectEverythingHappened(): Promise<void> {
  const [row] = await city.database.query<Record<string, number>>(`
    select (select count(distinct state) from reservation)::int as states,
      (select count(*) from reservation)::int as booked,
      (select count(*) from session)::int as sessions, (select count(*) from charge_payment)::int as payments, (select count(*) from refund)::int as refunds,
      (select count(*) from revocation)::int as revocations, (select count(*) from window_suspension)::int as suspensions`);
  expect(Object.entries(row!).filter(([, count]) => count === 0)).toEqual([]);
}
