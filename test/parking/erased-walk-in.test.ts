import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { plateHash } from '../../src/parking/seal-plates.js';
import type { Viewer } from '../../src/platform/index.js';
import { at, during, openGateCity, type GateCity } from './gate-city.js';

let city: GateCity;
let made = 0;

beforeAll(async () => {
  city = await openGateCity();
});

beforeEach(() => city.clock(at('09:00')));

afterAll(() => city.database.close());

const erase = async (driver: Viewer): Promise<readonly { code: string }[]> => {
  const partyId = driver.partyIds[0];
  const viewer: Viewer = { ...driver, grants: [...driver.grants, { action: 'driver:erase', partyId: partyId!, jurisdictionCode: null }] };
  return (await city.ask(viewer, 'mutation e($input: EraseDriverInput!) { eraseDriver(input: $input) { party { id } userErrors { code } } }', { input: { partyId, reason: '本人注销', idempotencyKey: `erase ${++made}` } })).eraseDriver.userErrors;
};

/** Every row of every table that holds one of these texts, as 'table: n'. */
async function tablesHolding(texts: readonly string[]): Promise<string[]> {
  const tables = await city.database.query<{ name: string }>(`select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> 'spatial_ref_sys' order by 1`);
  const found: string[] = [];
  for (const { name } of tables) {
    const [row] = await city.database.query<{ count: number }>(`select count(*)::int as count from "${name}" t where exists (select from unnest($1::text[]) as w where strpos(to_jsonb(t)::text, w) > 0)`, [texts]);
    if (row!.count > 0) found.push(`${name}: ${row!.count}`);
  }
  return found;
}

/** All by which a plate could be found: in clear, hashed, and the very texts that were sealed of it. */
async function tracesOf(plate: string): Promise<string[]> {
  const hash = plateHash(city.services.sealer, plate);
  const sealed = await city.database.query<{ text: string }>(`select sealed_plate as text from gate_event where plate_hash = $1 union all select sealed_plate from reservation_vehicle where plate_hash = $1`, [hash]);
  return [plate, hash, ...sealed.map(row => row.text)];
}

const newPlate = (): string => `闽C8${String(1_000 + ++made)}`;

/** Drives in and out without a booking, and answers the stay. */
async function walkedIn(facilityId: string, plate: string, from: string, until: string): Promise<string> {
  city.clock(at(from));
  await city.decide(facilityId, plate);
  const { receipt } = await city.enter(facilityId, plate);
  city.clock(at(until));
  await city.leave(facilityId, plate);
  return receipt.sessionId;
}

/** Books with a plate and cancels, so that nothing is open. */
async function named(driver: Viewer, facilityId: string, plate: string): Promise<void> {
  const { id } = await city.book(driver, { facilityId, during: during('20:00–21:00'), plates: [{ number: plate }] });
  await city.cancel(driver, id);
}

/** Has a facility admit a vehicle as a resident's own from now on, and answers the admission. */
const admitted = async (facilityId: string, resident: Viewer, plate: string): Promise<string> => (await city.admit(facilityId, [plate], { partyId: resident.partyIds[0] }))[0]!;

/** What gates keep of a plate: its stays, passages and decisions. */
const rowsOf = (plate: string): Promise<unknown[]> =>
  city.database.query(
    ['session', 'gate_event', 'gate_decision'].map(table => `select to_jsonb(t) as row from ${table} t where t.plate_key like $1 || '/%'`).join(' union all ') + ' order by 1',
    [plateHash(city.services.sealer, plate)],
  );

const shown = async (sessionId: string): Promise<object> => {
  const { state, basis, plate, enteredAt, exitedAt } = await city.session(sessionId);
  return { state, basis, plate, enteredAt: enteredAt.slice(11, 16), exitedAt: exitedAt?.slice(11, 16) ?? null };
};

/** A place that lends to holders of agreements alone, and refuses everybody else. */
const closedLot = (): Promise<string> => city.lot({ audience: { kind: 'AGREEMENT_HOLDERS' } } as never);
const plateOf = async (sessionId: string): Promise<string> => (await city.session(sessionId)).plate;

