import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MOST_OPEN, openProblem } from '../../../src/parking/rules/open-bookings.js';

test('a party has one more booking as long as it has fewer open than its kind may', () => {
  fc.assert(fc.property(fc.boolean(), fc.oneof(fc.nat(20), fc.integer({ min: 1_990, max: 2_010 })), (isPerson, open) => {
    const mostOpen = isPerson ? 10 : 2_000;

    const found = openProblem({ isPerson, open });

    expect(found?.code).toBe(open < mostOpen ? undefined : 'TOO_MANY_OPEN_BOOKINGS');
    expect(found?.data).toEqual(open < mostOpen ? undefined : { mostOpen, open });
  }));
  expect(MOST_OPEN).toEqual({ person: 10, others: 2_000 });
});
