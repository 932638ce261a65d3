import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { refundCharge } from '../../src/billing/index.js';
import { isRefusal } from '../../src/kernel/index.js';
import { inUnit } from '../support/city.js';
import { READ, runPaymentJob, startPaying, type Paying } from './payment-city.js';
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

/** A charge of ten yuan that is paid and settled. */
async function settled(amountFen = 1_000): Promise<{ readonly chargeId: string; readonly paymentId: string }> {
  const chargeId = await paying.charge(amountFen);
  const { payment } = await paying.pay(chargeId);
  simulator.pay(payment.id);
  await paying.notify('wechat', simulator.paymentNotice(payment.id));
  return { chargeId, paymentId: payment.id };
}

async function owe(chargeId: string, amountFen: number): Promise<string> {
  const outcome = await inUnit(paying.city.scope, unit => refundCharge(unit, { chargeId, amountFen, reason: '取消预约' }));
  if (isRefusal(outcome)) throw new Error(outcome.problems[0].en);
  return outcome.value.refundId!;
}

const send = (on: Paying = paying): Promise<void> => runPaymentJob(on, 'send-refunds');
const later = (minutes: number): void => paying.server.services.clock.advance(minutes * 60_000);
const read = async (paymentId: string): Promise<any> => (await paying.ask(READ, { id: paymentId })).data.payment;
const of = (paymentId: string): SimulatedRefund[] => [...simulator.refunds.values()].filter(refund => refund.outTradeNo === paymentId);
const sentInLedger = (refundId: string): Promise<object[]> => paying.database.query(`select amount_fen::int as fen from ledger_transaction where refund_id = $1 and kind = 'REFUND_SENT'`, [refundId]);

test('a part of a payment is owed back, sent, told of and booked', async () => {
  const { chargeId, paymentId } = await settled();
  const refundId = await owe(chargeId, 300);
  expect(await read(paymentId)).toMatchObject({ refundedFen: 300, refunds: [{ id: refundId, amountFen: 300, state: 'OWED', attemptCount: 0 }] });

  await send();
  expect(await read(paymentId)).toMatchObject({ refunds: [{ state: 'SENT', attemptCount: 1 }] });
  expect(await sentInLedger(refundId)).toEqual([]);
  simulator.refunds.get(refundId)!.status = 'SUCCESS';
  expect((await paying.notify('wechat', simulator.refundNotice(refundId))).status).toBe(200);

  expect(await read(paymentId)).toMatchObject({ state: 'PAID', refundedFen: 300, refunds: [{ id: refundId, state: 'DONE', failure: null }] });
  expect(await sentInLedger(refundId)).toEqual([{ fen: 300 }]);
  expect(await paying.row('charge', chargeId)).toMatchObject({ state: 'PART_REFUNDED', refunded_fen: 300 });
});

test('a refund that nobody tells of is asked for', async () => {
  const { chargeId, paymentId } = await settled();
  const refundId = await owe(chargeId, 1_000);
  await send();
  later(2);
  await send();
  expect(await read(paymentId)).toMatchObject({ refunds: [{ state: 'SENT', attemptCount: 2 }] });

  simulator.refunds.get(refundId)!.status = 'SUCCESS';
  later(2);
  await send();

  expect(await read(paymentId)).toMatchObject({ refunds: [{ state: 'DONE', attemptCount: 3 }] });
  expect(await sentInLedger(refundId)).toEqual([{ fen: 1_000 }]);
});

test('parts of one payment go one a minute, each by its own number, together no more than was paid', async () => {
  const { chargeId, paymentId } = await settled();
  for (const part of [100, 200, 700]) await owe(chargeId, part);
  const over = await inUnit(paying.city.scope, unit => refundCharge(unit, { chargeId, amountFen: 1, reason: '再退' }));

  await send();
  expect(of(paymentId)).toHaveLength(1);
  await send();
  expect(of(paymentId)).toHaveLength(1);
  later(1.1);
  await send();
  expect(of(paymentId)).toHaveLength(2);
  later(1.1);
  await send();

  expect(isRefusal(over)).toBe(true);
  expect(of(paymentId).map(refund => refund.amount).toSorted((a, b) => a - b)).toEqual([100, 200, 700]);
  expect(new Set(of(paymentId).map(refund => refund.outRefundNo)).size).toBe(3);
  expect((await read(paymentId)).refundedFen).toBe(1_000);
});

