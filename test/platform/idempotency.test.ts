import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { done, problem, refuse } from '../../src/kernel/index.js';
import { transaction, type Database, type RequestScope } from '../../src/platform/index.js';
import { openTestDatabase } from '../support/database.js';
import { scopeOf, testServices } from '../support/scope.js';

let database: Database;
let scope: RequestScope;

beforeAll(async () => {
  database = await openTestDatabase();
  await database.query('create table effect (n int)');
  scope = scopeOf(testServices(database));
});

afterAll(() => database.close());

const act = (key: string, n: number) =>
  transaction(scope, async unit => {
    await unit.query('insert into effect values ($1)', [n]);
    return done({ n, drawn: Math.random() });
  }, { operation: 'act', key, input: { n } });

const effects = async (n: number): Promise<number> => (await database.query('select n from effect where n = $1', [n])).length;

test('I17: a retried mutation answers its first result and happens once', async () => {
  const first = await act('k1', 1);
  const second = await act('k1', 1);

  expect(second).toEqual(first);
  expect(await effects(1)).toBe(1);
});

test('I17: the same key with another input is a conflict, and nothing is written', async () => {
  await act('k2', 2);

  await expect(act('k2', 3)).rejects.toMatchObject({ code: 'CONFLICT', extensions: { reason: 'KEY_REUSED' } });
  expect(await effects(3)).toBe(0);
});

test('G2: ten concurrent calls with one key give one effect and one answer', async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => act('k3', 4)));

  expect(new Set(answers.map(answer => JSON.stringify(answer))).size).toBe(1);
  expect(await effects(4)).toBe(1);
});

test('a refusal writes nothing, keeps no key, and may be tried again', async () => {
  const refused = await transaction(scope, async unit => {
    await unit.query('insert into effect values (5)');
    return refuse(problem('NOTICE_UNKNOWN', { zh: '不', en: 'no' }));
  }, { operation: 'act', key: 'k4', input: { n: 5 } });

  expect(refused).toMatchObject({ ok: false });
  expect(await effects(5)).toBe(0);
  expect(await act('k4', 5)).toMatchObject({ ok: true, value: { n: 5 } });
});
