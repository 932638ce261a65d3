import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { publishTariff } from '../../src/billing/index.js';
import { checkLedger } from '../../src/billing/ledger-check.js';
import { registerPartyWithin } from '../../src/identity/index.js';
import { decideRevocations } from '../../src/parking/revocation/decide-revocations.js';
import { watchOverstays } from '../../src/parking/gate/watch-overstays.js';
import type { Viewer } from '../../src/platform/index.js';
import { quotaOf, type TermsDraft } from '../../src/sharing/index.js';
import { DISTRICT, addFacilities, addWindows, facilityDraft, inUnit, termsDraft } from '../support/city.js';
import { at, during, openGateCity, type GateCity } from './gate-city.js';

let city: GateCity;
let made = 0;
let places = 0;

beforeAll(async () => {
  city = await openGateCity();
});
beforeEach(() => city.clock(at('09:00')));
afterAll(() => city.database.close());

const STAY = { spaceClass: 'STANDARD', spaces: 1 };
const one = (more: Partial<TermsDraft> = {}): Partial<TermsDraft> => ({ quota: quotaOf({ STANDARD: 1 }), ...more });

/** A car park a hundred metres from the last, or far from every other. */
async function lotOf(name: string, terms: Partial<TermsDraft>, told: { owner?: string; fenPerHour?: number; isNear?: boolean } = {}): Promise<string> {
  const tariffId = told.owner === undefined ? terms.tariffId : await tariffOf(told.owner, told.fenPerHour!);
  const place = { longitude: 118 + (told.isNear ? places : ++places) * 0.02 + (told.isNear ? 0.001 : 0), latitude: 25.5 };
  return city.lot({ ...terms, tariffId: tariffId ?? null }, { name, ...(told.owner ? { owner: { source: 'test', code: told.owner } } : {}) }, place);
}

async function tariffOf(code: string, fenPerHour: number): Promise<string> {
  const [owner] = await city.database.query<{ id: string }>(`select id from party where source = 'test' and code = $1`, [code]);
  const outcome = await publishTariff(city.system, {
    owner: { facilityId: null, partyId: owner!.id } as never, name: `${fenPerHour} 分每小时`, idempotencyKey: `tariff moved ${++made}`, inForceFrom: at('00:00', -30),
    terms: { bands: [{ name: '全天', when: null, spaceClasses: null, price: { kind: 'PER_HOUR', fenPerHour } }], caps: [], freeMinutes: null, rounding: { rule: 'HALF_UP', toFen: 1 }, blocksAtEdges: 'ANEW' },
  });
  if (!outcome.ok) throw new Error(outcome.problems[0].en);
  return outcome.value.tariffId;
}

/** A car park of two pools of ten spaces, each lent by a window of its own. */
async function poolsOf(name: string, one: Partial<TermsDraft>, other: Partial<TermsDraft>): Promise<{ facilityId: string; windows: string[]; zones: string[] }> {
  const capacity = [{ spaceClass: 'STANDARD' as const, total: 10, shareable: 10 }];
  const zones = [{ code: 'A', name: 'A 区', capacity }, { code: 'B', name: 'B 区', capacity }];
  const [facilityId] = (await addFacilities(city.system, [facilityDraft(`pools-${++made}`, { longitude: 118 + ++places * 0.02, latitude: 25.5 }, { name, zones })])) as [string];
  const ids = (await city.database.query<{ id: string }>('select id from zone where facility_id = $1 order by code', [facilityId])).map(row => row.id);
  const windows = await addWindows(city.system, [one, other].map((terms, nth) => ({ facility: { id: facilityId }, zone: { id: ids[nth]! }, terms: termsDraft(terms) })));
  return { facilityId, windows, zones: ids };
}

