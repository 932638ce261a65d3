import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MOST_DAYS, daysToClose, type OpenDay } from '../../src/billing/rules/settlement-days.js';

/** Tries each day in turn, as the database would: it takes all that waits by the day's end, where that is above zero. */
function tryEveryDay(days: readonly OpenDay[], { lastDay, closedDay }: { readonly lastDay: number; readonly closedDay: number | null }): readonly number[] {
  const closed: number[] = [];
  let waiting = [...days];
  const first = Math.max(Math.min(...days.map(({ day }) => day)), lastDay - MOST_DAYS + 1);
  for (let day = first; day <= lastDay; day += 1) {
    const fen = waiting.filter(each => each.day <= day).reduce((sum, each) => sum + each.fen, 0);
    if (fen <= 0 || (closedDay !== null && closedDay >= day)) continue;
    closed.push(day);
    waiting = waiting.filter(each => each.day > day);
  }
  return closed;
}

test('the days that are closed are those that trying every day would close', () => {
  const openDays = fc.uniqueArray(fc.record({ day: fc.integer({ min: 0, max: 90 }), fen: fc.integer({ min: -500, max: 500 }) }), { minLength: 1, maxLength: 60, selector: ({ day }) => day }).map(days => days.toSorted((a, b) => a.day - b.day));
  fc.assert(fc.property(openDays, fc.integer({ min: 0, max: 90 }), fc.option(fc.integer({ min: 0, max: 90 })), (days, lastDay, closedDay) => {
    expect(daysToClose(days, { lastDay, closedDay })).toEqual(tryEveryDay(days, { lastDay, closedDay }));
  }), { numRuns: 1_000 });
});

test('a payee in debit is not tried at all; the day that covers its refunds is', () => {
  const debit = [{ day: 1, fen: -900 }, { day: 5, fen: 300 }];

  expect(daysToClose(debit, { lastDay: 39, closedDay: null })).toEqual([]);
  expect(daysToClose([...debit, { day: 30, fen: 700 }, { day: 31, fen: 10 }], { lastDay: 39, closedDay: null })).toEqual([30, 31]);
});
