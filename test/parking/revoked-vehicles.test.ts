import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { decideRevocations } from '../../src/parking/revocation/decide-revocations.js';
import { newPlate } from './booking-city.js';
import { at, during, openGateCity, type GateCity } from './gate-city.js';

let city: GateCity;
let made = 0;

beforeAll(async () => {
  city = await openGateCity();
});

beforeEach(() => city.clock(at('09:00')));

afterAll(() => city.database.close());

/** Two car parks a hundred metres apart, far from every other. */
async function neighbours(told: object = {}): Promise<[string, string]> {
  const longitude = 118 + ++made * 0.02;
  return [await city.lot(told, {}, { longitude, latitude: 25.5 }), await city.lot({}, {}, { longitude: longitude + 0.001, latitude: 25.5 })];
}

async function suspend(facilityId: string): Promise<void> {
  const query = 'mutation s($input: SuspendSharingInput!) { suspendSharing(input: $input) { userErrors { code } } }';
  expect((await city.ask(city.operator, query, { input: { scope: { facilityId }, reason: '消防演练', idempotencyKey: `suspend ${++made}` } })).suspendSharing.userErrors).toEqual([]);
}

test('a booking that gives way is not moved to where another party has its vehicle booked: the gate could not tell whose it is', async () => {
  const [driver, stranger] = [await city.driver(), await city.driver()];
  const [lot, near] = await neighbours();
  const plate = newPlate();
  const booked = await city.book(driver, { facilityId: lot, during: during('10:00–12:00'), plates: [plate] });
  await city.book(stranger, { facilityId: near, during: during('11:00–13:00'), plates: [plate] });
  await suspend(lot);

  expect(await decideRevocations(city.services)).toBe(1);

  expect(await city.reservation(driver, booked.id)).toMatchObject({ state: 'CANCELLED', facility: { id: lot } });
});

test('a resident’s booking that is moved is anybody’s where it is now, and opens the gate there', async () => {
  const driver = await city.driver();
  const [lot, near] = await neighbours({ audience: { kind: 'RESIDENTS' } });
  const plate = newPlate();
  await city.ask(city.operator, 'mutation a($input: AdmitVehiclesInput!) { admitVehicles(input: $input) { admissionIds } }', { input: { facilityId: lot, audience: 'RESIDENTS', vehicles: [{ plate: plate.number }], partyId: driver.partyIds[0], idempotencyKey: `admit ${++made}` } });
  const { quote } = await city.quote(driver, { facilityId: lot, during: during('10:00–12:00'), plates: [plate] });
  const { reservation } = await city.reserve(driver, quote.id, { plates: [plate] });
  await suspend(lot);

  expect(await decideRevocations(city.services)).toBe(1);

  const { reservation: moved } = await city.ask(driver, 'query r($id: ID!) { reservation(id: $id) { state audiences facility { id } } }', { id: reservation.id });
  expect(moved).toEqual({ state: 'CONFIRMED', audiences: [], facility: { id: near } });
  city.clock(at('10:00'));
  expect((await city.decide(near, plate.number)).decision).toMatchObject({ isAdmitted: true, basis: 'RESERVATION', reservation: { id: reservation.id } });
});
