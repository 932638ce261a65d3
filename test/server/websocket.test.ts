import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Query, Resolver, Root, Subscription } from 'type-graphql';
import WebSocket from 'ws';
import type { Room, Viewer } from '../../src/platform/index.js';
import { unauthenticated } from '../../src/platform/graphql/index.js';
import { Allow, anonymousViewer } from '../../src/identity/index.js';
import { MessageGuard } from '../../src/server/message-guard.js';
import { ConnectionCounts } from '../../src/server/connection-counts.js';
import { closed, firstOf, nextMessage, opened, someone, startTestServer, type TestServer } from './running.js';

let server: TestServer;
const viewers = new Map<string, Viewer>();

beforeAll(async () => {
  server = await startTestServer({
    rooms: [tickRoom()],
    assembly: {
      authenticate: async (_services, credential) => {
        if (credential === null) return anonymousViewer;
        if (credential === 'database-away') throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
        const known = viewers.get(credential);
        if (!known) throw unauthenticated();
        return known;
      },
    },
  });
});

afterAll(() => server.close());

async function ready(parameters: Record<string, unknown> = {}): Promise<WebSocket> {
  const socket = server.socket();
  await opened(socket);
  socket.send(JSON.stringify({ type: 'connection_init', payload: parameters }));
  expect(await nextMessage(socket)).toEqual({ type: 'connection_ack' });
  return socket;
}

const ask = (socket: WebSocket, id: string, query: unknown): void => socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query } }));

test('F8: a syntax error is an `error` of its operation, with our code; the socket stays and answers the next', async () => {
  const socket = await ready();

  ask(socket, '1', '{');
  const refused = await nextMessage(socket);
  ask(socket, '2', '{ __typename }');
  const answered = await nextMessage(socket);
  socket.terminate();

  expect(refused).toMatchObject({ id: '1', type: 'error', payload: [{ message: 'Syntax Error: Expected Name, found <EOF>.', extensions: { code: 'BAD_USER_INPUT' } }] });
  expect(answered).toMatchObject({ id: '2', type: 'next', payload: { data: { __typename: 'Query' } } });
});

test.each([['BAD_USER_INPUT', '{ nothing }'], ['TOO_COSTLY', `{ ${'serviceInfo { '.repeat(10)}version${' }'.repeat(10)} }`]])('F7: what HTTP refuses as %s the socket refuses', async (code, query) => {
  const client = server.client();

  await expect(firstOf(client, query)).rejects.toMatchObject([{ extensions: { code } }]);
  await client.dispose();
});

test('an error of execution over a socket is masked as over HTTP', async () => {
  const client = server.client();
  const result = await firstOf(client, '{ defect }');
  await client.dispose();

  expect(result.errors[0]).toMatchObject({ message: 'our own error, logged under the trace id', extensions: { code: 'INTERNAL' } });
});

test('a subscription delivers its events, and one that is not allowed is refused as its operation', async () => {
  const socket = await ready();
  ask(socket, '1', 'subscription { ticks }');
  const first = await nextMessage(socket);
  ask(socket, '2', 'subscription { secrets }');
  const messages = [await nextMessage(socket)];
  socket.terminate();

  expect(first).toMatchObject({ id: '1', type: 'next', payload: { data: { ticks: 1 } } });
  expect(messages[0]).toMatchObject({ id: '2', type: 'next', payload: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] } });
});

test('a socket holds 50 operations; the next is refused and the socket stays', async () => {
  const socket = await ready();
  for (let i = 0; i < 51; i++) ask(socket, `s${i}`, 'subscription { endless }');

  const refused = await nextMessage(socket);
  socket.terminate();

  expect(refused).toMatchObject({ id: 's50', type: 'error', payload: [{ message: 'a socket holds at most 50 operations, this is number 51', extensions: { code: 'RATE_LIMITED' } }] });
});

test('a bad credential closes with 4403 and does not say which part was wrong', async () => {
  const socket = server.socket();
  await opened(socket);
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer wrong' } }));

  expect(await closed(socket)).toEqual({ code: 4403, reason: 'Forbidden' });
});

test.each(['authorization', 'Authorization', 'AUTHORIZATION'])('the credential of the init stands under %s, as a header would', async name => {
  viewers.set('known', someone({ kind: 'API_KEY', keyId: 'key_2' }));
  const client = server.client({ [name]: 'Bearer known' });
  const result = await firstOf(client, '{ viewer { kind } }');
  await client.dispose();

  expect(result).toMatchObject({ data: { viewer: { kind: 'API_KEY' } } });
});

test('a credential that is no text closes with 4403, and is not taken for nobody', async () => {
  const socket = server.socket();
  await opened(socket);
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: { token: 'known' } } }));

  expect(await closed(socket)).toEqual({ code: 4403, reason: 'Forbidden' });
});

test('a credential that cannot be checked just now closes with 1013, so that its holder comes again', async () => {
  const socket = server.socket();
  await opened(socket);
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer database-away' } }));

  expect(await closed(socket)).toEqual({ code: 1013, reason: 'Try again later' });
});

test('G14: a socket ends with 4403 when its token does', async () => {
  viewers.set('short', someone({ expiresAt: server.services.clock.now() + 200 }));
  const socket = await ready({ authorization: 'Bearer short' });

  expect((await closed(socket)).code).toBe(4403);
});

