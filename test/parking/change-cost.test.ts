import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { checkLedger } from '../../src/billing/ledger-check.js';
import type { Viewer } from '../../src/platform/index.js';
import { at, during, openBookingCity, type BookingCity } from './booking-city.js';

let city: BookingCity;
let driver: Viewer;
let made = 0;

beforeAll(async () => {
  city = await openBookingCity();
});
beforeEach(async () => {
  city.services.clock.set(at('09:00'));
  driver = await city.driver();
});
afterAll(() => city.database.close());

interface ChangeQuote {
  readonly id: string;
  readonly amountFen: number;
  readonly changeFeeFen: number | null;
  readonly supplierFen: number | null;
}

async function quoted(facilityId: string, hours: string, changesReservationId: string | null = null): Promise<ChangeQuote> {
  const query = 'mutation q($input: QuoteStayInput!) { quoteStay(input: $input) { quote { id amountFen changeFeeFen supplierFen } userErrors { code } } }';
  const { quote, userErrors } = (await city.ask(driver, query, { input: { facilityId, during: during(hours), changesReservationId, idempotencyKey: `quote ${++made}` } })).quoteStay;
  expect(userErrors).toEqual([]);
  return quote;
}

const change = async (reservationId: string, quoteId: string, idempotencyKey = `change ${++made}`): Promise<any> =>
  (await city.ask(driver, 'mutation m($input: ChangeReservationInput!) { changeReservation(input: $input) { reservation { state amountFen feeFen } userErrors { __typename code field ... on ChangeCostsMore { quotedFeeFen feeFen moreFen } } } }', { input: { reservationId, quoteId, idempotencyKey } })).changeReservation;

/** In the order in which the reservation leads to them. */
const chargesOf = (id: string): Promise<object[]> => city.database.query(`select c.purpose, c.state, c.facility_id as at, c.amount_fen::int as fen, c.refunded_fen::int as back, c.lines -> 0 ->> 'zh' as line
  from reservation r cross join jsonb_array_elements(r.charges) with ordinality as own (charge, nth) join charge c on c.id = own.charge ->> 'chargeId' where r.id = $1 order by own.nth`, [id]);

/** Four hours at 500 fen, paid: a fifth of it is the fee from half an hour before. */
async function paidEvening(name = '东街停车场'): Promise<{ readonly lot: string; readonly id: string }> {
  const lot = await city.lot({ tariffId: await city.tariff(500) }, { name });
  const { id, chargeIds } = await city.book(driver, { facilityId: lot, during: during('19:00–23:00') });
  await city.pay(chargeIds[0]!, 2_000);
  return { lot, id };
}

const payLater = (facilityId: string): Promise<unknown> =>
  city.ask(city.owner, 'mutation m($input: SetBookingTermsInput!) { setBookingTerms(input: $input) { userErrors { code } } }', { input: { facilityId, terms: { payAfterMinutes: 60 }, legalBasis: '试行', idempotencyKey: `terms ${++made}` } });

test('a quote says what a change costs besides: nothing in time, the fee after the deadline where something is given up, and nothing of it for a new stay', async () => {
  const { lot, id } = await paidEvening();
  const early = await quoted(lot, '19:00–20:00', id);
  city.services.clock.set(at('18:45'));

  const [shorter, same, fresh] = [await quoted(lot, '19:00–20:00', id), await quoted(lot, '19:00–23:00', id), await quoted(lot, '19:00–20:00')];

  expect([early, shorter, same, fresh].map(({ amountFen, changeFeeFen, supplierFen }) => [amountFen, changeFeeFen, supplierFen])).toEqual([[500, 0, 0], [500, 400, 0], [2_000, 0, 0], [500, null, null]]);
});

test('what was quoted is what is taken: the fee stays of what was paid, the rest goes back, and the driver is told the sums', async () => {
  const { lot, id } = await paidEvening();
  city.services.clock.set(at('18:45'));
  const { id: quoteId } = await quoted(lot, '19:00–20:00', id);

  const changed = await change(id, quoteId, 'change once');
  const again = await change(id, quoteId, 'change once');

  expect(changed).toEqual({ reservation: { state: 'CONFIRMED', amountFen: 500, feeFen: 400 }, userErrors: [] });
  expect(again).toEqual(changed);
  expect(await chargesOf(id)).toMatchObject([{ purpose: 'STAY', state: 'PART_REFUNDED', fen: 2_000, back: 1_100 }]);
  expect(await city.toldOf(driver.partyIds[0]!, id, 'reservation.changed')).toEqual([{
    zh: '预约已变更：东街停车场，2026-02-11 19:00–20:00，1 个泊位，现价 5.00 元；退还 11.00 元，已计入变更费 4.00 元',
    en: 'your reservation was changed: 东街停车场, 2026-02-11 19:00–20:00, spaces: 1, 5.00 yuan; 11.00 yuan are given back, the fee of 4.00 yuan for changing it late is reckoned in',
  }]);
});

