import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Viewer } from '../../src/platform/index.js';
import { endNoShows, voidEndedHolds } from '../../src/parking/jobs.js';
import { lockReservations, changedBy, storeChanged } from '../../src/parking/store-reservations.js';
import { quotaOf } from '../../src/sharing/index.js';
import { ERRORS, FIELDS, at, during, inUnit, openBookingCity, type BookingCity } from './booking-city.js';

let city: BookingCity;
let driver: Viewer;

beforeAll(async () => {
  city = await openBookingCity();
});

beforeEach(async () => {
  city.services.clock.set(at('09:00'));
  driver = await city.driver();
});

afterAll(() => city.database.close());

let made = 0;

const change = async (viewer: Viewer, input: object) =>
  (await city.ask(viewer, `mutation m($input: ChangeReservationInput!) { changeReservation(input: $input) { reservation { ${FIELDS} } ${ERRORS} } }`, { input: { idempotencyKey: `change ${++made}`, ...input } })).changeReservation;

const codes = (answer: { userErrors: Array<{ code: string }> }): string[] => answer.userErrors.map(error => error.code);

const chargesOf = async (reservationId: string) =>
  (await city.database.query<{ purpose: string; state: string; owed: number; refunded: number }>(`select purpose, state, amount_fen::int as owed, refunded_fen::int as refunded from charge where cause_id = $1 order by amount_fen desc`, [reservationId])).map(row => ({ ...row }));

const peakOf = async (facilityId: string): Promise<number> => (await city.database.query<{ most: number }>('select coalesce(max(e), 0)::int as most from claim_day, unnest(claimed) e where facility_id = $1', [facilityId]))[0]!.most;

/** Drives a reservation in, as the gate does. */
const enter = (id: string) => inUnit(city.system, async unit => {
  const row = (await lockReservations(unit, [id])).get(id)!;
  const next = changedBy(row, 'enter', unit.now);
  if (!next.ok) throw new Error(next.problems[0].en);
  await storeChanged(unit, 'enter', [next.value]);
});

test('a reservation is cancelled free in time, at the agreed fee late, and its space serves the next at once', async () => {
  const facilityId = await city.lot({ tariffId: await city.tariff(500), quota: quotaOf({ STANDARD: 1 }) });
  const stay = { facilityId, during: during('19:00–22:00') };
  const early = await city.book(driver, stay);
  await city.pay(early.chargeIds[0]!, 1_500);

  const wordy = await city.cancel(driver, early.id, { reason: '长'.repeat(201) });
  const freed = await city.cancel(driver, early.id, { reason: '计划有变' });
  const late = await city.book(driver, stay);
  await city.pay(late.chargeIds[0]!, 1_500);
  city.services.clock.set(at('18:45'));
  const charged = await city.cancel(driver, late.id);

  expect([wordy.reservation, codes(wordy)]).toEqual([null, ['REASON_INVALID']]);
  expect(freed.reservation).toMatchObject({ state: 'CANCELLED', feeFen: null, reason: '计划有变' });
  expect(await chargesOf(early.id)).toEqual([{ purpose: 'STAY', state: 'REFUNDED', owed: 1_500, refunded: 1_500 }]);
  expect(charged.reservation).toMatchObject({ state: 'CANCELLED', feeFen: 300 });
  expect(await chargesOf(late.id)).toEqual([{ purpose: 'STAY', state: 'PART_REFUNDED', owed: 1_500, refunded: 1_200 }]);
  expect(await peakOf(facilityId)).toBe(0);
});

