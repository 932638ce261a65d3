import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { decideRevocations } from '../../src/parking/revocation/decide-revocations.js';
import type { Viewer } from '../../src/platform/index.js';
import { quotaOf } from '../../src/sharing/index.js';
import { addFacilities, addWindows, facilityDraft, termsDraft } from '../support/city.js';
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

test('P10: a booking that gives way is moved though another party has its vehicle booked there: a stranger’s booking is in nobody’s way, and the gate goes by who named the plate first', async () => {
  const [driver, stranger] = [await city.driver(), await city.driver()];
  const [lot, near] = await neighbours();
  const plate = newPlate();
  const booked = await city.book(driver, { facilityId: lot, during: during('10:00–12:00'), plates: [plate] });
  city.clock(at('09:01'));
  await city.book(stranger, { facilityId: near, during: during('11:00–13:00'), plates: [plate] });
  await city.suspend(lot);

  expect(await decideRevocations(city.services)).toBe(1);

  expect(await city.reservation(driver, booked.id)).toMatchObject({ state: 'CONFIRMED', facility: { id: near } });
  city.clock(at('11:05'));
  const { receipt } = await city.enter(near, plate.number);
  expect((await city.session(receipt.sessionId)).reservation.id).toBe(booked.id);
});

test('a resident’s booking that is moved is anybody’s where it is now, and opens the gate there', async () => {
  const driver = await city.driver();
  const [lot, near] = await neighbours({ audience: { kind: 'RESIDENTS' } });
  const plate = newPlate();
  await city.ask(city.operator, 'mutation a($input: AdmitVehiclesInput!) { admitVehicles(input: $input) { admissionIds } }', { input: { facilityId: lot, audience: 'RESIDENTS', vehicles: [{ plate: plate.number }], partyId: driver.partyIds[0], idempotencyKey: `admit ${++made}` } });
  const { quote } = await city.quote(driver, { facilityId: lot, during: during('10:00–12:00'), plates: [plate] });
  const { reservation } = await city.reserve(driver, quote.id, { plates: [plate] });
  await city.suspend(lot);

  expect(await decideRevocations(city.services)).toBe(1);

  const { reservation: moved } = await city.ask(driver, 'query r($id: ID!) { reservation(id: $id) { state audiences facility { id } } }', { id: reservation.id });
  expect(moved).toEqual({ state: 'CONFIRMED', audiences: [], facility: { id: near } });
  city.clock(at('10:00'));
  expect((await city.decide(near, plate.number)).decision).toMatchObject({ isAdmitted: true, basis: 'RESERVATION', reservation: { id: reservation.id } });
});

const RESIDENTS = { audience: { kind: 'RESIDENTS' as const }, quota: quotaOf({ STANDARD: 2 }) };

/** A resident of an estate, who has booked a space of it with vehicles of her own. */
async function booked(lot: string, spaces = 1): Promise<{ driver: Viewer; id: string; plates: ReadonlyArray<{ readonly number: string }> }> {
  const driver = await city.driver();
  const plates = Array.from({ length: spaces }, newPlate);
  await admit(lot, driver, plates);
  const { quote } = await city.quote(driver, { facilityId: lot, during: during('10:00–12:00'), plates, spaces });
  const { reservation } = await city.reserve(driver, quote.id, { plates });
  return { driver, id: reservation.id, plates };
}

async function admit(facilityId: string, driver: Viewer, plates: ReadonlyArray<{ readonly number: string }>, told: object = {}): Promise<void> {
  const input = { facilityId, audience: 'RESIDENTS', vehicles: plates.map(({ number }) => ({ plate: number })), partyId: driver.partyIds[0], idempotencyKey: `admit ${++made}`, ...told };
  expect((await city.ask(city.operator, 'mutation a($input: AdmitVehiclesInput!) { admitVehicles(input: $input) { userErrors { code } } }', { input })).admitVehicles.userErrors).toEqual([]);
}

const movedOf = async (driver: Viewer, id: string): Promise<unknown> => (await city.ask(driver, 'query r($id: ID!) { reservation(id: $id) { state audiences facility { id } } }', { id })).reservation;
const eligibilityOf = (id: string): Promise<unknown[]> => city.database.query('select eligibility from claim where cause_id = $1 and ended_at is null', [id]);

