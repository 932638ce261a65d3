import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execute, parse, type GraphQLField, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import type { Database, Viewer } from '../../src/platform/index.js';
import { ACTIONS, ROLES, anonymousViewer, type Action, type Role } from '../../src/identity/index.js';
import { rooms } from '../../src/server/rooms.js';
import { assembleSchema } from '../../src/server/schema.js';
import { openTestDatabase } from '../support/database.js';
import { scopeOf, testServices } from '../support/scope.js';
import { callOf, rootsOf } from './root-calls.js';

let database: Database;
let services: ReturnType<typeof testServices>;
let schema: GraphQLSchema;

beforeAll(async () => {
  database = await openTestDatabase(rooms.flatMap(room => room.entities));
  services = testServices(database);
  schema = assembleSchema(rooms);
});

afterAll(() => database.close());

/** Somebody with all that a role may do, everywhere: what is then refused, is refused to the role. */
const inRole = (role: Role): Viewer => ({
  kind: 'TOKEN', actorId: `role ${role}`, partyIds: [], limitClass: 'KEY', expiresAt: null, keyId: null,
  grants: ROLES[role].actions.map(action => ({ action, partyId: null, jurisdictionCode: null })),
});

const CALLERS: ReadonlyArray<readonly [name: string, viewer: Viewer]> = [
  ['nobody', anonymousViewer],
  ['a key without scopes', { kind: 'API_KEY', actorId: 'bare', partyIds: [], grants: [], limitClass: 'KEY', expiresAt: null, keyId: 'key_01j00000000000000000000000' }],
  ...Object.keys(ROLES).map(role => [role, inRole(role as Role)] as const),
];

const mayCall = (viewer: Viewer, action: Action): boolean => ACTIONS[action].anonymous || viewer.grants.some(grant => grant.action === action);

async function call(viewer: Viewer, root: GraphQLObjectType, field: GraphQLField<unknown, unknown>): Promise<{ code: unknown; action: unknown }> {
  const { query, variables } = callOf(schema, root, field);
  const { errors } = await execute({ schema, document: parse(query), variableValues: variables, contextValue: scopeOf(services, viewer) });
  const { code, action } = errors?.[0]?.extensions ?? {};
  return { code, action };
}

/** How many rows every table has: what a refused call must leave as it is. */
async function rowsByTable(): Promise<Record<string, number>> {
  const tables = await database.query<{ name: string }>(`select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`);
  const counts = await database.query<{ name: string; rows: number }>(tables.map(({ name }) => `select '${name}' as name, count(*)::int as rows from "${name}"`).join(' union all '));
  return Object.fromEntries(counts.map(({ name, rows }) => [name, rows]));
}

test.each(CALLERS)('G24: every root field refuses %s what the list of actions does not give, and nothing is written', async (_name, viewer) => {
  const before = await rowsByTable();
  const wrong: string[] = [];
  let refused = 0;
  for (const root of rootsOf(schema)) {
    for (const field of Object.values(root.getFields())) {
      const action = field.extensions.allow as Action;
      if (mayCall(viewer, action)) continue;
      const answer = await call(viewer, root, field);
      refused += 1;
      const isRefused = viewer.kind === 'ANONYMOUS' ? answer.code === 'UNAUTHENTICATED' : answer.code === 'FORBIDDEN' && answer.action === action;
      if (!isRefused) wrong.push(`${root.name}.${field.name}: ${String(answer.code)}`);
    }
  }

  expect(wrong).toEqual([]);
  expect(refused).toBeGreaterThanOrEqual(1);
  expect(await rowsByTable()).toEqual(before);
});

test('every action of the list stands before some root field, or is asked by a route or a use case', () => {
  const asked = new Set(rootsOf(schema).flatMap(root => Object.values(root.getFields()).map(field => field.extensions.allow)));
  const elsewhere = ['import:run', 'audit:read', 'platform:operate', 'availability:read-exact', 'jurisdiction:write', 'membership:write', 'party:read'];

  expect(Object.keys(ACTIONS).filter(action => !asked.has(action) && !elsewhere.includes(action))).toEqual([]);
});

test('what nobody may be refused is public: a search and the stock answer without a credential', async () => {
  const query = schema.getQueryType()!;
  for (const name of ['serviceInfo', 'jurisdictions', 'facilities', 'nearbyFacilities']) {
    const { code } = await call(anonymousViewer, query, query.getFields()[name]!);
    expect([name, code === 'UNAUTHENTICATED' || code === 'FORBIDDEN']).toEqual([name, false]);
  }
});
