import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { jurisdictionCodeOf } from '../../src/facilities/index.js';
import { newId, type Database } from '../../src/platform/index.js';
import { foundCity } from '../support/city.js';
import { openTestDatabase } from '../support/database.js';
import { TEST_NOW, scopeOf, testServices } from '../support/scope.js';

let database: Database;
let idOf: ReadonlyMap<string, string>;

beforeAll(async () => {
  database = await openTestDatabase();
  await foundCity(scopeOf(testServices(database)));
  idOf = new Map((await database.query<{ id: string; code: string }>('select id, code from jurisdiction')).map(({ id, code }) => [code, id]));
});

afterAll(() => database.close());

/** The same database, whose questions are counted, and fail as long as it is away. */
function watched(): { readonly database: Database; asked: number; isAway: boolean } {
  const state = { asked: 0, isAway: false };
  const query: Database['query'] = (text, params) => {
    state.asked += 1;
    return state.isAway ? Promise.reject(new Error('Connection terminated')) : database.query(text, params);
  };
  return Object.assign(state, { database: { ...database, query } });
}

test('two hundred streams that come back at one time ask for each jurisdiction once, and those that come later not at all', async () => {
  const seen = watched();
  const codes = [...idOf.keys()].slice(0, 2);
  const ask = (): Promise<unknown> => Promise.all(Array.from({ length: 200 }, (_, nth) => jurisdictionCodeOf(seen.database, idOf.get(codes[nth % 2]!)!)));

  for (let round = 0; round < 2; round += 1) {
    expect(await ask()).toEqual(Array.from({ length: 200 }, (_, nth) => codes[nth % 2]));
    expect(seen.asked).toBe(2);
  }
});

test('what is not there is asked for again, and found once it is registered', async () => {
  const seen = watched();
  const id = newId('jurisdiction', Date.parse(TEST_NOW));
  expect([await jurisdictionCodeOf(seen.database, id), await jurisdictionCodeOf(seen.database, id)]).toEqual([null, null]);

  await database.query(`insert into jurisdiction select (jsonb_populate_record(j, jsonb_build_object('id', $1::text, 'code', '350599'))).* from jurisdiction j limit 1`, [id]);

  expect(await jurisdictionCodeOf(seen.database, id)).toBe('350599');
  expect(seen.asked).toBe(3);
});

test('what failed is asked for again', async () => {
  const seen = watched();
  const [code, id] = [...idOf][0]!;
  seen.isAway = true;
  await expect(jurisdictionCodeOf(seen.database, id)).rejects.toThrow('Connection terminated');
  seen.isAway = false;

  expect(await jurisdictionCodeOf(seen.database, id)).toBe(code);
});
