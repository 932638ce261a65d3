import {
  BREAK, Kind, isInputObjectType, isInputType, isListType, isNonNullType, typeFromAST, valueFromAST, visit,
  type GraphQLArgument, type GraphQLInputField, type GraphQLInputObjectType, type GraphQLInputType, type GraphQLLeafType, type GraphQLSchema, type OperationDefinitionNode, type ValueNode,
} from 'graphql';

type Values = Readonly<Record<string, unknown>>;

/** The variables of one request, and from them the arguments of each root field by response name. */
export interface Coerced {
  readonly variables: Values;
  readonly rootArguments: Readonly<Record<string, Values>>;
}

/** What the library would coerce these variables to; null where it has something to say against them, or might. */
export type Coercion = (variables: Values) => Coerced | null;

/** Stands for what only the library can answer: an error, or a form that is seldom written. */
const UNFIT = Symbol('unfit');
const ABSENT = Symbol('absent');

type Reader = (value: unknown) => unknown;
type Evaluation = (variables: Values) => unknown;

/**
 * Coerces an operation's variables and root arguments without looking at its text again: for the hot paths, where the
 * library's own walk over document and schema is a twentieth of a request. The library stays the one truth: it answers
 * whatever is refused here, and a test holds the two against each other on random values.
 */
export function compileCoercion(schema: GraphQLSchema, operation: OperationDefinitionNode): Coercion {
  const readVariables = variablesReader(schema, operation);
  const root = schema.getRootType(operation.operation)?.getFields() ?? {};
  const fields = operation.selectionSet.selections.flatMap(selection => {
    const field = selection.kind === Kind.FIELD ? root[selection.name.value] : undefined;
    if (selection.kind !== Kind.FIELD || !field) return [];
    const nodes = new Map((selection.arguments ?? []).map(each => [each.name.value, each.value]));
    return [{ key: selection.alias?.value ?? selection.name.value, evaluate: membersEvaluation(field.args, nodes) }];
  });
  return given => {
    const variables = readVariables(given);
    if (variables === null) return null;
    const rootArguments: Record<string, Values> = {};
    for (const { key, evaluate } of fields) {
      const values = evaluate(variables);
      if (values === null) return null;
      rootArguments[key] = values;
    }
    return { variables, rootArguments };
  };
}

function variablesReader(schema: GraphQLSchema, operation: OperationDefinitionNode): (given: Values) => Values | null {
  const plans = (operation.variableDefinitions ?? []).map(({ variable, type: typeNode, defaultValue }) => {
    const type = typeFromAST(schema, typeNode);
    if (!isInputType(type)) return { name: variable.name.value, read: () => UNFIT, absent: UNFIT };
    const absent = defaultValue ? (valueFromAST(defaultValue, type) ?? UNFIT) : isNonNullType(type) ? UNFIT : ABSENT;
    return { name: variable.name.value, read: readerOf(type), absent: defaultValue?.kind === Kind.NULL ? null : absent };
  });
  return given => {
    const variables: Record<string, unknown> = {};
    for (const { name, read, absent } of plans) {
      const value = Object.hasOwn(given, name) ? read(given[name]) : absent;
      if (value === UNFIT) return null;
      if (value !== ABSENT) variables[name] = value;
    }
    return variables;
  };
}

/** Reads a value that came as JSON. */
function readerOf(type: GraphQLInputType): Reader {
  if (isNonNullType(type)) {
    const read = readerOf(type.ofType);
    return value => (value === null || value === undefined ? UNFIT : read(value));
  }
  const read = isListType(type) ? listReader(readerOf(type.ofType)) : isInputObjectType(type) ? objectReader(type) : leafReader(type);
  return value => (value === null || value === undefined ? null : read(value));
}

function leafReader(type: GraphQLLeafType): Reader {
  return value => {
    try {
      return type.parseValue(value) ?? UNFIT;
    } catch {
      // Why is the library's to tell: it parses again and keeps the path.
      return UNFIT;
    }
  };
}

/** A single value where a list is expected is left to the library. */
function listReader(read: Reader): Reader {
  return value => {
    if (!Array.isArray(value)) return UNFIT;
    const items = value.map(read);
    return items.includes(UNFIT) ? UNFIT : items;
  };
}

function objectReader(type: GraphQLInputObjectType): Reader {
  const fields = type.getFields();
  // Made at the first use: an input may hold itself.
  let plans: ReadonlyArray<{ readonly name: string; readonly read: Reader; readonly absent: unknown }> | undefined;
  return value => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return UNFIT;
    plans ??= Object.values(fields).map(field => ({ name: field.name, read: readerOf(field.type), absent: absentOf(field) }));
    const values: Record<string, unknown> = {};
    for (const { name, read, absent } of plans) {
      const given = (value as Values)[name];
      const member = given === undefined ? absent : read(given);
      if (member === UNFIT) return UNFIT;
      if (member !== ABSENT) values[name] = member;
    }
    for (const name in value) if (fields[name] === undefined) return UNFIT;
    return type.isOneOf && !holdsOne(values) ? UNFIT : values;
  };
}

/** Evaluates what the document writes for the members of an input object, or for the arguments of a field. */
function membersEvaluation(members: ReadonlyArray<GraphQLArgument | GraphQLInputField>, nodes: ReadonlyMap<string, ValueNode>): (variables: Values) => Values | null {
  const plans = members.map(member => ({ name: member.name, absent: absentOf(member), evaluate: evaluationOf(nodes.get(member.name), member.type) }));
  return variables => {
    const values: Record<string, unknown> = {};
    for (const { name, absent, evaluate } of plans) {
      const written = evaluate(variables);
      const value = written === ABSENT ? absent : written;
      if (value === UNFIT) return null;
      if (value !== ABSENT) values[name] = value;
    }
    return values;
  };
}

function evaluationOf(node: ValueNode | undefined, type: GraphQLInputType): Evaluation {
  if (node === undefined) return () => ABSENT;
  if (node.kind === Kind.VARIABLE) {
    const name = node.name.value;
    const ofNull = isNonNullType(type) ? UNFIT : null;
    return variables => (Object.hasOwn(variables, name) ? (variables[name] ?? ofNull) : ABSENT);
  }
  if (!holdsVariables(node)) {
    const constant = valueFromAST(node, type);
    return () => (constant === undefined ? UNFIT : constant);
  }
  const plain = isNonNullType(type) ? type.ofType : type;
  if (node.kind !== Kind.OBJECT || !isInputObjectType(plain)) return variables => valueFromAST(node, type, variables) ?? UNFIT;
  const evaluate = membersEvaluation(Object.values(plain.getFields()), new Map(node.fields.map(field => [field.name.value, field.value])));
  return variables => {
    const values = evaluate(variables);
    return values === null || (plain.isOneOf && !holdsOne(values)) ? UNFIT : values;
  };
}

function absentOf({ defaultValue, type }: GraphQLArgument | GraphQLInputField): unknown {
  if (defaultValue !== undefined) return defaultValue;
  return isNonNullType(type) ? UNFIT : ABSENT;
}

function holdsOne(values: Values): boolean {
  const [first, ...others] = Object.values(values);
  return others.length === 0 && first !== undefined && first !== null;
}

function holdsVariables(node: ValueNode): boolean {
  let found = false;
  visit(node, {
    Variable: () => {
      found = true;
      return BREAK;
    },
  });
  return found;
}
