import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { recordDelegation, registerParty } from '../../src/identity/index.js';
import type { Viewer } from '../../src/platform/index.js';
import { Fault } from '../../src/platform/graphql/index.js';
import { at, during, openGateCity, type GateCity } from './gate-city.js';

let city: GateCity;

beforeAll(async () => {
  city = await openGateCity();
});
beforeEach(() => city.clock(at('09:00')));
afterAll(() => city.database.close());

const iso = (time: string): string => `2026-02-11T${time}:00+08:00`;
const ONE = { quota: { STANDARD: 1, CHARGING: 0, ACCESSIBLE: 0, LARGE: 0, MECHANICAL: 0 } };

test('a reservation opens the gate early, checks in with the entry and is completed by the exit, which gives back what lies after', async () => {
  const driver = await city.driver();
  const lot = await city.lot(ONE);
  const { id } = await city.book(driver, { facilityId: lot, during: during('10:00–12:00'), spaceClass: 'STANDARD', spaces: 1, plates: [{ number: '闽C12345' }] });

  city.clock(at('09:40'));
  expect((await city.decide(lot, '闽C12345')).decision).toMatchObject({ isAdmitted: false, rule: 'TOO_EARLY', reasons: [{ code: 'TOO_EARLY' }, { code: 'NOT_ENOUGH_SPACES' }] });
  city.clock(at('09:45'));
  const { decision } = await city.decide(lot, '闽C·12345');
  expect(decision).toMatchObject({ isAdmitted: true, basis: 'RESERVATION', rule: 'RESERVATION', reasons: [], until: iso('12:00'), plate: '闽C1***5', reservation: { id } });
  expect((await city.ask(city.operator, 'query g($id: ID!) { gateDecision(id: $id) { rule } node(id: $id) { id } }', { id: decision.id })).gateDecision).toEqual({ rule: 'RESERVATION' });

  const { receipt } = await city.enter(lot, '闽C12345');
  expect(receipt).toMatchObject({ verdict: 'OPENED', arrival: 'LIVE', userErrors: [] });
  expect(await city.session(receipt.sessionId)).toMatchObject({ state: 'OPEN', basis: 'RESERVATION', enteredAt: iso('09:45'), exitedAt: null, reservation: { id, state: 'CHECKED_IN' } });
  expect((await city.cancel(driver, id)).userErrors).toMatchObject([{ code: 'ILLEGAL_TRANSITION' }]);

  city.clock(at('10:30'));
  expect((await city.leave(lot, '闽C12345')).receipt).toMatchObject({ verdict: 'CLOSED', sessionId: receipt.sessionId });
  expect(await city.session(receipt.sessionId)).toMatchObject({ state: 'ENDED', exitedAt: iso('10:30'), isExitTold: true, amountFen: null, chargeIds: [], reservation: { state: 'COMPLETED' } });
  expect((await city.quote(driver, { facilityId: lot, during: during('10:30–12:00'), spaceClass: 'STANDARD', spaces: 1 })).quote).not.toBeNull();
  expect(await city.findings(lot)).toEqual([]);
});

test('a plate of another colour is another vehicle, and an unpaid hold opens no gate', async () => {
  const driver = await city.driver();
  const tariffId = await city.tariff(300);
  const lot = await city.lot({ ...ONE, tariffId });
  const quoted = await city.quote(driver, { facilityId: lot, during: during('09:00–11:00'), spaceClass: 'STANDARD', spaces: 1 });
  const { reservation } = await city.reserve(driver, quoted.quote.id, { plates: [{ number: '闽C12345', colour: 'YELLOW' }] });

  expect((await city.decide(lot, '闽C12345')).decision).toMatchObject({ isAdmitted: false, rule: 'RESERVATION_UNPAID' });
  await city.pay(reservation.chargeIds[0], 600);
  expect((await city.decide(lot, '闽C12345', { vehicle: { plate: '闽C12345', colour: 'BLUE' } })).decision).toMatchObject({ isAdmitted: false, reservation: null });
  expect((await city.decide(lot, '闽C12345', { vehicle: { plate: '闽C12345', colour: 'YELLOW' } })).decision).toMatchObject({ isAdmitted: true, basis: 'RESERVATION' });
  expect((await city.decide(lot, '闽C12345')).decision).toMatchObject({ isAdmitted: true, basis: 'RESERVATION' });
});

