import { createServer, IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Fault, badInput } from '../../platform/graphql/index.js';
import { anonymousViewer } from '../../identity/index.js';
import { CallerScope, addressOf, credentialOf, languageOf, traceIdOf } from '../caller-scope.js';
import type { City } from '../city.js';
import { speechOf } from '../graphql/execute.js';
import { faultOf } from '../graphql/mask.js';
import { LIMITS } from '../limits.js';
import { documentationPage } from '../pages/documentation.js';
import { EXPLORER_PATHS, explorerFile } from '../pages/explorer.js';
import { Unacceptable } from './body.js';
import { CityResponse } from './city-response.js';
import { createGraphqlEndpoint } from './graphql-endpoint.js';
import { readiness } from './health.js';
import { PREFLIGHT_HEADERS, crossOriginHeaders, isAllowedOrigin, isBlindRequest } from './origins.js';
import { send, sendFault } from './respond.js';
import { matchPath, type Route } from './route.js';

/** One exchange: the request, where its answer goes, and what is known of the caller so far. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly scope: CallerScope;
}

interface Handler {
  /** The name under which the metrics count it. */
  readonly name: string;
  readonly methods: readonly string[];
  handle(exchange: Exchange): Promise<void> | void;
}

/** The HTTP server, not yet listening. */
export async function createHttpServer(city: City): Promise<{ readonly server: Server; stop(): Promise<void> }> {
  const graphql = await createGraphqlEndpoint(city);
  const handlers = fixedHandlers(city, graphql.handle);
  const server = createServer({ ServerResponse: CityResponse, headersTimeout: LIMITS.headersMs.value, requestTimeout: LIMITS.bodyMs.value, keepAliveTimeout: 20_000 }, (request, response) => {
    void exchange(city, handlers, request, response);
  });
  return { server, stop: graphql.stop };
}

function fixedHandlers(city: City, graphql: (request: IncomingMessage, response: ServerResponse, url: URL, scope: CallerScope) => Promise<void>): ReadonlyMap<string, Handler> {
  const migrated = { is: false };
  const json = (response: ServerResponse, status: number, value: unknown): void => send(response, status, 'application/json; charset=utf-8', JSON.stringify(value), { 'cache-control': 'no-store' });
  const page = (response: ServerResponse, file: { readonly type: string; readonly body: string | Buffer }): void => send(response, 200, file.type, file.body, { 'cache-control': 'no-cache' });
  const explorer: Handler = {
    name: '/explorer',
    methods: ['GET', 'HEAD'],
    handle: ({ response, url, scope }) => {
      const file = explorerFile(url.pathname);
      return file ? page(response, file) : sendFault(response, notHere(url.pathname), speechOf(scope));
    },
  };
  return new Map<string, Handler>([
    ['/graphql', { name: '/graphql', methods: ['GET', 'POST'], handle: async x => graphql(x.request, x.response, x.url, await identified(city, x)) }],
    ['/healthz', { name: '/healthz', methods: ['GET', 'HEAD'], handle: ({ response }) => json(response, 200, { status: 'ALIVE' }) }],
    ['/readyz', { name: '/readyz', methods: ['GET', 'HEAD'], handle: async ({ response }) => {
      const state = await readiness(city, migrated);
      json(response, state.status === 'UNREADY' ? 503 : 200, state);
    } }],
    ['/metrics', { name: '/metrics', methods: ['GET', 'HEAD'], handle: async ({ response }) => send(response, 200, city.metrics.registry.contentType, await measured(city, migrated)) }],
    ['/docs', { name: '/docs', methods: ['GET', 'HEAD'], handle: ({ response }) => page(response, documentationPage(city.schema)) }],
    ['/', { name: '/', methods: ['GET', 'HEAD'], handle: ({ response }) => send(response, 302, 'text/plain; charset=utf-8', '/explorer', { location: '/explorer' }) }],
    ...EXPLORER_PATHS.map(path => [path, explorer] as const),
  ]);
}

/** The metrics, with what the server says of its readiness at this very moment. */
async function measured(city: City, migrated: { is: boolean }): Promise<string> {
  city.metrics.setReady((await readiness(city, migrated)).status !== 'UNREADY');
  return city.metrics.registry.metrics();
}

