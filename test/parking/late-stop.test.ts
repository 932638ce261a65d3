import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { warnNextHolders } from '../../src/parking/gate/warn-next-holders.js';
import { watchOverstays } from '../../src/parking/gate/watch-overstays.js';
import { decideRevocations } from '../../src/parking/revocation/decide-revocations.js';
import type { Viewer } from '../../src/platform/index.js';
import { quotaOf } from '../../src/sharing/index.js';
import { newPlate } from './booking-city.js';
import { at, during, openGateCity, type GateCity } from './gate-city.js';

// Late stop is tolerance for the one before, never a claim against the one after (C9): who comes next is let in, is told
// when the space is not free yet, and is led elsewhere when it is not free in time.

let city: GateCity;
let made = 0;

beforeAll(async () => {
  city = await openGateCity();
});
beforeEach(() => city.clock(at('08:00')));
afterAll(() => city.database.close());

interface Booked {
  readonly driver: Viewer;
  readonly id: string;
  readonly plate: string;
}

async function booked(lot: string, span: string): Promise<Booked> {
  const driver = await city.driver();
  const { number: plate } = newPlate();
  const { id } = await city.book(driver, { facilityId: lot, during: during(span), plates: [{ number: plate }] });
  return { driver, id, plate };
}

/** A car park far from every other, which lends so many spaces free of charge. */
const lotOf = (spaces: number): Promise<string> => city.lot({ quota: quotaOf({ STANDARD: spaces }) }, {}, { longitude: 118 + ++made * 0.03, latitude: 25.1 });
const toldOf = async ({ id, driver }: Booked): Promise<string[]> => (await city.database.query<{ topic: string }>(`select topic from notice where subject_id = $1 and party_id = $2 and topic <> 'reservation.confirmed' order by topic desc`, [id, driver.partyIds[0]])).map(({ topic }) => topic);
const warnTwice = async (): Promise<number> => (await Promise.all([warnNextHolders(city.services), warnNextHolders(city.services)])).reduce((sum, each) => sum + each) + (await warnNextHolders(city.services));

test('with one space, whoever comes next is let in at its time though the vehicle before is within its grace, and is told once that it has not left', async () => {
  const lot = await lotOf(1);
  const [first, next] = [await booked(lot, '10:00–11:00'), await booked(lot, '11:00–12:00')];
  city.clock(at('10:00'));
  await city.enter(lot, first.plate);
  city.clock(at('10:59'));
  expect(await warnTwice()).toBe(0);

  city.clock(at('11:01'));
  expect(await warnTwice()).toBe(1);

  expect([await toldOf(first), await toldOf(next)]).toEqual([[], ['reservation.spaceNotVacated']]);
  expect((await city.decide(lot, next.plate)).decision).toMatchObject({ isAdmitted: true, basis: 'RESERVATION' });
  // It leaves within its grace: nobody is led anywhere, and nothing is owed.
  city.clock(at('11:10'));
  const { receipt } = await city.leave(lot, first.plate);
  city.clock(at('11:20'));
  expect([await watchOverstays(city.services), await warnTwice()]).toEqual([0, 0]);
  expect(await city.session(receipt.sessionId)).toMatchObject({ amountFen: null, reservation: { state: 'COMPLETED' } });
  expect(await city.reservation(next.driver, next.id)).toMatchObject({ state: 'CONFIRMED', facility: { id: lot } });
});

test('when the grace is over and it has not left, whoever was told is led elsewhere or has everything back', async () => {
  const lot = await lotOf(1);
  const [first, next] = [await booked(lot, '10:00–11:00'), await booked(lot, '11:00–12:00')];
  city.clock(at('10:00'));
  await city.enter(lot, first.plate);
  city.clock(at('11:00'));
  expect(await warnTwice()).toBe(1);

  city.clock(at('11:15'));
  expect([await watchOverstays(city.services), await decideRevocations(city.services)]).toEqual([1, 1]);

  expect((await city.reservation(next.driver, next.id)).state).toBe('CANCELLED');
  expect(await toldOf(next)).toEqual(['reservation.spaceNotVacated', 'reservation.revoked']);
});

test('of a pool as many are told as spaces are short, the first first; where one is free nobody is', async () => {
  const lot = await lotOf(2);
  const [one, other] = [await booked(lot, '10:00–11:00'), await booked(lot, '10:00–11:00')];
  const [soon, later] = [await booked(lot, '11:00–12:00'), await booked(lot, '11:10–12:00')];
  city.clock(at('10:00'));
  await city.enter(lot, one.plate);
  await city.enter(lot, other.plate);
  city.clock(at('10:58'));
  await city.leave(lot, other.plate);
  city.clock(at('11:00'));
  expect(await warnTwice()).toBe(1);
  expect([await toldOf(soon), await toldOf(later)]).toEqual([['reservation.spaceNotVacated'], []]);

  const roomy = await lotOf(2);
  city.clock(at('09:00'));
  const [alone, after] = [await booked(roomy, '10:00–11:00'), await booked(roomy, '11:00–12:00')];
  city.clock(at('10:00'));
  await city.enter(roomy, alone.plate);
  city.clock(at('11:00'));
  expect([await warnTwice(), await toldOf(after)]).toEqual([0, []]);
});

test('where several vehicles of a pool are in beyond their end, each who comes next is told once; who books behind them later is told, too', async () => {
  const lot = await lotOf(3);
  const before = [await booked(lot, '10:00–11:00'), await booked(lot, '10:00–11:00'), await booked(lot, '10:00–11:00')];
  const [soon, later] = [await booked(lot, '11:00–12:00'), await booked(lot, '11:10–12:00')];
  city.clock(at('10:00'));
  for (const { plate } of before) await city.enter(lot, plate);
  city.clock(at('11:01'));

  expect(await warnTwice()).toBe(1);
  expect([await toldOf(soon), await toldOf(later)]).toEqual([['reservation.spaceNotVacated'], ['reservation.spaceNotVacated']]);
  const last = await booked(lot, '11:05–12:00');
  expect(await warnTwice()).toBe(1);

  expect([await toldOf(soon), await toldOf(later), await toldOf(last)]).toEqual([['reservation.spaceNotVacated'], ['reservation.spaceNotVacated'], ['reservation.spaceNotVacated']]);
});
