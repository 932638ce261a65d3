import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { forgetUnusedQuotes } from '../../src/parking/jobs.js';
import type { Viewer } from '../../src/platform/index.js';
import { ERRORS, at, during, openBookingCity, type BookingCity } from './booking-city.js';

const DAY_MS = 86_400_000;
let city: BookingCity;
let driver: Viewer;
let facilityId: string;

beforeAll(async () => {
  city = await openBookingCity();
  facilityId = await city.lot();
});

beforeEach(async () => {
  city.services.clock.set(at('09:00'));
  driver = await city.driver();
  await city.database.query('delete from quote');
});

afterAll(() => city.database.close());

const quoted = async (): Promise<{ id: string; expiresAt: string }> => (await city.quote(driver, { facilityId, during: during('19:00–20:00') })).quote;
const kept = async (): Promise<string[]> => (await city.database.query<{ id: string }>('select id from quote order by id')).map(row => row.id);

test('a quote that ran out is forgotten after seven days, not a moment before; one that was booked stays with its reservation', async () => {
  const [unused, booked] = [await quoted(), await quoted()];
  await city.reserve(driver, booked.id);
  const expiresAt = Date.parse(unused.expiresAt);

  city.services.clock.set(expiresAt + 7 * DAY_MS);
  expect([await forgetUnusedQuotes(city.services), await kept()]).toEqual([0, [unused.id, booked.id].sort()]);
  city.services.clock.set(expiresAt + 7 * DAY_MS + 1);
  expect([await forgetUnusedQuotes(city.services), await kept()]).toEqual([1, [booked.id]]);

  city.services.clock.set(expiresAt + 400 * DAY_MS);
  expect([await forgetUnusedQuotes(city.services), await kept()]).toEqual([0, [booked.id]]);
  expect(await city.database.query('select q.id from reservation r join quote q on q.id = r.quote_id where r.party_id = $1', [driver.partyIds[0]])).toEqual([{ id: booked.id }]);
});

test('a changed reservation keeps the quote that it stands by, and the one before it is forgotten', async () => {
  const first = await quoted();
  const { reservation } = await city.reserve(driver, first.id);
  const second = (await city.quote(driver, { facilityId, during: during('19:00–21:00'), changesReservationId: reservation.id })).quote;
  const answer = await city.ask(driver, `mutation m($input: ChangeReservationInput!) { changeReservation(input: $input) { reservation { id } ${ERRORS} } }`, { input: { idempotencyKey: 'change it', reservationId: reservation.id, quoteId: second.id } });
  expect(answer.changeReservation.userErrors).toEqual([]);

  city.services.clock.advance(30 * DAY_MS);
  expect([await forgetUnusedQuotes(city.services), await kept()]).toEqual([1, [second.id]]);
});

test('bookings beside the job lose nothing: each of thirty stands by a quote that is there', async () => {
  await Promise.all(Array.from({ length: 20 }, quoted));
  city.services.clock.advance(8 * DAY_MS);
  const lots = await Promise.all(Array.from({ length: 6 }, () => city.lot()));
  const drivers = await Promise.all(lots.map(() => city.driver()));
  const later = { startsAt: new Date(at('19:00', 8)).toISOString(), endsAt: new Date(at('20:00', 8)).toISOString() };

  const [forgotten, booked] = await Promise.all([
    (async () => {
      let sum = 0;
      for (let turn = 0; turn < 10; turn++) sum += await forgetUnusedQuotes(city.services);
      return sum;
    })(),
    Promise.all(lots.flatMap((lot, i) => Array.from({ length: 5 }, () => city.book(drivers[i]!, { facilityId: lot, during: later })))),
  ]);

  expect([forgotten, booked.length]).toEqual([20, 30]);
  expect(await city.database.query('select count(*)::int as count from reservation r join quote q on q.id = r.quote_id where r.id = any($1)', [booked.map(each => each.id)])).toEqual([{ count: 30 }]);
});
