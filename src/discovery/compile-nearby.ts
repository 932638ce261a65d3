import { Kind, type DocumentNode, type FragmentDefinitionNode, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import type { RequestScope } from '../platform/index.js';
import { NotCompilable, compileWriter, type FieldReader, type JsonWriter, type PrintedType } from '../platform/graphql/index.js';
import { coordinateIn } from '../facilities/index.js';
import type { Crs } from '../kernel/index.js';
import { ensureMay, may } from '../identity/index.js';
import type { NearbyEdgeView } from './nearby-edge.js';
import { nearbyFacilities } from './nearby-facilities.js';
import type { NearbyArgs } from './nearby.type.js';
import { printedTexts } from './printed-texts.js';
import type { SearchedFacility } from './search-rows.js';

const FIELD = 'nearbyFacilities';

/** A facility opened for printing: its public fields, and what its readers need. */
interface DocumentView {
  readonly facility: SearchedFacility;
  readonly [field: string]: unknown;
}

/** What the resolvers answer for fields that are no plain property, from the search row alone. */
const readers: Readonly<Record<string, FieldReader>> = {
  'NearbyFacilityEdge.node': (edge: NearbyEdgeView) => edge.hit.facility,
  'LeftOutFacility.node': (edge: NearbyEdgeView) => edge.hit.facility,
  'Facility.coordinate': ({ facility }: DocumentView, args, scope) => {
    // The exact place of a restricted facility is for those who run it (G9): whether the viewer does, the resolver asks.
    if (facility.isRestricted && may(scope.viewer, 'facility:write')) throw new NotCompilable('a restricted place');
    return coordinateIn(args.crs as Crs, facility);
  },
  'Facility.capacity': (view: DocumentView) => view.capacity,
};

const printedFacility: PrintedType = {
  open: (facility: SearchedFacility): DocumentView => ({ ...(JSON.parse(facility.document) as object), facility }),
  memo: printedTexts,
};

/**
 * Compiles a document that asks `nearbyFacilities` alone to a function that writes the JSON text of its data, without
 * the executor. Null where the selection holds anything that only the resolvers can answer; they are its plain twin,
 * and a test holds the two against each other on random queries.
 */
export function compileNearby(document: DocumentNode, operation: OperationDefinitionNode, schema: GraphQLSchema): ((scope: RequestScope, variables: Readonly<Record<string, unknown>>, rootArguments: Readonly<Record<string, Readonly<Record<string, unknown>>>>) => Promise<string | null>) | null {
  const [selection, ...others] = operation.selectionSet.selections;
  const field = schema.getQueryType()?.getFields()[FIELD];
  if (!field || operation.operation !== 'query' || others.length > 0) return null;
  if (selection?.kind !== Kind.FIELD || selection.name.value !== FIELD || !selection.selectionSet || (selection.directives ?? []).length > 0) return null;

  const key = selection.alias?.value ?? FIELD;
  const head = `{${JSON.stringify(key)}:`;
  let write: JsonWriter;
  try {
    write = compileWriter(field.type, [selection.selectionSet], { fragments: fragmentsOf(document), readers, printed: { Facility: printedFacility } });
  } catch (error) {
    if (error instanceof NotCompilable) return null;
    throw error;
  }
  return async (scope, variables, rootArguments) => {
    ensureMay(scope.viewer, 'search:nearby');
    const answer = await nearbyFacilities(scope, rootArguments[key] as unknown as NearbyArgs);
    try {
      return `${head}${write(answer, { scope, variables })}}`;
    } catch (error) {
      if (error instanceof NotCompilable) return null;
      throw error;
    }
  };
}

function fragmentsOf(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  return new Map(document.definitions.flatMap(each => (each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each]] : [])));
}
