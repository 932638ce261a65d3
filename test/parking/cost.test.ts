import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { isRefusal, plates } from '../../src/kernel/index.js';
import type { Viewer } from '../../src/platform/index.js';
import { bookQuotes } from '../../src/parking/book-quotes.js';
import { judgeStays, type WantedStay } from '../../src/parking/judge-stays.js';
import { keepStays } from '../../src/parking/quote-stay.js';
import { quotaOf } from '../../src/sharing/index.js';
import { at, inUnit, newPlate, openBookingCity, type BookingCity } from './booking-city.js';
import { counting } from '../support/counting.js';

let city: BookingCity;
let driver: Viewer;

beforeAll(async () => {
  city = await openBookingCity();
  city.services.clock.set(at('09:00'));
  driver = await city.firm();
});

afterAll(() => city.database.close());

test('quoting and booking fifty stays, free and priced, at five facilities cost the statements of two', async () => {
  const tariffId = await city.tariff(500);
  const lots: string[] = [];
  for (let nth = 0; nth < 5; nth++) lots.push(await city.lot({ quota: quotaOf({ STANDARD: 20 }), tariffId: nth % 2 === 0 ? tariffId : null }));
  const vehicle = () => {
    const read = plates.parsePlate(newPlate().number);
    if (isRefusal(read)) throw new Error('the plate of the tests is none');
    return read.value;
  };
  const stay = (nth: number): WantedStay => ({ facilityId: lots[nth % lots.length]!, during: { startsAt: at('19:00'), endsAt: at('21:00') }, spaceClass: 'STANDARD', spaces: 1, spaceId: null });
  const costOf = (count: number) => inUnit(city.system, async real => {
    const quoting = counting(real);
    const judged = await judgeStays(quoting.unit, Array.from({ length: count }, (_, nth) => stay(nth)), real.now);
    const quotes = await keepStays(quoting.unit, judged.map(outcome => {
      if (isRefusal(outcome)) throw new Error(outcome.problems[0].en);
      return { stay: outcome.value, holder: { partyId: driver.partyIds[0]!, demandClass: 'TRIP', changes: null } };
    }));
    const booking = counting(real);
    const booked = await bookQuotes(booking.unit, quotes.map(quote => ({ quoteId: quote.id, vehicles: [vehicle()], by: driver, seriesId: null })));
    expect(booked.every(outcome => !isRefusal(outcome))).toBe(true);
    return { quoting: quoting.count(), booking: booking.count() };
  });
  // The first bookings make the heads of the facilities and the accounts of the owner.
  await costOf(10);

  const two = await costOf(2);
  const fifty = await costOf(50);

  expect(fifty.quoting).toBeLessThanOrEqual(two.quoting);
  expect(fifty.booking).toBeLessThanOrEqual(two.booking + 1);
  expect(two.quoting).toBeLessThanOrEqual(12);
  expect(two.booking).toBeLessThanOrEqual(21);
});
