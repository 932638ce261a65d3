import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { ParseArgsOptionsConfig } from 'node:util';
import { isRefusal } from '../kernel/index.js';
import { systemClock, type Configuration } from '../platform/index.js';
import { whyUnreadable } from './given-file.js';
import { UnfitRecording, openRecording } from './recorded-file.js';
import { replay, type ReplaySummary } from './replay.js';
import { ReportClient, RefusedCall, type ServerWait } from './report-client.js';
import { formatOf, type RecordedFormat } from './rules/recorded-reading.js';

type Flags = Readonly<Record<string, string | boolean | undefined>>;

interface CommandContext {
  readonly configuration: Configuration;
  readonly write: (line: string) => void;
  readonly complain: (line: string) => void;
}

const OPTIONS = {
  format: { type: 'string' }, url: { type: 'string' }, key: { type: 'string' }, register: { type: 'string' }, feed: { type: 'string' }, speed: { type: 'string' }, shift: { type: 'string' }, json: { type: 'boolean' },
} as const satisfies ParseArgsOptionsConfig;

const PROGRESS_MS = 10_000;

/**
 * `chaowei replay FILE`: a recorded feed as an operator's own reports, over the network like anybody's. Exit codes: 0 told
 * to the end, 1 refused, broken off or nothing in it to tell, 2 misused. The key may stand in CHAOWEI_KEY, which no list of processes shows.
 */
export function replayCommand(progress: (line: string) => void) {
  return {
    name: 'replay',
    usage: 'replay FILE --register SOURCE [--format auto|dresden|birmingham|hongkong|facility=COLUMN,free=COLUMN,at=COLUMN,zone=ZONE] [--url http://127.0.0.1:4000] [--key KEY] [--feed NAME] [--speed max|N] [--shift none|now] [--json]',
    summary: '把录得的占用数据连同其原有错误重放为上报；密钥也可置于 CHAOWEI_KEY replays recorded occupancy with its original faults as reports; the key may stand in CHAOWEI_KEY',
    options: OPTIONS,
    words: 1,
    run: (context: CommandContext, words: readonly string[], flags: Flags) => run(context, words[0]!, flags, progress),
  };
}

async function run({ configuration, write, complain }: CommandContext, path: string, flags: Flags, progress: (line: string) => void): Promise<number> {
  const asked = askedOf(path, flags, configuration.CHAOWEI_KEY);
  if (typeof asked === 'string') {
    complain(asked);
    return 2;
  }
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const { signal } = stopping;
  const pause = (milliseconds: number): Promise<void> => wait(milliseconds, undefined, { signal }).catch(() => undefined);
  try {
    const recording = await openRecording(path, asked.format);
    const client = new ReportClient({ url: asked.url, key: asked.key, signal, pause, onWait: wait => progress(waitLine(wait)) });
    const id = randomBytes(8).toString('hex');
    const summary = await replay({
      recording, register: asked.register, feed: asked.feed, speed: asked.speed, shiftsToNow: asked.shiftsToNow, signal, pause, now: () => systemClock.now(),
      send: (input, batch) => client.send('reportOccupancy', { ...input, idempotencyKey: `replay-${id}-${batch}` }),
      onBatch: progressEvery(progress, recording.rows),
    });
    if (flags.json === true) write(JSON.stringify(summary, null, 2));
    else summaryLines(summary).forEach(write);
    return signal.aborted || summary.sent === 0 ? 1 : 0;
  } catch (error) {
    if (!(error instanceof UnfitRecording || error instanceof RefusedCall)) throw error;
    complain(error.message);
    return 1;
  } finally {
    process.removeListener('SIGINT', stop).removeListener('SIGTERM', stop);
  }
}

interface Asked {
  readonly format: RecordedFormat | null;
  readonly url: string;
  readonly key: string;
  readonly register: string;
  readonly feed: string;
  readonly speed: number | null;
  readonly shiftsToNow: boolean;
}

/** What the flags ask for, or in words what is wrong with them. */
function askedOf(path: string, flags: Flags, configuredKey: string | null): Asked | string {
  const text = (name: keyof typeof OPTIONS, fallback: string): string => (typeof flags[name] === 'string' && flags[name] !== '' ? flags[name] : fallback);
  const format = text('format', 'auto');
  const read = format === 'auto' ? null : formatOf(format);
  const key = text('key', configuredKey ?? '');
  const register = text('register', '');
  const [speed, shift, url] = [text('speed', 'max'), text('shift', 'none'), text('url', 'http://127.0.0.1:4000')];
  const unreadable = whyUnreadable(path);
  if (unreadable !== null) return unreadable;
  if (read !== null && isRefusal(read)) return `${read.problems[0].zh} / ${read.problems[0].en}`;
  if (key === '') return '须有 --key 或 CHAOWEI_KEY / --key or CHAOWEI_KEY is needed';
  if (register === '') return '须有 --register：设施代码所属的登记册 / --register is needed: the register whose codes the file uses';
  if (!URL.canParse(url)) return `--url 不是网址：${url} / --url is no address: ${url}`;
  if (speed !== 'max' && !(Number(speed) > 0 && Number(speed) <= 1e6)) return `--speed 须为 max 或正数，收到 ${speed} / --speed is max or a positive number, got ${speed}`;
  if (shift !== 'none' && shift !== 'now') return `--shift 须为 none 或 now，收到 ${shift} / --shift is none or now, got ${shift}`;
  if (shift === 'now' && speed === 'max') return '--shift now 须与 --speed 数字同用，否则观测时刻会落在将来 / --shift now goes with a number as --speed: its observations would lie in the future';
  return { format: read === null ? null : read.value, url, key, register, feed: text('feed', 'default'), speed: speed === 'max' ? null : Number(speed), shiftsToNow: shift === 'now' };
}

/** The summary in lines: the greatest number first within each verdict. */
export function summaryLines({ rows, sent, calls, unreadable, verdicts }: ReplaySummary): readonly string[] {
  const counted = Object.entries(verdicts).sort(([a, m], [b, n]) => (a.split(' ')[0]! < b.split(' ')[0]! ? -1 : a.split(' ')[0] === b.split(' ')[0] ? n - m : 1));
  return [
    `${rows} 行，已报 ${sent}，共 ${calls} 次 / ${rows} rows, ${sent} reported in ${calls} calls`,
    ...Object.entries(unreadable).filter(([, count]) => count > 0).map(([what, count]) => `${String(count).padStart(9)}  无法读取 unreadable ${what}`),
    ...counted.map(([verdict, count]) => `${String(count).padStart(9)}  ${verdict}`),
  ];
}

/** A server that is away, or that asks for patience, is said so at every wait: silence looks like work. */
export function waitLine({ reason, forMs, waitedMs }: ServerWait): string {
  const [soon, so] = [Math.ceil(forMs / 1_000), Math.round(waitedMs / 1_000)];
  const what = reason === 'AWAY' ? { zh: '服务无应答', en: 'the server does not answer' } : { zh: '服务请稍候', en: 'the server asks for patience' };
  return `${what.zh}，${soon} 秒后再试（已等 ${so} 秒） / ${what.en}: again in ${soon} s (${so} s so far)`;
}

function progressEvery(progress: (line: string) => void, rows: number): (toldAt: number, done: number) => void {
  let nextAt = systemClock.now() + PROGRESS_MS;
  return (toldAt, done) => {
    if (systemClock.now() < nextAt) return;
    nextAt = systemClock.now() + PROGRESS_MS;
    progress(`${new Date(toldAt).toISOString()}  ${done} / ${rows}`);
  };
}
