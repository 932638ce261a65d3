import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { at, openBookingCity, type BookingCity } from './booking-city.js';

let city: BookingCity;

beforeAll(async () => {
  city = await openBookingCity();
  city.services.clock.set(at('09:00'));
});
afterAll(() => city.database.close());

test.each([0, -1, 51])('a series of %s spaces is refused for its spaces, not for its plates, and nothing is written', async spaces => {
  const driver = await city.driver();
  const facilityId = await city.lot();
  const before = await city.written();

  const { reserveSeries } = await city.ask(driver, 'mutation s($input: ReserveSeriesInput!) { reserveSeries(input: $input) { series { id } userErrors { code field message } } }', {
    input: { facilityId, spaces, plates: [{ number: '闽C40001' }], on: { dates: ['2026-02-12'] }, from: '19:00', until: '22:00', mode: 'ALL_OR_NOTHING', idempotencyKey: `series ${spaces}` },
  });

  expect(reserveSeries).toEqual({ series: null, userErrors: [{ code: 'SPACES_OUT_OF_RANGE', field: 'spaces', message: `1 to 50 spaces at once, ${spaces} were asked for` }] });
  expect(await city.written()).toEqual(before);
});
