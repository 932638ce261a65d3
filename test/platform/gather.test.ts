import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Gatherer, type Database, type Gathered, type Services } from '../../src/platform/index.js';
import { badInput } from '../../src/platform/graphql/index.js';
import { openTestDatabase } from '../support/database.js';
import { system, testServices } from '../support/scope.js';

let database: Database;
let services: Services;

beforeAll(async () => {
  database = await openTestDatabase();
  await database.query('create table gathered_effect (n int check (n < 1000))');
  services = testServices(database);
});

afterAll(() => database.close());

interface Item {
  readonly n: number;
  readonly isPoison?: boolean;
}

/** A gatherer that writes numbers, and tells how many calls each of its transactions had. */
function numbers(maximum = 2_000): { gatherer: Gatherer<Item, { n: number; among: number }>; sizes: number[] } {
  const sizes: number[] = [];
  const gatherer = new Gatherer<Item, { n: number; among: number }>({
    maximum: () => maximum,
    lanes: 2,
    viewer: system,
    async work(unit, parts) {
      sizes.push(parts.length);
      await unit.query('insert into gathered_effect select n from unnest($1::int[]) as n', [parts.map(part => part.item.n)]);
      if (parts.some(part => part.item.isPoison)) throw badInput({ zh: '坏', en: 'bad' });
      return parts.map(part => ({ n: part.item.n, among: parts.length }));
    },
  });
  return { gatherer, sizes };
}

const part = (n: number, key: string, more: Partial<Item> = {}, weight = 1): Gathered<Item> => ({ viewer: system, item: { n, ...more }, retry: { operation: 'number', key, input: n }, weight });

const effects = async (from: number, until: number): Promise<number[]> => (await database.query<{ n: number }>('select n from gathered_effect where n >= $1 and n < $2 order by n', [from, until])).map(row => row.n);

test('calls of one turn are written together, each with its own answer', async () => {
  const { gatherer, sizes } = numbers();

  const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => gatherer.run(services, part(n, `together ${n}`))));

  expect(answers.map(answer => answer.n)).toEqual(Array.from({ length: 40 }, (_, n) => n));
  expect(sizes).toEqual([40]);
  expect(await effects(0, 100)).toEqual(Array.from({ length: 40 }, (_, n) => n));
});

test('a transaction holds at most its bound, a call heavier than that runs by itself, and 1 gives every call its own', async () => {
  const bounded = numbers(10);
  await Promise.all([4, 4, 4, 30, 2].map((weight, n) => bounded.gatherer.run(services, part(100 + n, `bounded ${n}`, {}, weight))));
  const single = numbers(1);
  await Promise.all(Array.from({ length: 5 }, (_, n) => single.gatherer.run(services, part(110 + n, `single ${n}`))));

  expect(bounded.sizes).toEqual([2, 1, 1, 1]);
  expect(single.sizes).toEqual([1, 1, 1, 1, 1]);
});

test('of 64 callers at once a bad one fails alone, and nothing happens twice', async () => {
  const { gatherer } = numbers();

  const answers = await Promise.allSettled(Array.from({ length: 64 }, (_, n) => gatherer.run(services, part(200 + n, `64 ${n}`, { isPoison: n === 17 }))));

  expect(answers.flatMap((answer, n) => (answer.status === 'rejected' ? [[n, answer.reason.code]] : []))).toEqual([[17, 'BAD_USER_INPUT']]);
  expect(await effects(200, 300)).toEqual(Array.from({ length: 64 }, (_, n) => 200 + n).filter(n => n !== 217));
});