test('PIPL 47: stays without a booking and refused entries of a vehicle that was admitted as the driver’s own go; their times stay, and others whole', async () => {
  const driver = await city.driver();
  const plate = newPlate();
  const [lot, elsewhere, closed] = [await city.lot(), await city.lot(), await closedLot()];
  for (const facilityId of [lot, elsewhere, closed]) await admitted(facilityId, driver, plate);
  const before = await walkedIn(elsewhere, plate, '09:05', '09:20');
  await named(driver, lot, plate);
  const since = await walkedIn(lot, plate, '09:30', '09:50');
  expect((await city.decide(closed, plate)).decision.isAdmitted).toBe(false);
  await city.leave(closed, plate);
  const others = newPlate();
  const another = await walkedIn(lot, others, '10:00', '10:20');
  const tracesOfOthers = await tracesOf(others);
  const kept = await tablesHolding(tracesOfOthers);
  const traces = await tracesOf(plate);
  expect(await tablesHolding(traces)).toEqual(['admitted_vehicle: 3', 'gate_decision: 3', 'gate_event: 5', 'reservation_vehicle: 1', 'session: 3']);
  const [counted, events] = [await city.kept(), await city.database.query('select count(*)::int as count, count(session_id)::int as linked from gate_event')];

  expect(await erase(driver)).toEqual([]);

  expect(await tablesHolding(traces)).toEqual([]);
  expect([await city.kept(), await city.database.query('select count(*)::int as count, count(session_id)::int as linked from gate_event')]).toEqual([counted, events]);
  expect([await shown(before), await shown(since)]).toEqual([
    { state: 'ENDED', basis: 'RESIDENT', plate: '***', enteredAt: '09:05', exitedAt: '09:20' },
    { state: 'ENDED', basis: 'RESIDENT', plate: '***', enteredAt: '09:30', exitedAt: '09:50' },
  ]);
  expect(await tablesHolding(tracesOfOthers)).toEqual(kept);
  expect(await plateOf(another)).toMatch(/^闽C8/);
});

test('whoever booked with a stranger’s plate takes nothing from the stranger: its stays, passages and decisions stay whole, beside the booking, before it and since', async () => {
  const driver = await city.driver();
  const plate = newPlate();
  const [lot, elsewhere, closed] = [await city.lot(), await city.lot({ tariffId: await city.tariff(300) }), await closedLot()];
  await walkedIn(elsewhere, plate, '09:02', '09:10');
  const { id } = await city.book(driver, { facilityId: lot, during: during('13:00–14:00'), plates: [{ number: plate }] });
  await walkedIn(lot, plate, '09:20', '09:50');
  expect((await city.decide(closed, plate)).decision.isAdmitted).toBe(false);
  await city.cancel(driver, id);
  await walkedIn(lot, plate, '12:50', '13:30');
  const whole = await rowsOf(plate);

  expect(await erase(driver)).toEqual([]);

  // Its own booking alone lost the plate.
  expect(await rowsOf(plate)).toEqual(whole);
  expect(await city.database.query('select 1 from reservation_vehicle where reservation_id = $1', [id])).toEqual([]);
  expect(await tablesHolding(await tracesOf(plate))).toEqual(['gate_decision: 4', 'gate_event: 6', 'session: 3']);
});

test('what came in under the driver’s own booking goes though it was decided as another’s; the decision that refused the booking goes, too', async () => {
  const driver = await city.driver();
  const plate = newPlate();
  const lot = await city.lot({ audience: { kind: 'AGREEMENT_HOLDERS' } } as never);
  const open = await city.lot();
  const { id } = await city.book(driver, { facilityId: open, during: during('10:00–11:00'), plates: [{ number: plate }] });
  // Long before it opens the vehicle is in as anybody's, and becomes the booking's when it leaves in its time.
  const early = await walkedIn(open, plate, '09:05', '10:30');
  expect((await city.session(early)).reservation).toEqual({ id, state: 'COMPLETED' });
  expect((await city.decide(lot, plate)).decision).toMatchObject({ isAdmitted: false, reasons: [{ code: 'NOT_LENT' }] });
  const before = await tracesOf(plate);

  expect(await erase(driver)).toEqual([]);

  // The refusal elsewhere was of whoever drove that plate there.
  expect(await tablesHolding(before)).toEqual(['gate_decision: 1']);
});

test('of a vehicle that two parties were admitted with at once no stay is one’s alone; after an admission ended none is, and before it began', async () => {
  const [driver, resident] = [await city.driver(), await city.driver()];
  const plate = newPlate();
  const [lot, estate] = [await city.lot(), await city.lot({ tariffId: await city.tariff(300) })];
  const before = await walkedIn(lot, plate, '09:02', '09:04');
  for (const each of [driver, resident]) await admitted(estate, each, plate);
  const home = await walkedIn(estate, plate, '09:05', '09:09');
  const admissionId = await admitted(lot, driver, plate);
  const own = await walkedIn(lot, plate, '09:10', '09:20');
  expect((await city.ask(city.operator, 'mutation e($input: EndAdmissionsInput!) { endAdmissions(input: $input) { userErrors { code } } }', { input: { admissionIds: [admissionId], reason: '已搬离', idempotencyKey: `end ${++made}` } })).endAdmissions.userErrors).toEqual([]);
  const since = await walkedIn(lot, plate, '09:40', '09:50');
  const rows = () => city.database.query(`select to_jsonb(s) as row from session s where id = any($1) union all select to_jsonb(e) from gate_event e where session_id = any($1) order by 1`, [[before, home, since]]);
  const whole = await rows();

  expect(await erase(driver)).toEqual([]);

  expect(await rows()).toEqual(whole);
  expect(whole).toHaveLength(9);
  expect(await plateOf(own)).toBe('***');
  expect((await city.database.query<{ count: number }>(`select count(*)::int as count from gate_decision where plate_key like $1 || '/%'`, [plateHash(city.services.sealer, plate)]))[0]!.count).toBe(3);
});

