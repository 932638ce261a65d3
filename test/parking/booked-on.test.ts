import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { checkLedger } from '../../src/billing/ledger-check.js';
import { goOnByNext } from '../../src/parking/gate/take-in-early.js';
import { warnNextHolders } from '../../src/parking/gate/warn-next-holders.js';
import { watchOverstays } from '../../src/parking/gate/watch-overstays.js';
import { endNoShows } from '../../src/parking/jobs.js';
import type { Viewer } from '../../src/platform/index.js';
import { quotaOf } from '../../src/sharing/index.js';
import { newPlate } from './booking-city.js';
import { at, during, openGateCity, type GateCity } from './gate-city.js';

// Who has booked one place twice in a row stays on: it has not overstayed the first, and has not failed to come to the second.

let city: GateCity;

beforeAll(async () => {
  city = await openGateCity();
});
beforeEach(() => city.clock(at('09:00')));
afterAll(() => city.database.close());

const plateOf = (): string => newPlate().number;

/** A car park at 600 fen an hour, with so many spaces. */
const lotOf = async (spaces = 5): Promise<string> => city.lot({ tariffId: await city.tariff(600), quota: quotaOf({ STANDARD: spaces }) });

async function booked(driver: Viewer, lot: string, span: string, plates: readonly string[], fen: number, told: object = {}): Promise<string> {
  const { id, chargeIds } = await city.book(driver, { facilityId: lot, during: during(span), plates: plates.map(number => ({ number })), ...told });
  await city.pay(chargeIds[0]!, fen);
  return id;
}

/** Every quarter of an hour the jobs have their turn. */
async function until(time: string): Promise<void> {
  for (const end = at(time); city.services.clock.now() < end;) {
    city.services.clock.advance(15 * 60_000);
    for (const job of [warnNextHolders, watchOverstays, endNoShows]) await job(city.services);
  }
}

const stateOf = async (id: string): Promise<string> => (await city.database.query<{ state: string }>('select state from reservation where id = $1', [id]))[0]!.state;
const breachesOf = (lot: string): Promise<object[]> => city.database.query('select reservation_id as id from breach where facility_id = $1', [lot]);
const toldOf = async (driver: Viewer): Promise<string[]> => (await city.database.query<{ topic: string }>(`select topic from notice where party_id = $1 and topic <> 'reservation.confirmed'`, [driver.partyIds[0]])).map(({ topic }) => topic);

test.each(['one party', 'two parties'])('bookings of %s that follow one another are one stay: no breach, nothing to pay besides, nobody missed', async whose => {
  const driver = await city.driver();
  const other = whose === 'one party' ? driver : await city.driver();
  const [lot, plate] = [await lotOf(1), plateOf()];
  const [first, second] = [await booked(driver, lot, '10:00–11:00', [plate], 600), await booked(other, lot, '11:00–12:00', [plate], 600)];
  city.clock(at('10:00'));
  const { receipt } = await city.enter(lot, plate);

  await until('12:00');
  expect([await stateOf(first), await stateOf(second)]).toEqual(['COMPLETED', 'CHECKED_IN']);
  await city.leave(lot, plate);

  expect(await city.session(receipt.sessionId)).toMatchObject({ state: 'ENDED', overstayedSince: null, amountFen: null, chargeIds: [], reservation: { id: second, state: 'COMPLETED' } });
  expect([await breachesOf(lot), await toldOf(driver), await toldOf(other)]).toEqual([[], [], []]);
  expect(await city.database.query('select state, amount_fen::int as fen, refunded_fen::int as back from charge where facility_id = $1', [lot])).toEqual([{ state: 'PAID', fen: 600, back: 0 }, { state: 'PAID', fen: 600, back: 0 }]);
  expect(await checkLedger(city.database)).toMatchObject({ differences: [] });
});

