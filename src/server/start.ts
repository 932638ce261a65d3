import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { migrate, proveKeys, type Room, type Services } from '../platform/index.js';
import { migrations } from '../../migrations/index.js';
import type { City } from './city.js';
import { Documents, type OperationCompiler } from './graphql/documents.js';
import { createHttpServer } from './http/http-server.js';
import type { Route } from './http/route.js';
import { ConnectionCounts } from './connection-counts.js';
import { createMetrics } from './metrics.js';
import { openPoints } from './points.js';
import { RightsWatch } from './rights-watch.js';
import { assembleSchema } from './schema.js';
import { listenAt } from './start-failure.js';
import { serveWebSockets } from './websocket.js';

/** What a server is assembled from. */
export interface Assembly {
  readonly rooms: readonly Room[];
  readonly compilers: readonly OperationCompiler[];
  readonly routes: readonly Route[];
  readonly authenticate: City['authenticate'];
  /** What runs once after the migrations, before the first request; the lines it returns are printed with what is served. */
  readonly starters?: ReadonlyArray<(services: Services) => Promise<readonly string[]>>;
}

/** A server that listens. */
export interface Running {
  readonly city: City;
  readonly address: string;
  /** What the starters have to say. */
  readonly lines: readonly string[];
  /** Readiness turns first, then what is in flight ends, then the sockets are told 1012 (G16). */
  stop(): Promise<void>;
}

/** Migrates, assembles and listens. The services stay the caller's, to close after `stop`. */
export async function startServer(services: Services, assembly: Assembly): Promise<Running> {
  await migrate(services.database, migrations);
  await proveKeys(services);
  const lines: string[] = [];
  for (const starter of [...assembly.rooms.flatMap(room => room.starters ?? []), ...(assembly.starters ?? [])]) lines.push(...(await starter(services)));
  const schema = assembleSchema(assembly.rooms);
  const city: City = {
    services,
    schema,
    documents: new Documents(schema, assembly.compilers),
    points: await openPoints(services.configuration.REDIS_URL, services.log),
    metrics: createMetrics(services),
    rights: new RightsWatch(services, assembly.authenticate),
    counts: new ConnectionCounts(),
    eventStreams: new Set(),
    routes: assembly.routes,
    migrations,
    authenticate: assembly.authenticate,
    stopping: { is: false },
  };
  const http = await createHttpServer(city);
  const webSockets = serveWebSockets(city, http.server);
  const address = await addressOf(http.server, services.configuration.HOST, services.configuration.PORT);
  return {
    city,
    address,
    lines: lines.map(line => line.replaceAll('{address}', address)),
    async stop() {
      city.stopping.is = true;
      city.rights.stop();
      for (const end of [...city.eventStreams]) end();
      await Promise.all([drain(http.server, services.configuration.STOP_SECONDS * 1_000), webSockets.closeAll()]);
      await http.stop();
      await Promise.all(assembly.rooms.map(room => room.stop?.(services)));
      await city.points.close();
    },
  };
}

async function addressOf(server: Server, host: string, port: number): Promise<string> {
  await listenAt(server, host, port);
  const { port: taken } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host === '0.0.0.0' ? '127.0.0.1' : host}:${taken}`;
}

/** Takes no new connection and waits for the answers in flight, then cuts what is left. */
function drain(server: Server, mostMs: number): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(() => server.closeAllConnections(), mostMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
