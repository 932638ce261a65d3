import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { endNoShows } from '../../src/parking/jobs.js';
import { decideRevocations } from '../../src/parking/revocation/decide-revocations.js';
import type { Viewer } from '../../src/platform/index.js';
import { quotaOf } from '../../src/sharing/index.js';
import { inUnit } from './booking-city.js';
import { at, during, openGateCity, type GateCity } from './gate-city.js';

// A driver that sees to its booking itself, once its spaces were taken back, owes nothing; and the supplier answers for
// what it took back as if the driver had waited (P9, 3.2-7): which of both a job sees first is nobody's merit.

let city: GateCity;
let driver: Viewer;
let made = 0;

beforeAll(async () => {
  city = await openGateCity();
});
beforeEach(async () => {
  city.clock(at('09:00'));
  driver = await city.driver();
});
afterAll(() => city.database.close());

/** Two hours at 500 fen, far from every other place; cancelling or changing it costs a fifth from the day before on. */
async function lateBooking(hours = '11:00–13:00'): Promise<{ readonly lot: string; readonly id: string; readonly chargeId: string }> {
  const lot = await city.lot({ tariffId: await city.tariff(500), quota: quotaOf({ STANDARD: 1 }) }, {}, { longitude: 118 + ++made * 0.02, latitude: 25.5 });
  await city.ask(city.owner, 'mutation m($input: SetBookingTermsInput!) { setBookingTerms(input: $input) { userErrors { code } } }', { input: { facilityId: lot, terms: { cancelUntilMinutes: 1_440 }, legalBasis: '试行', idempotencyKey: `terms ${++made}` } });
  const { id, chargeIds: [chargeId] } = await city.book(driver, { facilityId: lot, during: during(hours) });
  return { lot, id, chargeId: chargeId! };
}

/** As two servers would, and once more. */
async function decide(): Promise<void> {
  await Promise.all([decideRevocations(city.services), decideRevocations(city.services)]);
  await decideRevocations(city.services);
}

const statesOf = async (lot: string): Promise<string[]> => (await city.database.query<{ state: string }>('select state from revocation where facility_id = $1', [lot])).map(row => row.state);
const breachesOf = (id: string): Promise<object[]> => city.database.query('select side, kind, reason from breach where reservation_id = $1', [id]);
const announcedOf = async (id: string): Promise<number> => (await city.database.query(`select 1 from outbox_event where topic = 'parking.breachRecorded' and payload ->> 'reservationId' = $1`, [id])).length;
const chargeOf = async (id: string): Promise<object> => (await city.database.query<object>('select state, amount_fen::int as fen, refunded_fen::int as back from charge where id = $1', [id]))[0]!;
const SUPPLIERS = { side: 'SUPPLIER', kind: 'REVOCATION', reason: '消防演练' };
const toldOf = async (partyId: string, id: string): Promise<string[]> => (await city.toldOf(partyId, id, 'reservation.revoked')).map(({ zh }) => zh);

test('who cancels before anything is taken back pays the fee, and nobody broke anything', async () => {
  const { lot, id, chargeId } = await lateBooking();
  await city.pay(chargeId, 1_000);

  const { reservation } = await city.cancel(driver, id);
  await city.suspend(lot);
  await decide();

  expect(reservation).toMatchObject({ state: 'CANCELLED', feeFen: 200 });
  expect(await chargeOf(chargeId)).toEqual({ state: 'PART_REFUNDED', fen: 1_000, back: 800 });
  expect([await statesOf(lot), await breachesOf(id), await announcedOf(id)]).toEqual([[], [], 0]);
});

test('who cancels after the spaces were taken back pays nothing; the supplier’s breach is recorded, announced and told once, also where the call is repeated', async () => {
  const { lot, id, chargeId } = await lateBooking();
  await city.pay(chargeId, 1_000);
  await city.suspend(lot);

  const first = await city.cancel(driver, id, { idempotencyKey: 'cancel lapsed' });
  await decide();
  const again = await city.cancel(driver, id, { idempotencyKey: 'cancel lapsed' });

  expect(first.reservation).toMatchObject({ state: 'CANCELLED', feeFen: null });
  expect(again).toEqual(first);
  expect(await chargeOf(chargeId)).toEqual({ state: 'REFUNDED', fen: 1_000, back: 1_000 });
  expect([await statesOf(lot), await breachesOf(id), await announcedOf(id)]).toEqual([['LAPSED'], [SUPPLIERS], 1]);
  expect(await toldOf(city.ownerId, id)).toEqual(['已预约的泊位被收回（消防演练），预约方随后自行取消或变更：仍记供给方违约一次']);
  expect(await toldOf(driver.partyIds[0]!, id)).toEqual([]);
});

test('what fails in the middle of it is recorded whole with the next run, once', async () => {
  const { lot, id } = await lateBooking();
  await city.suspend(lot);
  await city.cancel(driver, id);
  await city.database.query(`create function fails_lapsed() returns trigger language plpgsql as $$ begin if new.reservation_id = '${id}' then raise exception 'killed'; end if; return new; end $$`);
  await city.database.query('create trigger fails_lapsed before insert on breach for each row execute function fails_lapsed()');

  await decide();
  expect([await statesOf(lot), await breachesOf(id), await announcedOf(id), await toldOf(city.ownerId, id)]).toEqual([['PENDING'], [], 0, []]);
  await city.database.query('drop trigger fails_lapsed on breach');
  await city.database.query('drop function fails_lapsed');
  await decide();

  expect([await statesOf(lot), await breachesOf(id), await announcedOf(id)]).toEqual([['LAPSED'], [SUPPLIERS], 1]);
});

