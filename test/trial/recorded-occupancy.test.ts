import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { keepOccupancyDays } from '../../src/availability/keep-days.js';
import { openRecording } from '../../src/exchange/recorded-file.js';
import { ReportClient } from '../../src/exchange/report-client.js';
import { replay, type ReplaySummary } from '../../src/exchange/replay.js';
import type { Viewer } from '../../src/platform/index.js';
import { runCommand } from '../../src/server/command/run-command.js';
import { startTestServer, type TestServer } from '../server/running.js';
import { addFacilities, facilityDraft, foundCity } from '../support/city.js';
import { scopeOf, system } from '../support/scope.js';
import { recorded, rowsOf } from './recorded.js';

let server: TestServer;
let ownerId: string;

const DAY_MS = 86_400_000;
const at = (path: string): string => (isAbsolute(path) ? path : join(process.env.TRIAL_DATA!, path));
const cellsOf = (path: string): ReadonlyArray<Readonly<Record<string, string>>> => rowsOf(recorded(path)).map(({ cells }) => cells);

beforeAll(async () => {
  const authenticate = async (): Promise<Viewer> => ({ ...system, partyIds: [ownerId], limitClass: 'BENCH' });
  server = await startTestServer({ assembly: { authenticate } });
  server.services.clock.set('2016-10-01T00:00:00Z');
  await foundCity(scopeOf(server.services));
  ownerId = (await query<{ id: string }>(`select id from party where name = '泉州公共停车公司'`))[0]!.id;
  const capacities: Array<readonly [register: string, code: string, spaces: number]> = [
    ...new Map(cellsOf('occupancy-birmingham/occupancy.csv').map(({ lot, capacity }) => [lot!, ['birmingham', lot!, Number(capacity)] as const])).values(),
    ...cellsOf('occupancy-dresden/lots.csv').map(({ lot, capacity_published: published }) => ['dresden', lot!, Number(published)] as const),
    // The feed has no capacity: the most that was ever free is the least that it can be.
    ...cellsOf('facilities-hongkong/facilities.csv').map(({ park_id: park, max_observed_vacancy: most }) => ['hongkong', park!, Number(most)] as const),
  ];
  await addFacilities(scopeOf(server.services), capacities.map(([register, code, total], index) => facilityDraft(code, { longitude: 118.55 + (index % 20) * 0.002, latitude: 24.88 + Math.floor(index / 20) * 0.002 }, {
    source: register, observedOn: '2016-09-01', name: `${register} ${code}`, zones: [{ code: 'MAIN', capacity: [{ spaceClass: 'STANDARD', total, shareable: total }] }],
  })));
}, 120_000);
afterAll(() => server?.close());

const query = <Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> => server.services.database.query<Row>(sql, parameters as unknown[]);

/** Replays a recording over HTTP, with the server's clock at the instant at which each batch was told. */
async function replayed(register: string, path: string, run: string): Promise<ReplaySummary> {
  const { services, url } = server;
  const { signal } = new AbortController();
  const client = new ReportClient({ url, key: 'trial', signal, pause: async () => undefined });
  let toldAt = 0;
  let day = 0;
  return replay({
    recording: await openRecording(at(path), null), register, feed: register, speed: null, shiftsToNow: false, signal,
    now: () => services.clock.now(),
    pause: async () => undefined,
    onBatch: instant => void (toldAt = instant),
    send: async (input, batch) => {
      services.clock.set(toldAt);
      if (Math.floor(toldAt / DAY_MS) !== day) await keepOccupancyDays(services);
      day = Math.floor(toldAt / DAY_MS);
      return client.send('reportOccupancy', { ...input, idempotencyKey: `${run} ${register} ${batch}` });
    },
  });
}

/** All that reports of a register have written, but the counts of what was received. */
async function standing(register: string): Promise<unknown> {
  return query(
    `select s.source_code as code, l.version, l.state, l.free, l.counts, (select count(*)::int from occupancy_sample o where o.facility_id = s.facility_id) as samples
     from facility_source s join live_availability l on l.facility_id = s.facility_id where s.source = $1 order by 1`,
    [register],
  );
}

