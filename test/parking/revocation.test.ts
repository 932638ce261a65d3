import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { decideRevocations } from '../../src/parking/revocation/decide-revocations.js';
import { localTime } from '../../src/kernel/index.js';
import { watchOverstays } from '../../src/parking/gate/watch-overstays.js';
import { recordCalendarNotice } from '../../src/sharing/record-calendar-notice.js';
import { at, during, openGateCity, type GateCity } from './gate-city.js';

let city: GateCity;
let made = 0;

beforeAll(async () => {
  city = await openGateCity();
});
beforeEach(() => city.clock(at('09:00')));
afterAll(() => city.database.close());

const iso = (time: string): string => `2026-02-11T${time}:00+08:00`;
const quota = (spaces: number) => ({ quota: { STANDARD: spaces, CHARGING: 0, ACCESSIBLE: 0, LARGE: 0, MECHANICAL: 0 } });
const STAY = { spaceClass: 'STANDARD', spaces: 1 };

/** Two car parks a hundred metres apart, far from every other. */
async function neighbours(one: object, other: object): Promise<[string, string]> {
  const longitude = 118 + ++made * 0.02;
  return [await city.lot(one, {}, { longitude, latitude: 25.5 }), await city.lot(other, {}, { longitude: longitude + 0.001, latitude: 25.5 })];
}

async function pause(facilityId: string, bookings: string | null): Promise<any> {
  const [window] = await city.database.query<{ id: string }>('select id from sharing_window where facility_id = $1', [facilityId]);
  const query = `mutation p($input: WindowStatusInput!) { pauseWindow(input: $input) { window { status } userErrors { __typename code message ... on BookingsInTheWay { bookings firstConflictAt effectiveFrom } } } }`;
  return (await city.ask(city.operator, query, { input: { windowId: window!.id, reason: '场地施工', bookings, idempotencyKey: `pause ${++made}` } })).pauseWindow;
}

const outcomes = async (facilityId: string): Promise<object[]> => city.database.query('select state, moved_to_facility_id as "movedTo", supplier_fen::int as "supplierFen" from revocation where facility_id = $1 order by state', [facilityId]);
const noticesOf = async (reservationId: string): Promise<string[]> => (await city.database.query<{ topic: string }>('select distinct topic from notice where subject_id = $1 and topic <> $2 order by 1', [reservationId, 'reservation.confirmed'])).map(row => row.topic);
const breachesOf = (reservationId: string): Promise<object[]> => city.database.query('select side, kind from breach where reservation_id = $1', [reservationId]);

test('an ordinary pause that would break bookings is refused with the instant from which it has no conflict, and nothing is written', async () => {
  const driver = await city.driver();
  const [lot] = await neighbours(quota(2), quota(1));
  await city.book(driver, { facilityId: lot, during: during('10:00–12:00'), ...STAY });
  await city.book(driver, { facilityId: lot, during: during('13:00–15:30'), ...STAY });
  const before = await city.kept();

  const refused = await pause(lot, null);

  expect(refused).toEqual({ window: null, userErrors: [{ __typename: 'BookingsInTheWay', code: 'BOOKINGS_IN_THE_WAY', message: '2 bookings would be broken; from 2026-02-11 15:30 on the change has no conflict, or choose REVOKE', bookings: 2, firstConflictAt: iso('10:00'), effectiveFrom: iso('15:30') }] });
  expect(await city.kept()).toEqual(before);
});

test('what a refused change would have lent is believed by nobody, though the next change stands in its place', async () => {
  const [driver, other] = [await city.driver(), await city.driver()];
  const [lot] = await neighbours(quota(2), quota(1));
  await city.book(driver, { facilityId: lot, during: during('10:00–12:00'), ...STAY });
  expect((await pause(lot, null)).userErrors).toMatchObject([{ code: 'BOOKINGS_IN_THE_WAY' }]);

  await city.suspend(lot, { startsAt: iso('13:00'), endsAt: iso('14:00') });

  expect(await city.book(other, { facilityId: lot, during: during('10:00–12:00'), ...STAY })).toMatchObject({ id: expect.stringMatching(/^rsv_/) });
  expect(await outcomes(lot)).toEqual([]);
});

