import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { getNamedType, graphql, isInputObjectType, isListType, isNonNullType, type GraphQLInputType, type GraphQLSchema } from 'graphql';
import type { Database } from '../../src/platform/index.js';
import { systemViewer } from '../../src/identity/index.js';
import { rooms } from '../../src/server/rooms.js';
import { assembleSchema } from '../../src/server/schema.js';
import { openTestDatabase } from '../support/database.js';
import { scopeOf, testServices } from '../support/scope.js';
import { callOf, plainOf } from './root-calls.js';

// What nobody can see says something else than what is read: an invoice's title, an SMS, a line of the log. Every text of
// every mutation is walked, so that a new one is refused without anybody remembering it.

let database: Database;
let services: ReturnType<typeof testServices>;
let schema: GraphQLSchema;

beforeAll(async () => {
  database = await openTestDatabase(rooms.flatMap(room => room.entities));
  services = testServices(database);
  schema = assembleSchema(rooms);
});

afterAll(() => database.close());

const UNSEEN = '停\u202E车';

/** A value of a type for each text in it, with that text spoiled, and where it stands. */
function spoiled(type: GraphQLInputType, path: string, depth = 0): Array<{ readonly value: unknown; readonly path: string }> {
  if (isNonNullType(type)) return spoiled(type.ofType, path, depth);
  if (isListType(type)) return spoiled(type.ofType, `${path}[0]`, depth).map(({ value, path: at }) => ({ value: [value], path: at }));
  const named = getNamedType(type);
  if (named.name === 'String' || named.name === 'ID') return [{ value: UNSEEN, path }];
  if (!isInputObjectType(named) || depth > 4) return [];
  return Object.values(named.getFields()).flatMap(field => spoiled(field.type, `${path}.${field.name}`, depth + 1).map(({ value, path: at }) => ({
    value: named.isOneOf ? { [field.name]: value } : { ...(plainOf(named, { owner: named.name, name: field.name }, depth) as object), [field.name]: value }, path: at,
  })));
}

async function rows(): Promise<unknown> {
  const tables = await database.query<{ name: string }>(`select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`);
  return database.query(tables.map(({ name }) => `select '${name}' as name, count(*)::int as rows from "${name}"`).join(' union all '));
}

test('every text of every mutation is refused with a character that nobody can see, by its path, and nothing is written', async () => {
  const mutation = schema.getMutationType()!;
  const before = await rows();
  const wrong: unknown[] = [];
  let asked = 0;

  for (const field of Object.values(mutation.getFields())) {
    for (const argument of field.args) {
      for (const { value, path } of spoiled(argument.type, argument.name)) {
        const { query, variables } = callOf(schema, mutation, field, { argument, value });
        const { errors } = await graphql({ schema, source: query, contextValue: scopeOf(services, systemViewer), variableValues: variables });
        asked += 1;
        const { code, field: at } = errors?.[0]?.extensions ?? {};
        if (code !== 'BAD_USER_INPUT' || at !== path || !errors![0]!.message.includes('U+202E')) wrong.push({ mutation: field.name, path, code, at, message: errors?.[0]?.message });
      }
    }
  }

  expect(wrong).toEqual([]);
  expect(asked).toBeGreaterThanOrEqual(150);
  expect(await rows()).toEqual(before);
}, 120_000);

test('what can be read passes: it is refused for what it says, not for how it is written', async () => {
  const { errors, data } = await graphql({
    schema, contextValue: scopeOf(services, systemViewer), variableValues: { input: { reservationId: 'rsv_01j00000000000000000000000', reason: 'Île 🅿️ 泊位', idempotencyKey: 'k' } },
    source: 'mutation m($input: CancelReservationInput!) { cancelReservation(input: $input) { userErrors { code } } }',
  });

  expect([errors?.[0]?.extensions.code, data?.cancelReservation ?? null]).toEqual(['NOT_FOUND', null]);
});
