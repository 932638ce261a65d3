import { RETENTION, type Services } from '../platform/index.js';
import { localTime } from '../kernel/index.js';
import { keepDays, raiseLogFloor } from './keep-days.sql.js';

const DAY_MS = 86_400_000;

/** For how long a report may come after its observation; older ones are refused as EXPIRED. */
export const OLDEST_REPORT_MS = 2 * DAY_MS;
const DAYS_AHEAD = 3;

/** Makes the coming days of what is kept by days, and drops those past keeping. Runs at the start and every hour; doing it twice does nothing. */
export async function keepOccupancyDays(services: Services): Promise<void> {
  const today = Math.floor(services.clock.now() / DAY_MS);
  const iso = (day: number): string => localTime.formatDay(day);
  const until = iso(today + DAYS_AHEAD);
  await services.database.transactional(async (_em, sql) => {
    for (const table of ['occupancy_sample', 'vehicle_event'] as const) {
      await keepDays(sql, { table, from: iso(today - Math.ceil(OLDEST_REPORT_MS / DAY_MS)), until, dropBefore: iso(today - RETENTION.reports.days) });
    }
    const logFrom = iso(today - RETENTION.availabilityLog.days);
    await raiseLogFloor(sql, logFrom);
    await keepDays(sql, { table: 'availability_change', from: iso(today), until, dropBefore: logFrom });
  });
}
