import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { identityRoom, ROLES, type Role } from '../../src/identity/index.js';
import { facilitiesRoom } from '../../src/facilities/index.js';
import { recordManagementCost } from '../../src/billing/record-management-cost.js';
import { costSharing, facilityRevenue } from '../../src/billing/read-revenue.js';
import { setRevenueRule, type SetRevenueRule } from '../../src/billing/set-revenue-rule.js';
import type { Database, Viewer } from '../../src/platform/index.js';
import { atOnce } from '../support/at-once.js';
import { openTestDatabase } from '../support/database.js';
import { CITY, addFacilities, facilityDraft } from '../support/city.js';
import { scopeOf } from '../support/scope.js';
import { foundLedgerCity, openCharge, pay, refund, valueOf, type LedgerCity } from './ledger-city.js';

let database: Database;
let city: LedgerCity;

beforeAll(async () => {
  database = await openTestDatabase([...identityRoom.entities, ...facilitiesRoom.entities]);
  city = await foundLedgerCity(database);
});

afterAll(() => database.close());

const holder = (role: Role, partyId: string | null, jurisdictionCode: string | null): Viewer =>
  ({ kind: 'TOKEN', actorId: role, partyIds: [], limitClass: 'KEY', expiresAt: null, keyId: null, grants: ROLES[role].actions.map(action => ({ action, partyId, jurisdictionCode })) });
let key = 0;
const setRule = (facilityId: string, told: Partial<SetRevenueRule> = {}, viewer = holder('AUTHORITY_OFFICER', null, CITY)) => setRevenueRule(scopeOf(city.services, viewer), {
  facilityId, kind: 'AGREED', legalBasis: '合作协议第 5 条', validFrom: city.services.clock.now(), idempotencyKey: `rule-${(key += 1)}`,
  shares: [{ role: 'OWNER', basisPoints: 7_000 }, { role: 'OPERATOR', basisPoints: 2_500 }, { role: 'PLATFORM', basisPoints: 500, partyId: city.parties.platform }],
  ...told,
});
const earned = async (): Promise<Record<string, number>> => Object.fromEntries((await database.query<{ name: string; fen: number }>(
  `select o.name, (-sum(p.amount_fen))::float8 as fen from ledger_posting p join ledger_account a on a.city = p.city and a.id = p.account_id join party o on o.id = a.party_id where a.kind = 'PAYABLE' group by o.name order by o.name`)).map(row => [row.name, row.fen]));

test('an agreed split pays owner, operator and platform, and loses no fen; a refund takes the parts back', async () => {
  valueOf(await setRule(city.facilities.shop));
  const chargeId = await openCharge(city, city.facilities.shop, { amountFen: 1_001 });
  valueOf(await pay(city, chargeId, 1_001, 'v-1'));
  expect(await earned()).toEqual({ 中骏商城: 701, 泉停运营: 250, 潮位平台公司: 50 });

  valueOf(await refund(city, chargeId, 500));
  expect(Object.values(await earned()).reduce((sum, fen) => sum + fen, 0)).toBe(501);
  valueOf(await refund(city, chargeId, 501));
  expect(await earned()).toEqual({ 中骏商城: 0, 泉停运营: 0, 潮位平台公司: 0 });
});

test('a newer rule ends the one before; what was charged under it stays split as it was', async () => {
  const old = await openCharge(city, city.facilities.shop, { amountFen: 1_000 });
  city.services.clock.advance(1_000);
  valueOf(await setRule(city.facilities.shop, { shares: [{ role: 'OWNER', basisPoints: 10_000 }] }));
  const before = await earned();

  valueOf(await pay(city, old, 1_000, 'v-2'));

  expect((await earned()).泉停运营! - before.泉停运营!).toBe(250);
  expect((await facilityRevenue(city.scope, city.facilities.shop))!.rules.map(rule => [rule.shares.length, rule.validUntil === null])).toEqual([[1, true], [3, false]]);
});

