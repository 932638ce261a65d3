import { done, isRefusal, problem, refuse, type Outcome, type Problem, type Refusal } from '../../kernel/index.js';
import type { Unit } from '../../platform/index.js';
import { isClosedUnpaid, type FoundRefund, type PaymentFindingResolution, type SettledBy } from '../rules/payment-finding.js';
import { refundLifecycle } from '../rules/payment-lifecycle.js';
import { MOST_ATTEMPTS, refundNumberOf } from '../rules/refund-number.js';
import { findChargeForUpdate } from '../charge.sql.js';
import { chargeLifecycle } from '../rules/charge.js';
import { returnPayment, settlePayment } from '../settle-payment.js';
import { splitCharge } from '../split-charge.js';
import type { ChargeToPay } from './charge-payer.sql.js';
import { findDisputedMoney, proveByDisputed } from './money-in-dispute.js';
import type { PaymentFindingRow } from './payment-finding.sql.js';
import type { PaymentRow } from './payment.sql.js';
import { beginNextAttempt, type RefundRow } from './refund.sql.js';
import { settleElsewhere } from './settle-elsewhere.js';
import { stillOverpaid, writeOff } from './write-off-overpaid.js';

/** A locked finding with the payment and the refund that it is of, locked before it. */
export interface HeldFinding {
  readonly finding: PaymentFindingRow;
  readonly payment: PaymentRow | null;
  readonly refund: RefundRow | null;
  /** Whose it is, and where its money goes; null where it is of none. */
  readonly charge: ChargeToPay | null;
}

/** Which refund an answer made or sent; null for none. */
export type Answered = Outcome<{ readonly refundId: string | null }>;

/** Does what a finding is answered with. */
export async function answerFinding(unit: Unit, { resolution, settledBy }: { readonly resolution: PaymentFindingResolution; readonly settledBy: SettledBy | null }, held: HeldFinding): Promise<Answered> {
  if (resolution === 'SETTLED_ELSEWHERE') return settleElsewhere(unit, held, settledBy);
  if (settledBy !== null) return refuse(settledByUnused(resolution));
  if (resolution === 'GIVEN_BACK') return giveBack(unit, held);
  if (resolution === 'TAKEN') return take(unit, held);
  if (resolution === 'SENT_AGAIN') return sendAgain(unit, held);
  if (resolution === 'WRITTEN_OFF') return writeOff(unit, held);
  if (held.finding.kind === 'REFUND_PAID_TWICE') return stillOverpaid(held.refund!);
  if (isClosedUnpaid(held.finding, foundRefundOf(held))) return stillOwed(held.refund!);
  return done({ refundId: null });
}

async function giveBack(unit: Unit, held: HeldFinding): Promise<Answered> {
  const { finding: { kind, provider }, payment } = held;
  const money = await findDisputedMoney(unit, held);
  if (!payment || !money) return notReturnable(kind);
  await proveByDisputed(unit, payment, money);
  return returnPayment(unit, { chargeId: payment.chargeId, paidFen: money.amountFen, provider, providerReference: money.reference, paidAt: money.paidAt });
}

/** Takes the money as the payment of its charge: what is missing of it is a charge of its own, so that nothing is forgiven and all that came is earned (3.5-6). */
async function take(unit: Unit, held: HeldFinding): Promise<Answered> {
  const { finding: { kind, provider }, payment } = held;
  const money = await findDisputedMoney(unit, held);
  const charge = payment && money && (await findChargeForUpdate(unit, payment.chargeId));
  if (!charge || !chargeLifecycle.allows(charge.state, 'PAY')) return notTakeable(kind, charge?.state ?? null);
  const { amountFen, reference, paidAt } = money;
  await proveByDisputed(unit, payment, money);
  if (amountFen < charge.amountFen) await splitCharge(unit, charge, charge.amountFen - amountFen);
  const settled = await settlePayment(unit, { chargeId: charge.id, paidFen: amountFen, provider, providerReference: reference, paidAt });
  return isRefusal(settled) ? settled : done({ refundId: null });
}

