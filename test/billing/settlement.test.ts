import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { identityRoom } from '../../src/identity/index.js';
import { facilitiesRoom } from '../../src/facilities/index.js';
import { closeSettlementDays } from '../../src/billing/close-settlement-days.js';
import { checkLedger } from '../../src/billing/ledger-check.js';
import { refundSent } from '../../src/billing/index.js';
import type { Database } from '../../src/platform/index.js';
import { addFacilities, facilityDraft, inUnit } from '../support/city.js';
import { openTestDatabase } from '../support/database.js';
import { foundLedgerCity, openCharge, pay, refund, valueOf, type LedgerCity } from './ledger-city.js';

let database: Database;
let city: LedgerCity;
let day = 0;

beforeAll(async () => {
  database = await openTestDatabase([...identityRoom.entities, ...facilitiesRoom.entities]);
  city = await foundLedgerCity(database);
});

// Each test has days of its own: at 09:00, a month apart.
beforeEach(async () => {
  city.services.clock.set(Date.UTC(2026, 1 + (day += 1), 1, 1));
  await closeSettlementDays(city.services);
});

afterAll(() => database.close());

const HOUR = 3_600_000;
let reference = 0;
async function paid(facilityId: string, amountFen = 1_000): Promise<string> {
  const chargeId = await openCharge(city, facilityId, { amountFen });
  valueOf(await pay(city, chargeId, amountFen, `s-${(reference += 1)}`));
  return chargeId;
}
const batches = (ids: readonly string[]) => database.query(`select kind, day::text, lines, receipts_fen::int as receipts, refunds_fen::int as refunds, amount_fen::int as amount from settlement_batch where id = any($1) order by kind, day, amount_fen`, [ids]);

test('a day is closed after its local midnight, payee by payee: the agency’s is a remittance, whole', async () => {
  await paid(city.facilities.agency);
  const refunded = await paid(city.facilities.agency, 500);
  valueOf(await refund(city, refunded, 500));
  valueOf(await refund(city, await paid(city.facilities.shop, 800), 300));
  city.services.clock.advance(14 * HOUR + 59 * 60_000);
  expect(await closeSettlementDays(city.services)).toEqual([]);

  city.services.clock.advance(60_000);

  expect(await batches(await closeSettlementDays(city.services))).toEqual([
    { kind: 'REMITTANCE', day: '2026-03-01', lines: 2, receipts: 1_500, refunds: 0, amount: 1_500 },
    { kind: 'SETTLEMENT', day: '2026-03-01', lines: 2, receipts: 800, refunds: 300, amount: 500 },
  ]);
});

test('what is paid after a day was closed falls into the next one', async () => {
  await paid(city.facilities.shop, 100);
  city.services.clock.advance(15 * HOUR);
  const [first] = await closeSettlementDays(city.services);
  await paid(city.facilities.shop, 200);
  expect(await closeSettlementDays(city.services)).toEqual([]);

  city.services.clock.advance(24 * HOUR);

  expect(await batches([first!, ...(await closeSettlementDays(city.services))])).toMatchObject([{ day: '2026-04-01', amount: 100 }, { day: '2026-04-02', amount: 200 }]);
});

test('days that nobody closed are closed one by one', async () => {
  await paid(city.facilities.shop, 100);
  city.services.clock.advance(24 * HOUR);
  await paid(city.facilities.shop, 200);
  city.services.clock.advance(48 * HOUR);

  expect(await batches(await closeSettlementDays(city.services))).toMatchObject([{ day: '2026-05-01', amount: 100 }, { day: '2026-05-02', amount: 200 }]);
});

test('a payee whose refunds outweigh its receipts is carried to the day that covers them', async () => {
  const chargeId = await paid(city.facilities.shop, 400);
  city.services.clock.advance(15 * HOUR);
  await closeSettlementDays(city.services);
  valueOf(await refund(city, chargeId, 400));
  city.services.clock.advance(24 * HOUR);
  expect(await closeSettlementDays(city.services)).toEqual([]);
  await paid(city.facilities.shop, 1_000);

  city.services.clock.advance(24 * HOUR);

  expect(await batches(await closeSettlementDays(city.services))).toMatchObject([{ day: '2026-06-03', lines: 2, receipts: 1_000, refunds: 400, amount: 600 }]);
});

