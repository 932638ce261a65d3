import 'reflect-metadata';
import { buildSchemaSync, getMetadataStorage, type PubSub } from 'type-graphql';
import { defaultFieldResolver, GraphQLObjectType, isInputObjectType, isInterfaceType, isObjectType, specifiedDirectives, type GraphQLSchema } from 'graphql';
import { KERNEL_REFUSALS, type RefusalTable } from '../kernel/index.js';
import type { RequestScope, Room } from '../platform/index.js';
import { ensureSeenTexts } from '../platform/graphql/index.js';
import { ACTIONS, ensureMay, type Action } from '../identity/index.js';
import { overTime } from './graphql/execute.js';
import { idChecks } from './graphql/id-inputs.js';
import { registerNodeKinds } from './node.resolver.js';

/** A root field without a permission, or with one that the list of actions does not know: the server does not start. */
export class FieldWithoutPermission extends Error {
  constructor(fields: readonly string[]) {
    super(`these root fields need @Allow with an action of identity/rules/actions.ts: ${fields.join(', ')}`);
    this.name = 'FieldWithoutPermission';
  }
}

/** Builds the city's schema from its rooms, and puts the permission of every root field in front of its resolver. */
export function assembleSchema(rooms: readonly Room[]): GraphQLSchema {
  const resolvers = rooms.flatMap(room => room.resolvers);
  readPlainFieldsPlainly();
  const schema = buildSchemaSync({
    resolvers: resolvers as unknown as [Function, ...Function[]],
    orphanedTypes: rooms.flatMap(room => room.orphanedTypes) as unknown as Function[],
    directives: [...specifiedDirectives],
    // Values are checked by scalars and by rules, whose problems name the clause; a second validator would speak first.
    validate: false,
    nullableByDefault: false,
    pubSub: noPubSub,
  });
  registerNodeKinds(rooms.flatMap(room => room.nodes));
  markOneOf(schema);
  nameRemedies(schema, Object.assign({}, KERNEL_REFUSALS, ...rooms.map(room => room.refusals)));
  checkIds(schema);
  guardRootFields(schema);
  stopWithTheCaller(schema);
  return schema;
}

/** Streams bring their own source. The library's bus loses its process to one stalled client and mixes subscribers up (F1, F2). */
const noPubSub: PubSub = {
  publish: () => refusePubSub(),
  subscribe: () => refusePubSub(),
};

function refusePubSub(): never {
  throw new Error('a subscription names its own source with `subscribe`; there is no topic bus');
}

/**
 * A field without a resolver of its own is a property read, or the call of one: the library's own reader is asynchronous
 * for every field and knows no functions, by which a count is made only when it is selected.
 */
function readPlainFieldsPlainly(): void {
  for (const type of getMetadataStorage().objectTypes) {
    if (type.fields?.every(field => field.schemaName === field.name) ?? true) type.simpleResolvers ??= true;
  }
}

/** The decorator library keeps @oneOf as a directive node only; the executor looks at this flag. */
function markOneOf(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isInputObjectType(type) && type.astNode?.directives?.some(directive => directive.name.value === 'oneOf')) type.isOneOf = true;
  }
}

/** The codes that the rules of a schema's rooms refuse with, and their words. */
export function refusalsOf(schema: GraphQLSchema): RefusalTable {
  return schema.extensions.refusals as RefusalTable;
}

/** What can be done about a refusal stands with its code in the rooms' tables, so every refusal of the schema has it. */
function nameRemedies(schema: GraphQLSchema, refusals: RefusalTable): void {
  schema.extensions = { ...schema.extensions, refusals };
  const declared = schema.getType('UserError');
  if (!isInterfaceType(declared)) return;
  for (const type of schema.getPossibleTypes(declared)) {
    type.getFields().remedy!.resolve = ({ code }: { readonly code: string }) => (Object.hasOwn(refusals, code) ? refusals[code]!.remedy : null);
  }
}

/** Puts before each field that takes ids whether they can be what they are to name; a hot path finds the check beside its field. */
function checkIds(schema: GraphQLSchema): void {
  const checkOf = idChecks();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const check = checkOf(field.name, field.args);
      if (check === null) continue;
      field.extensions = { ...field.extensions, checkIds: check };
      const { resolve = defaultFieldResolver, subscribe } = field;
      if (subscribe) field.subscribe = (root, args, scope, info) => (check(args), subscribe(root, args, scope, info));
      else field.resolve = (root, args, scope, info) => (check(args), resolve(root, args, scope, info));
    }
  }
}

export function rootFields(schema: GraphQLSchema): ReadonlyArray<{ readonly type: GraphQLObjectType; readonly name: string; readonly action: unknown }> {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  return roots.flatMap(type => (type ? Object.values(type.getFields()).map(field => ({ type, name: field.name, action: field.extensions.allow })) : []));
}

function guardRootFields(schema: GraphQLSchema): void {
  const without = rootFields(schema).filter(({ action }) => !Object.hasOwn(ACTIONS, String(action)));
  if (without.length > 0) throw new FieldWithoutPermission(without.map(({ type, name }) => `${type.name}.${name}`));
  for (const { type, name, action } of rootFields(schema)) {
    const field = type.getFields()[name]!;
    const { resolve = defaultFieldResolver, subscribe } = field;
    const allowed = action as Action;
    field.description = `${field.description ?? ''}\n\n${permissionText(allowed)}`;
    // An event of a subscription is judged by its stream, which ends with the right; the start is judged here.
    if (subscribe) {
      field.subscribe = (root, args, scope: RequestScope, info) => {
        ensureMay(scope.viewer, allowed);
        return subscribe(root, args, scope, info);
      };
      continue;
    }
    const writes = type === schema.getMutationType();
    field.resolve = (root, args, scope: RequestScope, info) => {
      ensureMay(scope.viewer, allowed);
      if (writes) ensureSeenTexts(args);
      return resolve(root, args, scope, info);
    };
  }
}

function permissionText(action: Action): string {
  return ACTIONS[action].anonymous ? `权限 ${action}（可匿名）。Permission \`${action}\`, open to anonymous callers.` : `权限 ${action}。Permission \`${action}\`.`;
}

/** No resolver begins once the caller left or the time is up: the rest of a wide selection is not worth a statement (F5). */
function stopWithTheCaller(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const { resolve } = field;
      if (!resolve) continue;
      field.resolve = (parent, args, scope: RequestScope, info) => {
        if (scope.signal?.aborted) throw overTime();
        return resolve(parent, args, scope, info);
      };
    }
  }
}
