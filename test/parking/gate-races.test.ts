import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ANY_DRIVER, decideStay } from '../../src/availability/index.js';
import { watchOverstays } from '../../src/parking/gate/watch-overstays.js';
import { prolongWalkIns } from '../../src/parking/gate/prolong-walk-ins.js';
import { settleSessions } from '../../src/parking/gate/settle-sessions.js';
import { at, during, openGateCity, type GateCity } from './gate-city.js';

let city: GateCity;

beforeAll(async () => {
  city = await openGateCity();
});
beforeEach(() => city.clock(at('09:00')));
afterAll(() => city.database.close());

const MINUTE = 60_000;
const STAY = { spaceClass: 'STANDARD', spaces: 1 };
const quota = (spaces: number) => ({ quota: { STANDARD: spaces, CHARGING: 0, ACCESSIBLE: 0, LARGE: 0, MECHANICAL: 0 } });
const stayOf = (row: { plate: string; state: string; entered: number | null; exited: number | null; told: boolean }): string => `${row.plate} ${row.state} ${row.entered}–${row.exited} ${row.told}`;

async function staysAt(lot: string): Promise<string[]> {
  const rows = await city.database.query<Parameters<typeof stayOf>[0]>(
    `select masked_plate as plate, state, epoch_ms(entered_at) as entered, epoch_ms(exited_at) as exited, exit_event_id is not null as told from session where facility_id = $1 and state <> 'VOID' order by masked_plate, began_at, entered_at nulls first`,
    [lot],
  );
  return rows.map(stayOf);
}

test('a backfill replayed in any order and in any batches gives the same sessions and the same open findings', async () => {
  const plates = ['闽D11111', '闽D22222'];
  const drawn = fc.array(fc.record({ plate: fc.constantFrom(...plates), kind: fc.constantFrom('ENTRY', 'EXIT'), minute: fc.nat(60), second: fc.constantFrom(0, 30) }), { minLength: 2, maxLength: 12 });
  const orders = drawn.chain(events => fc.tuple(fc.constant(events), fc.shuffledSubarray(events.map((_, nth) => nth), { minLength: events.length }), fc.integer({ min: 1, max: 5 })));
  await fc.assert(fc.asyncProperty(orders, async ([events, order, size]) => {
    const told = events.map(({ plate, kind, minute, second }, nth) => ({ eventId: `p${String(nth).padStart(2, '0')}`, kind, vehicle: { plate }, occurredAt: new Date(at('07:00') + minute * MINUTE + second * 1_000).toISOString() }));
    const [straight, shuffled] = [await city.lot(), await city.lot()];
    await city.backfill(straight, told);
    for (let from = 0; from < order.length; from += size) await city.backfill(shuffled, order.slice(from, from + size).map(nth => told[nth]!));
    await city.backfill(shuffled, told);

    expect(await staysAt(shuffled)).toEqual(await staysAt(straight));
    expect(await city.findings(shuffled)).toEqual(await city.findings(straight));
    const [{ told: kept } = { told: -1 }] = await city.database.query<{ told: number }>('select count(*)::int as told from gate_event where facility_id = $1', [shuffled]);
    expect(kept).toBe(told.length);
  }), { numRuns: 12 });
}, 240_000);

test('an entry raced with a cancellation ends in one of two ways, never in between', async () => {
  const ways = new Set<string>();
  for (let round = 0; round < 8; round++) {
    const driver = await city.driver();
    const lot = await city.lot(quota(1));
    const { id } = await city.book(driver, { facilityId: lot, during: during('09:00–11:00'), plates: [{ number: '闽C12345' }], ...STAY });

    const [entered, cancelled] = await Promise.all([city.enter(lot, '闽C12345'), city.cancel(driver, id)]);

    const session = await city.session(entered.receipt.sessionId);
    const { state } = await city.reservation(driver, id);
    ways.add(state);
    if (state === 'CHECKED_IN') {
      expect(cancelled.userErrors[0].code).toMatch(/^(ILLEGAL_TRANSITION|VERSION_MOVED)$/);
      expect(session).toMatchObject({ basis: 'RESERVATION', claimedUntil: null, reservation: { id } });
    } else {
      expect(cancelled.userErrors).toEqual([]);
      expect(state).toBe('CANCELLED');
      expect(session).toMatchObject({ basis: 'WALK_IN', reservation: null });
    }
    const [claims] = await city.database.query<{ spaces: number }>('select coalesce(sum(spaces), 0)::int as spaces from claim where facility_id = $1 and ended_at is null', [lot]);
    expect(claims!.spaces).toBe(1);
  }
  expect([...ways].every(way => way === 'CHECKED_IN' || way === 'CANCELLED')).toBe(true);
}, 120_000);

