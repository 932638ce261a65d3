import { Zone, isRefusal, seededWorkCalendar } from '../kernel/index.js';
import type { ReportClient, ReportTally } from '../exchange/index.js';
import { Draw } from './rules/draw.js';
import { SOURCE } from './rules/neighbourhoods.js';
import { reporterOf } from './rules/parties.js';
import { roundOf } from './rules/shift.js';
import { drawFacilities } from './rules/stock.js';
import { busyOf, type Busy, type CityTime } from './rules/traffic.js';

/** How the demo city is fed. */
export interface Feeding {
  readonly seed: number;
  /** How many times faster the simulated day runs; what is told is observed at the real instant all the same. */
  readonly speed: number;
  readonly intervalMs: number;
  /** Real milliseconds after which it ends by itself; null for never. */
  readonly forMs: number | null;
  /** Tells this run's idempotency keys and event ids from those of every other. */
  readonly runId: string;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
  /** The client of a reporting party, by its code. */
  readonly clientOf: (party: string) => Pick<ReportClient, 'send'>;
  /** Told once a minute and at the end. */
  readonly onMinute: (so: FedSoFar) => void;
}

/** What was fed since the feed began. */
export interface FedSoFar {
  readonly simulatedAt: number;
  readonly accepted: number;
  readonly ignored: number;
  readonly quarantined: number;
}

const FEED = '演示潮汐 demo tides';
const REPORTS_A_CALL = 1_000;
const MINUTE_MS = 60_000;

/**
 * Feeds the demo city with its tides, as its operators' machines would: one call a party and interval, the parties spread
 * over the interval, so that the city moves all the time. Each declares first how often it will be heard, so that its silence
 * is told by its own measure (P3). Ends with the signal or after `forMs`.
 */
export async function feedTides(feeding: Feeding): Promise<FedSoFar> {
  const { speed, intervalMs, forMs, signal, now, pause, onMinute } = feeding;
  const parties = [...partiesOf(feeding.seed)].map(([party, facilities]) => ({ party, facilities, stands: new Map<string, number>() as ReadonlyMap<string, number> }));
  const city = cityTime();
  const startedAt = now();
  const simulated = (): number => startedAt + (now() - startedAt) * speed;
  const total = { accepted: 0, ignored: 0, quarantined: 0 };
  const soFar = (): FedSoFar => ({ simulatedAt: simulated(), ...total });
  for (const { party } of parties) {
    if (signal.aborted) break;
    await feeding.clientOf(party).send('declareOccupancyFeed', { feed: FEED, intervalSeconds: Math.ceil(intervalMs / 1_000), idempotencyKey: `tides-${feeding.runId}-${party}` });
  }
  let minute = 1;
  for (let round = 0; ; round++) {
    for (const [index, each] of parties.entries()) {
      const dueAt = startedAt + (round + index / parties.length) * intervalMs;
      const isOver = forMs !== null && dueAt - startedAt >= forMs;
      if (!isOver) await pause(Math.max(0, dueAt - now()));
      if (signal.aborted || isOver) {
        onMinute(soFar());
        return soFar();
      }
      const told = roundOf(each.facilities, { round, instant: simulated(), city, told: each.stands });
      for (const tally of await tell(feeding, each.party, round, told)) {
        total.accepted += tally.accepted;
        total.ignored += tally.ignored;
        total.quarantined += tally.quarantined;
      }
      each.stands = told.stands;
      if (now() - startedAt < minute * MINUTE_MS) continue;
      minute = Math.floor((now() - startedAt) / MINUTE_MS) + 1;
      onMinute(soFar());
    }
  }
}

async function tell({ clientOf, runId, now }: Feeding, party: string, round: number, { counts, events }: ReturnType<typeof roundOf>): Promise<readonly ReportTally[]> {
  const client = clientOf(party);
  const observedAt = new Date(now()).toISOString();
  const common = { feed: FEED, register: SOURCE };
  const tallies: ReportTally[] = [];
  for (const [index, reports] of chunks(counts).entries()) {
    const tally = await client.send('reportOccupancy', { ...common, reports: reports.map(count => ({ ...count, observedAt })), idempotencyKey: `tides-${runId}-${party}-${round}-c${index}` });
    if (tally) tallies.push(tally);
  }
  const named = events.map((event, index) => ({ ...event, eventId: `${runId}-${round}-${index}`, observedAt }));
  for (const [index, part] of chunks(named).entries()) {
    const tally = await client.send('recordVehicleEvents', { ...common, events: part, idempotencyKey: `tides-${runId}-${party}-${round}-e${index}` });
    if (tally) tallies.push(tally);
  }
  return tallies;
}

/** The facilities that are open, by the party that reports for each. */
function partiesOf(seed: number): ReadonlyMap<string, readonly Busy[]> {
  const parties = new Map<string, Busy[]>();
  for (const { draft } of drawFacilities(new Draw(seed))) {
    const party = reporterOf(draft);
    if (party === null || draft.status !== 'OPEN') continue;
    const facilities = parties.get(party) ?? [];
    facilities.push(busyOf(draft));
    parties.set(party, facilities);
  }
  return parties;
}

function cityTime(): CityTime {
  const zone = Zone.of('Asia/Shanghai');
  if (isRefusal(zone)) throw new Error(zone.problems[0].en);
  const calendar = seededWorkCalendar();
  return { zone: zone.value, dayTypeOf: day => calendar.typeOf(day) };
}

function chunks<T>(all: readonly T[]): ReadonlyArray<readonly T[]> {
  return Array.from({ length: Math.ceil(all.length / REPORTS_A_CALL) }, (_, index) => all.slice(index * REPORTS_A_CALL, (index + 1) * REPORTS_A_CALL));
}
