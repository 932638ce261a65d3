import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { isRefusal } from '../../src/kernel/index.js';
import { publishTariff } from '../../src/billing/index.js';
import type { Viewer } from '../../src/platform/index.js';
import { ERRORS, FIELDS, at, during, newPlate, openBookingCity, type BookingCity } from './booking-city.js';

let city: BookingCity;
let driver: Viewer;
let tariffId: string;
let made = 0;

beforeAll(async () => {
  city = await openBookingCity();
  const published = await publishTariff(city.system, {
    owner: { facilityId: null, partyId: city.ownerId } as never, name: '首半小时免费', idempotencyKey: 'free minutes', inForceFrom: at('00:00', -30),
    terms: { bands: [{ name: '全天', when: null, spaceClasses: null, price: { kind: 'PER_HOUR', fenPerHour: 600 } }], caps: [], freeMinutes: { minutes: 30, kind: 'DEDUCTED' }, rounding: { rule: 'HALF_UP', toFen: 1 }, blocksAtEdges: 'ANEW' },
  });
  if (isRefusal(published)) throw new Error(published.problems[0].en);
  tariffId = published.value.tariffId;
});

beforeEach(async () => {
  city.services.clock.set(at('09:00'));
  driver = await city.driver();
});

afterAll(() => city.database.close());

const IN_THE_WAY = 'userErrors { __typename code field ... on ReservationInTheWay { reservationId during { startsAt endsAt } } }';
const reserve = async (quoteId: string, plates: readonly object[]) =>
  (await city.ask(driver, `mutation r($input: ReserveSpaceInput!) { reserveSpace(input: $input) { reservation { id state amountFen } ${IN_THE_WAY} } }`, { input: { quoteId, plates, idempotencyKey: `free ${++made}` } })).reserveSpace;

test('one stay booked as two has its free minutes once: the second is refused with the reservation to change, and nothing is written', async () => {
  const lot = await city.lot({ tariffId });
  const plate = newPlate();
  const { reservation } = await reserve((await city.quote(driver, { facilityId: lot, during: during('10:00–10:30') })).quote.id, [plate]);
  const { quote: next } = await city.quote(driver, { facilityId: lot, during: during('10:30–11:00') });
  const { quote: before } = await city.quote(driver, { facilityId: lot, during: during('09:10–09:40') });
  const { quote: apart } = await city.quote(driver, { facilityId: lot, during: during('11:30–12:00') });
  const written = await city.written();

  const [after, ahead] = [await reserve(next.id, [newPlate(), plate]), await reserve(before.id, [plate])];

  expect(reservation).toMatchObject({ state: 'CONFIRMED', amountFen: 0 });
  const error = { __typename: 'ReservationInTheWay', code: 'STAY_TO_BE_EXTENDED', field: 'plates', reservationId: reservation.id, during: { startsAt: '2026-02-11T10:00:00+08:00', endsAt: '2026-02-11T10:30:00+08:00' } };
  expect(after).toEqual({ reservation: null, userErrors: [error] });
  expect(ahead).toEqual({ reservation: null, userErrors: [error] });
  expect(await city.written()).toEqual(written);
  expect((await reserve(apart.id, [plate])).reservation).toMatchObject({ amountFen: 0 });
  expect((await reserve(next.id, [newPlate()])).reservation).toMatchObject({ amountFen: 0 });
});

test('P10: of a plate that another account booked close by nothing is told, and a stranger’s mistyped plate keeps nobody out', async () => {
  const lot = await city.lot({ tariffId });
  const plate = newPlate();
  await reserve((await city.quote(driver, { facilityId: lot, during: during('10:00–10:30') })).quote.id, [plate]);
  const other = await city.driver();
  const { quote } = await city.quote(other, { facilityId: lot, during: during('10:30–11:00') });

  expect(await city.reserve(other, quote.id, { plates: [plate] })).toMatchObject({ reservation: { state: 'CONFIRMED', amountFen: 0 }, userErrors: [] });
});

test('the earlier reservation can be changed instead, and neither a change nor other plates come by free minutes twice', async () => {
  const lot = await city.lot({ tariffId });
  const plate = newPlate();
  const { reservation: first } = await reserve((await city.quote(driver, { facilityId: lot, during: during('10:00–10:30') })).quote.id, [plate]);
  const { reservation: far } = await reserve((await city.quote(driver, { facilityId: lot, during: during('13:00–13:30') })).quote.id, [plate]);
  const { reservation: guest } = await reserve((await city.quote(driver, { facilityId: lot, during: during('10:30–11:00') })).quote.id, [newPlate()]);
  const change = async (span: object) => {
    const { quote } = await city.quote(driver, { facilityId: lot, during: span, changesReservationId: far.id });
    const written = await city.written();
    const changed = (await city.ask(driver, `mutation m($input: ChangeReservationInput!) { changeReservation(input: $input) { reservation { ${FIELDS} } ${ERRORS} } }`, { input: { reservationId: far.id, quoteId: quote.id, idempotencyKey: quote.id } })).changeReservation;
    return { changed, written };
  };

  const near = await change(during('11:00–11:30'));
  expect(near.changed.userErrors).toMatchObject([{ code: 'STAY_TO_BE_EXTENDED', field: 'quoteId' }]);
  expect(await city.written()).toEqual(near.written);
  const replated = (await city.ask(driver, `mutation m($input: ChangePlatesInput!) { changePlates(input: $input) { reservation { ${FIELDS} } ${ERRORS} } }`, { input: { reservationId: guest.id, plates: [plate], idempotencyKey: `plates ${++made}` } })).changePlates;
  expect(replated.userErrors).toMatchObject([{ code: 'STAY_TO_BE_EXTENDED', field: 'plates' }]);
  expect(await city.written()).toEqual(near.written);
  expect((await change(during('11:30–12:00'))).changed.reservation).toMatchObject({ state: 'CONFIRMED' });
  expect(first.state).toBe('CONFIRMED');
});

