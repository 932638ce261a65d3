import type { Database } from './database.js';

/**
 * Does something unless another session, of whatever server, is doing it just now; says whether it did. The advisory
 * lock belongs to the session, so that it goes with a server that dies.
 */
export function onOneServer(database: Database, name: string, work: () => Promise<unknown>): Promise<boolean> {
  return database.session(async sql => {
    const [lock] = await sql.query<{ mine: boolean }>('select pg_try_advisory_lock(hashtext($1)) as mine', [name]);
    if (!lock!.mine) return false;
    try {
      await work();
      return true;
    } finally {
      await sql.query('select pg_advisory_unlock(hashtext($1))', [name]);
    }
  });
}
