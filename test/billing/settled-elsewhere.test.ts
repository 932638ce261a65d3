import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { reopened } from '../../migrations/20261122000830-overpaid-ends.js';
import { checkLedger } from '../../src/billing/ledger-check.js';
import { fitOfSettledBy } from '../../src/billing/rules/payment-finding.js';
import { findingOf, refundOwed, runPaymentJob, startPaying, type Paying } from './payment-city.js';

let paying: Paying;
let keys = 0;

beforeAll(async () => {
  paying = await startPaying();
}, 120_000);
afterEach(() => paying.local.behave());
afterAll(() => paying.close());

const resolve = (findingId: string, settledBy: object | null, told: object = {}, as = 'finance'): Promise<any> => paying.resolve(findingId, { resolution: 'SETTLED_ELSEWHERE', settledBy, note: '银行转账退付，凭证 2026-17', ...told }, as);

const send = async (): Promise<void> => {
  await runPaymentJob(paying, 'send-refunds');
  await runPaymentJob(paying, 'deliver-local-notices');
};
const entriesOf = (refundId: string): Promise<object[]> => paying.database.query(
  `select t.kind, a.kind as account, a.party_id as party, p.amount_fen::int as fen
   from ledger_transaction t join ledger_posting p on p.city = t.city and p.transaction_id = t.id join ledger_account a on a.city = p.city and a.id = p.account_id
   where t.refund_id = $1 and t.kind not in ('REFUND', 'RETURN') order by t.id, p.amount_fen desc`, [refundId]);
const isSound = async (): Promise<unknown> => (await checkLedger(paying.database)).differences;

/** A refund of 400 fen that its provider ended as told. */
async function ended(refundState: 'CLOSED' | 'ABNORMAL', facility: 'shop' | 'agency' = 'shop'): Promise<{ readonly chargeId: string; readonly refundId: string; readonly findingId: string }> {
  const owed = await refundOwed(paying, async paymentId => {
    await paying.wallet(paymentId);
    await runPaymentJob(paying, 'deliver-local-notices');
  }, facility);
  paying.local.faults.refundState = refundState;
  await send();
  paying.local.behave();
  return { ...owed, findingId: await findingOf(paying, owed.refundId) };
}

test('a party gave a closed refund back of its own money: it is owed that, the payer nothing more, and no income bears it', async () => {
  const { parties } = paying.city;
  const { chargeId, refundId, findingId } = await ended('CLOSED');
  const before = await paying.balances();

  const answer = await resolve(findingId, { source: 'PARTY', partyId: parties.operator }, {}, 'district');

  expect(answer).toMatchObject({ finding: { state: 'RESOLVED', refundId, settledBy: { source: 'PARTY', partyId: parties.operator } }, userErrors: [] });
  expect(await entriesOf(refundId)).toEqual([{ kind: 'REFUND_SETTLED', account: 'REFUND_OWED', party: null, fen: 400 }, { kind: 'REFUND_SETTLED', account: 'ADVANCED', party: parties.operator, fen: -400 }]);
  expect(await paying.row('refund', refundId)).toMatchObject({ state: 'SETTLED', next_at: null });
  expect(await paying.database.query('select party_id as party, topic from notice where subject_id = $1', [chargeId])).toEqual([{ party: parties.driver, topic: 'charge.refundSettled' }]);
  const after = await paying.balances();
  expect([(after.REFUND_OWED ?? 0) - (before.REFUND_OWED ?? 0), after.PAYABLE, after.CLEARING]).toEqual([400, before.PAYABLE, before.CLEARING]);
  expect((await paying.ask('query($id: ID!) { charge(id: $id) { chargeRefunds { sentAt } } }', { id: chargeId })).data.charge.chargeRefunds).toEqual([{ sentAt: '2026-02-13T09:00:00+08:00' }]);
  expect(await isSound()).toEqual([]);
});

test('of an agency’s income the treasury gives back what it was claimed for; its remittance stays whole (3.5-6)', async () => {
  const { refundId, findingId } = await ended('CLOSED', 'agency');
  const before = await paying.balances();

  expect((await resolve(findingId, { source: 'TREASURY' }, {}, 'district')).userErrors).toEqual([]);

  const after = await paying.balances();
  expect((await entriesOf(refundId)).map(entry => (entry as { account: string }).account)).toEqual(['REFUND_OWED', 'TREASURY_CLAIM']);
  expect([before.TREASURY_CLAIM! - (after.TREASURY_CLAIM ?? 0), after.TREASURY, after.CLEARING]).toEqual([400, before.TREASURY, before.CLEARING]);
  expect(await isSound()).toEqual([]);
});

