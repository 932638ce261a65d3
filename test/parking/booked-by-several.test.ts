import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { endNoShows } from '../../src/parking/jobs.js';
import type { Viewer } from '../../src/platform/index.js';
import { quotaOf } from '../../src/sharing/index.js';
import { newPlate } from './booking-city.js';
import { at, during, openGateCity, type GateCity } from './gate-city.js';

let city: GateCity;
let made = 0;

beforeAll(async () => {
  city = await openGateCity();
});

beforeEach(() => city.clock(at('09:00')));

afterAll(() => city.database.close());

/** A driver's booking of a plate, made by the minute. */
async function booked(driver: Viewer, facilityId: string, span: string, plate: object, madeAt = '09:00'): Promise<{ readonly id: string; readonly chargeIds: readonly string[] }> {
  city.clock(at(madeAt));
  return city.book(driver, { facilityId, during: during(span), plates: [plate] });
}

const stateOf = async (driver: Viewer, id: string): Promise<string> => (await city.reservation(driver, id)).state;
const told = async (driver: Viewer): Promise<string[]> =>
  (await city.database.query<{ topic: string }>('select topic from notice where party_id = $1 order by id', [driver.partyIds[0]])).map(({ topic }) => topic);

test('of two parties’ bookings of one plate the gate takes the one that named it first, says so in its decision, and a finding is left; the other stands', async () => {
  const [first, second] = [await city.driver(), await city.driver()];
  const lot = await city.lot();
  const plate = newPlate();
  const one = await booked(first, lot, '10:00–12:00', plate);
  const other = await booked(second, lot, '10:00–14:00', plate, '09:01');
  city.clock(at('10:05'));

  const { decision } = await city.decide(lot, plate.number);
  const { receipt } = await city.enter(lot, plate.number);

  expect(decision).toMatchObject({ isAdmitted: true, basis: 'RESERVATION' });
  expect((await city.session(receipt.sessionId)).reservation).toEqual({ id: one.id, state: 'CHECKED_IN' });
  expect(await city.database.query('select reservation_id as id from gate_decision where id = $1', [decision.id])).toEqual([{ id: one.id }]);
  expect([await stateOf(second, other.id), await city.findings(lot)]).toEqual(['CONFIRMED', ['BOOKED_BY_SEVERAL']]);
  expect([await told(first), await told(second)]).toEqual([['reservation.confirmed'], ['reservation.confirmed']]);
});

test('what is running comes before what is to come, whoever named the plate first; who comes again comes by the other', async () => {
  const [first, second] = [await city.driver(), await city.driver()];
  const lot = await city.lot();
  const plate = newPlate();
  const later = await booked(first, lot, '12:00–14:00', plate);
  const running = await booked(second, lot, '10:00–12:00', plate, '09:01');
  city.clock(at('11:50'));
  const { receipt } = await city.enter(lot, plate.number);
  expect((await city.session(receipt.sessionId)).reservation.id).toBe(running.id);
  city.clock(at('11:58'));
  await city.leave(lot, plate.number);

  city.clock(at('12:05'));
  const again = await city.enter(lot, plate.number);

  expect((await city.session(again.receipt.sessionId)).reservation).toEqual({ id: later.id, state: 'CHECKED_IN' });
});

test('a plate that was named by a change comes after one that was named before; a plate that was kept keeps its place', async () => {
  const [early, owner] = [await city.driver(), await city.driver()];
  const lot = await city.lot();
  const plate = newPlate();
  const hostile = await booked(early, lot, '10:00–12:00', newPlate());
  const own = await booked(owner, lot, '10:00–12:00', plate, '09:01');
  const replate = async (viewer: Viewer, reservationId: string, plates: readonly object[]) =>
    expect((await city.ask(viewer, 'mutation m($input: ChangePlatesInput!) { changePlates(input: $input) { userErrors { code } } }', { input: { reservationId, plates, idempotencyKey: `plates ${++made}` } })).changePlates.userErrors).toEqual([]);
  city.clock(at('09:30'));
  await replate(early, hostile.id, [plate]);
  city.clock(at('09:40'));
  await replate(owner, own.id, [newPlate(), plate]);
  city.clock(at('10:05'));

  const { receipt } = await city.enter(lot, plate.number);

  expect((await city.session(receipt.sessionId)).reservation.id).toBe(own.id);
});

test('whose plate came in by another’s booking has not failed to come: it is cancelled at its time, nothing is kept of what was paid, and its driver is told', async () => {
  const [typist, owner] = [await city.driver(), await city.driver()];
  const lot = await city.lot({ tariffId: await city.tariff(500) });
  const plate = newPlate();
  const mistyped = await booked(typist, lot, '10:00–12:00', plate);
  await city.pay(mistyped.chargeIds[0]!, 1_000);
  const own = await booked(owner, lot, '10:00–12:00', plate, '09:01');
  await city.pay(own.chargeIds[0]!, 1_000);
  city.clock(at('10:05'));
  await city.enter(lot, plate.number);
  city.clock(at('11:00'));

  await endNoShows(city.services);

  expect([await stateOf(owner, own.id), await stateOf(typist, mistyped.id)]).toEqual(['CANCELLED', 'CHECKED_IN']);
  expect(await city.database.query('select state, refunded_fen::int as refunded from charge where id = any($1) order by state', [[...own.chargeIds, ...mistyped.chargeIds]])).toEqual([{ state: 'PAID', refunded: 0 }, { state: 'REFUNDED', refunded: 1_000 }]);
  expect(await told(owner)).toEqual(['reservation.confirmed', 'reservation.yielded']);
  expect(await endNoShows(city.services)).toBe(0);
});

