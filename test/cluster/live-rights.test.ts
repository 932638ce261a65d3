import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { seeded } from '../support/random.js';
import { openLiveCity, Writer, type LiveCity } from './live-city.js';
import { LiveReader } from './live-reader.js';
import { PrivateRedis, until } from './machines.js';

const KEYS = process.env.FAULTS === 'full' ? 40 : 6;

let redis: PrivateRedis;
let city: LiveCity;

beforeAll(async () => {
  redis = await PrivateRedis.start();
  city = await openLiveCity({ facilities: 10, redisUrl: redis.url });
  await Promise.all([city.startServer(), city.startServer()]);
}, 60_000);

afterAll(async () => {
  await city.close();
  await redis.close();
});

test(`G14: ${KEYS} keys revoked one after the other end their sockets on both servers with 4403 within 5 s, and nobody else's`, async () => {
  const random = seeded(5);
  const keys = await Promise.all(Array.from({ length: KEYS }, () => city.issue()));
  const readersOf = await Promise.all(keys.map(async ({ secret }) => {
    const readers = city.servers.flatMap(() => [1, 5].map(streams => new LiveReader({ key: secret, streams })));
    await Promise.all(readers.map((reader, i) => reader.connect(city.servers[i % 2]!)));
    return readers;
  }));
  const writer = new Writer(city, { seed: 5, everyMs: 25, size: 4 });

  const took: number[] = [];
  const revoked = keys.slice(0, -1);
  await Promise.all(revoked.map(async ({ keyId, secret }, i) => {
    // At any moment of a re-check, and just after both servers were asked with it, and so believe it again.
    const awaited = random.int(5, 100);
    await until('some writes were made', () => writer.batches >= awaited, 20_000);
    await Promise.all(city.servers.map(({ address }) => fetch(`${address}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: secret }, body: '{"query":"{ __typename }"}' })));
    await city.revoke(keyId);
    const begun = performance.now();
    await until('each of its sockets is closed', () => readersOf[i]!.every(reader => reader.closes.length > 0), 10_000);
    took.push(performance.now() - begun);
  }));
  await writer.stop();

  expect(Math.max(...took)).toBeLessThanOrEqual(5_000);
  expect(readersOf.slice(0, -1).flatMap(readers => readers.map(({ closes }) => closes))).toEqual(revoked.flatMap(() => [[4403], [4403], [4403], [4403]]));
  const truth = await city.truth();
  const left = readersOf.at(-1)!;
  await until('who kept the key is told all', () => left.every(reader => reader.told.every(told => JSON.stringify(told.figures()) === JSON.stringify(truth))), 5_000);
  expect(left.flatMap(({ closes, told }) => [...closes, ...told.flatMap(each => each.broken)])).toEqual([]);
  for (const reader of readersOf.slice(0, -1).flat()) await expect(reader.connect(city.servers[0]!)).rejects.toThrow('closed with 4403');
}, 90_000);

test('G14: a key that ends closes its sockets with 4403 within a second, on both servers', async () => {
  const expiresAt = Date.now() + 3_000;
  const { secret } = await city.issue({ expiresAt });
  const readers = city.servers.map(() => new LiveReader({ key: secret }));
  await Promise.all(readers.map((reader, i) => reader.connect(city.servers[i]!)));
  expect(readers.map(reader => reader.isOpen)).toEqual([true, true]);

  await until('both sockets are closed', () => readers.every(reader => reader.closes.length > 0), 6_000);

  expect(Date.now() - expiresAt).toBeLessThanOrEqual(1_000);
  expect(Date.now()).toBeGreaterThanOrEqual(expiresAt);
  expect(readers.map(reader => reader.closes)).toEqual([[4403], [4403]]);
}, 30_000);