/** Whoever owns the facility pauses its window. */
async function pause(windowId: string): Promise<void> {
  const [owner] = await city.database.query<{ id: string }>('select f.owner_party_id as id from sharing_window w join facility f on f.id = w.facility_id where w.id = $1', [windowId]);
  const viewer = { ...city.operator, partyIds: [owner!.id], grants: [{ action: 'window:publish', partyId: owner!.id, jurisdictionCode: null }] };
  const query = 'mutation p($input: WindowStatusInput!) { pauseWindow(input: $input) { userErrors { code } } }';
  expect((await city.ask(viewer, query, { input: { windowId, reason: '场地施工', bookings: 'REVOKE', idempotencyKey: `pause moved ${++made}` } })).pauseWindow.userErrors).toEqual([]);
}

async function pauseAll(facilityId: string): Promise<void> {
  for (const { id } of await city.database.query<{ id: string }>('select id from sharing_window where facility_id = $1', [facilityId])) await pause(id);
}

/** Books with a plate of its own. */
async function book(viewer: Viewer, facilityId: string, hours = '10:00–12:00', number = `闽C${20_000 + ++made}`): Promise<{ id: string; chargeIds: string[] }> {
  const { quote } = await city.quote(viewer, { facilityId, during: during(hours), ...STAY });
  const { reservation } = await city.reserve(viewer, quote.id, { plates: [{ number }] });
  return reservation;
}

const chargesOf = (causeId: string): Promise<object[]> => city.database.query('select purpose, state, payer_id as "payerId", facility_id as "facilityId", amount_fen::int as fen, refunded_fen::int as back, revenue_kind as kind from charge where cause_id = $1 order by amount_fen', [causeId]);
const revocationOf = async (reservationId: string): Promise<any> => (await city.database.query('select id, state, side, moved_to_facility_id as "movedTo", supplier_fen::int as "supplierFen" from revocation where reservation_id = $1', [reservationId]))[0];

test('who is moved to a cheaper place reads where it is, how far, for when, and the difference that goes back', async () => {
  const driver = await city.driver();
  const lot = await lotOf('东街停车场', one({ tariffId: await city.tariff(500) }));
  const near = await lotOf('西街停车场', one({ tariffId: await city.tariff(300) }), { isNear: true });
  const booked = await book(driver, lot);
  await city.pay(booked.chargeIds[0]!, 1_000);

  await pauseAll(lot);
  await decideRevocations(city.services);

  expect(await city.toldOf(driver.partyIds[0]!, booked.id)).toEqual([{
    zh: '原泊位不再可用（场地施工），预约已改到 西街停车场，步行约 137 米，时段不变（2026-02-11 10:00–12:00），现价 6.00 元，差额 4.00 元退还',
    en: 'the spaces are not available any more (场地施工); the reservation was moved to 西街停车场, about 137 metres on foot, for the same time (2026-02-11 10:00–12:00), it costs 6.00 yuan, 4.00 yuan are given back',
  }]);
  expect(await revocationOf(booked.id)).toMatchObject({ state: 'MOVED', movedTo: near, supplierFen: 0 });
  expect(await chargesOf(booked.id)).toMatchObject([{ state: 'PART_REFUNDED', fen: 1_000, back: 400 }]);
});

test('another pool of the same facility comes before every other facility, and is named', async () => {
  const driver = await city.driver();
  const { facilityId, windows, zones } = await poolsOf('文庙停车场', one(), one());
  const near = await lotOf('近旁停车场', one(), { isNear: true });
  const booked = await book(driver, facilityId);
  const zoneOf = async () => (await city.database.query<{ id: string }>('select zone_id as id from reservation where id = $1', [booked.id]))[0]!.id;
  const first = zones.indexOf(await zoneOf());

  await pause(windows[first]!);
  await decideRevocations(city.services);

  expect(near).not.toBe(facilityId);
  expect(await city.reservation(driver, booked.id)).toMatchObject({ state: 'CONFIRMED', facility: { id: facilityId } });
  expect(await zoneOf()).toBe(zones[1 - first]);
  expect(await revocationOf(booked.id)).toMatchObject({ state: 'MOVED', movedTo: facilityId, supplierFen: 0 });
  const place = `文庙停车场（${first === 0 ? 'B' : 'A'} 区）`;
  expect((await city.toldOf(driver.partyIds[0]!, booked.id)).map(text => text.zh)).toEqual([`原泊位不再可用（场地施工），预约已改到同一设施的 ${place}，时段不变（2026-02-11 10:00–12:00），不另加价`]);
});

