import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Span } from '../../../src/kernel/index.js';
import { decide, type Pool } from '../../../src/availability/rules/decide.js';
import { leastLent, lentSteps, lentUntil, type LentPart } from '../../../src/availability/rules/lent-steps.js';

const MINUTE = 60_000;
const HORIZON = 240;

const minutes = (from: number, until: number): Span => ({ startsAt: from * MINUTE, endsAt: until * MINUTE });
const span = fc.tuple(fc.integer({ min: 0, max: HORIZON - 1 }), fc.integer({ min: 1, max: 90 })).map(([from, length]) => minutes(from, Math.min(HORIZON, from + length)));
const parts = fc.array(fc.record({ during: span, spaces: fc.integer({ min: 0, max: 5 }) }).map(({ during, spaces }): LentPart => ({ ...during, spaces })), { maxLength: 8 });
const disjoint = fc.option(span.map(one => [one]), { nil: null });
const pool = fc.record({ parts, most: fc.integer({ min: 0, max: 8 }), entry: disjoint, exit: disjoint });

/** How many are lent in one minute, the slow way. */
const lentAt = (all: readonly LentPart[], most: number, minute: number): number =>
  Math.min(most, all.filter(part => part.startsAt <= minute * MINUTE && minute * MINUTE < part.endsAt).reduce((sum, part) => sum + part.spaces, 0));

test('T11: what is lent over an interval is the minimum over it, and its bottleneck is the first minute of it', () => {
  fc.assert(fc.property(parts, fc.integer({ min: 0, max: 9 }), span, (all, most, during) => {
    const perMinute = Array.from({ length: (during.endsAt - during.startsAt) / MINUTE }, (_, i) => lentAt(all, most, during.startsAt / MINUTE + i));
    const least = Math.min(...perMinute);

    expect(leastLent(lentSteps(all, most), during)).toEqual({ spaces: least, at: during.startsAt + perMinute.indexOf(least) * MINUTE });
  }));
});

test('lentUntil is the first minute at which too few are lent', () => {
  fc.assert(fc.property(parts, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: HORIZON - 1 }), (all, spaces, from) => {
    let until = from;
    while (until < HORIZON && lentAt(all, 99, until) >= spaces) until += 1;

    expect(lentUntil(lentSteps(all, 99), from * MINUTE, spaces)).toBe(until * MINUTE);
  }));
});

test('T15, T10: the first bookable start agrees with trying every minute, curfews included', () => {
  fc.assert(fc.property(fc.array(pool, { minLength: 1, maxLength: 3 }), span, fc.integer({ min: 1, max: 4 }), (drawn, during, spaces) => {
    const pools: Pool[] = drawn.map(({ parts: all, most, entry, exit }, i) => ({ zoneId: `zone ${i}`, steps: lentSteps(all, most), servesAll: true, entry, exit }));
    const length = (during.endsAt - during.startsAt) / MINUTE;
    const feasible = (start: number): boolean => drawn.some(({ parts: all, most, entry, exit }) => {
      const stay = Array.from({ length }, (_, i) => start + i);
      const within = (set: readonly Span[] | null, minute: number): boolean => set === null || set.some(one => one.startsAt <= minute * MINUTE && minute * MINUTE < one.endsAt);
      // Entering is possible from the first instant on; leaving after it, up to the very end.
      return stay.every(minute => lentAt(all, most, minute) >= spaces) && stay.some(minute => within(entry, minute)) && [...stay, start + length].some(minute => within(exit, minute));
    });
    let first: number | null = during.startsAt / MINUTE;
    while (first !== null && !feasible(first)) first = first + 1 + length > HORIZON ? null : first + 1;

    const decision = decide(pools, { during, spaces }, HORIZON * MINUTE);

    expect(decision.allowed).toBe(feasible(during.startsAt / MINUTE));
    expect(decision.firstBookableAt).toBe(first === null ? null : first * MINUTE);
    expect(decision.problems.length > 0).toBe(!decision.allowed && pools.length > 0);
  }), { numRuns: 3_000 });
});

test('a group is never split over pools: three free here and two there cannot take four', () => {
  const one: Pool = { zoneId: 'a', steps: lentSteps([{ ...minutes(0, 60), spaces: 3 }], 9), servesAll: true, entry: null, exit: null };
  const other: Pool = { zoneId: 'b', steps: lentSteps([{ ...minutes(0, 60), spaces: 2 }], 9), servesAll: true, entry: null, exit: null };

  const decision = decide([one, other], { during: minutes(10, 20), spaces: 4 }, HORIZON * MINUTE);

  expect(decision).toMatchObject({ allowed: false, free: 5, firstBookableAt: null });
  expect(decision.problems.map(problem => [problem.code, problem.data])).toEqual([
    ['NOT_ENOUGH_SPACES', { freeSpaces: 3, at: 10 * MINUTE, firstConflict: 10 * MINUTE, zoneId: 'a' }],
    ['NOT_ENOUGH_SPACES', { freeSpaces: 2, at: 10 * MINUTE, firstConflict: 10 * MINUTE, zoneId: 'b' }],
  ]);
});