test('G14: a revoked key ends its sockets with 4403 within the re-check', async () => {
  viewers.set('revoked-later', someone({ kind: 'API_KEY', keyId: 'key_1' }));
  const socket = await ready({ authorization: 'revoked-later' });
  viewers.delete('revoked-later');

  expect((await closed(socket)).code).toBe(4403);
}, 15_000);

test.each([
  ['a message before the init that is no init', 4401, '{"id":"1","type":"subscribe","payload":{"query":"{__typename}"}}'],
  ['no JSON', 4400, 'nonsense'],
  ['a message within a text', 4400, JSON.stringify('{"type":"ping"}')],
  ['an init over 8 kB', 1009, JSON.stringify({ type: 'connection_init', payload: { x: 'x'.repeat(8_000) } })],
  ['a frame over 64 kB', 1009, 'x'.repeat(64_001)],
])('%s closes with %d', async (_what, code, text) => {
  const socket = server.socket();
  await opened(socket);
  socket.send(text);

  expect((await closed(socket)).code).toBe(code);
});

test('a second operation of the same id closes with 4409, a second init with 4429', async () => {
  const sockets = [await ready(), await ready()] as const;
  const ends = sockets.map(closed);
  ask(sockets[0], 'same', 'subscription { endless }');
  ask(sockets[0], 'same', 'subscription { endless }');
  sockets[1].send(JSON.stringify({ type: 'connection_init' }));

  expect((await Promise.all(ends)).map(end => end.code)).toEqual([4409, 4429]);
});

test('a flood of messages closes with 4429', async () => {
  const socket = await ready();
  const end = closed(socket);
  for (let i = 0; i < 600; i++) socket.send('{"type":"ping"}');

  expect(await end).toEqual({ code: 4429, reason: 'Too many messages' });
});

test('a foreign Origin, another path and another protocol are refused at the upgrade', async () => {
  const refusal = (address: string, protocol: string, origin: string): Promise<string> => new Promise(resolve => {
    const socket = new WebSocket(address, protocol, { headers: { origin } });
    socket.once('error', error => resolve(error.message));
    socket.once('close', code => resolve(String(code)));
  });
  const address = server.url.replace('http', 'ws');

  expect(await refusal(address, 'graphql-transport-ws', 'https://elsewhere.example')).toBe('Unexpected server response: 403');
  expect(await refusal(`${address}/more`, 'graphql-transport-ws', new URL(server.url).origin)).toBe('Unexpected server response: 404');
  expect(await refusal(address, 'graphql-ws', new URL(server.url).origin)).toMatch(/subprotocol/);
});

test('a restart says 1012', async () => {
  const other = await startTestServer();
  const socket = other.socket();
  await opened(socket);
  const end = closed(socket);

  await other.close();

  expect(await end).toEqual({ code: 1012, reason: 'Service restart' });
});

test('the guard refills by 200 a second up to a burst of 400', () => {
  let now = 0;
  const guard = new MessageGuard(() => now);
  const accepted = (): number => {
    let count = 0;
    while (guard.refuse(10, true) === null) count += 1;
    return count;
  };

  expect(accepted()).toBe(400);
  now = 1_000;
  expect(accepted()).toBe(200);
  now = 1_000_000;
  expect(accepted()).toBe(400);
});

test('a key holds 20 sockets and gets a place back when one closes', () => {
  const counts = new ConnectionCounts();
  const taken = Array.from({ length: 21 }, () => counts.take('key', 'a', 20));
  counts.release('key', 'a');

  expect(taken.filter(Boolean)).toHaveLength(20);
  expect([counts.take('key', 'a', 20), counts.take('key', 'a', 20), counts.take('key', 'b', 20)]).toEqual([true, false, true]);
});

function tickRoom(): Room {
  async function* ticks(): AsyncGenerator<number> {
    yield 1;
  }
  @Resolver()
  class TickResolver {
    @Allow('service:read')
    @Query(() => String, { description: '缺陷。A defect.' })
    defect(): string {
      throw new Error('secret');
    }

    @Allow('service:read')
    @Subscription(() => Number, { subscribe: ticks, description: '一次。Once.' })
    ticks(@Root() tick: number): number {
      return tick;
    }

    @Allow('service:read')
    @Subscription(() => Number, { subscribe: () => new Silence() as never, description: '无声。Silence.' })
    endless(@Root() tick: number): number {
      return tick;
    }

    @Allow('platform:operate')
    @Subscription(() => Number, { subscribe: ticks, description: '须有权限。Needs a right.' })
    secrets(@Root() tick: number): number {
      return tick;
    }
  }
  return { name: 'ticks', entities: [], resolvers: [TickResolver], orphanedTypes: [], nodes: [] };
}

/** A stream that never yields and ends when it is told to. */
class Silence implements AsyncIterableIterator<number> {
  #end: (result: IteratorResult<number>) => void = () => undefined;

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<number>> {
    return new Promise(resolve => (this.#end = resolve));
  }

  async return(): Promise<IteratorResult<number>> {
    this.#end({ done: true, value: undefined });
    return { done: true, value: undefined };
  }
}
