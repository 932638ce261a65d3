import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ExecutionArgs, GraphQLError } from 'graphql';
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer, type Context, type Server as ProtocolServer } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import { Fault } from '../platform/graphql/index.js';
import { CallerScope, addressOf, credentialOf, languageOf, traceIdOf } from './caller-scope.js';
import type { City } from './city.js';
import { admit, plain, run, runSubscription, speechOf } from './graphql/execute.js';
import { formatFault } from './graphql/mask.js';
import { askedOf } from './http/graphql-request.js';
import { Unacceptable } from './http/body.js';
import { isAllowedOrigin } from './http/origins.js';
import { Heartbeat } from './heartbeat.js';
import { CLASS_LIMITS, LIMITS } from './limits.js';
import { MessageGuard, type Refused } from './message-guard.js';
import { said, writesItself } from './said.js';
import { SocketCaller, type LastingCall } from './socket-caller.js';
import { streamOf } from './streams.js';

type SocketContext = Context<Record<string, unknown> | undefined, SocketCaller>;

/** An admitted operation of one socket. */
interface SocketCall extends LastingCall {
  readonly caller: SocketCaller;
}

const monotonicMs = (): number => performance.now();

/** A `subscribe` message as the protocol library keeps it. */
interface Kept {
  query?: unknown;
  variables?: unknown;
}

