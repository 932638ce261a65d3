import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { identityRoom } from '../../src/identity/index.js';
import { facilitiesRoom } from '../../src/facilities/index.js';
import { checkLedger } from '../../src/billing/ledger-check.js';
import { closeSettlementDays } from '../../src/billing/close-settlement-days.js';
import { newId, type Database, type IdKind, type Sql } from '../../src/platform/index.js';
import { openTestDatabase } from '../support/database.js';
import { CITY } from '../support/city.js';
import { balances, foundLedgerCity, openCharge, pay, refund, valueOf, type LedgerCity } from './ledger-city.js';

let database: Database;
let city: LedgerCity;

beforeAll(async () => {
  database = await openTestDatabase([...identityRoom.entities, ...facilitiesRoom.entities]);
  city = await foundLedgerCity(database);
});

afterAll(() => database.close());

const id = (kind: IdKind): string => newId(kind, city.services.clock.now());
const account = async (kind: string): Promise<string> => (await database.query<{ id: string }>(`select id from ledger_account where kind = $1 order by id limit 1`, [kind]))[0]!.id;

/** A transaction as somebody with a console would write it. */
async function forge(kind: string, chargeId: string | null, postings: ReadonlyArray<readonly [string, number]>, told: { amountFen?: number; batchId?: string; refundId?: string } = {}): Promise<void> {
  await database.transactional(async (_em, sql) => {
    await forgeWithin(sql, kind, chargeId, postings, told);
  });
}

async function forgeWithin(sql: Sql, kind: string, chargeId: string | null, postings: ReadonlyArray<readonly [string, number]>, told: { amountFen?: number; batchId?: string; refundId?: string } = {}): Promise<void> {
  const transactionId = id('ledgerTransaction');
  await sql.query(`insert into ledger_transaction (city, id, kind, amount_fen, charge_id, refund_id, batch_id, at) values ($1, $2, $3, $4, $5, $6, $7, now())`, [CITY, transactionId, kind, told.amountFen ?? Math.max(1, ...postings.map(([, fen]) => Math.abs(fen))), chargeId, told.refundId ?? null, told.batchId ?? null]);
  if (postings.length > 0) await sql.query(`insert into ledger_posting (city, transaction_id, nth, account_id, amount_fen) select $1, $2, n.nth, n.account, n.fen from unnest($3::int[], $4::text[], $5::bigint[]) as n (nth, account, fen)`, [CITY, transactionId, postings.map((_, nth) => nth), postings.map(([to]) => to), postings.map(([, fen]) => fen)]);
}

async function paidAt(facilityId: string, reference: string): Promise<string> {
  const chargeId = await openCharge(city, facilityId);
  valueOf(await pay(city, chargeId, 1_000, reference));
  return chargeId;
}

test('what was posted can be neither changed, deleted nor truncated', async () => {
  await paidAt(city.facilities.agency, 'l-1');

  for (const table of ['ledger_posting', 'ledger_transaction', 'ledger_account', 'charge_payment', 'receipt']) {
    await expect(database.query(`update ${table} set city = city`)).rejects.toThrow(/only ever appended to/);
    await expect(database.query(`delete from ${table}`)).rejects.toThrow(/only ever appended to/);
    await expect(database.query(`truncate ${table} cascade`)).rejects.toThrow(/only ever appended to/);
  }
  await expect(database.query(`delete from charge`)).rejects.toThrow(/lessened, paid and refunded/);
  await expect(database.query(`truncate charge cascade`)).rejects.toThrow(/only ever appended to/);
});

test('a transaction that leaves a fen over, or has no postings, is refused', async () => {
  const chargeId = await openCharge(city, city.facilities.shop);

  await expect(forge('CHARGE', chargeId, [[await account('RECEIVABLE'), 100], [await account('AWAITED'), -99]])).rejects.toThrow(/leave 1 fen over/);
  await expect(forge('CHARGE', chargeId, [])).rejects.toThrow(/has 0 postings/);
});

test('a posting added to a finished transaction is refused', async () => {
  await openCharge(city, city.facilities.shop);

  await expect(database.query(`insert into ledger_posting (city, transaction_id, nth, account_id, amount_fen) select city, id, 9, $1, 5 from ledger_transaction limit 1`, [await account('RECEIVABLE')])).rejects.toThrow(/leave 5 fen over/);
});

