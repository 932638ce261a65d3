import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { publishTariff } from '../../src/billing/index.js';
import { checkLedger } from '../../src/billing/ledger-check.js';
import { registerPartyWithin } from '../../src/identity/index.js';
import { decideRevocations } from '../../src/parking/revocation/decide-revocations.js';
import type { Viewer } from '../../src/platform/index.js';
import { DISTRICT, inUnit } from '../support/city.js';
import { at, during, openGateCity, type GateCity } from './gate-city.js';

// What another place costs more is never the driver's, and its own later change is: by its price there, to the fen.

let city: GateCity;
let made = 0;

beforeAll(async () => {
  city = await openGateCity();
});
beforeEach(() => city.clock(at('09:00')));
afterAll(() => city.database.close());

interface Moved {
  readonly driver: Viewer;
  readonly id: string;
  /** Where it was booked, and where it was moved: 3 and 5 yuan an hour. */
  readonly yard: string;
  readonly garage: string;
  /** 8 yuan an hour, a hundred metres further. */
  readonly tower: string;
  readonly revocationId: string;
}

/** Two hours for 6 yuan, paid, and moved to where they cost 10: 4 of them are the first owner's. */
async function moved(): Promise<Moved> {
  const nth = ++made;
  const driver = await city.driver();
  const [yard, garage, tower] = [await lotOf(`yard-${nth}`, 300, nth, 0), await lotOf(`garage-${nth}`, 500, nth, 1), await lotOf(`tower-${nth}`, 800, nth, 2)];
  const { quote } = await city.quote(driver, { facilityId: yard, during: during('10:00–12:00') });
  const { reservation } = await city.reserve(driver, quote.id);
  await city.pay(reservation.chargeIds[0], 600);
  await suspend(yard);
  await decideRevocations(city.services);
  const [revocation] = await city.database.query<{ id: string; fen: number }>('select id, supplier_fen::int as fen from revocation where reservation_id = $1', [reservation.id]);
  expect([(await city.reservation(driver, reservation.id)).facility.id, revocation!.fen]).toEqual([garage, 400]);
  return { driver, id: reservation.id, yard, garage, tower, revocationId: revocation!.id };
}

/** A car park of an owner of its own, at so many fen an hour, where stays are paid after them. */
async function lotOf(code: string, fenPerHour: number, row: number, column: number): Promise<string> {
  const owner = await inUnit(city.system, unit => registerPartyWithin(unit, { kind: 'ENTERPRISE', name: code, source: 'test', code, jurisdictionCode: DISTRICT }));
  if (!owner.ok) throw new Error(owner.problems[0].en);
  const { partyId } = owner.value;
  const tariff = await publishTariff(city.system, {
    owner: { facilityId: null, partyId } as never, name: code, idempotencyKey: `tariff ${code}`, inForceFrom: at('00:00', -30),
    terms: { bands: [{ name: '全天', when: null, spaceClasses: null, price: { kind: 'PER_HOUR', fenPerHour } }], caps: [], freeMinutes: null, rounding: { rule: 'HALF_UP', toFen: 1 }, blocksAtEdges: 'ANEW' },
  });
  if (!tariff.ok) throw new Error(tariff.problems[0].en);
  const lot = await city.lot({ tariffId: tariff.value.tariffId }, { owner: { source: 'test', code } }, { longitude: 118 + row * 0.02 + column * 0.001, latitude: 25.5 });
  if (column === 0) return lot;
  const viewer: Viewer = { ...city.operator, partyIds: [partyId], grants: [{ action: 'terms:write', partyId, jurisdictionCode: null }] };
  await city.ask(viewer, 'mutation m($input: SetBookingTermsInput!) { setBookingTerms(input: $input) { userErrors { code } } }', { input: { facilityId: lot, terms: { payAfterMinutes: 60 }, legalBasis: '试行', idempotencyKey: `terms ${code}` } });
  return lot;
}

async function suspend(facilityId: string): Promise<void> {
  const [{ partyId }] = (await city.database.query('select owner_party_id as "partyId" from facility where id = $1', [facilityId])) as [{ partyId: string }];
  const viewer: Viewer = { ...city.operator, partyIds: [partyId], grants: [{ action: 'window:suspend', partyId, jurisdictionCode: null }] };
  const query = 'mutation s($input: SuspendSharingInput!) { suspendSharing(input: $input) { userErrors { code } } }';
  expect((await city.ask(viewer, query, { input: { scope: { facilityId }, reason: '场地施工', idempotencyKey: `suspend ${facilityId}` } })).suspendSharing.userErrors).toEqual([]);
}

/** Quotes a change and makes it: what was quoted, and what the reservation costs then. */
async function changed({ driver, id }: Moved, facilityId: string, hours: string): Promise<readonly unknown[]> {
  const { quote } = (await city.ask(driver, 'mutation q($input: QuoteStayInput!) { quoteStay(input: $input) { quote { id amountFen supplierFen changeFeeFen } } }', { input: { facilityId, during: during(hours), changesReservationId: id, idempotencyKey: `quote ${++made}` } })).quoteStay;
  const { reservation, userErrors } = (await city.ask(driver, 'mutation m($input: ChangeReservationInput!) { changeReservation(input: $input) { reservation { amountFen feeFen } userErrors { code } } }', { input: { reservationId: id, quoteId: quote.id, idempotencyKey: `change ${++made}` } })).changeReservation;
  expect(userErrors).toEqual([]);
  return [quote.amountFen, quote.supplierFen, quote.changeFeeFen, reservation.amountFen, reservation.feeFen];
}

