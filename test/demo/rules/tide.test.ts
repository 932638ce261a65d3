import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DayType } from '../../../src/kernel/index.js';
import { tideOf } from '../../../src/demo/rules/tide.js';

const CATEGORIES = ['KEY_AREA_PUBLIC', 'INSTITUTION', 'SOCIAL_PUBLIC', 'COMMERCIAL', 'RESIDENTIAL', 'PRIVATE_SPACE'] as const;
const DAY_TYPES: readonly DayType[] = ['WORKDAY', 'REST', 'HOLIDAY', 'MAKEUP_WORKDAY'];

test('a tide is a share at any minute, moves by little in a minute, and joins itself at midnight', () => {
  fc.assert(fc.property(fc.constantFrom(...CATEGORIES), fc.constantFrom(...DAY_TYPES), fc.integer({ min: 0, max: 1_439 }), (category, dayType, minute) => {
    const [now, next] = [tideOf(category, dayType, minute), tideOf(category, dayType, minute + 1)];

    expect(now).toBeGreaterThanOrEqual(0);
    expect(now).toBeLessThanOrEqual(1);
    expect(Math.abs(next - now)).toBeLessThan(0.01);
    expect(tideOf(category, dayType, minute + 1_440)).toBe(now);
  }));
});

test('offices empty when estates fill: what 错时 rests on', () => {
  expect(tideOf('INSTITUTION', 'WORKDAY', 10 * 60 + 30)).toBe(0.955);
  expect(tideOf('RESIDENTIAL', 'WORKDAY', 10 * 60 + 30)).toBe(0.355);
  expect(tideOf('INSTITUTION', 'WORKDAY', 22 * 60)).toBe(0.15);
  expect(tideOf('RESIDENTIAL', 'WORKDAY', 22 * 60)).toBe(0.92);
});

test('a make-up workday has the tide of a workday, a holiday that of a rest day', () => {
  expect(tideOf('INSTITUTION', 'MAKEUP_WORKDAY', 600)).toBe(tideOf('INSTITUTION', 'WORKDAY', 600));
  expect(tideOf('COMMERCIAL', 'HOLIDAY', 600)).toBe(tideOf('COMMERCIAL', 'REST', 600));
});
