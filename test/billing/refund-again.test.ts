import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkLedger } from '../../src/billing/ledger-check.js';
import { isClosedUnpaid } from '../../src/billing/rules/payment-finding.js';
import { tryRefundAt } from '../../src/billing/payments/refund.sql.js';
import { attemptOfNumber, MOST_ATTEMPTS, refundNumberOf } from '../../src/billing/rules/refund-number.js';
import { newId } from '../../src/platform/index.js';
import { findingOf, refundOwed, runPaymentJob, startPaying, type Paying } from './payment-city.js';
import { WechatSimulator, type SimulatedRefund } from './wechat-simulator.js';

const simulator = new WechatSimulator({ now: () => paying.server.services.clock.now() });
let paying: Paying;
/** Another server of the same city. */
let beside: Paying;

beforeAll(async () => {
  const environment = await simulator.open();
  paying = await startPaying({ environment });
  if (paying.database.backEnd !== 'EMBEDDED') beside = await startPaying({ environment, beside: paying });
}, 120_000);
afterEach(() => simulator.behave());
afterAll(async () => {
  await beside?.close();
  await paying.close();
  await simulator.close();
});

const READ = 'query($id: ID!) { payment(id: $id) { refundedFen refunds { refundNumber attempt state attemptCount failure endedAt } findings { kind subject state } } }';

const send = (on: Paying = paying): Promise<void> => runPaymentJob(on, 'send-refunds');
const later = (minutes: number): void => paying.server.services.clock.advance(minutes * 60_000);
const read = async (paymentId: string): Promise<any> => (await paying.ask(READ, { id: paymentId })).data.payment;
const of = (paymentId: string): SimulatedRefund[] => [...simulator.refunds.values()].filter(refund => refund.outTradeNo === paymentId);
/** Which attempt came to which end, as the audit has it. */
const endsOf = async (refundId: string): Promise<string[]> => (await paying.database.query<{ told: string }>(`select concat_ws(' ', details ->> 'attempt', details ->> 'state') as told from audit_entry where action = 'refund:end' and object_id = $1 order by sequence`, [refundId])).map(({ told }) => told);
const entriesOf = (refundId: string): Promise<object[]> => paying.database.query(`select kind, amount_fen::int as fen, attempt from ledger_transaction where refund_id = $1 and kind <> 'REFUND' order by kind desc, attempt`, [refundId]);

async function tell(number: string, status: SimulatedRefund['status'], on: Paying = paying): Promise<void> {
  // Findings are read in the order of their time.
  later(0.01);
  simulator.refunds.get(number)!.status = status;
  expect((await on.notify('wechat', simulator.refundNotice(number))).status).toBe(200);
}

const resolve = (findingId: string, told: object = {}, as = 'finance', on: Paying = paying): Promise<any> => on.resolve(findingId, { resolution: 'SENT_AGAIN', note: '付款人已换卡，再次退款', ...told }, as);

/** The payer pays, and WeChat tells it. */
async function payOrder(paymentId: string): Promise<void> {
  simulator.pay(paymentId);
  await paying.notify('wechat', simulator.paymentNotice(paymentId));
}

/** A refund of 400 fen that WeChat took and then closed. */
async function closed(): Promise<{ readonly chargeId: string; readonly paymentId: string; readonly refundId: string; readonly findingId: string }> {
  const { refundId, ...owed } = await refundOwed(paying, payOrder);
  await send();
  await tell(refundId, 'CLOSED');
  return { ...owed, refundId, findingId: await findingOf(paying, refundId) };
}

test('an attempt that begins while the one before is still being asked for is due at once, whatever that comes to', async () => {
  const { refundId, findingId } = await closed();
  expect((await resolve(findingId)).userErrors).toEqual([]);
  const begun = await paying.row('refund', refundId);
  expect(begun).toMatchObject({ state: 'OWED', attempt: 2 });

  await tryRefundAt(paying.database, { id: refundId, attempt: 1 }, paying.server.services.clock.now() + 3_600_000, 'TOO_LATE');

  expect(await paying.row('refund', refundId)).toEqual(begun);
});