test('who goes elsewhere by its own change after the spaces were taken back pays no fee, though one was quoted; the breach is recorded', async () => {
  const { lot, id, chargeId } = await lateBooking();
  await city.pay(chargeId, 1_000);
  const elsewhere = await city.lot({ tariffId: await city.tariff(400) });
  const query = 'mutation q($input: QuoteStayInput!) { quoteStay(input: $input) { quote { id changeFeeFen } } }';
  const { quoteStay: { quote } } = await city.ask(driver, query, { input: { facilityId: elsewhere, during: during('11:00–13:00'), changesReservationId: id, idempotencyKey: `quote ${++made}` } });
  await city.suspend(lot);

  const { changeReservation } = await city.ask(driver, 'mutation m($input: ChangeReservationInput!) { changeReservation(input: $input) { reservation { state amountFen feeFen facility { id } } userErrors { code } } }', { input: { reservationId: id, quoteId: quote.id, idempotencyKey: `change ${++made}` } });
  await decide();

  expect(quote.changeFeeFen).toBe(200);
  expect(changeReservation).toEqual({ reservation: { state: 'CONFIRMED', amountFen: 800, feeFen: null, facility: { id: elsewhere } }, userErrors: [] });
  expect(await chargeOf(chargeId)).toEqual({ state: 'PART_REFUNDED', fen: 1_000, back: 200 });
  expect([await statesOf(lot), await breachesOf(id), await announcedOf(id)]).toEqual([['LAPSED'], [SUPPLIERS], 1]);
  expect(await city.reservation(driver, id)).toMatchObject({ state: 'CONFIRMED', facility: { id: elsewhere } });
});

test('a driver that said its space was not there has reported this very breach: there is one', async () => {
  const { lot, id, chargeId } = await lateBooking('09:05–11:00');
  await city.pay(chargeId, 958);
  city.clock(at('09:10'));
  await city.suspend(lot);

  const { reportSpaceNotProvided } = await city.ask(driver, 'mutation r($input: ReportSpaceNotProvidedInput!) { reportSpaceNotProvided(input: $input) { reservation { state } userErrors { code } } }', { input: { reservationId: id, reason: '泊位已围挡', idempotencyKey: `report ${++made}` } });
  await decide();

  expect(reportSpaceNotProvided).toEqual({ reservation: { state: 'CANCELLED' }, userErrors: [] });
  expect([await statesOf(lot), await breachesOf(id), await announcedOf(id)]).toEqual([['LAPSED'], [{ side: 'SUPPLIER', kind: 'SPACE_NOT_PROVIDED', reason: '泊位已围挡' }], 1]);
});

test('a hold that ran out after its spaces were taken back was as much a promise as one that a job saw in time', async () => {
  const { lot, id } = await lateBooking();
  await city.suspend(lot);
  city.clock(at('09:20'));
  await inUnit(city.system, async unit => unit.announce('claim.holdEnded', { claims: (await unit.query<{ id: string }>('select id from claim where cause_id = $1', [id])).map(claim => ({ claimId: claim.id, causeKind: 'RESERVATION', causeId: id })) }));

  await decide();

  expect(await city.reservation(driver, id)).toMatchObject({ state: 'EXPIRED' });
  expect([await statesOf(lot), await breachesOf(id), await announcedOf(id)]).toEqual([['LAPSED'], [SUPPLIERS], 1]);
});

test('nobody misses what is being taken back: the driver that has not come pays nothing, and the breach is the supplier’s', async () => {
  const { lot, id, chargeId } = await lateBooking();
  await city.pay(chargeId, 1_000);
  city.clock(at('12:00'));
  await city.suspend(lot);

  await endNoShows(city.services);
  expect(await city.reservation(driver, id)).toMatchObject({ state: 'CONFIRMED', version: '2' });
  await decide();

  expect(await city.reservation(driver, id)).toMatchObject({ state: 'CANCELLED' });
  expect(await chargeOf(chargeId)).toEqual({ state: 'REFUNDED', fen: 1_000, back: 1_000 });
  expect([await statesOf(lot), await breachesOf(id), await announcedOf(id)]).toEqual([['REFUNDED'], [SUPPLIERS], 1]);
});

test('cancelled while its spaces are being taken back: the driver pays a fee, or the supplier broke its promise, and never both or neither', async () => {
  for (let round = 0; round < 10; round++) {
    driver = await city.driver();
    const { lot, id, chargeId } = await lateBooking();
    await city.pay(chargeId, 1_000);

    const [{ reservation, userErrors }] = await Promise.all([city.cancel(driver, id), city.suspend(lot)]);
    await decide();

    expect(userErrors.map(({ code }: { code: string }) => code)).toEqual(reservation === null ? ['SPACES_TAKEN_BACK'] : []);
    const isBroken = (await breachesOf(id)).length === 1;
    expect(await chargeOf(chargeId)).toMatchObject({ back: isBroken ? 1_000 : 800 });
    expect([await statesOf(lot), await announcedOf(id)]).toEqual(isBroken ? [[reservation === null ? 'REFUNDED' : 'LAPSED'], 1] : [[], 0]);
  }
});
