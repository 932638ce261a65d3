import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { authenticate } from '../../src/identity/index.js';
import { revealPersonalField } from '../../src/identity/reveal-personal-field.js';
import { PHONE_DOMAIN } from '../../src/identity/register-party.js';
import { plateHash } from '../../src/parking/seal-plates.js';
import { quotaOf } from '../../src/sharing/index.js';
import type { Viewer } from '../../src/platform/index.js';
import { scopeOf } from '../support/scope.js';
import { openApp, type App, type AppDriver } from './app-drivers.js';
import { at, during, openGateCity, type GateCity } from './gate-city.js';

let city: GateCity;
let app: App;
let made = 0;

beforeAll(async () => {
  city = await openGateCity();
  app = await openApp(city);
});

beforeEach(() => city.clock(at('09:00')));

afterAll(() => city.database.close());

interface Driver extends AppDriver {
  readonly name: string;
  readonly phone: string;
  readonly plate: string;
}

/** A driver that an app signed up, with a name, a phone and a plate that stand nowhere else. */
async function signedUp(): Promise<Driver> {
  const nth = ++made;
  const name = `欧阳${nth}号`;
  const phone = `1380595${String(4_000 + nth)}`;
  return { name, phone, plate: `闽C7${String(1_000 + nth)}`, ...(await app.signUp({ name, phone })) };
}

const erase = async ({ partyId, viewer }: Pick<Driver, 'partyId' | 'viewer'>, told: object = {}): Promise<any> =>
  (await city.ask(viewer, 'mutation e($input: EraseDriverInput!) { eraseDriver(input: $input) { party { id name phone erasedAt } userErrors { __typename code ... on DriverHasOpenMatters { subjectIds } } } }', { input: { partyId, reason: '本人注销', idempotencyKey: `erase ${++made}`, ...told } })).eraseDriver;

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

/** All by which a driver could be found: clear, hashed, and the very texts that were sealed. */
async function tracesOf({ partyId, name, phone, plate }: Driver): Promise<string[]> {
  const { sealer } = city.services;
  const sealed = await city.database.query<{ text: string }>(
    `select sealed_name as text from party where id = $1 union all select sealed_phone from party where id = $1 union all select sealed_text from notice where party_id = $1
     union all select v.sealed_plate from reservation_vehicle v join reservation r on r.id = v.reservation_id where r.party_id = $1
     union all select e.sealed_plate from gate_event e join session s on s.id = e.session_id join reservation r on r.id = s.reservation_id where r.party_id = $1`,
    [partyId],
  );
  return [phone, plate, name, sealer.lookupHash(phone, PHONE_DOMAIN), plateHash(sealer, plate), ...sealed.map(row => row.text)];
}

/** Books an evening, comes and goes, and pays what it costs. */
async function parked(driver: Driver): Promise<{ readonly reservationId: string; readonly chargeId: string; readonly sessionId: string }> {
  city.clock(at('09:00'));
  const facilityId = await city.lot({ tariffId: await city.tariff(500) });
  const { id: reservationId, chargeIds: [chargeId] } = await city.book(driver.viewer, { facilityId, during: during('10:00–12:00'), plates: [{ number: driver.plate }] });
  await city.pay(chargeId!, 1_000);
  city.clock(at('10:01'));
  await city.decide(facilityId, driver.plate);
  const { receipt } = await city.enter(facilityId, driver.plate);
  city.clock(at('11:55'));
  await city.leave(facilityId, driver.plate);
  return { reservationId, chargeId: chargeId!, sessionId: receipt.sessionId };
}

