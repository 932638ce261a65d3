import { Kind, type DocumentNode, type FragmentDefinitionNode, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import { ensureMay } from '../identity/index.js';
import { NotCompilable, compileWriter, type JsonWriter } from '../platform/graphql/index.js';
import type { RequestScope } from '../platform/index.js';
import { reportOccupancy } from './report-occupancy.js';
import { payloadOf, receiptsOf } from './report-receipts.js';
import { ReportOccupancyPayload, type ReportOccupancyInput } from './report.type.js';
import type { ReportVerdict } from './rules/report-verdict.js';

const FIELD = 'reportOccupancy';

/**
 * Compiles a document that reports counts and nothing else: a batch of a thousand goes from its coerced input to the use
 * case, and its answer to text, without an object being made of each report on the way. Null where the selection holds
 * anything that only the resolvers can answer; they are its plain twin.
 */
export function compileReports(document: DocumentNode, operation: OperationDefinitionNode, schema: GraphQLSchema): ((scope: RequestScope, variables: Readonly<Record<string, unknown>>, rootArguments: Readonly<Record<string, Readonly<Record<string, unknown>>>>) => Promise<string | null>) | null {
  const [selection, ...others] = operation.selectionSet.selections;
  const field = schema.getMutationType()?.getFields()[FIELD];
  if (!field || operation.operation !== 'mutation' || others.length > 0) return null;
  if (selection?.kind !== Kind.FIELD || selection.name.value !== FIELD || !selection.selectionSet || (selection.directives ?? []).length > 0) return null;

  const key = selection.alias?.value ?? FIELD;
  const head = `{${JSON.stringify(key)}:`;
  const fragments = new Map<string, FragmentDefinitionNode>(document.definitions.flatMap(each => (each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each]] : [])));
  const readers = {
    'ReportOccupancyPayload.receipts': (payload: ReportOccupancyPayload, args: Record<string, unknown>, scope: RequestScope) => receiptsOf(scope, payload, (args.verdicts as ReportVerdict[] | null | undefined) ?? null),
  };
  let write: JsonWriter;
  try {
    write = compileWriter(field.type, [selection.selectionSet], { fragments, readers, printed: {}, schema });
  } catch (error) {
    if (error instanceof NotCompilable) return null;
    throw error;
  }
  return async (scope, variables, rootArguments) => {
    ensureMay(scope.viewer, 'occupancy:report');
    const { reports: told, ...rest } = rootArguments[key]!.input as ReportOccupancyInput;
    const payload = payloadOf(new ReportOccupancyPayload(), told, await reportOccupancy(scope, { ...rest, told }));
    return `${head}${write(payload, { scope, variables })}}`;
  };
}
