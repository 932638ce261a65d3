import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newPlate, openBookingCity, type BookingCity } from './booking-city.js';

let city: BookingCity;

beforeAll(async () => {
  city = await openBookingCity();
});

afterAll(() => city.database.close());

test('a series that a notice names is found again by its id, by whose it is and by nobody else', async () => {
  const [driver, stranger] = [await city.driver(), await city.driver()];
  const facilityId = await city.lot();
  const { series, userErrors } = (await city.ask(driver, 'mutation m($input: ReserveSeriesInput!) { reserveSeries(input: $input) { series { id mode } userErrors { code } } }', {
    input: { facilityId, on: { dates: ['2026-02-12', '2026-02-13'] }, from: '19:00', until: '07:00', mode: 'BEST_EFFORT', plates: [newPlate()], idempotencyKey: 'a series' },
  })).reserveSeries;
  expect(userErrors).toEqual([]);
  const [notice] = await city.database.query<{ id: string }>(`select subject_id as id from notice where subject_kind = 'Series'`);

  const node = async (viewer: typeof driver) => (await city.ask(viewer, 'query n($id: ID!) { node(id: $id) { __typename id ... on Series { mode reservations { totalCount } } } }', { id: series.id })).node;

  expect(notice!.id).toBe(series.id);
  expect(await node(driver)).toEqual({ __typename: 'Series', id: series.id, mode: 'BEST_EFFORT', reservations: { totalCount: 2 } });
  expect(await node(stranger)).toBeNull();
});
