import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { isRefusal } from '../../src/kernel/index.js';
import { reserveSpace } from '../../src/parking/reserve-space.js';
import type { Viewer } from '../../src/platform/index.js';
import { quotaOf } from '../../src/sharing/index.js';
import { scopeOf } from '../support/scope.js';
import { PLATE, at, during, openBookingCity, type BookingCity } from './booking-city.js';

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

test('a free stay is quoted, booked and confirmed at once, with its vehicle masked and its demand class kept', async () => {
  const facilityId = await city.lot();

  const { quote } = await city.quote(driver, { facilityId, during: during('19:00–22:00'), demandClass: 'BASIC' });
  const { reservation, userErrors } = await city.reserve(driver, quote.id, { plates: [PLATE] });

  expect(userErrors).toEqual([]);
  expect(reservation).toMatchObject({ state: 'CONFIRMED', spaces: 1, amountFen: 0, chargeIds: [], version: '1', heldUntil: null, demandClass: 'BASIC', vehicles: [{ plate: '闽C1***5', colour: 'BLUE' }] });
  const [row] = await city.database.query<{ sealed_plate: string; plate_hash: string }>('select sealed_plate, plate_hash from reservation_vehicle where reservation_id = $1', [reservation.id]);
  expect(`${row!.sealed_plate}${row!.plate_hash}`).not.toContain('12345');
  const audit = await city.database.query(`select actor_id, action, details ->> 'act' as act from audit_entry where object_id = $1`, [reservation.id]);
  expect(audit.map(entry => ({ ...entry }))).toEqual([{ actor_id: driver.actorId, action: 'reservation:write', act: 'book' }]);
});

test('a priced stay is held until it is paid, and paying confirms it', async () => {
  const facilityId = await city.lot({ tariffId: await city.tariff(500) });

  const held = await city.book(driver, { facilityId, during: during('19:00–22:00') });
  expect(held).toMatchObject({ state: 'HELD', amountFen: 1_500, heldUntil: '2026-02-11T09:15:00+08:00' });
  const paid = await city.pay(held.chargeIds[0]!, 1_500);

  expect(paid.ok).toBe(true);
  const { reservation } = await city.ask(driver, 'query q($id: ID!) { reservation(id: $id) { state version heldUntil } }', { id: held.id });
  expect(reservation).toEqual({ state: 'CONFIRMED', version: '2', heldUntil: null });
});

test('a hold ends by its time: the spaces are free for others at once, and a payment after it is given back whole', async () => {
  const facilityId = await city.lot({ tariffId: await city.tariff(500), quota: quotaOf({ STANDARD: 1 }) });
  const stay = { facilityId, during: during('19:00–21:00') };
  const held = await city.book(driver, stay);
  expect((await city.quote(driver, stay)).userErrors).toMatchObject([{ code: 'NOT_ENOUGH_SPACES' }]);

  city.services.clock.set(at('09:16'));
  const other = await city.book(await city.driver(), stay);
  await city.pay(held.chargeIds[0]!, 1_000);

  expect(other.state).toBe('HELD');
  const { reservation } = await city.ask(driver, 'query q($id: ID!) { reservation(id: $id) { state } }', { id: held.id });
  expect(reservation).toEqual({ state: 'EXPIRED' });
  const [charge] = await city.database.query<{ state: string; refunded: number }>('select state, refunded_fen::int as refunded from charge where id = $1', [held.chargeIds[0]]);
  expect({ ...charge }).toEqual({ state: 'REFUNDED', refunded: 1_000 });
});

test('too few spaces is refused with the figures, the first conflict and what can be booked instead, and nothing is written', async () => {
  const place = { longitude: 118.9, latitude: 24.9 };
  const facilityId = await city.lot({}, {}, place);
  const near = await city.lot({}, {}, { longitude: 118.901, latitude: 24.9 });
  await city.lot({}, {}, { longitude: 118.93, latitude: 24.9 });
  const stay = { facilityId, during: during('19:00–22:00') };
  await city.book(driver, { facilityId, during: during('20:00–21:00'), spaces: 3 });
  const { quote } = await city.quote(driver, { ...stay, spaces: 2 });
  await city.book(driver, { facilityId, during: during('20:30–21:30'), spaces: 2 });
  const before = await city.written();

  const refused = await city.reserve(driver, quote.id);
  const again = await city.quote(driver, { ...stay, spaces: 2 });

  const error = { __typename: 'NotEnoughSpaces', code: 'NOT_ENOUGH_SPACES', freeSpaces: 0, firstConflict: expect.any(String), alternatives: [{ walkingMetres: expect.any(Number), amountFen: 0, facility: { id: near } }] };
  expect(refused).toMatchObject({ reservation: null, userErrors: [error] });
  expect(again).toMatchObject({ quote: null, userErrors: [error] });
  expect(Date.parse(refused.userErrors[0].firstConflict)).toBe(at('20:30'));
  expect(refused.userErrors[0].alternatives[0].walkingMetres).toBeLessThanOrEqual(500);
  expect(await city.written()).toEqual(before);
});