/** In the order in which the reservation leads to them. */
const chargesOf = (id: string): Promise<object[]> => city.database.query(`select c.purpose, c.state, c.facility_id as at, (c.amount_fen - c.refunded_fen)::int as stands
  from reservation r cross join jsonb_array_elements(r.charges) with ordinality as own (charge, nth) join charge c on c.id = own.charge ->> 'chargeId' where r.id = $1 order by own.nth`, [id]);
const relocationOf = async ({ revocationId }: Moved): Promise<unknown[]> => (await city.database.query<{ state: string; stands: number; borne: number }>(`select c.state, (c.amount_fen - c.refunded_fen)::int as stands, v.supplier_fen::int as borne from charge c join revocation v on v.id = c.cause_id where c.cause_id = $1`, [revocationId])).flatMap(row => [row.state, row.stands, row.borne]);

test('P9: whoever was moved and changes the stay there pays its own change alone; the supplier bears the same of more, and the same share of less', async () => {
  const stay = await moved();
  const { id, yard, garage } = stay;
  const first = { purpose: 'STAY', at: yard };

  expect(await changed(stay, garage, '11:00–13:00')).toEqual([1_000, 400, 0, 600, null]);
  expect([await chargesOf(id), await relocationOf(stay)]).toEqual([[{ ...first, state: 'PAID', stands: 600 }], ['OPEN', 400, 400]]);

  expect(await changed(stay, garage, '11:00–14:00')).toEqual([1_500, 400, 0, 1_100, null]);
  expect([await chargesOf(id), await relocationOf(stay)]).toEqual([[{ ...first, state: 'PAID', stands: 600 }, { purpose: 'STAY', state: 'OPEN', at: garage, stands: 500 }], ['OPEN', 400, 400]]);

  // A third of 15 yuan: of the 4 that were borne 1.33 are, and of the 11 that were the driver's 3.67.
  expect(await changed(stay, garage, '11:00–12:00')).toEqual([500, 133, 0, 367, null]);
  expect([await chargesOf(id), await relocationOf(stay)]).toEqual([[{ ...first, state: 'PART_REFUNDED', stands: 367 }, { purpose: 'STAY', state: 'VOID', at: garage, stands: 0 }], ['OPEN', 133, 133]]);
  expect(await checkLedger(city.database)).toMatchObject({ sumFen: 0, differences: [] });
});

test('who leaves that place for another of its own choice pays what it costs there, without a fee, and nobody owes the difference any more', async () => {
  const stay = await moved();

  expect(await changed(stay, stay.tower, '10:00–12:00')).toEqual([1_600, 0, 0, 1_600, null]);

  expect(await chargesOf(stay.id)).toEqual([{ purpose: 'STAY', state: 'PAID', at: stay.yard, stands: 600 }, { purpose: 'STAY', state: 'OPEN', at: stay.tower, stands: 1_000 }]);
  expect(await relocationOf(stay)).toEqual(['VOID', 0, 0]);
  expect(await changed(stay, stay.garage, '10:00–12:00')).toEqual([1_000, 0, 0, 1_000, null]);
  expect(await checkLedger(city.database)).toMatchObject({ sumFen: 0, differences: [] });
});

test('cancelled and changed at once, one of both stands whole, and the sums are its own', async () => {
  for (let round = 0; round < 6; round++) {
    const stay = await moved();
    const { quote } = await city.quote(stay.driver, { facilityId: stay.garage, during: during('10:00–11:00'), changesReservationId: stay.id });

    await Promise.all([
      city.cancel(stay.driver, stay.id),
      city.ask(stay.driver, 'mutation m($input: ChangeReservationInput!) { changeReservation(input: $input) { userErrors { code } } }', { input: { reservationId: stay.id, quoteId: quote.id, idempotencyKey: `change ${++made}` } }),
    ]);

    const isCancelled = (await city.reservation(stay.driver, stay.id)).state === 'CANCELLED';
    const stands = (await chargesOf(stay.id)).reduce((sum, charge) => sum + (charge as { stands: number }).stands, 0);
    expect([stands, (await relocationOf(stay))[1]]).toEqual(isCancelled ? [0, 0] : [300, 200]);
  }
  expect(await checkLedger(city.database)).toMatchObject({ sumFen: 0, differences: [] });
});

test('where a booking that was moved is cancelled, or taken back once more, nobody owes a difference for the place that it had', async () => {
  const [cancelled, again] = [await moved(), await moved()];

  expect((await city.cancel(cancelled.driver, cancelled.id)).reservation).toMatchObject({ state: 'CANCELLED', feeFen: null });
  await suspend(again.garage);
  await decideRevocations(city.services);

  expect([await chargesOf(cancelled.id), await relocationOf(cancelled)]).toEqual([[{ purpose: 'STAY', state: 'REFUNDED', at: cancelled.yard, stands: 0 }], ['VOID', 0, 0]]);
  // The second owner owes the third all that it costs more than was agreed, and the first nothing.
  expect([(await city.reservation(again.driver, again.id)).facility.id, await relocationOf(again)]).toEqual([again.tower, ['VOID', 0, 0]]);
  expect(await city.database.query('select c.purpose, c.state, c.amount_fen::int as fen, c.facility_id as at from charge c join revocation v on v.id = c.cause_id where v.reservation_id = $1 and v.facility_id = $2', [again.id, again.garage])).toEqual([{ purpose: 'RELOCATION', state: 'OPEN', fen: 1_000, at: again.tower }]);
  expect(await checkLedger(city.database)).toMatchObject({ sumFen: 0, differences: [] });
});