/** How often each text comes. */
function tallied(texts: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const text of texts) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
}

describe('Birmingham', () => {
  const path = 'occupancy-birmingham/occupancy.csv';

  test('118 exact duplicates are ignored, 10 negative counts quarantined, 47 above capacity kept as findings, all else accepted', async () => {
    const summary = await replayed('birmingham', path, 'first');

    expect(summary).toEqual({
      rows: 18_954, sent: 18_954, calls: 921, unreadable: { TIME: 0, COUNT: 0, FACILITY: 0 },
      verdicts: { ACCEPTED: 18_779, 'ACCEPTED ABOVE_CAPACITY': 47, 'IGNORED DUPLICATE': 118, 'QUARANTINED NEGATIVE': 10 },
    });
    expect(await query(`select count(*)::int as samples from occupancy_sample o join facility_source s on s.facility_id = o.facility_id and s.source = 'birmingham'`)).toEqual([{ samples: 18_826 }]);
    const above = new Set(cellsOf(path).filter(({ occupied, capacity }) => Number(occupied) > Number(capacity)).map(({ lot }) => lot));
    expect(await query(`select count(distinct n.facility_id)::int as lots from occupancy_finding n join facility_source s on s.facility_id = n.facility_id and s.source = 'birmingham' where n.kind = 'ABOVE_CAPACITY'`)).toEqual([{ lots: above.size }]);
  }, 300_000);

  test('replaying the same file changes nothing: what was accepted is a duplicate now', async () => {
    const before = await standing('birmingham');
    const summary = await replayed('birmingham', path, 'second');

    expect(summary.verdicts).toEqual({ 'IGNORED DUPLICATE': 18_944, 'QUARANTINED NEGATIVE': 10 });
    expect(await standing('birmingham')).toEqual(before);
  }, 300_000);

  test('the command replays it against the server of a later day: only the last 48 hours are looked at, and nothing changes', async () => {
    const before = await standing('birmingham');
    const last = Date.parse('2016-11-13T16:27:34Z');
    const out: string[] = [];
    const code = await runCommand(['replay', at(path), '--url', new URL(server.url).origin, '--key', 'trial', '--register', 'birmingham', '--feed', 'birmingham', '--json'], { out: text => out.push(text), err: text => out.push(text), environment: {} });

    // In winter Birmingham's clocks are those of UTC, and the last 48 hours are winter's.
    const negative = (cells: Readonly<Record<string, string>>): boolean => Number(cells.occupied) < 0;
    const expected = tallied(cellsOf(path).map(cells => (negative(cells) ? 'QUARANTINED NEGATIVE' : Date.parse(`${cells.ts_local}Z`) < last - 2 * DAY_MS ? 'IGNORED EXPIRED' : 'IGNORED DUPLICATE')));
    expect([code, (JSON.parse(out.join('\n')) as ReplaySummary).verdicts]).toEqual([0, expected]);
    expect(await standing('birmingham')).toEqual(before);
  }, 300_000);
});