test('a quote is its own party’s, holds so long, and is booked once; every refusal leaves everything as it was', async () => {
  const facilityId = await city.lot();
  const { quote } = await city.quote(driver, { facilityId, during: during('19:00–22:00') });
  const { quote: second } = await city.quote(driver, { facilityId, during: during('19:00–22:00') });
  const stranger = await city.driver();
  await city.reserve(driver, quote.id);
  const before = await city.written();

  const foreign = await city.reserve(stranger, second.id);
  const used = await city.reserve(driver, quote.id);
  const unknown = await city.reserve(driver, 'quo_01j00000000000000000000000');
  const bicycle = await city.reserve(driver, second.id, { plates: [{ number: '泉州A123456' }] });
  const twice = await city.reserve(driver, second.id, { plates: [PLATE, PLATE] });
  const none = await city.reserve(driver, second.id, { plates: [] });
  city.services.clock.set(at('09:11'));
  const expired = await city.reserve(driver, second.id);

  const codes = [foreign, used, unknown, bicycle, twice, none, expired].map(answer => answer.userErrors.map((error: { code: string }) => error.code));
  expect(codes).toEqual([['QUOTE_UNKNOWN'], ['QUOTE_USED'], ['QUOTE_UNKNOWN'], ['NOT_MOTOR_VEHICLE'], ['PLATE_TWICE'], ['PLATES_OUT_OF_RANGE'], ['QUOTE_EXPIRED']]);
  expect(await city.written()).toEqual(before);
});

test('too many plates are told by the number that was given, and nothing is written', async () => {
  const facilityId = await city.lot();
  const { quote } = await city.quote(driver, { facilityId, during: during('19:00–22:00') });
  const before = await city.written();
  const plates = (count: number) => Array.from({ length: count }, (_, nth) => ({ number: `闽C${10_000 + nth}` }));

  const ask = (verb: string, input: object): Promise<any> => city.ask(driver, `mutation m($input: ${verb[0]!.toUpperCase()}${verb.slice(1)}Input!) { ${verb}(input: $input) { userErrors { code message } } }`, { input });

  const quoted = await Promise.all([6, 61, 1000].map(count => ask('quoteStay', { facilityId, during: during('19:00–22:00'), plates: plates(count), idempotencyKey: `too many ${count}` })));
  const booked = await Promise.all([6, 61, 1000].map(count => ask('reserveSpace', { quoteId: quote.id, plates: plates(count), idempotencyKey: `too many ${count}` })));

  const told = [...quoted.map(answer => answer.quoteStay), ...booked.map(answer => answer.reserveSpace)].map(answer => answer.userErrors.map(({ code, message }: { code: string; message: string }) => [code, /(?:got|收到) (\d+)/.exec(message)?.[1]]));
  expect(told).toEqual([6, 61, 1000, 6, 61, 1000].map(count => [['PLATES_OUT_OF_RANGE', String(count)]]));
  expect(await city.written()).toEqual(before);
});

test('a stay outside the terms is refused with every reason at once; dates beyond the published calendar are provisional', async () => {
  const facilityId = await city.lot();

  const refused = await city.quote(driver, { facilityId, during: { startsAt: during('10:00–11:00', 100).startsAt, endsAt: during('10:00–11:00', 120).endsAt }, spaces: 99 });
  const past = await city.quote(driver, { facilityId, during: during('07:00–08:30') });
  const far = await city.quote(driver, { facilityId, during: during('19:00–22:00', 50) });

  expect(refused.userErrors.map((error: { code: string; field: string }) => [error.code, error.field])).toEqual([['STAY_TOO_LONG', 'during.endsAt'], ['TOO_FAR_AHEAD', 'during.startsAt'], ['SPACES_OUT_OF_RANGE', 'spaces']]);
  expect(past.userErrors.map((error: { code: string }) => error.code)).toEqual(['STAY_IN_THE_PAST']);
  expect(far.quote).toMatchObject({ amountFen: 0, isProvisional: false });
});