test('a refund that its provider closed is sent again under a number of its own, and the payer has it once', async () => {
  const { paymentId, refundId, findingId } = await closed();

  expect(await resolve(findingId)).toMatchObject({ finding: { state: 'RESOLVED', resolution: 'SENT_AGAIN', refundId }, userErrors: [] });
  expect(await read(paymentId)).toMatchObject({ refundedFen: 400, refunds: [{ refundNumber: `${refundId}-2`, attempt: 2, state: 'OWED', attemptCount: 0, failure: null }] });
  await send();
  await tell(`${refundId}-2`, 'SUCCESS');

  expect(of(paymentId).map(({ outRefundNo, status }) => [outRefundNo, status])).toEqual([[refundId, 'CLOSED'], [`${refundId}-2`, 'SUCCESS']]);
  expect(await read(paymentId)).toMatchObject({ refunds: [{ state: 'DONE', attempt: 2 }], findings: [{ kind: 'REFUND_ABNORMAL', state: 'RESOLVED' }] });
  expect(await entriesOf(refundId)).toEqual([{ kind: 'REFUND_SENT', fen: 400, attempt: null }]);
  expect(await checkLedger(paying.database)).toMatchObject({ isSound: true, differences: [] });
});

test('eight people on two servers say so at once, and a server dies while sending: one further refund goes', async () => {
  const { paymentId, refundId, findingId } = await closed();
  const servers = beside ? [paying, beside] : [paying];

  const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => resolve(findingId, {}, 'finance', servers[i % servers.length])));
  expect(answers.filter(answer => answer.finding !== null)).toHaveLength(1);
  expect(answers.flatMap(answer => answer.userErrors.map((error: { code: string }) => error.code))).toEqual(Array.from({ length: 7 }, () => 'ILLEGAL_TRANSITION'));

  simulator.faults.losesAnswers = true;
  await Promise.all(servers.map(send));
  simulator.behave();
  later(2);
  await Promise.all(servers.map(send));

  expect(of(paymentId).map(({ outRefundNo }) => outRefundNo)).toEqual([refundId, `${refundId}-2`]);
  expect(await read(paymentId)).toMatchObject({ refunds: [{ state: 'SENT', attempt: 2 }] });
});

test('closed again, it is a finding anew, answered anew; the answer to the first sends nothing more', async () => {
  const { refundId, findingId } = await closed();
  await resolve(findingId);
  await send();
  await tell(`${refundId}-2`, 'CLOSED');
  const second = await findingOf(paying, `${refundId}-2`);

  expect(await resolve(findingId)).toMatchObject({ finding: null, userErrors: [{ code: 'ILLEGAL_TRANSITION' }] });
  expect((await resolve(second)).userErrors).toEqual([]);

  expect(await paying.row('refund', refundId)).toMatchObject({ state: 'OWED', attempt: 3, paid_attempt: null });
});

test('a closed refund cannot be answered with nothing to do, nor one that is stuck sent again: and nothing is written', async () => {
  const { refundId, findingId } = await closed();
  const before = await paying.counts();

  expect(await resolve(findingId, { resolution: 'NOTHING_TO_DO' })).toMatchObject({ finding: null, userErrors: [{ code: 'REFUND_STILL_OWED', field: 'resolution' }] });
  expect(await resolve(findingId, {}, 'payer')).toMatchObject({ code: 'FORBIDDEN' });
  expect(await paying.counts()).toEqual(before);

  await resolve(findingId);
  await send();
  await tell(`${refundId}-2`, 'ABNORMAL');
  expect(await resolve(await findingOf(paying, `${refundId}-2`))).toMatchObject({ finding: null, userErrors: [{ code: 'NOT_SENDABLE' }] });
  expect(await paying.row('refund', refundId)).toMatchObject({ state: 'ABNORMAL', attempt: 2 });
});

test('an earlier attempt that turns out to have paid before the next one went: the next never goes, and it is a finding', async () => {
  const { paymentId, refundId, findingId } = await closed();
  await resolve(findingId);

  await tell(refundId, 'SUCCESS');
  later(61);
  await send();

  expect(of(paymentId)).toHaveLength(1);
  expect(await read(paymentId)).toMatchObject({ refunds: [{ state: 'DONE' }], findings: [{ kind: 'REFUND_ABNORMAL' }, { kind: 'REFUND_CONTRADICTED', subject: refundId, state: 'OPEN' }] });
  expect([await entriesOf(refundId), await endsOf(refundId)]).toEqual([[{ kind: 'REFUND_SENT', fen: 400, attempt: null }], ['1 CLOSED', '1 DONE']]);
});