test('what an estate gave back ends the finding that it took in more than it spent, though its refunds leave nothing to pay out: in the year that they were of', async () => {
  city.services.clock.set(Date.UTC(2026, 11, 30, 1));
  await closeSettlementDays(city.services);
  const chargeId = await paid(city.facilities.estate, 1_000);
  const found = () => database.query(`select year, receipts_fen::int as receipts, resolved_at is null as stands from cost_sharing_finding where facility_id = $1 order by year`, [city.facilities.estate]);
  expect(await found()).toEqual([{ year: 2026, receipts: 1_000, stands: true }]);
  city.services.clock.advance(24 * HOUR);
  await closeSettlementDays(city.services);

  valueOf(await refund(city, chargeId, 1_000));
  city.services.clock.advance(15 * HOUR);
  expect(await closeSettlementDays(city.services)).toEqual([]);

  expect(await found()).toEqual([{ year: 2026, receipts: 0, stands: false }]);
});

test('what a facility without a known owner took in waits for it, and is paid out once it has one', async () => {
  const draft = facilityDraft('ownerless', { longitude: 118.6, latitude: 24.9 }, { category: 'COMMERCIAL', sector: 'COMMERCIAL', ownership: 'ENTERPRISE', owner: null });
  const [facilityId] = await addFacilities(city.scope, [draft]);
  await paid(facilityId!, 700);
  city.services.clock.advance(24 * HOUR);
  expect(await closeSettlementDays(city.services)).toEqual([]);

  await addFacilities(city.scope, [{ ...draft, owner: { source: 'test', code: 'shop' } }]);
  const ids = await closeSettlementDays(city.services);

  expect(await database.query('select payee_id as payee, amount_fen::int as amount from settlement_batch where id = any($1)', [ids])).toEqual([{ payee: city.parties.shop, amount: 700 }]);
  expect(await closeSettlementDays(city.services)).toEqual([]);
  expect(await checkLedger(database)).toMatchObject({ isSound: true, differences: [] });
});

test('batches are never changed', async () => {
  await expect(database.query(`update settlement_batch set amount_fen = 1`)).rejects.toThrow(/only ever appended to/);
  await expect(database.query(`delete from settlement_line`)).rejects.toThrow(/only ever appended to/);
  await expect(database.query(`truncate settlement_batch cascade`)).rejects.toThrow(/only ever appended to/);
});

test('at once: two settlements of one payment, twenty of one charge, and its refunds', async () => {
  const chargeId = await openCharge(city, city.facilities.shop);
  const same = await Promise.all(Array.from({ length: 4 }, () => pay(city, chargeId, 1_000, 'race-1')));
  expect(same.every(outcome => outcome.ok)).toBe(true);
  expect(await database.query(`select count(*)::int as receipts from receipt where charge_id = $1`, [chargeId])).toEqual([{ receipts: 1 }]);

  const other = await openCharge(city, city.facilities.agency);
  await Promise.all(Array.from({ length: 20 }, (_, nth) => pay(city, other, 1_000, `race-2-${nth}`)));
  expect(await database.query(`select count(*)::int as "sentBack", sum(amount_fen)::int as fen from charge_refund where charge_id = $1`, [other])).toEqual([{ sentBack: 19, fen: 19_000 }]);

  const refunds = await Promise.all(Array.from({ length: 6 }, () => refund(city, chargeId, 300)));
  expect(refunds.filter(outcome => outcome.ok)).toHaveLength(3);
  const refundId = refunds.find(outcome => outcome.ok)!.value.refundId!;
  await Promise.all(Array.from({ length: 4 }, () => inUnit(city.scope, unit => refundSent(unit, { refundId }))));
  expect(await checkLedger(database)).toMatchObject({ isSound: true, differences: [] });
});

test('at once: days closed by four servers, while payments and refunds go on; every payment is in one batch at most, and none is lost', async () => {
  const earlier = await Promise.all(Array.from({ length: 12 }, (_, nth) => paid(city.facilities[nth % 2 === 0 ? 'agency' : 'shop'])));
  city.services.clock.advance(15 * HOUR);

  const [closings] = await Promise.all([
    Promise.all(Array.from({ length: 4 }, () => closeSettlementDays(city.services))),
    Promise.all(Array.from({ length: 12 }, (_, nth) => paid(city.facilities[nth % 2 === 0 ? 'agency' : 'shop']))),
    Promise.all(earlier.slice(0, 6).map(chargeId => refund(city, chargeId, 1_000))),
  ]);
  const ids = closings.flat();
  expect(new Set(ids).size).toBe(ids.length);
  expect(await batches(ids)).toMatchObject([{ kind: 'REMITTANCE', lines: 6, amount: 6_000 }, { kind: 'SETTLEMENT', receipts: 6_000 }]);
  expect(await checkLedger(database)).toMatchObject({ isSound: true, treasuryWaitingFen: 6_000 });

  city.services.clock.advance(24 * HOUR);
  await closeSettlementDays(city.services);
  expect(await checkLedger(database)).toMatchObject({ isSound: true, treasuryWaitingFen: 0 });
});
