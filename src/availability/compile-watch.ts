import { Kind, type DocumentNode, type FragmentDefinitionNode, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import { NotCompilable, compileWriter, type JsonWriter, type WriterRun } from '../platform/graphql/index.js';
import type { RequestScope } from '../platform/index.js';
import { endWatch, watchAvailability, type WatchArguments } from './watch-availability.js';
import type { WatchValue } from './watch-event.js';
import type { Outlet, Watcher } from './watcher.js';

const FIELD = 'availabilityChanged';

/** A subscription that writes its own text: made once for each selection and event, whatever the number of its readers. */
export interface CompiledWatch {
  open(scope: RequestScope, args: WatchArguments, outlet: Outlet): Promise<Watcher>;
  close(scope: RequestScope, watcher: Watcher): void;
  /** The JSON text of `data` for one event. */
  textOf(value: WatchValue): string;
}

/** The fields of an event depend on nothing that a reader could say: no writer of theirs looks at its run. */
const NO_RUN = { scope: null as never, variables: {} } satisfies WriterRun;

/**
 * Compiles a document that subscribes to `availabilityChanged` alone; null where the selection holds anything that only
 * the executor can answer, which then serves it event by event: the plain twin.
 */
export function compileWatch(document: DocumentNode, operation: OperationDefinitionNode, schema: GraphQLSchema): CompiledWatch | null {
  const [selection, ...others] = operation.selectionSet.selections;
  const field = schema.getSubscriptionType()?.getFields()[FIELD];
  if (!field || operation.operation !== 'subscription' || others.length > 0) return null;
  if (selection?.kind !== Kind.FIELD || selection.name.value !== FIELD || !selection.selectionSet || (selection.directives ?? []).length > 0) return null;
  const fragments = new Map<string, FragmentDefinitionNode>(document.definitions.flatMap(each => (each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each]] : [])));
  let write: JsonWriter;
  try {
    write = compileWriter(field.type, [selection.selectionSet], { fragments, readers: {}, printed: {}, schema });
  } catch (error) {
    if (error instanceof NotCompilable) return null;
    throw error;
  }
  const head = `{${JSON.stringify(selection.alias?.value ?? FIELD)}:`;
  return {
    open: watchAvailability,
    close: endWatch,
    textOf: value => `${head}${write(value, NO_RUN)}}`,
  };
}
