import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Viewer } from '../../src/platform/index.js';
import { RESERVATIONS_CHANGED } from '../../src/parking/store-reservations.js';
import { stopReservations, watchReservations, type ReservationsTold } from '../../src/parking/watch-reservations.js';
import { until } from '../cluster/machines.js';
import { inUnit } from '../support/city.js';
import { scopeOf } from '../support/scope.js';
import { at, during, openBookingCity, type BookingCity } from './booking-city.js';

let city: BookingCity;

beforeAll(async () => {
  city = await openBookingCity();
  city.services.clock.set(at('09:00'));
});

afterAll(async () => {
  await stopReservations(city.services);
  await city.database.close();
});

type Stream = AsyncIterator<ReservationsTold> & AsyncIterable<ReservationsTold>;

const open = async (viewer: Viewer, args: Parameters<typeof watchReservations>[1] = {}): Promise<Stream> => (await watchReservations(scopeOf(city.services, viewer), args)) as Stream;

const next = async (stream: Stream): Promise<ReservationsTold> => (await stream.next()).value;

const told = ({ isSnapshot, reservations }: ReservationsTold) => ({ isSnapshot, reservations: reservations.map(({ id, state, version }) => [id, state, version]) });

test('P8: a party is told what stands, and then each change in its newest state; a stranger’s bookings are none of its', async () => {
  const driver = await city.driver();
  const facilityId = await city.lot();
  const first = await city.book(driver, { facilityId, during: during('19:00–22:00') });

  const stream = await open(driver);
  const snapshot = await next(stream);
  await city.book(await city.driver(), { facilityId, during: during('19:00–22:00') });
  const second = await city.book(driver, { facilityId, during: during('10:00–11:00') });
  const booked = await next(stream);
  await city.cancel(driver, first.id);
  const cancelled = await next(stream);
  await stream.return!();

  expect(told(snapshot)).toEqual({ isSnapshot: true, reservations: [[first.id, 'CONFIRMED', '1']] });
  expect(told(booked)).toEqual({ isSnapshot: false, reservations: [[second.id, 'CONFIRMED', '1']] });
  expect(told(cancelled)).toEqual({ isSnapshot: false, reservations: [[first.id, 'CANCELLED', '2']] });
});

test('a reader that comes back with its cursor gets what it missed, and one that is too old a snapshot', async () => {
  const driver = await city.driver();
  const facilityId = await city.lot();
  const kept = await city.book(driver, { facilityId, during: during('19:00–22:00') });
  const stream = await open(driver);
  const { cursor } = await next(stream);
  await stream.return!();
  const missed = await city.book(driver, { facilityId, during: during('12:00–13:00') });
  await city.cancel(driver, missed.id);

  const resumed = await open(driver, { since: cursor });
  const first = await next(resumed);
  await resumed.return!();
  await city.database.query('update reservation_log_floor set position = $1::bigint', [String(BigInt(cursor) + 1n)]);
  const late = await open(driver, { since: cursor });
  const anew = await next(late);
  await late.return!();

  expect(told(first)).toEqual({ isSnapshot: false, reservations: [[missed.id, 'CANCELLED', '2']] });
  expect(told(anew)).toEqual({ isSnapshot: true, reservations: [[kept.id, 'CONFIRMED', '1']] });
});

test('a slow reader gets the newest state of each reservation once it reads on, however much happened', async () => {
  const driver = await city.driver();
  const facilityId = await city.lot();
  const stream = await open(driver);
  const ids: string[] = [];
  for (let nth = 0; nth < 24; nth++) {
    const { id } = await city.book(driver, { facilityId, during: during('19:00–22:00', nth) });
    ids.push(id);
    await city.cancel(driver, id);
  }

  const newest = new Map<string, string>();
  let events = 0;
  while (ids.some(id => newest.get(id) !== 'CANCELLED')) {
    const event = await next(stream);
    events += 1;
    for (const { id, state } of event.reservations) newest.set(id, state);
  }
  await stream.return!();

  expect([...newest.keys()].sort()).toEqual([...ids].sort());
  expect(events).toBeLessThanOrEqual(1 + 48);
});

/** Says of reservations of a party that they changed, all at once. */
const sayChanged = (partyId: string, ids: readonly string[]): Promise<unknown> => inUnit(scopeOf(city.services), async unit => {
  await unit.query(
    `insert into reservation_change (at, reservation_id, party_id, version) select to_timestamp($1 / 1000.0), c.id, $2, 1 from unnest($3::text[]) with ordinality as c (id, nth) order by c.nth`,
    [unit.now, partyId, ids],
  );
  unit.wake(RESERVATIONS_CHANGED);
});

