import { defineLifecycle } from '../../kernel/index.js';

export type PaymentState = 'STARTING' | 'PENDING' | 'PAID' | 'CLOSED' | 'FAILED' | 'DISPUTED';
export type PaymentEvent = 'offer' | 'prove' | 'close' | 'fail' | 'dispute';

/** The states of a payment (P11). Proof may come at any time, also after the end: money that came is never overlooked. */
export const paymentLifecycle = defineLifecycle<PaymentState, PaymentEvent>({ zh: '支付', en: 'payment' }, 'STARTING', {
  STARTING: { offer: 'PENDING', prove: 'PAID', close: 'CLOSED', fail: 'FAILED', dispute: 'DISPUTED' },
  PENDING: { prove: 'PAID', close: 'CLOSED', fail: 'FAILED', dispute: 'DISPUTED' },
  PAID: {},
  CLOSED: { prove: 'PAID', dispute: 'DISPUTED' },
  FAILED: { prove: 'PAID', dispute: 'DISPUTED' },
  DISPUTED: { prove: 'PAID' },
});

export type RefundState = 'OWED' | 'SENT' | 'DONE' | 'ABNORMAL' | 'CLOSED' | 'SETTLED';
export type RefundEvent = 'accept' | 'finish' | 'stall' | 'close' | 'resend' | 'settle';

/** The states of a refund (P11). An abnormal one still ends well when the provider's staff have seen to it; a closed one is sent again under a number of its own. Either may be given back elsewhere. */
export const refundLifecycle = defineLifecycle<RefundState, RefundEvent>({ zh: '退款', en: 'refund' }, 'OWED', {
  OWED: { accept: 'SENT', finish: 'DONE', stall: 'ABNORMAL', close: 'CLOSED' },
  SENT: { finish: 'DONE', stall: 'ABNORMAL', close: 'CLOSED' },
  ABNORMAL: { finish: 'DONE', close: 'CLOSED', settle: 'SETTLED' },
  DONE: {},
  CLOSED: { finish: 'DONE', resend: 'OWED', settle: 'SETTLED' },
  SETTLED: {},
});
