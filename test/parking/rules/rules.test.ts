import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Zone, isRefusal, localTime, seededWorkCalendar } from '../../../src/kernel/index.js';
import { DEFAULT_TERMS, checkTerms, feeOf } from '../../../src/parking/rules/booking-terms.js';
import { reservationLifecycle } from '../../../src/parking/rules/lifecycle.js';
import { seriesNights } from '../../../src/parking/rules/series-nights.js';
import { cancelFeeOf, givesUp, settleTo } from '../../../src/parking/rules/settle-end.js';
import { stayParts } from '../../../src/parking/rules/stay-parts.js';

const shanghai = (() => {
  const zone = Zone.of('Asia/Shanghai');
  if (isRefusal(zone)) throw new Error('no zone');
  return zone.value;
})();

const windowsArbitrary = fc.array(fc.record({ id: fc.nat(5), from: fc.nat(100), length: fc.integer({ min: 1, max: 60 }) }), { maxLength: 8 });

test('the parts of a stay follow one another without a gap, each under a window that lends then, and none where no window does', () => {
  fc.assert(fc.property(windowsArbitrary, fc.nat(80), fc.integer({ min: 1, max: 60 }), (drawn, from, length) => {
    const windows = drawn.map(({ id, from: startsAt, length: minutes }) => ({ windowId: `w${id}`, tariffId: null, startsAt, endsAt: startsAt + minutes }));
    const during = { startsAt: from, endsAt: from + length };

    const parts = stayParts(windows, during);

    expect(parts.map(part => part.during.startsAt)).toEqual([during.startsAt, ...parts.slice(0, -1).map(part => part.during.endsAt)]);
    expect(parts.at(-1)!.during.endsAt).toBe(during.endsAt);
    for (let at = during.startsAt; at < during.endsAt; at++) {
      const part = parts.find(each => each.during.startsAt <= at && at < each.during.endsAt)!;
      const lending = windows.filter(window => window.startsAt <= at && at < window.endsAt).map(window => window.windowId);
      expect(part.windowId === null ? lending : lending.includes(part.windowId)).toEqual(part.windowId === null ? [] : true);
    }
  }));
});

test('what is taken off, what is left and what comes on top always add up to the charges and the fee', () => {
  fc.assert(fc.property(fc.nat(5_000), fc.array(fc.integer({ min: 1, max: 2_000 }), { maxLength: 5 }), (feeFen, amounts) => {
    const charges = amounts.map((amountFen, nth) => ({ chargeId: `c${nth}`, amountFen }));

    const { takenOff, left, onTopFen } = settleTo(feeFen, charges);

    const sum = (parts: readonly { readonly amountFen: number }[]): number => parts.reduce((total, part) => total + part.amountFen, 0);
    expect(sum(left) + onTopFen).toBe(feeFen);
    expect(sum(left) + sum(takenOff)).toBe(sum(charges));
    expect([...left, ...takenOff].every(part => part.amountFen > 0)).toBe(true);
    expect(onTopFen === 0 || takenOff.length === 0).toBe(true);
  }));
  expect(settleTo(200, [{ chargeId: 'a', amountFen: 1_000 }, { chargeId: 'b', amountFen: 300 }])).toEqual({ takenOff: [{ chargeId: 'b', amountFen: 300 }, { chargeId: 'a', amountFen: 800 }], left: [{ chargeId: 'a', amountFen: 200 }], onTopFen: 0 });
});

test('cancelling is free until the deadline itself, and costs the agreed fee after it, half a fen upwards', () => {
  const stay = { startsAt: 10_000_000, amountFen: 1_252, terms: DEFAULT_TERMS };
  const deadline = stay.startsAt - DEFAULT_TERMS.cancelUntilMinutes * 60_000;

  expect([cancelFeeOf(stay, deadline), cancelFeeOf(stay, deadline + 1)]).toEqual([0, 250]);
  expect(feeOf({ percent: 50, fen: 100 }, 1_251)).toBe(726);
});

test('a change gives something up where it covers less than before, and only there', () => {
  const before = { facilityId: 'f', spaceClass: 'STANDARD', spaceId: null, spaces: 2, startsAt: 100, endsAt: 200 };

  expect(givesUp(before, { ...before, startsAt: 50, endsAt: 250, spaces: 3 })).toBe(false);
  expect([{ startsAt: 101 }, { endsAt: 199 }, { spaces: 1 }, { facilityId: 'g' }, { spaceClass: 'LARGE' }].map(differs => givesUp(before, { ...before, ...differs }))).toEqual([true, true, true, true, true]);
});

test('every workday night runs over midnight and skips what the State Council made a holiday', () => {
  const calendar = seededWorkCalendar();
  const asked = { from: localTime.dayOf(2026, 2, 11), until: localTime.dayOf(2026, 2, 24), dayTypes: ['WORKDAY', 'MAKEUP_WORKDAY'] as const };

  const nights = seriesNights(asked, { fromMinute: 18 * 60, untilMinute: 7 * 60 + 30 }, { calendar, zone: shanghai });
  const tooMany = seriesNights({ from: asked.from, until: asked.from + 91, dayTypes: ['WORKDAY', 'REST', 'HOLIDAY', 'MAKEUP_WORKDAY'] }, { fromMinute: 0, untilMinute: 0 }, { calendar, zone: shanghai });

  if (isRefusal(nights)) throw new Error(nights.problems[0].en);
  expect(nights.value.map(({ on }) => localTime.formatDay(on))).toEqual(['2026-02-11', '2026-02-12', '2026-02-13', '2026-02-14', '2026-02-24']);
  expect(nights.value.every(({ during }) => during.endsAt - during.startsAt === 13.5 * 3_600_000)).toBe(true);
  expect(isRefusal(tooMany) && tooMany.problems.map(each => each.code)).toEqual(['SERIES_TOO_LONG']);
});

test('terms out of range are all named at once; the defaults are in range', () => {
  expect(checkTerms(DEFAULT_TERMS)).toEqual([]);
  expect(checkTerms({ ...DEFAULT_TERMS, holdMinutes: 0, cancelFee: { percent: 101, fen: 0.5 } }).map(each => each.field)).toEqual(['holdMinutes', 'cancelFee.percent', 'cancelFee.fen']);
});

test('P11: what has ended stays ended, and only what has not begun can be cancelled', () => {
  const ends = reservationLifecycle.states.filter(state => reservationLifecycle.isTerminal(state));

  expect(ends.sort()).toEqual(['CANCELLED', 'COMPLETED', 'EXPIRED']);
  expect(reservationLifecycle.states.filter(state => reservationLifecycle.allows(state, 'fail'))).toEqual(['CONFIRMED', 'NO_SHOW']);
  expect(reservationLifecycle.states.filter(state => reservationLifecycle.allows(state, 'cancel'))).toEqual(['HELD', 'CONFIRMED']);
});
