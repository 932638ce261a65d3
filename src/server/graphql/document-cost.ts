import {
  getNamedType, getNullableType, isCompositeType, isInterfaceType, isListType, isObjectType, Kind,
  type DocumentNode, type FieldNode, type FragmentDefinitionNode, type GraphQLCompositeType, type GraphQLField, type GraphQLOutputType,
  type GraphQLSchema, type OperationDefinitionNode, type SelectionSetNode, type ValueNode,
} from 'graphql';
import { LIMITS } from '../limits.js';

/** How many objects a list of unknown length is taken for. A field may state its own with the extension `listSize`. */
const ASSUMED_LIST = 5;
const PAGE_DEFAULT = 20;
/** Objects that one point of cost pays for. */
const OBJECTS_PER_POINT = 5;
/** What a walk over the schema itself is taken for, whatever its depth. */
const INTROSPECTION_OBJECTS = 250;

/** The most that is charged for where a field is refused for asking for more. */
const MOST_FIRST = 1_000;

/** Items of a batch that one point of cost pays for. */
const ITEMS_PER_POINT = 10;

/** The estimate of one request: objects it may touch, points it costs, and the field that contributes most. */
export interface Estimate {
  readonly nodes: number;
  readonly cost: number;
  readonly costliest: string;
}

type Size = (variables: Readonly<Record<string, unknown>>) => number;

interface CostNode {
  readonly field: string;
  /** Objects of this field for one parent; 0 for the wrappers of a page, which are free. */
  readonly own: 0 | 1;
  readonly size: Size;
  readonly extra: Size;
  readonly children: CostTree;
}

interface CostTree {
  readonly fields: readonly CostNode[];
  /** Spread fragments, shared and not copied: a document could otherwise grow exponentially. */
  readonly spreads: readonly CostTree[];
}

const constant = (n: number): Size => () => n;

/**
 * Builds the cost function of an operation once a document; each request only fills in its variables. An object costs
 * a fifth of a point, wherever it stands; a page is taken to be full.
 */
export function costOf(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): (variables: Readonly<Record<string, unknown>>) => Estimate {
  const root = schema.getRootType(operation.operation);
  if (!root) return () => ({ nodes: 0, cost: 1, costliest: '' });
  const defaults = new Map((operation.variableDefinitions ?? []).flatMap(d => (d.defaultValue ? [[d.variable.name.value, d.defaultValue] as const] : [])));
  const tree = new Builder(schema, document, defaults).tree(operation.selectionSet, root, false);
  return variables => {
    const known = new Map<CostTree, { nodes: number; extra: number }>();
    const { nodes, extra } = treeTotal(tree, variables, known);
    const shares = tree.fields.map(field => ({ field: field.field, nodes: fieldTotal(field, variables, known).nodes }));
    const costliest = shares.reduce((most, share) => (share.nodes > most.nodes ? share : most), { field: '', nodes: -1 }).field;
    return { nodes, cost: 1 + Math.ceil(nodes / OBJECTS_PER_POINT) + extra, costliest };
  };
}

function fieldTotal(node: CostNode, variables: Readonly<Record<string, unknown>>, known: Map<CostTree, { nodes: number; extra: number }>): { nodes: number; extra: number } {
  const size = node.size(variables);
  const inner = treeTotal(node.children, variables, known);
  return { nodes: size * (node.own + inner.nodes), extra: node.extra(variables) + size * inner.extra };
}

function treeTotal(tree: CostTree, variables: Readonly<Record<string, unknown>>, known: Map<CostTree, { nodes: number; extra: number }>): { nodes: number; extra: number } {
  const remembered = known.get(tree);
  if (remembered) return remembered;
  const total = { nodes: 0, extra: 0 };
  for (const part of [...tree.fields.map(field => fieldTotal(field, variables, known)), ...tree.spreads.map(spread => treeTotal(spread, variables, known))]) {
    total.nodes += part.nodes;
    total.extra += part.extra;
  }
  known.set(tree, total);
  return total;
}

