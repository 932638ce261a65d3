import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { spans, type Span } from '../../src/kernel/index.js';

const MINUTE = 60_000;
const HORIZON = 60;
const span = fc.tuple(fc.integer({ min: 0, max: HORIZON }), fc.integer({ min: 0, max: 20 })).map(([start, length]): Span => ({ startsAt: start * MINUTE, endsAt: (start + length) * MINUTE }));
const list = fc.array(span, { maxLength: 8 });

/** The brute-force model: one boolean a minute. */
function minutesOf(set: readonly Span[]): boolean[] {
  return Array.from({ length: HORIZON + 21 }, (_, minute) => set.some(each => each.startsAt <= minute * MINUTE && minute * MINUTE < each.endsAt));
}

test('set operations agree with a per-minute brute force', () => {
  fc.assert(fc.property(list, list, span, (rawA, rawB, box) => {
    const [a, b] = [spans.normalise(rawA), spans.normalise(rawB)];
    const [inA, inB, inBox] = [minutesOf(rawA), minutesOf(rawB), minutesOf([box])];

    expect(minutesOf(a)).toEqual(inA);
    expect(minutesOf(spans.union(a, b))).toEqual(inA.map((x, i) => x || inB[i]!));
    expect(minutesOf(spans.intersect(a, b))).toEqual(inA.map((x, i) => x && inB[i]!));
    expect(minutesOf(spans.subtract(a, b))).toEqual(inA.map((x, i) => x && !inB[i]!));
    expect(minutesOf(spans.clip(a, box))).toEqual(inA.map((x, i) => x && inBox[i]!));
    expect(spans.minutes(a)).toBe(inA.filter(Boolean).length);
    expect(inA.map((_, i) => spans.containsInstant(a, i * MINUTE))).toEqual(inA);
    if (box.endsAt > box.startsAt) expect(spans.contains(a, box)).toBe(inA.every((x, i) => x || !inBox[i]!));
  }), { numRuns: 500 });
});

test('every result is sorted, disjoint and merged, so equal sets are equal arrays', () => {
  fc.assert(fc.property(list, list, (rawA, rawB) => {
    const [a, b] = [spans.normalise(rawA), spans.normalise(rawB)];
    for (const result of [a, spans.union(a, b), spans.intersect(a, b), spans.subtract(a, b)]) {
      expect(spans.normalise(result)).toEqual(result);
    }
    expect(spans.union(a, b)).toEqual(spans.union(b, a));
    expect(spans.intersect(a, b)).toEqual(spans.intersect(b, a));
  }));
});

test('T4: adjacent spans merge, no one-minute hole is left at midnight', () => {
  expect(spans.normalise([{ startsAt: 0, endsAt: 10 }, { startsAt: 10, endsAt: 20 }])).toEqual([{ startsAt: 0, endsAt: 20 }]);
});

test('T5: a stay that ends when another begins does not overlap it', () => {
  expect(spans.overlaps({ startsAt: 0, endsAt: 10 }, { startsAt: 10, endsAt: 20 })).toBe(false);
  expect(spans.overlaps({ startsAt: 0, endsAt: 11 }, { startsAt: 10, endsAt: 20 })).toBe(true);
});

test('an open end is Infinity and survives cutting', () => {
  const open = [{ startsAt: 5, endsAt: Number.POSITIVE_INFINITY }];

  expect(spans.subtract([{ startsAt: 0, endsAt: 10 }], open)).toEqual([{ startsAt: 0, endsAt: 5 }]);
  expect(spans.subtract(open, [{ startsAt: 7, endsAt: 8 }])).toEqual([{ startsAt: 5, endsAt: 7 }, { startsAt: 8, endsAt: Number.POSITIVE_INFINITY }]);
});
