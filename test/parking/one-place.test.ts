import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { isRefusal } from '../../src/kernel/index.js';
import { endNoShows, setPastVehiclesAside } from '../../src/parking/jobs.js';
import { reserveSpace } from '../../src/parking/reserve-space.js';
import type { Viewer } from '../../src/platform/index.js';
import { quotaOf } from '../../src/sharing/index.js';
import { scopeOf } from '../support/scope.js';
import { ERRORS, FIELDS, at, during, newPlate, openBookingCity, type BookingCity } from './booking-city.js';

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

const codes = (answer: { userErrors: ReadonlyArray<{ code: string }> }): string[] => answer.userErrors.map(({ code }) => code);
const IN_THE_WAY = 'userErrors { __typename code field ... on ReservationInTheWay { reservationId during { startsAt endsAt } } }';

async function reserve(viewer: Viewer, facilityId: string, span: object, plate: object): Promise<any> {
  const { quote } = await city.quote(viewer, { facilityId, during: span });
  return city.reserve(viewer, quote.id, { plates: [plate] });
}

test('a vehicle that is booked anywhere is not booked again for that time, and the refusal names the reservation; nothing is written', async () => {
  const [lot, other] = [await city.lot(), await city.lot()];
  const plate = newPlate();
  const { reservation } = await reserve(driver, lot, during('19:00–22:00'), plate);
  const { quote } = await city.quote(driver, { facilityId: other, during: during('21:00–23:00') });
  const before = await city.written();

  const refused = (await city.ask(driver, `mutation r($input: ReserveSpaceInput!) { reserveSpace(input: $input) { reservation { id } ${IN_THE_WAY} } }`, { input: { quoteId: quote.id, plates: [plate, newPlate()], idempotencyKey: `twice ${++made}` } })).reserveSpace;

  expect(refused).toEqual({ reservation: null, userErrors: [{ __typename: 'ReservationInTheWay', code: 'VEHICLE_BOOKED', field: 'plates', reservationId: reservation.id, during: { startsAt: '2026-02-11T19:00:00+08:00', endsAt: '2026-02-11T22:00:00+08:00' } }] });
  expect(await city.written()).toEqual(before);
  expect((await reserve(driver, other, during('22:00–23:00'), plate)).reservation.state).toBe('CONFIRMED');
});

test('P10: another party’s booking of the vehicle is in nobody’s way, and nothing of it is told: no answer differs from that of a plate nobody booked', async () => {
  const lot = await city.lot({ quota: quotaOf({ STANDARD: 5 }) });
  const stranger = await city.driver();
  const [booked, unknown] = [newPlate(), newPlate()];
  await reserve(stranger, lot, during('19:00–22:00'), booked);
  const replate = async (reservationId: string, plate: object) => (await city.ask(driver, `mutation m($input: ChangePlatesInput!) { changePlates(input: $input) { reservation { ${FIELDS} } ${ERRORS} } }`, { input: { reservationId, plates: [plate], idempotencyKey: `plates ${++made}` } })).changePlates;

  const answers = await Promise.all([booked, unknown].map(async plate => {
    const { reservation, userErrors } = await reserve(driver, lot, during('19:00–22:00'), plate);
    return [{ state: reservation.state, amountFen: reservation.amountFen, userErrors }, codes(await replate(reservation.id, plate))];
  }));

  expect(answers[0]).toEqual([{ state: 'CONFIRMED', amountFen: 0, userErrors: [] }, []]);
  expect(answers[1]).toEqual(answers[0]);
  // Of one party the number alone counts at one gate, whatever the colour.
  expect(codes(await reserve(driver, lot, during('21:00–23:00'), { ...booked, colour: 'YELLOW' }))).toEqual(['VEHICLE_BOOKED']);
});

test('what was cancelled, missed, or held and not paid is in nobody’s way', async () => {
  const [lot, priced] = [await city.lot(), await city.lot({ tariffId: await city.tariff(500) })];
  const plate = newPlate();
  const { reservation } = await reserve(driver, lot, during('10:00–12:00'), plate);
  await city.cancel(driver, reservation.id);
  const held = await reserve(driver, priced, during('10:00–12:00'), plate);
  const inTheWay = await reserve(driver, lot, during('11:00–13:00'), plate);
  city.services.clock.set(at('09:15'));

  const afterHold = await reserve(driver, lot, during('10:00–13:00'), plate);
  city.services.clock.set(at('11:00'));
  await endNoShows(city.services);
  const afterMissed = await reserve(driver, lot, during('11:30–13:00'), plate);

  expect(held.reservation.state).toBe('HELD');
  expect(codes(inTheWay)).toEqual(['VEHICLE_BOOKED']);
  expect([afterHold.reservation.state, afterMissed.reservation.state]).toEqual(['CONFIRMED', 'CONFIRMED']);
});