test('whose vehicle came by another party’s booking that ends before its own goes on by its own, and is not cancelled meanwhile', async () => {
  const [mistyped, owner] = [await city.driver(), await city.driver()];
  const [lot, plate] = [await lotOf(), plateOf()];
  const theirs = await booked(mistyped, lot, '10:00–12:30', [plate], 1_500);
  city.clock(at('09:01'));
  const own = await booked(owner, lot, '10:30–14:00', [plate], 2_100);
  city.clock(at('10:45'));
  await city.enter(lot, plate);

  await until('12:30');
  expect([await stateOf(theirs), await stateOf(own), await breachesOf(lot)]).toEqual(['COMPLETED', 'CHECKED_IN', []]);
  await until('14:00');
  await city.leave(lot, plate);

  expect([await stateOf(own), await breachesOf(lot), await toldOf(owner)]).toEqual(['COMPLETED', [], []]);
});

test('what lies between two bookings costs what any stay costs, and no more; who stays beyond the last overstays that', async () => {
  const driver = await city.driver();
  const [lot, plate, late] = [await lotOf(), plateOf(), plateOf()];
  await booked(driver, lot, '10:00–11:00', [plate], 600);
  const second = await booked(driver, lot, '11:25–12:00', [plate], 350);
  const ids = [await booked(driver, lot, '10:00–11:00', [late], 600), await booked(driver, lot, '11:00–12:00', [late], 600)];
  city.clock(at('10:00'));
  const { receipt } = await city.enter(lot, plate);
  await city.enter(lot, late);
  city.clock(at('11:10'));
  expect([await goOnByNext(city.services), await goOnByNext(city.services)]).toEqual([2, 0]);
  city.clock(at('12:00'));
  await city.leave(lot, plate);

  // Ten minutes, from eleven until its second booking opened the gate.
  expect(await city.session(receipt.sessionId)).toMatchObject({ amountFen: 100, reservation: { id: second } });
  await until('12:30');
  expect([await stateOf(ids[0]!), await stateOf(ids[1]!), await breachesOf(lot)]).toEqual(['COMPLETED', 'OVERSTAYED', [{ id: ids[1] }]]);
});

test('C4: who had left by the first booking, as a gate tells late, has not used the second, and comes by it', async () => {
  const driver = await city.driver();
  const [lot, plate] = [await lotOf(1), plateOf()];
  const ids = [await booked(driver, lot, '10:00–11:00', [plate], 600), await booked(driver, lot, '11:00–12:00', [plate], 600)];
  city.clock(at('10:00'));
  await city.enter(lot, plate);
  await until('11:00');
  expect(await stateOf(ids[1]!)).toBe('CHECKED_IN');

  await city.backfill(lot, [{ kind: 'EXIT', vehicle: { plate }, occurredAt: new Date(at('10:50')).toISOString() }]);
  expect([await stateOf(ids[0]!), await stateOf(ids[1]!)]).toEqual(['COMPLETED', 'CONFIRMED']);
  city.clock(at('11:05'));
  expect((await city.decide(lot, plate)).decision).toMatchObject({ isAdmitted: true, basis: 'RESERVATION' });
  const { receipt } = await city.enter(lot, plate);

  expect(await city.session(receipt.sessionId)).toMatchObject({ state: 'OPEN', reservation: { id: ids[1], state: 'CHECKED_IN' } });
  city.clock(at('11:50'));
  await city.leave(lot, plate);
  expect([await stateOf(ids[1]!), await city.database.query('select sum(amount_fen)::int as fen from charge where facility_id = $1', [lot])]).toEqual(['COMPLETED', [{ fen: 1_200 }]]);
});

test('of a booking of two vehicles one goes on, and the other overstays', async () => {
  const driver = await city.driver();
  const [lot, one, other] = [await lotOf(), plateOf(), plateOf()];
  const both = await booked(driver, lot, '10:00–11:00', [one, other], 1_200, { spaces: 2 });
  const next = await booked(driver, lot, '11:00–12:00', [one], 600);
  city.clock(at('10:00'));
  for (const plate of [one, other]) await city.enter(lot, plate);

  await until('11:15');

  expect([await stateOf(both), await stateOf(next), await breachesOf(lot)]).toEqual(['OVERSTAYED', 'CHECKED_IN', [{ id: both }]]);
});