test('who did not come, though another party’s booking of the plate stands, pays for not coming as agreed', async () => {
  const [one, other] = [await city.driver(), await city.driver()];
  const lot = await city.lot();
  const plate = newPlate();
  const ids = [await booked(one, lot, '10:00–12:00', plate), await booked(other, lot, '10:00–12:00', plate, '09:01')];
  city.clock(at('11:00'));

  await endNoShows(city.services);

  expect([await stateOf(one, ids[0]!.id), await stateOf(other, ids[1]!.id)]).toEqual(['NO_SHOW', 'NO_SHOW']);
});

test('whose plate had left by another’s booking before its own began did not come, and pays as agreed', async () => {
  const [one, other] = [await city.driver(), await city.driver()];
  const lot = await city.lot();
  const plate = newPlate();
  await booked(one, lot, '10:00–12:00', plate);
  const next = await booked(other, lot, '12:00–14:00', plate, '09:01');
  city.clock(at('10:05'));
  await city.enter(lot, plate.number);
  city.clock(at('11:50'));
  await city.leave(lot, plate.number);
  city.clock(at('13:00'));

  await endNoShows(city.services);

  expect(await stateOf(other, next.id)).toBe('NO_SHOW');
});

test('a vehicle that was in before both opened is taken in by the one that named it first, whichever is looked at first', async () => {
  const [first, second] = [await city.driver(), await city.driver()];
  const lot = await city.lot();
  const plate = newPlate();
  const own = await booked(first, lot, '12:00–14:00', plate);
  const other = await booked(second, lot, '12:00–13:00', plate, '09:01');
  city.clock(at('09:05'));
  const { receipt } = await city.enter(lot, plate.number);
  await city.database.query(`update reservation set no_show_at = no_show_at - interval '1 minute' where id = $1`, [other.id]);
  city.clock(at('13:00'));

  await endNoShows(city.services);
  await endNoShows(city.services);

  expect((await city.session(receipt.sessionId)).reservation).toEqual({ id: own.id, state: 'CHECKED_IN' });
  expect([await stateOf(second, other.id), await city.findings(lot)]).toEqual(['CANCELLED', ['BOOKED_BY_SEVERAL']]);
});

test('a booking of the same number in another colour, which is another vehicle, keeps nobody that was in from being taken in', async () => {
  const [stranger, own] = [await city.driver(), await city.driver()];
  const lot = await city.lot();
  const { number } = newPlate();
  const theirs = await booked(stranger, lot, '12:00–14:00', { number, colour: 'YELLOW' });
  const mine = await booked(own, lot, '12:00–14:00', { number, colour: 'BLUE' }, '09:01');
  city.clock(at('09:05'));
  const { receipt } = await city.enter(lot, number, { vehicle: { plate: number, colour: 'BLUE' } });
  await city.database.query(`update reservation set no_show_at = no_show_at - interval '1 minute' where id = $1`, [mine.id]);
  city.clock(at('13:00'));

  await endNoShows(city.services);

  expect((await city.session(receipt.sessionId)).reservation).toEqual({ id: mine.id, state: 'CHECKED_IN' });
  expect([await stateOf(stranger, theirs.id), await city.findings(lot)]).toEqual(['NO_SHOW', []]);
});

test('where all spaces of the first booking are taken by its other vehicles, the other party’s lets it in: the gate says and does the same', async () => {
  const [first, second] = [await city.driver(), await city.driver()];
  const lot = await city.lot();
  const [plate, its] = [newPlate(), newPlate()];
  city.clock(at('09:00'));
  await city.book(first, { facilityId: lot, during: during('10:00–12:00'), plates: [its, plate] });
  const other = await booked(second, lot, '10:00–12:00', plate, '09:01');
  city.clock(at('10:05'));
  await city.enter(lot, its.number);

  const { decision } = await city.decide(lot, plate.number);
  const { receipt } = await city.enter(lot, plate.number);

  expect(decision).toMatchObject({ isAdmitted: true, basis: 'RESERVATION', reasons: [{ code: 'RESERVATION_FULL' }] });
  expect((await city.session(receipt.sessionId)).reservation.id).toBe(other.id);
});

