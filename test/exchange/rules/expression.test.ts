import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { asNumber, columnsOf, evaluate, type ColumnExpression, type Expression } from '../../../src/exchange/rules/expression.js';

const column = (name: string, more: Partial<ColumnExpression> = {}): ColumnExpression => ({ column: name, empty: [], part: null, values: null, scale: null, ...more });

test('a column is its cell, and an empty one is unknown, never zero', () => {
  expect(evaluate(column('a'), { a: 'x' })).toBe('x');
  expect(evaluate(column('a'), { a: 0 })).toBe(0);
  expect(evaluate(column('a'), { a: null })).toBeNull();
  expect(evaluate(column('a', { empty: ['-', 'N/A'] }), { a: '-' })).toBeNull();
});

test('values translate what is listed; what is not stays as it is, so that its field can name it', () => {
  const translated = column('a', { values: { private: 'COMMERCIAL', '': null } });

  expect(evaluate(translated, { a: 'private' })).toBe('COMMERCIAL');
  expect(evaluate(translated, { a: 'strange' })).toBe('strange');
  expect(evaluate(translated, { a: 'constructor' })).toBe('constructor');
  expect(evaluate(column('a', { values: {}, otherwise: 'OTHER' }), { a: 'strange' })).toBe('OTHER');
  expect(evaluate(column('a', { values: {}, otherwise: 'OTHER' }), { a: null })).toBe('OTHER');
});

test('a part of a cell and a factor', () => {
  expect(evaluate(column('a', { part: { by: ';', index: 1 } }), { a: 'x; y' })).toBe('y');
  expect(evaluate(column('a', { part: { by: ';', index: 2 } }), { a: 'x; y' })).toBeNull();
  expect(evaluate(column('a', { scale: 0.01 }), { a: '1999' })).toBe(19.99);
  expect(evaluate(column('a', { scale: 0.01 }), { a: 'free' })).toBe('free');
});

test('sums and differences of what is known; nothing known is unknown (C12)', () => {
  const standard: Expression = { sum: [column('all')], minus: [column('charging'), column('accessible')] };

  expect(evaluate(standard, { all: '457', charging: '12', accessible: '10' })).toBe(435);
  expect(evaluate(standard, { all: '30', charging: null, accessible: '0' })).toBe(30);
  expect(evaluate(standard, { all: null, charging: '1', accessible: '0' })).toBeNull();
  expect(evaluate(standard, { all: '30', charging: 'some', accessible: '0' })).toBe('some');
});

test('the first that is known, and texts joined', () => {
  expect(evaluate({ first: [column('a'), column('b'), { constant: 'c' }] }, { a: null, b: 'x' })).toBe('x');
  expect(evaluate({ join: [column('a'), column('b')], with: ', ' }, { a: 'x', b: null })).toBe('x');
  expect(evaluate({ join: [column('a')], with: ', ' }, { a: null })).toBeNull();
  expect(columnsOf({ sum: [column('a')], minus: [{ first: [column('b'), { constant: 1 }] }] })).toEqual(['a', 'b']);
});

test('a text is a number only where it writes exactly one', () => {
  expect(['12', '-3', '+4', '1.50', ' 7 ', '007'].map(asNumber)).toEqual([12, -3, 4, 1.5, 7, 7]);
  expect(['', '12 spaces', '0x1F', '1e9', 'NaN', 'Infinity', '1,200', '１２', true, null].map(asNumber)).toEqual(Array.from({ length: 10 }, () => null));
  fc.assert(fc.property(fc.integer(), number => asNumber(String(number)) === number));
});
