import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openLog, openRedisLive, type Live } from '../../src/platform/index.js';
import { openLiveCity, Writer, type LiveCity } from './live-city.js';
import { LiveReader } from './live-reader.js';
import { PrivateRedis, until } from './machines.js';

const log = openLog({ level: 'silent' });

describe('a Redis cluster', () => {
  let redis: PrivateRedis;
  let city: LiveCity;
  const url = (): string => `redis+cluster://127.0.0.1:${redis.port}`;
  const everyServerSays = async (live: 'UP' | 'DOWN'): Promise<boolean> =>
    (await Promise.all(city.servers.map(async ({ address }) => ((await (await fetch(`${address}/readyz`)).json()) as { live: string }).live))).every(said => said === live);

  beforeAll(async () => {
    redis = await PrivateRedis.startCluster();
    city = await openLiveCity({ facilities: 10, redisUrl: url() });
    await Promise.all([city.startServer(), city.startServer()]);
  }, 60_000);

  afterAll(async () => {
    await city.close();
    await redis.close();
  });

  test('wakes two servers by sharded pub/sub, and shares the points of callers between them', async () => {
    await until('both servers are woken', () => everyServerSays('UP'), 15_000);
    const readers = city.servers.map(() => new LiveReader({ key: city.key }));
    await Promise.all(readers.map((reader, i) => reader.connect(city.servers[i]!)));
    const writer = new Writer(city, { seed: 3, everyMs: 20, size: 3 });
    await until('some writes were made', () => writer.batches >= 40, 20_000);
    await writer.stop();

    const truth = await city.truth();
    await until('both are told', () => readers.every(reader => JSON.stringify(reader.told[0]!.figures()) === JSON.stringify(truth)), 5_000);

    expect(readers.flatMap(reader => reader.told[0]!.broken)).toEqual([]);
    expect(redis.cli('pubsub', 'shardchannels').split('\n').filter(line => line !== '').sort()).toEqual(['{chaowei}:availability', '{chaowei}:beat', '{chaowei}:identity.rights']);
    const stats = redis.cli('info', 'commandstats');
    expect(stats).toContain('cmdstat_spublish');
    expect(stats).not.toContain('cmdstat_publish:');
    const points = async (): Promise<number[]> => Promise.all(city.servers.map(async ({ address }) => {
      const answer = await fetch(`${address}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":"{ __typename }"}' });
      return ((await answer.json()) as { extensions: { cost: { remaining: number } } }).extensions.cost.remaining;
    }));
    await points();
    const counters = redis.cli('--scan', '--pattern', 'chaowei:points:*').trim().split('\n');
    expect(counters).toHaveLength(1);
    expect(counters[0]).toMatch(/^chaowei:points:ANONYMOUS:/);
    await Promise.all(readers.map(reader => reader.cut()));
  }, 60_000);

  test('G12: away for a while, writes succeed and changes arrive by polling; on its return it wakes again', async () => {
    const reader = new LiveReader({ key: city.key });
    await reader.connect(city.servers[1]!);
    const writer = new Writer(city, { seed: 4, everyMs: 20, size: 3 });
    await redis.kill();
    await until('both servers say that they poll', () => everyServerSays('DOWN'), 5_000);
    const before = writer.batches;
    await until('writes go on', () => writer.batches >= before + 40, 20_000);
    await redis.start();
    await until('both servers are woken again', () => everyServerSays('UP'), 15_000);
    await writer.stop();

    const truth = await city.truth();
    await until('the reader is told all', () => JSON.stringify(reader.told[0]!.figures()) === JSON.stringify(truth), 5_000);
    expect(writer.unanswered).toBe(0);
    expect(reader.told[0]!.broken).toEqual([]);
    expect(reader.closes).toEqual([]);
    await reader.cut();
  }, 90_000);
});

async function woken(from: Live, to: Live): Promise<string> {
  const heard: string[] = [];
  const stop = to.subscribe('news', payload => heard.push(payload));
  // The first word of a new channel may come before it is carried: the wake of the subscription itself stands for it.
  await until('the channel is carried', () => heard.length > 0, 5_000);
  from.publish('news', 'hint');
  await until('the other bus hears', () => heard.includes('hint'), 5_000);
  stop();
  return heard.at(-1)!;
}

test('behind sentinels two buses hear each other, and again after the server was away', async () => {
  const master = await PrivateRedis.start();
  const sentinel = await PrivateRedis.startSentinel(master, 'city');
  const url = `redis+sentinel://127.0.0.1:${sentinel.port}/city`;
  const buses = await Promise.all([openRedisLive(url, log), openRedisLive(url, log)]);
  const [one, other] = buses as [Live, Live];

  expect(buses.map(bus => bus.isConnected())).toEqual([true, true]);
  expect(await woken(one, other)).toBe('hint');
  await master.kill();
  await until('both know that it is away', () => buses.every(bus => !bus.isConnected()), 5_000);
  await master.start();
  await until('both know that it is back', () => buses.every(bus => bus.isConnected()), 20_000);
  expect(await woken(other, one)).toBe('hint');

  await Promise.all(buses.map(bus => bus.close()));
  await sentinel.close();
  await master.close();
}, 60_000);

test('a cluster that is not there delays the start by no more than its bound, and the bus says that it does not deliver', async () => {
  const redis = await PrivateRedis.startCluster();
  await redis.kill();
  const begun = performance.now();
  const live = await openRedisLive(`redis+cluster://127.0.0.1:${redis.port}`, log);

  expect(performance.now() - begun).toBeLessThan(4_000);
  expect(live.isConnected()).toBe(false);
  await redis.start();
  await until('the bus is up by itself', () => live.isConnected(), 15_000);
  await live.close();
  await redis.close();
}, 60_000);
