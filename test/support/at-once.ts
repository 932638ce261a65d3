import type { Database } from '../../src/platform/index.js';
import { until } from '../cluster/machines.js';

/**
 * Does things at once: those that write to a table are held there, or at whatever lock comes before, until each of them
 * waits. The embedded back end has one connection, on which one is done after the other.
 */
export async function atOnce<T>(database: Database, table: string, things: ReadonlyArray<() => Promise<T>>): Promise<T[]> {
  const begin = (): Promise<T[]> => Promise.all(things.map(thing => thing()));
  if (database.backEnd === 'EMBEDDED') return begin();
  const { begun } = await database.transactional(async (_em, sql) => {
    await sql.query(`lock table ${table} in share row exclusive mode`);
    const all = { begun: begin() };
    await until('all of them wait', async () => (await database.query('select 1 from pg_locks l join pg_stat_activity a on a.pid = l.pid where not l.granted and a.datname = current_database()')).length === things.length, 5_000);
    return all;
  });
  return begun;
}
