import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { newId, type Viewer } from '../../src/platform/index.js';
import { endNoShows } from '../../src/parking/jobs.js';
import { decideRevocations } from '../../src/parking/revocation/decide-revocations.js';
import { quotaOf } from '../../src/sharing/index.js';
import { ERRORS, FIELDS } from './booking-city.js';
import { at, during, openGateCity, type GateCity } from './gate-city.js';

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

const QUERY = `mutation r($input: ReportSpaceNotProvidedInput!) { reportSpaceNotProvided(input: $input) { reservation { ${FIELDS} } ${ERRORS} } }`;
const report = async (viewer: Viewer, reservationId: string, told: object = {}): Promise<any> =>
  (await city.ask(viewer, QUERY, { input: { reservationId, reason: '泊位被占', idempotencyKey: `report ${++made}`, ...told } })).reportSpaceNotProvided;
const codes = (answer: { userErrors: Array<{ code: string }> }): string[] => answer.userErrors.map(error => error.code);
const breachesOf = (id: string): Promise<object[]> => city.database.query('select side, kind, promise_id = (select claim_id from reservation where id = $1) as of_claim, reason from breach where reservation_id = $1', [id]);
const chargesOf = (id: string): Promise<object[]> => city.database.query('select purpose, state, amount_fen::int as fen, refunded_fen::int as back from charge where cause_id = $1 order by opened_at, id', [id]);
const refundsOf = async (id: string): Promise<number> => ((await city.database.query('select count(*)::int as count from charge_refund r join charge c on c.id = r.charge_id where c.cause_id = $1', [id])) as [{ count: number }])[0].count;

/** Books the only space with a plate of its own, and pays. */
async function booked(hours: string): Promise<{ id: string; facilityId: string; plate: string }> {
  const facilityId = await city.lot({ quota: quotaOf({ STANDARD: 1 }), tariffId: await city.tariff(500) });
  const plate = `闽C${30_000 + ++made}`;
  const { quote } = await city.quote(driver, { facilityId, during: during(hours) });
  const { reservation } = await city.reserve(driver, quote.id, { plates: [{ number: plate }] });
  await city.pay(reservation.chargeIds[0], quote.amountFen);
  return { id: reservation.id, facilityId, plate };
}

/** A gate has refused the vehicle of a reservation. */
async function turnAway(id: string, facilityId: string, instant: number): Promise<void> {
  await city.database.query(
    `insert into gate_decision (city, id, facility_id, plate_key, masked_plate, at, decided_at, is_admitted, rule, reasons, window_ids, decided_by)
     select v.city, $4, $2, v.plate_hash || '/' || v.colour, v.masked_plate, to_timestamp($3), to_timestamp($3), false, 'NOT_ENOUGH_SPACES', '[]', '{}', 'test' from reservation_vehicle v where v.reservation_id = $1`,
    [id, facilityId, instant / 1_000, newId('gateDecision', instant)],
  );
}
const told = async (partyId: string, id: string): Promise<string[]> => (await city.toldOf(partyId, id, 'reservation.notProvided')).map(({ zh }) => zh);

test('a space that was not there: the breach is recorded once, all is given back once, both sides are told, and the space serves the next', async () => {
  const { id, facilityId } = await booked('10:00–12:00');
  city.clock(at('10:05'));

  const [one, other] = await Promise.all([report(driver, id), report(driver, id)]);
  const again = await report(driver, id);

  const [done, refused] = one.reservation ? [one, other] : [other, one];
  expect(done.reservation).toMatchObject({ id, state: 'CANCELLED', feeFen: null, reason: '泊位被占' });
  expect(refused.reservation).toBeNull();
  expect(codes(again)).toEqual(['RESERVATION_OVER']);
  expect(await breachesOf(id)).toEqual([{ side: 'SUPPLIER', kind: 'SPACE_NOT_PROVIDED', of_claim: true, reason: '泊位被占' }]);
  expect(await chargesOf(id)).toEqual([{ purpose: 'STAY', state: 'REFUNDED', fen: 1_000, back: 1_000 }]);
  expect(await refundsOf(id)).toBe(1);
  const text = '停车人称泊位未提供（泊位被占），预约已结束：退还 10.00 元';
  expect([await told(driver.partyIds[0]!, id), await told(city.ownerId, id)]).toEqual([[text], [text]]);
  expect(await city.database.query(`select reason, details ->> 'act' as act from audit_entry where object_id = $1 and details ->> 'act' = 'fail'`, [id])).toEqual([{ reason: '泊位被占', act: 'fail' }]);
  expect((await city.quote(await city.driver(), { facilityId, during: during('10:30–11:30') })).quote).not.toBeNull();
  expect(await decideRevocations(city.services)).toBe(0);
});