test('killed between the provider and our commit: the same number is sent again, and the payer gets it once', async () => {
  const { chargeId, paymentId } = await settled();
  const refundId = await owe(chargeId, 400);
  simulator.faults.losesAnswers = true;
  await send();
  expect(await read(paymentId)).toMatchObject({ refunds: [{ state: 'OWED', failure: 'NETWORK', attemptCount: 1 }] });

  simulator.behave();
  await send();
  expect(of(paymentId)).toHaveLength(1);
  later(1);
  await send();

  expect(of(paymentId).map(({ outRefundNo, amount }) => ({ outRefundNo, amount }))).toEqual([{ outRefundNo: refundId, amount: 400 }]);
  expect(await read(paymentId)).toMatchObject({ refunds: [{ state: 'SENT', attemptCount: 2 }] });
});

test('a provider that is away is tried again, ever more seldom, and the money stays owed', async () => {
  const { chargeId, paymentId } = await settled();
  await owe(chargeId, 500);
  simulator.faults.error = { status: 403, code: 'NOT_ENOUGH' };
  const attempts = async (): Promise<number> => (await read(paymentId)).refunds[0].attemptCount;

  for (const minutes of [0, 1, 2, 5]) {
    later(minutes);
    await send();
  }
  expect(await attempts()).toBe(4);
  later(9);
  await send();
  expect(await attempts()).toBe(4);
  expect(await read(paymentId)).toMatchObject({ refunds: [{ state: 'OWED', failure: 'NOT_ENOUGH' }] });

  simulator.behave();
  later(1);
  await send();
  expect(await read(paymentId)).toMatchObject({ refunds: [{ state: 'SENT', attemptCount: 5 }] });
});

test('a notification may come before the answer to its own sending', async () => {
  const { chargeId, paymentId } = await settled();
  const refundId = await owe(chargeId, 500);
  simulator.faults.losesAnswers = true;
  await send();
  simulator.behave();
  simulator.refunds.get(refundId)!.status = 'SUCCESS';

  await paying.notify('wechat', simulator.refundNotice(refundId));
  later(2);
  await send();

  expect(await read(paymentId)).toMatchObject({ refunds: [{ state: 'DONE', attemptCount: 1 }] });
  expect(await sentInLedger(refundId)).toEqual([{ fen: 500 }]);
});

test('two servers that send at once send one', async () => {
  const { chargeId, paymentId } = await settled();
  const refundId = await owe(chargeId, 500);

  await Promise.all([send(), send(beside ?? paying)]);

  expect(await read(paymentId)).toMatchObject({ refunds: [{ id: refundId, state: 'SENT', attemptCount: 1 }] });
  expect(of(paymentId)).toHaveLength(1);
});

test('twenty notifications of a refund at once book it once', async () => {
  const { chargeId } = await settled();
  const refundId = await owe(chargeId, 500);
  await send();
  simulator.refunds.get(refundId)!.status = 'SUCCESS';
  const servers = beside ? [paying, beside] : [paying];

  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => servers[i % servers.length]!.notify('wechat', simulator.refundNotice(refundId))));

  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
  expect(await sentInLedger(refundId)).toEqual([{ fen: 500 }]);
});

