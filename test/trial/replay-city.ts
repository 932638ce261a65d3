import { isAbsolute, join } from 'node:path';
import { keepOccupancyDays } from '../../src/availability/keep-days.js';
import { openRecording } from '../../src/exchange/recorded-file.js';
import { ReportClient } from '../../src/exchange/report-client.js';
import { replay, type ReplaySummary } from '../../src/exchange/replay.js';
import type { Viewer } from '../../src/platform/index.js';
import { startTestServer, type TestServer } from '../server/running.js';
import { addFacilities, facilityDraft, foundCity } from '../support/city.js';
import { scopeOf, system } from '../support/scope.js';
import { recorded, rowsOf } from './recorded.js';

const DAY_MS = 86_400_000;

/** A car park of a recording: the register that names it, its code there, and how many spaces it has. */
export type RecordedLot = readonly [register: string, code: string, spaces: number];

/** A server of the city that a recording is replayed against. */
export interface ReplayCity {
  readonly server: TestServer;
  query<Row extends object>(sql: string): Promise<Row[]>;
  /** Replays a recording over HTTP, with the server's clock at the instant at which each batch was told. */
  replayed(register: string, path: string, run: string): Promise<ReplaySummary>;
  /** All that reports of a register have written, but the counts of what was received. */
  standing(register: string): Promise<unknown>;
}

export const pathOf = (path: string): string => (isAbsolute(path) ? path : join(process.env.TRIAL_DATA!, path));
export const cellsOf = (path: string): ReadonlyArray<Readonly<Record<string, string>>> => rowsOf(recorded(path)).map(({ cells }) => cells);

/** Opens a server with these car parks, all of one company, and its clock before the first of their reports. */
export async function openReplayCity(lots: readonly RecordedLot[]): Promise<ReplayCity> {
  let ownerId: string | undefined;
  const authenticate = async (): Promise<Viewer> => ({ ...system, partyIds: [ownerId!], limitClass: 'BENCH' });
  const server = await startTestServer({ assembly: { authenticate } });
  const { services, url } = server;
  services.clock.set('2016-10-01T00:00:00Z');
  await foundCity(scopeOf(services));
  ownerId = (await services.database.query<{ id: string }>(`select id from party where name = '泉州公共停车公司'`))[0]!.id;
  await addFacilities(scopeOf(services), lots.map(([register, code, total], index) => facilityDraft(code, { longitude: 118.55 + (index % 20) * 0.002, latitude: 24.88 + Math.floor(index / 20) * 0.002 }, {
    source: register, observedOn: '2016-09-01', name: `${register} ${code}`, zones: [{ code: 'MAIN', capacity: [{ spaceClass: 'STANDARD', total, shareable: total }] }],
  })));
  return {
    server,
    query: sql => services.database.query(sql),
    async replayed(register, path, run) {
      const { signal } = new AbortController();
      const client = new ReportClient({ url, key: 'trial', signal, pause: async () => undefined });
      let toldAt = 0;
      let day = 0;
      return replay({
        recording: await openRecording(pathOf(path), null), register, feed: register, speed: null, shiftsToNow: false, signal,
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
    },
    standing: register => services.database.query(
      `select s.source_code as code, l.version, l.state, l.free, l.counts, (select count(*)::int from occupancy_sample o where o.facility_id = s.facility_id) as samples
       from facility_source s join live_availability l on l.facility_id = s.facility_id where s.source = $1 order by 1`,
      [register],
    ),
  };
}

/** How often each text comes. */
export function tallied(texts: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const text of texts) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
}