test('whatever several parties book and whichever order it is told in, one vehicle is in by one booking, and no quota is passed', async () => {
  const lot = await city.lot({ quota: quotaOf({ STANDARD: 3 }) });
  const plate = newPlate();
  const drivers = await Promise.all(Array.from({ length: 5 }, () => city.driver()));
  city.clock(at('09:00'));
  const quotes = await Promise.all(drivers.map(each => city.quote(each, { facilityId: lot, during: during('10:00–12:00') })));

  const answers = await Promise.all(drivers.map((each, nth) => city.reserve(each, quotes[nth].quote.id, { plates: [plate] })));

  expect(answers.filter(({ reservation }) => reservation !== null)).toHaveLength(3);
  expect(answers.flatMap(({ userErrors }) => userErrors.map(({ code }: { code: string }) => code))).toEqual(['NOT_ENOUGH_SPACES', 'NOT_ENOUGH_SPACES']);
  city.clock(at('10:05'));
  await Promise.all(['e1', 'e2', 'e3'].map(eventId => city.enter(lot, plate.number, { gate: eventId, eventId: `several ${eventId}` })));
  expect(await city.database.query(`select count(*)::int as count from reservation where facility_id = $1 and state = 'CHECKED_IN'`, [lot])).toEqual([{ count: 1 }]);
  expect(await city.database.query(`select count(*)::int as count from session where facility_id = $1 and state = 'OPEN'`, [lot])).toEqual([{ count: 1 }]);
});

/** Closes a finding by hand; the refusals' codes. */
async function close(gateFindingId: string, { reason = '已向两位车主核实', viewer = city.operator }: { readonly reason?: string; readonly viewer?: Viewer } = {}): Promise<any> {
  const query = 'mutation c($input: ResolveGateFindingInput!) { resolveGateFinding(input: $input) { finding { id kind reason resolvedAt } userErrors { code field } } }';
  return (await city.ask(viewer, query, { input: { gateFindingId, reason, idempotencyKey: `close ${++made}` } })).resolveGateFinding;
}

const findingOf = async (lot: string): Promise<string> => (await city.database.query<{ id: string }>('select id from gate_finding where facility_id = $1 and resolved_at is null', [lot]))[0]!.id;
const standing = (lot: string): Promise<object[]> => city.database.query('select kind, reason, resolved_by as by from gate_finding where facility_id = $1', [lot]);

test('the operator that found out whose vehicle it is closes the finding with its reason; who still waits is told until when, and of nobody', async () => {
  const [first, second] = [await city.driver(), await city.driver()];
  const lot = await city.lot();
  const plate = newPlate();
  const one = await booked(first, lot, '10:00–12:00', plate);
  const other = await booked(second, lot, '10:00–14:00', plate, '09:01');
  city.clock(at('10:05'));
  const { receipt } = await city.enter(lot, plate.number);
  const id = await findingOf(lot);
  city.clock(at('10:10'));

  const { finding, userErrors } = await close(id);

  expect([finding, userErrors]).toEqual([{ id, kind: 'BOOKED_BY_SEVERAL', reason: '已向两位车主核实', resolvedAt: '2026-02-11T10:10:00+08:00' }, []]);
  expect([await standing(lot), await city.findings(lot)]).toEqual([[{ kind: 'BOOKED_BY_SEVERAL', reason: '已向两位车主核实', by: 'operator' }], []]);
  expect([await city.toldOf(first.partyIds[0]!, one.id), await city.toldOf(second.partyIds[0]!, other.id)]).toEqual([[], [{
    zh: '所登记的号牌已凭其他主体在先的预约入场，设施管理方已核实；本预约仍有效，泊位保留至 2026-02-11 11:00；如号牌有误，请在此之前更正',
    en: 'a plate that you named came in by another party’s booking, which had named it first, and the facility has looked at it; your reservation stands, and its space is kept until 2026-02-11 11:00; if the plate was mistyped, name the right one by then',
  }]]);
  expect(await city.database.query(`select action, reason, details ->> 'act' as act from audit_entry where object_id = $1`, [id])).toEqual([{ action: 'gate:operate', reason: '已向两位车主核实', act: 'resolveGateFinding' }]);
  expect((await close(id)).userErrors).toEqual([{ code: 'FINDING_RESOLVED', field: 'gateFindingId' }]);
  // Its exit tells nothing new of whose it is.
  city.clock(at('10:30'));
  await city.leave(lot, plate.number);
  expect([(await city.session(receipt.sessionId)).state, await city.findings(lot)]).toEqual(['ENDED', []]);
});

test('a finding is closed by whoever works that gate, and with a reason; nobody is told of one that nobody else waits for', async () => {
  const lot = await city.lot();
  await city.leave(lot, newPlate().number);
  const id = await findingOf(lot);
  const notices = () => city.database.query('select count(*)::int as count from notice');
  const before = [await standing(lot), await notices()];
  const stranger: Viewer = { ...city.operator, actorId: 'stranger', grants: [{ action: 'gate:operate', partyId: (await city.driver()).partyIds[0]!, jurisdictionCode: null }] };

  await expect(close(id, { viewer: stranger })).rejects.toMatchObject({ extensions: { code: 'NOT_FOUND' } });
  expect((await close(id, { reason: '  ' })).userErrors).toEqual([{ code: 'REASON_INVALID', field: 'reason' }]);
  expect([await standing(lot), await notices()]).toEqual(before);

  expect((await close(id)).finding).toMatchObject({ id, kind: 'EXIT_WITHOUT_ENTRY' });
  expect([await city.findings(lot), await notices()]).toEqual([[], before[1]]);
});