/** Serves graphql-transport-ws on the HTTP server's own port and path, with the same admission as HTTP (F7). */
export function serveWebSockets(city: City, server: Server): { readonly sockets: WebSocketServer; closeAll(): Promise<void> } {
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: LIMITS.socketMessageBytes.value,
    perMessageDeflate: false,
    handleProtocols: offered => (offered.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) ? GRAPHQL_TRANSPORT_WS_PROTOCOL : false),
  });
  const heartbeat = new Heartbeat();
  const callers = new Set<SocketCaller>();
  const protocol = createProtocol(city);
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => undefined);
    const refused = refusedUpgrade(city, request);
    if (refused) return void stream.end(`HTTP/1.1 ${refused}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    const { headers } = request;
    const told = { address: addressOf(request, city.services.configuration.TRUST_PROXY), language: languageOf(headers['accept-language']), traceId: headers.traceparent ? traceIdOf(request) : null };
    webSockets.handleUpgrade(request, stream, head, socket => {
      heartbeat.add(socket);
      const caller = new SocketCaller(socket, stream, told);
      callers.add(caller);
      socket.once('close', () => callers.delete(caller));
      open(city, protocol, caller);
    });
  });
  return {
    sockets: webSockets,
    async closeAll() {
      await closeAll(webSockets, callers);
      heartbeat.stop();
    },
  };
}

function refusedUpgrade(city: City, request: IncomingMessage): string | null {
  if (city.stopping.is) return '503 Service Unavailable';
  if ((request.url ?? '').split('?')[0] !== '/graphql') return '404 Not Found';
  return isAllowedOrigin(request, city.services.configuration.ALLOWED_ORIGINS) ? null : '403 Forbidden';
}

function open(city: City, protocol: ProtocolServer<SocketCaller>, caller: SocketCaller): void {
  const { counts, rights } = city;
  const { socket } = caller;
  const guard = new MessageGuard(monotonicMs);
  socket.on('error', error => city.services.log.debug({ message: error.message }, 'socket'));
  if (!counts.take('address', caller.address, LIMITS.socketsPerAddress.value)) return socket.close(4429, 'Too many sockets of this address');
  caller.countedAs = { kind: 'address', owner: caller.address };
  city.metrics.openSockets(1);
  const failed = (error: unknown): void => {
    // The protocol's own complaints carry their close code; anything else is ours and is not told.
    city.services.log.error({ err: error }, 'socket message');
    caller.closeWith(CloseCode.InternalServerError, 'Internal error');
  };
  const closed = protocol.opened({
    protocol: socket.protocol,
    send: message => send(socket, message),
    close: (code, reason) => caller.closeWith(code, reason),
    onMessage: receive => socket.on('message', message => {
      const text = String(message);
      const refused = guard.refuse(text.length, caller.viewer !== null) ?? take(text, message => receive(message).catch(failed));
      if (refused) caller.closeWith(refused.code, refused.reason);
    }),
  }, caller);
  socket.once('close', (code, reason) => {
    rights.remove(caller);
    caller.leave();
    if (caller.countedAs) counts.release(caller.countedAs.kind, caller.countedAs.owner);
    city.metrics.openSockets(-1);
    void closed(code, String(reason));
  });
}

/**
 * Hands on a message that is parsed here: the protocol library keeps what it is given for as long as the operation lasts,
 * and ten thousand texts are a lot of memory.
 */
function take(text: string, receive: (message: never) => void): Refused | null {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return { code: CloseCode.BadRequest, reason: 'Invalid message received' };
  }
  // A text within the text would be parsed once more.
  if (typeof message !== 'object') return { code: CloseCode.BadRequest, reason: 'Invalid message received' };
  receive(message as never);
  return null;
}

function send(socket: WebSocket, message: string): Promise<void> {
  return new Promise((resolve, reject) => (socket.readyState === socket.OPEN ? socket.send(message, error => (error ? reject(error) : resolve())) : resolve()));
}

function createProtocol(city: City): ProtocolServer<SocketCaller> {
  return makeServer<Record<string, unknown> | undefined, SocketCaller>({
    connectionInitWaitTimeout: LIMITS.socketInitMs.value,
    onConnect: ctx => connect(city, ctx.extra, ctx.connectionParams),
    onSubscribe: (ctx, id, payload) => subscribe(city, ctx, id, payload),
    execute: async (args: ExecutionArgs) => said(plain(await run(city.schema, callOf(args)))),
    subscribe: async (args: ExecutionArgs) => subscribed(city, callOf(args)),
  });
}

const callOf = (args: ExecutionArgs): SocketCall => args.contextValue as SocketCall;

const isRefusedCredential = (error: unknown): boolean => error instanceof Fault && error.code === 'UNAUTHENTICATED';

/**
 * The credential among the parameters of the init, under its name in any case, as a header's would be: clients hand on
 * their headers. The library keeps the parameters as long as the socket lasts; the credential is kept once for all who share it.
 */
function takeAuthorization(parameters: Record<string, unknown> | undefined): unknown {
  let told: unknown;
  for (const name of Object.keys(parameters ?? {})) {
    if (name.toLowerCase() !== 'authorization') continue;
    told ??= parameters![name];
    parameters![name] = '';
  }
  return told;
}

/** Admits a socket with its credential and watches that the right to it lasts. False closes it with 4403. */
async function connect(city: City, caller: SocketCaller, parameters: Record<string, unknown> | undefined): Promise<boolean> {
  const told = takeAuthorization(parameters);
  // Whoever named itself in a way that nobody can read is refused, never silently nobody.
  if (told !== undefined && told !== null && typeof told !== 'string') return false;
  const credential = credentialOf(told);
  try {
    caller.viewer = await city.authenticate(city.services, credential);
  } catch (error) {
    if (isRefusedCredential(error)) return false;
    // Nothing was found wrong with the credential: whoever holds a good one comes again, and is not told that it ended.
    city.services.log.warn({ err: error }, 'a socket could not be identified');
    caller.closeWith(1013, 'Try again later');
    return false;
  }
  // Whoever left meanwhile has given back its place already, and must take none.
  if (caller.socket.readyState !== caller.socket.OPEN) return true;
  if (credential === null) return true;
  const { keyId, limitClass } = caller.viewer;
  if (keyId !== null) {
    if (!city.counts.take('key', keyId, CLASS_LIMITS[limitClass].sockets)) {
      caller.socket.close(4429, 'Too many sockets of this key');
      return true;
    }
    // From here on the socket is its key's, no longer its address's: a gateway may stand before many partners.
    if (caller.countedAs) city.counts.release(caller.countedAs.kind, caller.countedAs.owner);
    caller.countedAs = { kind: 'key', owner: keyId };
  }
  caller.credential = credential;
  caller.endWith(caller.viewer, city.services.clock.now());
  city.rights.add(caller, caller.viewer);
  return true;
}

/** Admits one operation. What is wrong with it is an `error` message of that operation: the socket stays (F8). */
async function subscribe(city: City, ctx: SocketContext, id: string, payload: unknown): Promise<ExecutionArgs | readonly GraphQLError[]> {
  const caller = ctx.extra;
  const scope = new CallerScope(city.services, caller.viewer!, caller.language, caller.traceId(), null, caller.address);
  const refuse = (errors: readonly unknown[] = []): readonly GraphQLError[] => {
    for (const error of errors as ReadonlyArray<{ extensions?: { code?: string } }>) city.metrics.countError('websocket', String(error.extensions?.code));
    return errors.map(error => writesItself(error as object));
  };
  try {
    const refused = refusedOperation(ctx, id);
    if (refused) return refuse([formatFault(refused, speechOf(scope))]);
    const admission = await admit(scope, askedOf(payload, 'payload'), city.documents, city.points);
    if ('refused' in admission) return refuse(admission.refused.errors);
    const { call } = admission;
    city.metrics.countCost(scope.viewer.limitClass, call.cost.requested);
    // The library keeps the message while the operation lasts; its text has been prepared.
    Object.assign(payload as Kept, { query: '', variables: null });
    const { document, operation } = call.prepared;
    const own = operation.operation === 'subscription' ? call : { ...call, scope: withinRequestTime(scope, caller.left.signal) };
    return { schema: city.schema, document, operationName: operation.name?.value, contextValue: { ...own, id, caller, forget: () => void delete (ctx.subscriptions as Record<string, unknown>)[id] } satisfies SocketCall };
  } catch (error) {
    if (error instanceof Unacceptable) return refuse([formatFault(error.fault, speechOf(scope))]);
    throw error;
  }
}

function refusedOperation(ctx: SocketContext, id: string): Fault | null {
  const longest = LIMITS.operationIdLength.value;
  if (id.length > longest) return new Fault('BAD_USER_INPUT', { zh: `操作标识至多 ${longest} 字符`, en: `an operation's id has at most ${longest} characters` });
  const running = Object.keys(ctx.subscriptions).filter(known => known !== id).length;
  const most = LIMITS.subscriptionsPerSocket.value;
  if (running < most) return null;
  return new Fault('RATE_LIMITED', { zh: `每个连接至多 ${most} 个操作，这是第 ${running + 1} 个`, en: `a socket holds at most ${most} operations, this is number ${running + 1}` }, { limit: most });
}

