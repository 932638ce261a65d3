import {
  BREAK, GraphQLID, GraphQLString, defaultFieldResolver, isEnumType, isListType, isNonNullType, isObjectType, isScalarType, isUnionType, visit,
  type ASTNode, type GraphQLAbstractType, type GraphQLSchema, type FieldNode, type FragmentDefinitionNode, type GraphQLEnumType, type GraphQLField, type GraphQLObjectType, type GraphQLOutputType, type GraphQLScalarType, type SelectionSetNode,
} from 'graphql';
import { getArgumentValues } from 'graphql/execution/values.js';
import type { RequestScope } from '../scope.js';

/** What one execution of a compiled selection knows. */
export interface WriterRun {
  readonly scope: RequestScope;
  readonly variables: Readonly<Record<string, unknown>>;
}

export type JsonWriter = (value: unknown, run: WriterRun) => string;

/** A field whose value is not just a property: the same function that its resolver calls, synchronous. */
export type FieldReader = (source: never, args: Record<string, unknown>, scope: RequestScope) => unknown;

/** Objects that stand for themselves until they are printed: opened only where their text is not kept already. */
export interface PrintedType {
  /** The object whose properties are the fields. */
  open(source: never): object;
  /** Keeps the text of one compiled selection, whose fields depend on nothing but the object's identity and version. */
  memo(): TextMemo;
}

export interface TextMemo {
  get(source: never): string | undefined;
  /** Keeps a text, or does not, where this object's must not be. */
  set(source: never, text: string): void;
}

export interface WriterOptions {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** By `Type.field`. */
  readonly readers: Readonly<Record<string, FieldReader>>;
  /** Where abstract types may be written, too: what knows the types that they stand for. */
  readonly schema?: GraphQLSchema;
  /** By type name. */
  readonly printed: Readonly<Record<string, PrintedType>>;
}

/** The selection holds something that only the ordinary executor can answer; the caller falls back to it. */
export class NotCompilable extends Error {}

/**
 * Compiles a selection to a function that writes a plain object straight to JSON text, without an executor: for the
 * hot paths (design, 8). It answers what the ordinary executor would, or throws NotCompilable: at once for a selection
 * it does not know, later for a value that turns out not to be plain.
 */
export function compileWriter(type: GraphQLOutputType, selections: readonly SelectionSetNode[], options: WriterOptions): JsonWriter {
  if (isNonNullType(type)) {
    const write = compileWriter(type.ofType, selections, options);
    return (value, run) => {
      if (value === null || value === undefined) throw new NotCompilable('null where the schema promises a value');
      return write(value, run);
    };
  }
  if (isListType(type)) return listWriter(compileWriter(type.ofType, selections, options));
  if (isScalarType(type)) return scalarWriter(type);
  if (isEnumType(type)) return enumWriter(type);
  if (isObjectType(type)) return objectWriter(type, selections, options);
  if (options.schema) return abstractWriter(type, selections, options, options.schema);
  throw new NotCompilable(`abstract type ${type.toString()}`);
}

/** One writer for each type that may stand there; a value says by its `__typename` which one it is of. */
function abstractWriter(type: GraphQLAbstractType, selections: readonly SelectionSetNode[], options: WriterOptions, schema: GraphQLSchema): JsonWriter {
  const writers = new Map(schema.getPossibleTypes(type).map(possible => [possible.name, objectWriter(possible, selections, options)]));
  return (value, run) => {
    if (value === null || value === undefined) return 'null';
    const write = writers.get(String((value as { readonly __typename?: unknown }).__typename));
    if (!write) throw new NotCompilable(`a value of ${type.name} that names no type of it`);
    return write(value, run);
  };
}

function listWriter(write: JsonWriter): JsonWriter {
  return (value, run) => {
    if (value === null || value === undefined) return 'null';
    if (!Array.isArray(value)) throw new NotCompilable('not a plain list');
    let text = '[';
    for (let i = 0; i < value.length; i++) text += i === 0 ? write(value[i], run) : `,${write(value[i], run)}`;
    return `${text}]`;
  };
}

function scalarWriter(type: GraphQLScalarType): JsonWriter {
  const isText = type === GraphQLString || type === GraphQLID;
  return value => {
    if (value === null || value === undefined) return 'null';
    if (isText && typeof value === 'string') return JSON.stringify(value);
    if (typeof value === 'function' || value instanceof Promise) throw new NotCompilable('not a plain value');
    const told = type.serialize(value);
    return Number.isFinite(told) ? String(told) : JSON.stringify(told);
  };
}

function enumWriter(type: GraphQLEnumType): JsonWriter {
  const texts = new Map(type.getValues().map(entry => [entry.value as unknown, JSON.stringify(entry.name)]));
  return value => {
    if (value === null || value === undefined) return 'null';
    return texts.get(value) ?? JSON.stringify(type.serialize(value));
  };
}

