import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { done, isRefusal, problem, refuse } from '../../src/kernel/index.js';
import { transaction, type Database, type Reaction, type RequestScope } from '../../src/platform/index.js';
import { openTestDatabase } from '../support/database.js';
import { scopeOf, testServices } from '../support/scope.js';

let database: Database;

beforeAll(async () => {
  database = await openTestDatabase();
});

afterAll(() => database.close());

const scopeWith = (...reactions: Reaction[]): RequestScope => scopeOf(testServices(database, { reactions }));

const topicsTold = async (): Promise<readonly string[]> => (await database.query<{ topic: string }>(`select topic from outbox_event where topic like 'reaction.%' order by id`)).map(row => row.topic);

beforeEach(async () => {
  await database.query(`delete from outbox_event where topic like 'reaction.%'`);
});

test('a higher room does its part in the same transaction, with all announcements of the topic at once', async () => {
  const seen: Array<readonly object[]> = [];
  const scope = scopeWith({ topic: 'reaction.begun', react: async (unit, payloads) => {
    seen.push(payloads);
    unit.announce('reaction.followed', {});
    return null;
  } });

  await transaction(scope, async unit => {
    unit.announce('reaction.begun', { nth: 1 });
    unit.announce('reaction.other', {});
    unit.announce('reaction.begun', { nth: 2 });
    return done(null);
  });

  expect(seen).toEqual([[{ nth: 1 }, { nth: 2 }]]);
  expect((await topicsTold()).toSorted()).toEqual(['reaction.begun', 'reaction.begun', 'reaction.followed', 'reaction.other']);
});

test('what a reaction announces is answered in turn, once', async () => {
  const order: string[] = [];
  const scope = scopeWith(
    { topic: 'reaction.second', react: async () => {
      order.push('second');
      return null;
    } },
    { topic: 'reaction.first', react: async unit => {
      order.push('first');
      unit.announce('reaction.second', {});
      return null;
    } },
  );

  await transaction(scope, async unit => {
    unit.announce('reaction.first', {});
    return done(null);
  });

  expect(order).toEqual(['first', 'second']);
});

test('a refusal of a reaction is the answer, and nothing is written', async () => {
  const scope = scopeWith({ topic: 'reaction.begun', react: async () => refuse(problem('BOOKINGS_IN_THE_WAY', { zh: '有预约', en: 'a booking is in the way' })) });

  const outcome = await transaction(scope, async unit => {
    unit.announce('reaction.begun', {});
    return done('written');
  }, { operation: 'begin', key: 'a-refused-key', input: {} });

  expect(isRefusal(outcome) && outcome.problems.map(each => each.code)).toEqual(['BOOKINGS_IN_THE_WAY']);
  expect(await topicsTold()).toEqual([]);
  expect(await database.query(`select 1 from idempotency_record where key = 'a-refused-key'`)).toEqual([]);
});