test('a pause that says so moves a booking within a walk at no higher price, refunds whole what cannot be moved, and tells everybody once', async () => {
  const [driver, other] = [await city.driver(), await city.driver()];
  const [cheap, dear] = [await city.tariff(300), await city.tariff(500)];
  const [lot, near] = await neighbours({ ...quota(2), tariffId: cheap }, { ...quota(1), tariffId: dear });
  const first = await city.book(driver, { facilityId: lot, during: during('10:00–12:00'), plates: [{ number: '闽C12345' }], ...STAY });
  const second = await city.book(other, { facilityId: lot, during: during('10:00–12:00'), plates: [{ number: '闽C54321' }], ...STAY });
  await city.pay(first.chargeIds[0]!, 600);
  await city.pay(second.chargeIds[0]!, 600);

  expect((await pause(lot, 'REVOKE')).userErrors).toEqual([]);
  expect(await outcomes(lot)).toEqual([{ state: 'PENDING', movedTo: null, supplierFen: null }, { state: 'PENDING', movedTo: null, supplierFen: null }]);
  await Promise.all([decideRevocations(city.services), decideRevocations(city.services)]);
  await decideRevocations(city.services);

  expect(await outcomes(lot)).toEqual([{ state: 'MOVED', movedTo: near, supplierFen: 400 }, { state: 'REFUNDED', movedTo: null, supplierFen: null }]);
  const [moved, refunded] = (await city.reservation(driver, first.id)).state === 'CONFIRMED' ? [{ ...first, by: driver }, { ...second, by: other }] : [{ ...second, by: other }, { ...first, by: driver }];
  expect(await city.reservation(moved.by, moved.id)).toMatchObject({ state: 'CONFIRMED', facility: { id: near }, during: { startsAt: iso('10:00'), endsAt: iso('12:00') } });
  expect(await city.reservation(refunded.by, refunded.id)).toMatchObject({ state: 'CANCELLED' });
  expect(await city.database.query('select state, paid_fen::int as paid, refunded_fen::int as refunded from charge where id = any($1) order by state', [[first.chargeIds[0], second.chargeIds[0]]])).toEqual([{ state: 'PAID', paid: 600, refunded: 0 }, { state: 'REFUNDED', paid: 600, refunded: 600 }]);
  expect(await noticesOf(moved.id)).toEqual(['reservation.moved']);
  expect(await noticesOf(refunded.id)).toEqual(['reservation.revoked']);
  expect(await breachesOf(moved.id)).toEqual([{ side: 'SUPPLIER', kind: 'REVOCATION' }]);
  expect(await breachesOf(refunded.id)).toEqual([{ side: 'SUPPLIER', kind: 'REVOCATION' }]);
  city.clock(at('10:00'));
  expect((await city.decide(near, moved.id === first.id ? '闽C12345' : '闽C54321')).decision).toMatchObject({ isAdmitted: true, basis: 'RESERVATION' });
});

test('a booking whose spaces were taken back is cancelled without a fee, before it is decided and after it was moved, and all goes back; one that stands pays its fee', async () => {
  const driver = await city.driver();
  const tariffId = await city.tariff(500);
  const [lot, near] = await neighbours({ ...quota(2), tariffId }, { ...quota(1), tariffId });
  const [pending, moved] = [await city.book(driver, { facilityId: lot, during: during('11:00–13:00'), ...STAY }), await city.book(driver, { facilityId: lot, during: during('14:00–16:00'), ...STAY })];
  const standing = await city.book(driver, { facilityId: await city.lot({ tariffId }), during: during('11:00–13:00'), ...STAY });
  for (const { chargeIds } of [pending, moved, standing]) await city.pay(chargeIds[0]!, 1_000);
  await city.database.query(`update reservation set terms = terms || '{"cancelUntilMinutes": 1440, "cancelFee": {"percent": 20, "fen": 0}}' where party_id = $1`, [driver.partyIds[0]]);
  const chargesOf = async (ids: readonly string[]): Promise<object[]> => city.database.query('select purpose, state, amount_fen::int as fen, paid_fen::int as paid, refunded_fen::int as back from charge where cause_id = any($1) order by refunded_fen, id', [ids]);
  await city.suspend(lot);

  const first = await city.cancel(driver, pending.id);
  await decideRevocations(city.services);
  expect(await city.reservation(driver, moved.id)).toMatchObject({ state: 'CONFIRMED', facility: { id: near } });
  const second = await city.cancel(driver, moved.id);
  const third = await city.cancel(driver, standing.id);

  expect([first, second, third].map(({ reservation }) => [reservation.state, reservation.feeFen])).toEqual([['CANCELLED', null], ['CANCELLED', null], ['CANCELLED', 200]]);
  const refunded = { purpose: 'STAY', state: 'REFUNDED', fen: 1_000, paid: 1_000, back: 1_000 };
  expect(await chargesOf([pending.id, moved.id])).toEqual([refunded, refunded]);
  expect(await chargesOf([standing.id])).toMatchObject([{ fen: 1_000, back: 800 }]);
  expect((await outcomes(lot)).map((each: any) => each.state)).toEqual(['LAPSED', 'MOVED']);
});

