import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { Writable } from 'node:stream';
import { Query, Resolver, Root, Subscription } from 'type-graphql';
import WebSocket from 'ws';
import type { Room, Viewer } from '../../src/platform/index.js';
import { unauthenticated } from '../../src/platform/graphql/index.js';
import { turnBoundaries } from '../../src/availability/boundary-clock.js';
import { keepOccupancyDays } from '../../src/availability/keep-days.js';
import { lockLive, storeCounts } from '../../src/availability/live-rows.js';
import { Allow, anonymousViewer } from '../../src/identity/index.js';
import { LIMITS } from '../../src/server/limits.js';
import { TurnOutlet } from '../../src/server/turn-outlet.js';
import { addFacilities, addWindows, facilityDraft, foundCity, inUnit, termsDraft } from '../support/city.js';
import { scopeOf, system } from '../support/scope.js';
import { closed, nextMessage, opened, someone, startTestServer, type TestServer } from '../server/running.js';
import { read, WATCH, WATCH_PLAIN } from './watching.js';

const NOTHING = Buffer.alloc(0);

let server: TestServer;
let openId: string;
let officeId: string;
const viewers = new Map<string, Viewer>();
/** Holds back who is asked for, until it is let go. */
let held: Promise<void> | null = null;

beforeAll(async () => {
  server = await startTestServer({
    rooms: [watchedRoom()],
    assembly: {
      authenticate: async (_services, credential) => {
        if (credential === null) return anonymousViewer;
        await held;
        const known = viewers.get(credential.replace(/^Bearer /, ''));
        if (!known) throw unauthenticated();
        return known;
      },
    },
  });
  const scope = scopeOf(server.services);
  await keepOccupancyDays(server.services);
  await foundCity(scope);
  [openId, officeId] = await addFacilities(scope, [
    facilityDraft('open', { longitude: 118.6, latitude: 24.9 }),
    facilityDraft('office', { longitude: 118.6, latitude: 24.9 }, { category: 'INSTITUTION', sector: 'AGENCY' }),
  ]) as [string, string];
  await addWindows(scope, [openId, officeId].map(id => ({ facility: { id }, terms: termsDraft() })));
  await turnBoundaries(server.services);
  server.services.clock.advance(16 * 60_000);
});

afterAll(() => server.close());

const exactly: Viewer['grants'] = [{ action: 'availability:read-exact', partyId: null, jurisdictionCode: null }];

let occupied = 0;
async function occupy(facilityId: string): Promise<void> {
  server.services.clock.advance(1_000);
  const now = server.services.clock.now();
  occupied = (occupied % 4) + 15;
  await inUnit(scopeOf(server.services), async unit => {
    const rows = await lockLive(unit, [facilityId]);
    await storeCounts(unit, rows, new Map([[rows[0]!, [{ zoneId: null, scope: 'ALL', feedId: 'fed_test', occupied: (occupied += 1), free: null, observedAt: now, sequence: 0, receivedAt: now, staleAfter: now + 86_400_000, moved: 0 }]]]));
  });
}

async function ready(credential: string): Promise<WebSocket> {
  const socket = server.socket();
  await opened(socket);
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: credential } }));
  expect(await nextMessage(socket)).toEqual({ type: 'connection_ack' });
  return socket;
}

test('G14: a key that ends in two years keeps its socket and its streams till then', async () => {
  viewers.set('lasting', someone({ kind: 'API_KEY', keyId: 'key_lasting', expiresAt: server.services.clock.now() + 700 * 86_400_000 }));
  const socket = await ready('lasting');
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: WATCH, variables: { where: { ids: [openId] } } } }));

  expect(await nextMessage(socket)).toMatchObject({ id: '1', type: 'next' });
  expect(socket.readyState).toBe(WebSocket.OPEN);
  socket.terminate();

  const response = await fetch(server.url, { method: 'POST', headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: 'Bearer lasting' }, body: JSON.stringify({ query: WATCH, variables: { where: { ids: [openId] } } }) });
  const reader = response.body!.getReader();
  let text = '';
  while (!text.includes('AvailabilitySnapshot')) text += Buffer.from((await reader.read()).value!).toString();
  await reader.cancel();
  expect(text).not.toContain('UNAUTHENTICATED');
});

