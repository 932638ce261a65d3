import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { isRefusal } from '../../src/kernel/index.js';
import { reserveSpace } from '../../src/parking/reserve-space.js';
import type { Viewer } from '../../src/platform/index.js';
import { quotaOf } from '../../src/sharing/index.js';
import { scopeOf } from '../support/scope.js';
import { at, during, newPlate, openBookingCity, type BookingCity } from './booking-city.js';

let city: BookingCity;
let lot: string;
let made = 0;

beforeAll(async () => {
  city = await openBookingCity();
  lot = await city.lot({ quota: quotaOf({ STANDARD: 20 }) });
});

beforeEach(() => city.services.clock.set(at('09:00')));

afterAll(() => city.database.close());

const TOO_MANY = 'userErrors { __typename code ... on TooManyOpenBookings { mostOpen open } }';
const reserve = async (viewer: Viewer, quoteId: string) =>
  (await city.ask(viewer, `mutation r($input: ReserveSpaceInput!) { reserveSpace(input: $input) { reservation { id state } ${TOO_MANY} } }`, { input: { quoteId, plates: [newPlate()], idempotencyKey: `open ${++made}` } })).reserveSpace;
const quoteOf = async (viewer: Viewer, nth: number, facilityId = lot): Promise<string> => (await city.quote(viewer, { facilityId, during: during('19:00–20:00', nth) })).quote.id;
const series = async (viewer: Viewer) =>
  (await city.ask(viewer, `mutation m($input: ReserveSeriesInput!) { reserveSeries(input: $input) { series { reservations { totalCount } } ${TOO_MANY} } }`, {
    input: { facilityId: lot, on: { dates: Array.from({ length: 8 }, (_, nth) => `2026-03-${String(nth + 1).padStart(2, '0')}`) }, from: '18:00', until: '07:30', plates: [newPlate()], idempotencyKey: `series ${++made}` },
  })).reserveSeries;

test('a driver has ten bookings open at most, a series counts as one, and what ended makes room; the refusal says both numbers and writes nothing', async () => {
  const driver = await city.driver();
  expect((await series(driver)).series).toEqual({ reservations: { totalCount: 8 } });
  const booked = [];
  for (let nth = 0; nth < 9; nth++) booked.push((await reserve(driver, await quoteOf(driver, nth))).reservation);
  const [more, again] = [await quoteOf(driver, 9), await quoteOf(driver, 10)];
  const before = await city.written();

  const refused = await reserve(driver, more);
  const nights = await series(driver);

  expect(booked.every(reservation => reservation.state === 'CONFIRMED')).toBe(true);
  const error = { __typename: 'TooManyOpenBookings', code: 'TOO_MANY_OPEN_BOOKINGS', mostOpen: 10, open: 10 };
  expect(refused).toEqual({ reservation: null, userErrors: [error] });
  expect(nights).toEqual({ series: null, userErrors: Array.from({ length: 8 }, () => error) });
  expect(await city.written()).toEqual(before);
  await city.cancel(driver, booked[0].id);
  expect((await reserve(driver, again)).reservation.state).toBe('CONFIRMED');
});

test('a hold that was not paid counts as long as it holds', async () => {
  const [driver, priced] = [await city.driver(), await city.lot({ tariffId: await city.tariff(500) })];
  for (let nth = 0; nth < 10; nth++) expect((await reserve(driver, await quoteOf(driver, nth, priced))).reservation.state).toBe('HELD');
  expect((await reserve(driver, await quoteOf(driver, 10))).userErrors).toMatchObject([{ code: 'TOO_MANY_OPEN_BOOKINGS', open: 10 }]);

  city.services.clock.set(at('09:15'));

  expect((await reserve(driver, await quoteOf(driver, 10))).reservation.state).toBe('CONFIRMED');
});

test('of twenty-four bookings of one driver at once, over two processes, exactly ten stand', async () => {
  // Another process on the same database: nothing in memory is shared.
  const elsewhere = { ...city.services };
  const driver = await city.driver();
  const lots = await Promise.all(Array.from({ length: 4 }, () => city.lot()));
  const quotes = await Promise.all(Array.from({ length: 24 }, (_, nth) => quoteOf(driver, Math.floor(nth / 4), lots[nth % 4])));

  const outcomes = await Promise.all(quotes.map((quoteId, nth) => reserveSpace(scopeOf(nth % 2 === 0 ? city.services : elsewhere, driver), { quoteId, plates: [newPlate()], idempotencyKey: `rush ${nth}` })));

  expect(outcomes.filter(outcome => outcome.ok)).toHaveLength(10);
  expect(outcomes.flatMap(outcome => (isRefusal(outcome) ? outcome.problems.map(({ code }) => code) : []))).toEqual(Array.from({ length: 14 }, () => 'TOO_MANY_OPEN_BOOKINGS'));
});

test('a firm has two thousand', async () => {
  const firm = await city.firm();
  const [first] = [(await reserve(firm, await quoteOf(firm, 20))).reservation];
  await city.database.query(
    `insert into reservation select (jsonb_populate_record(r, jsonb_build_object('id', 'rsv_' || lpad(n::text, 26, '0'), 'claim_id', 'c' || n, 'quote_id', 'q' || n))).* from reservation r, generate_series(1, 1998) n where r.id = $1`,
    [first.id],
  );
  const [last, beyond] = [await quoteOf(firm, 21), await quoteOf(firm, 21)];

  expect((await reserve(firm, last)).reservation.state).toBe('CONFIRMED');
  expect((await reserve(firm, beyond)).userErrors).toEqual([{ __typename: 'TooManyOpenBookings', code: 'TOO_MANY_OPEN_BOOKINGS', mostOpen: 2_000, open: 2_000 }]);
});