test('a fee that what was paid does not reach is charged as a fee, by itself and in its own words', async () => {
  const { lot, id } = await paidEvening();
  city.services.clock.set(at('18:45'));

  const changed = await change(id, (await quoted(lot, '20:00–23:30', id)).id);

  // 1,750 for the stay and 400 for the change; 2,000 are paid.
  expect(changed.reservation).toEqual({ state: 'CONFIRMED', amountFen: 1_750, feeFen: 400 });
  expect(await chargesOf(id)).toMatchObject([{ purpose: 'STAY', state: 'PAID', fen: 2_000, back: 0 }, { purpose: 'CANCELLATION', state: 'OPEN', at: lot, fen: 150, line: '变更费：逾期变更预约' }]);
  expect((await city.toldOf(driver.partyIds[0]!, id, 'reservation.changed')).map(({ zh }) => zh)).toEqual(['预约已变更：东街停车场，2026-02-11 20:00–23:30，1 个泊位，现价 17.50 元；另付 1.50 元，已计入变更费 4.00 元']);
});

test('a change is refused where its fee has grown since the quote, with both fees, and nothing is written; quoted again it is had', async () => {
  const { lot, id } = await paidEvening();
  city.services.clock.set(at('18:25'));
  const cheap = await quoted(lot, '19:00–20:00', id);
  city.services.clock.set(at('18:31'));
  const before = [await city.written(), await chargesOf(id)];

  const refused = await change(id, cheap.id);

  expect(cheap.changeFeeFen).toBe(0);
  expect(refused).toEqual({ reservation: null, userErrors: [{ __typename: 'ChangeCostsMore', code: 'CHANGE_COSTS_MORE', field: 'quoteId', quotedFeeFen: 0, feeFen: 400, moreFen: 400 }] });
  expect([await city.written(), await chargesOf(id)]).toEqual(before);
  expect(await city.toldOf(driver.partyIds[0]!, id, 'reservation.changed')).toEqual([]);
  expect((await change(id, (await quoted(lot, '19:00–20:00', id)).id)).reservation).toMatchObject({ amountFen: 500, feeFen: 400 });
});

test('a change that costs nothing, one that adds to a stay which is paid after it, and one that is owed less are told as such', async () => {
  const lot = await city.lot({ tariffId: await city.tariff(500) }, { name: '西街停车场' });
  await payLater(lot);
  const { id } = await city.book(driver, { facilityId: lot, during: during('19:00–21:00') });

  for (const [nth, hours] of ['20:00–22:00', '20:00–23:00', '20:00–21:00'].entries()) {
    city.services.clock.set(at('09:10') + nth);
    expect((await change(id, (await quoted(lot, hours, id)).id)).userErrors).toEqual([]);
  }

  expect((await city.toldOf(driver.partyIds[0]!, id, 'reservation.changed')).map(({ zh }) => zh.split('；')[1])).toEqual(['费用不变', '另付 5.00 元', '应付减少 10.00 元']);
  expect((await chargesOf(id)).map((charge: any) => [charge.purpose, charge.state, charge.fen])).toEqual([['STAY', 'OPEN', 500], ['STAY', 'VOID', 0]]);
});

test('what nobody has paid is owed where the vehicle will stand, and the fee where the promise was given up', async () => {
  const [first, second] = [await city.lot({ tariffId: await city.tariff(500) }), await city.lot({ tariffId: await city.tariff(300) })];
  for (const lot of [first, second]) await payLater(lot);
  const { id } = await city.book(driver, { facilityId: first, during: during('19:00–21:00') });
  city.services.clock.set(at('18:45'));

  const changed = await change(id, (await quoted(second, '19:00–21:00', id)).id);

  expect(changed.reservation).toEqual({ state: 'CONFIRMED', amountFen: 600, feeFen: 200 });
  expect(await chargesOf(id)).toMatchObject([{ purpose: 'STAY', state: 'VOID', at: first, fen: 0 }, { purpose: 'STAY', state: 'OPEN', at: second, fen: 600 }, { purpose: 'CANCELLATION', state: 'OPEN', at: first, fen: 200 }]);
  expect((await city.toldOf(driver.partyIds[0]!, id, 'reservation.changed')).map(({ zh }) => zh.split('；')[1])).toEqual(['应付减少 2.00 元，已计入变更费 2.00 元']);
  expect(await checkLedger(city.database)).toMatchObject({ sumFen: 0, differences: [] });
});

test('where a stay is paid first, nobody comes on trust from a place where it is paid after', async () => {
  const [after, first] = [await city.lot({ tariffId: await city.tariff(500) }), await city.lot({ tariffId: await city.tariff(300) })];
  await payLater(after);
  const { id } = await city.book(driver, { facilityId: after, during: during('19:00–21:00') });
  const { id: quoteId } = await quoted(first, '19:00–21:00', id);
  const before = await city.written();

  expect((await change(id, quoteId)).userErrors).toMatchObject([{ code: 'PAYMENT_COMES_FIRST', field: 'quoteId' }]);
  expect(await city.written()).toEqual(before);
});
