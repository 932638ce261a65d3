import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { isEnumType } from 'graphql';
import { FAULT_CODES } from '../../src/platform/graphql/index.js';
import { firstOf, startTestServer, type TestServer } from './running.js';
import type { Route } from '../../src/server/http/route.js';
import { badInput } from '../../src/platform/graphql/index.js';

let server: TestServer;
const upload: Route = {
  method: 'POST',
  path: '/imports/:kind',
  async handle(_request, response, scope, { kind }) {
    if (kind === 'nothing') throw badInput({ zh: '没有这一类', en: 'there is no such kind' });
    response.end(`${kind} by ${scope.viewer.kind}`);
  },
};

beforeAll(async () => {
  server = await startTestServer({ assembly: { routes: [upload] }, environment: { ALLOWED_ORIGINS: 'https://city.example' } });
});

afterAll(() => server.close());

const get = async (path: string, init: RequestInit = {}): Promise<{ status: number; text: string; headers: Headers }> => {
  const response = await fetch(new URL(path, server.url), { redirect: 'manual', ...init });
  return { status: response.status, text: await response.text(), headers: response.headers };
};

test('the explorer and all that it loads come from here, under a policy that lets nothing else in', async () => {
  const page = await get('/explorer');
  const assets = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(match => match[1]!);
  const loaded = await Promise.all(assets.map(asset => get(asset)));

  expect(assets).toHaveLength(6);
  expect(assets.every(asset => asset.startsWith('/explorer/'))).toBe(true);
  expect(loaded.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none';script-src 'self'");
  expect(loaded.some(({ text }) => /@import\s+url\(["']?https?:|url\(["']?https?:/.test(text.slice(0, 500_000)) && text.length < 500_000)).toBe(false);
});

test('a person who opens /graphql in a browser is shown the explorer; a client that asks nothing is told so', async () => {
  const browser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
  const opened = await get('/graphql', { headers: browser });
  const asked = await get(`/graphql?query=${encodeURIComponent('{__typename}')}`, { headers: browser });
  const client = await get('/graphql', { headers: { accept: 'application/json' } });

  expect([opened.status, opened.headers.get('location')]).toEqual([302, '/explorer']);
  expect([asked.status, JSON.parse(asked.text).data]).toEqual([200, { __typename: 'Query' }]);
  expect([client.status, JSON.parse(client.text).errors[0].extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
});

test('the documentation shows every type, code and limit, and asks nothing of other hosts', async () => {
  const { status, text } = await get('/docs');

  expect(status).toBe(200);
  for (const code of Object.keys(FAULT_CODES)) expect(text).toContain(code);
  for (const type of Object.keys(server.running.city.schema.getTypeMap()).filter(name => !name.startsWith('__') && !['String', 'Int', 'Float', 'Boolean', 'ID'].includes(name))) expect(text).toContain(`id="${type}"`);
  expect(text).toContain('200,000 B');
  expect(text).not.toMatch(/(src|href)="https?:/);
});

test('the documentation lists the codes of refusals with their words, and every code that the schema names', async () => {
  const { text } = await get('/docs');
  const listed = new Set([...text.slice(text.indexOf('id="refusals"'), text.indexOf('id="closes"')).matchAll(/<tr><td><code>([A-Z0-9_]+)<\/code>/g)].map(match => match[1]!));
  const named = [...readFileSync('schema/schema.graphql', 'utf8').matchAll(/[（(、，]\s?([A-Z]+(?:_[A-Z0-9]+)+)(?=[，、）)])/g)].map(match => match[1]!);

  expect(text).toContain('<tr><td><code>QUOTE_UNKNOWN</code></td><td>没有本主体可用于此的报价 …</td><td>the party has no quote … for this</td><td><code>READ_AGAIN</code></td></tr>');
  expect(text).toContain('<tr><td><code>READ_AGAIN</code></td><td>对象已变化');
  expect(text).toContain('<tr><td><code>4403</code></td>');
  expect(named.length).toBeGreaterThan(20);
  const values = new Set(Object.values(server.running.city.schema.getTypeMap()).filter(isEnumType).flatMap(type => type.getValues().map(({ name }) => name)));

  expect([...new Set(named)].filter(code => !listed.has(code) && !values.has(code)).sort()).toEqual([]);
});

test('health, readiness and metrics answer', async () => {
  await server.post({ query: '{ nothing }' });
  const metrics = await get('/metrics');

  expect(JSON.parse((await get('/healthz')).text)).toEqual({ status: 'ALIVE' });
  expect(JSON.parse((await get('/readyz')).text)).toEqual({ status: 'READY', database: 'UP', live: 'UP', changes: 'WOKEN', isStopping: false });
  expect(metrics.text).toMatch(/chaowei_graphql_errors_total\{transport="http",code="BAD_USER_INPUT"\} \d+/);
  expect(metrics.text).toContain('chaowei_nodejs_eventloop_lag_seconds');
});

test("a room's own route gets its parameters and the caller, and its faults are answered like all others", async () => {
  const done = await get('/imports/facilities', { method: 'POST' });
  const refused = await get('/imports/nothing', { method: 'POST', headers: { 'accept-language': 'en' } });
  const wrong = await get('/imports/facilities');

  expect(done.text).toBe('facilities by ANONYMOUS');
  expect([refused.status, JSON.parse(refused.text).errors[0].message]).toEqual([400, 'there is no such kind']);
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
});

test('G32: a page of an allowed origin may read, one of another origin is refused, and no page may send blindly', async () => {
  const query = `/graphql?query=${encodeURIComponent('{__typename}')}`;
  const allowed = await get(query, { headers: { origin: 'https://city.example' } });
  const foreign = await get(query, { headers: { origin: 'https://elsewhere.example' } });
  const opaque = await get(query, { headers: { origin: 'null' } });
  const preflight = await get('/graphql', { method: 'OPTIONS', headers: { origin: 'https://city.example', 'access-control-request-method': 'POST' } });

  expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([200, 'https://city.example']);
  expect([foreign.status, foreign.headers.get('access-control-allow-origin'), JSON.parse(foreign.text).errors[0].extensions.code]).toEqual([403, null, 'FORBIDDEN']);
  expect(opaque.status).toBe(403);
  expect([preflight.status, preflight.headers.get('access-control-allow-headers')]).toEqual([204, 'authorization, content-type, accept-language, traceparent']);
});

test('nodes: an id of no kind is refused by its place, an unknown one is null in its place, and 101 are too many', async () => {
  const unknown = 'pty_01h455vb4pex5vsknk084sn02q';
  const found = await server.post({ query: `{ nodes(ids: ["${unknown}"]) { id } node(id: "${unknown}") { id } }` });
  const foreign = await server.post({ query: '{ node(id: "17") { id } }' });
  const many = await server.post({ query: 'query q($ids: [ID!]!) { nodes(ids: $ids) { id } }', variables: { ids: Array.from({ length: 101 }, () => unknown) } });

  expect(found.body.data).toEqual({ nodes: [null], node: null });
  expect(foreign.body.errors[0]).toMatchObject({ message: "id: '17' is no id of this service", extensions: { code: 'BAD_USER_INPUT' } });
  expect(many.body.errors[0].message).toBe('ids takes at most 100, got 101');
});

test('the same question has the same answer over HTTP and over a socket', async () => {
  const query = '{ serviceInfo { version policyTitle policyInForceOn policyLastDayOn isPolicyInForce } }';
  const client = server.client();
  const overSocket = await firstOf(client, query);
  await client.dispose();

  expect((await server.post({ query })).body.data).toEqual(overSocket.data);
  expect(overSocket.data.serviceInfo).toMatchObject({ policyInForceOn: '2022-07-19', policyLastDayOn: '2026-12-31', isPolicyInForce: true });
});

test('T14: the policy is in force until the last instant of 2026-12-31 in Beijing', async () => {
  const at = async (instant: string): Promise<boolean> => {
    server.services.clock.set(instant);
    return (await server.post({ query: '{ serviceInfo { isPolicyInForce } }' })).body.data.serviceInfo.isPolicyInForce;
  };

  expect([await at('2022-07-18T23:59:59+08:00'), await at('2022-07-19T00:00:00+08:00'), await at('2026-12-31T23:59:59+08:00'), await at('2027-01-01T00:00:00+08:00')]).toEqual([false, true, true, false]);
});
