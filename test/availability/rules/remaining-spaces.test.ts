import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { leastLeft, remainingSteps } from '../../../src/availability/rules/remaining-spaces.js';
import { lentSteps, stepAt, takeOff } from '../../../src/availability/rules/lent-steps.js';
import '../../support/property-seed.js';

const WINDOWS = 4;
const opens = fc.array(fc.boolean(), { minLength: WINDOWS, maxLength: WINDOWS });
/** Audiences within one another: who meets the first meets all. */
const nested = fc.integer({ min: 0, max: WINDOWS }).map(from => Array.from({ length: WINDOWS }, (_, window) => window >= from));
const pool = (whom: fc.Arbitrary<boolean[]>) => fc.record({
  lends: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: WINDOWS, maxLength: WINDOWS }),
  mostSpaces: fc.integer({ min: 0, max: 8 }),
  people: fc.array(whom, { maxLength: 6 }),
  mine: whom,
});

/** Whether each of these people can have a space of their own out of a window that is for them: tried, not reasoned. */
function fits(lends: readonly number[], mostSpaces: number, people: ReadonlyArray<readonly boolean[]>): boolean {
  if (people.length > mostSpaces) return false;
  const [first, ...others] = people;
  if (!first) return true;
  return lends.some((spaces, window) => spaces > 0 && first[window] && fits(lends.map((each, i) => (i === window ? each - 1 : each)), mostSpaces - 1, others));
}

for (const [name, whom] of [['within one another', nested], ['of any kind', opens]] as const) {
  test(`P1: where audiences are ${name}, as many are left as can still be seated beside all who were promised one`, () => {
    fc.assert(fc.property(pool(whom), ({ lends, mostSpaces, people, mine }) => {
      fc.pre(fits(lends, mostSpaces, people));
      let seats = 0;
      while (fits(lends, mostSpaces, [...people, ...Array.from({ length: seats + 1 }, () => mine)])) seats += 1;

      const left = leastLeft({ lends, mine, theirs: people, counts: people.map(() => 1), mostSpaces });

      expect(Math.max(0, left)).toBe(seats);
    }), { numRuns: 2_000 });
  });
}

test('more windows than can be told apart: fewer are left, never more', () => {
  const lends = new Array<number>(31).fill(1);
  const all = lends.map(() => true);

  expect(leastLeft({ lends, mine: all, theirs: [all], counts: [2], mostSpaces: 31 })).toBe(29);
  expect(leastLeft({ lends, mine: all.map((_, i) => i === 0), theirs: [all], counts: [2], mostSpaces: 31 })).toBe(-1);
});

const HORIZON = 40;
const share = fc.record({ window: fc.integer({ min: 0, max: WINDOWS - 1 }), startsAt: fc.integer({ min: 0, max: HORIZON }), length: fc.integer({ min: 0, max: 20 }), spaces: fc.integer({ min: 0, max: 3 }) });
const claim = fc.record({ opens, startsAt: fc.integer({ min: 0, max: HORIZON }), length: fc.integer({ min: 1, max: 20 }), spaces: fc.integer({ min: 1, max: 3 }) });

test('over time, what is left is what is left at each instant', () => {
  fc.assert(fc.property(fc.array(share, { maxLength: 6 }), fc.array(claim, { maxLength: 5 }), opens, fc.integer({ min: 0, max: 8 }), (drawn, claims, mine, mostSpaces) => {
    const shares = drawn.map(({ length, ...rest }) => ({ ...rest, endsAt: rest.startsAt + length }));
    const promised = claims.map(each => ({ opens: (window: number) => each.opens[window]!, steps: { at: [each.startsAt, each.startsAt + each.length], lent: [each.spaces, 0] } }));

    const steps = remainingSteps({ shares, windows: WINDOWS, mostSpaces, opens: window => mine[window]!, promised });

    for (let at = -1; at <= 2 * HORIZON; at++) {
      const lends = Array.from({ length: WINDOWS }, (_, window) => shares.filter(each => each.window === window && each.startsAt <= at && at < each.endsAt).reduce((sum, each) => sum + each.spaces, 0));
      const counts = claims.map(each => (each.startsAt <= at && at < each.startsAt + each.length ? each.spaces : 0));
      const left = leastLeft({ lends, mine, theirs: claims.map(each => each.opens), counts, mostSpaces });
      expect(steps.lent[stepAt(steps, at)] ?? 0).toBe(Math.max(0, left));
    }
  }), { numRuns: 1_000 });
});

test('taking spaces off in place is the same as reckoning anew, where every window is for everybody', () => {
  fc.assert(fc.property(fc.array(share, { maxLength: 6 }), fc.array(claim, { maxLength: 5 }), (drawn, claims) => {
    const shares = drawn.map(({ length, ...rest }) => ({ ...rest, endsAt: rest.startsAt + length }));
    const whole = lentSteps(shares, 8);
    const open = { at: [...whole.at], lent: [...whole.lent] };
    for (const each of claims) takeOff(open, { startsAt: each.startsAt, endsAt: each.startsAt + each.length }, each.spaces);

    const anew = remainingSteps({ shares, windows: WINDOWS, mostSpaces: 8, opens: () => true, promised: claims.map(each => ({ opens: () => true, steps: { at: [each.startsAt, each.startsAt + each.length], lent: [each.spaces, 0] } })) });

    for (let at = -1; at <= 2 * HORIZON; at++) expect(open.lent[stepAt(open, at)] ?? 0).toBe(anew.lent[stepAt(anew, at)] ?? 0);
  }), { numRuns: 500 });
});
