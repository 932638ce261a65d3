import type { Services } from '../platform/index.js';
import { localTime } from '../kernel/index.js';
import { keepDays, raiseLogFloor } from './keep-days.sql.js';

const DAY_MS = 86_400_000;

/** For how long a report may come after its observation; older ones are refused as EXPIRED. */
export const OLDEST_REPORT_MS = 2 * DAY_MS;
const DAYS_AHEAD = 3;
/** Samples and vehicle events are kept for half a year and a day (Cybersecurity Law: network records at least six months). */
const SAMPLES_KEPT_DAYS = 185;
/** How far back an integrator may ask for changes; a dashboard resumes within minutes. */
const LOG_KEPT_DAYS = 2;

/** Makes the coming days of what is kept by days, and drops those past keeping. Runs at the start and every hour; doing it twice does nothing. */
export async function keepOccupancyDays(services: Services): Promise<void> {
  const today = Math.floor(services.clock.now() / DAY_MS);
  const iso = (day: number): string => localTime.formatDay(day);
  const until = iso(today + DAYS_AHEAD);
  await services.database.transactional(async (_em, sql) => {
    for (const table of ['occupancy_sample', 'vehicle_event'] as const) {
      await keepDays(sql, { table, from: iso(today - Math.ceil(OLDEST_REPORT_MS / DAY_MS)), until, dropBefore: iso(today - SAMPLES_KEPT_DAYS) });
    }
    await raiseLogFloor(sql, iso(today - LOG_KEPT_DAYS));
    await keepDays(sql, { table: 'availability_change', from: iso(today), until, dropBefore: iso(today - LOG_KEPT_DAYS) });
  });
}
