import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import { ORDER_PAID, type Answer, type Notification, type PayInstructions, type PaymentProvider, type PaymentReport, type RawNotification, type Reading, type RefundReport } from './provider.js';
import { callWechat, type WechatEndpoint } from './wechat-client.js';
import { codeUrlSchema, envelopeSchema, parseAs, prepaySchema, refundNoticeSchema, refundSchema, transactionSchema, type Transaction } from './wechat-messages.js';
import { flawOfMessage, openResource, signLines, type WechatAccount } from './wechat-signature.js';

/** WeChat Pay APIv3 in public-key mode, for a merchant of its own: scan (NATIVE) and in the app (JSAPI). */
export function wechatProvider(endpoint: WechatEndpoint, notifyUrl: string): PaymentProvider {
  const { account, clock } = endpoint;
  return {
    name: 'wechat',
    ways: ['NATIVE', 'JSAPI'],
    async createPayment(order) {
      const body = {
        appid: account.appId,
        mchid: account.merchantId,
        description: order.description.slice(0, 127),
        out_trade_no: order.orderNumber,
        time_expire: chineseTime(order.expiresAt),
        notify_url: notifyUrl,
        amount: { total: order.amountFen, currency: 'CNY' },
      };
      if (order.way === 'NATIVE') {
        const answer = await callWechat(endpoint, { name: 'native', method: 'POST', path: '/v3/pay/transactions/native', body, answer: codeUrlSchema });
        return mapped(answer, ({ code_url }): PayInstructions => ({ codeUrl: code_url, parameters: null }));
      }
      const answer = await callWechat(endpoint, { name: 'jsapi', method: 'POST', path: '/v3/pay/transactions/jsapi', body: { ...body, payer: { openid: order.payerOpenId } }, answer: prepaySchema });
      return mapped(answer, ({ prepay_id }): PayInstructions => ({ codeUrl: null, parameters: walletParameters(account, prepay_id, clock.now()) }));
    },
    async queryPayment(orderNumber) {
      const path = `/v3/pay/transactions/out-trade-no/${encodeURIComponent(orderNumber)}?mchid=${account.merchantId}`;
      return mapped(await callWechat(endpoint, { name: 'query', method: 'GET', path, answer: transactionSchema }), told => paymentReport(account, told));
    },
    async closePayment(orderNumber) {
      const path = `/v3/pay/transactions/out-trade-no/${encodeURIComponent(orderNumber)}/close`;
      const answer = await callWechat(endpoint, { name: 'close', method: 'POST', path, body: { mchid: account.merchantId }, answer: null });
      if (answer.kind === 'REFUSED' && answer.code === 'ORDERPAID') return { ...answer, code: ORDER_PAID };
      // Closing twice is closing once.
      if (answer.kind === 'REFUSED' && (answer.code === 'ORDER_CLOSED' || answer.code === 'ORDERCLOSED')) return { kind: 'DONE', value: null };
      return mapped(answer, () => null);
    },
    async refund(order) {
      const body = {
        // One of the two names what is given back.
        ...(order.reference === null ? { out_trade_no: order.orderNumber } : { transaction_id: order.reference }),
        out_refund_no: order.refundNumber,
        reason: order.reason.slice(0, 80),
        notify_url: notifyUrl,
        amount: { refund: order.amountFen, total: order.totalFen, currency: 'CNY' },
      };
      return mapped(await callWechat(endpoint, { name: 'refund', method: 'POST', path: '/v3/refund/domestic/refunds', body, answer: refundSchema }), refundReport);
    },
    async queryRefund(refundNumber) {
      const path = `/v3/refund/domestic/refunds/${encodeURIComponent(refundNumber)}`;
      return mapped(await callWechat(endpoint, { name: 'query-refund', method: 'GET', path, answer: refundSchema }), refundReport);
    },
    readNotification: (raw, now) => readNotification(account, raw, now),
    reply(verdict) {
      if (verdict === 'TAKEN') return { status: 200, body: '{"code":"SUCCESS","message":"成功"}' };
      return { status: { FORGED: 401, MALFORMED: 400, LATER: 503 }[verdict], body: '{"code":"FAIL","message":"失败"}' };
    },
  };
}

