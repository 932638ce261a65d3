import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { publishTariff } from '../../src/billing/index.js';
import { checkLedger } from '../../src/billing/ledger-check.js';
import { registerPartyWithin } from '../../src/identity/index.js';
import { endNoShows } from '../../src/parking/jobs.js';
import { decideRevocations } from '../../src/parking/revocation/decide-revocations.js';
import type { Viewer } from '../../src/platform/index.js';
import { quotaOf } from '../../src/sharing/index.js';
import { DISTRICT, addFacilities, addWindows, facilityDraft, inUnit, termsDraft } from '../support/city.js';
import { at, during, openGateCity, type GateCity } from './gate-city.js';

// What another place costs more is never the driver's, and its own later change is: by its price there, to the fen.

let city: GateCity;
let made = 0;
let places = 0;

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
async function moved(terms?: object): Promise<Moved> {
  const nth = ++places;
  const driver = await city.driver();
  const [yard, garage, tower] = [await lotOf(`yard-${nth}`, 300, nth, 0), await lotOf(`garage-${nth}`, 500, nth, 1), await lotOf(`tower-${nth}`, 800, nth, 2)];
  if (terms) await setTerms(yard, terms);
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
  const capacity = [{ spaceClass: 'STANDARD' as const, total: 5, shareable: 5 }];
  const zones = [{ code: 'A', name: 'A 区', capacity }, { code: 'B', name: 'B 区', capacity }];
  const [lot] = (await addFacilities(city.system, [facilityDraft(code, { longitude: 118 + row * 0.02 + column * 0.001, latitude: 25.5 }, { owner: { source: 'test', code }, zones })])) as [string];
  await lend(lot, 'A', await tariffOf(partyId, fenPerHour));
  if (column > 0) await setTerms(lot, { payAfterMinutes: 60 });
  return lot;
}

/** Lends one of its two pools day and night. */
async function lend(facilityId: string, code: 'A' | 'B', tariffId: string): Promise<void> {
  const [zone] = (await city.database.query('select id from zone where facility_id = $1 and code = $2', [facilityId, code])) as [{ id: string }];
  await addWindows(city.system, [{ facility: { id: facilityId }, zone, terms: termsDraft({ tariffId, quota: quotaOf({ STANDARD: 5 }) }) }]);
}

async function tariffOf(partyId: string, fenPerHour: number): Promise<string> {
  const tariff = await publishTariff(city.system, {
    owner: { facilityId: null, partyId } as never, name: `${fenPerHour} 分每小时`, idempotencyKey: `tariff of ${partyId} ${++made}`, inForceFrom: at('00:00', -30),
    terms: { bands: [{ name: '全天', when: null, spaceClasses: null, price: { kind: 'PER_HOUR', fenPerHour } }], caps: [], freeMinutes: null, rounding: { rule: 'HALF_UP', toFen: 1 }, blocksAtEdges: 'ANEW' },
  });
  if (!tariff.ok) throw new Error(tariff.problems[0].en);
  return tariff.value.tariffId;
}

/** Whoever owns a facility, with one right. */
async function ownerOf(facilityId: string, action: string): Promise<Viewer & { readonly partyId: string }> {
  const [{ partyId }] = (await city.database.query('select owner_party_id as "partyId" from facility where id = $1', [facilityId])) as [{ partyId: string }];
  return { ...city.operator, partyId, partyIds: [partyId], grants: [{ action, partyId, jurisdictionCode: null }] };
}

async function setTerms(facilityId: string, terms: object): Promise<void> {
  const query = 'mutation m($input: SetBookingTermsInput!) { setBookingTerms(input: $input) { userErrors { code } } }';
  expect((await city.ask(await ownerOf(facilityId, 'terms:write'), query, { input: { facilityId, terms, legalBasis: '试行', idempotencyKey: `terms ${facilityId}` } })).setBookingTerms.userErrors).toEqual([]);
}

/** Lends the other pool of a garage at another price, and the one before no more. */
async function lendOther(facilityId: string, fenPerHour: number): Promise<void> {
  const owner = await ownerOf(facilityId, 'window:publish');
  const [{ windowId }] = (await city.database.query('select id as "windowId" from sharing_window where facility_id = $1', [facilityId])) as [{ windowId: string }];
  await lend(facilityId, 'B', await tariffOf(owner.partyId, fenPerHour));
  const query = 'mutation p($input: WindowStatusInput!) { pauseWindow(input: $input) { userErrors { code } } }';
  expect((await city.ask(owner, query, { input: { windowId, reason: '改价', bookings: 'REVOKE', idempotencyKey: `pause anew ${++made}` } })).pauseWindow.userErrors).toEqual([]);
  await decideRevocations(city.services);
}

/** What the owner of the yard was told of its debt. */
async function told({ id, yard }: Moved): Promise<unknown[]> {
  const { partyId } = await ownerOf(yard, 'notice:read');
  return city.toldOf(partyId!, id, 'reservation.relocationLessened');
}

async function suspend(facilityId: string): Promise<void> {
  const viewer = await ownerOf(facilityId, 'window:suspend');
  const query = 'mutation s($input: SuspendSharingInput!) { suspendSharing(input: $input) { userErrors { code } } }';
  expect((await city.ask(viewer, query, { input: { scope: { facilityId }, reason: '场地施工', idempotencyKey: `suspend ${facilityId}` } })).suspendSharing.userErrors).toEqual([]);
}

