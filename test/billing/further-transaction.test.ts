import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { checkLedger } from '../../src/billing/ledger-check.js';
import { markUnpaidCharges } from '../../src/billing/mark-unpaid.js';
import { findingOf, runPaymentJob, startPaying, type Paying } from './payment-city.js';
import { WechatSimulator, type SimulatedRefund } from './wechat-simulator.js';

const simulator = new WechatSimulator({ now: () => paying.server.services.clock.now() });
let paying: Paying;

beforeAll(async () => {
  paying = await startPaying({ environment: await simulator.open() });
}, 120_000);
afterEach(() => simulator.behave());
afterAll(async () => {
  await paying.close();
  await simulator.close();
});

const READ = 'query($id: ID!) { charge(id: $id) { state paidFen refundedFen payments { id orderNumber state amountFen refundedFen refunds { amountFen state } } } }';
const read = async (chargeId: string): Promise<any> => (await paying.ask(READ, { id: chargeId })).data.charge;
const giveBack = (findingId: string): Promise<any> => paying.resolve(findingId, { resolution: 'GIVEN_BACK' });
const refundsOf = (paymentId: string): SimulatedRefund[] => [...simulator.refunds.values()].filter(refund => refund.outTradeNo === paymentId);

/** An order of 1,000 fen, of whose first transaction WeChat tells that as much came. */
async function paidOnce(toldFen = 1_000): Promise<{ readonly chargeId: string; readonly paymentId: string; readonly transactionId: string }> {
  const chargeId = await paying.charge(1_000);
  const { payment } = await paying.pay(chargeId);
  const { transactionId } = simulator.pay(payment.id);
  if (toldFen !== 1_000) Object.assign(simulator.orders.get(payment.id)!, { total: toldFen });
  await paying.notify('wechat', simulator.paymentNotice(payment.id));
  return { chargeId, paymentId: payment.id, transactionId: transactionId! };
}

/** The payer pays the order once more; what was found of it. */
async function paidAgain(paymentId: string, totalFen: number): Promise<{ readonly transactionId: string; readonly findingId: string }> {
  // Findings are read in the order of their time.
  paying.server.services.clock.advance(10);
  const { notice, transactionId } = simulator.payAgain(paymentId, totalFen);
  expect((await paying.notify('wechat', notice)).status).toBe(200);
  return { transactionId, findingId: await findingOf(paying, paymentId) };
}

/** Sends what is owed and has it arrive. */
async function sendBack(paymentId: string): Promise<void> {
  paying.server.services.clock.advance(60_000);
  await runPaymentJob(paying, 'send-refunds');
  for (const refund of refundsOf(paymentId)) {
    refund.status = 'SUCCESS';
    expect((await paying.notify('wechat', simulator.refundNotice(refund.outRefundNo))).status).toBe(200);
  }
}

test('P6: a second transaction of an order that was paid is given back by its provider, once, though eight people say so at once; the first stays the payment', async () => {
  const { chargeId, paymentId } = await paidOnce();
  const { findingId, transactionId } = await paidAgain(paymentId, 1_000);
  const before = await paying.balances();

  const answers = await Promise.all(Array.from({ length: 8 }, () => giveBack(findingId)));
  await sendBack(paymentId);

  expect(answers.filter(({ finding }) => finding !== null)).toMatchObject([{ finding: { state: 'RESOLVED', resolution: 'GIVEN_BACK', refundId: expect.any(String) }, userErrors: [] }]);
  expect(refundsOf(paymentId)).toMatchObject([{ transactionId, amount: 1_000 }]);
  const { payments, ...charge } = await read(chargeId);
  expect(charge).toEqual({ state: 'PAID', paidFen: 2_000, refundedFen: 1_000 });
  expect(payments).toEqual([
    { id: paymentId, orderNumber: paymentId, state: 'PAID', amountFen: 1_000, refundedFen: 0, refunds: [] },
    { id: expect.any(String), orderNumber: paymentId, state: 'PAID', amountFen: 1_000, refundedFen: 1_000, refunds: [{ amountFen: 1_000, state: 'DONE' }] },
  ]);
  expect(await paying.database.query('select actor_id as actor, details from audit_entry where action = $1 and object_id = $2', ['payment:further', payments[1].id])).toEqual([
    { actor: 'finance', details: { orderOf: paymentId, chargeId, amountFen: 1_000, paidAt: expect.any(Number) } },
  ]);
  expect(await paying.balances()).toEqual(before);
  expect(await checkLedger(paying.database)).toMatchObject({ isSound: true, differences: [] });
});