test('a constraint that one caller breaks is no other’s', async () => {
  const { gatherer } = numbers();

  const answers = await Promise.allSettled([300, 5_000, 301].map(n => gatherer.run(services, part(n, `constraint ${n}`))));

  expect(answers.map(answer => answer.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await effects(300, 10_000)).toEqual([300, 301]);
});

test('I17: the same key answers the first result, the same key with another input is a conflict, and neighbours feel neither', async () => {
  const { gatherer } = numbers();
  const first = await gatherer.run(services, part(400, 'first'));

  const answers = await Promise.allSettled([
    gatherer.run(services, part(400, 'first')), gatherer.run(services, part(401, 'first')), gatherer.run(services, part(402, 'neighbour')), gatherer.run(services, part(403, 'twice')), gatherer.run(services, part(403, 'twice')), gatherer.run(services, part(404, 'twice')),
  ]);

  expect(answers.map(answer => (answer.status === 'fulfilled' ? answer.value.n : answer.reason.extensions))).toEqual([400, { code: 'CONFLICT', reason: 'KEY_REUSED' }, 402, 403, 403, { code: 'CONFLICT', reason: 'KEY_REUSED' }]);
  expect(answers[0]).toEqual({ status: 'fulfilled', value: first });
  expect(await effects(400, 500)).toEqual([400, 402, 403]);
});

test('G2: one key from two gatherers at once, as of two servers, has one effect and one answer', async () => {
  const [here, there] = [numbers(), numbers()];

  const answers = await Promise.all([here, there, here, there].flatMap(({ gatherer }, n) => [gatherer.run(services, part(500, 'both')), gatherer.run(services, part(501 + n, `own ${n}`))]));

  expect(answers.filter(answer => answer.n === 500)).toHaveLength(4);
  expect(await effects(500, 600)).toEqual([500, 501, 502, 503, 504]);
});

test('a hundred calls with one key wait their turn without a transaction each, and hold up nobody', async () => {
  const { gatherer, sizes } = numbers();

  const same = Array.from({ length: 100 }, () => gatherer.run(services, part(700, 'hundred')));
  const others = await Promise.all([701, 702].map(n => gatherer.run(services, part(n, `other ${n}`))));
  const answers = await Promise.all(same);

  expect(others.map(answer => answer.n)).toEqual([701, 702]);
  expect(new Set(answers.map(answer => JSON.stringify(answer)))).toEqual(new Set([JSON.stringify({ n: 700, among: 3 })]));
  expect(sizes).toEqual([3]);
  expect(await effects(700, 800)).toEqual([700, 701, 702]);
});

test('G18: what would wait too long is told to come again, and who waits already is served', async () => {
  const { gatherer } = numbers();

  const answers = await Promise.allSettled([30_000, 20_000, 1].map((weight, n) => gatherer.run(services, part(800 + n, `heavy ${n}`, {}, weight))));

  expect(answers.map(answer => (answer.status === 'fulfilled' ? answer.value.n : answer.reason.extensions))).toEqual([800, 801, { code: 'SERVICE_UNAVAILABLE', retryAfterMs: 1_000 }]);
  expect(await effects(800, 900)).toEqual([800, 801]);
});

test('an empty key and one of 256 characters are refused before anything runs', async () => {
  const { gatherer, sizes } = numbers();

  for (const key of ['', 'k'.repeat(256)]) await expect(async () => gatherer.run(services, part(600, key))).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  expect(sizes).toEqual([]);
});

test('an answer that is not kept leaves its key free: who was refused may come again, and who was answered is answered the same', async () => {
  let isOpen = false;
  const gatherer = new Gatherer<Item, { ok: boolean }>({
    maximum: () => 10,
    lanes: 1,
    viewer: system,
    work: async (_unit, parts) => parts.map(({ item }) => ({ ok: isOpen || item.n === 1 })),
    isKept: answer => answer.ok,
  });
  const ask = () => Promise.all([1, 2].map(n => gatherer.run(services, part(n, `refused ${n}`))));

  const before = await ask();
  isOpen = true;
  const after = await ask();

  expect(before).toEqual([{ ok: true }, { ok: false }]);
  expect(after).toEqual([{ ok: true }, { ok: true }]);
  const kept = await database.query<{ key: string }>(`select key from idempotency_record where key like 'refused %' order by key`);
  expect(kept.map(row => row.key)).toEqual(['refused 1', 'refused 2']);
});