test('an exit raced with the finding of an overstay leaves one completed booking, charged once', async () => {
  for (let round = 0; round < 6; round++) {
    city.clock(at('09:00'));
    const driver = await city.driver();
    const tariffId = await city.tariff(600);
    const lot = await city.lot({ ...quota(1), tariffId });
    const { id, chargeIds } = await city.book(driver, { facilityId: lot, during: during('09:00–10:00'), plates: [{ number: '闽C12345' }], ...STAY });
    await city.pay(chargeIds[0]!, 600);
    const { receipt } = await city.enter(lot, '闽C12345');
    city.clock(at('10:45'));

    await Promise.all([city.leave(lot, '闽C12345'), watchOverstays(city.services), watchOverstays(city.services)]);

    // From 10:15 on, half an hour at 600 fen an hour, by 150 %.
    expect(await city.session(receipt.sessionId)).toMatchObject({ state: 'ENDED', amountFen: 450, reservation: { state: 'COMPLETED' } });
    expect(await city.database.query('select amount_fen::int as fen from charge where cause_id = $1', [receipt.sessionId])).toEqual([{ fen: 450 }]);
    const [breaches] = await city.database.query<{ count: number }>('select count(*)::int as count from breach where reservation_id = $1', [id]);
    expect(breaches!.count).toBeLessThanOrEqual(1);
  }
}, 120_000);

test('the same passage told by many at once is one event of one session', async () => {
  const lot = await city.lot();
  const occurredAt = new Date(at('09:00')).toISOString();
  const receipts = await Promise.all(Array.from({ length: 12 }, () => city.enter(lot, '闽D33333', { eventId: 'same', occurredAt })));

  expect(receipts.map(({ receipt }) => receipt.verdict).sort()).toEqual([...Array.from({ length: 11 }, () => 'DUPLICATE'), 'OPENED']);
  expect(new Set(receipts.map(({ receipt }) => receipt.sessionId)).size).toBe(1);
});

test('of many vehicles without a reservation no more take a space than are lent, and the gate had told each the truth', async () => {
  const lot = await city.lot(quota(3));
  const plates = Array.from({ length: 8 }, (_, nth) => `闽D4000${nth}`);
  const entered = await Promise.all(plates.map(plate => city.enter(lot, plate)));

  const sessions = await Promise.all(entered.map(({ receipt }) => city.session(receipt.sessionId)));
  expect(sessions.filter(session => session.claimedUntil !== null)).toHaveLength(3);
  expect(sessions.every(session => session.state === 'OPEN')).toBe(true);
  expect((await city.findings(lot)).filter(kind => kind === 'ENTERED_UNLENT')).toHaveLength(5);
  expect((await city.decide(lot, '闽D99999')).decision).toMatchObject({ isAdmitted: false, rule: 'NOT_ENOUGH_SPACES' });
  city.clock(at('09:59'));
  await prolongWalkIns(city.services);
  expect(await city.database.query('select epoch_ms(claimed_until) as until, count(*)::int as count from session where facility_id = $1 and claimed_until is not null group by 1', [lot])).toEqual([{ until: at('11:00'), count: 3 }]);
});

test('P2: the gate admits without a reservation exactly what the one decision allows, whatever is booked and lent', async () => {
  const lots = [await city.lot(quota(1)), await city.lot(quota(2)), await city.lot({ entryCurfews: [{ fromMinute: 9 * 60, untilMinute: 12 * 60 }] } as never), await city.lot({ validFrom: 99_999 } as never)];
  const driver = await city.driver();
  for (const lot of lots.slice(0, 2)) await city.book(driver, { facilityId: lot, during: during('10:00–11:00'), ...STAY });
  for (const lot of lots) {
    for (const stayMinutes of [30, 60, 90, 240]) {
      for (const time of ['09:00', '10:30', '12:30']) {
        city.clock(at(time));
        const { decision } = await city.decide(lot, '闽D77777', { stayMinutes });
        const [stay] = await decideStay(city.system, [{ facilityId: lot, zoneIds: null, spaceId: null, spaceClass: 'STANDARD', during: { startsAt: at(time), endsAt: at(time) + stayMinutes * MINUTE }, spaces: 1, entersAt: at(time), asker: ANY_DRIVER }]);
        expect([decision.isAdmitted, decision.reasons.map((reason: { code: string }) => reason.code)]).toEqual([stay!.decision.allowed, stay!.decision.allowed ? [] : [...new Set(stay!.decision.problems.map(each => each.code))]]);
      }
    }
  }
}, 120_000);

test('a correction that tells another story brings the charge to what the stay costs by now', async () => {
  const tariffId = await city.tariff(600);
  const lot = await city.lot({ ...quota(3), tariffId });
  const { receipt } = await city.enter(lot, '闽D55555');
  city.clock(at('10:00'));
  await city.leave(lot, '闽D55555');
  expect(await city.session(receipt.sessionId)).toMatchObject({ amountFen: 600 });

  await city.backfill(lot, [{ kind: 'EXIT', vehicle: { plate: '闽D55555' }, occurredAt: new Date(at('09:30')).toISOString() }]);
  expect(await settleSessions(city.services)).toBe(1);
  expect(await settleSessions(city.services)).toBe(0);

  const session = await city.session(receipt.sessionId);
  expect(session).toMatchObject({ state: 'ENDED', amountFen: 300 });
  expect(await city.database.query('select amount_fen::int as fen, state from charge where id = any($1)', [session.chargeIds])).toEqual([{ fen: 300, state: 'OPEN' }]);
  expect(await city.findings(lot)).toEqual(['EXIT_WITHOUT_ENTRY']);
});