test('a refund that is stuck is told of as a finding, and ends when the provider’s staff have seen to it', async () => {
  const { chargeId, paymentId } = await settled();
  const refundId = await owe(chargeId, 500);
  await send();
  simulator.refunds.get(refundId)!.status = 'ABNORMAL';
  await paying.notify('wechat', simulator.refundNotice(refundId));
  expect(await read(paymentId)).toMatchObject({ refunds: [{ state: 'ABNORMAL', failure: 'ABNORMAL' }], findings: [{ kind: 'REFUND_ABNORMAL', times: 1 }] });

  simulator.refunds.get(refundId)!.status = 'SUCCESS';
  later(61);
  await send();

  expect(await read(paymentId)).toMatchObject({ refunds: [{ state: 'DONE' }] });
  expect(await sentInLedger(refundId)).toEqual([{ fen: 500 }]);
});

test('a refund that was stuck, worked off and is then closed by its provider is a finding anew: the payer has nothing yet', async () => {
  const { chargeId, paymentId } = await settled();
  const refundId = await owe(chargeId, 500);
  await send();
  const tell = (status: 'ABNORMAL' | 'CLOSED') => {
    simulator.refunds.get(refundId)!.status = status;
    return paying.notify('wechat', simulator.refundNotice(refundId));
  };
  await tell('ABNORMAL');
  await paying.database.query(`update payment_finding set state = 'RESOLVED', resolution = 'NOTHING_TO_DO', note = '支付平台处理中', resolved_at = recorded_at, resolved_by = 'finance' where subject = $1`, [refundId]);

  await tell('CLOSED');

  expect(await paying.database.query(`select state, details ->> 'state' as told from payment_finding where subject = $1 order by told`, [refundId])).toEqual([{ state: 'RESOLVED', told: 'ABNORMAL' }, { state: 'OPEN', told: 'CLOSED' }]);
  expect(await read(paymentId)).toMatchObject({ refunds: [{ state: 'CLOSED' }] });
});

test('a refund of another amount, or of no refund of ours, is a finding and books nothing', async () => {
  const { chargeId, paymentId } = await settled();
  const refundId = await owe(chargeId, 500);
  await send();
  simulator.refunds.get(refundId)!.status = 'SUCCESS';

  await paying.notify('wechat', simulator.refundNotice(refundId, { resource: { amount: { total: 1_000, refund: 400 } } }));
  await paying.notify('wechat', simulator.refundNotice(refundId, { resource: { out_refund_no: 'rfd_somebody_elses' } }));

  expect(await read(paymentId)).toMatchObject({ refunds: [{ state: 'SENT' }], findings: [{ kind: 'REFUND_MISMATCH', times: 1 }] });
  expect(await paying.database.query(`select kind from payment_finding where subject = 'rfd_somebody_elses'`)).toEqual([{ kind: 'UNKNOWN_REFUND' }]);
  expect(await sentInLedger(refundId)).toEqual([]);
});

test('money that no charge asked for goes back by the same way, and the clearing account is even', async () => {
  const { chargeId } = await settled();
  const second = await inUnit(paying.city.scope, async unit => {
    await unit.query(`insert into payment (city, id, charge_id, provider, way, amount_fen, state, expires_at, created_at, created_by) select city, 'pay_00000000000000000000000009', charge_id, provider, way, 700, 'CLOSED', expires_at, created_at, created_by from payment where charge_id = $1`, [chargeId]);
    return 'pay_00000000000000000000000009';
  });
  simulator.orders.set(second, { ...simulator.orders.get([...simulator.orders.keys()].at(-1)!)!, outTradeNo: second, total: 700, state: 'NOTPAY', transactionId: null });
  simulator.pay(second);
  const before = (await paying.balances()).CLEARING;

  await paying.notify('wechat', simulator.paymentNotice(second));
  await send();
  const [back] = of(second);
  back!.status = 'SUCCESS';
  await paying.notify('wechat', simulator.refundNotice(back!.outRefundNo));

  expect(back!.amount).toBe(700);
  expect(await read(second)).toMatchObject({ state: 'PAID', refundedFen: 700, refunds: [{ state: 'DONE', amountFen: 700 }] });
  expect((await paying.balances()).CLEARING).toBe(before);
});
