import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bookedProblem } from '../../../src/parking/rules/admission.js';
import { comesFor } from '../../../src/parking/rules/booked-first.js';
import { bookedOn, unbookedOf } from '../../../src/parking/rules/booked-on.js';

const MINUTE = 60_000;
const NOW = Date.parse('2026-02-11T09:00:00+08:00');

interface Booking {
  readonly id: string;
  readonly partyId: string;
  readonly state: 'CONFIRMED';
  readonly spaces: number;
  readonly namedAt: number;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly terms: { readonly earlyStartMinutes: number; readonly lateStopMinutes: number };
}

const booking = (id: string, from: number, until: number, earlyStartMinutes = 15): Booking => ({
  id, partyId: 'p', state: 'CONFIRMED', spaces: 1, namedAt: NOW, startsAt: NOW + from * MINUTE, endsAt: NOW + until * MINUTE, terms: { earlyStartMinutes, lateStopMinutes: 15 },
});
const stood = (first: Booking, others: readonly Booking[], leftMinute: number): string => bookedOn(first, [first, ...others], NOW + leftMinute * MINUTE).map(({ id }) => id).join('');

test('who is still in when one booking is over stands by the next, as soon as that opens the gate, and by none that ended meanwhile', () => {
  const [a, b, c] = [booking('a', 60, 120), booking('b', 120, 180), booking('c', 210, 240)];

  expect([110, 120, 121, 180, 195, 196, 300].map(minute => stood(a, [c, b], minute))).toEqual(['a', 'a', 'ab', 'ab', 'ab', 'abc', 'abc']);
  expect(stood(a, [booking('d', 70, 120), booking('e', 60, 90)], 300)).toBe('a');
});

test('what none of the bookings was for lies before the first opened the gate, and between the end of one and the opening of the next', () => {
  const stood = [booking('a', 60, 120), booking('b', 120, 180), booking('c', 220, 240)];
  const waited = (from: number, until: number): ReadonlyArray<readonly [string, number, number]> =>
    unbookedOf({ startsAt: NOW + from * MINUTE, endsAt: NOW + until * MINUTE }, stood).map(({ during, next }) => [next.id, (during.startsAt - NOW) / MINUTE, (during.endsAt - NOW) / MINUTE]);

  expect([waited(15, 300), waited(45, 195), waited(50, 180)]).toEqual([[['a', 15, 45], ['c', 180, 205]], [['c', 180, 195]], []]);
});

const bookings = fc.array(fc.record({ from: fc.integer({ min: 0, max: 40 }), minutes: fc.integer({ min: 1, max: 20 }), early: fc.integer({ min: 0, max: 6 }), named: fc.nat(3) }), { minLength: 1, maxLength: 5 })
  .map(drawn => drawn.map(({ from, minutes, early, named }, nth): Booking => ({ ...booking(String(nth), from, from + minutes, early), namedAt: NOW + named })));

test('C4: told afterwards it is what a look at every minute comes to while the vehicle is in', () => {
  fc.assert(fc.property(bookings, fc.integer({ min: 1, max: 70 }), ([first, ...others], leftMinute) => {
    const leftAt = NOW + leftMinute * MINUTE;
    const live = [first!];
    for (let now = first!.startsAt; now < leftAt; now += MINUTE) {
      const [next] = others.filter(each => !live.includes(each) && live.at(-1)!.endsAt <= now && bookedProblem(each, now, 0) === null).sort(comesFor(now));
      if (next) live.push(next);
    }

    expect(bookedOn(first!, [first!, ...others], leftAt).map(({ id }) => id)).toEqual(live.map(({ id }) => id));
  }));
});
