import { one, type Sql } from './sql.js';

/** Asks for an answer and nothing else; throws where there is none. */
export async function ping(sql: Sql): Promise<void> {
  await sql.query('select 1');
}

/** What stands behind the database: the versions of PostgreSQL and PostGIS. */
export function backEndVersions(sql: Sql): Promise<{ readonly version: string; readonly postgis: string }> {
  return one(sql, `select current_setting('server_version') as version, postgis_lib_version() as postgis`);
}