test('PIPL 47: of a driver who asks nothing is left but ids: no phone, plate, hash or sealed text in any column of any table, and the money stays', async () => {
  const [driver, other] = [await signedUp(), await signedUp()];
  const { reservationId, chargeId, sessionId } = await parked(driver);
  await parked(other);
  const traces = await tracesOf(driver);
  const others = await tablesHolding(await tracesOf(other));
  expect((await tablesHolding(traces)).map(each => each.split(':')[0])).toEqual(['gate_decision', 'gate_event', 'notice', 'party', 'party_version', 'reservation_vehicle', 'session']);
  const [booked] = await city.database.query('select to_jsonb(c) as charge, (select count(*)::int from ledger_transaction t where t.charge_id = c.id) as transactions, (select count(*)::int from audit_entry) as audit from charge c where c.id = $1', [chargeId]);

  const answer = await erase(driver);

  expect(answer).toEqual({ userErrors: [], party: { id: driver.partyId, name: '已删除', phone: null, erasedAt: '2026-02-11T11:55:00+08:00' } });
  expect(await tablesHolding(traces)).toEqual([]);
  expect(await city.database.query('select holder_party_id = $1 as "isOther" from quote where holder_party_id = any($2)', [other.partyId, [driver.partyId, other.partyId]])).toEqual([{ isOther: true }]);
  expect(await tablesHolding(await tracesOf(other))).toEqual(others);
  expect(await city.database.query('select to_jsonb(c) as charge, (select count(*)::int from ledger_transaction t where t.charge_id = c.id) as transactions, (select count(*)::int - 1 from audit_entry) as audit from charge c where c.id = $1', [chargeId])).toEqual([booked]);
  expect(await city.database.query('select action, actor_id = $2 as "isApp", reason, details from audit_entry where object_id = $1 and action = $3', [driver.partyId, driver.viewer.actorId, 'driver:erase'])).toEqual([{ action: 'driver:erase', isApp: true, reason: '本人注销', details: null }]);
  expect(await city.session(sessionId)).toMatchObject({ id: sessionId, state: 'ENDED', plate: '***', chargeIds: [], reservation: { id: reservationId, state: 'COMPLETED' } });
  await expect(authenticate(city.services, driver.credential)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('a vehicle that was admitted as the driver’s own is admitted no more, and its plate goes; another’s admission stays', async () => {
  const [driver, other] = [await signedUp(), await signedUp()];
  const lot = await city.lot({ audience: { kind: 'RESIDENTS' }, quota: quotaOf({ STANDARD: 2 }) } as never);
  for (const { partyId, plate } of [driver, other]) {
    await city.admit(lot, [plate], { partyId });
  }
  city.clock(at('10:00'));

  expect((await erase(driver)).userErrors).toEqual([]);

  expect(await tablesHolding([plateHash(city.services.sealer, driver.plate)])).toEqual([]);
  expect(await city.database.query('select party_id as "partyId", masked_plate as plate, epoch_ms(ends_at) as "endsAt" from admitted_vehicle where facility_id = $1 order by ends_at', [lot])).toEqual([{ partyId: driver.partyId, plate: '***', endsAt: at('10:00') }, { partyId: other.partyId, plate: expect.stringContaining('闽C7'), endsAt: null }]);
  expect([(await city.decide(lot, driver.plate)).decision.isAdmitted, (await city.decide(lot, other.plate)).decision.isAdmitted]).toEqual([false, true]);
});

test('a vehicle that is admitted as a driver’s own at the same instant goes with the driver, or is refused: no plate of nobody is kept', async () => {
  const lot = await city.lot({ audience: { kind: 'RESIDENTS' }, quota: quotaOf({ STANDARD: 2 }) } as never);
  const drivers = await Promise.all(Array.from({ length: 12 }, signedUp));

  const outcomes = await Promise.all(drivers.map(async ({ partyId, viewer, plate }) => {
    const admitting = city.ask(city.operator, 'mutation a($input: AdmitVehiclesInput!) { admitVehicles(input: $input) { admissionIds userErrors { code } } }', { input: { facilityId: lot, audience: 'RESIDENTS', partyId, vehicles: [{ plate }], idempotencyKey: `admit ${++made}` } });
    const [erased, { admitVehicles }] = await Promise.all([erase({ partyId, viewer }), admitting]);
    return [erased.userErrors, admitVehicles.admissionIds.length === 1 ? [] : admitVehicles.userErrors];
  }));

  expect(outcomes.filter(([erased, admitted]) => erased.length > 0 || (admitted.length > 0 && admitted[0].code !== 'PARTY_UNKNOWN'))).toEqual([]);
  expect(await tablesHolding(drivers.map(({ plate }) => plateHash(city.services.sealer, plate)))).toEqual([]);
});

test('a phone is free for whoever has it next, and an officer who would read the erased one is told so, with nothing opened', async () => {
  const driver = await signedUp();
  await erase(driver);
  const officer = scopeOf(city.services, { ...city.system.viewer, kind: 'TOKEN', actorId: 'officer', grants: [{ action: 'personal:read-clear', partyId: null, jurisdictionCode: '350500' }] });
  const audited = async () => (await city.database.query<{ count: number }>('select count(*)::int as count from audit_entry'))[0]!.count;
  const before = await audited();

  for (const field of ['NAME', 'PHONE'] as const) expect(await revealPersonalField(officer, { partyId: driver.partyId, field, purpose: '核实投诉' })).toMatchObject({ ok: false, problems: [{ code: 'ERASED', field: 'partyId' }] });
  expect(await audited()).toBe(before);
  const again = await city.ask(await app.viewer(), 'mutation s($input: SignUpDriverInput!) { signUpDriver(input: $input) { party { id } userErrors { code } } }', { input: { name: '新机主', phone: driver.phone, consentedTo: '隐私告知 2026-03', idempotencyKey: 'the next holder' } });
  expect(again.signUpDriver).toMatchObject({ userErrors: [] });
  expect(again.signUpDriver.party.id).not.toBe(driver.partyId);
});

test('while a booking is open or a charge unpaid it is refused, each named at once, and nothing is written', async () => {
  const driver = await signedUp();
  const facilityId = await city.lot({ tariffId: await city.tariff(500) });
  const { id, chargeIds } = await city.book(driver.viewer, { facilityId, during: during('14:00–16:00'), plates: [{ number: driver.plate }] });
  const traces = await tracesOf(driver);
  const before = [await city.written(), await tablesHolding(traces)];

  expect(await erase(driver)).toEqual({
    party: null,
    userErrors: [
      { __typename: 'DriverHasOpenMatters', code: 'BOOKINGS_OPEN', subjectIds: [id] },
      { __typename: 'DriverHasOpenMatters', code: 'CHARGES_UNPAID', subjectIds: chargeIds },
    ],
  });
  expect([await city.written(), await tablesHolding(traces)]).toEqual(before);

  await city.cancel(driver.viewer, id);
  expect((await erase(driver)).userErrors).toEqual([]);
  expect(await tablesHolding(traces)).toEqual([]);
});

test('an invoice that is asked for is answered first; then the name goes from it, and its number and amount stay', async () => {
  const driver = await signedUp();
  const { chargeId } = await parked(driver);
  const [receipt] = await city.database.query<{ id: string }>('select id from receipt where charge_id = $1', [chargeId]);
  const desk: Viewer = { ...city.owner, actorId: 'desk', grants: ['charge:read', 'invoice:issue'].map(action => ({ action, partyId: city.ownerId, jurisdictionCode: null })) };
  const send = async (viewer: Viewer, name: string, type: string, selection: string, input: object) =>
    (await city.ask(viewer, `mutation m($input: ${type}!) { ${name}(input: $input) { ${selection} userErrors { code } } }`, { input: { idempotencyKey: `invoice ${++made}`, ...input } }))[name];
  const { invoice } = await send(driver.viewer, 'requestInvoice', 'RequestInvoiceInput', 'invoice { id title }', { receiptId: receipt!.id, titleKind: 'PERSON', title: driver.name });
  const [stored] = await city.database.query<{ sealed: string }>('select sealed_title as sealed from invoice where id = $1', [invoice.id]);

  expect((await erase(driver)).userErrors).toEqual([{ __typename: 'DriverHasOpenMatters', code: 'INVOICES_OPEN', subjectIds: [invoice.id] }]);
  await send(desk, 'issueInvoice', 'IssueInvoiceInput', 'invoice { id }', { invoiceId: invoice.id, invoiceNumber: '24352000000012345678' });
  expect((await erase(driver)).userErrors).toEqual([]);

  expect(await tablesHolding([stored!.sealed])).toEqual([]);
  const { charge } = await city.ask(desk, 'query c($id: ID!) { charge(id: $id) { receipt { invoice { state title amountFen invoiceNumber } } } }', { id: chargeId });
  expect(charge.receipt.invoice).toEqual({ state: 'ISSUED', title: '已删除', amountFen: 1_000, invoiceNumber: '24352000000012345678' });
  const reveal = (await city.ask(desk, 'mutation m($input: RevealInvoiceTitleInput!) { revealInvoiceTitle(input: $input) { title userErrors { code } } }', { input: { invoiceId: invoice.id, purpose: '核对发票' } })).revealInvoiceTitle;
  expect(reveal).toEqual({ title: null, userErrors: [{ code: 'ERASED' }] });
});

test('a booking that is made at the same instant stands and keeps the driver, or is none: nobody who was erased has one', async () => {
  const facilityId = await city.lot({ quota: quotaOf({ STANDARD: 20 }) }, { zones: [{ code: 'MAIN', capacity: [{ spaceClass: 'STANDARD', total: 20, shareable: 20 }] }] });
  const drivers = await Promise.all(Array.from({ length: 12 }, signedUp));
  const quotes = await Promise.all(drivers.map(driver => city.quote(driver.viewer, { facilityId, during: during('18:00–19:00') })));

  const outcomes = await Promise.all(drivers.map(async (driver, nth) => {
    const booking = city.reserve(driver.viewer, quotes[nth].quote.id, { plates: [{ number: driver.plate }] }).catch((error: { code: string }) => ({ reservation: null, code: error.code }));
    const [erased, booked] = await Promise.all([erase(driver), booking]);
    return { driver, isErased: erased.party !== null, isBooked: booked.reservation !== null };
  }));

  expect(outcomes.filter(({ isErased, isBooked }) => isErased === isBooked)).toEqual([]);
  for (const { driver } of outcomes.filter(({ isErased }) => isErased)) expect(await tablesHolding([driver.phone, plateHash(city.services.sealer, driver.plate)])).toEqual([]);
});

test('asked again, by the same key or another, it changes nothing; nobody else may ask, and no organisation is erased', async () => {
  const [driver, stranger] = [await signedUp(), await signedUp()];
  const before = await city.written();
  await expect(erase({ partyId: driver.partyId, viewer: stranger.viewer })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(erase({ partyId: driver.partyId, viewer: city.owner })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(erase({ partyId: city.ownerId, viewer: city.system.viewer })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect((await erase(driver, { reason: ' ' })).userErrors).toEqual([{ __typename: 'RuleRefusal', code: 'REASON_INVALID' }]);
  expect(await city.written()).toEqual(before);

  const first = await erase(driver, { idempotencyKey: 'erase once' });
  const after = await city.written();
  expect(await erase(driver, { idempotencyKey: 'erase once' })).toEqual(first);
  city.clock(at('12:00'));
  expect(await erase({ partyId: driver.partyId, viewer: city.system.viewer })).toEqual(first);
  expect(await city.written()).toEqual({ ...after, idempotency_record: after.idempotency_record! + 1 });
});