test('an agency’s facility has no shares: not by the mutation, and not by direct SQL', async () => {
  expect(await setRule(city.facilities.agency)).toMatchObject({ ok: false, problems: [{ code: 'EARNS_FOR_TREASURY', clause: '3.5-6' }] });
  expect(await setRule(city.facilities.institution)).toMatchObject({ ok: false, problems: [{ code: 'EARNS_FOR_TREASURY' }] });

  await expect(database.query(`update revenue_rule set facility_id = $1`, [city.facilities.agency])).rejects.toThrow(/remitted to the treasury whole/);
  await expect(database.query(`insert into revenue_rule (city, id, party_id, kind, shares, legal_basis, valid_from, recorded_at, recorded_by) select city, replace(id, 'rvr_0', 'rvr_1'), $1, kind, shares, 'x', now(), now(), 'x' from revenue_rule limit 1`, [city.parties.institution])).rejects.toThrow(/remitted to the treasury whole/);
  expect(await facilityRevenue(city.scope, city.facilities.agency)).toEqual({ kind: 'TREASURY', rules: [] });
});

test('a rule that is not whole, begins in the past, names nobody, or commercialises jointly owned space is refused', async () => {
  expect(await setRule(city.facilities.shop, { shares: [{ role: 'OWNER', basisPoints: 9_000 }] })).toMatchObject({ problems: [{ code: 'SHARES_NOT_WHOLE' }] });
  expect(await setRule(city.facilities.shop, { validFrom: city.services.clock.now() - 1 })).toMatchObject({ problems: [{ code: 'STARTS_IN_THE_PAST' }] });
  expect(await setRule(city.facilities.shop, { shares: [{ role: 'PLATFORM', basisPoints: 10_000, partyId: 'pty_01j00000000000000000000000' }] })).toMatchObject({ problems: [{ code: 'PARTY_UNKNOWN', field: 'shares[0].partyId' }] });
  expect(await setRule(city.facilities.shop, { shares: [{ role: 'OWNER', basisPoints: 9_000 }, { role: 'MANAGER', basisPoints: 1_000 }] })).toMatchObject({ problems: [{ code: 'ROLE_VACANT', field: 'shares[1].partyId', zh: '该设施没有设施管理人，须写明收款主体' }] });
  expect(await setRule(city.facilities.estate, { shares: [{ role: 'OWNER', basisPoints: 10_000 }] })).toMatchObject({ problems: [{ code: 'NOT_COMMERCIAL', clause: '3.5-5' }] });
  await expect(setRule(city.facilities.shop, {}, holder('AUTHORITY_OFFICER', null, '350600'))).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(setRule(city.facilities.shop, {}, holder('SUPPLIER', city.parties.shop, null))).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test('an estate shares its costs: receipts above recorded cost are a finding, which more recorded cost ends', async () => {
  const estate = city.facilities.estate;
  const manager = scopeOf(city.services, holder('SUPPLIER', city.parties.estate, null));
  const record = (amountFen: number) => recordManagementCost(manager, { facilityId: estate, year: 2026, amountFen, what: '道闸维护', evidence: '发票 1', idempotencyKey: `cost-${(key += 1)}` });
  valueOf(await record(1_000));
  valueOf(await pay(city, await openCharge(city, estate, { amountFen: 1_000 }), 1_000, 'v-3'));
  expect(await costSharing(manager, estate, 2026)).toEqual({ year: 2026, receiptsFen: 1_000, costsFen: 1_000, exceededAt: null, resolvedAt: null });

  const late = await openCharge(city, estate, { amountFen: 1 });
  valueOf(await pay(city, late, 1, 'v-4'));
  const now = city.services.clock.now();
  expect(await costSharing(manager, estate, 2026)).toMatchObject({ receiptsFen: 1_001, exceededAt: now, resolvedAt: null });
  expect(await database.query(`select payload from outbox_event where topic = 'billing.costSharingExceeded'`)).toEqual([{ payload: { facilityId: estate, year: 2026, receiptsFen: 1_001, costsFen: 1_000 } }]);

  city.services.clock.advance(1_000);
  valueOf(await record(1));
  expect(await costSharing(manager, estate, 2026)).toMatchObject({ costsFen: 1_001, exceededAt: now, resolvedAt: now + 1_000 });
});

test('of payments at once, the one that passes the cost raises the finding, once', async () => {
  const charges = [];
  for (let i = 0; i < 8; i += 1) charges.push(await openCharge(city, city.facilities.estate, { amountFen: 100 }));

  await Promise.all(charges.map((chargeId, i) => pay(city, chargeId, 100, `v-at-once-${i}`)));

  expect(await costSharing(city.scope, city.facilities.estate, 2026)).toMatchObject({ receiptsFen: 1_801, resolvedAt: null });
  expect(await database.query(`select count(*)::int as raised from outbox_event where topic = 'billing.costSharingExceeded'`)).toEqual([{ raised: 2 }]);
  expect(await database.query(`select receipts_fen::int as receipts from cost_sharing_finding`)).toEqual([{ receipts: 1_801 }]);
});

test('a cost beyond all reason is refused, and a year’s costs can still be told', async () => {
  const record = (amountFen: number) => recordManagementCost(city.scope, { facilityId: city.facilities.estate, year: 2031, amountFen, what: '保洁', evidence: '发票', idempotencyKey: `vast-${amountFen}` });
  for (const amountFen of [0, 100_000_000_001, -100_000_000_001, Number.MAX_SAFE_INTEGER]) expect(await record(amountFen)).toMatchObject({ ok: false, problems: [{ code: 'AMOUNT_INVALID', field: 'amountFen' }] });
  expect(await costSharing(city.scope, city.facilities.estate, 2031)).toMatchObject({ costsFen: 0 });

  valueOf(await record(100_000_000_000));

  expect(await costSharing(city.scope, city.facilities.estate, 2031)).toMatchObject({ costsFen: 100_000_000_000 });
});

test('a cost that was written down wrongly is taken back by a further entry, by no more than there is, and what it hid is found', async () => {
  const estate = city.facilities.estate;
  const year = 2026;
  const record = (amountFen: number) => recordManagementCost(city.scope, { facilityId: estate, year, amountFen, what: '红字更正', evidence: '更正单', idempotencyKey: `red-${(key += 1)}` });
  const before = (await costSharing(city.scope, estate, year))!;
  valueOf(await record(10_000_000));
  expect(await costSharing(city.scope, estate, year)).toMatchObject({ costsFen: before.costsFen + 10_000_000, resolvedAt: city.services.clock.now() });

  expect(await record(-(before.costsFen + 10_000_001))).toMatchObject({ ok: false, problems: [{ code: 'CORRECTION_TOO_LARGE', data: { costsFen: before.costsFen + 10_000_000 } }] });
  const outcomes = await Promise.all(Array.from({ length: 3 }, () => record(-10_000_000)));

  expect(outcomes.filter(outcome => outcome.ok)).toHaveLength(1);
  expect(await costSharing(city.scope, estate, year)).toMatchObject({ receiptsFen: 1_801, costsFen: 1_001, resolvedAt: null });
});

test('a cost of a facility that earns for others is not recorded here', async () => {
  for (const facilityId of [city.facilities.agency, city.facilities.shop]) {
    expect(await recordManagementCost(city.scope, { facilityId, year: 2026, amountFen: 5, what: '保洁', evidence: '发票', idempotencyKey: `no-${facilityId}` })).toMatchObject({ ok: false, problems: [{ code: 'NOT_COST_SHARING' }] });
  }
  expect(await database.query(`select count(*)::int as costs from management_cost where facility_id <> $1`, [city.facilities.estate])).toEqual([{ costs: 0 }]);
});

test('of first rules that are set at once for the same time one stands, and the others are refused as any later one is', async () => {
  const of = (code: string) => ({ source: 'test', code });
  const [facilityId] = await addFacilities(city.scope, [facilityDraft('new-shop', { longitude: 118.6, latitude: 24.9 }, { category: 'COMMERCIAL', sector: 'COMMERCIAL', ownership: 'ENTERPRISE', owner: of('shop'), operator: of('operator') })]);
  const outcomes = await atOnce(database, 'revenue_rule', [6_000, 7_000, 8_000, 9_000].map(basisPoints => () =>
    setRule(facilityId!, { shares: [{ role: 'OWNER', basisPoints }, { role: 'PLATFORM', basisPoints: 10_000 - basisPoints, partyId: city.parties.platform }] })));

  expect(outcomes.map(outcome => (outcome.ok ? 'SET' : outcome.problems.map(problem => problem.code).join())).sort()).toEqual([...Array<string>(3).fill('RULE_FOLLOWS'), 'SET']);
  expect(await database.query('select count(*)::int as rules from revenue_rule where facility_id = $1', [facilityId])).toEqual([{ rules: 1 }]);
});
