import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Viewer } from '../../src/platform/index.js';
import { endExpiredHolds } from '../../src/availability/end-holds.js';
import { findChargeForUpdate, findRestOfCharge } from '../../src/billing/charge.sql.js';
import { splitCharge } from '../../src/billing/split-charge.js';
import { voidEndedHolds } from '../../src/parking/jobs.js';
import { inUnit } from '../support/city.js';
import { scopeOf } from '../support/scope.js';
import { at, during, openBookingCity, type BookingCity } from './booking-city.js';

let city: BookingCity;

beforeAll(async () => {
  city = await openBookingCity();
});
beforeEach(() => city.services.clock.set(at('09:00')));
afterAll(() => city.database.close());

/** A driver who may read its charges. */
async function payer(): Promise<Viewer> {
  const driver = await city.driver();
  return { ...driver, grants: [...driver.grants, { action: 'charge:read', partyId: driver.partyIds[0]!, jurisdictionCode: null }] };
}

/** What the charges of a reservation have come to, as the reservation itself shows them. */
async function chargesOf(viewer: Viewer, id: string): Promise<object[]> {
  return (await city.ask(viewer, 'query r($id: ID!) { reservation(id: $id) { charges { state amountFen refundedFen } } }', { id })).reservation.charges;
}

test('a cancelled reservation leads to its charges: refunded where it was paid, void where it was not', async () => {
  const driver = await payer();
  const facilityId = await city.lot({ tariffId: await city.tariff(500) });
  const paid = await city.book(driver, { facilityId, during: during('19:00–22:00') });
  const held = await city.book(driver, { facilityId, during: during('12:00–13:00'), spaces: 1 });
  await city.pay(paid.chargeIds[0]!, 1_500);

  const cancelled = (await city.cancel(driver, paid.id)).reservation;
  const dropped = (await city.cancel(driver, held.id)).reservation;

  expect([cancelled.chargeIds, dropped.chargeIds]).toEqual([paid.chargeIds, held.chargeIds]);
  expect(await chargesOf(driver, paid.id)).toEqual([{ state: 'REFUNDED', amountFen: 1_500, refundedFen: 1_500 }]);
  expect(await chargesOf(driver, held.id)).toEqual([{ state: 'VOID', amountFen: 0, refundedFen: 0 }]);
});

test('a reservation shows its charges, and none to whom may see it but not them', async () => {
  const driver = await payer();
  const facilityId = await city.lot({ tariffId: await city.tariff(500) });
  const { id, chargeIds } = await city.book(driver, { facilityId, during: during('19:00–20:00') });
  await city.pay(chargeIds[0]!, 500);
  const shown = async (viewer: Viewer) => (await city.ask(viewer, 'query r($id: ID!) { reservation(id: $id) { chargeIds charges { id amountFen } } }', { id })).reservation;

  expect(chargeIds).toHaveLength(1);
  expect([await shown(driver), await shown(city.owner)]).toEqual([{ chargeIds, charges: [{ id: chargeIds[0], amountFen: 500 }] }, { chargeIds, charges: [] }]);
});

test('a reservation whose payment came short shows what is still owed of it, after the charge that it is the rest of', async () => {
  const driver = await payer();
  const facilityId = await city.lot({ tariffId: await city.tariff(500) });
  const { id, chargeIds } = await city.book(driver, { facilityId, during: during('19:00–22:00') });
  const shown = async () => (await city.ask(driver, 'query r($id: ID!) { reservation(id: $id) { chargeIds charges { id state amountFen paidFen rest { id } } } }', { id })).reservation;
  const split = (chargeId: string, restFen: number) => inUnit(scopeOf(city.services), async unit => {
    await splitCharge(unit, (await findChargeForUpdate(unit, chargeId))!, restFen);
    return (await findRestOfCharge(unit, (await findChargeForUpdate(unit, chargeId))!))!;
  });

  const restId = await split(chargeIds[0]!, 600);
  await city.pay(chargeIds[0]!, 900);
  const lastId = await split(restId, 100);

  expect(await shown()).toEqual({ chargeIds, charges: [
    { id: chargeIds[0], state: 'PAID', amountFen: 900, paidFen: 900, rest: { id: restId } },
    { id: restId, state: 'OPEN', amountFen: 500, paidFen: 0, rest: { id: lastId } },
    { id: lastId, state: 'OPEN', amountFen: 100, paidFen: 0, rest: null },
  ] });
});

test('a hold that ended leads to its void charge, which the job voids once; what is paid for it then is given back', async () => {
  const driver = await payer();
  const facilityId = await city.lot({ tariffId: await city.tariff(500) });
  const held = await city.book(driver, { facilityId, during: during('19:00–22:00') });
  city.services.clock.set(at('10:00'));
  await endExpiredHolds(city.services);

  const voided = [await voidEndedHolds(city.services), await voidEndedHolds(city.services)];
  await city.pay(held.chargeIds[0]!, 1_500);

  expect(voided).toEqual([1, 0]);
  expect(await chargesOf(driver, held.id)).toEqual([{ state: 'VOID', amountFen: 0, refundedFen: 1_500 }]);
  expect(await city.database.query('select amount_fen::int as fen from charge_refund where charge_id = $1', [held.chargeIds[0]])).toEqual([{ fen: 1_500 }]);
  expect(await city.database.query('select charges from reservation where id = $1', [held.id])).toEqual([{ charges: [{ chargeId: held.chargeIds[0], amountFen: 0 }] }]);
});