test.each([['in their order', false], ['the second before the first', true]])('two transactions of one order, neither as it was asked for, are both given back, each by its own number: %s', async (_how, isReversed) => {
  const { chargeId, paymentId, transactionId } = await paidOnce(999);
  const first = await findingOf(paying, paymentId);
  const second = await paidAgain(paymentId, 998);

  for (const findingId of isReversed ? [second.findingId, first] : [first, second.findingId]) expect((await giveBack(findingId)).userErrors).toEqual([]);
  await sendBack(paymentId);
  await sendBack(paymentId);

  expect(new Map(refundsOf(paymentId).map(refund => [refund.transactionId, refund.amount]))).toEqual(new Map([[transactionId, 999], [second.transactionId, 998]]));
  const { payments, ...charge } = await read(chargeId);
  expect(charge).toEqual({ state: 'OPEN', paidFen: 1_997, refundedFen: 1_997 });
  expect(payments.map(({ refunds }: any) => refunds.map(({ state }: any) => state))).toEqual([['DONE'], ['DONE']]);
  expect(await checkLedger(paying.database)).toMatchObject({ isSound: true, differences: [] });
});

test('where the first was given back, the second is taken as the payment; while it is in dispute the charge does not fall due', async () => {
  const { chargeId, paymentId } = await paidOnce(999);
  const first = await findingOf(paying, paymentId);
  const { findingId } = await paidAgain(paymentId, 999);
  expect((await giveBack(first)).userErrors).toEqual([]);
  paying.server.services.clock.advance(48 * 3_600_000);
  await markUnpaidCharges(paying.server.services);
  expect((await read(chargeId)).state).toBe('OPEN');

  expect((await paying.resolve(findingId, { resolution: 'TAKEN' })).userErrors).toEqual([]);

  expect(await read(chargeId)).toMatchObject({ state: 'PAID', paidFen: 1_998, refundedFen: 999, payments: [{ refundedFen: 999 }, { amountFen: 999, refundedFen: 0, refunds: [] }] });
  expect(await checkLedger(paying.database)).toMatchObject({ isSound: true, differences: [] });
});

test('what is told of a transaction that is booked already is no further money: nothing can be given back of it, and nothing is written', async () => {
  const { paymentId } = await paidOnce();
  const { findingId, transactionId } = await paidAgain(paymentId, 1_000);
  await giveBack(findingId);
  paying.server.services.clock.advance(10);
  await paying.notify('wechat', simulator.paymentNotice(paymentId, { resource: { transaction_id: transactionId, amount: { total: 999, currency: 'CNY' } } }));
  const other = await findingOf(paying, paymentId);
  const before = await paying.counts();

  expect(await giveBack(other)).toMatchObject({ finding: null, userErrors: [{ code: 'NOT_RETURNABLE' }] });
  expect(await giveBack(findingId)).toMatchObject({ finding: null, userErrors: [{ code: 'ILLEGAL_TRANSITION' }] });
  expect(await paying.resolve(other, { resolution: 'TAKEN' })).toMatchObject({ finding: null, userErrors: [{ code: 'NOT_TAKEABLE' }] });
  expect(await paying.counts()).toEqual(before);
});

test.each([
  ['in another currency', { amount: { total: 1_000, currency: 'HKD' } }, 'CURRENCY_MISMATCH'],
  ['into another account', { mchid: '1900000110' }, 'FOREIGN_ACCOUNT'],
] as const)('a second transaction %s is none of ours to give back: and nothing is written', async (_how, resource, kind) => {
  const { paymentId } = await paidOnce();
  await paying.notify('wechat', simulator.paymentNotice(paymentId, { resource: { transaction_id: `4200000000${kind.length}`, ...resource } }));
  const findingId = await findingOf(paying, paymentId, kind);
  const before = await paying.counts();

  expect(await giveBack(findingId)).toMatchObject({ finding: null, userErrors: [{ code: 'NOT_RETURNABLE' }] });

  expect(await paying.counts()).toEqual(before);
});

test('the refund of a further transaction that its provider closed is a finding, and is sent again like any other', async () => {
  const { paymentId } = await paidOnce();
  const { findingId, transactionId } = await paidAgain(paymentId, 1_000);
  const { finding: { refundId } } = await giveBack(findingId);
  await runPaymentJob(paying, 'send-refunds');
  simulator.refunds.get(refundId)!.status = 'CLOSED';
  await paying.notify('wechat', simulator.refundNotice(refundId));

  expect((await paying.resolve(await findingOf(paying, refundId), { resolution: 'SENT_AGAIN' })).userErrors).toEqual([]);
  await runPaymentJob(paying, 'send-refunds');

  expect(refundsOf(paymentId).map(refund => [refund.outRefundNo, refund.transactionId])).toEqual([[refundId, transactionId], [`${refundId}-2`, transactionId]]);
  expect(await paying.row('refund', refundId)).toMatchObject({ state: 'SENT', attempt: 2 });
});
