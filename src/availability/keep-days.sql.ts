import type { Sql } from '../platform/index.js';

/** Days of a partitioned table: made from `from` until before `until`, dropped before `dropBefore`; ISO dates in UTC. */
export async function keepDays(sql: Sql, days: { readonly table: 'occupancy_sample' | 'vehicle_event' | 'availability_change'; readonly from: string; readonly until: string; readonly dropBefore: string }): Promise<void> {
  await sql.query('select pg_advisory_xact_lock(hashtext($1)), make_days_of($1::regclass, $2::date, $3::date), drop_days_of($1::regclass, $4::date)', [days.table, days.from, days.until, days.dropBefore]);
}

/** Notes up to which position the log is about to be dropped. By the day's own primary key. */
export async function raiseLogFloor(sql: Sql, beforeDay: string): Promise<void> {
  await sql.query(
    `update availability_log_floor f
     set position = greatest(f.position, (select coalesce(max(c.position), 0) from availability_change c where c.at < $1::date::timestamp at time zone 'UTC'))`,
    [beforeDay],
  );
}