/** Two estates a hundred metres apart that lend to their own residents, and a public car park further on. */
async function estates(): Promise<readonly [string, string, string]> {
  const longitude = 118 + ++made * 0.02;
  const at = (metres: number): { longitude: number; latitude: number } => ({ longitude: longitude + metres / 100_000, latitude: 25.5 });
  return [await city.lot(RESIDENTS, {}, at(0)), await city.lot(RESIDENTS, {}, at(100)), await city.lot({}, {}, at(200))];
}

test('2.5-5: a resident’s booking that is taken back goes where her vehicles are admitted as her own, as a resident’s, before what anybody has further on', async () => {
  const [lot, near] = await estates();
  const { driver, id, plates } = await booked(lot);
  await admit(near, driver, plates);
  await city.suspend(lot);

  expect(await decideRevocations(city.services)).toBe(1);

  expect([await movedOf(driver, id), await eligibilityOf(id)]).toEqual([{ state: 'CONFIRMED', audiences: ['RESIDENTS'], facility: { id: near } }, [{ eligibility: 'R-::' }]]);
  city.clock(at('10:00'));
  expect((await city.decide(near, plates[0]!.number)).decision).toMatchObject({ isAdmitted: true, basis: 'RESERVATION', reservation: { id } });
});

test('another party’s admission of its plate, one of half its vehicles and one that ends too soon let no booking in where residents alone are', async () => {
  const [stranger, half, leaving] = [await estates(), await estates(), await estates()];
  const bookings = [await booked(stranger[0]), await booked(half[0], 2), await booked(leaving[0])];
  await admit(stranger[1], await city.driver(), bookings[0]!.plates);
  await admit(half[1], bookings[1]!.driver, bookings[1]!.plates.slice(1));
  await admit(leaving[1], bookings[2]!.driver, bookings[2]!.plates, { endsAt: new Date(at('11:59')).toISOString() });
  for (const [lot] of [stranger, half, leaving]) await city.suspend(lot);

  expect(await decideRevocations(city.services)).toBe(3);

  const found = await Promise.all(bookings.map(({ driver, id }) => movedOf(driver, id)));
  expect(found).toEqual([stranger, half, leaving].map(([, , open]) => ({ state: 'CONFIRMED', audiences: [], facility: { id: open } })));
});

test('2.5-5: where another pool of the estate is lent to residents, it stays a resident’s booking, though the admission has ended since: that was promised', async () => {
  const capacity = [{ spaceClass: 'STANDARD' as const, total: 2, shareable: 2 }];
  const zones = [{ code: 'A', name: 'A 区', capacity }, { code: 'B', name: 'B 区', capacity }];
  const [lot] = (await addFacilities(city.system, [facilityDraft(`estate-${++made}`, { longitude: 118 + made * 0.02, latitude: 25.5 }, { zones })])) as [string];
  const ids = (await city.database.query<{ id: string }>('select id from zone where facility_id = $1 order by code', [lot])).map(row => row.id);
  const windows = await addWindows(city.system, ids.map(id => ({ facility: { id: lot }, zone: { id }, terms: termsDraft(RESIDENTS) })));
  const { driver, id } = await booked(lot);
  const zoneOf = async (): Promise<string> => (await city.database.query<{ zone: string }>('select zone_id as zone from reservation where id = $1', [id]))[0]!.zone;
  const first = ids.indexOf(await zoneOf());
  await city.database.query('update admitted_vehicle set ends_at = to_timestamp($2 / 1000.0) where facility_id = $1', [lot, at('09:30')]);
  city.clock(at('09:45'));
  const pause = 'mutation p($input: WindowStatusInput!) { pauseWindow(input: $input) { userErrors { code } } }';
  expect((await city.ask(city.operator, pause, { input: { windowId: windows[first], reason: '消防演练', bookings: 'REVOKE', idempotencyKey: `pause ${++made}` } })).pauseWindow.userErrors).toEqual([]);

  expect(await decideRevocations(city.services)).toBe(1);

  expect([await movedOf(driver, id), await zoneOf(), await eligibilityOf(id)]).toEqual([{ state: 'CONFIRMED', audiences: ['RESIDENTS'], facility: { id: lot } }, ids[1 - first], [{ eligibility: 'R-::' }]]);
});
