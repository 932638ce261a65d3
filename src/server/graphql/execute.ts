import {
  execute, getArgumentValues, getLocation, getVariableValues, GraphQLError, Kind, subscribe,
  type ExecutionResult, type FormattedExecutionResult, type GraphQLFormattedError, type GraphQLSchema, type SourceLocation,
} from 'graphql';
import type { RequestScope } from '../../platform/index.js';
import { Fault, ensureSeenTexts } from '../../platform/graphql/index.js';
import { ensureMay, type Action } from '../../identity/index.js';
import { CLASS_LIMITS, LIMITS } from '../limits.js';
import type { Estimate } from './document-cost.js';
import { tooCostly } from './document-limits.js';
import type { Documents, Prepared } from './documents.js';
import { isUnfit } from './documents.js';
import { MappedEvents } from './mapped-events.js';
import type { IdCheck } from './id-inputs.js';
import { faultOfVariables } from './storable-text.js';
import { faultOf, formatExecutionError, formatFault, formatRequestError, type Speech } from './mask.js';
import type { Points, PointsLeft } from '../points.js';

/** A request as both transports hand it over. */
export interface Asked {
  readonly query: string;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>> | null;
}

/** A request that was admitted: fit, within its limits and paid for. */
export interface Call {
  readonly scope: RequestScope;
  readonly prepared: Prepared;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly cost: CostReport;
}

export interface CostReport {
  readonly requested: number;
  readonly limit: number;
  /** Points left in this minute; null where the class is not counted. */
  readonly remaining: number | null;
}

/** An answer: either values, or `data` as ready JSON text. */
export interface Answer {
  readonly errors?: readonly GraphQLFormattedError[];
  readonly data?: unknown;
  readonly dataText?: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** True where nothing was executed: the request itself was refused. */
  readonly isRequestError: boolean;
}

export type Admission = { readonly call: Call; readonly points: PointsLeft | null } | { readonly refused: Answer; readonly points: PointsLeft | null };

export function speechOf(scope: RequestScope): Speech {
  return { language: scope.language, traceId: scope.traceId, log: scope.services.log };
}

/** The answer to a request that a fault stopped before execution. */
export function refusal(scope: Speech | RequestScope, ...faults: readonly Fault[]): Answer {
  const speech = 'services' in scope ? speechOf(scope) : scope;
  return { errors: faults.map(fault => formatFault(fault, speech)), isRequestError: true };
}

/** Parses, limits, validates and charges: the one way in for both transports (F7, G22, G23). */
export async function admit(scope: RequestScope, asked: Asked, documents: Documents, points: Points): Promise<Admission> {
  const prepared = documents.prepare(asked.query, asked.operationName);
  if (isUnfit(prepared)) {
    const speech = speechOf(scope);
    const charged = await points.charge(scope, 1);
    if (charged.fault) return { refused: refusal(scope, charged.fault), points: charged.left };
    return { refused: { errors: prepared.faults.map(({ fault, locations }) => formatFault(fault, speech, { locations })), isRequestError: true }, points: charged.left };
  }
  const variables = asked.variables ?? {};
  const unstorable = faultOfVariables(variables);
  if (unstorable) return { refused: refusal(scope, unstorable), points: null };
  const estimate = prepared.estimate(variables);
  const over = overLimit(estimate, scope);
  if (over) return { refused: refusal(scope, over), points: null };
  const charged = await points.charge(scope, estimate.cost);
  if (charged.fault) return { refused: refusal(scope, charged.fault), points: charged.left };
  const cost = { requested: estimate.cost, limit: CLASS_LIMITS[scope.viewer.limitClass].queryCost, remaining: charged.left?.remaining ?? null };
  return { call: { scope, prepared, variables, cost }, points: charged.left };
}

function overLimit(estimate: Estimate, scope: RequestScope): Fault | null {
  const limits = CLASS_LIMITS[scope.viewer.limitClass];
  const field = estimate.costliest;
  if (estimate.nodes > limits.nodes) return tooCostly('nodes', { zh: '估算对象数', en: 'objects', requested: estimate.nodes, bound: limits.nodes, field });
  if (estimate.cost > limits.queryCost) return tooCostly('cost', { zh: '查询代价', en: 'cost', requested: estimate.cost, bound: limits.queryCost, field });
  return null;
}

/** Runs an admitted query or mutation, within the request's time, and masks what comes of it. */
export async function run(schema: GraphQLSchema, call: Call): Promise<Answer> {
  const extensions = { cost: call.cost };
  try {
    const text = call.prepared.compiled ? await runCompiled(schema, call) : null;
    if (typeof text === 'string') return { dataText: text, extensions, isRequestError: false };
    if (text) return text;
    const result = await withinTime(call, Promise.resolve(execute({
      schema,
      document: call.prepared.document,
      operationName: call.prepared.operation.name?.value,
      contextValue: call.scope,
      variableValues: call.variables,
    })));
    return masked(result, call.scope, extensions);
  } catch (error) {
    const speech = speechOf(call.scope);
    return { errors: [formatFault(faultOf(error, speech), speech, placeOfCompiled(call))], data: null, isRequestError: false, extensions };
  }
}