test('I17: the same key and input gives the first answer, also to 32 at once; another input is a conflict; a refusal keeps no key', async () => {
  const facilityId = await city.lot();
  const { quote } = await city.quote(driver, { facilityId, during: during('19:00–22:00') });
  const { quote: other } = await city.quote(driver, { facilityId, during: during('19:00–22:00') });

  const answers = await Promise.all(Array.from({ length: 32 }, () => city.reserve(driver, quote.id, { key: 'one key', plates: [PLATE] })));

  expect(new Set(answers.map(answer => answer.reservation.id)).size).toBe(1);
  await expect(city.reserve(driver, other.id, { key: 'one key' })).rejects.toMatchObject({ code: 'CONFLICT' });
  const refused = await city.reserve(driver, quote.id, { key: 'refused key' });
  expect(refused.userErrors).toMatchObject([{ code: 'QUOTE_USED' }]);
  expect((await city.reserve(driver, other.id, { key: 'refused key' })).reservation.state).toBe('CONFIRMED');
});

test('P1: of 64 parallel bookings on five spaces exactly five succeed, and 59 are told so', async () => {
  const facilityId = await city.lot();
  const quotes = await Promise.all(Array.from({ length: 64 }, () => city.quote(driver, { facilityId, during: during('19:00–22:00') })));

  const answers = await Promise.all(quotes.map(({ quote }) => city.reserve(driver, quote.id)));

  expect(answers.filter(answer => answer.reservation !== null)).toHaveLength(5);
  const refusals = answers.filter(answer => answer.reservation === null).map(answer => answer.userErrors.map((error: { code: string }) => error.code));
  expect(refusals).toEqual(Array.from({ length: 59 }, () => ['NOT_ENOUGH_SPACES']));
  const [peak] = await city.database.query<{ most: number }>('select max(e)::int as most from claim_day, unnest(claimed) e where facility_id = $1', [facilityId]);
  expect(peak!.most).toBe(5);
});

test('2.6-5: a numbered space is booked by itself, and of two that race for it one has it', async () => {
  const facilityId = await city.lot({}, { zones: [{ code: 'MAIN', capacity: [{ spaceClass: 'STANDARD', total: 20, shareable: 20 }], spaces: [{ number: 'A01', spaceClass: 'STANDARD' }, { number: 'A02', spaceClass: 'STANDARD' }] }] });
  const [space] = await city.database.query<{ id: string }>(`select id from space where facility_id = $1 and number = 'A01'`, [facilityId]);
  const stay = { facilityId, during: during('19:00–22:00'), spaceId: space!.id };
  const other = await city.driver();
  const [mine, theirs] = await Promise.all([city.quote(driver, stay), city.quote(other, stay)]);

  const answers = await Promise.all([city.reserve(driver, mine.quote.id), city.reserve(other, theirs.quote.id)]);
  const many = await city.quote(driver, { ...stay, spaces: 2 });

  expect(answers.filter(answer => answer.reservation !== null)).toHaveLength(1);
  expect(answers.filter(answer => answer.reservation === null).map(answer => answer.userErrors.length)).toEqual([1]);
  expect(many.userErrors.map((error: { code: string }) => error.code)).toEqual(['NUMBERED_SPACE_IS_ONE']);
});

test('I17: two servers with one key book once, and two with one quote book it once and are told', async () => {
  const facilityId = await city.lot();
  // Another process on the same database: nothing in memory is shared.
  const elsewhere = { ...city.services };
  const reserveOn = (services: typeof elsewhere, quoteId: string, key: string) => reserveSpace(scopeOf(services, driver), { quoteId, plates: [PLATE], idempotencyKey: key });

  for (let round = 0; round < 5; round++) {
    const { quote } = await city.quote(driver, { facilityId, during: during('19:00–20:00', round) });
    const { quote: shared } = await city.quote(driver, { facilityId, during: during('21:00–22:00', round) });
    const [one, same] = await Promise.all([reserveOn(city.services, quote.id, `twin ${round}`), reserveOn(elsewhere, quote.id, `twin ${round}`)]);
    const raced = await Promise.all([reserveOn(city.services, shared.id, `left ${round}`), reserveOn(elsewhere, shared.id, `right ${round}`)]);

    expect(one.ok && same.ok && one.value.reservationId === same.value.reservationId).toBe(true);
    expect(raced.filter(outcome => outcome.ok)).toHaveLength(1);
    expect(raced.flatMap(outcome => (isRefusal(outcome) ? outcome.problems.map(problem => problem.code) : []))).toEqual(['QUOTE_USED']);
  }
});
