import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { authenticate } from '../../src/identity/index.js';
import { MOST_OPEN } from '../../src/parking/rules/open-bookings.js';
import type { Viewer } from '../../src/platform/index.js';
import { openApp, type App, type AppDriver } from './app-drivers.js';
import { at, during, openBookingCity, type BookingCity } from './booking-city.js';

let city: BookingCity;
let app: App;
let made = 0;

beforeAll(async () => {
  city = await openBookingCity();
  app = await openApp(city);
});

beforeEach(() => city.services.clock.set(at('09:00')));

afterAll(() => city.database.close());

const send = async (viewer: Viewer, name: string, type: string, selection: string, input: object): Promise<any> =>
  (await city.ask(viewer, `mutation m($input: ${type}!) { ${name}(input: $input) { ${selection} userErrors { code } } }`, { input: { idempotencyKey: `returning ${++made}`, ...input } }))[name];

const signUp = (phone: string): Promise<AppDriver> => app.signUp({ name: '张晓明', phone });

const leave = (viewer: Viewer, membershipId: string): Promise<any> => send(viewer, 'signOffDriver', 'SignOffDriverInput', 'membership { id }', { membershipId });

test('a driver that leaves its app and comes back finds its bookings and what it owes, and has the bound of open bookings that it had', async () => {
  const first = await signUp('13805957001');
  const facilityId = await city.lot({ tariffId: await city.tariff(500) });
  const booked: string[] = [];
  const chargeIds: string[] = [];
  for (let nth = 0; nth < MOST_OPEN.person; nth += 1) {
    const reservation = await city.book(first.viewer, { facilityId, during: during(`${10 + nth}:00–${11 + nth}:00`) });
    booked.push(reservation.id);
    chargeIds.push(...reservation.chargeIds);
    // What comes first is not paid for: a debt that leaving must not shed.
    if (nth > 0) await city.pay(reservation.chargeIds[0]!, 500);
  }
  const full = await city.quote(first.viewer, { facilityId, during: during('20:00–21:00') });
  const refused = await city.reserve(first.viewer, full.quote.id);
  expect(refused.userErrors).toMatchObject([{ code: 'TOO_MANY_OPEN_BOOKINGS' }]);
  await leave(first.viewer, first.membershipId);
  await expect(authenticate(city.services, first.credential)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });

  const back = await signUp('13805957001');

  expect([back.partyId === first.partyId, back.membershipId === first.membershipId]).toEqual([true, false]);
  const found = (await city.ask(back.viewer, 'query { reservations(first: 50) { edges { node { id state } } } }')).reservations.edges.map((edge: any) => edge.node);
  expect(new Map(found.map(({ id, state }: any) => [id, state]))).toEqual(new Map(booked.map((id, nth) => [id, nth === 0 ? 'HELD' : 'CONFIRMED'])));
  const charges = (await city.ask({ ...back.viewer, grants: [...back.viewer.grants, { action: 'charge:read', partyId: back.partyId, jurisdictionCode: null }] }, 'query { charges(first: 50) { edges { node { id state } } } }')).charges.edges.map((edge: any) => edge.node);
  expect(new Map(charges.map(({ id, state }: any) => [id, state]))).toEqual(new Map(chargeIds.map((id, nth) => [id, nth === 0 ? 'OPEN' : 'PAID'])));
  const before = await city.written();
  const again = await city.quote(back.viewer, { facilityId, during: during('21:00–22:00') });
  expect((await city.reserve(back.viewer, again.quote.id)).userErrors).toMatchObject([{ code: 'TOO_MANY_OPEN_BOOKINGS' }]);
  expect((await city.written()).reservation).toBe(before.reservation);
});
