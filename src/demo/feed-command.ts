import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { ParseArgsOptionsConfig } from 'node:util';
import { RefusedCall, ReportClient, waitLine } from '../exchange/index.js';
import { systemClock, type Configuration } from '../platform/index.js';
import { readDemoKeys } from './demo-key.js';
import { feedTides, type FedSoFar } from './feed-tides.js';

type Flags = Readonly<Record<string, string | boolean | undefined>>;

interface CommandContext {
  readonly configuration: Configuration;
  readonly write: (line: string) => void;
  readonly complain: (line: string) => void;
}

const OPTIONS = { url: { type: 'string' }, speed: { type: 'string' }, interval: { type: 'string' }, for: { type: 'string' } } as const satisfies ParseArgsOptionsConfig;
const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
/** A figure is believed for three minutes: a feed that speaks less often than every two lets its city fall silent. */
const LONGEST_INTERVAL_SECONDS = 120;

/** `chaowei demo feed`: the tides of the demo city as its operators' reports, over the network like anybody's. */
export const demoFeedCommand = {
  name: 'demo feed',
  usage: 'demo feed [--url http://127.0.0.1:4000] [--speed 1] [--interval 60] [--for 10m]',
  summary: '按类别的潮汐为演示城市持续上报；--speed 使模拟的一天更快，观测时刻仍是真实的上报时刻 reports the tides of the demo city; --speed makes its simulated day run faster, while every report is observed at the real instant',
  options: OPTIONS,
  words: 0,
  run,
};

async function run({ configuration, write, complain }: CommandContext, _words: readonly string[], flags: Flags): Promise<number> {
  const asked = askedOf(flags);
  if (typeof asked === 'string') {
    complain(asked);
    return 2;
  }
  const keys = readDemoKeys(configuration.DATA_FOLDER);
  if (keys === null) {
    complain(`${configuration.DATA_FOLDER} 中没有演示密钥：请先以演示城市启动服务，并用同一 DATA_FOLDER / there are no demo keys in ${configuration.DATA_FOLDER}: start the server with the demo city first, and name the same DATA_FOLDER`);
    return 1;
  }
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const { signal } = stopping;
  const pause = (milliseconds: number): Promise<void> => wait(milliseconds, undefined, { signal }).catch(() => undefined);
  try {
    await feedTides({
      seed: configuration.DEMO_SEED, ...asked, signal, pause, now: () => systemClock.now(), runId: randomBytes(6).toString('hex'),
      clientOf: party => new ReportClient({ url: asked.url, key: keys.reporters[party] ?? '', signal, pause, onWait: wait => write(waitLine(wait)) }),
      onMinute: so => write(minuteLine(so)),
    });
    return 0;
  } catch (error) {
    if (!(error instanceof RefusedCall)) throw error;
    complain(error.message);
    return 1;
  } finally {
    process.removeListener('SIGINT', stop).removeListener('SIGTERM', stop);
  }
}

/** What the flags ask for, or in words what is wrong with them. */
function askedOf(flags: Flags): { url: string; speed: number; intervalMs: number; forMs: number | null } | string {
  const text = (name: keyof typeof OPTIONS, fallback: string): string => (typeof flags[name] === 'string' && flags[name] !== '' ? flags[name] : fallback);
  const [url, speed, interval] = [text('url', 'http://127.0.0.1:4000'), Number(text('speed', '1')), Number(text('interval', '60'))];
  const span = /^(\d{1,6})([smh])$/.exec(text('for', '0s'));
  if (!URL.canParse(url)) return `--url 不是网址：${url} / --url is no address: ${url}`;
  if (!(speed > 0 && speed <= 10_000)) return `--speed 须在 0 与 10000 之间，收到 ${flags.speed} / --speed lies between 0 and 10000, got ${flags.speed}`;
  if (!(interval >= 1 && interval <= LONGEST_INTERVAL_SECONDS)) return `--interval 须为 1–${LONGEST_INTERVAL_SECONDS} 秒，收到 ${flags.interval} / --interval is 1 to ${LONGEST_INTERVAL_SECONDS} seconds, got ${flags.interval}`;
  if (span === null) return `--for 须如 90s、10m、2h，收到 ${flags.for} / --for is written as 90s, 10m or 2h, got ${flags.for}`;
  const forMs = Number(span[1]) * UNITS[span[2]!]!;
  return { url, speed, intervalMs: interval * 1_000, forMs: forMs === 0 ? null : forMs };
}

function minuteLine({ simulatedAt, accepted, ignored, quarantined }: FedSoFar): string {
  const simulated = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short', timeStyle: 'short' }).format(simulatedAt);
  return `模拟 simulated ${simulated}  采信 accepted ${accepted}  未计 ignored ${ignored}  隔离 quarantined ${quarantined}`;
}
