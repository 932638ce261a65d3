import { getArgumentValues, getVariableValues, Kind, type GraphQLSchema } from 'graphql';
import { compileWatch, type CompiledWatch, type WatchArguments, type WatchEvent } from '../availability/index.js';
import { ensureMay, type Action } from '../identity/index.js';
import type { Call } from './graphql/execute.js';
import type { Prepared } from './graphql/documents.js';

/** One compiled subscription, shared by all who send the same document: what is made of an event for it is made once. */
export class Stream {
  /** The key under which an event keeps its frames for this stream. */
  readonly framesKey = {};

  constructor(private readonly compiled: CompiledWatch) {}

  /** The bytes of an event as one transport frames it. */
  bytesOf(event: WatchEvent, transport: StreamTransport): Buffer {
    const lane = this.#laneOf(transport);
    const known = event.made.get(lane) as Buffer | undefined;
    if (known) return known;
    const bytes = transport.frame(this.compiled.textOf(event.value));
    event.made.set(lane, bytes);
    return bytes;
  }

  get open(): CompiledWatch['open'] {
    return this.compiled.open;
  }

  get close(): CompiledWatch['close'] {
    return this.compiled.close;
  }

  readonly #lanes = new Map<StreamTransport, object>();

  #laneOf(transport: StreamTransport): object {
    let lane = this.#lanes.get(transport);
    if (!lane) this.#lanes.set(transport, (lane = {}));
    return lane;
  }
}

/** How a transport wraps the JSON text of `data`, as far as it is the same for every reader. */
export interface StreamTransport {
  frame(data: string): Buffer;
}

const streams = new WeakMap<Prepared, Stream | null>();

/** The compiled subscription of a prepared document; null where the executor serves it. */
export function streamOf(prepared: Prepared, schema: GraphQLSchema): Stream | null {
  let stream = streams.get(prepared);
  if (stream === undefined) {
    const compiled = compileWatch(prepared.document, prepared.operation, schema);
    streams.set(prepared, (stream = compiled ? new Stream(compiled) : null));
  }
  return stream;
}

/** The arguments of a compiled subscription, once the caller's right stands; null where the variables do not coerce, which the executor then says. */
export function argumentsOf(call: Call, schema: GraphQLSchema): WatchArguments | null {
  const { operation } = call.prepared;
  const coerced = getVariableValues(schema, operation.variableDefinitions ?? [], call.variables, { maxErrors: 20 });
  const [selection] = operation.selectionSet.selections;
  if (coerced.errors || selection?.kind !== Kind.FIELD) return null;
  const field = schema.getSubscriptionType()!.getFields()[selection.name.value]!;
  // The compiled way passes the executor by, and with it the permission that stands in front of each root field.
  ensureMay(call.scope.viewer, field.extensions.allow as Action);
  return getArgumentValues(field, selection, coerced.coerced) as WatchArguments;
}

/** The right that a subscription needs, for as long as it lasts. */
export function actionOf({ prepared }: Call, schema: GraphQLSchema): Action {
  const [selection] = prepared.operation.selectionSet.selections;
  const name = selection?.kind === 'Field' ? selection.name.value : '';
  return schema.getSubscriptionType()!.getFields()[name]!.extensions.allow as Action;
}
