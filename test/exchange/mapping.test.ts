import { describe, expect, test } from '@jest/globals';
import { fieldsOf } from '../../src/exchange/import-kinds.js';
import { IMPORT_KINDS } from '../../src/exchange/import-kind.js';
import { mappingText, readMapping } from '../../src/exchange/mapping.js';
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

  test('is told of in our words, with what stands there and what should', () => {
    const words = (text: string): readonly string[] => {
      const read = readMapping(text, fieldsOf);
      return read.ok ? [] : read.problems.map(({ zh, en }) => `${zh} / ${en}`);
    };

    for (const nothing of ['', 'null', '# a comment alone', ' \n']) expect(words(nothing)).toEqual(['映射文件是空的 / the mapping is empty']);
    expect(words('[]')).toEqual(["映射文件须为一组“名称: 值”，收到“[]” / the mapping must be names with their values; got '[]'"]);
    expect(words('source: s')).toEqual([
      '映射文件的 kind 缺失 / kind of the mapping is missing', '映射文件的 fields 缺失 / fields of the mapping is missing',
    ]);
    expect(words(`${WHOLE}extra: 1\n`)).toEqual(['映射文件不应有 extra / the mapping has extra, which nothing reads']);
    expect(words(WHOLE.replace('GCJ02', 'GCJ-02').replace("'350500'", 'quanzhou').replace('2026-01-31', '2026-02-30').replace('survey', '[1]'))).toEqual([
      "映射文件的 source 须为文字，收到“[1]” / source of the mapping must be a text; got '[1]'",
      "映射文件的 city 须为6 位数字或大写字母，如 350500，收到“quanzhou” / city of the mapping must be six digits or capital letters, as 350500; got 'quanzhou'",
      "映射文件的 crs 须为 WGS84、CGCS2000、GCJ02、BD09 之一，收到“GCJ-02” / crs of the mapping is one of WGS84, CGCS2000, GCJ02, BD09; got 'GCJ-02'",
      "映射文件的 observedOn 须为YYYY-MM-DD 且确有此日，收到“2026-02-30” / observedOn of the mapping must be an existing day, written YYYY-MM-DD; got '2026-02-30'",
    ]);
    expect(words(WHOLE.replace('{ sum: [all], minus: [charging] }', '{ eval: all }'))).toEqual([
      '映射文件的 fields.standardSpaces 须为列名，或 {column …}、{constant …}、{first …}、{join …}、{sum …} 之一 / fields.standardSpaces of the mapping is a column name, or one of {column …}, {constant …}, {first …}, {join …}, {sum …}',
    ]);
  });

  test('is UTF-8: in another encoding its names would be kept as what they are not', () => {
    expect(mappingText(Buffer.from('source: 来源'))).toEqual({ ok: true, value: 'source: 来源' });
    expect(mappingText(Buffer.from([0x73, 0x3a, 0x20, 0xc0, 0xb4, 0xd4, 0xb4]))).toMatchObject({ ok: false, problems: [{ code: 'MAPPING_NOT_UTF8' }] });
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
