import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openDatabase, openLog, type Database } from '../../src/platform/index.js';
import { openTestDatabase, urlOf } from '../support/database.js';
import { until, withClient } from './machines.js';

const POOL = 2;

let own: Database;
let url: string;
let database: Database;

beforeEach(async () => {
  own = await openTestDatabase();
  url = (await urlOf(own))!;
  database = await openDatabase({ url, dataFolder: null, poolSize: POOL, statementMs: 5_000, acquireMs: 1_000, entities: [], migrations: [], log: openLog({ level: 'silent' }) });
});

afterEach(async () => {
  await own.close();
});

/** Ends a backend as an administrator does, and waits until PostgreSQL no longer knows it. */
async function terminate(pid: number): Promise<void> {
  await withClient(url, async client => {
    await client.query('select pg_terminate_backend($1)', [pid]);
    await until('the backend is gone', async () => (await client.query('select 1 from pg_stat_activity where pid = $1', [pid])).rows.length === 0, 5_000);
  });
}

const MOMENTS: ReadonlyArray<readonly [string, (sql: { query<Row extends object>(text: string): Promise<Row[]> }, pid: number) => Promise<unknown>]> = [
  ['by its own statement', sql => sql.query('select pg_terminate_backend(pg_backend_pid())')],
  ['while a statement runs', (sql, pid) => Promise.all([sql.query('select pg_sleep(5)'), terminate(pid)])],
  ['between two statements', async (sql, pid) => {
    await terminate(pid);
    return sql.query('select 1');
  }],
  ['before its commit', (_sql, pid) => terminate(pid)],
];

test.each(MOMENTS)('G15: a backend ended %s costs the pool no connection, and what was lost is told', async (_when, work) => {
  const lose = (): Promise<unknown> =>
    database.transactional(async (_em, sql) => {
      const [row] = await sql.query<{ pid: number }>('select pg_backend_pid() as pid');
      await work(sql, row!.pid);
    });

  // More often than the pool has connections.
  for (let time = 0; time <= POOL; time++) await expect(lose()).rejects.toThrow(/terminat|not queryable|connection error/i);

  const alive = await Promise.all(Array.from({ length: POOL }, () => database.transactional((_em, sql) => sql.query('select pg_sleep(0.05)'))));
  expect(alive).toHaveLength(POOL);
  await database.close();
});

test('a transaction that fails beside its own statements leaves nothing of them behind', async () => {
  await database.query('create table kept (id int)');

  const failing = database.transactional(async (_em, sql) => {
    const later = sql.query('insert into kept values (1)');
    const last = sql.query('insert into kept values (2)');
    await Promise.all([sql.query('select 1 / 0'), later, last]);
  });

  await expect(failing).rejects.toThrow('division by zero');
  expect(await database.query('select id from kept')).toEqual([]);
  await database.close();
});