test('a change of the interval or of the plates meets the same rule, and never itself', async () => {
  const [lot, other] = [await city.lot(), await city.lot()];
  const [one, two] = [newPlate(), newPlate()];
  await reserve(driver, lot, during('12:00–14:00'), one);
  const { reservation } = await reserve(driver, other, during('15:00–17:00'), one);
  const { reservation: neighbour } = await reserve(driver, other, during('15:00–17:00'), two);
  const quoteChange = async (span: object) => (await city.quote(driver, { facilityId: other, during: span, changesReservationId: reservation.id })).quote;
  const change = async (quote: { id: string }) => (await city.ask(driver, `mutation m($input: ChangeReservationInput!) { changeReservation(input: $input) { reservation { ${FIELDS} } ${ERRORS} } }`, { input: { reservationId: reservation.id, quoteId: quote.id, idempotencyKey: quote.id } })).changeReservation;
  const replate = async (...plates: readonly object[]) => (await city.ask(driver, `mutation m($input: ChangePlatesInput!) { changePlates(input: $input) { reservation { ${FIELDS} } ${ERRORS} } }`, { input: { reservationId: neighbour.id, plates, idempotencyKey: `plates ${++made}` } })).changePlates;
  const [longer, later] = [await quoteChange(during('13:00–17:00')), await quoteChange(during('14:00–18:00'))];
  const before = await city.written();

  const earlier = await change(longer);
  const replated = await replate(two, one);

  expect(earlier.userErrors).toMatchObject([{ code: 'VEHICLE_BOOKED', field: 'quoteId' }]);
  expect(replated.userErrors).toMatchObject([{ code: 'VEHICLE_BOOKED', field: 'plates' }]);
  expect(await city.written()).toEqual(before);
  expect((await change(later)).reservation.state).toBe('CONFIRMED');
  expect((await replate(newPlate(), two)).reservation.vehicles).toHaveLength(2);
});

test('a series is refused the nights on which its vehicle is booked elsewhere', async () => {
  const [lot, other] = [await city.lot(), await city.lot()];
  const plate = newPlate();
  await reserve(driver, other, during('20:00–21:00', 1), plate);

  const { series } = (await city.ask(driver, `mutation m($input: ReserveSeriesInput!) { reserveSeries(input: $input) { series { reservations { totalCount } refused { on reasons { __typename code } } } ${ERRORS} } }`, {
    input: { facilityId: lot, on: { dates: ['2026-02-11', '2026-02-12', '2026-02-13'] }, from: '18:00', until: '07:30', mode: 'BEST_EFFORT', plates: [plate], idempotencyKey: `series ${++made}` },
  })).reserveSeries;

  expect(series).toEqual({ reservations: { totalCount: 2 }, refused: [{ on: '2026-02-12', reasons: [{ __typename: 'ReservationInTheWay', code: 'VEHICLE_BOOKED' }] }] });
});

test('of sixteen bookings of one vehicle at once, over two processes and many places, exactly one stands', async () => {
  // Another process on the same database: nothing in memory is shared.
  const elsewhere = { ...city.services };
  for (const places of [1, 8]) {
    const lots = await Promise.all(Array.from({ length: places }, () => city.lot({ quota: quotaOf({ STANDARD: 20 }) })));
    const plate = newPlate();
    const quotes = await Promise.all(Array.from({ length: 16 }, (_, nth) => city.quote(driver, { facilityId: lots[nth % places]!, during: during('19:00–22:00') })));

    const outcomes = await Promise.all(quotes.map(({ quote }, nth) => reserveSpace(scopeOf(nth % 4 < 2 ? city.services : elsewhere, driver), { quoteId: quote.id, plates: [plate], idempotencyKey: `rush ${places} ${nth}` })));

    expect(outcomes.filter(outcome => outcome.ok)).toHaveLength(1);
    expect(new Set(outcomes.flatMap(outcome => (isRefusal(outcome) ? outcome.problems.map(({ code }) => code) : [])))).toEqual(new Set(['VEHICLE_BOOKED']));
  }
});

