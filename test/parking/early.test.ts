import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { checkLedger } from '../../src/billing/ledger-check.js';
import { endNoShows } from '../../src/parking/jobs.js';
import { decideRevocations } from '../../src/parking/revocation/decide-revocations.js';
import { quotaOf } from '../../src/sharing/index.js';
import { newPlate } from './booking-city.js';
import { at, during, openGateCity, type GateCity } from './gate-city.js';

// A driver that comes before its reservation opens the gate is let in as anybody is. It is there when its own time begins.

let city: GateCity;
let tariffId: string;

beforeAll(async () => {
  city = await openGateCity();
  city.clock(at('08:00'));
  tariffId = await city.tariff(600);
});
beforeEach(() => city.clock(at('08:00')));
afterAll(() => city.database.close());

/** A reservation of 10:00–12:00 for 12 yuan, paid, at a car park of so many spaces. */
async function booked(spaces = 5) {
  const driver = await city.driver();
  const lot = await city.lot({ tariffId, quota: quotaOf({ STANDARD: spaces }) });
  const plate = newPlate().number;
  const { id, chargeIds } = await city.book(driver, { facilityId: lot, during: during('10:00–12:00'), plates: [{ number: plate }] });
  await city.pay(chargeIds[0]!, 1_200);
  return { driver, lot, plate, id };
}

const stateOf = async (id: string) => (await city.database.query<{ state: string; fee: number | null }>('select state, fee_fen::int as fee from reservation where id = $1', [id]))[0];
const sessionsOf = (lot: string) => city.database.query(`select s.state, s.basis, s.reservation_id as booking, s.amount_fen::int as fen, (select c.purpose || ' ' || c.payer_id from charge c where c.cause_id = s.id) as charge from session s where s.facility_id = $1 order by s.began_at`, [lot]);
/** What is taken of a car park from now on. */
const standing = (lot: string) => city.database.query<{ cause: string }>('select cause_kind as cause from claim where facility_id = $1 and ended_at is null and exact_ends_at > to_timestamp($2 / 1000.0)', [lot, city.services.clock.now()]);

test('C9: who came too early for its reservation and is in when nobody is waited for any more has come: no fee, and its own space goes back', async () => {
  const { driver, lot, plate, id } = await booked();
  city.clock(at('09:15'));
  expect((await city.decide(lot, plate)).decision).toMatchObject({ isAdmitted: true, basis: 'WALK_IN' });
  await city.enter(lot, plate);
  expect((await standing(lot)).map(each => each.cause).sort()).toEqual(['RESERVATION', 'SESSION']);
  city.clock(at('11:00'));

  expect([await endNoShows(city.services), await endNoShows(city.services)]).toEqual([0, 0]);

  expect(await stateOf(id)).toEqual({ state: 'CHECKED_IN', fee: null });
  expect(await standing(lot)).toEqual([{ cause: 'RESERVATION' }]);
  city.clock(at('11:30'));
  await city.leave(lot, plate);
  // From 9:15 until 9:45, when the reservation opened the gate: half an hour at 6 yuan.
  expect([await stateOf(id), await sessionsOf(lot)]).toEqual([{ state: 'COMPLETED', fee: null }, [{ state: 'ENDED', basis: 'RESERVATION', booking: id, fen: 300, charge: `STAY ${driver.partyIds[0]}` }]]);
  expect([await standing(lot), await city.findings(lot)]).toEqual([[], []]);
  expect(await checkLedger(city.database)).toMatchObject({ sumFen: 0, differences: [] });
});

test('who leaves within its reservation without having been waited for in vain pays the time before it alone; who leaves before it begins, pays its stay and may come again', async () => {
  const [stayed, gone] = [await booked(), await booked()];
  city.clock(at('09:15'));
  for (const { lot, plate } of [stayed, gone]) await city.enter(lot, plate);
  city.clock(at('09:55'));
  await city.leave(gone.lot, gone.plate);
  city.clock(at('10:20'));
  await city.leave(stayed.lot, stayed.plate);

  expect([await stateOf(stayed.id), await sessionsOf(stayed.lot)]).toMatchObject([{ state: 'COMPLETED', fee: null }, [{ basis: 'RESERVATION', booking: stayed.id, fen: 300 }]]);
  expect([await stateOf(gone.id), await sessionsOf(gone.lot)]).toMatchObject([{ state: 'CONFIRMED' }, [{ basis: 'WALK_IN', booking: null, fen: 400 }]]);
  expect((await city.decide(gone.lot, gone.plate)).decision).toMatchObject({ isAdmitted: true, basis: 'RESERVATION' });
  expect([await standing(stayed.lot), await standing(gone.lot)]).toEqual([[], [{ cause: 'RESERVATION' }]]);
});