/** Where a compiled operation fails: at the root field that it answers. */
function placeOfCompiled({ prepared: { compiled, operation } }: Call): { readonly locations?: readonly SourceLocation[]; readonly path?: readonly string[] } {
  const [selection] = operation.selectionSet.selections;
  if (!compiled || selection?.kind !== Kind.FIELD) return {};
  return { locations: selection.loc ? [getLocation(selection.loc.source, selection.loc.start)] : [], path: [selection.alias?.value ?? selection.name.value] };
}

/** The compiled operation's text; an answer where the input does not coerce; null where it leaves the work to the resolvers. */
async function runCompiled(schema: GraphQLSchema, call: Call): Promise<string | Answer | null> {
  const { operation, compiled, coerce } = call.prepared;
  const quick = coerce!(call.variables);
  const slow = quick ? null : getVariableValues(schema, operation.variableDefinitions ?? [], call.variables, { maxErrors: 20 });
  if (slow?.errors) return masked({ errors: slow.errors }, call.scope, {});
  const root = schema.getRootType(operation.operation)!;
  const given: Record<string, Record<string, unknown>> = {};
  for (const selection of operation.selectionSet.selections) {
    if (selection.kind !== Kind.FIELD) continue;
    const field = root.getFields()[selection.name.value];
    if (!field) continue;
    // The compiled way passes the resolvers by, and with them what stands in front of each root field.
    ensureMay(call.scope.viewer, field.extensions.allow as Action);
    const key = selection.alias?.value ?? selection.name.value;
    const args = quick?.rootArguments[key] ?? getArgumentValues(field, selection, slow!.coerced);
    if (operation.operation === 'mutation') ensureSeenTexts(args);
    (field.extensions.checkIds as IdCheck | undefined)?.(args);
    given[key] = args;
  }
  return withinTime(call, compiled!(call.scope, quick?.variables ?? slow!.coerced!, given));
}

/** Ends the wait when the request's time is up or the caller left. The statement's own time limit ends the work. */
function withinTime<T>(call: Call, work: Promise<T>): Promise<T> {
  const { signal } = call.scope;
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(overTime());
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    return work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** The fault of a request that did not end in its time. */
export function overTime(): Fault {
  const ms = LIMITS.requestMs.value;
  return new Fault('SERVICE_UNAVAILABLE', { zh: `请求超过 ${ms} 毫秒未完成，已中止`, en: `the request did not end within ${ms} ms and was stopped` }, { retryAfterMs: 1_000 });
}

/** Subscribes; each event is masked as an answer is. */
export async function runSubscription(schema: GraphQLSchema, call: Call): Promise<AsyncIterable<FormattedExecutionResult> | FormattedExecutionResult> {
  const { scope } = call;
  try {
    const result = await subscribe({ schema, document: call.prepared.document, operationName: call.prepared.operation.name?.value, contextValue: scope, variableValues: call.variables });
    if (!(Symbol.asyncIterator in result)) return plain(masked(result, scope, { cost: call.cost }));
    return new MappedEvents(result, event => plain(masked(event, scope, undefined)));
  } catch (error) {
    return refusalOf(scope, error);
  }
}

/** The answer to a subscription that did not begin. */
export function refusalOf(scope: RequestScope, error: unknown): FormattedExecutionResult {
  const speech = speechOf(scope);
  return { errors: [formatFault(faultOf(error, speech), speech)] };
}

function masked(result: ExecutionResult, scope: RequestScope, extensions: Answer['extensions']): Answer {
  if (!result.errors) return { data: result.data, extensions, isRequestError: false };
  const speech = speechOf(scope);
  const isRequestError = !('data' in result);
  // A subscription that its source refused has no data either, but it was executed: its error has a path.
  const errors = result.errors.map((error: GraphQLError) => (isRequestError && !error.path ? formatRequestError : formatExecutionError)(error, speech));
  return { errors, ...(isRequestError ? {} : { data: result.data }), extensions, isRequestError };
}

/** An answer as GraphQL's own shape, for the socket. */
export function plain(answer: Answer): FormattedExecutionResult {
  const data = answer.dataText === undefined ? answer.data : JSON.parse(answer.dataText);
  return {
    ...(answer.errors ? { errors: answer.errors } : {}),
    ...(data === undefined ? {} : { data: data as Record<string, unknown> | null }),
    ...(answer.extensions ? { extensions: answer.extensions as Record<string, unknown> } : {}),
  };
}

/** An answer as JSON text; ready text is passed through without being parsed. */
export function textOf(answer: Answer): string {
  if (answer.dataText === undefined) return JSON.stringify(plain(answer));
  return `{"data":${answer.dataText}${answer.extensions ? `,"extensions":${JSON.stringify(answer.extensions)}` : ''}}`;
}
