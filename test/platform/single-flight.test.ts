import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { onOneServer, type Database } from '../../src/platform/index.js';
import { openTestDatabase } from '../support/database.js';

/** More than the pool has connections. */
const AT_ONCE = 20;

let database: Database;

beforeAll(async () => {
  database = await openTestDatabase();
});

afterAll(() => database.close());

test('G18: however many jobs begin at one instant, each gets the connections that it needs', async () => {
  const job = (nth: number): Promise<boolean> => onOneServer(database, `job ${nth}`, () => database.transactional((_em, sql) => sql.query('select pg_sleep(0.01)')));

  expect(await Promise.all(Array.from({ length: AT_ONCE }, (_, nth) => job(nth)))).toEqual(Array.from({ length: AT_ONCE }, () => true));
});

test('a job is done by one at a time, and by the next once it is over', async () => {
  let runs = 0;
  const begun = Promise.withResolvers<void>();
  const finished = Promise.withResolvers<void>();
  const first = onOneServer(database, 'one', () => {
    runs += 1;
    begun.resolve();
    return finished.promise;
  });
  await begun.promise;
  const second = await onOneServer(database, 'one', async () => void (runs += 1));

  expect([second, runs]).toEqual([false, 1]);
  finished.resolve();
  expect(await first).toBe(true);
  expect(await onOneServer(database, 'one', async () => void (runs += 1))).toBe(true);
  expect(runs).toBe(2);
});

test('a job that fails is free to be done again, and holds up none beside it', async () => {
  const failing = onOneServer(database, 'fails', () => Promise.reject(new Error('no')));
  const beside = onOneServer(database, 'beside', () => database.query('select 1'));

  await expect(failing).rejects.toThrow('no');
  expect(await beside).toBe(true);
  expect(await onOneServer(database, 'fails', () => Promise.resolve())).toBe(true);
});

test('the lock of another session keeps a job from being done here', async () => {
  if (database.backEnd === 'EMBEDDED') return;
  await database.session(async sql => {
    await sql.query(`select pg_advisory_lock(hashtext('elsewhere'))`);
    expect(await onOneServer(database, 'elsewhere', () => Promise.reject(new Error('was done twice')))).toBe(false);
    await sql.query(`select pg_advisory_unlock(hashtext('elsewhere'))`);
  });
  expect(await onOneServer(database, 'elsewhere', () => Promise.resolve())).toBe(true);
});