interface CompiledField {
  /** `"key":`, with the comma before it where it is not the first. */
  readonly head: string;
  readonly read: (source: Record<string, unknown>, run: WriterRun) => unknown;
  readonly write: JsonWriter;
}

function objectWriter(type: GraphQLObjectType, selections: readonly SelectionSetNode[], options: WriterOptions): JsonWriter {
  const collected = collectFields(type, selections, options);
  const fields = [...collected].map(([key, nodes], position) => compileField(type, key, nodes, position === 0, options));
  const printed = options.printed[type.name];
  const writeAnew = (value: unknown, run: WriterRun): string => {
    const source = (printed ? printed.open(value as never) : value) as Record<string, unknown>;
    let text = '{';
    for (const field of fields) text += field.head + field.write(field.read(source, run), run);
    return `${text}}`;
  };
  const nullOr = (write: JsonWriter): JsonWriter => (value, run) => (value === null || value === undefined ? 'null' : write(value, run));

  if (!printed || [...collected.values()].flat().some(node => usesVariables(node, options.fragments))) return nullOr(writeAnew);
  const memo = printed.memo();
  return nullOr((value, run) => {
    const known = memo.get(value as never);
    if (known !== undefined) return known;
    const text = writeAnew(value, run);
    memo.set(value as never, text);
    return text;
  });
}

function compileField(type: GraphQLObjectType, key: string, nodes: readonly FieldNode[], isFirst: boolean, options: WriterOptions): CompiledField {
  const node = nodes[0]!;
  const head = `${isFirst ? '' : ','}${JSON.stringify(key)}:`;
  const name = node.name.value;
  if (name === '__typename') {
    const text = JSON.stringify(type.name);
    return { head, read: () => null, write: () => text };
  }
  const definition = type.getFields()[name];
  if (!definition) throw new NotCompilable(`${type.name}.${name}`);
  const sets = nodes.flatMap(each => (each.selectionSet ? [each.selectionSet] : []));
  return { head, read: readerOf(type, definition, node, options), write: compileWriter(definition.type, sets, options) };
}

function readerOf(type: GraphQLObjectType, definition: GraphQLField<unknown, unknown>, node: FieldNode, options: WriterOptions): CompiledField['read'] {
  const { name } = definition;
  const reader = options.readers[`${type.name}.${name}`];
  if (reader) {
    const constant = usesVariables(node, options.fragments) ? null : getArgumentValues(definition, node, {});
    return (source, run) => reader(source as never, constant ?? getArgumentValues(definition, node, run.variables), run.scope);
  }
  const isPlain = definition.args.length === 0 && (definition.resolve === undefined || definition.resolve === defaultFieldResolver);
  if (!isPlain) throw new NotCompilable(`${type.name}.${name} has a resolver`);
  return source => source[name];
}

/** The fields of a selection by response key, fragments spread, in the order in which the executor would answer them. */
function collectFields(type: GraphQLObjectType, selections: readonly SelectionSetNode[], options: WriterOptions, into = new Map<string, FieldNode[]>()): Map<string, FieldNode[]> {
  for (const selection of selections.flatMap(set => set.selections)) {
    if (selection.directives && selection.directives.length > 0) throw new NotCompilable('directives');
    if (selection.kind === 'Field') {
      const key = selection.alias?.value ?? selection.name.value;
      into.set(key, [...(into.get(key) ?? []), selection]);
      continue;
    }
    const fragment = selection.kind === 'InlineFragment' ? selection : options.fragments.get(selection.name.value);
    if (!fragment) throw new NotCompilable('unknown fragment');
    const condition = fragment.typeCondition?.name.value;
    const applies = condition === undefined || condition === type.name || type.getInterfaces().some(each => each.name === condition) || isUnionOf(condition, type, options);
    if (applies) collectFields(type, [fragment.selectionSet], options, into);
  }
  return into;
}

/** A fragment on a union spreads into each of its types. */
function isUnionOf(name: string, type: GraphQLObjectType, { schema }: WriterOptions): boolean {
  const union = schema?.getType(name);
  return isUnionType(union) && union.getTypes().includes(type);
}

/** Whether a field, or anything below it, fragments included, depends on a variable. */
function usesVariables(node: ASTNode, fragments: WriterOptions['fragments']): boolean {
  let found = false;
  visit(node, {
    Variable: () => {
      found = true;
      return BREAK;
    },
    FragmentSpread: spread => {
      const fragment = fragments.get(spread.name.value);
      found ||= fragment !== undefined && usesVariables(fragment.selectionSet, fragments);
      return found ? BREAK : undefined;
    },
  });
  return found;
}
