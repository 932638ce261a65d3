import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { RECORDED_FORMATS, formatOfHeading, type RecordedFormat, type Reading, type Row, type Unreadable } from './rules/recorded-reading.js';

/** A stretch of a file whose readings are in the order of their times, by its bytes: from the first to before the last. */
interface Run {
  readonly from: number;
  readonly until: number;
}

/** A recording, looked over once. Nothing of its rows is kept. */
export interface RecordedFile {
  readonly rows: number;
  readonly unreadable: Readonly<Record<Unreadable, number>>;
  readonly firstToldAt: number | null;
  readonly lastToldAt: number | null;
  /** Every reading in the order in which it was told, whatever the order of the file. */
  readings(): AsyncGenerator<Reading>;
}

/** A file that is no recording, in words for whoever gave it. */
export class UnfitRecording extends Error {}

/** A file sorted by car park has one run a car park; beyond this many it is in no order at all, and is to be sorted first. */
const RUNS_AT_MOST = 500;

/**
 * Looks a recording over: the format, where its times go backwards, and how many rows are no readings. Files sorted by
 * car park and then by time are merged by time as they are read, one row of each run in memory.
 */
export async function openRecording(path: string, declared: RecordedFormat | null): Promise<RecordedFile> {
  const unreadable: Record<Unreadable, number> = { TIME: 0, COUNT: 0, FACILITY: 0 };
  const runs: Array<{ from: number; until: number }> = [];
  let format = declared;
  let heading: readonly string[] | null = null;
  let rows = 0;
  let [first, last, latest] = [Infinity, -Infinity, -Infinity];
  let end = 0;
  for await (const { cells, until } of records(path, 0, undefined)) {
    const from = end;
    end = until;
    if (heading === null) {
      heading = cells;
      format ??= formatFor(heading);
      const missing = format.columns.filter(column => !cells.includes(column));
      if (missing.length > 0) throw new UnfitRecording(`文件没有 ${missing.join('、')} 列，其表头为 ${cells.join('、')} / the file has no column ${missing.join(', ')}; its heading is ${cells.join(', ')}`);
      continue;
    }
    rows += 1;
    const reading = format!.read(rowOf(heading, cells));
    if (typeof reading === 'string') {
      unreadable[reading] += 1;
      if (runs.length > 0) runs.at(-1)!.until = until;
      continue;
    }
    const { toldAt } = reading;
    if (toldAt < last || runs.length === 0) runs.push({ from, until });
    if (runs.length > RUNS_AT_MOST) throw new UnfitRecording(`到第 ${rows + 1} 行时刻已倒退 ${RUNS_AT_MOST} 次，请先按时刻排序 / by row ${rows + 1} the times have gone backwards ${RUNS_AT_MOST} times: sort the file by time first`);
    runs.at(-1)!.until = until;
    last = toldAt;
    first = Math.min(first, toldAt);
    latest = Math.max(latest, toldAt);
  }
  if (heading === null) throw new UnfitRecording('文件是空的 / the file is empty');
  return { rows, unreadable, firstToldAt: first === Infinity ? null : first, lastToldAt: first === Infinity ? null : latest, readings: () => merged(path, format!, heading!, runs) };
}

function formatFor(heading: readonly string[]): RecordedFormat {
  const name = formatOfHeading(heading);
  if (name === null) throw new UnfitRecording(`表头 ${heading.join('、')} 不属于已知格式 ${Object.keys(RECORDED_FORMATS).join('、')}；请用 --format 写明各列 / the heading ${heading.join(', ')} is of none of the formats ${Object.keys(RECORDED_FORMATS).join(', ')}: state the columns with --format`);
  return RECORDED_FORMATS[name];
}

/** Takes always the earliest of the next readings of all runs; of one instant, that of the run that begins earlier in the file. */
async function* merged(path: string, format: RecordedFormat, heading: readonly string[], runs: readonly Run[]): AsyncGenerator<Reading> {
  const sources = runs.map(run => readingsOf(path, format, heading, run));
  try {
    const heads = await Promise.all(sources.map(source => source.next()));
    for (;;) {
      let earliest = -1;
      for (const [index, { done, value }] of heads.entries()) {
        if (!done && (earliest === -1 || value.toldAt < heads[earliest]!.value!.toldAt)) earliest = index;
      }
      if (earliest === -1) return;
      yield heads[earliest]!.value!;
      heads[earliest] = await sources[earliest]!.next();
    }
  } finally {
    await Promise.all(sources.map(source => source.return(undefined)));
  }
}

async function* readingsOf(path: string, format: RecordedFormat, heading: readonly string[], { from, until }: Run): AsyncGenerator<Reading, undefined> {
  for await (const { cells } of records(path, from, until)) {
    const reading = format.read(rowOf(heading, cells));
    if (typeof reading !== 'string') yield reading;
  }
}

/** The records of a part of a file, each with the byte before which it ends. */
async function* records(path: string, from: number, until: number | undefined): AsyncGenerator<{ cells: readonly string[]; until: number }> {
  if (until === from) return;
  const source = createReadStream(path, { start: from, end: until === undefined ? undefined : until - 1 });
  const parser = parse({ bom: from === 0, relax_column_count: true, skip_empty_lines: true, info: true });
  source.on('error', error => parser.destroy(error));
  source.pipe(parser);
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { bytes: number } }>) yield { cells: record, until: from + info.bytes };
  } finally {
    source.destroy();
  }
}

function rowOf(heading: readonly string[], cells: readonly string[]): Row {
  return Object.fromEntries(heading.map((name, index) => [name, cells[index]?.trim() ?? '']));
}
