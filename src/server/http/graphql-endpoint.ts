import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApolloServer, HeaderMap, type ApolloServerPlugin } from '@apollo/server';
import type { DocumentNode } from 'graphql';
import { Fault } from '../../platform/graphql/index.js';
import { may } from '../../identity/index.js';
import { CallerScope, credentialOf } from '../caller-scope.js';
import type { City } from '../city.js';
import { admit, run, speechOf, textOf, type Admission, type Answer, type Call } from '../graphql/execute.js';
import type { Documents } from '../graphql/documents.js';
import { LIMITS } from '../limits.js';
import { Unacceptable } from './body.js';
import { streamEvents, takePlace, wantsEvents } from './event-stream.js';
import { readGraphqlRequest } from './graphql-request.js';
import { headersOf, negotiate, send, sendAnswer, sendFault, statusOf, type MediaType } from './respond.js';

export type GraphqlEndpoint = (request: IncomingMessage, response: ServerResponse, url: URL, scope: CallerScope) => Promise<void>;

/**
 * POST and GET /graphql. Apollo Server carries an admitted request from its context to its answer, so that its plugins
 * work; parsing, limits, validation, coercion and masking are `admit` and `run`, which the socket uses too. Left to
 * itself the library would answer with codes and statuses of its own, and would check nothing on the socket (F7, F9, F10).
 */
export async function createGraphqlEndpoint(city: City): Promise<{ readonly handle: GraphqlEndpoint; stop(): Promise<void> }> {
  const apollo = new ApolloServer<Call>({
    schema: city.schema,
    documentStore: preparedDocuments(city.documents),
    plugins: [answerByOurselves(city)],
    stringifyResult: carried => textOf(carried.data as unknown as Answer),
    introspection: true,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    // The front refuses other media types and blind requests before the body is read.
    csrfPrevention: false,
    persistedQueries: false,
    // The library's own handler would raise the signal again while we are draining.
    stopOnTerminationSignals: false,
    logger: city.services.log as never,
  });
  await apollo.start();

  const handle: GraphqlEndpoint = async (request, response, url, scope) => {
    if (isVisit(request, url)) return send(response, 302, 'text/plain; charset=utf-8', '/explorer', { location: '/explorer' });
    if (wantsEvents(request)) return answerWithEvents(city, request, response, url, scope);
    const media = negotiate(request.headers.accept);
    if (media === null) {
      const words = { zh: 'Accept 须含 application/json 或 application/graphql-response+json', en: 'Accept must take application/json or application/graphql-response+json' };
      return sendFault(response, new Fault('BAD_USER_INPUT', words), speechOf(scope), { status: 406 });
    }
    try {
      const asked = await readGraphqlRequest(request, url, bodyBytesOf(scope));
      const admission = await admit(scope, asked, city.documents, city.points);
      const refused = refusedAnswer(admission, request, response);
      if (refused === 'SENT') return countFaults(city, [{ extensions: { code: 'BAD_USER_INPUT' } }]);
      if (refused) {
        countFaults(city, refused.errors);
        return sendAnswer(response, refused, media, admission.points);
      }
      const { call } = admission as { call: Call };
      // What prints its own text goes out as it is; the library would carry it from hand to hand and add nothing.
      if (call.prepared.compiled) return sendAnswer(response, await answered(city, call), media, admission.points);
      await carry(apollo, call, asked.query, response, media, admission.points);
    } catch (error) {
      if (!(error instanceof Unacceptable)) throw error;
      countFaults(city, [{ extensions: { code: error.fault.code } }]);
      sendFault(response, error.fault, speechOf(scope), { status: error.status, headers: error.headers, media });
    }
  };
  return { handle, stop: () => apollo.stop() };
}

/** A person who opened the address in a browser, and asks nothing. */
function isVisit({ method, headers }: IncomingMessage, url: URL): boolean {
  return method === 'GET' && !url.searchParams.has('query') && headers.accept?.includes('text/html') === true;
}