test('two suspensions at once revoke a booking once; who is in is kept, and a later ordinary change is not held up by it', async () => {
  const [driver, guest] = [await city.driver(), await city.driver()];
  const [lot] = await neighbours(quota(2), quota(1));
  await city.book(driver, { facilityId: lot, during: during('09:00–11:00'), plates: [{ number: '闽C12345' }], ...STAY });
  const { receipt } = await city.enter(lot, '闽C12345');
  const late = await city.book(guest, { facilityId: lot, during: during('12:00–14:00'), ...STAY });

  await Promise.all([city.suspend(lot), city.suspend(lot)]);
  await Promise.all([decideRevocations(city.services), decideRevocations(city.services)]);
  await decideRevocations(city.services);

  expect((await outcomes(lot)).map((each: any) => each.state)).toEqual(['KEPT', 'MOVED']);
  expect((await city.session(receipt.sessionId)).reservation.state).toBe('CHECKED_IN');
  expect(await breachesOf(late.id)).toEqual([{ side: 'SUPPLIER', kind: 'REVOCATION' }]);
  expect((await pause(lot, null)).userErrors).toEqual([]);
  city.clock(at('10:00'));
  expect((await city.leave(lot, '闽C12345')).receipt.verdict).toBe('CLOSED');
  expect((await city.session(receipt.sessionId)).reservation.state).toBe('COMPLETED');
});

test('only as many give way as are missing, the newest first', async () => {
  const driver = await city.driver();
  const [lot, near] = await neighbours(quota(3), quota(3));
  const booked = [];
  for (let nth = 0; nth < 3; nth++) {
    city.clock(at('09:00') + nth);
    booked.push(await city.book(driver, { facilityId: lot, during: during('10:00–12:00'), ...STAY }));
  }
  const [zone] = await city.database.query<{ id: string }>('select id from zone where facility_id = $1', [lot]);
  const query = 'mutation o($input: PutOutOfServiceInput!) { putOutOfService(input: $input) { userErrors { code } } }';
  expect((await city.ask({ ...city.operator, grants: [{ action: 'facility:write', partyId: city.ownerId, jurisdictionCode: null }] }, query, { input: { facilityId: lot, zoneId: zone!.id, spaceClass: 'STANDARD', spaces: 18, reason: '设备故障', idempotencyKey: `o ${++made}` } })).putOutOfService.userErrors).toEqual([]);

  expect(await decideRevocations(city.services)).toBe(1);

  const at2 = [];
  for (const { id } of booked) at2.push((await city.reservation(driver, id)).facility.id);
  expect(at2).toEqual([lot, lot, near]);
});

test('a vehicle that stays is overstayed and charged by its clause; the next holder is led elsewhere, each once', async () => {
  const [driver, guest] = [await city.driver(), await city.driver()];
  const cheap = await city.tariff(300);
  const [lot, near] = await neighbours({ ...quota(1), tariffId: cheap }, quota(1));
  const first = await city.book(driver, { facilityId: lot, during: during('09:00–11:00'), plates: [{ number: '闽C12345' }], ...STAY });
  await city.pay(first.chargeIds[0]!, 600);
  const { receipt } = await city.enter(lot, '闽C12345');
  const next = await city.book(guest, { facilityId: lot, during: during('11:30–13:00'), ...STAY });
  await city.pay(next.chargeIds[0]!, 450);
  city.clock(at('11:14'));
  expect(await watchOverstays(city.services)).toBe(0);

  city.clock(at('11:15'));
  expect((await Promise.all([watchOverstays(city.services), watchOverstays(city.services)])).reduce((sum, each) => sum + each)).toBe(1);
  expect(await decideRevocations(city.services)).toBe(1);

  expect(await city.session(receipt.sessionId)).toMatchObject({ state: 'OPEN', overstayedSince: iso('11:15'), reservation: { state: 'OVERSTAYED' } });
  expect(await city.reservation(guest, next.id)).toMatchObject({ state: 'CONFIRMED', facility: { id: near } });
  expect(await breachesOf(first.id)).toEqual([{ side: 'DRIVER', kind: 'OVERSTAY' }]);
  expect(await breachesOf(next.id)).toEqual([]);
  expect(await noticesOf(next.id)).toEqual(['reservation.moved']);
  expect(await noticesOf(first.id)).toEqual(['reservation.overstayed']);

  // From the end of the grace at 11:15 to 12:15 an hour at 300 fen, by 150 %.
  city.clock(at('12:15'));
  await city.leave(lot, '闽C12345');
  const session = await city.session(receipt.sessionId);
  expect(session).toMatchObject({ state: 'ENDED', amountFen: 450, reservation: { state: 'COMPLETED' } });
  expect(await city.database.query('select amount_fen::int as fen, purpose, payer_id = $2 as is_drivers from charge where id = any($1)', [session.chargeIds, driver.partyIds[0]])).toEqual([{ fen: 450, purpose: 'OVERSTAY', is_drivers: true }]);
});

