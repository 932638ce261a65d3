import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openLiveCity, percentile, Writer, type LiveCity } from './live-city.js';
import { LiveReader } from './live-reader.js';
import { PrivateRedis, until, type ServerProcess } from './machines.js';

const AWAY_MS = process.env.FAULTS === 'full' ? 30_000 : 4_000;

let redis: PrivateRedis;
let city: LiveCity;
let readers: LiveReader[];
let seed = 0;
/** When each version was first told to each reader, by the clock of this process. */
let toldAt: Array<Map<string, number>>;

beforeAll(async () => {
  redis = await PrivateRedis.start();
  city = await openLiveCity({ facilities: 20, redisUrl: redis.url });
  await Promise.all([city.startServer(), city.startServer()]);
  toldAt = city.servers.map(() => new Map());
  readers = city.servers.map((_, i) => new LiveReader({
    key: city.key,
    onEvent: event => event.__typename === 'AvailabilityChange' && toldAt[i]!.set(`${event.availability.facilityId} ${event.availability.version}`, Date.now()),
  }));
  await Promise.all(readers.map((reader, i) => reader.connect(city.servers[i]!)));
}, 60_000);

afterAll(async () => {
  await city.close();
  await redis.close();
});

const readiness = async ({ address }: ServerProcess): Promise<any> => ({ ...(await (await fetch(`${address}/readyz`)).json() as object) });
const everyServer = async (holds: (state: any) => boolean): Promise<boolean> => (await Promise.all(city.servers.map(readiness))).every(holds);
const isDegraded = (state: any): boolean => state.status === 'DEGRADED' && state.live === 'DOWN' && state.changes === 'POLLED';
const isReady = (state: any): boolean => state.status === 'READY' && state.live === 'UP' && state.changes === 'WOKEN';

/** Writes for as long as the fault lasts; every write is answered, and every change is told by both servers. */
async function duringFault(fault: { begin(): Promise<void> | void; end(): Promise<void> | void; isSaid: boolean; lastsMs: number }): Promise<{ readonly late: readonly number[]; readonly writer: Writer; readonly backMs: number }> {
  const from = Date.now();
  await fault.begin();
  const writer = new Writer(city, { seed: (seed += 1), everyMs: 20, size: 2 });
  if (fault.isSaid) await until('both servers say that they poll', () => everyServer(isDegraded), 4_000);
  await until('the fault has lasted', () => Date.now() - from > fault.lastsMs, fault.lastsMs + 1_000);
  await fault.end();
  const backMs = await until('both servers are woken again', () => everyServer(isReady), 10_000);
  await writer.stop();
  const truth = await city.truth();
  await until('both readers stand at the truth', () => readers.every(reader => JSON.stringify(reader.told[0]!.figures()) === JSON.stringify(truth)), 5_000);
  const changes = await city.database.query<{ name: string; at: number }>(`select facility_id || ' ' || version as name, epoch_ms(at) as at from availability_change where at >= to_timestamp($1 / 1000.0)`, [from]);
  const late = changes.flatMap(({ name, at }) => toldAt.flatMap(told => (told.has(name) ? [told.get(name)! - at] : [])));
  // Nobody here is slow: every version was told by itself.
  expect(late).toHaveLength(changes.length * readers.length);
  return { late, writer, backMs };
}

function expectHeld({ late, writer, backMs }: Awaited<ReturnType<typeof duringFault>>): void {
  expect(writer.batches).toBeGreaterThan(20);
  expect(writer.unanswered).toBe(0);
  expect(percentile(late, 0.99)).toBeLessThanOrEqual(2_000);
  expect(backMs).toBeLessThanOrEqual(2_000);
  expect(readers.flatMap(reader => reader.told[0]!.broken)).toEqual([]);
  expect(readers.map(reader => reader.closes)).toEqual([[], []]);
  expect(city.servers.every(server => server.lives)).toBe(true);
}

test(`G12: Redis away for ${AWAY_MS / 1_000} s, and empty on its return: writes succeed, changes arrive, and the servers say that they poll`, async () => {
  expectHeld(await duringFault({ begin: () => redis.kill(), end: () => redis.start(), isSaid: true, lastsMs: AWAY_MS }));
}, 90_000);

test('G12: a hung Redis is as one that is away: no write waits for it, changes arrive, and the servers say that they poll', async () => {
  expectHeld(await duringFault({ begin: () => redis.hang(), end: () => redis.goOn(), isSaid: true, lastsMs: AWAY_MS }));
}, 90_000);

test('G11, G12: with only the subscribing connections cut, again and again, every change still arrives', async () => {
  const cut = (): void => void redis.cli('client', 'kill', 'type', 'pubsub');
  const timer = setInterval(cut, 200);
  const held = await duringFault({ begin: cut, end: () => clearInterval(timer), isSaid: false, lastsMs: 2_000 }).finally(() => clearInterval(timer));
  expectHeld(held);
}, 60_000);

test('G12: a full Redis, which takes no more, costs no write and no change', async () => {
  const full = (): void => void redis.cli('config', 'set', 'maxmemory', '1');
  const roomy = (): void => void redis.cli('config', 'set', 'maxmemory', '0');
  expectHeld(await duringFault({ begin: full, end: roomy, isSaid: false, lastsMs: 2_000 }).finally(roomy));
}, 60_000);

test('G11, G12: one server that lost its Redis alone is told within a second what the other writes', async () => {
  const lonely = await (async () => {
    const nobody = await PrivateRedis.start();
    await nobody.close();
    const { startServerProcess } = await import('./machines.js');
    const server = await startServerProcess({ DATABASE_URL: city.url, REDIS_URL: nobody.url });
    city.servers.push(server);
    return server;
  })();
  const reader = new LiveReader({ key: city.key });
  await reader.connect(lonely);
  const writer = new Writer(city, { seed: (seed += 1), everyMs: 20, size: 2 });
  await until('some writes were made', () => writer.batches >= 50, 20_000);
  await writer.stop();
  const truth = await city.truth();

  const behindMs = await until('the lonely server is told', () => JSON.stringify(reader.told[0]!.figures()) === JSON.stringify(truth), 5_000);

  expect(behindMs).toBeLessThanOrEqual(1_500);
  expect(reader.told[0]!.broken).toEqual([]);
  await until('both readers are, too', () => readers.every(each => JSON.stringify(each.told[0]!.figures()) === JSON.stringify(truth)), 2_000);
}, 60_000);
