import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Database, Sql, TransactionSql } from '../../src/platform/index.js';
import { openTestDatabase } from '../support/database.js';

let database: Database;

beforeAll(async () => {
  database = await openTestDatabase();
  await database.query('create table effect (n int primary key check (n < 100))');
});

beforeEach(() => database.query('delete from effect'));

afterAll(() => database.close());

const run = <T>(work: (sql: TransactionSql) => Promise<T>): Promise<T> => database.transactional((_, sql) => work(sql));
const insert = (n: number): [string, readonly number[]] => ['insert into effect values ($1)', [n]];
const numbers = async (sql: Sql = database): Promise<number[]> => (await sql.query<{ n: number }>('select n from effect order by n')).map(row => row.n);

test('what is asked behind writes that nobody waits for sees all of them', async () => {
  const seen = await run(async sql => {
    for (const n of [3, 1, 2]) sql.write(...insert(n));
    return numbers(sql);
  });

  expect(seen).toEqual([1, 2, 3]);
  expect(await numbers()).toEqual([1, 2, 3]);
});

test('a write that fails fails its transaction with its own error, though nobody waited for it', async () => {
  const failed = run(async sql => {
    sql.write(...insert(1));
    sql.write(...insert(100));
    sql.write(...insert(2));
    return 'unnoticed';
  });

  await expect(failed).rejects.toMatchObject({ code: '23514' });
  expect(await numbers()).toEqual([]);
});

test('of a write that failed and the question behind it, the write says why', async () => {
  const failed = run(async sql => {
    sql.write(...insert(1));
    sql.write(...insert(1));
    return numbers(sql);
  });

  await expect(failed).rejects.toMatchObject({ code: '23505' });
  expect(await numbers()).toEqual([]);
});

test('of a question that failed and the writes behind it, the question says why', async () => {
  const failed = run(async sql => {
    const asked = sql.query(...insert(100));
    sql.write(...insert(2));
    await asked;
  });

  await expect(failed).rejects.toMatchObject({ code: '23514' });
  expect(await numbers()).toEqual([]);
});

test('of questions that fail together the first says why, whichever of them is heard first', async () => {
  const slow = (asked: Promise<unknown>): Promise<unknown> => asked.finally(() => undefined).finally(() => undefined);
  const failed = run(sql => Promise.all([slow(sql.query(...insert(100))), sql.query(...insert(2))]));

  await expect(failed).rejects.toMatchObject({ code: '23514' });
  expect(await numbers()).toEqual([]);
});

test('G6: work that goes on beside what failed writes nothing after the rollback', async () => {
  let later: Promise<unknown> = Promise.resolve();
  let failNow = (): void => undefined;
  const hasFailed = new Promise<void>(resolve => (failNow = resolve));
  const failed = run(async sql => {
    await sql.query(...insert(1));
    later = hasFailed.then(() => sql.query(...insert(2)));
    throw new Error('given up');
  });

  await expect(failed).rejects.toThrow('given up');
  failNow();
  await expect(later).rejects.toThrow('the transaction of this statement is over');
  expect(await numbers()).toEqual([]);
});

test('G6: statements that are under way beside what fails are rolled back with it', async () => {
  const failed = run(sql => Promise.all([sql.query(...insert(1)), Promise.reject(new Error('given up')), sql.query(...insert(2))]));

  await expect(failed).rejects.toThrow('given up');
  expect(await numbers()).toEqual([]);
});

test('a transaction commits nothing once a statement has failed, though whoever asked for it went on', async () => {
  const failed = run(async sql => {
    await sql.query(...insert(1));
    await sql.query(...insert(100)).catch(() => undefined);
    return 'as if nothing had happened';
  });

  await expect(failed).rejects.toMatchObject({ code: '23514' });
  expect(await numbers()).toEqual([]);
});

test('what only the commit refuses is refused, and nothing stands', async () => {
  await database.query('create table if not exists pair (n int primary key references effect deferrable initially deferred)');

  await expect(run(async sql => sql.write('insert into pair values (7)'))).rejects.toMatchObject({ code: '23503' });

  expect(await database.query('select n from pair')).toEqual([]);
  expect(await run(async sql => {
    sql.write('insert into pair values (8)');
    sql.write(...insert(8));
    return numbers(sql);
  })).toEqual([8]);
  await database.query('drop table pair');
});

test('G6: what is sent behind the end of the work is refused, and writes nothing', async () => {
  let later: Promise<unknown> = Promise.resolve();
  await run(async sql => {
    sql.write(...insert(1));
    later = new Promise(resolve => setImmediate(resolve)).then(() => sql.query(...insert(2)));
  });

  await expect(later).rejects.toThrow('the transaction of this statement is over');
  expect(await numbers()).toEqual([1]);
});

test('a connection serves the next transaction after one that failed', async () => {
  for (let round = 0; round < 30; round += 1) {
    await expect(run(async sql => sql.write(...insert(100)))).rejects.toMatchObject({ code: '23514' });
  }
  await run(async sql => sql.write(...insert(1)));

  expect(await numbers()).toEqual([1]);
});
