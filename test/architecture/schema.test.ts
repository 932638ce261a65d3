import 'reflect-metadata';
import { expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { diff } from '@graphql-inspector/core';
import { buildSchema, getNullableType, isEnumType, isInputObjectType, isInterfaceType, isListType, isObjectType, isScalarType, isSpecifiedScalarType, isUnionType } from 'graphql';
import { ACTIONS } from '../../src/identity/index.js';
import { printedSchema } from '../../src/server/print-schema.js';
import { rooms } from '../../src/server/rooms.js';
import { assembleSchema, rootFields } from '../../src/server/schema.js';

const schema = assembleSchema(rooms);
const ours = Object.values(schema.getTypeMap()).filter(type => !type.name.startsWith('__') && !isSpecifiedScalarType(type));

test('every root field states a permission of the list', () => {
  expect(rootFields(schema).filter(({ action }) => !Object.hasOwn(ACTIONS, String(action))).map(({ name }) => name)).toEqual([]);
});

test('the committed schema is current, and nothing in it breaks a client (run `npm run schema` after adding to it)', async () => {
  expect(existsSync('schema/schema.graphql')).toBe(true);
  const committed = readFileSync('schema/schema.graphql', 'utf8');
  const changes = await diff(buildSchema(committed), buildSchema(printedSchema(schema)));

  expect(changes.filter(change => change.criticality.level === 'BREAKING').map(change => change.message)).toEqual([]);
  expect(changes.map(change => change.message)).toEqual([]);
  expect(printedSchema(schema)).toBe(committed);
});

test('every type, field, argument and enum value is described, Chinese first and then Latin', () => {
  const described: Array<readonly [string, string | null | undefined]> = [];
  for (const type of ours) {
    if (type === schema.getQueryType() || type === schema.getMutationType() || type === schema.getSubscriptionType()) {
      // The three roots are named by GraphQL itself.
    } else described.push([type.name, type.description]);
    if (isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) {
        described.push([`${type.name}.${field.name}`, field.description]);
        for (const argument of field.args) described.push([`${type.name}.${field.name}(${argument.name})`, argument.description]);
      }
    }
    if (isInputObjectType(type)) for (const field of Object.values(type.getFields())) described.push([`${type.name}.${field.name}`, field.description]);
    if (isEnumType(type)) for (const value of type.getValues()) described.push([`${type.name}.${value.name}`, value.description]);
  }
  const poor = described.filter(([, text]) => {
    const chinese = (text ?? '').search(/[\u4e00-\u9fff]/);
    const latin = (text ?? '').search(/[A-Za-z]{2,}/);
    return chinese === -1 || latin === -1;
  });

  expect(poor.map(([name]) => name)).toEqual([]);
});

test('every type is one that the documentation page can show', () => {
  expect(ours.filter(type => !(isObjectType(type) || isInterfaceType(type) || isInputObjectType(type) || isEnumType(type) || isUnionType(type) || isScalarType(type)))).toEqual([]);
});

test('@oneOf inputs are enforced by the executor', () => {
  const marked = ours.filter(isInputObjectType).filter(type => type.astNode?.directives?.some(directive => directive.name.value === 'oneOf'));

  expect(marked.filter(type => !type.isOneOf)).toEqual([]);
});

test('a mutation takes one input, and its payload has userErrors', () => {
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
  const odd = mutations.filter(field => field.args.length !== 1 || field.args[0]!.name !== 'input' || !String(field.type).endsWith('Payload!') || !printedSchema(schema).includes(`type ${String(field.type).slice(0, -1)} `));

  expect(odd.map(field => field.name)).toEqual([]);
});

test('every filter says what null and an empty list mean, in both languages', () => {
  const filters = ours.filter(isInputObjectType).filter(({ name }) => name.endsWith('Where'));
  const unclear = filters.filter(type => {
    const holdsLists = Object.values(type.getFields()).some(field => isListType(getNullableType(field.type)));
    const [ofNull, ofNone] = [/为空不限.*[Nn]ull does not filter/, /空列表不匹配任何.*an empty list matches none/];
    return !ofNull.test(type.description ?? '') || (holdsLists && !ofNone.test(type.description ?? ''));
  });

  expect(filters.length).toBeGreaterThan(10);
  expect(unclear.map(({ name }) => name)).toEqual([]);
});
