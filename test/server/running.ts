import { createClient, type Client } from 'graphql-ws';
import WebSocket from 'ws';
import { readConfiguration, type Database, type Room, type Services, type Viewer } from '../../src/platform/index.js';
import { authenticate } from '../../src/identity/index.js';
import { rooms } from '../../src/server/rooms.js';
import { startServer, type Assembly, type Running } from '../../src/server/start.js';
import { openTestDatabase } from '../support/database.js';
import { testServices } from '../support/scope.js';

/** A server of this suite alone, listening on a free port, with a clock that stands. */
export interface TestServer {
  readonly running: Running;
  readonly services: ReturnType<typeof testServices>;
  readonly url: string;
  post(body: unknown, headers?: Readonly<Record<string, string>>): Promise<{ status: number; headers: Headers; body: any }>;
  socket(parameters?: Record<string, unknown>): WebSocket;
  client(parameters?: Record<string, unknown>): Client;
  close(): Promise<void>;
}

export async function startTestServer(options: { rooms?: readonly Room[]; assembly?: Partial<Assembly>; environment?: Record<string, string>; services?: Partial<Services>; database?: Database } = {}): Promise<TestServer> {
  const every = [...rooms, ...(options.rooms ?? [])];
  const database = options.database ?? (await openTestDatabase(every.flatMap(room => room.entities)));
  const configuration = readConfiguration({ PORT: '0', STOP_SECONDS: '2', ...options.environment });
  const services = testServices(database, { configuration, ...options.services });
  const running = await startServer(services, { rooms: every, compilers: [], routes: [], authenticate, ...options.assembly });
  const url = `${running.address}/graphql`;
  const socketUrl = url.replace('http', 'ws');
  return {
    running,
    services,
    url,
    async post(body, headers = {}) {
      const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', 'accept-language': 'en', ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) });
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
    },
    socket: () => new WebSocket(socketUrl, 'graphql-transport-ws', { headers: { 'accept-language': 'en' } }),
    client: parameters => createClient({ url: socketUrl, webSocketImpl: EnglishSocket, connectionParams: parameters, retryAttempts: 0, lazy: true }),
    async close() {
      await running.stop();
      if (!options.database) await database.close();
    },
  };
}

class EnglishSocket extends WebSocket {
  constructor(address: string, protocols?: string | string[]) {
    super(address, protocols, { headers: { 'accept-language': 'en' } });
  }
}

/** Resolves with the first value of an operation over a socket. */
export function firstOf(client: Client, query: string, variables: Record<string, unknown> = {}): Promise<any> {
  return new Promise((resolve, reject) => {
    let value: unknown;
    client.subscribe({ query, variables }, { next: result => (value = result), error: reject, complete: () => resolve(value) });
  });
}

export function closed(socket: WebSocket): Promise<{ code: number; reason: string }> {
  return new Promise(resolve => socket.once('close', (code, reason) => resolve({ code, reason: String(reason) })));
}

export function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
  });
}

export function nextMessage(socket: WebSocket): Promise<any> {
  return new Promise(resolve => socket.once('message', message => resolve(JSON.parse(String(message)))));
}

export const someone = (overrides: Partial<Viewer> = {}): Viewer => ({ kind: 'TOKEN', actorId: 'someone', partyIds: [], grants: [], limitClass: 'KEY', expiresAt: null, keyId: null, ...overrides });
