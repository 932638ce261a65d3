import { Socket } from 'node:net';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Database } from '../../src/platform/index.js';
import { openTestDatabase } from '../support/database.js';

let database: Database;

beforeAll(async () => {
  database = await openTestDatabase();
  await database.query('create table effect (n int primary key)');
});

afterAll(() => database.close());

/** How often a socket of this process was written to while something was done. */
async function writesDuring(work: () => Promise<unknown>): Promise<number> {
  const spies = (['_write', '_writev'] as const).map(way => jest.spyOn(Socket.prototype, way));
  try {
    await work();
    return spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

test('thirty writes of a transaction, its beginning and its end go out in one packet, in their order', async () => {
  const writes = await writesDuring(() => database.transactional(async (_em, sql) => {
    for (let n = 1; n <= 30; n += 1) sql.write('insert into effect select $1::int where $1 = 1 + (select count(*) from effect)', [n]);
  }));

  expect(writes).toBe(1);
  expect(await database.query('select count(*)::int as count, max(n) as max from effect')).toEqual([{ count: 30, max: 30 }]);
});

test('an answer that is waited for takes one packet, and what follows it another', async () => {
  const writes = await writesDuring(() => database.transactional(async (_em, sql) => {
    await Promise.all([sql.query('select 1'), sql.query('select 2'), sql.query('select $1::int', [3])]);
    sql.write('delete from effect where n = $1', [1]);
    sql.write('delete from effect where n = $1', [2]);
  }));

  expect(writes).toBe(2);
});

test('a transaction of several callers plans for arrays of any length and finds by key, and leaves its connection as it was', async () => {
  const settingsOf = (isGathered: boolean): Promise<unknown> =>
    database.transactional((_em, sql) => sql.query(`select current_setting('plan_cache_mode') as plans, current_setting('enable_seqscan') as scans`), { isGathered });

  expect(await settingsOf(true)).toEqual([{ plans: 'force_generic_plan', scans: 'off' }]);
  for (let n = 0; n < 8; n += 1) expect(await settingsOf(false)).toEqual([{ plans: 'auto', scans: 'on' }]);
});

test('no connection has its statements compiled: of the pool, of a session, and the one beside', async () => {
  const jit = 'select current_setting($1) as jit';
  const seen = await Promise.all([database.query(jit, ['jit']), database.queryPrepared(jit, ['jit']), database.session(sql => sql.query(jit, ['jit'])), database.beside!.query(jit, ['jit']), database.transactional((_em, sql) => sql.query(jit, ['jit']))]);
  expect(seen).toEqual(Array.from({ length: 5 }, () => [{ jit: 'off' }]));
});