test('of a following booking of two vehicles of which one is in, the other goes on by it too, and a third that finds it full overstays', async () => {
  const driver = await city.driver();
  const [lot, ready, late, third] = [await lotOf(), plateOf(), plateOf(), plateOf()];
  const [first, other] = [await booked(driver, lot, '10:00–11:00', [late], 600), await booked(driver, lot, '10:00–11:00', [third], 600)];
  const both = await booked(driver, lot, '11:00–12:00', [ready, late, third], 1_200, { spaces: 2 });
  city.clock(at('10:00'));
  const { receipt } = await city.enter(lot, late);
  city.clock(at('10:01'));
  await city.enter(lot, third);
  city.clock(at('10:50'));
  await city.enter(lot, ready);

  await until('11:20');

  expect([await stateOf(first), await stateOf(other), await stateOf(both), await breachesOf(lot)]).toEqual(['COMPLETED', 'OVERSTAYED', 'CHECKED_IN', [{ id: other }]]);
  expect(await city.session(receipt.sessionId)).toMatchObject({ state: 'OPEN', overstayedSince: null, reservation: { id: both } });
  expect(await goOnByNext(city.services)).toBe(0);
  for (const plate of [late, ready]) await city.leave(lot, plate);
  expect([await stateOf(both), await toldOf(driver)]).toEqual(['COMPLETED', ['reservation.overstayed']]);
});

/** A passage of a gate that was offline. */
const passage = (kind: 'ENTRY' | 'EXIT', time: string, plate: string): object => ({ kind, vehicle: { plate }, occurredAt: new Date(at(time)).toISOString() });
const ENTRY = ['ENTRY', '10:05'] as const;
const EXIT = ['EXIT', '11:50'] as const;
type Telling = (lot: string, plate: string) => Promise<unknown>;
/** Tells what a gate saw in so many calls, once the stay is over. */
const afterwards = (...calls: ReadonlyArray<ReadonlyArray<readonly ['ENTRY' | 'EXIT', string]>>): Telling => async (lot, plate) => {
  city.clock(at('11:52'));
  for (const call of calls) await city.backfill(lot, call.map(([kind, time]) => passage(kind, time, plate)));
};
const TELLINGS: ReadonlyArray<readonly [string, Telling]> = [
  ['live', async (lot, plate) => {
    city.clock(at('10:05'));
    await city.enter(lot, plate);
    await until('11:50');
    await city.leave(lot, plate);
  }],
  ['live, while no job ran', async (lot, plate) => {
    city.clock(at('10:05'));
    await city.enter(lot, plate);
    city.clock(at('11:50'));
    await city.leave(lot, plate);
  }],
  ['the exit late, the jobs having run', async (lot, plate) => {
    city.clock(at('10:05'));
    await city.enter(lot, plate);
    await until('12:35');
    await city.backfill(lot, [passage(...EXIT, plate)]);
  }],
  ['together', afterwards([ENTRY, EXIT])],
  ['together, the exit first', afterwards([EXIT, ENTRY])],
  ['the entry, then the exit', afterwards([ENTRY], [EXIT])],
  ['the exit, then the entry', afterwards([EXIT], [ENTRY])],
  ['again and again', afterwards([EXIT], [ENTRY, EXIT], [ENTRY])],
];

test.each(TELLINGS)('C4: a stay by two bookings told %s: both are used, nothing is owed besides, nobody missed, no breach stands', async (_, tell) => {
  const driver = await city.driver();
  const [lot, plate] = [await lotOf(1), plateOf()];
  const ids = [await booked(driver, lot, '10:00–11:00', [plate], 600), await booked(driver, lot, '11:00–12:00', [plate], 600)];

  await tell(lot, plate);
  await until('13:00');

  expect(await Promise.all(ids.map(stateOf))).toEqual(['COMPLETED', 'COMPLETED']);
  expect(await city.database.query(`select reservation_id as of, amount_fen as fen, charges, overstayed_since as overstayed from session where facility_id = $1 and state <> 'VOID'`, [lot])).toEqual([{ of: ids[1], fen: null, charges: [], overstayed: null }]);
  expect(await city.database.query('select state, amount_fen::int as fen, refunded_fen::int as back from charge where facility_id = $1', [lot])).toEqual([{ state: 'PAID', fen: 600, back: 0 }, { state: 'PAID', fen: 600, back: 0 }]);
  expect(await city.database.query('select 1 from breach where facility_id = $1 and withdrawn_at is null', [lot])).toEqual([]);
  expect(await checkLedger(city.database)).toMatchObject({ differences: [] });
});

