import type { Reading, Unreadable } from './rules/recorded-reading.js';
import type { RecordedFile } from './recorded-file.js';
import type { ReportTally } from './report-client.js';

/** How a recording is replayed. */
export interface Replay {
  readonly recording: RecordedFile;
  readonly register: string;
  readonly feed: string;
  /** How many times faster than it was recorded; null for as fast as the server takes it. */
  readonly speed: number | null;
  /** Whether the recording is told as if its first reading were told now. */
  readonly shiftsToNow: boolean;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly send: (input: { feed: string; register: string; reports: readonly object[] }, batch: number) => Promise<ReportTally | null>;
  /** Told before a batch is sent, with the instant at which its readings were told. */
  readonly onBatch?: (toldAt: number, done: number) => void;
}

/** What became of a recording, by verdict and reason. */
export interface ReplaySummary {
  readonly rows: number;
  readonly sent: number;
  readonly calls: number;
  readonly unreadable: Readonly<Record<Unreadable, number>>;
  /** 'QUARANTINED NEGATIVE' → 10; an accepted reading without a remark is 'ACCEPTED'. */
  readonly verdicts: Readonly<Record<string, number>>;
}

const REPORTS_A_CALL = 1_000;

/**
 * Replays a recording with its original faults: what was told at one instant is one call (at most 1,000 reports), in the
 * order in which it was told. Nothing is mended, left out or added.
 */
export async function replay(options: Replay): Promise<ReplaySummary> {
  const { recording, register, feed, signal, now, pause, send, onBatch } = options;
  const startedAt = now();
  const pace = paceOf(options, startedAt);
  const verdicts: Record<string, number> = {};
  let [sent, calls] = [0, 0];
  for await (const batch of batches(recording.readings())) {
    if (signal.aborted) break;
    const { toldAt } = batch[0]!;
    const due = pace.dueAt(toldAt) - now();
    if (due > 0) await pause(due);
    if (signal.aborted) break;
    onBatch?.(toldAt, sent);
    const tally = await send({ feed, register, reports: batch.map(reading => reportOf(reading, pace.shifted)) }, calls);
    if (tally === null) break;
    calls += 1;
    sent += batch.length;
    for (const { verdict, reason } of tally.receipts) {
      const key = reason === null ? verdict : `${verdict} ${reason}`;
      verdicts[key] = (verdicts[key] ?? 0) + 1;
    }
  }
  return { rows: recording.rows, sent, calls, unreadable: recording.unreadable, verdicts };
}

/** When a batch is due, and what its observations are told as. A faster replay squeezes the time between, so that nothing lies in the future. */
function paceOf({ recording, speed, shiftsToNow }: Replay, startedAt: number): { dueAt(toldAt: number): number; shifted(instant: number): number } {
  const first = recording.firstToldAt ?? startedAt;
  const at = (instant: number): number => startedAt + (instant - first) / (speed ?? 1);
  return {
    dueAt: toldAt => (speed === null ? startedAt : at(toldAt)),
    shifted: instant => (shiftsToNow ? Math.round(at(instant)) : instant),
  };
}

async function* batches(readings: AsyncIterable<Reading>): AsyncGenerator<readonly Reading[]> {
  let batch: Reading[] = [];
  for await (const reading of readings) {
    if (batch.length === REPORTS_A_CALL || (batch.length > 0 && batch[0]!.toldAt !== reading.toldAt)) {
      yield batch;
      batch = [];
    }
    batch.push(reading);
  }
  if (batch.length > 0) yield batch;
}

function reportOf({ facilityCode, spaceClass, occupied, free, observedAt }: Reading, shifted: (instant: number) => number): object {
  const instant = new Date(shifted(observedAt)).toISOString();
  return { facilityCode, ...(spaceClass === null ? {} : { spaceClass }), ...(free === null ? { occupied } : { free }), observedAt: instant };
}
