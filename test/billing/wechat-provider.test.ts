import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { ConfigurationError, ManualClock, openLog, readConfiguration } from '../../src/platform/index.js';
import { wechatProvider } from '../../src/billing/payments/wechat-provider.js';
import type { PaymentProvider } from '../../src/billing/payments/provider.js';
import { TEST_NOW } from '../support/scope.js';
import { WechatSimulator, isOurs } from './wechat-simulator.js';

const clock = new ManualClock(TEST_NOW);
const simulator = new WechatSimulator(clock);
let environment: Record<string, string>;
let provider: PaymentProvider;

beforeAll(async () => {
  environment = await simulator.open();
  const read = readConfiguration(environment);
  const account = {
    merchantId: read.WECHAT_PAY_MERCHANT_ID!, appId: read.WECHAT_PAY_APP_ID!, merchantSerial: read.WECHAT_PAY_MERCHANT_SERIAL!, merchantKey: createPrivateKey(read.WECHAT_PAY_MERCHANT_KEY!),
    publicKeyId: read.WECHAT_PAY_PUBLIC_KEY_ID!, publicKey: createPublicKey(read.WECHAT_PAY_PUBLIC_KEY!), apiV3Key: Buffer.from(read.WECHAT_PAY_API_KEY!),
  };
  provider = wechatProvider({ account, baseUrl: read.WECHAT_PAY_URL, timeoutMs: 300, clock, log: openLog({ level: 'silent' }) }, 'https://parking.example/payments/wechat/notifications');
});
afterEach(() => simulator.behave());
afterAll(() => simulator.close());

let count = 0;
const order = (told: object = {}) => ({ orderNumber: `pay_test_${++count}`, amountFen: 1_250, description: '中骏商城 停车费', expiresAt: clock.now() + 900_000, way: 'NATIVE' as const, payerOpenId: null, ...told });

test('a payment is opened, asked for, paid and told of, every message signed by both sides', async () => {
  const asked = order();

  const opened = await provider.createPayment(asked);
  const before = await provider.queryPayment(asked.orderNumber);
  const { transactionId, paidAt } = simulator.pay(asked.orderNumber);
  const after = await provider.queryPayment(asked.orderNumber);

  expect(opened).toEqual({ kind: 'DONE', value: { codeUrl: `weixin://wxpay/bizpayurl?pr=${asked.orderNumber.slice(-8)}`, parameters: null } });
  expect(before).toEqual({ kind: 'DONE', value: { orderNumber: asked.orderNumber, state: 'PENDING', amountFen: null, currency: null, isOurs: true, reference: null, paidAt: null } });
  expect(after).toEqual({ kind: 'DONE', value: { orderNumber: asked.orderNumber, state: 'PAID', amountFen: 1_250, currency: 'CNY', isOurs: true, reference: transactionId, paidAt } });
});

test('opening the same order again answers the same, and another one under its number is refused', async () => {
  const asked = order();

  const first = await provider.createPayment(asked);
  const again = await provider.createPayment(asked);
  const other = await provider.createPayment({ ...asked, amountFen: 1 });

  expect(again).toEqual(first);
  expect(other).toEqual({ kind: 'REFUSED', code: 'OUT_TRADE_NO_USED', message: 'OUT_TRADE_NO_USED' });
});