test('an entry curfew keeps out at its hours whoever may stay through them', async () => {
  const driver = await city.driver();
  const lot = await city.lot({ entryCurfews: [{ fromMinute: 22 * 60, untilMinute: 6 * 60 }] } as never);
  await city.book(driver, { facilityId: lot, during: during('20:00–08:00'), spaceClass: 'STANDARD', spaces: 1, plates: [{ number: '闽C12345' }] });

  city.clock(at('22:30'));
  expect((await city.decide(lot, '闽C12345')).decision).toMatchObject({ isAdmitted: false, rule: 'ENTRY_CURFEW' });
  city.clock(at('21:59'));
  expect((await city.decide(lot, '闽C12345')).decision).toMatchObject({ isAdmitted: true, basis: 'RESERVATION' });
});

test('without a reservation a vehicle takes what is lent and left, is charged by the tariff, and the next is told that nothing is left', async () => {
  const tariffId = await city.tariff(300);
  const lot = await city.lot({ ...ONE, tariffId });
  expect((await city.decide(lot, '闽D55555')).decision).toMatchObject({ isAdmitted: true, basis: 'WALK_IN', until: iso('10:00'), reservation: null });
  const { receipt } = await city.enter(lot, '闽D55555');
  expect(await city.session(receipt.sessionId)).toMatchObject({ basis: 'WALK_IN', claimedUntil: iso('10:00') });
  expect((await city.decide(lot, '闽D66666')).decision).toMatchObject({ isAdmitted: false, rule: 'NOT_ENOUGH_SPACES' });

  city.clock(at('09:40'));
  await city.leave(lot, '闽D55555');
  const session = await city.session(receipt.sessionId);
  expect(session).toMatchObject({ state: 'ENDED', amountFen: 200 });
  expect(await city.database.query('select amount_fen::int as fen, purpose, payer_id as payer, cause_kind as kind, cause_id as id from charge where id = any($1)', [session.chargeIds])).toEqual([{ fen: 200, purpose: 'STAY', payer: null, kind: 'SESSION', id: receipt.sessionId }]);
  const cashier: Viewer = { ...city.operator, grants: [...city.operator.grants, { action: 'charge:read', partyId: city.ownerId, jurisdictionCode: null }] };
  const shown = async (viewer: Viewer) => (await city.ask(viewer, 'query s($id: ID!) { session(id: $id) { charges { id amountFen } } }', { id: receipt.sessionId })).session.charges;
  expect([await shown(cashier), await shown(city.operator)]).toEqual([[{ id: session.chargeIds[0], amountFen: 200 }], []]);
  expect((await city.decide(lot, '闽D66666')).decision).toMatchObject({ isAdmitted: true });
});

test('a vehicle that came in though nothing was left is a session and a finding, never lost', async () => {
  const lot = await city.lot({ ...ONE, audience: { kind: 'AGREEMENT_HOLDERS' } } as never);
  const { receipt } = await city.enter(lot, '闽D55555');

  expect(receipt.verdict).toBe('OPENED');
  expect(await city.session(receipt.sessionId)).toMatchObject({ state: 'OPEN', basis: 'WALK_IN', claimedUntil: null });
  expect(await city.findings(lot)).toEqual(['ENTERED_UNLENT']);
});