test('both attempts paid: what was owed is discharged once, what went too much is owed back by the payer, and nobody’s income bears it', async () => {
  const { paymentId, refundId, findingId } = await closed();
  const before = await paying.balances();
  await resolve(findingId);
  await send();
  await tell(`${refundId}-2`, 'SUCCESS');

  await tell(refundId, 'SUCCESS');
  await tell(refundId, 'SUCCESS');
  await tell(`${refundId}-2`, 'SUCCESS');

  expect(await entriesOf(refundId)).toEqual([{ kind: 'REFUND_SENT', fen: 400, attempt: null }, { kind: 'REFUND_AGAIN', fen: 400, attempt: 1 }]);
  expect((await read(paymentId)).findings.at(-1)).toEqual({ kind: 'REFUND_PAID_TWICE', subject: refundId, state: 'OPEN' });
  const after = await paying.balances();
  expect([after.OVERPAID! - (before.OVERPAID ?? 0), after.CLEARING! - before.CLEARING!, after.PAYABLE]).toEqual([400, -800, before.PAYABLE]);
  expect(await checkLedger(paying.database)).toMatchObject({ isSound: true, differences: [] });
});

test.each([['paid', 'SUCCESS', ['REFUND_SENT', 'REFUND_AGAIN']], ['closed', 'CLOSED', ['REFUND_SENT']]] as const)('an earlier attempt pays while the next is under way, which is then %s: it is followed to its end', async (_how, end, entries) => {
  const { refundId, findingId } = await closed();
  await resolve(findingId);
  await send();

  await tell(refundId, 'SUCCESS');
  expect(await paying.row('refund', refundId)).toMatchObject({ state: 'SENT', attempt: 2, paid_attempt: 1 });
  simulator.refunds.get(`${refundId}-2`)!.status = end;
  later(61);
  await send();

  expect(await paying.row('refund', refundId)).toMatchObject({ state: 'DONE', next_at: null });
  expect((await entriesOf(refundId)).map(entry => (entry as { kind: string }).kind)).toEqual(entries);
});

test('an earlier attempt pays while a sending’s answer is lost: nothing is sent again, and what the provider never heard of ends', async () => {
  const { paymentId, refundId, findingId } = await closed();
  await resolve(findingId);
  simulator.faults.error = { status: 500, code: 'SYSTEM_ERROR' };
  await send();
  simulator.behave();

  await tell(refundId, 'SUCCESS');
  expect(await paying.row('refund', refundId)).toMatchObject({ state: 'OWED', paid_attempt: 1 });
  later(5);
  await send();
  expect(await paying.row('refund', refundId)).toMatchObject({ state: 'OWED' });
  later(6);
  await send();

  expect(of(paymentId)).toHaveLength(1);
  expect(await paying.row('refund', refundId)).toMatchObject({ state: 'DONE', next_at: null });
  expect([await entriesOf(refundId), await endsOf(refundId)]).toEqual([[{ kind: 'REFUND_SENT', fen: 400, attempt: null }], ['1 CLOSED', '1 DONE']]);
});

test('an earlier attempt pays while the next is stuck: why that is stuck stays, and the payer is known to have the money', async () => {
  const { refundId, findingId } = await closed();
  await resolve(findingId);
  await send();
  await tell(`${refundId}-2`, 'ABNORMAL');

  await tell(refundId, 'SUCCESS');

  expect(await paying.row('refund', refundId)).toMatchObject({ state: 'ABNORMAL', attempt: 2, paid_attempt: 1, failure: 'ABNORMAL' });
  expect(await endsOf(refundId)).toEqual(['1 CLOSED', '2 ABNORMAL']);
  await tell(`${refundId}-2`, 'CLOSED');
  expect([await paying.row('refund', refundId), await endsOf(refundId)]).toMatchObject([{ state: 'DONE', failure: null }, ['1 CLOSED', '2 ABNORMAL', '1 DONE']]);
});