test('G14: server-sent events end with the token, not at the next re-check', async () => {
  viewers.set('short', someone({ expiresAt: server.services.clock.now() + 300 }));
  const begun = performance.now();
  const response = await fetch(server.url, { method: 'POST', headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: 'Bearer short' }, body: JSON.stringify({ query: WATCH, variables: { where: { ids: [openId] } } }) });

  expect(await response.text()).toContain('"code":"UNAUTHENTICATED"');
  expect(performance.now() - begun).toBeLessThan(1_300);
});

test('G14: nothing is told after the close frame, even to a peer that does not answer it, which is then cut off', async () => {
  viewers.set('revoked', someone({ kind: 'API_KEY', keyId: 'key_revoked' }));
  const socket = await ready('revoked');
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: WATCH, variables: { where: { ids: [openId] } } } }));
  await nextMessage(socket);
  const tcp = (socket as unknown as { _socket: import('node:net').Socket })._socket;
  const heard: Buffer[] = [];
  const ended = new Promise<void>(resolve => {
    for (const sign of ['end', 'error', 'close']) tcp.once(sign, () => resolve());
  });
  const closing = new Promise<void>(resolve => tcp.on('data', (bytes: Buffer) => {
    heard.push(bytes);
    if (bytes.includes('The right to this socket has ended')) resolve();
  }));
  tcp.write = (() => true) as never;
  tcp.end = (() => tcp) as never;
  viewers.delete('revoked');
  await server.running.city.rights.check();
  await closing;

  const witness = server.client();
  const reading = read(witness, { where: { ids: [openId] } });
  await reading.until(1);
  for (let i = 0; i < 3; i++) await occupy(openId);
  await reading.until(2);
  await ended;
  tcp.destroy();
  await witness.dispose();

  const text = Buffer.concat(heard).toString('latin1');
  expect(text.slice(text.indexOf('The right to this socket has ended'))).not.toContain('AvailabilityChange');
}, 20_000);

test('a socket that is cut while its key is looked up takes no place from it', async () => {
  viewers.set('counted', someone({ kind: 'API_KEY', keyId: 'key_counted' }));
  let letGo!: () => void;
  held = new Promise(resolve => (letGo = resolve));
  const sockets = await Promise.all(Array.from({ length: 25 }, async () => {
    const socket = server.socket();
    await opened(socket);
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: 'counted' } }));
    return socket;
  }));
  await Promise.all(sockets.map(socket => {
    const gone = closed(socket);
    socket.terminate();
    return gone;
  }));
  const { registry } = server.running.city.metrics;
  while (/^chaowei_websockets 0$/m.exec(await registry.metrics()) === null) await new Promise(resolve => setImmediate(resolve));
  letGo();
  held = null;

  const open = await Promise.all(Array.from({ length: 20 }, () => ready('counted')));
  expect(open.map(socket => socket.readyState)).toEqual(open.map(() => WebSocket.OPEN));
  for (const socket of open) socket.terminate();
}, 20_000);

test('G14: where one right is lost its operation ends with an error, and the socket and its other operations stay', async () => {
  viewers.set('officer', someone({ grants: [...exactly, { action: 'occupancy:read', partyId: null, jurisdictionCode: null }] }));
  const client = server.client({ authorization: 'officer' });
  const watched = read(client, {}, 'subscription { watched }');
  const exact = read(client, { where: { ids: [officeId] } });
  await Promise.all([watched.until(1), exact.until(1)]);
  viewers.set('officer', someone({ grants: exactly }));
  await server.running.city.rights.check();
  await watched.ended;
  await occupy(officeId);
  const [, change] = await exact.until(2);
  await client.dispose();

  expect(watched.error).toMatchObject([{ extensions: { code: 'FORBIDDEN', action: 'occupancy:read' } }]);
  expect(change).toMatchObject({ __typename: 'AvailabilityChange', availability: { precision: 'EXACT' } });
});