test('money of our own account with the provider went by another way', async () => {
  const { refundId, findingId } = await ended('CLOSED');

  expect((await resolve(findingId, { source: 'PROVIDER' })).userErrors).toEqual([]);

  expect((await entriesOf(refundId)).map(entry => (entry as { account: string }).account)).toEqual(['REFUND_OWED', 'CLEARING']);
  expect(await isSound()).toEqual([]);
});

test('what cannot be is refused, and nothing is written', async () => {
  const { parties } = paying.city;
  const [closed, stuck] = [await ended('CLOSED'), await ended('ABNORMAL')];
  const before = await paying.counts();
  const codes = async (...told: Parameters<typeof resolve>) => (await resolve(...told)).userErrors.map((error: { code: string }) => error.code);

  expect(await codes(closed.findingId, null)).toEqual(['SETTLED_BY_MISSING']);
  expect(await codes(closed.findingId, { source: 'TREASURY' })).toEqual(['SETTLED_BY_UNFIT']);
  expect(await codes(closed.findingId, { source: 'PARTY' })).toEqual(['SETTLED_BY_UNFIT']);
  expect(await codes(closed.findingId, { source: 'PROVIDER', partyId: parties.shop })).toEqual(['SETTLED_BY_UNFIT']);
  expect(await codes(stuck.findingId, { source: 'PROVIDER' })).toEqual(['SETTLED_BY_UNFIT']);
  expect(await codes(closed.findingId, { source: 'PARTY', partyId: parties.estate }, {}, 'district')).toEqual(['SETTLED_PARTY_UNFIT']);
  // What a party is said to have given back is paid out to it: it does not say so itself.
  expect(await codes(closed.findingId, { source: 'PARTY', partyId: parties.shop }, {}, 'operator')).toEqual(['SETTLED_SOURCE_FOREIGN']);
  for (const who of ['operator', 'district']) expect(await codes(closed.findingId, { source: 'PROVIDER' }, {}, who)).toEqual(['SETTLED_SOURCE_FOREIGN']);
  expect(await codes(closed.findingId, { source: 'PARTY', partyId: 'pty_00000000000000000000000000' })).toEqual(['SETTLED_PARTY_UNFIT']);
  expect(await codes(closed.findingId, { source: 'PROVIDER' }, { resolution: 'SENT_AGAIN' })).toEqual(['SETTLED_BY_UNUSED']);
  expect(await paying.counts()).toEqual(before);
  expect(await paying.row('refund', closed.refundId)).toMatchObject({ state: 'CLOSED' });
});

test('given back elsewhere by eight people at once it is discharged once; what the provider pays after that went twice, and comes back', async () => {
  const { refundId, findingId } = await ended('ABNORMAL');
  const { parties } = paying.city;
  const answers = await Promise.all(Array.from({ length: 8 }, () => resolve(findingId, { source: 'PARTY', partyId: parties.shop })));
  expect(answers.filter(answer => answer.finding !== null)).toHaveLength(1);

  await paying.local.endRefund(refundId, 'SUCCESS');
  await runPaymentJob(paying, 'deliver-local-notices');
  expect(await checkLedger(paying.database)).toMatchObject({ overpaidFen: 400, advancedFen: 800 });
  expect(await isSound()).toEqual([]);
  const twice = await findingOf(paying, refundId, 'REFUND_PAID_TWICE');
  expect(await resolve(twice, null)).toMatchObject({ userErrors: [{ code: 'SETTLED_BY_MISSING' }] });
  expect(await resolve(twice, { source: 'TREASURY' })).toMatchObject({ userErrors: [{ code: 'SETTLED_BY_UNFIT' }] });
  expect((await resolve(twice, { source: 'PARTY', partyId: parties.shop }, {}, 'operator')).userErrors).toEqual([]);

  const after = await paying.balances();
  expect(after.OVERPAID ?? 0).toBe(0);
  // The shop gave 400 back and took 400 in: it is owed nothing more.
  expect(await paying.database.query(`select coalesce(sum(p.amount_fen), 0)::int as fen from ledger_posting p join ledger_account a on a.city = p.city and a.id = p.account_id where a.kind = 'ADVANCED' and a.party_id = $1`, [parties.shop])).toEqual([{ fen: 0 }]);
  expect(await paying.row('refund', refundId)).toMatchObject({ state: 'SETTLED' });
  expect(await isSound()).toEqual([]);
});