describe('Hong Kong', () => {
  const path = 'facilities-hongkong/vacancy.csv';

  test('1,171 readings of -1 are quarantined; 4,206 stale ones never make a figure fresh, and none of them displaces a newer one', async () => {
    const summary = await replayed('hongkong', path, 'first');

    expect({ ...summary, verdicts: undefined }).toEqual({ rows: 77_357, sent: 77_357, calls: 715, unreadable: { TIME: 0, COUNT: 0, FACILITY: 0 }, verdicts: undefined });
    expect(summary.verdicts).toEqual(tallied(expectedOf(cellsOf(path))));
    const stale = (summary.verdicts['ACCEPTED LATE'] ?? 0) + (summary.verdicts['IGNORED OUT_OF_ORDER'] ?? 0) + (summary.verdicts['IGNORED DUPLICATE'] ?? 0) + (summary.verdicts['QUARANTINED SEQUENCE_REUSED'] ?? 0);
    expect([summary.verdicts['QUARANTINED NEGATIVE'], stale]).toEqual([1_171, 4_206]);
  }, 300_000);

  test('replaying the same file changes nothing', async () => {
    const before = await standing('hongkong');
    const { verdicts } = await replayed('hongkong', path, 'second');

    expect(Object.keys(verdicts).filter(verdict => verdict.startsWith('ACCEPTED'))).toEqual([]);
    expect(await standing('hongkong')).toEqual(before);
  }, 300_000);

  /** What should become of each row, by other means than the product's: the newest observation of each park stands. */
  function expectedOf(rows: ReadonlyArray<Readonly<Record<string, string>>>): string[] {
    const newest = new Map<string, number>();
    const told = new Map<string, string>();
    return rows.map(({ ts, park_id: park, vacancy, stale }) => {
      if (vacancy === '-1') return 'QUARANTINED NEGATIVE';
      const observedAt = Date.parse(ts!) - (stale === '1' ? 3_600_000 : 0);
      const key = `${park} ${observedAt}`;
      const before = told.get(key);
      if (before !== undefined) return before === vacancy ? 'IGNORED DUPLICATE' : 'QUARANTINED SEQUENCE_REUSED';
      told.set(key, vacancy!);
      if (observedAt <= (newest.get(park!) ?? -Infinity)) return 'IGNORED OUT_OF_ORDER';
      newest.set(park!, observedAt);
      return stale === '1' ? 'ACCEPTED LATE' : 'ACCEPTED';
    });
  }
});

describe('Dresden, the first week of June', () => {
  let folder: string;
  let week: string;

  beforeAll(() => {
    // Four weeks of five-minute steps would take minutes, and say no more.
    folder = mkdtempSync(join(tmpdir(), 'chaowei-trial-'));
    week = join(folder, 'week.csv');
    const [heading, ...rows] = recorded('occupancy-dresden/free.csv').toString('utf8').trimEnd().split('\n');
    writeFileSync(week, [heading, ...rows.filter(row => row < '2026-06-08')].join('\n'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('more spaces free than the lot is said to have: kept raw and a finding, and none is refused', async () => {
    const published = new Map(cellsOf('occupancy-dresden/lots.csv').map(({ lot, capacity_published: spaces }) => [lot, Number(spaces)]));
    const above = cellsOf('occupancy-dresden/free.csv').filter(({ lot, free }) => Number(free) > published.get(lot)!);
    const within = above.filter(({ ts }) => ts! < '2026-06-08');
    const lots = new Set(within.map(({ lot }) => lot));
    const summary = await replayed('dresden', week, 'first');

    expect([above.length, new Set(above.map(({ lot }) => lot)).size]).toEqual([6_416, 12]);
    expect(summary.verdicts).toEqual({ ACCEPTED: summary.rows - within.length, 'ACCEPTED ABOVE_CAPACITY': within.length });
    expect(await query(`select s.source_code as lot from occupancy_finding n join facility_source s on s.facility_id = n.facility_id and s.source = 'dresden' where n.kind = 'ABOVE_CAPACITY' group by 1 order by 1`)).toEqual([...lots].sort().map(lot => ({ lot })));
    // The raw count is kept as it was told, whatever the capacity.
    const most = Math.max(...within.map(({ free }) => Number(free)));
    expect(await query(`select max(o.free)::int as free from occupancy_sample o join facility_source s on s.facility_id = o.facility_id where s.source = 'dresden'`)).toEqual([{ free: most }]);
  }, 300_000);

  test('replaying the same week changes nothing', async () => {
    const before = await standing('dresden');
    const { rows, verdicts } = await replayed('dresden', week, 'second');

    expect(verdicts).toEqual({ 'IGNORED DUPLICATE': rows });
    expect(await standing('dresden')).toEqual(before);
  }, 300_000);
});