class Builder {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #built = new Map<string, CostTree>();

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    private readonly defaults: ReadonlyMap<string, ValueNode>,
  ) {
    this.#fragments = new Map(document.definitions.filter((d): d is FragmentDefinitionNode => d.kind === Kind.FRAGMENT_DEFINITION).map(f => [f.name.value, f]));
  }

  /** `paged`: the list below was sized by the connection above it. */
  tree(set: SelectionSetNode, type: GraphQLCompositeType, paged: boolean): CostTree {
    const fields: CostNode[] = [];
    const spreads: CostTree[] = [];
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        const node = this.#field(selection, type, paged);
        if (node) fields.push(node);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        spreads.push(this.tree(selection.selectionSet, this.#typeNamed(selection.typeCondition?.name.value) ?? type, paged));
      } else {
        spreads.push(this.#fragment(selection.name.value, type, paged));
      }
    }
    return { fields, spreads };
  }

  #fragment(name: string, type: GraphQLCompositeType, paged: boolean): CostTree {
    const key = `${name} ${paged}`;
    const known = this.#built.get(key);
    if (known) return known;
    const fragment = this.#fragments.get(name)!;
    const built = this.tree(fragment.selectionSet, this.#typeNamed(fragment.typeCondition.name.value) ?? type, paged);
    this.#built.set(key, built);
    return built;
  }

  #typeNamed(name: string | undefined): GraphQLCompositeType | null {
    const type = name === undefined ? undefined : this.schema.getType(name);
    return type && isCompositeType(type) ? type : null;
  }

  #field(node: FieldNode, parent: GraphQLCompositeType, paged: boolean): CostNode | null {
    const field = node.alias?.value ?? node.name.value;
    if (node.name.value === '__schema' || node.name.value === '__type') {
      return { field, own: 1, size: constant(INTROSPECTION_OBJECTS), extra: constant(0), children: { fields: [], spreads: [] } };
    }
    const definition = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
    const type = definition && getNamedType(definition.type);
    const extra = this.#extra(node, definition);
    if (!definition || !type || !isCompositeType(type) || !node.selectionSet) {
      return extra === null ? null : { field, own: 0, size: constant(1), extra, children: { fields: [], spreads: [] } };
    }
    const isPage = type.name.endsWith('Connection');
    const isWrapper = isPage || type.name.endsWith('Edge') || type.name === 'PageInfo';
    return { field, own: isWrapper ? 0 : 1, size: this.#size(node, definition, isPage, paged), extra: extra ?? constant(0), children: this.tree(node.selectionSet, type, isPage) };
  }

  /** Points beside the objects: a fixed number, and those of the items that a mutation is given, which are work though they are not answered. */
  #extra(node: FieldNode, definition: GraphQLField<unknown, unknown> | undefined): Size | null {
    const fixed = Number(definition?.extensions.cost ?? 0);
    const firstPerPoint = Number(definition?.extensions.firstPerPoint ?? 0);
    if (firstPerPoint > 0) {
      const first = this.#argument(node, 'first');
      return variables => fixed + Math.ceil(Math.min(MOST_FIRST, Math.max(0, Number(first?.(variables) ?? LIMITS.pageSize.value) || 0)) / firstPerPoint);
    }
    const items = definition?.extensions.itemsOf;
    if (typeof items !== 'string') return fixed === 0 ? null : constant(fixed);
    const input = this.#argument(node, 'input');
    return variables => fixed + Math.ceil(listOf((input?.(variables) as Readonly<Record<string, unknown>> | null)?.[items]) / ITEMS_PER_POINT);
  }

  #size(node: FieldNode, definition: GraphQLField<unknown, unknown>, isPage: boolean, paged: boolean): Size {
    const list = isListType(getNullableType(definition.type as GraphQLOutputType));
    if (!isPage && (!list || paged)) return constant(1);
    const first = this.#argument(node, 'first');
    if (first) return variables => pageOf(first(variables));
    if (isPage) return constant(PAGE_DEFAULT);
    const ids = this.#argument(node, 'ids');
    if (ids) return variables => listOf(ids(variables));
    return constant(Number(definition.extensions.listSize ?? ASSUMED_LIST));
  }

  #argument(node: FieldNode, name: string): ((variables: Readonly<Record<string, unknown>>) => unknown) | null {
    const value = node.arguments?.find(argument => argument.name.value === name)?.value;
    if (!value) return null;
    if (value.kind !== Kind.VARIABLE) return () => literal(value);
    const variable = value.name.value;
    const fallback = this.defaults.get(variable);
    return variables => (variables[variable] === undefined && fallback ? literal(fallback) : variables[variable]);
  }
}

function literal(value: ValueNode): unknown {
  if (value.kind === Kind.INT) return Number(value.value);
  if (value.kind === Kind.OBJECT) return Object.fromEntries(value.fields.map(field => [field.name.value, literal(field.value)]));
  return value.kind === Kind.LIST ? value.values : null;
}

/** A page beyond the maximum is refused by its field; it must not be refused here first, with a stranger message. */
function pageOf(first: unknown): number {
  return typeof first === 'number' && first >= 0 ? Math.min(first, LIMITS.pageSize.value) : PAGE_DEFAULT;
}

function listOf(ids: unknown): number {
  return Array.isArray(ids) ? ids.length : 1;
}