test('nights of a series that lie too close are refused by the night, never by a reservation that does not exist; all or nothing writes nothing', async () => {
  const lot = await city.lot({ tariffId });
  const series = async (mode: string) =>
    (await city.ask(driver, 'mutation m($input: ReserveSeriesInput!) { reserveSeries(input: $input) { series { reservations { totalCount } refused { on reasons { __typename code } } } userErrors { __typename code message } } }', {
      input: { facilityId: lot, on: { dates: ['2026-02-12', '2026-02-13'] }, from: '08:00', until: '07:30', mode, plates: [newPlate()], idempotencyKey: `nights ${++made}` },
    })).reserveSeries;
  const written = await city.written();

  const refused = await series('ALL_OR_NOTHING');

  expect(refused).toEqual({ series: null, userErrors: [{ __typename: 'RuleRefusal', code: 'NIGHTS_TOO_CLOSE', message: expect.stringContaining('2026-02-12 08:00–2026-02-13 07:30') }] });
  expect(JSON.stringify(refused)).not.toContain('rsv_');
  expect(await city.written()).toEqual(written);
  expect((await series('BEST_EFFORT')).series).toEqual({ reservations: { totalCount: 1 }, refused: [{ on: '2026-02-13', reasons: [{ __typename: 'RuleRefusal', code: 'NIGHTS_TOO_CLOSE' }] }] });
});

test('where nothing is free for minutes, stays may follow one another', async () => {
  const lot = await city.lot({ tariffId: await city.tariff(500) });
  const plate = newPlate();
  await reserve((await city.quote(driver, { facilityId: lot, during: during('10:00–11:00') })).quote.id, [plate]);

  expect((await reserve((await city.quote(driver, { facilityId: lot, during: during('11:00–12:00') })).quote.id, [plate])).reservation).toMatchObject({ state: 'HELD', amountFen: 500 });
});

test('a stay shorter than the terms allow is refused with the number; the terms are data, checked against the longest', async () => {
  const lot = await city.lot();
  const set = async (terms: object) => (await city.ask(city.owner, `mutation m($input: SetBookingTermsInput!) { setBookingTerms(input: $input) { bookingTerms { terms { shortestStayMinutes } } userErrors { code field } } }`, { input: { facilityId: lot, terms, legalBasis: '试行', idempotencyKey: `terms ${++made}` } })).setBookingTerms;
  const shown = async () => (await city.ask(driver, 'query q($id: ID!) { bookingTerms(facilityId: $id) { terms { shortestStayMinutes } } }', { id: lot })).bookingTerms.terms.shortestStayMinutes;
  const quoted = async (span: string) => {
    const { quote, userErrors } = (await city.ask(driver, 'mutation q($input: QuoteStayInput!) { quoteStay(input: $input) { quote { terms { shortestStayMinutes } } userErrors { code field message } } }', { input: { facilityId: lot, during: during(span), idempotencyKey: `short ${++made}` } })).quoteStay;
    return quote?.terms.shortestStayMinutes ?? userErrors[0];
  };
  const written = await city.written();

  expect(await shown()).toBe(15);
  expect(await quoted('10:00–10:14')).toMatchObject({ code: 'STAY_TOO_SHORT', field: 'during.endsAt', message: expect.stringContaining('15') });
  expect(await city.written()).toEqual(written);
  expect(await quoted('10:00–10:15')).toBe(15);
  expect((await set({ shortestStayMinutes: 4 })).userErrors).toMatchObject([{ code: 'TERMS_OUT_OF_RANGE', field: 'terms.shortestStayMinutes' }]);
  expect((await set({ shortestStayMinutes: 61, longestStayMinutes: 60 })).userErrors).toMatchObject([{ code: 'TERMS_OUT_OF_RANGE', field: 'terms.shortestStayMinutes' }]);
  expect((await set({ shortestStayMinutes: 30 })).bookingTerms.terms).toEqual({ shortestStayMinutes: 30 });
  expect([await shown(), (await quoted('10:00–10:29')).code]).toEqual([30, 'STAY_TOO_SHORT']);
  // Terms that were kept before there was a shortest stay have the platform's own.
  await city.database.query(`update booking_terms set terms = terms - 'shortestStayMinutes' where facility_id = $1`, [lot]);
  expect([await shown(), await quoted('10:00–10:15')]).toEqual([15, 15]);
});