test('what fails in the middle leaves all as it was, keeps nobody behind it waiting, and is decided whole with the next run', async () => {
  const [driver, other] = [await city.driver(), await city.driver()];
  const [lot, near] = await neighbours(quota(2), quota(2));
  const first = await city.book(driver, { facilityId: lot, during: during('10:00–12:00'), ...STAY });
  const second = await city.book(other, { facilityId: lot, during: during('10:00–12:00'), ...STAY });
  await city.suspend(lot);
  await city.database.query(`create function fails() returns trigger language plpgsql as $$ begin if new.reservation_id = '${first.id}' then raise exception 'killed'; end if; return new; end $$`);
  await city.database.query('create trigger fails before insert on breach for each row execute function fails()');
  const claims = (): Promise<object[]> => city.database.query('select facility_id as at, ended_at is null as stands from claim where cause_id = $1 order by 2, 1', [first.id]);

  expect(await decideRevocations(city.services)).toBe(1);

  expect(await city.reservation(other, second.id)).toMatchObject({ facility: { id: near } });
  expect(await city.reservation(driver, first.id)).toMatchObject({ state: 'CONFIRMED', version: '1', facility: { id: lot } });
  expect(await claims()).toEqual([{ at: lot, stands: true }]);
  expect(await noticesOf(first.id)).toEqual([]);
  await city.database.query('drop trigger fails on breach');
  await city.database.query('drop function fails');
  expect(await decideRevocations(city.services)).toBe(1);
  expect(await city.reservation(driver, first.id)).toMatchObject({ state: 'CONFIRMED', facility: { id: near } });
  expect(await claims()).toEqual([{ at: lot, stands: false }, { at: near, stands: true }]);
  expect((await city.ask(driver, 'query r($id: ID!) { reservation(id: $id) { revocations { state side reason supplierFen movedTo { id } } } }', { id: first.id })).reservation.revocations).toEqual([{ state: 'MOVED', side: 'SUPPLIER', reason: '消防演练', supplierFen: 0, movedTo: { id: near } }]);
});

test('an entry raced with a revocation: who came in first is kept, whose booking was moved first is in without one', async () => {
  for (let round = 0; round < 6; round++) {
    const driver = await city.driver();
    const [lot, near] = await neighbours(quota(1), quota(1));
    const { id } = await city.book(driver, { facilityId: lot, during: during('09:00–11:00'), plates: [{ number: '闽C12345' }], ...STAY });
    await city.suspend(lot);

    const [{ receipt }] = await Promise.all([city.enter(lot, '闽C12345'), decideRevocations(city.services), decideRevocations(city.services)]);
    await decideRevocations(city.services);

    const [{ state } = { state: 'none' }] = (await outcomes(lot)) as Array<{ state: string }>;
    const session = await city.session(receipt.sessionId);
    const reservation = await city.reservation(driver, id);
    if (state === 'KEPT') {
      expect(session).toMatchObject({ basis: 'RESERVATION', reservation: { id, state: 'CHECKED_IN' } });
      expect(await breachesOf(id)).toEqual([]);
    } else {
      expect(state).toBe('MOVED');
      expect(session).toMatchObject({ basis: 'WALK_IN', reservation: null });
      expect(reservation).toMatchObject({ state: 'CONFIRMED', facility: { id: near } });
      expect(await breachesOf(id)).toEqual([{ side: 'SUPPLIER', kind: 'REVOCATION' }]);
    }
  }
}, 120_000);

test('a calendar that makes a holiday of a provisional workday gives back what was booked then, and nobody is to blame', async () => {
  city.clock(Date.parse('2026-12-28T09:00:00+08:00'));
  const driver = await city.driver();
  const [lot] = await neighbours({ rules: [{ days: { dayTypes: ['WORKDAY'] }, from: { minute: 0 }, until: { durationMinutes: 1_440 } }] }, { validFrom: localTime.dayOf(2030, 1, 1) });
  const stay = { startsAt: '2027-01-06T10:00:00+08:00', endsAt: '2027-01-06T12:00:00+08:00' };
  const { id } = await city.book(driver, { facilityId: lot, during: stay, ...STAY });

  const day = localTime.dayOf(2027, 1, 6);
  const noticed = await recordCalendarNotice(city.system, { noticeId: 'test-2027', title: '2027 年部分节假日安排', publishedOn: localTime.dayOf(2026, 12, 27), year: 2027, days: [{ day, dayType: 'HOLIDAY', name: '测试假日' }], idempotencyKey: 'notice 2027' });
  expect(noticed.ok).toBe(true);
  expect(await decideRevocations(city.services)).toBe(1);

  expect(await city.reservation(driver, id)).toMatchObject({ state: 'CANCELLED' });
  expect(await outcomes(lot)).toEqual([{ state: 'REFUNDED', movedTo: null, supplierFen: null }]);
  expect(await breachesOf(id)).toEqual([]);
  expect(await noticesOf(id)).toEqual(['reservation.revoked']);
});
