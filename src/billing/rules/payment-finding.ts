import { defineLifecycle, textProblem, type Problem } from '../../kernel/index.js';
import type { PaymentState } from './payment-lifecycle.js';

/** What does not add up about a payment or a refund. */
export const PAYMENT_FINDING_WORDS = {
  AMOUNT_MISMATCH: '金额或流水与应付不符。Amount or number differs.',
  CURRENCY_MISMATCH: '币种不是人民币。Not in yuan.',
  FOREIGN_ACCOUNT: '收款账户不是本平台的。Not into our account.',
  UNKNOWN_PAYMENT: '所告支付不存在。No such payment.',
  UNKNOWN_REFUND: '所告退款不存在。No such refund.',
  UNASKED_MONEY: '收到款项但不能入账。Money came and could not be booked.',
  REFUND_MISMATCH: '退款金额或订单不符。A refund of another amount or order.',
  REFUND_ABNORMAL: '退款受阻或被关闭。A refund is stuck or was closed.',
} as const;
export type PaymentFindingKind = keyof typeof PAYMENT_FINDING_WORDS;

export const FINDING_STATE_WORDS = {
  OPEN: '待处理。Nobody has seen to it yet.',
  RESOLVED: '已处理。Somebody has seen to it.',
} as const;
export type PaymentFindingState = keyof typeof FINDING_STATE_WORDS;

export const RESOLUTION_WORDS = {
  NOTHING_TO_DO: '已核对，无须处理。Looked at: nothing is to be done.',
  SETTLED_ELSEWHERE: '已在本系统之外处理，如在支付平台或银行。Settled outside this system, as with the provider or the bank.',
  GIVEN_BACK: '所收款项经支付平台全额退回付款人。The money that came is given back to the payer, whole, through its provider.',
} as const;
export type PaymentFindingResolution = keyof typeof RESOLUTION_WORDS;

/** The states of a finding (P11): it is worked off once. The same told again counts, and opens nothing. */
export const paymentFindingLifecycle = defineLifecycle<PaymentFindingState, 'resolve'>('支付不符之处 payment finding', 'OPEN', { OPEN: { resolve: 'RESOLVED' }, RESOLVED: {} });

/** What a provider told of money, as far as it can be given back. */
export interface ToldMoney {
  readonly amountFen: number;
  readonly reference: string;
  readonly paidAt: number;
}

/**
 * The money that giving back would return; null where there is none that the provider could return: it must have come into our
 * account in yuan, for an order of ours that nothing was settled by, under a number that is no other payment's.
 */
export function moneyToGiveBack({ kind, payment, told, isOthers }: { readonly kind: PaymentFindingKind; readonly payment: { readonly state: PaymentState } | null; readonly told: Partial<Record<keyof ToldMoney, unknown>> | undefined; readonly isOthers: boolean }): ToldMoney | null {
  if (kind !== 'AMOUNT_MISMATCH' || payment?.state !== 'DISPUTED' || isOthers || told === undefined) return null;
  const { amountFen, reference, paidAt } = told;
  const isWhole = typeof amountFen === 'number' && Number.isSafeInteger(amountFen) && amountFen > 0;
  return isWhole && typeof reference === 'string' && typeof paidAt === 'number' ? { amountFen, reference, paidAt } : null;
}

/** What speaks against a note: without one nobody knows later why it was right. */
export function noteProblem(text: string): Problem | null {
  return textProblem(text, { zh: '处理说明', en: 'the note', field: 'note', minimum: 4, maximum: 500, code: 'NOTE_INVALID' });
}
