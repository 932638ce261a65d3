import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { getNamedType, graphql, parse, subscribe, isInputObjectType, isListType, isNonNullType, type GraphQLArgument, type GraphQLField, type GraphQLInputType, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { ACTIONS, type Action } from '../../src/identity/index.js';
import { newId, type Database, type Viewer } from '../../src/platform/index.js';
import { rooms } from '../../src/server/rooms.js';
import { IdWithoutKind, kindsOf } from '../../src/server/graphql/id-inputs.js';
import { assembleSchema } from '../../src/server/schema.js';
import { openTestDatabase } from '../support/database.js';
import { scopeOf, testServices } from '../support/scope.js';
import { callOf, idAt, plainOf, rootsOf, type Place } from './root-calls.js';

// One rule of all doors: what cannot be an id of what is asked for is BAD_USER_INPUT, in words that show how it is written;
// an id that could be, of something that is not there, is answered as absent.

interface IdPlace extends Place {
  readonly root: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
  readonly argument: GraphQLArgument;
  /** From the argument to the id. */
  readonly path: readonly string[];
}

let database: Database;
let services: ReturnType<typeof testServices>;
let schema: GraphQLSchema;
let places: readonly IdPlace[];
/** Who may do everything everywhere, so that only what is asked can be wrong. */
const anyone: Viewer = { kind: 'TOKEN', actorId: 'anyone', partyIds: [], limitClass: 'KEY', expiresAt: null, keyId: null, grants: (Object.keys(ACTIONS) as Action[]).map(action => ({ action, partyId: null, jurisdictionCode: null })) };
const ANSWERED_EACH = ['OccupancyReportInput', 'SpaceStateInput', 'VehicleEventInput'];

beforeAll(async () => {
  database = await openTestDatabase(rooms.flatMap(room => room.entities));
  services = testServices(database);
  schema = assembleSchema(rooms);
  places = [...rootsOf(schema), schema.getSubscriptionType()!].flatMap(root => Object.values(root.getFields()).flatMap(field => field.args.flatMap(argument => (
    placesIn(argument.type, { owner: field.name, name: argument.name }, [], []).map(({ path, ...place }) => ({ root, field, argument, path, ...place }))
  ))));
});

afterAll(() => database.close());

function placesIn(type: GraphQLInputType, place: Place, path: readonly string[], above: readonly string[]): ReadonlyArray<Place & { readonly path: readonly string[] }> {
  const named = getNamedType(type);
  if (named.name === 'ID') return [{ ...place, path }];
  if (!isInputObjectType(named) || above.includes(named.name)) return [];
  return Object.values(named.getFields()).flatMap(member => placesIn(member.type, { owner: named.name, name: member.name }, [...path, member.name], [...above, named.name]));
}

/** A value of the argument that is plain but for the id at the end of the path. */
function valueWith(type: GraphQLInputType, place: Place, [step, ...path]: readonly string[], id: string): unknown {
  if (isNonNullType(type)) return valueWith(type.ofType, place, step === undefined ? [] : [step, ...path], id);
  if (isListType(type)) return [valueWith(type.ofType, place, step === undefined ? [] : [step, ...path], id)];
  if (!isInputObjectType(type) || step === undefined) return id;
  const inner = { [step]: valueWith(type.getFields()[step]!.type, { owner: type.name, name: step }, path, id) };
  return type.isOneOf ? inner : { ...(plainOf(type, place) as object), ...inner };
}

async function answerTo({ root, field, argument, path }: IdPlace, id: string): Promise<any> {
  const call = callOf(schema, root, field, { argument, value: valueWith(argument.type, { owner: field.name, name: argument.name }, path, id) });
  const contextValue = scopeOf(services, anyone);
  if (root === schema.getSubscriptionType()) return subscribe({ schema, document: parse(call.query.replace(/^query/, 'subscription')), variableValues: call.variables, contextValue });
  const source = call.query.replace(' { __typename } }', root === schema.getMutationType() ? ' { userErrors { code remedy } } }' : ' { __typename } }');
  return graphql({ schema, source, variableValues: call.variables, contextValue });
}

const isForeign = ({ owner, name }: Place): boolean => kindsOf(owner, name) === 'FOREIGN';
const isEach = ({ owner }: Place): boolean => ANSWERED_EACH.includes(owner);
const nameOf = ({ root, field, argument, path }: IdPlace): string => `${root.name}.${field.name}(${[argument.name, ...path].join('.')})`;

test('every argument and input that takes an id is named by the kind of it, or by its part', () => {
  expect(places.length).toBeGreaterThan(120);
  expect(() => places.map(({ owner, name }) => kindsOf(owner, name))).not.toThrow();
  expect(() => kindsOf('Query', 'lotId')).toThrow(IdWithoutKind);
});

test('what is no id, or one of another kind, is BAD_USER_INPUT that names its place and how it is written, at every door', async () => {
  const wrong: string[] = [];
  for (const place of places.filter(each => !isForeign(each) && !isEach(each))) {
    const kinds = kindsOf(place.owner, place.name);
    const other = newId(kinds === 'ANY' || kinds[0] === 'outboxEvent' ? 'party' : 'outboxEvent', 0, new Uint8Array(10));
    for (const id of kinds === 'ANY' ? ['17', '', 'par_01h455vb4pex5vsknk084sn02q', idAt(place).toUpperCase()] : ['17', '', other, `${idAt(place)}0`]) {
      const { errors } = await answerTo(place, id);
      const [error] = errors ?? [];
      const field = String(error?.extensions.field).replaceAll(/\[\d+\]/g, '');
      if (error?.extensions.code !== 'BAD_USER_INPUT' || field !== [place.argument.name, ...place.path].join('.')) wrong.push(`${nameOf(place)} '${id}': ${String(error?.extensions.code)} at ${field}`);
    }
  }

  expect(wrong).toEqual([]);
}, 120_000);

const rowsOf = async (): Promise<unknown> => {
  const tables = await database.query<{ name: string }>(`select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`);
  return database.query(tables.map(({ name }) => `select '${name}' as name, count(*)::int as rows from "${name}"`).join(' union all '));
};

test('an id of nothing is null or no item in a read, and NOT_FOUND where the read cannot be null', async () => {
  const query = schema.getQueryType()!;
  const wrong: string[] = [];
  for (const place of places.filter(each => each.root === query && !isForeign(each))) {
    const { data, errors } = await answerTo(place, idAt(place));
    const answer = data?.[place.field.name];
    const isAbsent = isNonNullType(place.field.type) ? answer !== undefined || errors?.[0]?.extensions.code === 'NOT_FOUND' : answer === null;
    if (!isAbsent || (errors && errors[0]!.extensions!.code !== 'NOT_FOUND')) wrong.push(`${nameOf(place)}: ${JSON.stringify({ data, errors })}`);
  }

  expect(wrong).toEqual([]);
});

test('a write that is told an id of nothing says NOT_FOUND, FORBIDDEN where only whom it names may be acted for, or a refusal, and writes nothing', async () => {
  const mutation = schema.getMutationType()!;
  const before = await rowsOf();
  const wrong: string[] = [];
  for (const place of places.filter(each => each.root === mutation && !isForeign(each) && !isEach(each))) {
    const { data, errors } = await answerTo(place, idAt(place));
    const isRefused = (data?.[place.field.name]?.userErrors.length ?? 0) > 0;
    if (!isRefused && !['NOT_FOUND', 'FORBIDDEN'].includes(errors?.[0]?.extensions.code)) wrong.push(`${nameOf(place)}: ${JSON.stringify({ data, errors })}`);
  }

  expect(wrong).toEqual([]);
  expect(await rowsOf()).toEqual(before);
});