/** Quotes a change and makes it: what was quoted, and what the reservation costs then. */
async function changed({ driver, id }: Moved, facilityId: string, hours: string): Promise<readonly unknown[]> {
  const { quote } = (await city.ask(driver, 'mutation q($input: QuoteStayInput!) { quoteStay(input: $input) { quote { id amountFen supplierFen changeFeeFen } } }', { input: { facilityId, during: during(hours), changesReservationId: id, idempotencyKey: `quote of change ${++made}` } })).quoteStay;
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

test('P9: nobody comes for a booking that was moved: of the difference the supplier bears what not coming costs more there, and is told; what it had paid beyond goes back', async () => {
  const [whole, half, paid, free] = [await moved(), await moved({ noShowFee: { percent: 50, fen: 100 } }), await moved({ noShowFee: { percent: 50, fen: 0 } }), await moved({ noShowFee: { percent: 0, fen: 0 } })];
  const [{ chargeId }] = (await city.database.query('select id as "chargeId" from charge where cause_id = $1', [paid.revocationId])) as [{ chargeId: string }];
  await city.pay(chargeId, 400);
  city.clock(at('11:01'));

  await endNoShows(city.services);
  expect(await endNoShows(city.services)).toBe(0);

  const stands = async (stay: Moved): Promise<unknown[]> => [(await city.reservation(stay.driver, stay.id)).state, ...(await chargesOf(stay.id)).map(charge => (charge as { stands: number }).stands), ...(await relocationOf(stay))];
  expect([await stands(whole), await stands(half), await stands(paid), await stands(free)]).toEqual([
    ['NO_SHOW', 600, 'OPEN', 400, 400], ['NO_SHOW', 400, 'OPEN', 200, 200], ['NO_SHOW', 300, 'PART_REFUNDED', 200, 200], ['NO_SHOW', 0, 'VOID', 0, 0],
  ]);
  expect([await told(whole), await told(half), await told(paid), await told(free)]).toEqual([
    [],
    [{ zh: '改址的预约无人到场：差额减为 2.00 元，2.00 元不再应付', en: 'nobody came for the reservation that was moved: the difference is 2.00 yuan now, 2.00 yuan are owed no more' }],
    [{ zh: '改址的预约无人到场：差额减为 2.00 元，退还 2.00 元', en: 'nobody came for the reservation that was moved: the difference is 2.00 yuan now, 2.00 yuan are given back' }],
    [{ zh: '改址的预约无人到场：差额不再存在，4.00 元不再应付', en: 'nobody came for the reservation that was moved: nothing of the difference is left, 4.00 yuan are owed no more' }],
  ]);
  expect(await checkLedger(city.database)).toMatchObject({ sumFen: 0, differences: [] });
});

test('whoever owes the difference of a move is told each time that it becomes less, and nothing where it stays', async () => {
  const [stay, left] = [await moved(), await moved()];

  await changed(stay, stay.garage, '11:00–14:00');
  expect(await told(stay)).toEqual([]);
  await changed(stay, stay.garage, '11:00–12:00');
  city.clock(at('09:01'));
  await city.cancel(stay.driver, stay.id);
  await city.cancel(left.driver, left.id, { expectedVersion: '1' });

  expect((await told(stay)).map(each => (each as { zh: string }).zh)).toEqual(['停车人已变更改址的预约：差额减为 1.33 元，2.67 元不再应付', '停车人已取消改址的预约：差额不再存在，1.33 元不再应付']);
  // What was refused is told nobody.
  expect([await told(left), await relocationOf(left)]).toEqual([[], ['OPEN', 400, 400]]);
});

test('P9: moved once more within the facility that it was moved to, it is borne as far as it still costs more there, and no more once it is cancelled', async () => {
  const [cheaper, dearer] = [await moved(), await moved()];

  city.clock(at('09:01'));
  await lendOther(cheaper.garage, 350);
  await lendOther(dearer.garage, 800);

  const borne = async ({ id }: Moved): Promise<unknown[]> => (await city.database.query<{ fen: number }>('select supplier_fen::int as fen from revocation where reservation_id = $1 order by id', [id])).map(row => row.fen);
  expect([await city.reservation(cheaper.driver, cheaper.id), await city.reservation(dearer.driver, dearer.id)]).toMatchObject([{ state: 'CONFIRMED', facility: { id: cheaper.garage } }, { state: 'CONFIRMED', facility: { id: dearer.garage } }]);
  expect([await borne(cheaper), await relocationOf(cheaper)]).toEqual([[100, 0], ['OPEN', 100, 100]]);
  expect([await borne(dearer), await relocationOf(dearer)]).toEqual([[400, 600], ['OPEN', 400, 400]]);
  expect((await told(cheaper)).map(each => (each as { zh: string }).zh)).toEqual(['改址的预约又被收回泊位：差额减为 1.00 元，3.00 元不再应付']);

  // Half the time costs half of all: 3 yuan of the driver's, and 5 that are borne, first by whoever moved it last.
  expect(await changed(dearer, dearer.garage, '11:00–12:00')).toEqual([800, 500, 0, 300, null]);
  expect([await borne(dearer), await relocationOf(dearer)]).toEqual([[400, 100], ['OPEN', 400, 400]]);
  for (const stay of [cheaper, dearer]) await city.cancel(stay.driver, stay.id);
  expect([await borne(cheaper), await relocationOf(cheaper), await borne(dearer), await relocationOf(dearer)]).toEqual([[0, 0], ['VOID', 0, 0], [0, 0], ['VOID', 0, 0]]);
  expect(await checkLedger(city.database)).toMatchObject({ sumFen: 0, differences: [] });
});
