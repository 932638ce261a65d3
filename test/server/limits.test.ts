import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Arg, Ctx, Field, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { RequestScope, Room } from '../../src/platform/index.js';
import { connectionTypes } from '../../src/platform/graphql/index.js';
import { Allow } from '../../src/identity/index.js';
import { startTestServer, type TestServer } from './running.js';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server.close());

const refusalOf = async (query: string): Promise<Record<string, unknown>> => {
  const { body, status } = await server.post({ query });
  expect(status).toBe(200);
  expect(body.data).toBeUndefined();
  return body.errors[0];
};

const nested = (depth: number): string => `{ ${'serviceInfo { '.repeat(depth - 1)}version${' }'.repeat(depth - 1)} }`;

test.each([
  ['tokens', `{ ${'a '.repeat(2_000)} }`, 'tokens: 2001, at most 2000'],
  ['depth', nested(11), 'depth (at version): 11, at most 10'],
  ['aliases', `{ ${Array.from({ length: 31 }, (_, i) => `a${i}: __typename`).join(' ')} }`, 'aliases and repeated fields: 31, at most 30'],
  ['aliases', `{ ${'__typename '.repeat(40)} }`, 'aliases and repeated fields: 39, at most 30'],
  ['directives', `{ __typename ${'@include(if: true) '.repeat(11)} }`, 'directives: 11, at most 10'],
  ['fragmentSpreads', `{ ${'...f '.repeat(101)} } fragment f on Query { __typename }`, 'fragment spreads: 101, at most 100'],
  ['operations', Array.from({ length: 6 }, (_, i) => `query q${i} { __typename }`).join(' '), 'operations: 6, at most 5'],
])('G22: %s over its limit is TOO_COSTLY and names the number', async (limit, query, message) => {
  expect(await refusalOf(query)).toMatchObject({ message, extensions: { code: 'TOO_COSTLY', limit } });
});

test('fragments that spread each other twice are measured once each, and do not stop the server', async () => {
  const fragments = Array.from({ length: 40 }, (_, i) => `fragment f${i} on Query { ...f${i + 1} ...f${i + 1} }`).join(' ');
  const begun = performance.now();

  const { body } = await server.post({ query: `{ ...f0 } ${fragments} fragment f40 on Query { __typename }` });

  expect(body).toMatchObject({ data: { __typename: 'Query' } });
  expect(performance.now() - begun).toBeLessThan(2_000);
});

test('the standard introspection is within every limit', async () => {
  const { getIntrospectionQuery } = await import('graphql');

  const { body } = await server.post({ query: getIntrospectionQuery({ descriptions: true, inputValueDeprecation: true, oneOf: true }) });

  expect(body.errors).toBeUndefined();
  expect(body.data.__schema.queryType.name).toBe('Query');
});

test('every answer reports its cost, and what is left of the minute', async () => {
  const { body, headers } = await server.post({ query: '{ serviceInfo { version } }' });

  expect(body.extensions.cost).toEqual({ requested: 2, limit: 1_000, remaining: expect.any(Number) });
  expect(headers.get('x-ratelimit-remaining')).toBe(String(body.extensions.cost.remaining));
  expect(headers.get('x-ratelimit-limit')).toBe('2000');
});

test('G23: who spends the minute gets RATE_LIMITED with the time of its return, and others go on', async () => {
  const other = await startTestServer({ environment: { TRUST_PROXY: 'true', ...(process.env.REDIS_URL ? { REDIS_URL: process.env.REDIS_URL } : {}) } });
  const address = `198.51.100.${Math.floor(process.hrtime()[1] % 250)}-${process.pid}`;
  const ask = (from: string) => other.post({ query: `{ ${Array.from({ length: 20 }, (_, i) => `a${i}: nodes(ids: []) { id }`).join(' ')} __schema { types { name } } }` }, { 'x-forwarded-for': from });
  try {
    const answers = [];
    for (let i = 0; i < 41; i++) answers.push(await ask(address));
    const last = answers.at(-1)!;

    expect(answers.filter(answer => answer.status === 200)).toHaveLength(39);
    expect(last.status).toBe(429);
    const { resetMs, ...refused } = last.body.errors[0].extensions;
    expect(refused).toMatchObject({ code: 'RATE_LIMITED', limit: 2_000 });
    const seconds = String(Math.ceil(resetMs / 1_000));
    expect(last.body.errors[0].message).toBe(`the 2000 points of this minute are spent: they return in ${seconds} s`);
    expect(last.headers.get('retry-after')).toBe(seconds);
    expect(last.headers.get('x-ratelimit-reset')).toBe(seconds);
    // The minute began with the first of these requests, so that its end is less than a minute away.
    expect(resetMs).toBeLessThanOrEqual(60_000);
    expect((await ask(`${address}-other`)).status).toBe(200);
  } finally {
    await other.close();
  }
}, 90_000);

test('the cost of a page comes from its size, given or in a variable, and the field is named', async () => {
  const paged = await startTestServer({ rooms: [shelfRoom()] });
  const query = 'query q($n: Int!) { shelves(first: $n) { edges { node { books { title } } } } }';
  try {
    const small = await paged.post({ query, variables: { n: 10 } });
    const large = await paged.post({ query: query.replace('books { title }', 'books { title books { title } }'), variables: { n: 100 } });
    const inFull = await paged.post({ query: '{ shelves { edges { node { books { title } } } } }' });

    expect(small.body.extensions.cost.requested).toBe(1 + (10 * 6) / 5);
    expect(inFull.body.extensions.cost.requested).toBe(1 + (20 * 6) / 5);
    expect(large.body.extensions.cost.requested).toBe(1 + (100 * 31) / 5);
    const over = await paged.post({ query: query.replace('books { title }', 'books { books { books { title } } }'), variables: { n: 100 } });
    expect(over.body.errors[0]).toMatchObject({ message: 'objects (at shelves): 15600, at most 5000', extensions: { code: 'TOO_COSTLY', field: 'shelves', requested: 15_600, bound: 5_000 } });
  } finally {
    await paged.close();
  }
}, 90_000);

/** Shelves of books that hold books, to measure costs on. */
function shelfRoom(): Room {
  @ObjectType({ description: '书。A book.' })
  class Book {
    @Field(() => String, { description: '题名。Its title.' })
    title!: string;

    @Field(() => [Book], { description: '附册。Its supplements.' })
    books!: Book[];
  }

  @ObjectType({ description: '架。A shelf.' })
  class Shelf {
    @Field(() => [Book], { description: '架上的书。Its books.' })
    books!: Book[];
  }
  const Shelves = connectionTypes('Shelf', () => Shelf, { zh: '架', en: 'shelves' });

  @Resolver()
  class ShelfResolver {
    @Allow('service:read')
    @Query(() => Shelves, { description: '架。The shelves.' })
    shelves(@Arg('first', () => Int, { defaultValue: 20, description: '条数。How many.' }) _first: number, @Ctx() _scope: RequestScope): object {
      return { edges: [], pageInfo: {}, totalCount: 0 };
    }
  }
  return { name: 'shelves', entities: [], resolvers: [ShelfResolver], orphanedTypes: [], nodes: [] };
}