async function exchange(city: City, handlers: ReadonlyMap<string, Handler>, request: IncomingMessage, response: CityResponse): Promise<void> {
  const startedAt = performance.now();
  const { configuration, log } = city.services;
  const aborted = new AbortController();
  const timer = setTimeout(() => aborted.abort(), LIMITS.requestMs.value);
  const scope = new CallerScope(city.services, anonymousViewer, languageOf(request.headers['accept-language']), traceIdOf(request), aborted.signal, addressOf(request, configuration.TRUST_PROXY));
  let name = 'unknown';
  response.once('close', () => {
    clearTimeout(timer);
    if (!response.writableFinished) aborted.abort();
    const ms = performance.now() - startedAt;
    city.metrics.observeRequest(name, response.statusCode, ms / 1_000);
    // Neither the query nor its variables nor the query string: any of them may hold a person's data.
    log.info({ traceId: scope.traceId, method: request.method, route: name, status: response.statusCode, ms: Math.round(ms * 10) / 10, left: !response.writableFinished }, 'request');
  });
  request.on('error', () => undefined);
  response.standing = ['x-trace-id', scope.traceId, ...crossOriginHeaders(request, configuration.ALLOWED_ORIGINS)];
  try {
    const url = urlOf(request);
    const found = resolveHandler(city, handlers, url.pathname, request.method ?? 'GET');
    if (found) name = found.name;
    await serve(city, found, { request, response, url, scope });
  } catch (error) {
    const speech = speechOf(scope);
    if (error instanceof Unacceptable) return sendFault(response, error.fault, speech, { status: error.status, headers: error.headers });
    const fault = faultOf(error, speech);
    city.metrics.countError('http', fault.code);
    sendFault(response, fault, speech);
  }
}

async function serve(city: City, handler: Handler | null, x: Exchange): Promise<void> {
  const { request, response, url, scope } = x;
  const allowed = city.services.configuration.ALLOWED_ORIGINS;
  if (!isAllowedOrigin(request, allowed)) {
    const words = { zh: '网页来源不在允许之列（ALLOWED_ORIGINS）', en: 'the Origin is not allowed (ALLOWED_ORIGINS)' };
    return sendFault(response, new Fault('FORBIDDEN', words), speechOf(scope));
  }
  if (!handler) return sendFault(response, notHere(url.pathname), speechOf(scope));
  if (request.method === 'OPTIONS') return send(response, 204, 'text/plain', '', { ...PREFLIGHT_HEADERS, allow: handler.methods.join(', ') });
  if (!handler.methods.includes(request.method ?? '')) {
    const words = { zh: `${url.pathname} 只接受 ${handler.methods.join('、')}`, en: `${url.pathname} only takes ${handler.methods.join(', ')}` };
    return sendFault(response, badInput(words), speechOf(scope), { status: 405, headers: { allow: handler.methods.join(', ') } });
  }
  if (handler.name === '/graphql' && request.method === 'GET' && isBlindRequest(request)) {
    return sendFault(response, new Fault('FORBIDDEN', { zh: '不接受他站页面的盲请求', en: "another site's blind request is not accepted" }), speechOf(scope));
  }
  await handler.handle(x);
}

function resolveHandler(city: City, handlers: ReadonlyMap<string, Handler>, path: string, method: string): Handler | null {
  const fixed = handlers.get(path);
  if (fixed) return fixed;
  const matching = city.routes.flatMap(route => {
    const parameters = matchPath(route.path, path);
    return parameters ? [{ route, parameters }] : [];
  });
  const [first] = matching;
  if (!first) return null;
  const chosen = matching.find(({ route }) => route.method === method) ?? first;
  return routeHandler(city, chosen.route, chosen.parameters, matching.map(({ route }) => route.method));
}

function routeHandler(city: City, route: Route, parameters: Readonly<Record<string, string>>, methods: readonly string[]): Handler {
  return {
    name: route.path,
    methods,
    handle: async x => {
      const known = await identified(city, x);
      // A route streams at its own pace: the time limit of a query is not its own, the caller's leaving is.
      const left = new AbortController();
      x.response.once('close', () => left.abort());
      await route.handle(x.request, x.response, new CallerScope(city.services, known.viewer, known.language, known.traceId, left.signal, known.address), parameters);
    },
  };
}

/** The scope with its viewer. A bad credential is refused here, before a body is read. */
async function identified(city: City, x: Exchange): Promise<CallerScope> {
  const { scope } = x;
  const credential = credentialOf(x.request.headers.authorization);
  if (credential === null) return scope;
  const viewer = await city.authenticate(city.services, credential);
  return new CallerScope(city.services, viewer, scope.language, scope.traceId, scope.signal, scope.address);
}

function notHere(path: string): Fault {
  const shown = path.slice(0, 100);
  return new Fault('NOT_FOUND', { zh: `此处没有 ${shown}`, en: `there is nothing at ${shown}` });
}

function urlOf(request: IncomingMessage): URL {
  try {
    return new URL(request.url ?? '/', 'http://localhost');
  } catch {
    throw new Unacceptable(400, badInput({ zh: '请求地址无效', en: 'the request target is not valid' }));
  }
}
