import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { seeded } from '../support/random.js';
import { openLiveCity, Writer, type LiveCity } from './live-city.js';
import { LiveReader } from './live-reader.js';
import { ended, PrivateRedis, until } from './machines.js';

const KILLS = process.env.FAULTS === 'full' ? 1_000 : 100;
const SEED = Number(process.env.FAULT_SEED ?? 11);

let redis: PrivateRedis;
let city: LiveCity;

beforeAll(async () => {
  redis = await PrivateRedis.start();
  city = await openLiveCity({ facilities: 40, redisUrl: redis.url });
  await Promise.all([city.startServer(), city.startServer()]);
}, 60_000);

afterAll(async () => {
  await city.close();
  await redis.close();
});

/** Readers of every kind of filter; some pace themselves, some hold many streams and stop reading now and then. */
function readers(): Array<{ readonly reader: LiveReader; readonly ids: readonly string[]; readonly isSlow: boolean }> {
  const place = (longitude: number, latitude: number): object => ({ longitude, latitude, crs: 'WGS84' });
  // The car parks stand in a row, a five-hundredth of a degree apart.
  const box = { southWest: place(118.599, 24.89), northEast: place(118.631, 24.91) };
  const filters: ReadonlyArray<{ readonly where: object; readonly ids: readonly string[] }> = [
    { where: {}, ids: city.ids },
    { where: { ids: city.ids.slice(0, 5) }, ids: city.ids.slice(0, 5) },
    { where: { within: { box } }, ids: city.ids.slice(0, 16) },
    { where: { jurisdictionId: city.districtId }, ids: city.ids },
  ];
  const kinds = [{ minIntervalMs: 0, streams: 1 }, { minIntervalMs: 0, streams: 1 }, { minIntervalMs: 100, streams: 1 }];
  const quick = filters.flatMap(filter => kinds.map(kind => ({ ...filter, ...kind, isSlow: false })));
  const slow = [filters[0]!, filters[3]!].map(filter => ({ ...filter, minIntervalMs: 0, streams: 40, isSlow: true }));
  return [...quick, ...slow].map(({ ids, isSlow, ...told }) => ({ reader: new LiveReader({ key: city.key, ...told }), ids, isSlow }));
}

async function expectEveryReaderAtTheTruth(all: ReturnType<typeof readers>): Promise<void> {
  for (const { reader, ids } of all) {
    const truth = await city.truth(ids);
    const isThere = (): boolean => reader.told.every(told => JSON.stringify(told.figures()) === JSON.stringify(truth));
    await until('a reader is told all that stands', isThere, 5_000).catch(() => undefined);
    for (const told of reader.told) expect(told.figures()).toEqual(truth);
  }
}

/** No promise was broken to anybody. */
function expectNothingBroken(all: ReturnType<typeof readers>): void {
  expect(all.flatMap(({ reader }) => reader.told.flatMap(told => told.broken))).toEqual([]);
  expect(all.flatMap(({ reader }) => reader.refused)).toEqual([]);
}

test(`G10, G11: ${KILLS} random cuts under a stream of changes, each resumed at a random server, leave no reader wrong (seed ${SEED})`, async () => {
  const random = seeded(SEED);
  const all = readers();
  await Promise.all(all.map(({ reader }) => reader.connect(random.pick(city.servers))));
  const writer = new Writer(city, { seed: SEED, everyMs: 25, size: 8 });

  for (let kill = 0; kill < KILLS; kill++) {
    const { reader, isSlow } = random.pick(all);
    if (isSlow) reader.stopReading();
    const awaited = writer.batches + random.int(1, isSlow ? 12 : 4);
    await until('changes go on', () => writer.batches >= awaited, 20_000);
    if (isSlow && random.chance(0.5)) reader.goOnReading();
    await reader.cut();
    await reader.connect(random.pick(city.servers));
  }
  await writer.stop();

  await expectEveryReaderAtTheTruth(all);
  expectNothingBroken(all);
  expect(all.flatMap(({ reader }) => reader.closes)).toHaveLength(KILLS);
  expect(all.reduce((sum, { reader }) => sum + reader.told.reduce((own, told) => own + told.changes, 0), 0)).toBeGreaterThan(writer.batches * all.length);
  await Promise.all(all.map(({ reader }) => reader.cut()));
}, 300_000);

test('G1, G2, G11: a server killed in the middle of its writes loses no committed change, and what is sent again doubles nothing', async () => {
  const random = seeded(SEED);
  const all = readers();
  await Promise.all(all.map(({ reader }) => reader.connect(random.pick(city.servers))));
  const [first] = await city.database.query<{ changes: number }>('select count(*)::int as changes from availability_change');
  const [before] = await city.database.query<{ reports: number }>('select (accepted + ignored + quarantined)::int as reports from occupancy_feed');
  const writers = [1, 2, 3].map(n => new Writer(city, { seed: SEED * 100 + n, everyMs: 5, size: 8 }));
  const kills = process.env.FAULTS === 'full' ? 20 : 3;
  const tries = (): number => writers.reduce((sum, writer) => sum + writer.unanswered, 0);
  let brokenOff = 0;

  for (let kill = 0; kill < kills; kill++) {
    const awaited = writers[0]!.batches + random.int(5, 20);
    await until('writes go on', () => writers[0]!.batches >= awaited, 20_000);
    const victim = random.pick(city.servers.filter(server => server.lives));
    // Stopped first, so that the kill meets a write that is under way, and not by chance.
    victim.child.kill('SIGSTOP');
    // The answer to a call that was begun before may be on its way.
    const begun = writers.map(writer => writer.calls);
    const isStopped = (writer: Writer, nth: number): boolean => writer.waitsFor === victim && writer.calls > begun[nth]! + 1;
    await until('a write waits for it', () => writers.some(isStopped) || writers.every(writer => writer.waitsFor === victim), 20_000);
    const unanswered = tries();
    await ended(victim.child);
    await until('the write was broken off', () => tries() > unanswered, 20_000);
    brokenOff += 1;
    city.servers.splice(city.servers.indexOf(victim), 1);
    const survivor = city.servers[0]!;
    await Promise.all(all.filter(({ reader }) => !reader.isOpen).map(({ reader }) => reader.connect(survivor)));
    await city.startServer();
  }
  await Promise.all(writers.map(writer => writer.stop()));

  await expectEveryReaderAtTheTruth(all);
  expectNothingBroken(all);
  const [log] = await city.database.query<{ changes: number; gaps: number; inversions: number }>(`
    select count(*)::int as changes,
      count(*) filter (where c.version <> c.before + 1)::int as gaps,
      count(*) filter (where c.version <= c.before)::int as inversions
    from (select version, coalesce(lag(version) over (partition by facility_id order by position), version - 1) as before from availability_change) as c`);
  expect(log).toMatchObject({ gaps: 0, inversions: 0 });
  expect(log!.changes).toBeGreaterThan(first!.changes);
  // Each batch was written once, however often it was sent.
  const keys = await city.database.query<{ keys: number }>(`select count(*)::int as keys from idempotency_record where key like 'batch-${SEED}0%'`);
  expect(keys[0]!.keys).toBe(writers.reduce((sum, writer) => sum + writer.batches, 0));
  const [feed] = await city.database.query<{ reports: number }>('select (accepted + ignored + quarantined)::int as reports from occupancy_feed');
  expect(feed!.reports - before!.reports).toBe(writers.reduce((sum, writer) => sum + writer.reports, 0));
  expect(brokenOff).toBe(kills);
}, 300_000);
