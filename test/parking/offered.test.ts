import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Viewer } from '../../src/platform/index.js';
import { quotaOf } from '../../src/sharing/index.js';
import { at, openBookingCity, type BookingCity } from './booking-city.js';

let city: BookingCity;
let driver: Viewer;
let lots: readonly string[];

const PLACE = { longitude: 118.6, latitude: 24.9 };
const HOUR = 3_600_000;
const iso = (instant: number): string => new Date(instant).toISOString();

beforeAll(async () => {
  city = await openBookingCity();
  city.services.clock.set(at('09:00'));
  driver = await city.firm();
  const priced = await city.tariff(500);
  const nights = { rules: [{ days: { weekdays: [1, 2, 3, 4, 5, 6, 7] }, from: { minute: 18 * 60 }, until: { durationMinutes: 14 * 60 } }] };
  const near = (nth: number) => ({ longitude: PLACE.longitude + nth * 0.0004, latitude: PLACE.latitude });
  lots = [
    await city.lot({ quota: quotaOf({ STANDARD: 2 }) }, {}, near(0)),
    await city.lot({ quota: quotaOf({ STANDARD: 1 }), tariffId: priced }, {}, near(1)),
    await city.lot({ ...nights, quota: quotaOf({ STANDARD: 3 }) }, {}, near(2)),
    await city.lot({ ...nights, quota: quotaOf({ STANDARD: 2 }), tariffId: priced }, {}, near(3)),
    await city.lot({ entryCurfews: [{ fromMinute: 20 * 60, untilMinute: 7 * 60 }], exitCurfews: [{ fromMinute: 22 * 60, untilMinute: 6 * 60 }] }, {}, near(4)),
  ];
});

afterAll(() => city.database.close());

const SEARCH = `query q($near: NearInput!, $during: IntervalInput!, $spaces: Int!) {
  nearbyFacilities(near: $near, during: $during, spaces: $spaces, radiusMetres: 1000, first: 100, explain: true) {
    edges { node { id } price { amountFen } }
    leftOut { node { id } }
  }
}`;

const stays = fc.record({ startHour: fc.integer({ min: 0, max: 30 }), hours: fc.integer({ min: 1, max: 14 }), spaces: fc.integer({ min: 1, max: 3 }), taken: fc.nat(5) });

test('P2: whatever a search offers can be booked in the same snapshot, at the price that it says, and what it withholds cannot', async () => {
  let offered = 0;
  let withheld = 0;
  await fc.assert(fc.asyncProperty(stays, async ({ startHour, hours, spaces, taken }) => {
    const startsAt = at('10:00') + startHour * HOUR;
    const interval = { startsAt: iso(startsAt), endsAt: iso(startsAt + hours * HOUR) };
    const found = (await city.ask(driver, SEARCH, { near: { coordinate: { ...PLACE, crs: 'WGS84' } }, during: interval, spaces })).nearbyFacilities;
    const told = { during: interval, spaces };

    for (const { node, price } of found.edges) {
      const { quote, userErrors } = await city.quote(driver, { facilityId: node.id, ...told });
      expect([node.id, userErrors]).toEqual([node.id, []]);
      expect(quote.amountFen).toBe(price.amountFen);
      offered += 1;
    }
    for (const { node } of found.leftOut) {
      const { quote } = await city.quote(driver, { facilityId: node.id, ...told });
      expect([node.id, quote]).toEqual([node.id, null]);
      withheld += 1;
    }
    expect(found.edges.length + found.leftOut.length).toBe(lots.length);

    // One of what is offered is booked, so that the next search meets another city.
    const chosen = found.edges[taken % Math.max(1, found.edges.length)];
    if (!chosen) return;
    const booked = await city.book(driver, { facilityId: chosen.node.id, ...told });
    expect(['HELD', 'CONFIRMED']).toContain(booked.state);
    if (taken % 2 === 0) await city.cancel(driver, booked.id);
  }), { numRuns: 30 });

  expect(offered).toBeGreaterThanOrEqual(30);
  expect(withheld).toBeGreaterThanOrEqual(30);
}, 240_000);
