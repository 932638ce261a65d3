import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { openDatabase, openLog, type Database } from '../../src/platform/index.js';
import { migrations } from '../../migrations/index.js';
import { rooms } from '../../src/server/rooms.js';
import { openTestDatabase, urlOf } from '../support/database.js';
import { startTestServer, type TestServer } from '../server/running.js';

/** A door in front of PostgreSQL that can be hung or slammed, so that one suite can lose its database alone. */
class Door {
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  #hung = false;
  #shut = false;

  constructor(host: string, port: number) {
    this.#server = createServer(client => {
      if (this.#shut) return void client.destroy();
      const database = connect(port, host);
      for (const [from, to] of [[client, database], [database, client]] as const) {
        this.#sockets.add(from);
        from.on('data', data => this.#hung || to.write(data));
        from.on('error', () => to.destroy());
        from.on('close', () => {
          this.#sockets.delete(from);
          to.destroy();
        });
      }
    });
  }

  async open(): Promise<number> {
    await new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  /** Bytes go in and nothing comes out, as from a stopped process. */
  hang(): void {
    this.#hung = true;
  }

  /** Connections end and new ones are cut, as from a killed server. */
  slam(): void {
    this.#shut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#hung = this.#shut = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.slam();
    this.#server.close();
  }
}

let own: Database;
let behind: Database;
let door: Door;
let server: TestServer;

const ready = async (): Promise<{ status: number; database: string; ms: number }> => {
  const begun = performance.now();
  const response = await fetch(new URL('/readyz', server.url));
  return { status: response.status, database: ((await response.json()) as { database: string }).database, ms: performance.now() - begun };
};

const alive = async (): Promise<number> => (await fetch(new URL('/healthz', server.url))).status;

async function until(condition: () => Promise<boolean>, mostMs: number): Promise<number> {
  const begun = performance.now();
  while (!(await condition())) {
    if (performance.now() - begun > mostMs) throw new Error(`did not hold within ${mostMs} ms`);
  }
  return performance.now() - begun;
}

beforeAll(async () => {
  own = await openTestDatabase();
  const url = new URL((await urlOf(own))!);
  door = new Door(url.hostname, Number(url.port || 5432));
  url.host = `127.0.0.1:${await door.open()}`;
  behind = await openDatabase({ url: url.href, dataFolder: null, poolSize: 4, statementMs: 2_000, acquireMs: 1_000, entities: rooms.flatMap(room => room.entities), migrations, log: openLog({ level: 'silent' }) });
  server = await startTestServer({ database: behind });
});

afterAll(async () => {
  door.mend();
  await server.close();
  await behind.close();
  door.close();
  await own.close();
});

const party = (): ReturnType<TestServer['post']> => server.post({ query: '{ __typename }' }, { authorization: `chw_live_${randomBytes(4).toString('hex')}` });

test('G17: a hung PostgreSQL makes the server unready within a second, and it goes on living', async () => {
  expect(await ready()).toMatchObject({ status: 200, database: 'UP' });

  door.hang();
  const hung = await ready();
  const living = await alive();

  expect(hung).toMatchObject({ status: 503, database: 'DOWN' });
  expect(hung.ms).toBeLessThan(1_000);
  expect(living).toBe(200);

  door.mend();
  expect(await until(async () => (await ready()).status === 200, 5_000)).toBeLessThan(5_000);
});

test('G15: PostgreSQL cut twenty times leaves the same process, faults only of the closed list, and comes back by itself', async () => {
  for (let i = 0; i < 20; i++) {
    door.slam();
    expect((await ready()).status).toBe(503);
    expect([200, 401, 503]).toContain((await party()).status);
    door.mend();
    await until(async () => (await ready()).status === 200, 5_000);
  }

  expect(await alive()).toBe(200);
}, 60_000);