test('of two bookings of one vehicle in one batch, the second stands where the first finds no spaces', async () => {
  const [full, lot] = [await city.lot({ quota: quotaOf({ STANDARD: 1 }) }), await city.lot()];
  const plate = newPlate();
  const [{ quote: first }, { quote: second }, { quote: third }] = [await city.quote(driver, { facilityId: full, during: during('19:00–22:00') }), await city.quote(driver, { facilityId: lot, during: during('19:00–22:00') }), await city.quote(driver, { facilityId: lot, during: during('20:00–21:00') })];
  await reserve(await city.driver(), full, during('19:00–22:00'), newPlate());

  const answers = await Promise.all([first, second, third].map(({ id }) => city.reserve(driver, id, { plates: [plate] })));

  expect(answers.map(answer => answer.reservation?.state ?? codes(answer)[0])).toEqual(['NOT_ENOUGH_SPACES', 'CONFIRMED', 'VEHICLE_BOOKED']);
  expect(await city.database.query('select 1 from claim where facility_id = $1 and ended_at is null', [lot])).toHaveLength(1);
});

test('the vehicles of what ended a day ago are set aside, and nothing else: what stands is in the way as before', async () => {
  const lot = await city.lot();
  const [gone, kept] = [newPlate(), newPlate()];
  const { reservation: cancelled } = await reserve(driver, lot, during('19:00–22:00', 3), gone);
  await city.cancel(driver, cancelled.id);
  const { reservation: standing } = await reserve(driver, lot, during('19:00–22:00', 3), kept);
  const aside = async () => (await city.database.query<{ id: string }>('select reservation_id as id from reservation_vehicle where reservation_id = any($1) and is_past', [[cancelled.id, standing.id]])).map(({ id }) => id);

  await setPastVehiclesAside(city.services);
  expect(await aside()).toEqual([]);
  city.services.clock.set(at('09:01', 1));
  await setPastVehiclesAside(city.services);

  expect(await aside()).toEqual([cancelled.id]);
  expect(await setPastVehiclesAside(city.services)).toBe(0);
  expect(codes(await reserve(driver, lot, during('20:00–21:00', 3), kept))).toEqual(['VEHICLE_BOOKED']);
  expect((await reserve(driver, lot, during('19:00–22:00', 3), gone)).reservation.state).toBe('CONFIRMED');
});

test('of a booking, a change of plates and a change of the interval that all want one vehicle at once, exactly one has it', async () => {
  for (let round = 0; round < 4; round++) {
    const [lot, other, third] = await Promise.all([city.lot(), city.lot(), city.lot()]);
    const plate = newPlate();
    const { reservation: replated } = await reserve(driver, other, during('19:00–20:00', round), newPlate());
    const { reservation: moved } = await reserve(driver, third, during('12:00–13:00', round), plate);
    const { quote: later } = await city.quote(driver, { facilityId: third, during: during('19:00–20:00', round), changesReservationId: moved.id });
    const { quote } = await city.quote(driver, { facilityId: lot, during: during('19:00–20:00', round) });

    const [booked, changed] = await Promise.all([
      city.reserve(driver, quote.id, { plates: [plate] }),
      city.ask(driver, `mutation m($input: ChangeReservationInput!) { changeReservation(input: $input) { reservation { id } ${ERRORS} } }`, { input: { reservationId: moved.id, quoteId: later.id, idempotencyKey: later.id } }),
      city.ask(driver, `mutation m($input: ChangePlatesInput!) { changePlates(input: $input) { reservation { id } ${ERRORS} } }`, { input: { reservationId: replated.id, plates: [plate], idempotencyKey: replated.id } }),
    ]).then(([first, second, last]) => [first, [second.changeReservation, last.changePlates]]);

    const answers = [booked, ...changed];
    expect(answers.filter(answer => answer.reservation !== null)).toHaveLength(1);
    expect(answers.flatMap(codes)).toEqual(['VEHICLE_BOOKED', 'VEHICLE_BOOKED']);
    for (const id of [moved.id, replated.id, booked.reservation?.id]) if (id) await city.cancel(driver, id);
  }
});