test('vehicles of an agreement are admitted where a window is for them, by what is recorded of them', async () => {
  const lot = await city.lot({ audience: { kind: 'AGREEMENT_HOLDERS' } } as never);
  expect((await city.decide(lot, '闽C77777')).decision).toMatchObject({ isAdmitted: false });

  const { admitVehicles } = await city.ask(city.operator, 'mutation a($input: AdmitVehiclesInput!) { admitVehicles(input: $input) { admissionIds userErrors { code } } }', { input: { facilityId: lot, audience: 'AGREEMENT_HOLDERS', agreementId: 'agr_test', vehicles: [{ plate: '闽C77777' }], idempotencyKey: `admit ${lot}` } });

  expect(admitVehicles.admissionIds).toHaveLength(1);
  expect((await city.decide(lot, '闽C77777')).decision).toMatchObject({ isAdmitted: true, basis: 'AGREEMENT' });
  expect((await city.decide(lot, '闽C88888')).decision).toMatchObject({ isAdmitted: false });
});

test('a misread plate is suggested, never matched; a correction by a person makes the stay whole', async () => {
  const driver = await city.driver();
  const lot = await city.lot(ONE);
  const quoted = await city.quote(driver, { facilityId: lot, during: during('09:00–11:00'), spaceClass: 'STANDARD', spaces: 1 });
  const { reservation } = await city.reserve(driver, quoted.quote.id, { plates: [{ number: '闽C8Z345' }] });

  expect((await city.decide(lot, '闽CBZ345')).decision).toMatchObject({ isAdmitted: false, suggestedPlates: ['闽C8Z345'], reservation: null });
  const entered = (await city.enter(lot, '闽CBZ345')).receipt;
  expect(await city.session(entered.sessionId)).toMatchObject({ basis: 'WALK_IN' });
  expect((await city.reservation(driver, reservation.id)).state).toBe('CONFIRMED');

  const { session } = await city.correct(entered.gateEventId, '闽C8Z345');
  expect(session).toMatchObject({ state: 'OPEN', basis: 'RESERVATION', plate: '闽C8***5', enteredAt: iso('09:00'), reservation: { id: reservation.id, state: 'CHECKED_IN' } });
  expect((await city.session(entered.sessionId)).state).toBe('VOID');

  city.clock(at('10:00'));
  const left = (await city.leave(lot, '闽C82345')).receipt;
  expect(left).toMatchObject({ verdict: 'EXIT_WITHOUT_ENTRY', suggestedPlates: ['闽C8Z345'] });
  expect(await city.findings(lot)).toEqual(['ENTERED_UNLENT', 'EXIT_WITHOUT_ENTRY']);
  expect((await city.correct(left.gateEventId, '闽C8Z345')).session).toMatchObject({ id: session.id, state: 'ENDED', exitedAt: iso('10:00'), reservation: { state: 'COMPLETED' } });
  expect(await city.findings(lot)).toEqual(['ENTERED_UNLENT']);
});

test('foreign plates and vehicles without one have a way in and out; a bicycle has none', async () => {
  const lot = await city.lot();
  expect((await city.decide(lot, 'B-XY 1234')).decision).toMatchObject({ isAdmitted: true, basis: 'WALK_IN' });
  const foreign = (await city.enter(lot, 'B-XY 1234')).receipt;
  const ticketed = (await city.enter(lot, '', { vehicle: { ticket: 'T-0001' } })).receipt;
  city.clock(at('09:30'));
  expect((await city.leave(lot, 'BXY1234')).receipt).toMatchObject({ verdict: 'CLOSED', sessionId: foreign.sessionId });
  expect((await city.leave(lot, '', { vehicle: { ticket: 'T-0001' } })).receipt).toMatchObject({ verdict: 'CLOSED', sessionId: ticketed.sessionId });

  expect((await city.decide(lot, '无牌')).userErrors).toEqual([{ code: 'TICKET_NEEDED', field: 'vehicle.ticket' }]);
  expect((await city.enter(lot, '泉州123456')).userErrors).toMatchObject([{ code: 'NOT_MOTOR_VEHICLE' }]);
  expect((await city.decide(lot, '', { vehicle: {} })).userErrors).toMatchObject([{ code: 'PLATE_OR_TICKET' }]);
});

