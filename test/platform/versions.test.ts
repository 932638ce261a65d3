import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Database } from '../../src/platform/index.js';
import { openTestDatabase } from '../support/database.js';

let database: Database;

beforeAll(async () => {
  database = await openTestDatabase();
  await database.query(`create table thing (id text primary key, spaces int not null, valid_from timestamptz not null)`);
  await database.query(`select keep_versions('thing')`);
});

afterAll(() => database.close());

const asOf = async (valid: string): Promise<number[]> =>
  (await database.query<{ spaces: number }>(`select spaces from thing_version where id = 'a' and valid_during @> $1::timestamptz and upper_inf(recorded_during)`, [valid])).map(row => row.spaces);

test('a change keeps what was true before it, and a correction of the past replaces it from its instant on', async () => {
  await database.query(`insert into thing values ('a', 10, '2026-01-01Z')`);
  await database.query(`update thing set spaces = 20, valid_from = '2026-03-01Z' where id = 'a'`);
  expect(await asOf('2026-02-01Z')).toEqual([10]);
  expect(await asOf('2026-03-01Z')).toEqual([20]);
  expect(await asOf('2025-12-31Z')).toEqual([]);

  await database.query(`update thing set spaces = 15, valid_from = '2026-02-01Z' where id = 'a'`);
  expect(await asOf('2026-01-15Z')).toEqual([10]);
  expect(await asOf('2026-02-15Z')).toEqual([15]);
  expect(await asOf('2026-04-01Z')).toEqual([15]);

  const believed = await database.query<{ spaces: number }>(
    `select spaces from thing_version where id = 'a' and valid_during @> '2026-04-01Z'::timestamptz and not upper_inf(recorded_during) order by lower(recorded_during)`);
  expect(believed).toEqual([{ spaces: 10 }, { spaces: 20 }]);
});

test('two changes of one row in one transaction leave one version, and a delete ends it', async () => {
  await database.transactional(async (_em, sql) => {
    await sql.query(`insert into thing values ('b', 1, '2026-01-01Z')`);
    await sql.query(`update thing set spaces = 2 where id = 'b'`);
    await sql.query(`update thing set spaces = 3 where id = 'b'`);
  });
  expect(await database.query(`select spaces from thing_version where id = 'b'`)).toEqual([{ spaces: 3 }]);

  await database.query(`delete from thing where id = 'b'`);
  const open = await database.query(`select upper_inf(valid_during) as open from thing_version where id = 'b' and upper_inf(recorded_during)`);
  expect(open).toEqual([{ open: false }]);
});