test('what was answered as settled elsewhere before it could be said by whose money is asked again where it is stuck, and nothing else', async () => {
  const [stuck, gone] = [await closed(), await closed()];
  await resolve(gone.findingId);
  for (const { refundId } of [stuck, gone]) await paying.database.query(`update refund set state = case state when 'CLOSED' then 'ABNORMAL' else state end where id = $1`, [refundId]);
  await paying.database.query(`update payment_finding set state = 'RESOLVED', resolution = 'SETTLED_ELSEWHERE', note = '已线下退付', resolved_at = recorded_at, resolved_by = 'operator' where id = $1`, [stuck.findingId]);
  const migrations = ['20261122000820-reopened-findings'];
  await paying.database.orm.migrator.down({ migrations });
  await paying.database.orm.migrator.up({ migrations });

  const stateOf = async (id: string): Promise<object[]> => paying.database.query('select state, resolution, note from payment_finding where id = $1', [id]);
  expect([await stateOf(stuck.findingId), await stateOf(gone.findingId)]).toMatchObject([[{ state: 'OPEN', resolution: null, note: null }], [{ state: 'RESOLVED', resolution: 'SENT_AGAIN' }]]);
});

test('success told of the very refund that was told closed discharges it, and is a finding', async () => {
  const { paymentId, refundId } = await closed();

  await tell(refundId, 'SUCCESS');

  expect(await read(paymentId)).toMatchObject({ refunds: [{ state: 'DONE', attempt: 1 }], findings: [{ kind: 'REFUND_ABNORMAL', state: 'OPEN' }, { kind: 'REFUND_CONTRADICTED', state: 'OPEN' }] });
  expect(await resolve(await findingOf(paying, refundId))).toMatchObject({ userErrors: [{ code: 'NOT_SENDABLE' }] });
});

test('a number of an attempt that was never made is nobody’s refund', async () => {
  const { refundId } = await closed();
  await paying.notify('wechat', simulator.refundNotice(refundId, { resource: { out_refund_no: `${refundId}-2`, refund_status: 'SUCCESS' } }));

  expect(await paying.database.query('select kind, payment_id from payment_finding where subject = $1', [`${refundId}-2`])).toEqual([{ kind: 'UNKNOWN_REFUND', payment_id: null }]);
  expect(await entriesOf(refundId)).toEqual([]);
});

test('what its provider refuses again and again is closed and a finding: it is sent again, or settled elsewhere, by somebody', async () => {
  const { paymentId, refundId } = await refundOwed(paying, payOrder);
  simulator.faults.error = { status: 400, code: 'REFUND_TOO_LATE' };
  for (let tries = 1; tries < 8; tries += 1) {
    await send();
    later(181);
  }
  expect(await read(paymentId)).toMatchObject({ refunds: [{ state: 'OWED', attemptCount: 7, failure: 'REFUND_TOO_LATE' }], findings: [] });

  await send();

  expect(await read(paymentId)).toMatchObject({ refunds: [{ state: 'CLOSED', failure: 'REFUND_TOO_LATE' }], findings: [{ kind: 'REFUND_ABNORMAL', subject: refundId, state: 'OPEN' }] });
  expect((await resolve(await findingOf(paying, refundId))).userErrors).toEqual([]);
});

test('rules: every attempt has a number of its own that providers take, and that leads back to it', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: MOST_ATTEMPTS }), attempt => {
    const id = newId('refund', 1_770_000_000_000);
    const number = refundNumberOf({ id, attempt });

    expect(number).toMatch(/^[\w\-|*@]{1,64}$/);
    expect(attemptOfNumber(number)).toEqual({ refundId: id, attempt });
  }));
  const id = newId('refund', 1_770_000_000_000);
  expect(['', 'rfd_', `${id}-1`, `${id}-0`, `${id}-02`, `${id}-100`, `${id}-`, `${id}-2-2`, ` ${id}`].map(attemptOfNumber)).toEqual(Array.from({ length: 9 }, () => null));
  expect(isClosedUnpaid({ kind: 'REFUND_ABNORMAL', subject: 'a' }, { number: 'a', state: 'CLOSED', attempt: 1, paidAttempt: 1 })).toBe(false);
});
