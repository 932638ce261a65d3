import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { money } from '../../src/kernel/index.js';

const { add, multiply, allocate, format, fen } = money;

test('I7: money is whole fen within 2^53-1; a fraction or an overflow throws', () => {
  expect(add(1, 2, 3)).toBe(6);
  expect(() => add(0.1, 0.2)).toThrow('0.1 is not a whole number of fen');
  expect(() => add(Number.MAX_SAFE_INTEGER, 1)).toThrow('2^53-1');
  expect(Object.is(fen(-0), 0)).toBe(true);
});

test.each([['UP', 3, -2], ['DOWN', 2, -3], ['HALF_UP', 3, -3], ['HALF_EVEN', 2, -2]] as const)('I7: half a fen rounds %s to %i and %i', (rounding, up, down) => {
  expect(multiply(5, { numerator: 1, denominator: 2 }, rounding)).toBe(up);
  expect(multiply(-5, { numerator: 1, denominator: 2 }, rounding)).toBe(down);
});

test('I7: a product beyond 2^53 on its way is still exact', () => {
  expect(multiply(9_007_199_254_740_991, { numerator: 999_999, denominator: 1_000_000 }, 'DOWN')).toBe(9_007_190_247_541_736);
});

test('shares sum to the whole, none off by a fen', () => {
  fc.assert(fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.array(fc.nat(1000), { minLength: 1, maxLength: 9 }).filter(each => each.some(weight => weight > 0)), (amount, weights) => {
    const parts = allocate(amount, weights);
    const total = weights.reduce((a, b) => a + b, 0);
    expect(add(...parts)).toBe(amount);
    parts.forEach((part, index) => expect(Math.abs(part - (amount * weights[index]!) / total)).toBeLessThan(1));
  }));
  expect(allocate(100, [1, 1, 1])).toEqual([34, 33, 33]);
});

test('amounts are written in yuan with two digits', () => {
  expect([1230, 5, 0, -7, 100].map(format)).toEqual(['12.30 元', '0.05 元', '0.00 元', '-0.07 元', '1.00 元']);
});