test('a vehicle that is in comes out yet, and a stay that is not paid for stays until it is: neither is told to whoever asks', async () => {
  const driver = await city.driver();
  const plate = newPlate();
  const paidFor = await city.lot({ tariffId: await city.tariff(300) });
  const lot = await city.lot();
  for (const facilityId of [paidFor, lot]) await admitted(facilityId, driver, plate);
  const unpaid = await walkedIn(paidFor, plate, '09:05', '09:55');
  const charges = (await city.session(unpaid)).chargeIds;
  expect(charges).toHaveLength(1);
  city.clock(at('10:00'));
  const { receipt } = await city.enter(lot, plate);

  expect(await erase(driver)).toEqual([]);

  expect([await plateOf(unpaid), await plateOf(receipt.sessionId)]).toEqual([expect.stringMatching(/^闽C8/), expect.stringMatching(/^闽C8/)]);
  city.clock(at('10:30'));
  expect((await city.leave(lot, plate)).receipt).toMatchObject({ verdict: 'CLOSED', sessionId: receipt.sessionId });
});

test('a plate that was misread leaves no reading: neither as suggested nor as corrected, and what another vehicle was stays', async () => {
  const driver = await city.driver();
  const [plate, misread] = ['闽C88001', '闽C8800L'];
  const lot = await closedLot();
  const open = await city.lot();
  await named(driver, open, plate);
  const { id } = await city.book(driver, { facilityId: open, during: during('09:30–10:30'), plates: [{ number: plate }] });
  city.clock(at('09:25'));
  const decided = (await city.decide(open, misread)).decision;
  expect(decided.suggestedPlates).toEqual([plate]);
  const entered = (await city.enter(lot, plate)).receipt;
  expect((await city.correct(entered.gateEventId, '闽C99999')).userErrors).toEqual([]);
  await city.cancel(driver, id);
  // Both bookings, what the camera read, what it was corrected from, and the stay that is void by the correction.
  expect(await tablesHolding([plateHash(city.services.sealer, plate)])).toEqual(['gate_event: 1', 'plate_correction: 1', 'reservation_vehicle: 2', 'session: 1']);

  expect(await erase(driver)).toEqual([]);

  expect(await tablesHolding(await tracesOf(plate))).toEqual([]);
  expect(await city.database.query('select sealed_suggestions as sealed, masked_plate <> $2 as shown from gate_decision where id = $1', [decided.id, '***'])).toEqual([{ sealed: null, shown: true }]);
  expect(await city.database.query(`select from_key = 'erased/' || gate_event_id as gone, to_key like 'erased%' as others from plate_correction where gate_event_id = $1`, [entered.gateEventId])).toEqual([{ gone: true, others: false }]);
  expect(await plateOf((await city.database.query<{ id: string }>('select session_id as id from gate_event where id = $1', [entered.gateEventId]))[0]!.id)).toBe('闽C9***9');
});

test('told of beside the erasure, a passage is of nobody, or of a stay that begins anew: no stay keeps the plate that its passages lost', async () => {
  const lot = await city.lot();
  for (let round = 0; round < 6; round += 1) {
    city.clock(at('09:00'));
    const driver = await city.driver();
    const plate = newPlate();
    await admitted(lot, driver, plate);
    const sessionId = await walkedIn(lot, plate, '09:05', '09:20');

    const [erased] = await Promise.all([erase(driver), city.backfill(lot, [{ kind: 'EXIT', vehicle: { plate }, occurredAt: '2026-02-11T09:15:00+08:00' }])]);

    expect(erased).toEqual([]);
    const [row] = await city.database.query<{ plate: string; isErased: boolean; kept: number }>(
      `select s.masked_plate as plate, s.plate_key like 'erased/%' as "isErased", (select count(*)::int from gate_event e where e.session_id = s.id and e.plate_key <> s.plate_key) as kept from session s where s.id = $1`,
      [sessionId],
    );
    expect(row).toEqual({ plate: '***', isErased: true, kept: 0 });
  }
});
