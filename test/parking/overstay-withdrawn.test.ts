import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { endNoShows } from '../../src/parking/jobs.js';
import { settleSessions } from '../../src/parking/gate/settle-sessions.js';
import { watchOverstays } from '../../src/parking/gate/watch-overstays.js';
import { decideRevocations } from '../../src/parking/revocation/decide-revocations.js';
import type { Viewer } from '../../src/platform/index.js';
import { quotaOf } from '../../src/sharing/index.js';
import { newPlate } from './booking-city.js';
import { at, during, openGateCity, type GateCity } from './gate-city.js';

// What a gate got wrong must not stay on anybody's record: an overstay that was none is taken back whole (C9, I2).

let city: GateCity;
let driver: Viewer;

beforeAll(async () => {
  city = await openGateCity();
});
beforeEach(async () => {
  city.clock(at('08:00'));
  driver = await city.driver();
});
afterAll(() => city.database.close());

/** A booking from ten to eleven at 600 fen an hour, whose plate a gate reads at ten, and finds beyond its end at twelve. */
async function overstayed({ plates = [newPlate()], spaces = 1, quota = 1 } = {}): Promise<{ readonly lot: string; readonly id: string; readonly gateEventIds: readonly string[] }> {
  city.clock(at('08:00'));
  const lot = await city.lot({ tariffId: await city.tariff(600), quota: quotaOf({ STANDARD: quota }) });
  const { id, chargeIds } = await city.book(driver, { facilityId: lot, during: during('10:00–11:00'), plates, spaces });
  await city.pay(chargeIds[0]!, 600 * spaces);
  city.clock(at('10:00'));
  const gateEventIds: string[] = [];
  for (const { number } of plates) gateEventIds.push((await city.enter(lot, number)).receipt.gateEventId);
  return { lot, id, gateEventIds };
}

async function found(id: string): Promise<void> {
  city.clock(at('12:00'));
  await watchOverstays(city.services);
  expect([await stateOf(id), await breachesOf(id)]).toEqual(['OVERSTAYED', [{ stands: true }]]);
}

const stateOf = async (id: string): Promise<string> => (await city.reservation(driver, id)).state;
const breachesOf = (id: string): Promise<object[]> => city.database.query(`select withdrawn_at is null as stands from breach where kind = 'OVERSTAY' and reservation_id = $1 order by id`, [id]);
const announced = async (id: string): Promise<string[]> => (await city.database.query<{ topic: string }>(`select topic from outbox_event where topic like 'parking.breach%' and payload ->> 'reservationId' = $1 order by topic desc`, [id])).map(({ topic }) => topic);
const toldOf = async (partyId: string, id: string): Promise<string[]> =>
  (await city.database.query<{ topic: string }>(`select topic from notice where party_id = $1 and subject_id = $2 and topic like 'reservation.overstay%' order by topic desc`, [partyId, id])).map(({ topic }) => topic);

test('an overstay of a vehicle that was another’s is withdrawn: breach, state and words; nobody having come, its reservation ends as one that was missed', async () => {
  const { lot, id, gateEventIds } = await overstayed();
  await found(id);

  expect((await city.correct(gateEventIds[0]!, newPlate().number)).session).toMatchObject({ basis: 'WALK_IN', overstayedSince: null, reservation: null });

  expect([await stateOf(id), await breachesOf(id), await announced(id)]).toEqual(['CONFIRMED', [{ stands: false }], ['parking.breachWithdrawn', 'parking.breachRecorded']]);
  for (const partyId of [driver.partyIds[0]!, city.ownerId]) expect(await toldOf(partyId, id)).toEqual(['reservation.overstayed', 'reservation.overstayWithdrawn']);
  await watchOverstays(city.services);
  await endNoShows(city.services);
  expect([await stateOf(id), await breachesOf(id)]).toEqual(['NO_SHOW', [{ stands: false }]]);
  expect(await city.findings(lot)).not.toContain('BOOKED_BY_SEVERAL');
});

test('what it had cost goes back, where the vehicle had left by then; what came to an end stays ended', async () => {
  const plate = newPlate();
  const { lot, id, gateEventIds } = await overstayed({ plates: [plate] });
  await found(id);
  city.clock(at('12:30'));
  const { receipt } = await city.leave(lot, plate.number);
  const [chargeId] = (await city.session(receipt.sessionId)).chargeIds;
  const chargeOf = () => city.database.query('select purpose, state, (amount_fen - refunded_fen)::int as left from charge where id = $1', [chargeId]);
  expect(await chargeOf()).toEqual([{ purpose: 'OVERSTAY', state: 'OPEN', left: 1_125 }]);

  const other = newPlate().number;
  await city.correct(gateEventIds[0]!, other);
  await city.correct(receipt.gateEventId, other);
  await settleSessions(city.services);

  expect(await chargeOf()).toMatchObject([{ state: 'VOID', left: 0 }]);
  expect([await stateOf(id), await breachesOf(id)]).toEqual(['COMPLETED', [{ stands: false }]]);
  expect(await toldOf(driver.partyIds[0]!, id)).toEqual(['reservation.overstayed', 'reservation.overstayWithdrawn']);
});

