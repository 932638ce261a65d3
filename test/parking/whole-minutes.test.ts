import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openBookingCity, type BookingCity } from './booking-city.js';

let city: BookingCity;
beforeAll(async () => {
  city = await openBookingCity();
});
afterAll(() => city.database.close());

const day = (time: string): string => `2026-02-11T${time}+08:00`;

test('a quote keeps the seconds that were asked for, and prices the whole minutes in them, as its description says', async () => {
  const driver = await city.driver();
  const facilityId = await city.lot({ tariffId: await city.tariff(600) });
  const quote = async (startsAt: string, endsAt: string): Promise<any> =>
    (await city.ask(driver, 'mutation q($input: QuoteStayInput!) { quoteStay(input: $input) { quote { amountFen during { startsAt endsAt } lines { startsAt endsAt amountFen } } userErrors { code } } }', {
      input: { facilityId, during: { startsAt: day(startsAt), endsAt: day(endsAt) }, idempotencyKey: `${startsAt} ${endsAt}` },
    })).quoteStay.quote;

  const asked = await quote('10:00:30', '10:59:59');

  expect(asked).toEqual({ amountFen: 580, during: { startsAt: day('10:00:30'), endsAt: day('10:59:59') }, lines: [{ startsAt: day('10:01:00'), endsAt: day('10:59:00'), amountFen: 580 }] });
  expect((await quote('10:01:00', '10:59:00')).amountFen).toBe(580);
});
