import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openLiveCity, Writer, type LiveCity } from './live-city.js';
import { LiveReader } from './live-reader.js';
import { PrivatePostgres, PrivateRedis, until, withClient } from './machines.js';

const RESTARTS = process.env.FAULTS === 'full' ? 20 : 3;

let postgres: PrivatePostgres;
let redis: PrivateRedis;
let city: LiveCity;

beforeAll(async () => {
  [postgres, redis] = await Promise.all([PrivatePostgres.start(), PrivateRedis.start()]);
  city = await openLiveCity({ facilities: 20, redisUrl: redis.url, url: postgres.url });
  await Promise.all([city.startServer(), city.startServer()]);
}, 60_000);

afterAll(async () => {
  await city.close();
  await redis.close();
  postgres.close();
});

test(`G11, G15: PostgreSQL restarted at once ${RESTARTS} times under streams: the same processes and sockets go on, and no reader is left behind`, async () => {
  const readers = city.servers.flatMap(() => [0, 100].map(minIntervalMs => new LiveReader({ key: city.key, minIntervalMs })));
  await Promise.all(readers.map((reader, i) => reader.connect(city.servers[i % 2]!)));
  const writers = [1, 2].map(seed => new Writer(city, { seed, everyMs: 10, size: 5 }));
  const pids = city.servers.map(server => server.pid);

  const backMs: number[] = [];
  for (let restart = 0; restart < RESTARTS; restart++) {
    const awaited = writers[0]!.batches + 20;
    await until('writes go on', () => writers[0]!.batches >= awaited, 20_000);
    postgres.restart();
    const written = writers.map(writer => writer.batches);
    backMs.push(await until('writes are taken again', () => writers.every((writer, i) => writer.batches > written[i]!), 10_000));
  }
  await Promise.all(writers.map(writer => writer.stop()));

  // Not the pool of this process, whose connections the restart cut off: a connection of its own.
  const log = await withClient(postgres.url, async client => (await client.query(`
    select facility_id as id, max(version)::int as newest, count(*)::int as versions, bool_and(position > before) as "isInOrder"
    from (select *, coalesce(lag(position) over (partition by facility_id order by version), 0) as before from availability_change) as c
    group by facility_id order by facility_id`)).rows as Array<{ id: string; newest: number; versions: number; isInOrder: boolean }>);
  const newest = log.map(({ id, newest }) => [id, String(newest)]);
  const known = (reader: LiveReader): unknown => [...reader.told[0]!.facilities.values()].map(({ facilityId, version }) => [facilityId, version]).toSorted(([a], [b]) => (a! < b! ? -1 : 1));
  await until('every reader is told the newest version', () => readers.every(reader => JSON.stringify(known(reader)) === JSON.stringify(newest)), 5_000).catch(() => undefined);
  for (const reader of readers) expect(known(reader)).toEqual(newest);
  expect(readers.flatMap(reader => reader.told[0]!.broken)).toEqual([]);
  expect(readers.flatMap(reader => [...reader.closes, ...reader.refused])).toEqual([]);
  expect(log.every(each => each.isInOrder && each.versions === each.newest)).toBe(true);
  expect(city.servers.map(server => server.lives && server.pid)).toEqual(pids);
  // What was read away from the sockets of the restart counts, too: the clients wait 50 ms between two tries.
  expect(Math.max(...backMs)).toBeLessThan(2_500);
}, 120_000);
