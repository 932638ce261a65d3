import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import type { RequestScope, Room } from '../../src/platform/index.js';
import { Allow } from '../../src/identity/index.js';
import { FieldWithoutPermission, assembleSchema } from '../../src/server/schema.js';
import { rooms } from '../../src/server/rooms.js';
import { startTestServer, type TestServer } from './running.js';

let server: TestServer;
const ran = jest.fn();

beforeAll(async () => {
  server = await startTestServer({ rooms: [faultyRoom()] });
});

afterAll(() => server.close());

const errorOf = async (query: string): Promise<any> => (await server.post({ query })).body.errors[0];

test('T12: a time without an offset is refused with its place in the query, which may hold several', async () => {
  const near = 'near: {coordinate: {longitude: 118.6, latitude: 24.9, crs: WGS84}}';
  const error = await errorOf(`{ nearbyFacilities(${near}, during: {startsAt: "2026-12-05T19:00:00+08:00", endsAt: "2026-12-05T21:00"}) { edges { until } } }`);

  expect(error).toEqual({ message: "'2026-12-05T21:00' must have a date, a time and an offset, as 2026-02-13T18:00:00+08:00", locations: [{ line: 1, column: 144 }], extensions: { code: 'BAD_USER_INPUT', traceId: expect.stringMatching(/^[0-9a-f]{32}$/) } });
});

test('our own defect is INTERNAL with a trace id: no message, no stack, no path of a file', async () => {
  const error = await errorOf('{ defect }');

  expect(error).toEqual({ message: 'our own error, logged under the trace id', locations: [{ line: 1, column: 3 }], path: ['defect'], extensions: { code: 'INTERNAL', traceId: expect.stringMatching(/^[0-9a-f]{32}$/) } });
});

test.each([
  ['select 1/0', 'BAD_USER_INPUT'],
  [`select 'x'::int`, 'BAD_USER_INPUT'],
  [`select convert_from('\\x00'::bytea, 'UTF8')`, 'BAD_USER_INPUT'],
  ['select * from no_such_table', 'INTERNAL'],
  [`do $$ begin raise exception 'secret' using errcode = '57014'; end $$`, 'SERVICE_UNAVAILABLE'],
  [`do $$ begin raise exception 'secret' using errcode = '55P03'; end $$`, 'SERVICE_UNAVAILABLE'],
  [`do $$ begin raise exception 'secret' using errcode = '08006'; end $$`, 'SERVICE_UNAVAILABLE'],
  [`do $$ begin raise exception 'secret' using errcode = '53300'; end $$`, 'SERVICE_UNAVAILABLE'],
])('F10: %s becomes %s and nothing of the statement is told', async (sql, code) => {
  const error = await errorOf(`{ statement(sql: ${JSON.stringify(sql)}) }`);

  expect(error.extensions.code).toBe(code);
  expect(JSON.stringify(error)).not.toMatch(/secret|select|no_such_table|division/);
  if (code === 'SERVICE_UNAVAILABLE') expect(error.extensions.retryAfterMs).toBe(1_000);
});

test('a root field is refused before it runs: nobody UNAUTHENTICATED, and nothing happened', async () => {
  const { body } = await server.post({ query: 'mutation { guarded }' });

  expect(body.errors[0].extensions.code).toBe('UNAUTHENTICATED');
  expect(ran).not.toHaveBeenCalled();
});

test.each(['Bearer nonsense', 'chw_live_0000', 'Basic YTpi', 'x'.repeat(5_000)])('G25: a bad credential is 401 and never silently nobody: %.20s', async authorization => {
  const { status, body } = await server.post({ query: '{ __typename }' }, { authorization });

  expect([status, body.errors[0].extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
});

test('a root field without @Allow stops the start and is named', () => {
  @Resolver()
  class Bare {
    @Query(() => String, { description: '裸。Bare.' })
    bare(): string {
      return '';
    }
  }

  expect(() => assembleSchema([...rooms, { name: 'bare', entities: [], resolvers: [Bare], orphanedTypes: [], nodes: [] }])).toThrow(new FieldWithoutPermission(['Query.bare']));
  assembleSchema(rooms);
});

test('50 values that do not coerce are one BAD_USER_INPUT answer, never a 5xx', async () => {
  const { status, body } = await server.post({ query: 'query q($ids: [ID!]!) { nodes(ids: $ids) { id } }', variables: { ids: Array.from({ length: 60 }, () => ({})) } });

  expect(status).toBe(200);
  expect(new Set(body.errors.map((error: any) => error.extensions.code))).toEqual(new Set(['BAD_USER_INPUT']));
  expect(body.errors.length).toBeLessThanOrEqual(51);
});

function faultyRoom(): Room {
  @Resolver()
  class FaultyResolver {
    @Allow('service:read')
    @Query(() => String, { description: '缺陷。A defect.' })
    defect(): string {
      throw new TypeError('cannot read /etc/secret of undefined');
    }

    @Allow('service:read')
    @Query(() => String, { description: '语句。A statement.' })
    async statement(@Arg('sql', () => String, { description: '语句。The statement.' }) sql: string, @Ctx() scope: RequestScope): Promise<string> {
      await scope.database.query(sql);
      return 'done';
    }

    @Allow('platform:operate')
    @Mutation(() => Boolean, { description: '须有权限。Needs a right.' })
    guarded(): boolean {
      ran();
      return true;
    }
  }
  return { name: 'faulty', entities: [], resolvers: [FaultyResolver], orphanedTypes: [], nodes: [] };
}