/** A refund of 400 fen that a party gave back elsewhere, and its provider as well. */
async function paidTwice(): Promise<{ readonly chargeId: string; readonly refundId: string; readonly findingId: string }> {
  const { findingId, ...stuck } = await ended('ABNORMAL');
  await resolve(findingId, { source: 'PARTY', partyId: paying.city.parties.shop });
  await paying.local.endRefund(stuck.refundId, 'SUCCESS');
  await runPaymentJob(paying, 'deliver-local-notices');
  return { ...stuck, findingId: await findingOf(paying, stuck.refundId, 'REFUND_PAID_TWICE') };
}

test('what was paid twice is not answered with nothing to do, nor given up by anybody but the platform: and nothing is written', async () => {
  const { findingId } = await paidTwice();
  const closed = await ended('CLOSED');
  const before = await paying.counts();

  expect(await paying.resolve(findingId)).toMatchObject({ finding: null, userErrors: [{ code: 'OVERPAID_STANDS', field: 'resolution' }] });
  for (const who of ['operator', 'district']) expect(await paying.resolve(findingId, { resolution: 'WRITTEN_OFF' }, who)).toMatchObject({ finding: null, userErrors: [{ code: 'WRITE_OFF_FOREIGN' }] });
  expect(await paying.resolve(closed.findingId, { resolution: 'WRITTEN_OFF' })).toMatchObject({ finding: null, userErrors: [{ code: 'NOT_OVERPAID' }] });
  expect(await resolve(findingId, { source: 'PROVIDER' }, { resolution: 'WRITTEN_OFF' })).toMatchObject({ finding: null, userErrors: [{ code: 'SETTLED_BY_UNUSED' }] });

  expect(await paying.counts()).toEqual(before);
});

test('what comes back from nobody is given up once: the platform bears it, no income does, and nobody is held to owe it any more', async () => {
  const { chargeId, refundId, findingId } = await paidTwice();
  const [before, sums] = [await paying.balances(), await checkLedger(paying.database)];

  const answers = await Promise.all(Array.from({ length: 4 }, () => paying.resolve(findingId, { resolution: 'WRITTEN_OFF' })));

  expect(answers.filter(({ finding }) => finding !== null)).toMatchObject([{ finding: { state: 'RESOLVED', resolution: 'WRITTEN_OFF', refundId, settledBy: null }, userErrors: [] }]);
  expect((await entriesOf(refundId)).filter(entry => (entry as { kind: string }).kind === 'OVERPAID_WRITTEN_OFF')).toEqual([{ kind: 'OVERPAID_WRITTEN_OFF', account: 'WRITTEN_OFF', party: null, fen: 400 }, { kind: 'OVERPAID_WRITTEN_OFF', account: 'OVERPAID', party: null, fen: -400 }]);
  const after = await paying.balances();
  expect([after.PAYABLE, after.TREASURY, after.CLEARING, after.ADVANCED]).toEqual([before.PAYABLE, before.TREASURY, before.CLEARING, before.ADVANCED]);
  expect(await checkLedger(paying.database)).toMatchObject({ isSound: true, differences: [], overpaidFen: sums.overpaidFen - 400, writtenOffFen: sums.writtenOffFen + 400 });
  expect(await paying.database.query(`select details ->> 'event' as event, (details ->> 'amountFen')::int as fen, (details ->> 'attempt')::int as attempt from audit_entry where action = 'charge:refund' and object_id = $1 order by sequence desc limit 1`, [chargeId])).toEqual([{ event: 'OVERPAID_WRITTEN_OFF', fen: 400, attempt: 1 }]);
});

test('the auditor’s check knows of every fen that payers owe back whose answer is awaited; what was answered with nothing to do before is asked again', async () => {
  const { refundId, findingId } = await paidTwice();
  await paying.database.query(`update payment_finding set state = 'RESOLVED', resolution = 'NOTHING_TO_DO', note = '已核对处理', resolved_at = recorded_at, resolved_by = 'operator' where id = $1`, [findingId]);

  expect(await checkLedger(paying.database)).toMatchObject({ isSound: false, differences: [{ code: 'OVERPAID_NOT_RECONCILED', count: 1, ids: [refundId] }] });

  await paying.database.query(reopened);
  expect(await paying.database.query('select state, resolution, note from payment_finding where id = $1', [findingId])).toEqual([{ state: 'OPEN', resolution: null, note: null }]);
  expect(await isSound()).toEqual([]);
  expect((await resolve(findingId, { source: 'PROVIDER' })).userErrors).toEqual([]);
  expect(await isSound()).toEqual([]);
});