function mapped<A, B>(answer: Answer<A>, map: (value: A) => B): Answer<B> {
  return answer.kind === 'DONE' ? { kind: 'DONE', value: map(answer.value) } : answer;
}

function readNotification(account: WechatAccount, raw: RawNotification, now: number): Reading {
  const flaw = flawOfMessage(account, raw, now);
  if (flaw !== null) return { kind: 'FORGED', reason: flaw };
  const envelope = parseAs(envelopeSchema, raw.body.toString('utf8'));
  if (envelope === null) return { kind: 'MALFORMED', reason: 'the envelope is not as documented' };
  const plain = openResource(account, envelope.resource);
  if (plain === null) return { kind: 'MALFORMED', reason: 'the resource does not open' };
  const subject = subjectOf(account, envelope.event_type, plain);
  if (subject === null) return { kind: 'MALFORMED', reason: 'the resource is not as documented' };
  return { kind: 'GENUINE', notification: { id: envelope.id, eventType: envelope.event_type, subject } };
}

function subjectOf(account: WechatAccount, eventType: string, plain: string): Notification['subject'] | null {
  if (eventType.startsWith('TRANSACTION.')) {
    const told = parseAs(transactionSchema, plain);
    return told && { kind: 'PAYMENT', report: paymentReport(account, told) };
  }
  if (eventType.startsWith('REFUND.')) {
    const told = parseAs(refundNoticeSchema, plain);
    // A refund of another account's order can't have a number of ours; it is passed over like any other matter.
    if (told && told.mchid !== account.merchantId) return { kind: 'OTHER' };
    return told && { kind: 'REFUND', report: refundReport({ ...told, status: told.refund_status }) };
  }
  return { kind: 'OTHER' };
}

const STATES = { SUCCESS: 'PAID', REFUND: 'PAID', NOTPAY: 'PENDING', USERPAYING: 'PENDING', CLOSED: 'CLOSED', REVOKED: 'CLOSED', PAYERROR: 'FAILED' } as const;

function paymentReport(account: WechatAccount, told: Transaction): PaymentReport {
  return {
    orderNumber: told.out_trade_no,
    state: STATES[told.trade_state],
    amountFen: told.amount?.total ?? null,
    // The documentation gives CNY as what holds where none is named.
    currency: told.amount === undefined ? null : (told.amount.currency ?? 'CNY'),
    isOurs: told.mchid === account.merchantId && (told.appid === undefined || told.appid === account.appId),
    reference: told.transaction_id ?? null,
    paidAt: told.success_time ?? null,
  };
}

function refundReport(told: z.output<typeof refundSchema>): RefundReport {
  return { refundNumber: told.out_refund_no, orderNumber: told.out_trade_no, state: told.status, amountFen: told.amount.refund, reference: told.refund_id, endedAt: told.success_time ?? null };
}

/** What the payer's page hands to the wallet; signed, so that nobody changes the order on the way. */
function walletParameters(account: WechatAccount, prepayId: string, now: number): Readonly<Record<string, string>> {
  const timeStamp = String(Math.floor(now / 1_000));
  const nonceStr = randomBytes(16).toString('hex');
  const packed = `prepay_id=${prepayId}`;
  return { appId: account.appId, timeStamp, nonceStr, package: packed, signType: 'RSA', paySign: signLines(account.merchantKey, [account.appId, timeStamp, nonceStr, packed]) };
}

/** 2026-02-13T09:00:00+08:00, as the protocol writes instants. */
export function chineseTime(at: number): string {
  return `${new Date(at + 28_800_000).toISOString().slice(0, 19)}+08:00`;
}
