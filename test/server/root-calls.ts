import {
  getNamedType, isCompositeType, isEnumType, isInputObjectType, isListType, isNonNullType, isScalarType,
  type GraphQLArgument, type GraphQLField, type GraphQLInputType, type GraphQLObjectType, type GraphQLSchema,
} from 'graphql';
import { newId } from '../../src/platform/index.js';
import { kindsOf } from '../../src/server/graphql/id-inputs.js';

/** A call of one root field, as text and variables. */
export interface RootCall {
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

/** Where a value stands: the field or input it belongs to, and its name there. */
export interface Place {
  readonly owner: string;
  readonly name: string;
}

/** An id of nothing, of the kind that its place takes. */
export function idAt({ owner, name }: Place): string {
  const kinds = kindsOf(owner, name);
  return newId(typeof kinds === 'string' ? 'facility' : kinds[0]!, 0, new Uint8Array(10));
}

/** A value that fits a type at its place, its optional parts left out. */
export function plainOf(type: GraphQLInputType, place: Place, depth = 0): unknown {
  if (isNonNullType(type)) return plainOf(type.ofType, place, depth);
  if (isListType(type)) return [plainOf(type.ofType, place, depth)];
  if (isEnumType(type)) return type.getValues()[0]!.name;
  if (isInputObjectType(type)) {
    if (type.isOneOf) {
      const [first] = Object.values(type.getFields());
      return { [first!.name]: plainOf(first!.type, { owner: type.name, name: first!.name }, depth + 1) };
    }
    const fields = Object.values(type.getFields()).filter(field => isNonNullType(field.type) && field.defaultValue === undefined);
    return depth > 4 ? {} : Object.fromEntries(fields.map(field => [field.name, plainOf(field.type, { owner: type.name, name: field.name }, depth + 1)]));
  }
  if (isScalarType(type) && type.name === 'ID') return idAt(place);
  const plain: Record<string, unknown> = { Int: 1, Float: 1.5, Boolean: true, Instant: '2026-02-13T18:00:00+08:00', LocalDate: '2026-02-13', LocalTime: '18:00', Fen: 1 };
  return isScalarType(type) ? (plain[type.name] ?? 'plain') : null;
}

/** Calls a root field with what it requires, and one argument as told. */
export function callOf(schema: GraphQLSchema, root: GraphQLObjectType, field: GraphQLField<unknown, unknown>, told?: { readonly argument: GraphQLArgument; readonly value: unknown }): RootCall {
  const given = field.args.filter(argument => argument === told?.argument || (isNonNullType(argument.type) && argument.defaultValue === undefined));
  const selection = isCompositeType(getNamedType(field.type)) ? ' { __typename }' : '';
  const kind = root === schema.getMutationType() ? 'mutation' : 'query';
  const signature = given.length === 0 ? '' : `(${given.map(argument => `$${argument.name}: ${String(argument.type)}`).join(', ')})`;
  const passed = given.length === 0 ? '' : `(${given.map(argument => `${argument.name}: $${argument.name}`).join(', ')})`;
  return {
    query: `${kind} q${signature} { ${field.name}${passed}${selection} }`,
    variables: Object.fromEntries(given.map(argument => [argument.name, argument === told?.argument ? told.value : plainOf(argument.type, { owner: field.name, name: argument.name })])),
  };
}

/** The root types whose fields answer once. */
export function rootsOf(schema: GraphQLSchema): readonly GraphQLObjectType[] {
  return [schema.getQueryType(), schema.getMutationType()].filter((type): type is GraphQLObjectType => type != null);
}