/** The same operations as server-sent events: refused as any request is, answered as a stream. */
async function answerWithEvents(city: City, request: IncomingMessage, response: ServerResponse, url: URL, scope: CallerScope): Promise<void> {
  try {
    const asked = await readGraphqlRequest(request, url, bodyBytesOf(scope));
    // A stream lasts: the time of a request is not its own, the caller's leaving is.
    const left = new AbortController();
    response.once('close', () => left.abort());
    const lasting = new CallerScope(scope.services, scope.viewer, scope.language, scope.traceId, left.signal, scope.address);
    const admission = await admit(lasting, asked, city.documents, city.points);
    if ('refused' in admission) {
      countFaults(city, admission.refused.errors);
      return sendAnswer(response, admission.refused, 'application/graphql-response+json', admission.points);
    }
    const { call } = admission;
    if (call.prepared.operation.operation === 'mutation') return sendFault(response, new Fault('BAD_USER_INPUT', { zh: '变更不以事件流作答', en: 'a mutation is not answered with events' }), speechOf(scope));
    const place = takePlace(city, lasting);
    if (place instanceof Fault) return sendFault(response, place, speechOf(scope));
    city.metrics.countCost(scope.viewer.limitClass, call.cost.requested);
    await streamEvents(city, call, credentialOf(request.headers.authorization), response, place.release);
  } catch (error) {
    if (!(error instanceof Unacceptable)) throw error;
    countFaults(city, [{ extensions: { code: error.fault.code } }]);
    sendFault(response, error.fault, speechOf(scope), { status: error.status, headers: error.headers });
  }
}

/** Who reports occupancy sends more in one request than who asks. */
function bodyBytesOf({ viewer }: CallerScope): number {
  return may(viewer, 'occupancy:report') ? LIMITS.reportBodyBytes.value : LIMITS.bodyBytes.value;
}

/** What stops a request between its admission and its execution. */
function refusedAnswer(admission: Admission, request: IncomingMessage, response: ServerResponse): Answer | 'SENT' | null {
  if ('refused' in admission) return admission.refused;
  const { operation } = admission.call.prepared.operation;
  const speech = speechOf(admission.call.scope);
  if (operation === 'subscription') {
    sendFault(response, new Fault('BAD_USER_INPUT', { zh: '订阅须经 WebSocket（graphql-transport-ws），或以 Accept: text/event-stream 请求', en: 'subscriptions need a WebSocket (graphql-transport-ws), or a request that accepts text/event-stream' }), speech);
    return 'SENT';
  }
  if (operation === 'mutation' && request.method === 'GET') {
    sendFault(response, new Fault('BAD_USER_INPUT', { zh: 'GET 只能查询；变更请用 POST', en: 'GET only queries: send mutations by POST' }), speech, { status: 405, headers: { allow: 'POST' } });
    return 'SENT';
  }
  return null;
}

async function carry(apollo: ApolloServer<Call>, call: Call, query: string, response: ServerResponse, media: MediaType, points: Admission['points']): Promise<void> {
  const headers = new HeaderMap([['content-type', 'application/json'], ['accept', media]]);
  const operationName = call.prepared.operation.name?.value;
  const body = { query, variables: call.variables, ...(operationName === undefined ? {} : { operationName }) };
  const result = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method: 'POST', headers, search: '', body },
    context: async () => call,
  });
  if (result.body.kind !== 'complete') throw new Error('incremental delivery is not offered');
  const status = result.status ?? 200;
  send(response, status, `${media}; charset=utf-8`, result.body.string, headersOf(points, answers.get(call) ?? { isRequestError: false }));
}

/** Runs an admitted call and counts what it cost and what went wrong. */
async function answered(city: City, call: Call): Promise<Answer> {
  const answer = await run(city.schema, call);
  countFaults(city, answer.errors);
  city.metrics.countCost(call.scope.viewer.limitClass, call.cost.requested);
  return answer;
}

/** The answer of each call in flight, for its status and headers. */
const answers = new WeakMap<Call, Answer>();

/** Answers in the library's place; the answer travels whole in `data`, since the library would keep no ready text beside it. */
function answerByOurselves(city: City): ApolloServerPlugin<Call> {
  return {
    requestDidStart: async () => ({
      responseForOperation: async ({ contextValue: call, request }) => {
        const answer = await answered(city, call);
        answers.set(call, answer);
        const media = (request.http?.headers.get('accept') ?? 'application/json') as MediaType;
        return { http: { status: statusOf(answer, media), headers: new HeaderMap() }, body: { kind: 'single', singleResult: { data: answer as never } } };
      },
    }),
  };
}

function countFaults(city: City, errors: Answer['errors'] | ReadonlyArray<{ readonly extensions: { readonly code: string } }>): void {
  for (const error of errors ?? []) city.metrics.countError('http', String(error.extensions?.code));
}

/** Hands the library the documents that `admit` prepared, by the hash that ends its keys; it never parses one itself. */
function preparedDocuments(documents: Documents): { get(key: string): Promise<DocumentNode | undefined>; set(): Promise<void>; delete(): Promise<boolean> } {
  return { get: async key => documents.documentOf(key.slice(-64)), set: async () => undefined, delete: async () => false };
}
