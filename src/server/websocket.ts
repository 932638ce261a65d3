import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError, type ExecutionArgs, type FormattedExecutionResult } from 'graphql';
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer, type Context, type Server as ProtocolServer } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import { Fault } from '../platform/graphql/index.js';
import type { Viewer } from '../platform/index.js';
import { CallerScope, addressOf, credentialOf, languageOf, traceIdOf } from './caller-scope.js';
import type { City } from './city.js';
import { admit, plain, run, runSubscription, speechOf, type Call } from './graphql/execute.js';
import { formatFault } from './graphql/mask.js';
import { askedOf } from './http/graphql-request.js';
import { Unacceptable } from './http/body.js';
import { isAllowedOrigin } from './http/origins.js';
import { LIMITS } from './limits.js';
import { MessageGuard } from './message-guard.js';
import { SocketCounts } from './socket-counts.js';

/** What we know of one socket. */
interface Caller {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  readonly address: string;
  viewer: Viewer | null;
  /** The key that this socket counts for. */
  countedKey: string | null;
  credential: string | null;
  timers: NodeJS.Timeout[];
  /** Aborted when the caller leaves. */
  readonly left: AbortController;
}

type SocketContext = Context<Record<string, unknown> | undefined, Caller>;

/** Serves graphql-transport-ws on the HTTP server's own port and path, with the same admission as HTTP (F7). */
export function serveWebSockets(city: City, server: Server): { readonly sockets: WebSocketServer; closeAll(): Promise<void> } {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LIMITS.socketMessageBytes.value,
    perMessageDeflate: false,
    handleProtocols: offered => (offered.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) ? GRAPHQL_TRANSPORT_WS_PROTOCOL : false),
  });
  const counts = new SocketCounts();
  const protocol = createProtocol(city, counts);
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => undefined);
    const refused = refusedUpgrade(city, request);
    if (refused) return void stream.end(`HTTP/1.1 ${refused}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    sockets.handleUpgrade(request, stream, head, socket => open(city, protocol, counts, socket, request));
  });
  return { sockets, closeAll: () => closeAll(sockets) };
}

function refusedUpgrade(city: City, request: IncomingMessage): string | null {
  if (city.stopping.is) return '503 Service Unavailable';
  if ((request.url ?? '').split('?')[0] !== '/graphql') return '404 Not Found';
  return isAllowedOrigin(request, city.services.configuration.ALLOWED_ORIGINS) ? null : '403 Forbidden';
}

function open(city: City, protocol: ProtocolServer<Caller>, counts: SocketCounts, socket: WebSocket, request: IncomingMessage): void {
  const caller: Caller = { socket, request, address: addressOf(request, city.services.configuration.TRUST_PROXY), viewer: null, countedKey: null, credential: null, timers: [], left: new AbortController() };
  const guard = new MessageGuard(() => performance.now());
  socket.on('error', error => city.services.log.debug({ message: error.message }, 'socket'));
  if (!counts.take('address', caller.address, LIMITS.socketsPerAddress.value)) return socket.close(4429, 'Too many sockets of this address');
  city.metrics.openSockets(1);
  const closed = protocol.opened({
    protocol: socket.protocol,
    send: message => new Promise((resolve, reject) => (socket.readyState === socket.OPEN ? socket.send(message, error => (error ? reject(error) : resolve())) : resolve())),
    close: (code, reason) => socket.close(code, reason),
    onMessage: receive => socket.on('message', async message => {
      const text = String(message);
      const refused = guard.refuse(text.length, caller.viewer !== null);
      if (refused) return socket.close(refused.code, refused.reason);
      await receive(text).catch((error: Error) => {
        // The protocol's own complaints carry their close code; anything else is ours and is not told.
        city.services.log.error({ err: error }, 'socket message');
        socket.close(CloseCode.InternalServerError, 'Internal error');
      });
    }),
  }, caller);
  const stopHeartbeat = heartbeat(socket);
  socket.once('close', (code, reason) => {
    stopHeartbeat();
    caller.left.abort();
    caller.timers.forEach(clearInterval);
    counts.release('address', caller.address);
    if (caller.countedKey) counts.release('key', caller.countedKey);
    city.metrics.openSockets(-1);
    void closed(code, String(reason));
  });
}

function createProtocol(city: City, counts: SocketCounts): ProtocolServer<Caller> {
  return makeServer<Record<string, unknown> | undefined, Caller>({
    connectionInitWaitTimeout: LIMITS.socketInitMs.value,
    onConnect: ctx => connect(city, counts, ctx.extra, ctx.connectionParams),
    onSubscribe: (ctx, id, payload) => subscribe(city, ctx, id, payload),
    execute: async (args: ExecutionArgs) => said(plain(await run(city.schema, callOf(args)))),
    subscribe: async (args: ExecutionArgs) => subscribed(city, callOf(args)),
  });
}

const callOf = (args: ExecutionArgs): Call => args.contextValue as Call;

/** Admits a socket with its credential and watches that the right to it lasts. False closes it with 4403. */
async function connect(city: City, counts: SocketCounts, caller: Caller, parameters: Record<string, unknown> | undefined): Promise<boolean> {
  caller.credential = credentialOf(parameters?.authorization);
  try {
    caller.viewer = await city.authenticate(city.services, caller.credential);
  } catch {
    return false;
  }
  if (caller.viewer.keyId && !counts.take('key', caller.viewer.keyId, LIMITS.socketsPerKey.value)) {
    caller.socket.close(4429, 'Too many sockets of this key');
    return true;
  }
  caller.countedKey = caller.viewer.keyId;
  watchRight(city, caller, caller.viewer);
  return true;
}

function watchRight(city: City, caller: Caller, viewer: Viewer): void {
  const end = (): void => caller.socket.close(CloseCode.Forbidden, 'The right to this socket has ended');
  if (caller.credential === null) return;
  if (viewer.expiresAt !== null) caller.timers.push(setTimeout(end, Math.max(0, viewer.expiresAt - city.services.clock.now())));
  caller.timers.push(setInterval(() => {
    city.authenticate(city.services, caller.credential).catch((error: unknown) => {
      // A database that is away says nothing about the right; only a refusal ends it (G14).
      if (error instanceof Fault && (error.code === 'UNAUTHENTICATED' || error.code === 'FORBIDDEN')) end();
    });
  }, LIMITS.rightsCheckMs.value));
}

/** Admits one operation. What is wrong with it is an `error` message of that operation: the socket stays (F8). */
async function subscribe(city: City, ctx: SocketContext, id: string, payload: unknown): Promise<ExecutionArgs | readonly GraphQLError[]> {
  const { request, address, viewer } = ctx.extra;
  const scope = new CallerScope(city.services, viewer!, languageOf(request.headers['accept-language']), traceIdOf(request), ctx.extra.left.signal, address);
  const refuse = (errors: readonly unknown[] = []): readonly GraphQLError[] => {
    for (const error of errors as ReadonlyArray<{ extensions?: { code?: string } }>) city.metrics.countError('websocket', String(error.extensions?.code));
    return errors.map(error => writesItself(error as object));
  };
  try {
    const running = Object.keys(ctx.subscriptions).filter(known => known !== id).length;
    if (running >= LIMITS.subscriptionsPerSocket.value) return refuse([formatFault(tooMany(running + 1), speechOf(scope))]);
    const admission = await admit(scope, askedOf(payload, 'payload'), city.documents, city.points);
    if ('refused' in admission) return refuse(admission.refused.errors);
    const { call } = admission;
    city.metrics.countCost(scope.viewer.limitClass, call.cost.requested);
    const { document, operation } = call.prepared;
    const contextValue = operation.operation === 'subscription' ? call : { ...call, scope: withinRequestTime(scope, ctx.extra.left.signal) };
    return { schema: city.schema, document, operationName: operation.name?.value, contextValue };
  } catch (error) {
    if (error instanceof Unacceptable) return refuse([formatFault(error.fault, speechOf(scope))]);
    throw error;
  }
}

/** A query over a socket has the time that one over HTTP has; only a subscription lasts. */
function withinRequestTime(scope: CallerScope, left: AbortSignal): CallerScope {
  const signal = AbortSignal.any([left, AbortSignal.timeout(LIMITS.requestMs.value)]);
  return new CallerScope(scope.services, scope.viewer, scope.language, scope.traceId, signal, scope.address);
}

function tooMany(running: number): Fault {
  const most = LIMITS.subscriptionsPerSocket.value;
  return new Fault('RATE_LIMITED', { zh: `每个连接至多 ${most} 个操作，这是第 ${running} 个`, en: `a socket holds at most ${most} operations, this is number ${running}` }, { limit: most });
}

/** An answer whose errors are written already: the protocol library asks each error to write itself. */
function said<Result extends { readonly errors?: readonly object[] }>(result: Result): never {
  return (result.errors ? { ...result, errors: result.errors.map(writesItself) } : result) as never;
}

function writesItself(error: object): GraphQLError {
  return Object.assign(new GraphQLError(''), { toJSON: () => error }) as unknown as GraphQLError;
}

async function subscribed(city: City, call: Call): Promise<never> {
  const events = await runSubscription(city.schema, call);
  return (Symbol.asyncIterator in events ? saidEvents(events) : said(events)) as never;
}

async function* saidEvents(events: AsyncIterable<FormattedExecutionResult>): AsyncGenerator<never> {
  for await (const event of events) yield said(event);
}

function heartbeat(socket: WebSocket): () => void {
  let answered = true;
  socket.on('pong', () => (answered = true));
  const timer = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
  }, LIMITS.heartbeatMs.value);
  return () => clearInterval(timer);
}

/** Says 1012 to every socket, spread so that they do not all come back at one instant; ends those that do not answer. */
async function closeAll(sockets: WebSocketServer): Promise<void> {
  const open = [...sockets.clients];
  const spreadMs = Math.min(2_000, open.length * 2);
  await Promise.all(open.map((socket, i) => new Promise<void>(resolve => {
    socket.once('close', () => resolve());
    setTimeout(() => socket.close(1012, 'Service restart'), (spreadMs * i) / Math.max(1, open.length));
    setTimeout(() => {
      socket.terminate();
      resolve();
    }, spreadMs + 1_000).unref();
  })));
  sockets.close();
}
