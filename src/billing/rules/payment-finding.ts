import { defineLifecycle, textProblem, type Problem } from '../../kernel/index.js';
import type { PaymentState, RefundState } from './payment-lifecycle.js';

/** Who paid in time what did not add up has so long, once it is answered, to pay what is still owed. */
export const TIME_AFTER_DISPUTE_MS = 24 * 3_600_000;

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
  REFUND_CONTRADICTED: '平台先告退款已关闭，后告已退付；款已退，核对即可。A refund was told closed, then paid: the payer has it, and somebody has to look.',
  REFUND_PAID_TWICE: '同一退款付出两次，多付之款记入应追回，直至追回（SETTLED_ELSEWHERE）或核销（WRITTEN_OFF）。A refund was paid twice; what went too much stands as owed back by the payer until it comes back (SETTLED_ELSEWHERE) or is given up (WRITTEN_OFF).',
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
  TAKEN: '所收款项作为付款入账：不足的部分另立费用，多收的退回。The money that came is taken as the payment: what is missing is a charge of its own, what is too much goes back.',
  WRITTEN_OFF: '多付之款追不回，予以核销，由平台承担；由平台填写。What was paid twice is given up, and the platform bears it; the platform says so.',
  SENT_AGAIN: '被关闭的退款以新的退款单号再次送出。The refund that was closed is sent again, under a number of its own.',
} as const;
export type PaymentFindingResolution = keyof typeof RESOLUTION_WORDS;

/** Whose money settled elsewhere what the ledger owes, or where what was paid twice came back to. */
export const SETTLEMENT_SOURCE_WORDS = {
  PROVIDER: '本平台在支付机构账户中的款项，如另行转账。Money of our account with the provider, as by a transfer of its own.',
  PARTY: '某主体的自有资金，由辖区主管部门填写：列入其下一次结算归还，代收的追回款自其应结款中扣除；已上缴财政的收入不与任何款项相抵，由财政退付。A party’s own money, as the offices of the place say: its next batch repays it, and takes off what it holds, by its own word as well, of money that came back. Of what was remitted to the treasury nothing is set off; the treasury gives it back.',
  TREASURY: '财政退付，仅限已上缴财政的收入（3.5-6）。The treasury gave it back; only of what was remitted to it.',
} as const;
export type SettlementSource = keyof typeof SETTLEMENT_SOURCE_WORDS;

export interface SettledBy {
  readonly source: SettlementSource;
  /** Of PARTY alone. */
  readonly partyId: string | null;
}

/** The states of a finding (P11): it is worked off once. The same told again counts, and opens nothing. */
export const paymentFindingLifecycle = defineLifecycle<PaymentFindingState, 'resolve'>({ zh: '支付不符之处', en: 'payment finding' }, 'OPEN', { OPEN: { resolve: 'RESOLVED' }, RESOLVED: {} });

/** What a provider told of money, as far as it can be given back. */
export interface ToldMoney {
  readonly amountFen: number;
  readonly reference: string;
  readonly paidAt: number;
}

/**
 * The money that an answer can give back or take; null where there is none: it must have come into our account in yuan, for an order of ours, under a number that no payment has: of an order that was paid as well it is a further transaction.
 */
export function moneyInDispute({ kind, payment, told, isOthers }: { readonly kind: PaymentFindingKind; readonly payment: { readonly state: PaymentState } | null; readonly told: Partial<Record<keyof ToldMoney | 'currency' | 'isOurs', unknown>> | undefined; readonly isOthers: boolean }): ToldMoney | null {
  if (kind !== 'AMOUNT_MISMATCH' || (payment?.state !== 'DISPUTED' && payment?.state !== 'PAID') || isOthers || told === undefined) return null;
  const { amountFen, reference, paidAt, currency, isOurs } = told;
  // What was told of an order that was paid already was once found to be of another amount, whatever else was wrong with it.
  if (currency !== 'CNY' || isOurs !== true) return null;
  const isWhole = typeof amountFen === 'number' && Number.isSafeInteger(amountFen) && amountFen > 0;
  return isWhole && typeof reference === 'string' && typeof paidAt === 'number' ? { amountFen, reference, paidAt } : null;
}

/** What a refund must be like for an answer to its finding. */
export interface FoundRefund {
  readonly number: string;
  readonly state: RefundState;
  readonly attempt: number;
  readonly paidAttempt: number | null;
}

/** Whether a finding is of the refund's sending as it stands, and that was closed without money: then the payer has nothing yet, and nobody is at it. */
export function isClosedUnpaid({ kind, subject }: { readonly kind: PaymentFindingKind; readonly subject: string }, refund: FoundRefund | null): boolean {
  return kind === 'REFUND_ABNORMAL' && refund !== null && refund.number === subject && refund.state === 'CLOSED' && refund.paidAttempt === null;
}

/** Whether a finding is of the refund's sending as it stands, and that gave the payer nothing: what is owed stands in the ledger. */
export function isUndischarged({ kind, subject }: { readonly kind: PaymentFindingKind; readonly subject: string }, refund: FoundRefund): boolean {
  return kind === 'REFUND_ABNORMAL' && refund.number === subject && (refund.state === 'CLOSED' || refund.state === 'ABNORMAL') && refund.paidAttempt === null;
}

/**
 * Whether what is said of the money can be: the treasury bears only what was remitted to it, and takes nothing back here; of a refund
 * that is stuck the provider itself tells the end, so that what it pays is no other money.
 */
export function fitOfSettledBy({ source, partyId }: SettledBy, found: { readonly kind: PaymentFindingKind; readonly state: RefundState; readonly isOfTreasury: boolean }): boolean {
  if ((source === 'PARTY') !== (partyId !== null)) return false;
  if (source === 'TREASURY') return found.isOfTreasury && found.kind !== 'REFUND_PAID_TWICE';
  return source === 'PARTY' || found.state !== 'ABNORMAL';
}

/** What speaks against a note: without one nobody knows later why it was right. */
export function noteProblem(text: string): Problem | null {
  return textProblem(text, { zh: '处理说明', en: 'the note', field: 'note', minimum: 4, maximum: 500, code: 'NOTE_INVALID' });
}
