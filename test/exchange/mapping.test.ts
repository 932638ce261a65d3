import { describe, expect, test } from '@jest/globals';
import { fieldsOf } from '../../src/exchange/import-kinds.js';
import { IMPORT_KINDS } from '../../src/exchange/import-kind.js';
import { readMapping } from '../../src/exchange/mapping.js';
import { declaredMapping } from '../../src/exchange/declared-mapping.js';
import { templateFormat, templateOf } from '../../src/exchange/template.js';

const WHOLE = `
source: survey
kind: facilities
city: '350500'
crs: GCJ02
observedOn: 2026-01-31
fields:
  sourceCode: id
  standardSpaces: { sum: [all], minus: [charging] }
`;
const NOTHING_DECLARED = { source: null, city: null, crs: null, observedOn: null, encoding: null, sheet: null };

const said = (text: string): readonly string[] => {
  const read = readMapping(text, fieldsOf);
  return read.ok ? [] : read.problems.map(each => `${each.code} ${each.field ?? '-'}`);
};

describe('a mapping file', () => {
  test('is read from YAML and from JSON alike', () => {
    const yaml = readMapping(WHOLE, fieldsOf);
    const json = readMapping('{"source":"survey","kind":"facilities","city":"350500","crs":"GCJ02","observedOn":"2026-01-31","fields":{"sourceCode":"id","standardSpaces":{"sum":["all"],"minus":["charging"]}}}', fieldsOf);

    expect(yaml.ok && json.ok && { ...yaml.value, hash: '' }).toEqual(json.ok && { ...json.value, hash: '' });
    expect(yaml.ok && [yaml.value.crs, yaml.value.observedOn, [...yaml.value.fields.keys()]]).toEqual(['GCJ02', '2026-01-31', ['sourceCode', 'standardSpaces']]);
  });

  test('is told of with all that is wrong, by its place in the file', () => {
    expect(said('source: [')).toEqual(['MAPPING_MALFORMED -']);
    expect(said(WHOLE.replace('GCJ02', 'GCJ-02').replace('survey', "''"))).toEqual(['MAPPING_INVALID mapping.source', 'MAPPING_INVALID mapping.crs']);
    expect(said(WHOLE.replace('sourceCode: id', 'lots: id'))).toEqual(['MAPPING_FIELD_UNKNOWN mapping.fields.lots']);
    expect(said(WHOLE.replace('{ sum: [all], minus: [charging] }', '{ eval: all }'))).toEqual(['MAPPING_INVALID mapping.fields.standardSpaces']);
    expect(said(WHOLE.replace('observedOn: 2026-01-31', 'observedOn: 2026-02-30'))).toEqual(['MAPPING_INVALID mapping.observedOn']);
    expect(said(`${WHOLE}extra: 1\n`)).toEqual(['MAPPING_INVALID mapping']);
  });

  test('cannot unfold into more than it is: aliases and sizes are bounded', () => {
    expect(said(`a: &a [x, x]\nb: &b [*a, *a]\nsource: *b\n`)).toEqual(['MAPPING_MALFORMED -']);
    expect(said(`source: ${'x'.repeat(70_000)}`)).toEqual(['MAPPING_TOO_LARGE -']);
  });
});

describe('what the caller declares', () => {
  test('wins over the mapping, and encodings go by their common names', () => {
    const declared = declaredMapping('facilities', WHOLE, { ...NOTHING_DECLARED, crs: 'bd09', encoding: 'gbk', observedOn: '2026-02-01' });

    expect(declared.ok && [declared.value.crs, declared.value.encoding, declared.value.observedOn, declared.value.city]).toEqual(['BD09', 'GB18030', '2026-02-01', '350500']);
  });

  test('is refused whole where it is wrong; without a mapping the source must be named', () => {
    const wrong = declaredMapping('windows', WHOLE, { ...NOTHING_DECLARED, crs: 'EPSG:4326', encoding: 'latin1', observedOn: 'yesterday' });

    expect(wrong.ok ? [] : wrong.problems.map(each => each.code)).toEqual(['MAPPING_KIND', 'UNKNOWN_VALUE', 'UNKNOWN_VALUE', 'DATE_INVALID']);
    const unnamed = declaredMapping('facilities', null, NOTHING_DECLARED);
    expect(unnamed.ok ? [] : unnamed.problems.map(each => each.code)).toEqual(['SOURCE_UNDECLARED']);
  });
});

test.each(IMPORT_KINDS)('every field of %s is described in both languages', kind => {
  for (const field of fieldsOf(kind)) expect([field.name, /[一-鿿]/.test(field.zh), /[a-z]/.test(field.en)]).toEqual([field.name, true, true]);
});

test.each(IMPORT_KINDS.filter(kind => templateFormat(kind) === 'CSV'))('the template of %s has a column for every field', kind => {
  const [heading, example] = templateOf(kind).replace('\uFEFF', '').split('\r\n');

  expect(heading!.split(',')).toEqual(fieldsOf(kind).map(field => field.name));
  expect(example!.split(',')).toHaveLength(fieldsOf(kind).length);
});

test('the template of a walking network has a property for every field', () => {
  const { features } = JSON.parse(templateOf('walk-network'));

  expect(features.map((feature: { properties: object }) => Object.keys(feature.properties))).toEqual([fieldsOf('walk-network').map(field => field.name)]);
});
