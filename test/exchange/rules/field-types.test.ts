import { expect, test } from '@jest/globals';
import { readField, type FieldType } from '../../../src/exchange/rules/field-types.js';
import type { Value } from '../../../src/exchange/rules/expression.js';

function read(kind: Exclude<FieldType['kind'], 'CHOICE'>, value: Value): unknown {
  const outcome = readField({ kind }, value);
  return outcome.ok ? outcome.value : outcome.problems.map(each => each.code);
}

test('nothing is unknown whatever the type: it never becomes 0, false or an empty text', () => {
  for (const kind of ['TEXT', 'CODE', 'INTEGER', 'NUMBER', 'DATE', 'YES_NO', 'TIME', 'HOURS', 'RANGES', 'POINTS', 'TEXTS'] as const) expect(read(kind, null)).toBeNull();
});

test('numbers are read whole or refused with the value', () => {
  expect(read('INTEGER', '120')).toBe(120);
  expect(read('INTEGER', 120)).toBe(120);
  expect(read('INTEGER', '12.5')).toEqual(['NOT_WHOLE']);
  expect(read('INTEGER', '-3')).toEqual(['NEGATIVE']);
  expect(read('INTEGER', '很多')).toEqual(['NOT_A_NUMBER']);
  expect(read('INTEGER', '99999999999999999999')).toEqual(['NOT_WHOLE']);
  expect(read('NUMBER', '118.6')).toBe(118.6);
  expect(readField({ kind: 'INTEGER' }, '很多')).toEqual({ ok: false, problems: [{ code: 'NOT_A_NUMBER', zh: '“很多”不是数字', en: "'很多' is no number" }] });
});

test('a code stays a text: a number of a spreadsheet loses nothing', () => {
  expect(read('CODE', 350502001001)).toBe('350502001001');
});

test('dates, times, yes and no', () => {
  expect(read('DATE', '2026/1/5')).toBe('2026-01-05');
  expect(read('DATE', '2026-02-30')).toEqual(['DATE_INVALID']);
  expect(read('TIME', '7:30')).toBe(450);
  expect(read('TIME', '24:00:00')).toBe(1440);
  expect(read('TIME', '24:30')).toEqual(['TIME_INVALID']);
  expect([read('YES_NO', '是'), read('YES_NO', 'False'), read('YES_NO', true), read('YES_NO', 0)]).toEqual([true, false, true, false]);
  expect(read('YES_NO', 'maybe')).toEqual(['NOT_YES_NO']);
});

test('points and ranges, one after another', () => {
  expect(read('POINTS', '118.6 24.9; 118.7,24.8')).toEqual([{ longitude: 118.6, latitude: 24.9 }, { longitude: 118.7, latitude: 24.8 }]);
  expect(read('POINTS', '118.6; 24.9 east')).toEqual(['NOT_A_POINT', 'NOT_A_POINT']);
  expect(read('RANGES', '22:00-06:00；12:00-13:00')).toEqual([{ fromMinute: 1320, untilMinute: 360 }, { fromMinute: 720, untilMinute: 780 }]);
  expect(read('RANGES', '22-6')).toEqual(['NOT_A_RANGE']);
});

test('a choice that is not on the list names the list', () => {
  const outcome = readField({ kind: 'CHOICE', of: ['PUBLIC', 'ON_STREET'] }, '公共');

  expect(outcome).toEqual({ ok: false, problems: [{ code: 'UNKNOWN_VALUE', zh: '“公共”不在可选值之内：PUBLIC、ON_STREET；可在映射的 values 中对应', en: "'公共' is none of PUBLIC, ON_STREET: translate it in the mapping's values" }] });
});