/** A query over a socket has the time that one over HTTP has; only a subscription lasts. */
function withinRequestTime(scope: CallerScope, left: AbortSignal): CallerScope {
  const signal = AbortSignal.any([left, AbortSignal.timeout(LIMITS.requestMs.value)]);
  return new CallerScope(scope.services, scope.viewer, scope.language, scope.traceId, signal, scope.address);
}

async function subscribed(city: City, call: SocketCall): Promise<never> {
  call.caller.announce(call);
  const stream = streamOf(call.prepared, city.schema);
  const compiled = stream && (await call.caller.openStream(stream, call, city.schema));
  if (compiled) return ('errors' in compiled ? said(compiled) : compiled) as never;
  const events = await runSubscription(city.schema, call);
  if (!(Symbol.asyncIterator in events)) return said(events) as never;
  return call.caller.keep(call, events, city.schema) as never;
}

/** Says 1012 to every socket, spread so that they do not all come back at one instant; ends those that do not answer. */
async function closeAll(sockets: WebSocketServer, callers: ReadonlySet<SocketCaller>): Promise<void> {
  const open = [...callers];
  const spreadMs = Math.min(2_000, open.length * 2);
  await Promise.all(open.map((caller, i) => new Promise<void>(resolve => {
    caller.socket.once('close', () => resolve());
    setTimeout(() => caller.closeWith(1012, 'Service restart'), (spreadMs * i) / Math.max(1, open.length));
    setTimeout(() => {
      caller.socket.terminate();
      resolve();
    }, spreadMs + 1_000).unref();
  })));
  sockets.close();
}