test('where a vehicle stays in its pool, whoever comes next is led to another pool and not back to the same', async () => {
  const [driver, guest] = [await city.driver(), await city.driver()];
  const { facilityId, zones } = await poolsOf('北门停车场', one(), one());
  const first = await city.book(driver, { facilityId, during: during('09:00–11:00'), plates: [{ number: '闽C12345' }], ...STAY });
  await city.enter(facilityId, '闽C12345');
  const [{ zone }] = (await city.database.query('select zone_id as zone from reservation where id = $1', [first.id])) as [{ zone: string }];
  const other = zones.find(id => id !== zone)!;
  const blocker = await book(guest, facilityId, '11:30–13:00');
  const zoneOf = async (id: string) => ((await city.database.query('select zone_id as zone from reservation where id = $1', [id])) as [{ zone: string }])[0].zone;
  const second = (await zoneOf(blocker.id)) === zone ? blocker : await book(await city.driver(), facilityId, '11:30–13:00');
  if (second !== blocker) await city.cancel(guest, blocker.id);
  expect(await zoneOf(second.id)).toBe(zone);
  city.clock(at('11:15'));

  expect(await watchOverstays(city.services)).toBe(1);
  await decideRevocations(city.services);

  expect(await revocationOf(second.id)).toMatchObject({ state: 'MOVED', side: 'DRIVER', movedTo: facilityId });
  expect(await zoneOf(second.id)).toBe(other);
});

test('whoever is refunded reads the amount; whose hold ends reads that nothing was charged, and not of a refund', async () => {
  const [payer, holder] = [await city.driver(), await city.driver()];
  const lot = await lotOf('南门停车场', { quota: quotaOf({ STANDARD: 2 }), tariffId: await city.tariff(500) });
  const paid = await book(payer, lot);
  await city.pay(paid.chargeIds[0]!, 1_000);
  const held = await book(holder, lot);

  await pauseAll(lot);
  await decideRevocations(city.services);

  expect(await city.toldOf(payer.partyIds[0]!, paid.id)).toEqual([{
    zh: '原泊位不再可用（场地施工），附近没有可改往的泊位，预约已取消：退还 10.00 元',
    en: 'the spaces are not available any more (场地施工), and nothing near can be booked; the reservation was cancelled: 10.00 yuan are given back',
  }]);
  expect(await city.toldOf(holder.partyIds[0]!, held.id)).toEqual([{
    zh: '保留的泊位不再可用（场地施工），预约未成立：未收取任何款项',
    en: 'the spaces that were held are not available any more (场地施工), and there is no reservation: nothing was charged',
  }]);
  expect(await chargesOf(held.id)).toMatchObject([{ state: 'VOID', fen: 0, back: 0 }]);
});