const TWICE = [['ENTRY', '10:05'], ['EXIT', '10:30'], ['ENTRY', '10:45'], ['EXIT', '10:55']] as const;
const [IN, OUT, BACK, GONE] = TWICE;

test.each<readonly [string, Telling]>([
  ['live', async (lot, plate) => {
    for (const [kind, time] of TWICE) {
      city.clock(at(time));
      await (kind === 'ENTRY' ? city.enter(lot, plate) : city.leave(lot, plate));
    }
  }],
  ['together', afterwards([IN, OUT, BACK, GONE])],
  ['together, the last first', afterwards([GONE, BACK, OUT, IN])],
  ['stay by stay', afterwards([IN, OUT], [BACK, GONE])],
  ['the second stay first', afterwards([BACK, GONE], [IN, OUT])],
  ['the entries, then the exits', afterwards([IN, BACK], [OUT, GONE])],
  ['the exits, then the entries', afterwards([OUT, GONE], [IN, BACK])],
  ['the last first, one by one', afterwards([GONE], [BACK], [OUT], [IN])],
  ['again and again', afterwards([BACK, GONE], [OUT, GONE], [IN, BACK], [IN, OUT, BACK, GONE])],
])('C4: two stays within one booking told %s: the first uses it, and the second costs what any stay costs', async (_, tell) => {
  const driver = await city.driver();
  const [lot, plate] = [await lotOf(), plateOf()];
  const id = await booked(driver, lot, '10:00–11:00', [plate], 600);

  await tell(lot, plate);
  await until('12:00');

  expect([await stateOf(id), await breachesOf(lot), await toldOf(driver)]).toEqual(['COMPLETED', [], []]);
  expect(await city.database.query(`select basis, reservation_id as of, amount_fen::int as fen, jsonb_path_query_array(charges, '$[*].amountFen') as charged from session where facility_id = $1 and state <> 'VOID' order by began_at`, [lot]))
    .toEqual([{ basis: 'RESERVATION', of: id, fen: null, charged: [] }, { basis: 'WALK_IN', of: null, fen: 100, charged: [100] }]);
  expect(await city.database.query('select amount_fen::int as fen, refunded_fen::int as back from charge where facility_id = $1 order by amount_fen', [lot])).toEqual([{ fen: 100, back: 0 }, { fen: 600, back: 0 }]);
});

test('C4: of a booking of two vehicles who comes again is in by it until both have left, told together', async () => {
  const driver = await city.driver();
  const [lot, one, other] = [await lotOf(), plateOf(), plateOf()];
  const id = await booked(driver, lot, '10:00–11:00', [one, other], 1_200, { spaces: 2 });
  city.clock(at('11:30'));

  await city.backfill(lot, [...[...TWICE, ['ENTRY', '10:58'] as const].map(([kind, time]) => passage(kind, time, one)), passage('ENTRY', '10:06', other), passage('EXIT', '10:50', other)]);

  expect([await stateOf(id), await city.database.query('select reservation_id as of from session where facility_id = $1 order by began_at', [lot])]).toEqual(['COMPLETED', [{ of: id }, { of: id }, { of: id }, { of: null }]]);
});

test('C4: what a vehicle was in before its first booking opened costs the same whether it leaves by that or goes on by others, told live or afterwards', async () => {
  const spans = [['10:00–11:00', 600], ['11:00–12:00', 600], ['12:25–13:00', 350]] as const;
  // From 9:15 until 9:45, when the first booking opened the gate, at 6 yuan an hour; and from 12:00 until 12:10, when the third did.
  for (const [left, fen, used] of [['10:50', 300, 1], ['11:50', 300, 2], ['12:50', 400, 3]] as const) {
    for (const told of ['live', 'live, while no job ran', 'afterwards']) {
      city.clock(at('08:30'));
      const driver = await city.driver();
      const [lot, plate] = [await lotOf(), plateOf()];
      const ids: string[] = [];
      for (const [span, paid] of spans) ids.push(await booked(driver, lot, span, [plate], paid));
      city.clock(at('09:15'));
      if (told !== 'afterwards') await city.enter(lot, plate);
      if (told === 'live') await until(left);
      city.clock(at(left));
      await city.backfill(lot, [...(told === 'afterwards' ? [passage('ENTRY', '09:15', plate)] : []), passage('EXIT', left, plate)]);

      const costs = await city.database.query('select amount_fen::int as fen, jsonb_path_query_array(charges, \'$[*].amountFen\') as charged from session where facility_id = $1', [lot]);
      expect([left, told, costs, await Promise.all(ids.map(stateOf))]).toEqual([left, told, [{ fen, charged: [fen] }], spans.map((_, nth) => (nth < used ? 'COMPLETED' : 'CONFIRMED'))]);
    }
  }
});

