import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Database } from '../../src/platform/index.js';
import { RecurringTexts } from '../../src/platform/recurring-texts.js';
import { openTestDatabase } from '../support/database.js';

let database: Database;

beforeAll(async () => {
  database = await openTestDatabase();
  await database.query('create table effect (n int primary key check (n < 1000))');
});

afterAll(() => database.close());

test('a text is named from its 64th time on, always by the same name, and another by another', () => {
  const texts = new RecurringTexts();
  const names = Array.from({ length: 70 }, () => texts.nameOf('select $1'));
  expect(names.slice(0, 63)).toEqual(Array(63).fill(undefined));
  expect(new Set(names.slice(63)).size).toBe(1);
  expect(names[63]).toMatch(/^[\w-]{32}$/);
  expect(texts.name('select $1')).toBe(names[63]);
  expect(texts.name('select $2')).not.toBe(names[63]);
});

test('texts that are made anew each time are never named, and what comes often between them is', () => {
  const texts = new RecurringTexts();
  for (let n = 0; n < 5_000; n += 1) expect(texts.nameOf(`select ${n}`)).toBeUndefined();
  for (let n = 0; n < 63; n += 1) texts.nameOf('select $1');
  expect(texts.nameOf('select $1')).toEqual(expect.any(String));
});

test('no more than 128 texts are named, however many come often', () => {
  const texts = new RecurringTexts();
  const named = Array.from({ length: 200 }, (_, nth) => Array.from({ length: 64 }, () => texts.nameOf(`select ${nth}`)).at(-1));
  expect(named.filter(name => name !== undefined)).toHaveLength(128);
});

test('a statement answers, sees its own transaction and fails as before once its connection has prepared it', async () => {
  const insert = (n: number) => database.transactional(async (_, sql) => {
    sql.write('insert into effect values ($1)', [n]);
    return (await sql.query<{ count: number }>('select count(*)::int as count from effect where n <= $1', [n]))[0]!.count;
  });
  const counts: number[] = [];
  for (let n = 0; n < 100; n += 1) counts.push(await insert(n));
  expect(counts).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
  await expect(insert(99)).rejects.toMatchObject({ code: '23505' });
  await expect(insert(1_000)).rejects.toMatchObject({ code: '23514' });
  expect(await insert(100)).toBe(101);
});

test('a table that was changed meanwhile serves its prepared statements on', async () => {
  const count = () => database.transactional(async (_, sql) => (await sql.query<{ n: number }>('select e.n from effect e where e.n = $1', [7]))[0]!.n);
  for (let round = 0; round < 80; round += 1) expect(await count()).toBe(7);
  await database.query(`alter table effect add column note text not null default ''`);
  expect(await count()).toBe(7);
});
