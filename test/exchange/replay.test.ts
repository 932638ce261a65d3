import { afterAll, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { openRecording } from '../../src/exchange/recorded-file.js';
import { replay, type Replay } from '../../src/exchange/replay.js';
import { summaryLines } from '../../src/exchange/replay-command.js';
import { RECORDED_FORMATS, type Reading } from '../../src/exchange/rules/recorded-reading.js';
import { runCommand } from '../../src/server/command/run-command.js';

const folder = mkdtempSync(join(tmpdir(), 'chaowei-replay-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function file(text: string): string {
  const path = join(folder, `${files++}.csv`);
  writeFileSync(path, text);
  return path;
}

const gather = async (readings: AsyncIterable<Reading>): Promise<Reading[]> => {
  const all: Reading[] = [];
  for await (const reading of readings) all.push(reading);
  return all;
};
const spoken = (readings: readonly Reading[]): string[] => readings.map(({ facilityCode, free, occupied, toldAt }) => `${new Date(toldAt).toISOString().slice(11, 16)} ${facilityCode} ${free ?? occupied}`);

const BY_LOT = 'lot,capacity,occupied,ts_local\nA,10,1,2016-11-04T08:00:00\nA,10,2,2016-11-04T08:30:00\nA,10,2,2016-11-04T08:30:00\nB,10,7,2016-11-04T08:00:00\nB,10,-1,2016-11-04T09:00:00\nC,10,11,2016-11-04T08:15:00\n';

test('a file sorted by car park is replayed by time, duplicates and all', async () => {
  const recording = await openRecording(file(BY_LOT), null);

  expect({ rows: recording.rows, unreadable: recording.unreadable }).toEqual({ rows: 6, unreadable: { TIME: 0, COUNT: 0, FACILITY: 0 } });
  expect([recording.firstToldAt, recording.lastToldAt].map(at => new Date(at!).toISOString())).toEqual(['2016-11-04T08:00:00.000Z', '2016-11-04T09:00:00.000Z']);
  expect(spoken(await gather(recording.readings()))).toEqual(['08:00 A 1', '08:00 B 7', '08:15 C 11', '08:30 A 2', '08:30 A 2', '09:00 B -1']);
});

test('whatever the order of the rows, every readable one comes once, by time, and within a car park and instant as it stood', async () => {
  const row = fc.tuple(fc.constantFrom('A', '大寮', '"x, y"'), fc.integer({ min: -3, max: 99 }), fc.integer({ min: 0, max: 59 }));
  await fc.assert(fc.asyncProperty(fc.array(row, { maxLength: 60 }), async rows => {
    const text = rows.map(([lot, free, minute]) => `2026-06-01T08:${String(minute).padStart(2, '0')}Z,${lot},${free}`);
    const readings = await gather((await openRecording(file(['ts,lot,free', ...text, ''].join('\n')), null)).readings());
    const expected = rows.map(([lot, free, minute]) => ({ lot: lot.replaceAll('"', ''), free, minute })).sort((a, b) => a.minute - b.minute);

    expect(readings.map(({ facilityCode, free, toldAt }) => ({ lot: facilityCode, free, minute: new Date(toldAt).getUTCMinutes() }))).toEqual(expected);
  }), { numRuns: 40 });
});

test('rows that are no readings are counted by what they lack, and the rest is replayed', async () => {
  const recording = await openRecording(file('\uFEFFts,lot,free\n2026-06-01T08:00Z,A,1\n2026-06-01T08:05,A,2\n2026-06-01T08:10Z,,3\n2026-06-01T08:15Z,A,-\n2026-06-01T08:20Z\n2026-06-01T08:25Z,A,4\n'), null);

  expect([recording.rows, recording.unreadable]).toEqual([6, { TIME: 1, COUNT: 1, FACILITY: 2 }]);
  expect(spoken(await gather(recording.readings()))).toEqual(['08:00 A 1', '08:25 A 4']);
});

test('what is no recording is said so: an unknown heading, a column that is missing, nothing at all, no order at all', async () => {
  const zigzag = Array.from({ length: 1_200 }, (_, index) => `2026-06-01T08:${String(59 - (index % 60)).padStart(2, '0')}Z,A,1`);

  await expect(openRecording(file('time,place\n1,2\n'), null)).rejects.toThrow('the heading time, place is of none of the formats dresden, birmingham, hongkong');
  await expect(openRecording(file('ts,lot\n1,2\n'), RECORDED_FORMATS.dresden)).rejects.toThrow('the file has no column free; its heading is ts, lot');
  await expect(openRecording(file(''), null)).rejects.toThrow('the file is empty');
  await expect(openRecording(file(['ts,lot,free', ...zigzag].join('\n')), null)).rejects.toThrow('the times have gone backwards 500 times');
});

/** Replays against nobody, on a clock that moves only by waiting. */
async function replayed(text: string, told: Partial<Replay> = {}): Promise<{ calls: Array<{ at: number; reports: any[] }>; summary: Awaited<ReturnType<typeof replay>> }> {
  let now = Date.parse('2026-11-22T08:00:00Z');
  const calls: Array<{ at: number; reports: any[] }> = [];
  const summary = await replay({
    recording: await openRecording(file(text), null), register: 'somewhere', feed: 'recorded', speed: null, shiftsToNow: false, signal: new AbortController().signal,
    now: () => now,
    pause: async milliseconds => void (now += milliseconds),
    send: async ({ reports }) => {
      calls.push({ at: now, reports: [...reports] });
      const receipts = reports.map(each => ({ verdict: (each as { occupied: number }).occupied < 0 ? 'QUARANTINED' : 'ACCEPTED', reason: (each as { occupied: number }).occupied < 0 ? 'NEGATIVE' : null, message: null }));
      return { accepted: 0, ignored: 0, quarantined: 0, receipts };
    },
    ...told,
  });
  return { calls, summary };
}

test('what was told at one instant is one call, and the answer is summed by verdict and reason', async () => {
  const { calls, summary } = await replayed(BY_LOT);

  expect(calls.map(({ reports }) => reports)).toEqual([
    [{ facilityCode: 'A', occupied: 1, observedAt: '2016-11-04T08:00:00.000Z' }, { facilityCode: 'B', occupied: 7, observedAt: '2016-11-04T08:00:00.000Z' }],
    [{ facilityCode: 'C', occupied: 11, observedAt: '2016-11-04T08:15:00.000Z' }],
    [{ facilityCode: 'A', occupied: 2, observedAt: '2016-11-04T08:30:00.000Z' }, { facilityCode: 'A', occupied: 2, observedAt: '2016-11-04T08:30:00.000Z' }],
    [{ facilityCode: 'B', occupied: -1, observedAt: '2016-11-04T09:00:00.000Z' }],
  ]);
  expect(summary).toEqual({ rows: 6, sent: 6, calls: 4, unreadable: { TIME: 0, COUNT: 0, FACILITY: 0 }, verdicts: { ACCEPTED: 5, 'QUARANTINED NEGATIVE': 1 } });
  expect(summaryLines(summary)).toEqual(['6 行，已报 6，共 4 次 / 6 rows, 6 reported in 4 calls', '        5  ACCEPTED', '        1  QUARANTINED NEGATIVE']);
});

test('an instant with more than 1,000 readings is several calls', async () => {
  const { calls } = await replayed(['ts,lot,free', ...Array.from({ length: 2_300 }, (_, index) => `2026-06-01T08:00Z,L${index},1`)].join('\n'));

  expect(calls.map(({ reports }) => reports.length)).toEqual([1_000, 1_000, 300]);
});

test('ten times faster and shifted to now, an hour takes six minutes and nothing is observed in the future', async () => {
  const { calls } = await replayed(BY_LOT, { speed: 10, shiftsToNow: true });

  expect(calls.map(({ at }) => new Date(at).toISOString().slice(11, 19))).toEqual(['08:00:00', '08:01:30', '08:03:00', '08:06:00']);
  expect(calls.every(({ at, reports }) => reports.every(({ observedAt }) => Date.parse(observedAt) === at))).toBe(true);
});

test('the signal ends a replay before the next call', async () => {
  const stopping = new AbortController();
  const { calls, summary } = await replayed(BY_LOT, { signal: stopping.signal, speed: 1, pause: async () => stopping.abort() });

  expect([calls.length, summary.sent]).toEqual([1, 2]);
});

test.each([
  ['replay nowhere.csv --register x --key k', 'there is no file nowhere.csv'],
  ['replay package.json --register x', '--key or CHAOWEI_KEY is needed'],
  ['replay package.json --key k', '--register is needed'],
  ['replay package.json --key k --register x --speed fast', '--speed is max or a positive number, got fast'],
  ['replay package.json --key k --register x --shift now', '--shift now goes with a number as --speed'],
  ['replay package.json --key k --register x --format free=a', "the format 'free=a' needs facility, at, and one of free and occupied"],
  ['demo feed --speed 0', '--speed lies between 0 and 10000, got 0'],
  ['demo feed --interval 600', '--interval is 1 to 120 seconds, got 600'],
  ['demo feed --for ever', '--for is written as 90s, 10m or 2h, got ever'],
])('misuse is exit code 2 and says what is wrong: %s', async (line, words) => {
  const out: string[] = [];
  const code = await runCommand(line.split(' '), { out: text => out.push(text), err: text => out.push(text), environment: {} });

  expect([code, out.join('\n')]).toEqual([2, expect.stringContaining(words)]);
});

test('the key may stand in the environment, and a server that is away is said so, on standard error', async () => {
  const [out, err]: [string[], string[]] = [[], []];
  const nobody = createServer().listen(0, '127.0.0.1');
  await once(nobody, 'listening');
  const { port } = nobody.address() as AddressInfo;
  nobody.close();
  const written = process.stderr.write.bind(process.stderr);
  const said = new Promise<void>(resolve => {
    process.stderr.write = ((line: string) => (err.push(line), resolve(), true)) as typeof process.stderr.write;
  });
  const code = runCommand(['replay', file(BY_LOT), '--register', 'x', '--url', `http://127.0.0.1:${port}`], { out: text => out.push(text), err: text => err.push(text), environment: { CHAOWEI_KEY: 'k' } });
  await said.finally(() => (process.stderr.write = written));
  process.emit('SIGTERM');

  expect(await code).toBe(1);
  expect(err[0]).toBe('服务无应答，1 秒后再试（已等 0 秒） / the server does not answer: again in 1 s (0 s so far)\n');
  expect(out[0]).toBe('6 行，已报 0，共 0 次 / 6 rows, 0 reported in 0 calls');
});

test('without demo keys the feed says what to do', async () => {
  const out: string[] = [];
  const code = await runCommand(['demo', 'feed'], { out: text => out.push(text), err: text => out.push(text), environment: { DATA_FOLDER: folder } });

  expect([code, out.join('\n')]).toEqual([1, expect.stringContaining('start the server with the demo city first')]);
});