test('early and beyond the end, both are charged; a vehicle of another is none of the reservation, which ends as missed', async () => {
  const [late, missed] = [await booked(), await booked()];
  city.clock(at('09:15'));
  await city.enter(late.lot, late.plate);
  await city.enter(missed.lot, newPlate().number);
  city.clock(at('11:00'));
  await endNoShows(city.services);
  city.clock(at('13:15'));
  await city.leave(late.lot, late.plate);

  expect([await stateOf(late.id), await stateOf(missed.id)]).toEqual([{ state: 'COMPLETED', fee: null }, { state: 'NO_SHOW', fee: 1_200 }]);
  // Half an hour before for 3 yuan, and the hour after the grace at one and a half times 6.
  expect(await sessionsOf(late.lot)).toMatchObject([{ fen: 1_200, charge: `OVERSTAY ${late.driver.partyIds[0]}` }]);
});

test('P9: whose vehicle is in when its spaces are taken back keeps its stay, though it came before its reservation opened; one that is in too early yet does not', async () => {
  const [inside, early] = [await booked(), await booked()];
  city.clock(at('09:15'));
  for (const { lot, plate } of [inside, early]) await city.enter(lot, plate);
  city.clock(at('09:44'));
  await city.suspend(early.lot);
  await decideRevocations(city.services);
  city.clock(at('10:10'));
  await city.suspend(inside.lot);

  expect([await decideRevocations(city.services), await decideRevocations(city.services)]).toEqual([1, 0]);

  const outcomeOf = async (id: string) => (await city.database.query<{ state: string }>('select state from revocation where reservation_id = $1', [id])).map(row => row.state);
  expect([await outcomeOf(inside.id), await stateOf(inside.id)]).toEqual([['KEPT'], { state: 'CHECKED_IN', fee: null }]);
  expect((await outcomeOf(early.id)).filter(state => state === 'KEPT' || state === 'PENDING')).toEqual([]);
  city.clock(at('11:30'));
  await city.leave(inside.lot, inside.plate);
  expect([await stateOf(inside.id), await sessionsOf(inside.lot)]).toMatchObject([{ state: 'COMPLETED' }, [{ basis: 'RESERVATION', fen: 300 }]]);
  expect(await checkLedger(city.database)).toMatchObject({ sumFen: 0, differences: [] });
});

test('C4: an exit without an entry before the reservation begins does not use it up, in whichever order the entry is told', async () => {
  const [alone, told] = [await booked(), await booked()];
  const event = (plate: string, kind: string, time: string) => ({ kind, vehicle: { plate }, occurredAt: new Date(at(time)).toISOString() });
  city.clock(at('09:55'));
  await city.backfill(alone.lot, [event(alone.plate, 'EXIT', '09:50')]);
  await city.backfill(told.lot, [event(told.plate, 'EXIT', '09:50')]);
  await city.backfill(told.lot, [event(told.plate, 'ENTRY', '08:50')]);

  for (const { lot, id, plate } of [alone, told]) {
    expect([await stateOf(id), await standing(lot)]).toMatchObject([{ state: 'CONFIRMED' }, [{ cause: 'RESERVATION' }]]);
    expect((await city.decide(lot, plate)).decision).toMatchObject({ isAdmitted: true, basis: 'RESERVATION' });
  }
  expect(await sessionsOf(told.lot)).toMatchObject([{ basis: 'WALK_IN', fen: 600 }]);
});

test('who paid only after it had come is in by its reservation, and pays nothing besides', async () => {
  const driver = await city.driver();
  const lot = await city.lot({ tariffId });
  const plate = newPlate().number;
  city.clock(at('09:55'));
  const { id, chargeIds } = await city.book(driver, { facilityId: lot, during: during('10:00–12:00'), plates: [{ number: plate }] });
  city.clock(at('10:01'));
  await city.enter(lot, plate);
  await city.pay(chargeIds[0]!, 1_200);
  city.clock(at('11:01'));

  await endNoShows(city.services);

  expect(await stateOf(id)).toEqual({ state: 'CHECKED_IN', fee: null });
  city.clock(at('11:59'));
  await city.leave(lot, plate);
  expect([await stateOf(id), await sessionsOf(lot)]).toMatchObject([{ state: 'COMPLETED', fee: null }, [{ basis: 'RESERVATION', booking: id, fen: null, charge: null }]]);
});