test('P8: who leaves between two events that one turn took has missed what the second tells, and gets it when it comes back', async () => {
  const driver = await city.driver();
  const facilityId = await city.lot();
  const first = await city.book(driver, { facilityId, during: during('19:00–22:00') });
  const second = await city.book(driver, { facilityId, during: during('10:00–11:00') });
  const stream = await open(driver);
  const begun = await next(stream);
  // Those in between stand for others of the party, more than one event holds.
  await sayChanged(driver.partyIds[0]!, [first.id, ...Array.from({ length: 200 }, (_, nth) => `rsv_other${nth}`), second.id]);
  const one = await next(stream);
  const other = await next(stream);
  await stream.return!();

  const resumed = await open(driver, { since: one.cursor });
  const again = await next(resumed);
  await resumed.return!();

  expect([told(one), told(other)]).toEqual([first, second].map(({ id }) => ({ isSnapshot: false, reservations: [[id, 'CONFIRMED', '1']] })));
  expect([one.cursor, BigInt(other.cursor)]).toEqual([begun.cursor, BigInt(begun.cursor) + 202n]);
  expect(again).toMatchObject({ isSnapshot: true, isWhole: true });
  expect(again.reservations.map(({ id }) => id).sort()).toEqual([first.id, second.id].sort());
});

test('P8: what changes while a stream begins is told behind its snapshot, whose cursor is from before it', async () => {
  if (city.database.backEnd === 'EMBEDDED') return;
  const driver = await city.driver();
  const { id } = await city.book(driver, { facilityId: await city.lot(), during: during('19:00–22:00') });
  const onlooker = await open(driver);
  const { cursor } = await next(onlooker);
  const waiting = async (): Promise<number> => (await city.database.query(`select 1 from pg_locks where relation = 'reservation'::regclass and not granted`)).length;

  const opening = await city.database.transactional(async (_em, sql) => {
    await sql.query('lock table reservation in access exclusive mode');
    const stream = open(driver);
    await until('the stream asks for its snapshot', async () => (await waiting()) === 1, 5_000);
    await sayChanged(driver.partyIds[0]!, [id]);
    await until('the onlooker has heard of the change', async () => (await waiting()) >= 2, 5_000);
    return { stream };
  });
  const stream = await opening.stream;
  const [snapshot, change] = [await next(stream), await next(stream)];
  for (const each of [stream, onlooker]) await each.return!();

  expect([snapshot, change].map(told)).toEqual([true, false].map(isSnapshot => ({ isSnapshot, reservations: [[id, 'CONFIRMED', '1']] })));
  expect([snapshot.cursor, BigInt(change.cursor)]).toEqual([cursor, BigInt(cursor) + 1n]);
});

test('one reservation is followed by whoever may see it, the supplier too; anybody else is told that there is none', async () => {
  const driver = await city.driver();
  const facilityId = await city.lot();
  const { id } = await city.book(driver, { facilityId, during: during('19:00–22:00') });

  const stream = await open(city.owner, { reservationId: id });
  const snapshot = await next(stream);
  await city.cancel(driver, id);
  const cancelled = await next(stream);
  await stream.return!();

  expect(told(snapshot)).toEqual({ isSnapshot: true, reservations: [[id, 'CONFIRMED', '1']] });
  expect(told(cancelled)).toEqual({ isSnapshot: false, reservations: [[id, 'CANCELLED', '2']] });
  await expect(open(await city.driver(), { reservationId: id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(open(await city.driver(), { partyId: driver.partyIds[0]! })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(open(driver, { since: 'x' })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
});

test('the stream as the schema gives it: a snapshot, then what changed, with masked plates', async () => {
  const driver = await city.driver();
  const facilityId = await city.lot();
  const { id } = await city.book(driver, { facilityId, during: during('19:00–22:00'), plates: [{ number: '闽C12345' }] });

  const stream = await city.listen(driver, 'subscription s { reservationChanged { isSnapshot isWhole reservations { id state vehicles { plate } facility { id } } } }');
  const snapshot = await stream.next();
  await city.cancel(driver, id);
  const cancelled = await stream.next();
  await stream.return!();

  const reservation = { id, vehicles: [{ plate: '闽C1***5' }], facility: { id: facilityId } };
  expect(snapshot.value).toEqual({ data: { reservationChanged: { isSnapshot: true, isWhole: true, reservations: [{ ...reservation, state: 'CONFIRMED' }] } } });
  expect(cancelled.value).toEqual({ data: { reservationChanged: { isSnapshot: false, isWhole: true, reservations: [{ ...reservation, state: 'CANCELLED' }] } } });
});