test.each([['compiled', WATCH], ['plain', WATCH_PLAIN]])('G14, P10: whoever loses the right to exact figures hears no more of them on the %s stream', async (name, query) => {
  viewers.set(name, someone({ grants: exactly }));
  const client = server.client({ authorization: name });
  const witness = server.client({ authorization: 'system' });
  viewers.set('system', system);
  const reading = read(client, { where: { ids: [officeId] } }, query);
  const seeing = read(witness, { where: { ids: [officeId] } });
  await Promise.all([reading.until(1), seeing.until(1)]);
  await occupy(officeId);
  await Promise.all([reading.until(2), seeing.until(2)]);
  viewers.set(name, someone({ grants: [] }));
  await server.running.city.rights.check();
  await occupy(officeId);
  await seeing.until(3);
  await Promise.all([client.dispose(), witness.dispose()]);

  expect(reading.events).toHaveLength(2);
  if (name === 'plain') expect(reading.error).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
});

/** A connection whose peer takes nothing until it is let. */
class Stalled extends Writable {
  taken = 0;
  #next: (() => void) | null = null;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.taken += chunk.length;
    this.#next = done;
  }

  read(): void {
    const next = this.#next;
    this.#next = null;
    next?.();
  }
}

test('G13: what waits for a stalled connection stops at the bound and one turn more, and goes on when it is read', async () => {
  const stalled = new Stalled();
  const outlet = new TurnOutlet(stalled, () => undefined);
  const turn = Buffer.alloc(4_000);
  let pushed = 0;
  for (let i = 0; i < 1_000; i++) {
    if (outlet.isClogged) continue;
    outlet.push({ bytes: turn, ownAt: [], own: NOTHING });
    pushed += turn.length;
    if (i % 10 === 9) await new Promise(resolve => setImmediate(resolve));
  }

  await new Promise(resolve => setImmediate(resolve));

  expect(stalled.writableLength).toBe(pushed);
  expect(pushed).toBeLessThanOrEqual(LIMITS.socketQueueBytes.value + turn.length);
  const drained = new Promise(resolve => stalled.once('drain', resolve));
  while (stalled.writableLength > 0) {
    stalled.read();
    await new Promise(resolve => setImmediate(resolve));
  }
  await drained;
  expect(outlet.isClogged).toBe(false);
  outlet.close();
  outlet.push({ bytes: turn, ownAt: [], own: NOTHING });
  await new Promise(resolve => setImmediate(resolve));
  expect(stalled.taken).toBe(pushed);
});

test('G13: a connection that is not read for ten seconds is given up, one that is read in time is not', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
  try {
    const [stalled, slow] = [new Stalled(), new Stalled()];
    const givenUp: string[] = [];
    const outlets = [new TurnOutlet(stalled, () => givenUp.push('stalled')), new TurnOutlet(slow, () => givenUp.push('slow'))];
    for (const outlet of outlets) outlet.push({ bytes: Buffer.alloc(LIMITS.socketQueueBytes.value + 1), ownAt: [], own: NOTHING });
    await new Promise(resolve => setImmediate(resolve));
    jest.advanceTimersByTime(LIMITS.slowReaderMs.value - 1);
    expect(givenUp).toEqual([]);
    const drained = new Promise(resolve => slow.once('drain', resolve));
    slow.read();
    await drained;
    jest.advanceTimersByTime(1);
    expect(givenUp).toEqual(['stalled']);
    jest.advanceTimersByTime(LIMITS.slowReaderMs.value);
    expect(givenUp).toEqual(['stalled']);
  } finally {
    jest.useRealTimers();
  }
});

/** A subscription behind a right of its own. */
function watchedRoom(): Room {
  async function* forever(): AsyncGenerator<number> {
    yield 1;
    await new Promise(() => undefined);
  }
  @Resolver()
  class WatchedResolver {
    @Allow('service:read')
    @Query(() => Number, { description: '一。One.' })
    oneForWatched(): number {
      return 1;
    }

    @Allow('occupancy:read')
    @Subscription(() => Number, { subscribe: () => forever(), description: '须有权限。Needs a right.' })
    watched(@Root() tick: number): number {
      return tick;
    }
  }
  return { name: 'watched', entities: [], resolvers: [WatchedResolver], orphanedTypes: [], nodes: [] };
}