test('a cost cannot be netted against the treasury: whatever the kind of the transaction', async () => {
  const chargeId = await paidAt(city.facilities.agency, 'l-2');
  const unpaid = await openCharge(city, city.facilities.agency);
  await paidAt(city.facilities.shop, 'l-3');
  const before = await balances(database);
  const [treasury, payable, clearing, owed] = await Promise.all(['TREASURY', 'PAYABLE', 'CLEARING', 'REFUND_OWED'].map(kind => account(kind).catch(() => account('CLEARING'))));
  const refundId = valueOf(await refund(city, chargeId, 1)).refundId!;

  await expect(forge('LESSEN', chargeId, [[treasury!, 300], [payable!, -300]])).rejects.toThrow(/the treasury's/);
  await expect(forge('LESSEN', chargeId, [[treasury!, 300], [clearing!, -300]])).rejects.toThrow(/the treasury's/);
  await expect(forge('REFUND_SENT', chargeId, [[treasury!, 300], [owed!, -300]], { refundId })).rejects.toThrow(/the treasury's/);
  await expect(forge('PAYMENT', unpaid, [[clearing!, 1_000], [treasury!, -700], [payable!, -300]], { amountFen: 1_000 })).rejects.toThrow(/the treasury's/);
  await expect(forge('PAYMENT', unpaid, [[clearing!, 700], [treasury!, -700]], { amountFen: 1_000 })).rejects.toThrow(/the treasury's/);
  await expect(forge('PAYMENT', unpaid, [[clearing!, 700], [payable!, -700]], { amountFen: 700 })).rejects.toThrow(/the treasury's/);
  await expect(forge('COST', chargeId, [[treasury!, 300], [clearing!, -300]])).rejects.toThrow(/kind_check/);
  expect(await balances(database)).toMatchObject({ TREASURY: before.TREASURY });
});

test('a payment of an agency cannot be earned by nobody either', async () => {
  const chargeId = await openCharge(city, city.facilities.agency);

  await expect(forge('PAYMENT', chargeId, [[await account('CLEARING'), 1_000], [await account('RECEIVABLE'), -1_000]], { amountFen: 1_000 })).rejects.toThrow(/not earned whole/);
});

test('a charge at an agency cannot be opened as anything but the treasury’s, nor turned into it later', async () => {
  const [row] = await database.query<{ id: string }>(`select id from charge where revenue_kind = 'TREASURY' limit 1`);
  const insert = (facilityId: string, kind: string) => database.query(
    `insert into charge (city, id, cause_kind, cause_id, purpose, facility_id, revenue_kind, shares, lines, amount_fen, state, opened_at, due_at, state_since)
     values ($1, $2, 'X', 'x', 'STAY', $3, $4, '[]', '[]', 1, 'OPEN', now(), now(), now())`, [CITY, id('charge'), facilityId, kind]);

  await expect(insert(city.facilities.agency, 'AGREED')).rejects.toThrow(/where the owner of the facility must send it/);
  await expect(insert(city.facilities.institution, 'COST_SHARING')).rejects.toThrow(/where the owner of the facility must send it/);
  await expect(insert(city.facilities.shop, 'TREASURY')).rejects.toThrow(/where the owner of the facility must send it/);
  await expect(database.query(`update charge set revenue_kind = 'AGREED' where id = $1`, [row!.id])).rejects.toThrow(/lessened, paid and refunded/);
  await expect(database.query(`update charge set amount_fen = amount_fen + 1 where id = $1`, [row!.id])).rejects.toThrow();
});

test('a remittance is its receipts: neither a smaller batch, nor one with a refund, nor one that leaves lines out', async () => {
  const treasury = await account('TREASURY');
  const forgeBatch = (receipts: number, refunds: number, lines: number) => database.transactional(async (_em, sql) => {
    const batchId = id('settlementBatch');
    await sql.query(`insert into settlement_batch (city, id, kind, account_id, day, lines, receipts_fen, refunds_fen, amount_fen, closed_at) values ($1, $2, 'REMITTANCE', $3, '2026-01-01', $4, $5, $6, $5::bigint - $6::bigint, now())`, [CITY, batchId, treasury, lines, receipts, refunds]);
    await sql.query(`insert into settlement_line (city, batch_id, transaction_id, nth) select city, $1, transaction_id, nth from unsettled_posting where account_id = $2 order by transaction_id limit 1`, [batchId, treasury]);
    await forgeWithin(sql, 'REMITTANCE', null, [[treasury, receipts - refunds], [await account('CLEARING'), refunds - receipts]], { batchId });
  });

  await expect(forgeBatch(1_000, 300, 1)).rejects.toThrow(/settlement_batch_treasury_whole/);
  await expect(forgeBatch(700, 0, 1)).rejects.toThrow(/not the sum of its lines/);
  await expect(forgeBatch(2_000, 0, 2)).rejects.toThrow(/not the sum of its lines/);
  await expect(database.query(`delete from unsettled_posting`)).rejects.toThrow(/leaves only into one/);
});

test('a refund of what an agency took in leaves its remittance whole: the treasury is asked to bear it', async () => {
  const chargeId = await paidAt(city.facilities.agency, 'l-4');
  const before = await balances(database);

  valueOf(await refund(city, chargeId, 1_000));

  const after = await balances(database);
  expect([after.TREASURY! - before.TREASURY!, after.TREASURY_CLAIM! - (before.TREASURY_CLAIM ?? 0)]).toEqual([0, 1_000]);
  city.services.clock.advance(86_400_000);
  await closeSettlementDays(city.services);
  expect(await balances(database)).not.toHaveProperty('TREASURY');
});

test('an auditor’s check finds the ledger sound, and says what is not', async () => {
  expect(await checkLedger(database)).toMatchObject({ isSound: true, sumFen: 0, differences: [], treasuryWaitingFen: 0 });

  await database.query(`alter table charge disable trigger charge_guard`);
  await database.query(`update charge set refunded_fen = 1, state = 'PART_REFUNDED' where id = (select id from charge where state = 'PAID' order by id limit 1)`);
  const verdict = await checkLedger(database);
  await database.query(`update charge set refunded_fen = 0, state = 'PAID' where refunded_fen = 1 and id = $1`, [verdict.differences[0]!.ids[0]]);
  await database.query(`alter table charge enable trigger charge_guard`);
  expect(verdict).toMatchObject({ isSound: false, differences: [{ code: 'CHARGE_NOT_IN_LEDGER', count: 1 }] });
});