test('it is refused before the time, after it, while the vehicle is in, without a reason and to anybody else; and nothing is written', async () => {
  const early = await booked('12:00–13:00');
  const inside = await booked('09:00–12:00');
  await city.enter(inside.facilityId, inside.plate);
  const stranger = await city.driver();
  const { reservation: held } = await city.reserve(driver, (await city.quote(driver, { facilityId: await city.lot({ tariffId: await city.tariff(500) }), during: during('09:00–10:00') })).quote.id);
  const before = [await city.kept(), await city.written()];

  // The gate lets it in by now, but the space is promised from its own start on.
  const refused = [await report(driver, early.id)];
  city.clock(at('11:59'));
  refused.push(await report(driver, early.id));
  city.clock(at('09:00'));
  refused.push(await report(driver, inside.id), await report(driver, held.id));
  city.clock(at('12:00'));
  refused.push(await report(driver, early.id, { reason: ' ' }), await report(driver, early.id, { reason: '长'.repeat(201) }));
  await expect(report(stranger, early.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  city.clock(at('13:00'));
  refused.push(await report(driver, early.id));

  expect(refused.map(codes)).toEqual([['STAY_NOT_BEGUN'], ['STAY_NOT_BEGUN'], ['VEHICLE_IS_IN'], ['RESERVATION_UNPAID'], ['REASON_INVALID'], ['REASON_INVALID'], ['RESERVATION_OVER']]);
  expect([await city.kept(), await city.written()]).toEqual(before);
  expect([await breachesOf(early.id), await breachesOf(inside.id)]).toEqual([[], []]);
});

test('whoever the gate turned away can still say so when the reservation counts as missed, and gets the fee back; whoever never came cannot', async () => {
  const [turned, never] = [await booked('10:00–14:00'), await booked('10:00–14:00')];
  city.clock(at('10:10'));
  await turnAway(turned.id, turned.facilityId, at('10:10'));
  city.clock(at('11:00'));
  expect(await endNoShows(city.services)).toBe(2);

  const [heard, unheard] = [await report(driver, turned.id), await report(driver, never.id)];

  expect(heard.reservation).toMatchObject({ state: 'CANCELLED', feeFen: null });
  expect(await chargesOf(turned.id)).toEqual([{ purpose: 'STAY', state: 'REFUNDED', fen: 2_000, back: 2_000 }]);
  expect(await breachesOf(turned.id)).toMatchObject([{ kind: 'SPACE_NOT_PROVIDED' }]);
  expect(codes(unheard)).toEqual(['NOT_TURNED_AWAY']);
  expect(await breachesOf(never.id)).toEqual([]);
});

test('before its own time only whom the gate turned away can say so', async () => {
  const { id, facilityId } = await booked('10:00–12:00');
  city.clock(at('09:50'));
  expect(codes(await report(driver, id))).toEqual(['STAY_NOT_BEGUN']);
  await turnAway(id, facilityId, at('09:50'));

  expect((await report(driver, id)).reservation).toMatchObject({ state: 'CANCELLED', feeFen: null });
  expect(await chargesOf(id)).toEqual([{ purpose: 'STAY', state: 'REFUNDED', fen: 1_000, back: 1_000 }]);
});

test('an entry raced with a report: the vehicle is in and its booking stands, or it was reported and is in without one', async () => {
  for (let round = 0; round < 5; round++) {
    const { id, facilityId, plate } = await booked('10:00–12:00');
    city.clock(at('10:00') + round * 1_000);

    const [, answer] = await Promise.all([city.enter(facilityId, plate), report(driver, id)]);

    const { state } = await city.reservation(driver, id);
    expect([state, (await breachesOf(id)).length, answer.reservation === null]).toEqual(state === 'CHECKED_IN' ? ['CHECKED_IN', 0, true] : ['CANCELLED', 1, false]);
    city.clock(at('09:00'));
  }
}, 120_000);