/** The refund's row is locked and says which attempt it is at: two who say so at once send one (P6). The job sends it, as any other. */
async function sendAgain(unit: Unit, held: HeldFinding): Promise<Answered> {
  const { finding, refund } = held;
  if (!refund || !isClosedUnpaid(finding, foundRefundOf(held))) return notSendable(finding, refund);
  const next = refundLifecycle.transition(refund.state, 'resend');
  if (isRefusal(next)) return next;
  if (refund.attempt >= MOST_ATTEMPTS) return notSendable(finding, refund);
  await beginNextAttempt(unit, refund.id, unit.now);
  const attempt = refund.attempt + 1;
  unit.record({ action: 'refund:resend', objectType: 'refund', objectId: refund.id, details: { attempt, amountFen: refund.amountFen, chargeId: refund.chargeId, findingId: finding.id } });
  unit.announce('billing.refundSentAgain', { refundId: refund.id, chargeId: refund.chargeId, attempt, amountFen: refund.amountFen });
  return done({ refundId: refund.id });
}

function foundRefundOf({ refund }: HeldFinding): FoundRefund | null {
  return refund && { ...refund, number: refundNumberOf(refund) };
}

function notReturnable(kind: string): Refusal {
  return refuse(problem('NOT_RETURNABLE', {
    zh: `此处不符（${kind}）没有可由本系统原路退回的款项；请在支付平台处理后以 SETTLED_ELSEWHERE 记录`,
    en: `there is no money behind this finding (${kind}) that this system could return by its provider: settle it there and record SETTLED_ELSEWHERE`,
    field: 'resolution',
    data: { kind },
  }));
}

function notTakeable(kind: string, state: string | null): Refusal {
  return refuse(problem('NOT_TAKEABLE', {
    zh: `此处不符（${kind}）没有可作为付款入账的款项${state === null ? '' : `：该费用处于 ${state}，请退回（GIVEN_BACK）`}`,
    en: `there is no money behind this finding (${kind}) that could be taken as a payment${state === null ? '' : `: the charge is ${state}, give it back (GIVEN_BACK)`}`,
    field: 'resolution',
    data: { kind, state },
  }));
}

function notSendable({ kind, subject }: PaymentFindingRow, refund: RefundRow | null): Refusal {
  const now = refund && `${refundNumberOf(refund)} ${refund.state}`;
  return refuse(problem('NOT_SENDABLE', {
    zh: `只有支付平台已关闭、尚未退付的退款可以再次送出，每笔至多 ${MOST_ATTEMPTS} 次；此处不符（${kind}）所涉为 ${subject}，${now ? `该退款现为 ${now}` : '不属于任何退款'}`,
    en: `only a refund that its provider closed and nobody paid can be sent again, ${MOST_ATTEMPTS} times at most; this finding (${kind}) is of ${subject}, ${now ? `and the refund is ${now} now` : 'which is no refund of ours'}`,
    field: 'resolution',
    data: { kind, state: refund?.state ?? null },
  }));
}

function stillOwed({ id, amountFen }: RefundRow): Refusal {
  return refuse(problem('REFUND_STILL_OWED', {
    zh: `退款 ${id} 已被支付平台关闭，${amountFen} 分仍欠付款人：再次送出（SENT_AGAIN），或在他处退付后以 SETTLED_ELSEWHERE 记录`,
    en: `the provider closed the refund ${id}, and the payer is still owed ${amountFen} fen: send it again (SENT_AGAIN), or give it back elsewhere and record SETTLED_ELSEWHERE`,
    field: 'resolution',
    data: { refundId: id, amountFen },
  }));
}

function settledByUnused(resolution: PaymentFindingResolution): Problem {
  return problem('SETTLED_BY_UNUSED', { zh: `settledBy 只与 SETTLED_ELSEWHERE 同用，不与 ${resolution} 同用`, en: `settledBy goes with SETTLED_ELSEWHERE, not with ${resolution}`, field: 'settledBy' });
}