test('C10: whoever is in, or has ended, cannot cancel; the refusal names the state and what is possible, and nothing is written', async () => {
  const facilityId = await city.lot();
  const inside = await city.book(driver, { facilityId, during: during('09:00–12:00') });
  await enter(inside.id);
  const gone = await city.book(driver, { facilityId, during: during('19:00–22:00') });
  await city.cancel(driver, gone.id);
  const stranger = await city.driver();
  const before = await city.written();

  const afterEntry = await city.cancel(driver, inside.id);
  const again = await city.cancel(driver, gone.id);
  const seen = await city.cancel(driver, inside.id, { expectedVersion: '1' });

  expect([afterEntry, again, seen].map(codes)).toEqual([['ILLEGAL_TRANSITION'], ['ILLEGAL_TRANSITION'], ['VERSION_MOVED']]);
  await expect(city.cancel(stranger, inside.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await city.written()).toEqual(before);
});

const payLater = (facilityId: string, more: object = {}) =>
  city.ask(city.owner, `mutation m($input: SetBookingTermsInput!) { setBookingTerms(input: $input) { userErrors { code } } }`, { input: { facilityId, terms: { payAfterMinutes: 60, ...more }, legalBasis: '试行', idempotencyKey: `terms ${++made}` } });

test('where a stay is paid first, a change that costs more is refused with the amount, and nothing is written', async () => {
  const facilityId = await city.lot({ tariffId: await city.tariff(500), quota: quotaOf({ STANDARD: 1 }) });
  const booked = await city.book(driver, { facilityId, during: during('19:00–22:00') });
  await city.pay(booked.chargeIds[0]!, 1_500);
  const { quote: longer } = await city.quote(driver, { facilityId, during: during('18:00–23:00'), changesReservationId: booked.id });
  const { quote: elsewhen } = await city.quote(driver, { facilityId, during: during('18:00–21:00'), changesReservationId: booked.id });
  const before = await city.written();

  const refused = await change(driver, { reservationId: booked.id, quoteId: longer.id });
  const written = await city.written();
  const shifted = await change(driver, { reservationId: booked.id, quoteId: elsewhen.id });

  expect(refused.reservation).toBeNull();
  expect(refused.userErrors).toMatchObject([{ code: 'PAYMENT_COMES_FIRST', field: 'quoteId' }]);
  expect(written).toEqual(before);
  expect(shifted.reservation).toMatchObject({ state: 'CONFIRMED', amountFen: 1_500 });
});

test('a change takes the old claim’s place in one step, and the difference is charged or given back', async () => {
  const facilityId = await city.lot({ tariffId: await city.tariff(500), quota: quotaOf({ STANDARD: 1 }) });
  await payLater(facilityId);
  const booked = await city.book(driver, { facilityId, during: during('19:00–22:00') });
  await city.pay(booked.chargeIds[0]!, 1_500);

  const { quote: longer } = await city.quote(driver, { facilityId, during: during('18:00–23:00'), changesReservationId: booked.id });
  const extended = await change(driver, { reservationId: booked.id, expectedVersion: '1', quoteId: longer.id });
  await city.pay(extended.reservation.chargeIds[1], 1_000);
  const { quote: shorter } = await city.quote(driver, { facilityId, during: during('20:00–21:00'), changesReservationId: booked.id });
  const shortened = await change(driver, { reservationId: booked.id, quoteId: shorter.id });

  expect(extended.reservation).toMatchObject({ state: 'CONFIRMED', amountFen: 2_500, version: '2' });
  expect(shortened.reservation).toMatchObject({ state: 'CONFIRMED', amountFen: 500, feeFen: null });
  expect(await chargesOf(booked.id)).toEqual([{ purpose: 'STAY', state: 'PART_REFUNDED', owed: 1_500, refunded: 1_000 }, { purpose: 'STAY', state: 'REFUNDED', owed: 1_000, refunded: 1_000 }]);
  expect(await peakOf(facilityId)).toBe(1);
});

test('a change that does not fit leaves the old reservation whole; a quote of another kind changes nothing', async () => {
  const facilityId = await city.lot({ quota: quotaOf({ STANDARD: 1 }) });
  const other = await city.lot({ quota: quotaOf({ STANDARD: 1 }) });
  const booked = await city.book(driver, { facilityId, during: during('19:00–20:00') });
  const { quote } = await city.quote(driver, { facilityId: other, during: during('19:00–22:00'), changesReservationId: booked.id });
  const { quote: plain } = await city.quote(driver, { facilityId: other, during: during('19:00–20:00') });
  await city.book(await city.driver(), { facilityId: other, during: during('21:00–22:00') });
  const before = await city.written();

  const full = await change(driver, { reservationId: booked.id, quoteId: quote.id });
  const foreign = await change(driver, { reservationId: booked.id, quoteId: plain.id });
  const asNew = await city.reserve(driver, quote.id);

  expect([full, foreign, asNew].map(codes)).toEqual([['NOT_ENOUGH_SPACES'], ['QUOTE_UNKNOWN'], ['QUOTE_OF_A_CHANGE']]);
  expect(await city.written()).toEqual(before);
});

test('whoever is in can stay longer, and nothing else', async () => {
  const facilityId = await city.lot();
  const booked = await city.book(driver, { facilityId, during: during('09:00–12:00') });
  await enter(booked.id);
  city.services.clock.set(at('09:30'));
  const { quote: longer } = await city.quote(driver, { facilityId, during: during('09:00–13:00'), changesReservationId: booked.id });
  const elsewhere = await city.lot();
  const before = await city.written();
  const refused = [];
  for (const hours of ['10:00–14:00', '09:00–11:00', '09:30–13:00']) refused.push(await city.quote(driver, { facilityId, during: during(hours), changesReservationId: booked.id }));
  refused.push(await city.quote(driver, { facilityId: elsewhere, during: during('09:00–13:00'), changesReservationId: booked.id }));
  expect(await city.written()).toEqual(before);
  const extended = await change(driver, { reservationId: booked.id, quoteId: longer.id });

  expect(refused.map(each => [each.quote, each.userErrors.map((error: { code: string; field: string }) => [error.code, error.field])])).toEqual(refused.map(() => [null, [['ALREADY_IN', 'during']]]));
  expect(extended.reservation).toMatchObject({ state: 'CHECKED_IN', during: { endsAt: '2026-02-11T13:00:00+08:00' } });
  const taken = await city.database.query(`select 1 from claim where cause_id = $1 and ended_at is null and taken_up_at is not null`, [booked.id]);
  expect(taken).toHaveLength(1);
});

test('other vehicles may come instead, before arrival: the gate finds them by a hash that is not the plate', async () => {
  const facilityId = await city.lot();
  const booked = await city.book(driver, { facilityId, during: during('19:00–22:00') });
  const mutation = `mutation m($input: ChangePlatesInput!) { changePlates(input: $input) { reservation { ${FIELDS} } ${ERRORS} } }`;

  const replaced = (await city.ask(driver, mutation, { input: { reservationId: booked.id, expectedVersion: '1', plates: [{ number: '闽CD12345' }, { number: '闽c·54321', colour: 'YELLOW' }], idempotencyKey: 'plates 1' } })).changePlates;
  const stale = (await city.ask(driver, mutation, { input: { reservationId: booked.id, expectedVersion: '1', plates: [{ number: '闽C99999' }], idempotencyKey: 'plates 2' } })).changePlates;

  expect(replaced.reservation.vehicles).toEqual([{ plate: '闽CD****5', colour: 'GREEN' }, { plate: '闽C5***1', colour: 'YELLOW' }]);
  expect(codes(stale)).toEqual(['VERSION_MOVED']);
});

test('C9: nobody came: the space serves others, and what was agreed is charged', async () => {
  const facilityId = await city.lot({ tariffId: await city.tariff(500), quota: quotaOf({ STANDARD: 1 }) });
  const missed = await city.book(driver, { facilityId, during: during('10:00–14:00') });
  await city.pay(missed.chargeIds[0]!, 2_000);
  city.services.clock.set(at('10:59'));
  expect(await endNoShows(city.services)).toBe(0);

  city.services.clock.set(at('11:00'));
  const ended = await endNoShows(city.services);
  const next = await city.book(await city.driver(), { facilityId, during: during('12:00–14:00') });

  expect(ended).toBe(1);
  const { reservation } = await city.ask(driver, 'query q($id: ID!) { reservation(id: $id) { state feeFen } }', { id: missed.id });
  expect(reservation).toEqual({ state: 'NO_SHOW', feeFen: 2_000 });
  expect(await chargesOf(missed.id)).toEqual([{ purpose: 'STAY', state: 'PAID', owed: 2_000, refunded: 0 }]);
  expect(next.state).toBe('HELD');
});

test('a hold that nobody paid leaves nothing owed', async () => {
  const facilityId = await city.lot({ tariffId: await city.tariff(500) });
  const held = await city.book(driver, { facilityId, during: during('19:00–21:00') });
  city.services.clock.set(at('09:20'));
  await inUnit(city.system, async unit => unit.announce('claim.holdEnded', { claims: (await unit.query<{ id: string }>('select id from claim where cause_id = $1', [held.id])).map(({ id }) => ({ claimId: id, causeKind: 'RESERVATION', causeId: held.id })) }));

  const voided = await voidEndedHolds(city.services);

  expect(voided).toBe(1);
  expect(await voidEndedHolds(city.services)).toBe(0);
  expect(await chargesOf(held.id)).toEqual([{ purpose: 'STAY', state: 'VOID', owed: 0, refunded: 0 }]);
  const { reservation } = await city.ask(driver, 'query q($id: ID!) { reservation(id: $id) { state reason } }', { id: held.id });
  expect(reservation.state).toBe('EXPIRED');
});

test('terms are data: a facility’s own come before its city’s, they bind from their day on, and what was agreed stays', async () => {
  const facilityId = await city.lot({ tariffId: await city.tariff(500) });
  const set = async (viewer: Viewer, input: object) => (await city.ask(viewer, `mutation m($input: SetBookingTermsInput!) { setBookingTerms(input: $input) { bookingTerms { isOwn legalBasis terms { quoteMinutes cancelFee { percent fen } payAfterMinutes } } ${ERRORS} } }`, { input: { legalBasis: '泉停〔2026〕1号', idempotencyKey: `terms ${++made}`, ...input } })).setBookingTerms;
  const agreed = await city.book(driver, { facilityId, during: during('19:00–21:00') });

  const wrong = await set(city.owner, { facilityId, terms: { quoteMinutes: 0, mostDaysAhead: 1_000 }, legalBasis: ' ' });
  const own = await set(city.owner, { facilityId, terms: { payAfterMinutes: 60, cancelFee: { percent: 50, fen: 100 } } });
  const later = await city.book(driver, { facilityId, during: during('19:00–21:00') });
  const { bookingTerms } = await city.ask(driver, 'query q($id: ID!) { bookingTerms(facilityId: $id) { isOwn legalBasis terms { payAfterMinutes } } }', { id: facilityId });

  expect(wrong.userErrors.map((error: { field: string }) => error.field)).toEqual(['terms.quoteMinutes', 'terms.mostDaysAhead', 'legalBasis']);
  expect(own.bookingTerms).toEqual({ isOwn: true, legalBasis: '泉停〔2026〕1号', terms: { quoteMinutes: 10, cancelFee: { percent: 50, fen: 100 }, payAfterMinutes: 60 } });
  expect([agreed.state, later.state]).toEqual(['HELD', 'CONFIRMED']);
  expect(bookingTerms).toEqual({ isOwn: true, legalBasis: '泉停〔2026〕1号', terms: { payAfterMinutes: 60 } });
  await expect(set(driver, { facilityId, terms: {} })).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test('P6: terms that others took the place of before they began are answered as gone to whoever sets them once more with the same key', async () => {
  const facilityId = await city.lot();
  const set = async (startsAt: number, key: string) => (await city.ask(city.owner, `mutation m($input: SetBookingTermsInput!) { setBookingTerms(input: $input) { bookingTerms { startsAt } ${ERRORS} } }`, {
    input: { facilityId, terms: { payAfterMinutes: 60 }, startsAt: new Date(startsAt).toISOString(), legalBasis: '试行', idempotencyKey: `${key} of ${facilityId}` },
  })).setBookingTerms;
  const [sooner, later] = [at('12:00', 1), at('12:00', 2)];
  await set(later, 'first');
  const second = await set(sooner, 'second');

  expect(await set(later, 'first')).toEqual({ bookingTerms: null, userErrors: [] });
  expect(second).toMatchObject({ userErrors: [] });
  expect(await city.database.query('select epoch_ms(starts_at) as "startsAt" from booking_terms where facility_id = $1', [facilityId])).toEqual([{ startsAt: sooner }]);
});

test('a reservation is seen by its party and, masked, by whoever runs the facility; by nobody else', async () => {
  const facilityId = await city.lot();
  const mine = await city.book(driver, { facilityId, during: during('19:00–22:00'), plates: [{ number: '闽C12345' }] });
  await city.book(await city.driver(), { facilityId, during: during('19:00–22:00') });
  const query = 'query q($id: ID!, $f: ID!) { reservation(id: $id) { id vehicles { plate } } reservations(where: { facilityId: $f }, first: 1) { totalCount pageInfo { hasNextPage } edges { node { id } } } }';
  const seen = async (viewer: Viewer) => city.ask(viewer, query, { id: mine.id, f: facilityId });

  const [own, supplier, stranger] = [await seen(driver), await seen(city.owner), await seen(await city.driver())];

  expect(own).toEqual({ reservation: { id: mine.id, vehicles: [{ plate: '闽C1***5' }] }, reservations: { totalCount: 1, pageInfo: { hasNextPage: false }, edges: [{ node: { id: mine.id } }] } });
  expect(supplier.reservation).toEqual(own.reservation);
  expect(supplier.reservations).toMatchObject({ totalCount: 2, pageInfo: { hasNextPage: true } });
  expect(stranger).toEqual({ reservation: null, reservations: { totalCount: 0, pageInfo: { hasNextPage: false }, edges: [] } });
});

test('every workday night of a month: all or none, or as many as there are with the refused dates', async () => {
  const facilityId = await city.lot({ quota: quotaOf({ STANDARD: 1 }) });
  await city.book(await city.driver(), { facilityId, during: during('20:00–21:00', 1) });
  const series = async (mode: string) => (await city.ask(driver, `mutation m($input: ReserveSeriesInput!) { reserveSeries(input: $input) { series { reservations { totalCount edges { node { during { startsAt endsAt } state } } } refused { on reasons { code } } } ${ERRORS} } }`, {
    input: { facilityId, on: { every: { fromOn: '2026-02-11', untilOn: '2026-02-22', dayTypes: ['WORKDAY', 'MAKEUP_WORKDAY'] } }, from: '18:00', until: '07:30', mode, plates: [{ number: '闽C12345' }], idempotencyKey: `series ${++made}` },
  })).reserveSeries;
  const before = await city.written();

  const none = await series('ALL_OR_NOTHING');
  expect(none).toMatchObject({ series: null, userErrors: [{ code: 'NOT_ENOUGH_SPACES' }] });
  expect(await city.written()).toEqual(before);
  const some = await series('BEST_EFFORT');

  // 2026-02-14 is a make-up Saturday; the Spring Festival lasts from the 15th to the 23rd.
  expect(some.series.reservations.edges.map((edge: { node: { during: { startsAt: string } } }) => edge.node.during.startsAt).sort()).toEqual(['2026-02-11T18:00:00+08:00', '2026-02-13T18:00:00+08:00', '2026-02-14T18:00:00+08:00']);
  expect(some.series.refused).toEqual([{ on: '2026-02-12', reasons: [{ code: 'NOT_ENOUGH_SPACES' }] }]);
});


test('a change that gives time back after the deadline costs what cancelling late costs, and keeps costing it', async () => {
  const facilityId = await city.lot({ tariffId: await city.tariff(500) });
  const booked = await city.book(driver, { facilityId, during: during('19:00–23:00') });
  await city.pay(booked.chargeIds[0]!, 2_000);
  city.services.clock.set(at('18:45'));
  const { quote } = await city.quote(driver, { facilityId, during: during('19:00–20:00'), changesReservationId: booked.id });

  const shortened = await change(driver, { reservationId: booked.id, quoteId: quote.id });
  const cancelled = await city.cancel(driver, booked.id);

  expect(shortened.reservation).toMatchObject({ amountFen: 500, feeFen: 400 });
  expect(cancelled.reservation).toMatchObject({ state: 'CANCELLED', feeFen: 500 });
  expect(await chargesOf(booked.id)).toEqual([{ purpose: 'STAY', state: 'PART_REFUNDED', owed: 2_000, refunded: 1_500 }]);
});

test('a stay that is paid after it is confirmed at once and due after its end; beyond the published calendar it is provisional', async () => {
  const facilityId = await city.lot({ tariffId: await city.tariff(500) });
  await payLater(facilityId, { mostDaysAhead: 366 });

  const later = await city.book(driver, { facilityId, during: during('19:00–21:00') });
  const { quote } = await city.quote(driver, { facilityId, during: during('10:00–11:00', 360) });

  expect(later).toMatchObject({ state: 'CONFIRMED', amountFen: 1_000 });
  const [charge] = await city.database.query<{ due: number }>('select epoch_ms(due_at) as due from charge where id = $1', [later.chargeIds[0]]);
  expect(charge!.due).toBe(at('22:00'));
  expect(quote).toMatchObject({ isProvisional: true, isHeldUntilPaid: false });
});
