import { expect, test } from '@jest/globals';
import { wasUsedUp } from '../../../src/parking/rules/used-up.js';

test('a booking is used up once as many vehicles as it has spaces had come by it and the last had left', () => {
  const [one, both, stillIn] = [new Map([['a', 30]]), new Map([['a', 30], ['b', 50]]), new Map([['a', 30], ['b', null]])];

  expect([29, 30].map(at => wasUsedUp(1, one, at))).toEqual([false, true]);
  expect([wasUsedUp(2, one, 60), wasUsedUp(2, both, 49), wasUsedUp(2, both, 50), wasUsedUp(2, stillIn, 60), wasUsedUp(1, new Map(), 60)]).toEqual([false, false, true, false, false]);
});
