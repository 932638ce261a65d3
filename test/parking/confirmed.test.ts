import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Viewer } from '../../src/platform/index.js';
import { PLATE, at, during, openBookingCity, type BookingCity } from './booking-city.js';

let city: BookingCity;

beforeAll(async () => {
  city = await openBookingCity();
  city.services.clock.set(at('09:00'));
});

afterAll(() => city.database.close());

/** What a party was told, the oldest first. */
async function toldTo(viewer: Viewer): Promise<readonly { topic: string; text: string }[]> {
  const { notices } = await city.ask(viewer, '{ notices(first: 100) { edges { node { topic text } } } }');
  return notices.edges.map(({ node }: { node: { topic: string; text: string } }) => node).reverse();
}

test('what is confirmed at once is told with its place, its time there and its price', async () => {
  const driver = await city.driver();
  const facilityId = await city.lot({}, { name: '东街停车场' });

  await city.book(driver, { facilityId, during: during('19:00–22:00'), spaces: 2 });
  city.services.clock.advance(1_000);
  await city.book(driver, { facilityId, during: during('22:00–07:00') });

  expect(await toldTo(driver)).toEqual([
    { topic: 'reservation.confirmed', text: 'your reservation stands: 东街停车场, 2026-02-11 19:00–22:00, spaces: 2, free' },
    { topic: 'reservation.confirmed', text: 'your reservation stands: 东街停车场, 2026-02-11 22:00–2026-02-12 07:00, spaces: 1, free' },
  ]);
});

test('what is held for a payment is told when it is paid, once, and not at all where it is paid too late', async () => {
  const driver = await city.driver();
  const tariffId = await city.tariff(550);
  const facilityId = await city.lot({ tariffId }, { name: '西街停车场' });
  const paid = await city.book(driver, { facilityId, during: during('19:00–22:00') });
  const late = await city.book(driver, { facilityId, during: during('12:00–13:00') });
  const before = await toldTo(driver);

  await city.pay(paid.chargeIds[0]!, 1650, 'once');
  await city.pay(paid.chargeIds[0]!, 1650, 'once');
  city.services.clock.advance(3_600_000);
  await city.pay(late.chargeIds[0]!, 550);

  expect(before).toEqual([]);
  expect(await toldTo(driver)).toEqual([
    { topic: 'reservation.confirmed', text: 'your reservation stands: 西街停车场, 2026-02-11 19:00–22:00, spaces: 1, 16.50 yuan' },
    { topic: 'reservation.paidLate', text: 'your payment came after the hold had ended: there is no reservation, and it is given back whole' },
  ]);
});

test('the nights of a series are told in one', async () => {
  const driver = await city.driver();
  const facilityId = await city.lot({}, { name: '南街停车场' });
  const input = { facilityId, on: { every: { fromOn: '2026-02-23', untilOn: '2026-02-27', dayTypes: ['WORKDAY'] } }, from: '20:00', until: '22:00', mode: 'ALL_OR_NOTHING', plates: [PLATE], idempotencyKey: 'nights' };

  const { reserveSeries } = await city.ask(driver, 'mutation s($input: ReserveSeriesInput!) { reserveSeries(input: $input) { series { id reservations { edges { node { state } } } } userErrors { code message } } }', { input });

  expect(reserveSeries.series.reservations.edges).toHaveLength(4);
  expect(await toldTo(driver)).toEqual([{ topic: 'reservation.confirmed', text: '4 reservations of the series stand: 南街停车场, the first 2026-02-24 20:00–22:00' }]);
});