test('a government lot that takes its spaces back owes the difference there, and what it took in for the treasury stays whole', async () => {
  const driver = await city.driver();
  const agency = await party('AGENCY', 'moved-agency');
  const shop = await party('ENTERPRISE', 'moved-shop');
  const yard = await lotOf('机关大院', one(), { owner: 'moved-agency', fenPerHour: 300 });
  const garage = await lotOf('商城地库', one(), { owner: 'moved-shop', fenPerHour: 500, isNear: true });
  const booked = await book(driver, yard);
  await city.pay(booked.chargeIds[0]!, 600);
  const treasury = () => city.database.query(`select sum(p.amount_fen)::int as fen, count(*)::int as postings from ledger_posting p join ledger_account a on a.id = p.account_id where a.kind = 'TREASURY' and a.party_id = $1`, [agency]);
  const before = await treasury();

  await pauseAll(yard);
  await Promise.all([decideRevocations(city.services), decideRevocations(city.services)]);
  await decideRevocations(city.services);

  const revocation = await revocationOf(booked.id);
  expect(revocation).toMatchObject({ state: 'MOVED', side: 'SUPPLIER', movedTo: garage, supplierFen: 400 });
  expect(await chargesOf(revocation.id)).toEqual([{ purpose: 'RELOCATION', state: 'OPEN', payerId: agency, facilityId: garage, fen: 400, back: 0, kind: 'AGREED' }]);
  expect(await chargesOf(booked.id)).toEqual([{ purpose: 'STAY', state: 'PAID', payerId: driver.partyIds[0], facilityId: yard, fen: 600, back: 0, kind: 'TREASURY' }]);
  expect([before, await treasury()]).toEqual([[{ fen: -600, postings: 1 }], [{ fen: -600, postings: 1 }]]);
  const owed = '；差额 4.00 元由收回泊位的一方承担';
  expect([(await city.toldOf(agency, booked.id))[0]!.zh.endsWith(owed), (await city.toldOf(driver.partyIds[0]!, booked.id))[0]!.zh.includes(owed), (await city.toldOf(shop, booked.id))[0]!.zh.includes(owed)]).toEqual([true, false, false]);

  const [{ id: chargeId }] = (await city.database.query('select id from charge where cause_id = $1', [revocation.id])) as [{ id: string }];
  expect((await city.pay(chargeId, 400)).ok).toBe(true);
  expect(await treasury()).toEqual([{ fen: -600, postings: 1 }]);
  expect(await city.database.query(`select sum(p.amount_fen)::int as fen from ledger_posting p join ledger_account a on a.id = p.account_id where a.kind = 'PAYABLE' and a.party_id = $1`, [shop])).toEqual([{ fen: -400 }]);
  expect(await checkLedger(city.database)).toMatchObject({ sumFen: 0, differences: [] });
});

test('what nobody has paid yet is owed where the booking was moved to, and what the first place would have earned is void', async () => {
  const driver = await city.driver();
  const owner = await party('ENTERPRISE', 'later-first');
  await party('ENTERPRISE', 'later-second');
  const first = await lotOf('后付一', one(), { owner: 'later-first', fenPerHour: 500 });
  const second = await lotOf('后付二', one(), { owner: 'later-second', fenPerHour: 300, isNear: true });
  const viewer: Viewer = { ...city.operator, partyIds: [owner], grants: [{ action: 'terms:write', partyId: owner, jurisdictionCode: null }] };
  await city.ask(viewer, 'mutation m($input: SetBookingTermsInput!) { setBookingTerms(input: $input) { userErrors { code } } }', { input: { facilityId: first, terms: { payAfterMinutes: 60 }, legalBasis: '试行', idempotencyKey: 'terms moved' } });
  const booked = await book(driver, first);
  expect(await chargesOf(booked.id)).toMatchObject([{ state: 'OPEN', facilityId: first, fen: 1_000 }]);

  await pauseAll(first);
  await decideRevocations(city.services);

  expect(await city.reservation(driver, booked.id)).toMatchObject({ state: 'CONFIRMED', facility: { id: second } });
  expect(await chargesOf(booked.id)).toMatchObject([{ purpose: 'STAY', state: 'VOID', facilityId: first, fen: 0 }, { purpose: 'STAY', state: 'OPEN', facilityId: second, payerId: driver.partyIds[0], fen: 600 }]);
  expect((await city.toldOf(driver.partyIds[0]!, booked.id))[0]!.zh).toBe('原泊位不再可用（场地施工），预约已改到 后付二，步行约 137 米，时段不变（2026-02-11 10:00–12:00），现价 6.00 元，应付减少 4.00 元');
  expect(await checkLedger(city.database)).toMatchObject({ sumFen: 0, differences: [] });
});

async function party(kind: 'AGENCY' | 'ENTERPRISE', code: string): Promise<string> {
  const outcome = await inUnit(city.system, unit => registerPartyWithin(unit, { kind, name: code, source: 'test', code, jurisdictionCode: DISTRICT }));
  if (!outcome.ok) throw new Error(outcome.problems[0].en);
  return outcome.value.partyId;
}