test('events that come twice, late, out of order or with a number used before each have their verdict', async () => {
  const lot = await city.lot();
  city.clock(at('12:00'));
  const [late] = await city.backfill(lot, [{ eventId: 'x1', kind: 'EXIT', vehicle: { plate: '闽D11111' }, occurredAt: iso('11:00') }]);
  expect(late).toMatchObject({ verdict: 'EXIT_WITHOUT_ENTRY', arrival: 'LATE' });
  expect(await city.findings(lot)).toEqual(['EXIT_WITHOUT_ENTRY']);

  const [entry] = await city.backfill(lot, [{ eventId: 'n1', kind: 'ENTRY', vehicle: { plate: '闽D11111' }, occurredAt: iso('10:00') }]);
  expect(entry).toMatchObject({ verdict: 'OPENED', arrival: 'OUT_OF_ORDER', sessionId: late.sessionId });
  expect(await city.findings(lot)).toEqual([]);
  expect(await city.session(entry.sessionId)).toMatchObject({ state: 'ENDED', enteredAt: iso('10:00'), exitedAt: iso('11:00') });

  const kept = await city.kept();
  const again = await city.backfill(lot, [
    { eventId: 'n1', kind: 'ENTRY', vehicle: { plate: '闽 D·11111' }, occurredAt: iso('10:00') },
    { eventId: 'n1', kind: 'ENTRY', vehicle: { plate: '闽D11111' }, occurredAt: iso('10:30') },
    { eventId: 'f1', kind: 'ENTRY', vehicle: { plate: '闽D11111' }, occurredAt: iso('13:00') },
  ]);
  expect(again.map(receipt => [receipt.verdict, receipt.userErrors.map((each: any) => each.code)])).toEqual([['DUPLICATE', []], ['REFUSED', ['EVENT_ID_REUSED']], ['REFUSED', ['CLOCK_AHEAD']]]);
  expect(await city.kept()).toEqual({ ...kept, gate_finding: kept.gate_finding! + 2 });

  await city.backfill(lot, [{ kind: 'ENTRY', vehicle: { plate: '闽D11111' }, occurredAt: iso('11:30') }, { kind: 'ENTRY', vehicle: { plate: '闽D11111' }, occurredAt: iso('11:50') }, { kind: 'ENTRY', vehicle: { plate: '闽D11111' }, occurredAt: new Date(at('11:50') + 30_000).toISOString() }]);
  expect(await city.findings(lot)).toEqual(['CLOCK_AHEAD', 'ENTERED_TWICE', 'EVENT_ID_REUSED']);
  const rows = await city.database.query(`select state, epoch_ms(entered_at) as entered, epoch_ms(exited_at) as exited, exit_event_id is not null as told from session where facility_id = $1 and state <> 'VOID' order by began_at`, [lot]);
  expect(rows).toEqual([
    { state: 'ENDED', entered: at('10:00'), exited: at('11:00'), told: true },
    { state: 'ENDED', entered: at('11:30'), exited: at('11:50'), told: false },
    { state: 'OPEN', entered: at('11:50'), exited: null, told: false },
  ]);
});

test('a passage without a time of its own may be sent again later, with its key or with another', async () => {
  const lot = await city.lot();
  city.clock(at('12:00'));
  const told = { gate: 'G1', eventId: 'untimed', idempotencyKey: 'untimed' };
  const first = await city.enter(lot, '闽D22222', told);
  expect(first).toMatchObject({ receipt: { verdict: 'OPENED', arrival: 'LIVE' }, userErrors: [] });
  const kept = await city.kept();
  city.clock(at('12:01'));
  expect(await city.enter(lot, '闽D22222', told)).toEqual(first);
  expect(await city.enter(lot, '闽D22222', { ...told, idempotencyKey: 'untimed, with another key' })).toEqual({ ...first, receipt: { ...first.receipt, verdict: 'DUPLICATE' } });
  expect((await city.enter(lot, '闽D22223', { ...told, idempotencyKey: 'untimed, of another vehicle' })).userErrors).toEqual([{ code: 'EVENT_ID_REUSED', field: 'eventId' }]);
  expect(await city.kept()).toEqual({ ...kept, gate_finding: kept.gate_finding! + 1 });
  expect(await city.session(first.receipt.sessionId)).toMatchObject({ state: 'OPEN', enteredAt: iso('12:00') });
});

