import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { getNamedType, isInputObjectType, type GraphQLArgument, type GraphQLSchema } from 'graphql';
import type { Client } from 'graphql-ws';
import { FAULT_CODES } from '../../src/platform/graphql/index.js';
import { systemViewer } from '../../src/identity/index.js';
import { callOf, plainOf, rootsOf, type RootCall } from './root-calls.js';
import { firstOf, startTestServer, type TestServer } from './running.js';

/** Values that broke servers of others: SQL, NUL, huge and negative numbers, foreign types, deep and wide values. */
const HOSTILE: readonly unknown[] = [
  "' or 1=1; drop table party; --", '\u0000', '\ud800', '', 'a'.repeat(10_000), '../../etc/passwd', '${7*7}', '2026-13-45T99:99:99Z', '9'.repeat(400),
  -1, 0, 2_147_483_648, 1e308, -1e308, 0.1, 9_007_199_254_740_993, null, true, [], [[[[[]]]]], {}, { __proto__: { admin: true } }, Array.from({ length: 1_000 }, (_, i) => i),
];

/** The platform itself asks, so that every argument reaches its resolver and no count of points speaks first. */
const AS_PLATFORM = { authorization: 'any' };

let server: TestServer;
let client: Client;
let schema: GraphQLSchema;

beforeAll(async () => {
  server = await startTestServer({ assembly: { authenticate: async () => ({ ...systemViewer, limitClass: 'BENCH' }) } });
  client = server.client(AS_PLATFORM);
  ({ schema } = server.running.city);
});

afterAll(async () => {
  await client.dispose();
  await server.close();
});

/** Every root argument, and every field of its inputs, with every hostile value; the rest filled with plain values. */
function casesOf(): readonly RootCall[] {
  return rootsOf(schema).flatMap(root => Object.values(root.getFields()).flatMap(field => field.args.flatMap(argument => attacksOn(argument).map(value => callOf(schema, root, field, { argument, value })))));
}

function attacksOn(argument: GraphQLArgument): readonly unknown[] {
  const type = getNamedType(argument.type);
  if (!isInputObjectType(type)) return HOSTILE;
  const plain = plainOf(type, { owner: type.name, name: argument.name }) as Record<string, unknown>;
  return [...HOSTILE, ...Object.keys(type.getFields()).flatMap((field, i) => HOSTILE.filter((_, j) => (i + j) % 3 === 0).map(value => ({ ...(type.isOneOf ? {} : plain), [field]: value })))];
}

const TELLS = /select |insert into|update .* set|syntax error at|invalid input|relation "|column "|node_modules|\/src\/|\/dist\/|\.ts:|\.js:|at Object\.|pg_|SQLSTATE/i;

function faultsOf(answer: { readonly errors?: ReadonlyArray<{ message: string; extensions?: { code?: string } }> }, cause: RootCall): readonly string[] {
  return (answer.errors ?? []).flatMap(error => {
    const code = String(error.extensions?.code);
    const shown = `${cause.query} ${JSON.stringify(cause.variables).slice(0, 200)} → ${code} ${error.message.slice(0, 200)}`;
    if (!(code in FAULT_CODES) || ['INTERNAL', 'SERVICE_UNAVAILABLE', 'RATE_LIMITED', 'UNAUTHENTICATED'].includes(code)) return [shown];
    // A message may quote the caller's own words, and nothing else that looks like ours.
    return TELLS.test(error.message) && !TELLS.test(JSON.stringify(cause.variables)) ? [shown] : [];
  });
}

test('G21: every argument with every hostile value is answered with a code of the closed list, and no SQL, path or stack', async () => {
  const cases = casesOf();
  const failed: string[] = [];

  for (let i = 0; i < cases.length; i += 16) {
    await Promise.all(cases.slice(i, i + 16).map(async cause => {
      const { status, body } = await server.post(cause, AS_PLATFORM);
      if (status >= 500) failed.push(`${status} ${cause.query}`);
      failed.push(...faultsOf(body, cause));
    }));
  }

  expect(failed).toEqual([]);
  expect(cases.length).toBeGreaterThanOrEqual(300);
}, 120_000);

test('G21: the same over a socket, which stays open', async () => {
  const failed: string[] = [];
  const cases = casesOf().filter((_, i) => i % 7 === 0).filter(cause => JSON.stringify(cause).length < 60_000);

  for (const cause of cases) {
    const answer = await firstOf(client, cause.query, cause.variables).catch((errors: unknown) => (Array.isArray(errors) ? { errors } : { errors: [{ message: `the socket closed: ${String((errors as CloseEvent).code)}` }] }));
    failed.push(...faultsOf(answer, cause));
    await new Promise(resolve => setImmediate(resolve));
  }

  expect(failed).toEqual([]);
}, 120_000);

test.each([
  ['a query of 190 kB', `{ ${'x'.repeat(190_000)} }`],
  ['deep brackets', '{'.repeat(1_900)],
  ['deep lists', `{ nodes(ids: ${'['.repeat(900)}${']'.repeat(900)}) { id } }`],
  ['deep objects', `{ parties(where: ${'{a:'.repeat(600)}1${'}'.repeat(600)}) { __typename } }`],
  ['a fragment cycle', '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }'],
  ['an unknown directive', '{ __typename @nothing }'],
  ['@defer', '{ ... @defer { __typename } }'],
  ['many names at once', `{ ${Array.from({ length: 1_900 }, (_, i) => `f${i}`).join(' ')} }`],
  ['a variable of a wrong type', 'query q($a: Query) { __typename }'],
  ['a NUL', '{ \u0000 }'],
  ['a byte order mark', '\ufeff{ __typename }'],
])('%s is answered quickly and within the list', async (_what, query) => {
  const begun = performance.now();
  const { status, body } = await server.post({ query }, AS_PLATFORM);

  expect(status).toBe(200);
  for (const error of body.errors ?? []) expect(Object.keys(FAULT_CODES)).toContain(error.extensions.code);
  expect(body.errors?.some((error: any) => error.extensions.code === 'INTERNAL')).not.toBe(true);
  expect(performance.now() - begun).toBeLessThan(3_000);
});
