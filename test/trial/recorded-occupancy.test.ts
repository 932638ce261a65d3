import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReplaySummary } from '../../src/exchange/replay.js';
import { runCommand } from '../../src/server/command/run-command.js';
import { recorded } from './recorded.js';
import { cellsOf, openReplayCity, pathOf, tallied, type RecordedLot, type ReplayCity } from './replay-city.js';

const DAY_MS = 86_400_000;

let city: ReplayCity;

beforeAll(async () => {
  city = await openReplayCity([
    ...new Map(cellsOf('occupancy-birmingham/occupancy.csv').map(({ lot, capacity }): [string, RecordedLot] => [lot!, ['birmingham', lot!, Number(capacity)]])).values(),
    ...cellsOf('occupancy-dresden/lots.csv').map(({ lot, capacity_published: published }): RecordedLot => ['dresden', lot!, Number(published)]),
  ]);
}, 120_000);
afterAll(() => city?.server.close());

describe('Birmingham', () => {
  const path = 'occupancy-birmingham/occupancy.csv';

  test('118 exact duplicates are ignored, 10 negative counts quarantined, 47 above capacity kept as findings, all else accepted', async () => {
    const summary = await city.replayed('birmingham', path, 'first');

    expect(summary).toEqual({
      rows: 18_954, sent: 18_954, calls: 921, unreadable: { TIME: 0, COUNT: 0, FACILITY: 0 },
      verdicts: { ACCEPTED: 18_779, 'ACCEPTED ABOVE_CAPACITY': 47, 'IGNORED DUPLICATE': 118, 'QUARANTINED NEGATIVE': 10 },
    });
    expect(await city.query(`select count(*)::int as samples from occupancy_sample o join facility_source s on s.facility_id = o.facility_id and s.source = 'birmingham'`)).toEqual([{ samples: 18_826 }]);
    const above = new Set(cellsOf(path).filter(({ occupied, capacity }) => Number(occupied) > Number(capacity)).map(({ lot }) => lot));
    expect(await city.query(`select count(distinct n.facility_id)::int as lots from occupancy_finding n join facility_source s on s.facility_id = n.facility_id and s.source = 'birmingham' where n.kind = 'ABOVE_CAPACITY'`)).toEqual([{ lots: above.size }]);
  }, 300_000);

  test('replaying the same file changes nothing: what was accepted is a duplicate now', async () => {
    const before = await city.standing('birmingham');
    const summary = await city.replayed('birmingham', path, 'second');

    expect(summary.verdicts).toEqual({ 'IGNORED DUPLICATE': 18_944, 'QUARANTINED NEGATIVE': 10 });
    expect(await city.standing('birmingham')).toEqual(before);
  }, 300_000);

  test('the command replays it against the server of a later day: only the last 48 hours are looked at, and nothing changes', async () => {
    const before = await city.standing('birmingham');
    const last = Date.parse('2016-11-13T16:27:34Z');
    const out: string[] = [];
    const code = await runCommand(['replay', pathOf(path), '--url', new URL(city.server.url).origin, '--key', 'trial', '--register', 'birmingham', '--feed', 'birmingham', '--json'], { out: text => out.push(text), err: text => out.push(text), environment: {} });

    // In winter Birmingham's clocks are those of UTC, and the last 48 hours are winter's.
    const negative = (cells: Readonly<Record<string, string>>): boolean => Number(cells.occupied) < 0;
    const expected = tallied(cellsOf(path).map(cells => (negative(cells) ? 'QUARANTINED NEGATIVE' : Date.parse(`${cells.ts_local}Z`) < last - 2 * DAY_MS ? 'IGNORED EXPIRED' : 'IGNORED DUPLICATE')));
    expect([code, (JSON.parse(out.join('\n')) as ReplaySummary).verdicts]).toEqual([0, expected]);
    expect(await city.standing('birmingham')).toEqual(before);
  }, 300_000);
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
    const summary = await city.replayed('dresden', week, 'first');

    expect([above.length, new Set(above.map(({ lot }) => lot)).size]).toEqual([6_416, 12]);
    expect(summary.verdicts).toEqual({ ACCEPTED: summary.rows - within.length, 'ACCEPTED ABOVE_CAPACITY': within.length });
    expect(await city.query(`select s.source_code as lot from occupancy_finding n join facility_source s on s.facility_id = n.facility_id and s.source = 'dresden' where n.kind = 'ABOVE_CAPACITY' group by 1 order by 1`)).toEqual([...lots].sort().map(lot => ({ lot })));
    // The raw count is kept as it was told, whatever the capacity.
    const most = Math.max(...within.map(({ free }) => Number(free)));
    expect(await city.query(`select max(o.free)::int as free from occupancy_sample o join facility_source s on s.facility_id = o.facility_id where s.source = 'dresden'`)).toEqual([{ free: most }]);
  }, 300_000);

  test('replaying the same week changes nothing', async () => {
    const before = await city.standing('dresden');
    const { rows, verdicts } = await city.replayed('dresden', week, 'second');

    expect(verdicts).toEqual({ 'IGNORED DUPLICATE': rows });
    expect(await city.standing('dresden')).toEqual(before);
  }, 300_000);
});