test('only who works the facility, or was let report for it, decides and records; a stranger changes nothing', async () => {
  const lot = await city.lot();
  const stranger = { ...(await city.driver()), grants: [{ action: 'gate:operate', partyId: null, jurisdictionCode: null }] };
  const other = { ...stranger, grants: stranger.partyIds.map(partyId => ({ action: 'gate:operate', partyId, jurisdictionCode: null })) };
  const before = await city.kept();

  await expect(city.decide(lot, '闽C12345', {}, other)).rejects.toThrow(Fault);
  await expect(city.enter(lot, '闽C12345', {}, other)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(city.decide('fac_00000000000000000000000000', '闽C12345')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await city.kept()).toEqual(before);
});

test('a company that was let report for the owner works its gate until the delegation ends, by nothing less and no longer', async () => {
  const lot = await city.lot();
  const company = await registerParty(city.system, { kind: 'ENTERPRISE', name: '某停车企业' });
  if (!company.ok) throw new Error(company.problems[0].en);
  const agentId = company.value.partyId;
  const agent = { ...city.operator, actorId: 'agent', partyIds: [agentId], grants: [{ action: 'gate:operate', partyId: agentId, jurisdictionCode: null }] };
  const delegated = (powers: readonly ('SHARE' | 'REPORT')[]) => recordDelegation(city.system, { principalId: city.ownerId, agentId, powers, startsAt: at('09:00'), endsAt: at('10:00'), procurementReference: '泉财采〔2026〕8号' });

  expect((await delegated(['SHARE'])).ok).toBe(true);
  await expect(city.enter(lot, '闽D12121', {}, agent)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  expect((await delegated(['REPORT'])).ok).toBe(true);
  expect((await city.enter(lot, '闽D12121', {}, agent)).receipt.verdict).toBe('OPENED');
  city.clock(at('10:00'));
  await expect(city.leave(lot, '闽D12121', {}, agent)).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test('a driver sees its own stays and nobody else’s, with the plate masked', async () => {
  const [driver, other] = [await city.driver(), await city.driver()].map(viewer => ({ ...viewer, grants: [...viewer.grants, { action: 'session:read', partyId: viewer.partyIds[0]!, jurisdictionCode: null }] }));
  const lot = await city.lot();
  const { id } = await city.book(driver!, { facilityId: lot, during: during('09:00–11:00'), spaceClass: 'STANDARD', spaces: 1, plates: [{ number: '闽C12345' }] });
  const { receipt } = await city.enter(lot, '闽C12345');
  await city.enter(lot, '闽D13131');

  const list = 'query s { sessions { edges { node { plate reservation { id } } } totalCount } }';
  expect((await city.ask(driver!, list)).sessions).toEqual({ edges: [{ node: { plate: '闽C1***5', reservation: { id } } }], totalCount: 1 });
  expect((await city.ask(other!, list)).sessions.totalCount).toBe(0);
  expect((await city.ask(other!, 'query s($id: ID!) { session(id: $id) { id } }', { id: receipt.sessionId })).session).toBeNull();
  const [stored] = await city.database.query<{ found: number }>(`select (select count(*) from gate_event e where e::text like '%C12345%')::int + (select count(*) from session s where s::text like '%C12345%')::int as found`);
  expect(stored!.found).toBe(0);
});