test('a payment in the app comes with parameters that only the merchant can have signed', async () => {
  const asked = order({ way: 'JSAPI', payerOpenId: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' });

  const opened = await provider.createPayment(asked);

  if (opened.kind !== 'DONE') throw new Error(opened.code);
  expect(opened.value.codeUrl).toBeNull();
  expect(isOurs(opened.value.parameters!)).toBe(true);
  expect(isOurs({ ...opened.value.parameters!, package: 'prepay_id=another' })).toBe(false);
  expect(simulator.orders.get(asked.orderNumber)!.openId).toBe('oUpF8uMuAJO_M2pxb1Q9zNjWeS6o');
});

test('an order is closed once, and not where its payer was faster', async () => {
  const [closed, paid] = [order(), order()];
  await provider.createPayment(closed);
  await provider.createPayment(paid);
  simulator.pay(paid.orderNumber);

  expect(await provider.closePayment(closed.orderNumber)).toEqual({ kind: 'DONE', value: null });
  expect(await provider.closePayment(paid.orderNumber)).toMatchObject({ kind: 'REFUSED', code: 'ORDER_PAID' });
  expect(await provider.closePayment('pay_never_opened')).toEqual({ kind: 'NOT_FOUND', code: 'ORDER_NOT_EXIST' });
});

test('a refund is one refund however often it is asked for, and no more than was paid', async () => {
  const asked = order();
  await provider.createPayment(asked);
  simulator.pay(asked.orderNumber);
  const refund = { refundNumber: `rfd_${count}`, orderNumber: asked.orderNumber, reference: null, amountFen: 1_000, totalFen: 1_250, reason: '取消预约' };

  const first = await provider.refund(refund);
  const again = await provider.refund(refund);
  const tooMuch = await provider.refund({ ...refund, refundNumber: `${refund.refundNumber}_2`, amountFen: 251 });

  expect(first).toMatchObject({ kind: 'DONE', value: { state: 'PROCESSING', amountFen: 1_000, refundNumber: refund.refundNumber } });
  expect(again).toEqual(first);
  expect(tooMuch.kind).toBe('REFUSED');
  expect(await provider.queryRefund('rfd_unknown')).toEqual({ kind: 'NOT_FOUND', code: 'RESOURCE_NOT_EXISTS' });
  expect([...simulator.refunds.values()].filter(each => each.outTradeNo === asked.orderNumber)).toHaveLength(1);
});

test('of an order that was paid twice the transaction is named that is given back', async () => {
  const asked = order();
  await provider.createPayment(asked);
  const { transactionId: reference } = simulator.payAgain(asked.orderNumber, 700);
  const refund = { refundNumber: `rfd_${count}`, orderNumber: asked.orderNumber, reference, amountFen: 700, totalFen: 700, reason: '重复付款' };

  expect(await provider.refund(refund)).toMatchObject({ kind: 'DONE', value: { orderNumber: asked.orderNumber, amountFen: 700 } });
  expect(await provider.refund({ ...refund, refundNumber: `${refund.refundNumber}_2`, reference: '4200000000000000000000000000' })).toMatchObject({ kind: 'NOT_FOUND' });
  expect([...simulator.refunds.values()].filter(each => each.outTradeNo === asked.orderNumber).map(({ transactionId }) => transactionId)).toEqual([reference]);
});

test.each([
  ['an answer without a signature', { isUnsigned: true }, 'UNSIGNED_200'],
  ['an answer signed by somebody else', { isForging: true }, 'UNSIGNED_200'],
  ['an answer that was changed on the way', { isGarbling: true }, 'UNSIGNED_200'],
  ['an answer that was lost', { losesAnswers: true }, 'NETWORK'],
  ['an answer that does not come', { isHanging: true }, 'TIMEOUT'],
  ['a platform that is busy', { error: { status: 429, code: 'FREQUENCY_LIMITED' } }, 'FREQUENCY_LIMITED'],
  ['a platform that fails', { error: { status: 500, code: 'SYSTEM_ERROR' } }, 'SYSTEM_ERROR'],
] as const)('%s decides nothing', async (_what, faults, code) => {
  const asked = order();
  await provider.createPayment(asked);
  simulator.pay(asked.orderNumber);
  Object.assign(simulator.faults, faults);

  expect(await provider.queryPayment(asked.orderNumber)).toEqual({ kind: 'UNAVAILABLE', code });
});

test('a refusal that is not signed decides nothing either: nobody ends a payment by forging one', async () => {
  Object.assign(simulator.faults, { isUnsigned: true, error: { status: 403, code: 'NO_AUTH' } });

  expect(await provider.createPayment(order())).toEqual({ kind: 'UNAVAILABLE', code: 'UNSIGNED_403' });
});

test('our own clock, five minutes off, takes no answer for good', async () => {
  const asked = order();
  await provider.createPayment(asked);
  clock.advance(301_000);
  simulator.follow({ now: () => clock.now() - 301_000 });

  expect((await provider.queryPayment(asked.orderNumber)).kind).toBe('UNAVAILABLE');

  simulator.follow(clock);
  expect((await provider.queryPayment(asked.orderNumber)).kind).toBe('DONE');
});

test('half an account, one without an address for its notifications, and play money beside it are refused at the start, and no key is quoted', () => {
  const problemsOf = (told: Record<string, string>): readonly string[] => {
    try {
      readConfiguration(told);
      return [];
    } catch (error) {
      return (error as ConfigurationError).problems;
    }
  };
  const { PUBLIC_URL: _url, WECHAT_PAY_API_KEY: _key, ...half } = environment;

  expect(problemsOf(environment)).toEqual([]);
  expect(problemsOf(half)).toEqual([
    'WECHAT_PAY_API_KEY 须与 WECHAT_PAY_MERCHANT_ID 一并设置 / WECHAT_PAY_API_KEY is needed with WECHAT_PAY_MERCHANT_ID',
    'PUBLIC_URL 须与 WECHAT_PAY_MERCHANT_ID 一并设置：支付通知送到这里 / PUBLIC_URL is needed with WECHAT_PAY_MERCHANT_ID: notifications of payments come to it',
  ]);
  expect(problemsOf({ ...environment, LOCAL_PAYMENTS: 'true' })).toEqual(['LOCAL_PAYMENTS 与 WECHAT_PAY_MERCHANT_ID 不能并存，请保留其一 / LOCAL_PAYMENTS and WECHAT_PAY_MERCHANT_ID exclude each other: keep one']);
  expect(problemsOf({ ...environment, WECHAT_PAY_MERCHANT_KEY: 'not a key', WECHAT_PAY_API_KEY: 'too short' })[0]).toBe('WECHAT_PAY_MERCHANT_KEY 须为私钥的 PEM，或其 base64 / must be a private key in PEM, or that in base64');
});