test('who had left in time, as a gate tells that was offline, did not overstay: nothing is owed, and the breach is withdrawn; who left late keeps it', async () => {
  const [early, late] = [newPlate(), newPlate()];
  const one = await overstayed({ plates: [early] });
  await found(one.id);
  const other = await overstayed({ plates: [late] });
  await found(other.id);

  const [inTime] = await city.backfill(one.lot, [{ kind: 'EXIT', vehicle: { plate: early.number }, occurredAt: new Date(at('10:55')).toISOString() }]);
  const [tooLate] = await city.backfill(other.lot, [{ kind: 'EXIT', vehicle: { plate: late.number }, occurredAt: new Date(at('11:40')).toISOString() }]);

  expect(await city.session(inTime.sessionId)).toMatchObject({ state: 'ENDED', overstayedSince: null, chargeIds: [], reservation: { state: 'COMPLETED' } });
  expect((await city.session(tooLate.sessionId)).chargeIds).toHaveLength(1);
  expect([await breachesOf(one.id), await breachesOf(other.id)]).toEqual([[{ stands: false }], [{ stands: true }]]);
  expect([await toldOf(driver.partyIds[0]!, one.id), await toldOf(driver.partyIds[0]!, other.id)]).toEqual([['reservation.overstayed', 'reservation.overstayWithdrawn'], ['reservation.overstayed']]);
});

test('as long as another of its vehicles is in beyond the end the breach stands; it is over with the last, however many spaces it had', async () => {
  const plates = [newPlate(), newPlate()];
  const { lot, id, gateEventIds } = await overstayed({ plates, spaces: 3, quota: 3 });
  await found(id);

  await city.correct(gateEventIds[0]!, newPlate().number);
  expect([await stateOf(id), await breachesOf(id)]).toEqual(['OVERSTAYED', [{ stands: true }]]);
  city.clock(at('12:10'));
  await city.leave(lot, plates[1]!.number);

  expect([await stateOf(id), await breachesOf(id)]).toEqual(['COMPLETED', [{ stands: true }]]);
});

/** An overstay, and who comes next to its space: to be led elsewhere, and not yet. */
async function overstayedWithNext(): Promise<{ readonly lot: string; readonly id: string; readonly plate: string; readonly gateEventId: string; readonly next: Viewer; readonly nextId: string }> {
  const plate = newPlate();
  const { lot, id, gateEventIds } = await overstayed({ plates: [plate] });
  const next = await city.driver();
  city.clock(at('10:30'));
  const { id: nextId, chargeIds } = await city.book(next, { facilityId: lot, during: during('12:10–13:00') });
  await city.pay(chargeIds[0]!, 500);
  await found(id);
  expect(await revocationsOf(nextId)).toEqual([{ side: 'DRIVER', state: 'PENDING' }]);
  return { lot, id, plate: plate.number, gateEventId: gateEventIds[0]!, next, nextId };
}

const revocationsOf = (id: string): Promise<object[]> => city.database.query('select side, state from revocation where reservation_id = $1 order by side', [id]);

test('whoever was to be led elsewhere for it, and was not yet, keeps its place', async () => {
  const { lot, gateEventId, next, nextId } = await overstayedWithNext();

  await city.correct(gateEventId, newPlate().number);
  await decideRevocations(city.services);

  expect(await revocationsOf(nextId)).toEqual([{ side: 'DRIVER', state: 'LAPSED' }]);
  expect(await city.reservation(next, nextId)).toMatchObject({ state: 'CONFIRMED', facility: { id: lot } });

  // What lapsed decided nothing: a suspension takes the place back as anybody's.
  await city.suspend(lot);
  await decideRevocations(city.services);
  expect(await revocationsOf(nextId)).toEqual([{ side: 'DRIVER', state: 'LAPSED' }, { side: 'SUPPLIER', state: expect.stringMatching(/^(MOVED|REFUNDED)$/) }]);
});

test('P9: where the place was taken back meanwhile, what lapses makes way in the same step for the supplier’s revocation', async () => {
  const { lot, gateEventId, next, nextId } = await overstayedWithNext();
  await city.suspend(lot);
  expect(await revocationsOf(nextId)).toEqual([{ side: 'DRIVER', state: 'PENDING' }]);

  await city.correct(gateEventId, newPlate().number);

  expect(await revocationsOf(nextId)).toEqual([{ side: 'DRIVER', state: 'LAPSED' }, { side: 'SUPPLIER', state: 'PENDING' }]);
  await decideRevocations(city.services);
  expect(await revocationsOf(nextId)).toEqual([{ side: 'DRIVER', state: 'LAPSED' }, { side: 'SUPPLIER', state: 'REFUNDED' }]);
  expect((await city.reservation(next, nextId)).state).toBe('CANCELLED');
  expect(await city.database.query(`select side, kind from breach where facility_id = $1 and withdrawn_at is null`, [lot])).toEqual([{ side: 'SUPPLIER', kind: 'REVOCATION' }]);
});

test('whose place was kept is led elsewhere all the same, where the vehicle is found to be in again', async () => {
  const { id, plate, gateEventId, nextId } = await overstayedWithNext();
  await city.correct(gateEventId, newPlate().number);

  city.clock(at('12:01'));
  await city.correct(gateEventId, plate);
  await watchOverstays(city.services);

  expect([await stateOf(id), await breachesOf(id)]).toEqual(['OVERSTAYED', [{ stands: false }, { stands: true }]]);
  expect(await city.database.query('select side, state from revocation where reservation_id = $1 order by id', [nextId])).toEqual([{ side: 'DRIVER', state: 'LAPSED' }, { side: 'DRIVER', state: 'PENDING' }]);
});