test.each([
  ['11:05', ['COMPLETED', 'NO_SHOW'], 0, null],
  ['11:20', ['COMPLETED', 'COMPLETED'], 1, 100],
])('C4: of bookings with 25 minutes between them, who left at %s has used the same, and owes the same, told live or afterwards', async (left, states, nth, fen) => {
  for (const isLive of [true, false]) {
    city.clock(at('09:00'));
    const driver = await city.driver();
    const [lot, plate] = [await lotOf(), plateOf()];
    const ids = [await booked(driver, lot, '10:00–11:00', [plate], 600), await booked(driver, lot, '11:25–12:00', [plate], 350)];
    city.clock(at('10:00'));
    if (isLive) {
      await city.enter(lot, plate);
      await until('11:30');
    }
    city.clock(at('11:30'));
    await city.backfill(lot, [...(isLive ? [] : [passage('ENTRY', '10:00', plate)]), passage('EXIT', left, plate)]);
    await until('12:30');

    expect(await Promise.all(ids.map(stateOf))).toEqual(states);
    expect(await city.database.query('select reservation_id as of, amount_fen::int as fen from session where facility_id = $1', [lot])).toEqual([{ of: ids[nth], fen }]);
  }
});

test('C4: what was called a no-show before its entry was told stays one, for a person to look at; the booking after it is used', async () => {
  const driver = await city.driver();
  for (const calls of [[[ENTRY, EXIT]], [[ENTRY], [EXIT]], [[EXIT], [ENTRY]]]) {
    city.clock(at('09:00'));
    const [lot, plate] = [await lotOf(1), plateOf()];
    const ids = [await booked(driver, lot, '10:00–11:00', [plate], 600), await booked(driver, lot, '11:00–12:00', [plate], 600)];
    await until('11:45');

    await afterwards(...calls)(lot, plate);
    await until('13:00');

    expect([await Promise.all(ids.map(stateOf)), await city.findings(lot)]).toEqual([['NO_SHOW', 'COMPLETED'], ['MISSED_BUT_CAME']]);
    expect(await city.database.query(`select reservation_id as of, charges from session where facility_id = $1 and state <> 'VOID'`, [lot])).toEqual([{ of: ids[1], charges: [] }]);
  }
});

test('who is in by a booking that was called a no-show before its entry was told goes on by the next', async () => {
  const driver = await city.driver();
  const [lot, plate] = [await lotOf(), plateOf()];
  await booked(driver, lot, '10:00–12:00', [plate], 1_200);
  const next = await booked(driver, lot, '12:00–14:00', [plate], 1_200);
  await until('11:00');
  city.clock(at('11:10'));
  await city.backfill(lot, [passage('ENTRY', '10:05', plate)]);

  await until('13:00');

  expect([await stateOf(next), await breachesOf(lot)]).toEqual(['CHECKED_IN', []]);
});

test('an overstay that was one stays on record, though the vehicle stayed on until its next booking', async () => {
  const driver = await city.driver();
  const [lot, plate] = [await lotOf(), plateOf()];
  const ids = [await booked(driver, lot, '10:00–11:00', [plate], 600), await booked(driver, lot, '12:00–13:00', [plate], 600)];
  city.clock(at('10:00'));
  await city.enter(lot, plate);
  await until('12:15');
  city.clock(at('12:20'));
  await city.leave(lot, plate);

  expect(await Promise.all(ids.map(stateOf))).toEqual(['COMPLETED', 'COMPLETED']);
  expect(await city.database.query('select reservation_id as id, withdrawn_at is null as stands from breach where facility_id = $1', [lot])).toEqual([{ id: ids[0], stands: true }]);
});