test('the database itself lets no entry discharge a refund out of income, twice, in part, or without cause', async () => {
  const { chargeId, refundId, findingId } = await ended('CLOSED');
  const [owed] = await paying.database.query<{ city: string }>('select city from charge_refund where id = $1', [refundId]);
  const post = (kind: string, accounts: readonly [string, string], fen: number, attempt: number | null = null): Promise<unknown> => paying.database.transactional(async (_em, sql) => {
    const id = `ltx_${String(++keys).padStart(26, '0')}`;
    await sql.query(`insert into ledger_transaction (city, id, kind, amount_fen, charge_id, refund_id, attempt, at) values ($1, $2, $3, $4, $5, $6, $7, now())`, [owed!.city, id, kind, fen, chargeId, refundId, attempt]);
    await sql.query(
      `insert into ledger_posting (city, transaction_id, nth, account_id, amount_fen)
       select $1, $2, n.nth, (select a.id from ledger_account a where a.city = $1 and a.kind = n.kind order by a.id limit 1), n.fen from unnest($3::int[], $4::text[], $5::bigint[]) as n (nth, kind, fen)`,
      [owed!.city, id, [0, 1], accounts, [fen, -fen]],
    );
  });

  await expect(post('REFUND_SETTLED', ['REFUND_OWED', 'PAYABLE'], 400)).rejects.toMatchObject({ constraint: 'ledger_refund_whole' });
  await expect(post('REFUND_SETTLED', ['REFUND_OWED', 'TREASURY_CLAIM'], 400)).rejects.toMatchObject({ constraint: 'ledger_refund_whole' });
  await expect(post('REFUND_SETTLED', ['REFUND_OWED', 'CLEARING'], 399)).rejects.toMatchObject({ constraint: 'ledger_refund_whole' });
  await expect(post('REFUND_AGAIN', ['OVERPAID', 'CLEARING'], 400, 1)).rejects.toMatchObject({ constraint: 'ledger_refund_whole' });
  await expect(post('OVERPAID_RECOVERED', ['CLEARING', 'OVERPAID'], 400, 1)).rejects.toMatchObject({ constraint: 'ledger_refund_whole' });
  await expect(post('OVERPAID_WRITTEN_OFF', ['WRITTEN_OFF', 'OVERPAID'], 400, 1)).rejects.toMatchObject({ constraint: 'ledger_refund_whole' });
  expect((await resolve(findingId, { source: 'PROVIDER' })).userErrors).toEqual([]);
  await expect(post('REFUND_SENT', ['REFUND_OWED', 'CLEARING'], 400)).rejects.toMatchObject({ constraint: 'ledger_transaction_discharged_once' });
});

test('the auditor’s check compares what the ledger owes back with the refunds that were not given back, and names the one between them', async () => {
  const { refundId } = await ended('CLOSED');
  const sound = await checkLedger(paying.database);
  expect([sound.isSound, sound.refundOwedFen - sound.refundsOpenFen]).toEqual([true, 0]);
  expect(sound.refundOwedFen).toBeGreaterThanOrEqual(400);

  await paying.database.query(`update refund set state = 'DONE', ended_at = created_at, paid_attempt = 1 where id = $1`, [refundId]);
  const verdict = await checkLedger(paying.database);
  await paying.database.query(`update refund set state = 'CLOSED', ended_at = null, paid_attempt = null where id = $1`, [refundId]);

  expect(verdict).toMatchObject({ isSound: false, differences: [{ code: 'REFUND_OWED_NOT_RECONCILED', count: 1, ids: [refundId] }] });
  expect(verdict.refundOwedFen - verdict.refundsOpenFen).toBe(400);
});

test('rules: the treasury bears only what was remitted to it, and of a stuck refund the provider tells the end', () => {
  const found = { kind: 'REFUND_ABNORMAL', state: 'CLOSED', isOfTreasury: false } as const;

  expect(fitOfSettledBy({ source: 'PROVIDER', partyId: null }, found)).toBe(true);
  expect(fitOfSettledBy({ source: 'PARTY', partyId: 'pty' }, { ...found, state: 'ABNORMAL' })).toBe(true);
  expect(fitOfSettledBy({ source: 'PROVIDER', partyId: null }, { ...found, state: 'ABNORMAL' })).toBe(false);
  expect(fitOfSettledBy({ source: 'TREASURY', partyId: null }, { ...found, isOfTreasury: true })).toBe(true);
  expect(fitOfSettledBy({ source: 'TREASURY', partyId: null }, { ...found, isOfTreasury: true, kind: 'REFUND_PAID_TWICE' })).toBe(false);
});
