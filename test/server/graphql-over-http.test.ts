import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { serverAudits } from 'graphql-http';
import { startTestServer, type TestServer } from './running.js';

let server: TestServer;
let url = '';

beforeAll(async () => {
  server = await startTestServer();
  url = server.url;
});

afterAll(() => server.close());

describe('G32: GraphQL over HTTP, the audits of graphql-http', () => {
  const audits = serverAudits({ url: () => url });

  test('there are 61 of them', () => {
    expect(audits).toHaveLength(61);
  });

  test.each(audits.map(audit => [audit.id, audit.name, audit] as const))('%s %s', async (_id, _name, audit) => {
    const result = await audit.fn();

    expect({ status: result.status, reason: 'reason' in result ? result.reason : null }).toEqual({ status: 'ok', reason: null });
  });
});

test('a body over 200 kB is refused with 413, as an answer of GraphQL', async () => {
  const { status, body } = await server.post({ query: `{ __typename } #${'x'.repeat(200_000)}` });

  expect(status).toBe(413);
  expect(body.errors[0]).toMatchObject({ message: 'the body has 200028 bytes, at most 200000', extensions: { code: 'BAD_USER_INPUT' } });
});

test.each([
  ['text/plain', 415], ['multipart/form-data; boundary=x', 415], ['application/json; charset=gb18030', 415], ['application/x-www-form-urlencoded', 415],
])('a body of %s is refused with %d: no page can send one blindly', async (contentType, expected) => {
  const { status, body } = await server.post('{"query":"{__typename}"}', { 'content-type': contentType });

  expect([status, body.errors[0].extensions.code]).toEqual([expected, 'BAD_USER_INPUT']);
});

test.each([['{"query":', 'malformed'], ['', 'empty'], ['[{"query":"{__typename}"}]', 'a batch'], ['"x"', 'a string'], ['null', 'null']])('a body %s is BAD_USER_INPUT with 400', async text => {
  const { status, body } = await server.post(text);

  expect([status, body.errors[0].extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
});

test('an Accept that takes nothing we write is 406', async () => {
  const { status, body } = await server.post({ query: '{__typename}' }, { accept: 'text/html' });

  expect([status, body.errors[0].extensions.code]).toEqual([406, 'BAD_USER_INPUT']);
});

test('a mutation by GET is 405 and names POST', async () => {
  const response = await fetch(`${url}?query=${encodeURIComponent('mutation { __typename }')}`);

  expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
});

test('messages follow Accept-Language, Chinese by default, and every error has a trace id', async () => {
  const inChinese = await server.post({ query: '{' }, { 'accept-language': 'fr' });
  const inEnglish = await server.post({ query: '{' }, { 'accept-language': 'en-GB, zh;q=0.5', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' });

  expect(inChinese.body.errors[0].message).toBe('请求不符合架构：Syntax Error: Expected Name, found <EOF>.');
  expect(inEnglish.body.errors[0]).toMatchObject({ message: 'Syntax Error: Expected Name, found <EOF>.', extensions: { traceId: '0af7651916cd43dd8448eb211c80319c' } });
});

test.each([['/nothing-here', 'GET', 404, 'NOT_FOUND'], ['/graphql', 'DELETE', 405, 'BAD_USER_INPUT'], ['/healthz', 'POST', 405, 'BAD_USER_INPUT'], ['/..%2f..%2fetc', 'GET', 404, 'NOT_FOUND']])('%s by %s is %d as JSON', async (path, method, status, code) => {
  const response = await fetch(new URL(path, url), { method });

  expect(response.status).toBe(status);
  expect(((await response.json()) as any).errors[0].extensions.code).toBe(code);
});
