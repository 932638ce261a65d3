import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { refundCharge } from '../../src/billing/index.js';
import { isRefusal } from '../../src/kernel/index.js';
import { inUnit } from '../support/city.js';
import { runPaymentJob, startPaying, type Paying } from './payment-city.js';
import { WechatSimulator } from './wechat-simulator.js';

const simulator = new WechatSimulator({ now: () => paying.server.services.clock.now() });
let paying: Paying;

beforeAll(async () => {
  paying = await startPaying({ environment: await simulator.open() });
}, 120_000);
afterEach(() => {
  simulator.behave();
  simulator.onCall = () => undefined;
});
afterAll(async () => {
  await paying.close();
  await simulator.close();
});

const ask = (): Promise<void> => runPaymentJob(paying, 'ask-payments');
const later = (seconds: number): void => paying.server.services.clock.advance(seconds * 1_000);
const orderOf = (paymentId: string): string => simulator.orders.get(paymentId)!.state;
const stateOf = async (paymentId: string): Promise<string> => (await paying.row('payment', paymentId)).state;

/** A charge of 1,000 fen with an open order. */
async function begun(): Promise<{ readonly chargeId: string; readonly paymentId: string }> {
  const chargeId = await paying.charge(1_000);
  return { chargeId, paymentId: (await paying.pay(chargeId)).payment.id };
}

async function takeOff(chargeId: string, amountFen: number): Promise<void> {
  const outcome = await inUnit(paying.city.scope, unit => refundCharge(unit, { chargeId, amountFen, reason: '取消预约' }));
  if (isRefusal(outcome)) throw new Error(outcome.problems[0].en);
}

test.each([['lessened', 400], ['voided', 1_000]])('a charge that is %s has its open order closed at the provider, by the job and not in its transaction', async (_how, amountFen) => {
  const { chargeId, paymentId } = await begun();
  const calls = simulator.calls.length;

  await takeOff(chargeId, amountFen);
  expect([simulator.calls.length, orderOf(paymentId)]).toEqual([calls, 'NOTPAY']);
  await ask();

  expect([orderOf(paymentId), await stateOf(paymentId)]).toEqual(['CLOSED', 'CLOSED']);
});

test('what asks for as much as is owed is left alone', async () => {
  const { paymentId } = await begun();
  later(16);
  await ask();

  expect([orderOf(paymentId), await stateOf(paymentId)]).toEqual(['NOTPAY', 'PENDING']);
});

test('who was faster has paid: what is still owed is kept, and the rest goes back', async () => {
  const { chargeId, paymentId } = await begun();
  await takeOff(chargeId, 400);
  simulator.pay(paymentId);
  await ask();

  expect(await paying.row('charge', chargeId)).toMatchObject({ state: 'PAID', paid_fen: 600 });
  expect(await paying.row('payment', paymentId)).toMatchObject({ state: 'PAID', refunded_fen: 400 });
});

test('a provider that is away, or whose answer is lost, is asked again until the order is closed', async () => {
  const { chargeId, paymentId } = await begun();
  await takeOff(chargeId, 400);
  simulator.faults.error = { status: 500, code: 'SYSTEM_ERROR' };
  await ask();
  expect(orderOf(paymentId)).toBe('NOTPAY');

  simulator.behave();
  simulator.onCall = call => {
    simulator.faults.losesAnswers = call.endsWith('/close');
  };
  later(15);
  await ask();
  expect([orderOf(paymentId), await stateOf(paymentId)]).toEqual(['CLOSED', 'PENDING']);
  simulator.onCall = () => undefined;
  simulator.behave();
  later(60);
  await ask();

  expect(await stateOf(paymentId)).toBe('CLOSED');
});

test('a charge that is lessened while its order is being asked for is asked for again at once', async () => {
  const { chargeId, paymentId } = await begun();
  later(16);
  let lessened: Promise<void> | null = null;
  simulator.onCall = () => {
    lessened ??= takeOff(chargeId, 400);
  };
  await ask();
  await lessened;
  await ask();

  expect(orderOf(paymentId)).toBe('CLOSED');
});
