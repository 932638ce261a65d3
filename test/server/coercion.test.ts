import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Kind, buildSchema, getArgumentValues, getOperationAST, getVariableValues, parse, validate, type OperationDefinitionNode } from 'graphql';
import { compileCoercion, type Coerced } from '../../src/server/graphql/coercion.js';

const schema = buildSchema(`
  enum Crs { WGS84 GCJ02 }
  input Place { longitude: Float!, latitude: Float!, crs: Crs = WGS84 }
  input Near @oneOf { place: Place, facilityId: ID }
  input Where { names: [String!], spaces: Int = 1, and: [Where!] }
  type Query { nearby(near: Near!, radius: Int = 500, where: Where, crs: Crs! = GCJ02, explain: Boolean): Int, ids(ids: [ID]!): Int }
`);

const DOCUMENTS = [
  'query ($longitude: Float!, $latitude: Float!, $crs: Crs) { nearby(near: {place: {longitude: $longitude, latitude: $latitude, crs: $crs}}, radius: 800) }',
  'query ($near: Near!, $radius: Int, $where: Where = {names: ["a"]}, $crs: Crs = WGS84) { here: nearby(near: $near, radius: $radius, where: $where, crs: $crs) there: nearby(near: {facilityId: "f"}, explain: null) }',
  'query ($id: ID!, $name: String!, $names: [String!], $where: Where) { nearby(near: {facilityId: $id}, where: {names: [$name, "b"], and: [{names: $names}]}) nested: nearby(near: {facilityId: $id}, where: {names: $names, spaces: 2}) whole: nearby(near: {facilityId: $id}, where: $where) }',
  'query ($ids: [ID]!, $id: ID) { ids(ids: $ids) some: ids(ids: [$id, 7]) }',
  'query ($explain: Boolean = null, $longitude: Float! = 118) { nearby(near: {place: {longitude: $longitude, latitude: 24.9}}, explain: $explain) }',
  '{ ids(ids: ["a", null]) }',
];

const operations = DOCUMENTS.map(text => {
  const document = parse(text);
  const [error] = validate(schema, document);
  if (error) throw error;
  return getOperationAST(document)!;
});

/** The one truth. Null where the library has an error to tell. */
function byTheLibrary(operation: OperationDefinitionNode, variables: Record<string, unknown>): Coerced | null {
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  if (errors) return null;
  try {
    return {
      variables: coerced,
      rootArguments: Object.fromEntries(operation.selectionSet.selections.flatMap(selection =>
        selection.kind === Kind.FIELD ? [[selection.alias?.value ?? selection.name.value, getArgumentValues(schema.getQueryType()!.getFields()[selection.name.value]!, selection, coerced)]] : [])),
    };
  } catch {
    return null;
  }
}

const number = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ noDefaultInfinity: true }), fc.constant(2 ** 40));
const text = fc.constantFrom('a', '', 'WGS84', 'GCJ02', '__proto__');
const odd = fc.oneof(fc.constant(null), fc.constant(undefined), number, text, fc.boolean(), fc.constant([]), fc.constant({}));
const mostly = <T>(good: fc.Arbitrary<T>) => fc.oneof({ weight: 9, arbitrary: good }, { weight: 1, arbitrary: odd });
const crs = mostly(fc.constantFrom('WGS84', 'GCJ02'));
const place = fc.record({ longitude: mostly(number), latitude: mostly(number), crs }, { requiredKeys: ['longitude', 'latitude'] });
const near = fc.oneof({ weight: 5, arbitrary: fc.record({ place: mostly(place) }) }, { weight: 5, arbitrary: fc.record({ facilityId: mostly(text) }) }, fc.record({ place, facilityId: odd }), fc.record({ nowhere: odd }));
const { where } = fc.letrec<{ where: object }>(tie => ({
  where: fc.record({ names: mostly(fc.array(mostly(text))), spaces: mostly(fc.integer()), and: mostly(fc.array(tie('where'), { maxLength: 2 })) }, { requiredKeys: [] }),
}));
const variables = fc.record({
  longitude: mostly(number), latitude: mostly(number), crs, near: mostly(near), radius: mostly(fc.integer()), where: mostly(where),
  id: mostly(text), name: mostly(text), names: mostly(fc.array(mostly(text))), ids: mostly(fc.array(mostly(text))), explain: mostly(fc.boolean()), stranger: odd,
}, { requiredKeys: [] });

test('what is coerced here is what the library coerces, and what the library refuses is left to it', () => {
  const compiled = operations.map(operation => compileCoercion(schema, operation));
  const seen = { quick: 0, leftThough: 0, refused: 0 };
  fc.assert(fc.property(fc.nat(operations.length - 1), variables, (nth, given) => {
    const truth = byTheLibrary(operations[nth]!, given);
    const quick = compiled[nth]!(given);
    if (quick) expect(quick).toEqual(truth);
    seen[quick ? 'quick' : truth ? 'leftThough' : 'refused'] += 1;
  }), { numRuns: 5_000, seed: 2022 });

  expect(seen.quick).toBeGreaterThan(1_000);
  expect(seen.refused).toBeGreaterThan(500);
  expect(seen.leftThough).toBeLessThan(250);
});

test('a search as the bench asks it is coerced without the library', () => {
  const given = { longitude: 118.6, latitude: 24.9 };

  expect(compileCoercion(schema, operations[0]!)(given)).toEqual({
    variables: given,
    rootArguments: { nearby: { near: { place: { longitude: 118.6, latitude: 24.9, crs: 'WGS84' } }, radius: 800, crs: 'GCJ02' } },
  });
});
