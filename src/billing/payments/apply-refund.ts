import { isRefusal } from '../../kernel/index.js';
import { isId, type Unit } from '../../platform/index.js';
import type { PaymentFindingKind } from '../rules/payment-finding.js';
import { refundLifecycle, type RefundEvent, type RefundState } from '../rules/payment-lifecycle.js';
import { attemptOfNumber } from '../rules/refund-number.js';
import { questionWaitMs } from '../rules/back-off.js';
import { findChargeForUpdate } from '../charge.sql.js';
import { refundSent, refundSentAgain } from '../refund-sent.js';
import type { NotificationVerdict } from './notification.sql.js';
import { insertPaymentFinding } from './payment-finding.sql.js';
import type { ProviderName, RefundReport } from './provider.js';
import { refundEnded } from './refund-ended.js';
import { findRefund, lockRefund, setRefundState, type RefundRow } from './refund.sql.js';

const EVENTS: Readonly<Record<RefundReport['state'], RefundEvent>> = { PROCESSING: 'accept', SUCCESS: 'finish', ABNORMAL: 'stall', CLOSED: 'close' };
/** Staff of the provider, or of ours, have to see to it: asking every hour is enough. */
const STALLED_MS = 3_600_000;
/** A sending that was on its way when an earlier attempt turned out to have paid has reached the provider by then, or never does. */
const FOLLOWED_MS = 600_000;

/** A provider's word about one attempt of a locked refund. */
interface Told {
  readonly refund: RefundRow;
  readonly attempt: number;
  readonly report: RefundReport;
}

/** Takes a provider's word about a refund: once, whether told, asked for or answered. */
export async function applyRefund(unit: Unit, provider: ProviderName, report: RefundReport): Promise<NotificationVerdict> {
  const named = attemptOfNumber(report.refundNumber);
  const known = named && isId('refund', named.refundId) ? await findRefund(unit, named.refundId) : null;
  if (known) await findChargeForUpdate(unit, known.chargeId);
  const refund = known && (await lockRefund(unit, known.id))!;
  if (!refund || named!.attempt > refund.attempt) return found(unit, { provider, kind: 'UNKNOWN_REFUND', paymentId: null, report });
  if (report.orderNumber !== refund.orderNumber || report.amountFen !== refund.amountFen) return found(unit, { provider, kind: 'REFUND_MISMATCH', paymentId: refund.paymentId, report });

  const told: Told = { refund, attempt: named!.attempt, report };
  const kind = report.state === 'SUCCESS' ? await takePaid(unit, told) : await takeUnpaid(unit, told);
  if (kind === 'KNOWN' || kind === 'APPLIED') return kind;
  return found(unit, { provider, kind, paymentId: refund.paymentId, report });
}

/** Without money: only the attempt that is under way can be moved by it. Where an earlier one has paid after all, its closing is a good end. */
async function takeUnpaid(unit: Unit, { refund, attempt, report }: Told): Promise<'KNOWN' | 'APPLIED' | PaymentFindingKind> {
  if (attempt !== refund.attempt) return 'KNOWN';
  const isPaid = refund.paidAttempt !== null;
  const next = refundLifecycle.transition(refund.state, isPaid && report.state === 'CLOSED' ? 'finish' : EVENTS[report.state]);
  if (isRefusal(next)) return 'KNOWN';
  await move(unit, { refund, attempt: refund.paidAttempt ?? attempt, report }, next.value);
  return next.value === 'ABNORMAL' || next.value === 'CLOSED' ? 'REFUND_ABNORMAL' : 'APPLIED';
}

/**
 * Money went to the payer. The first time it discharges what is owed, whichever attempt it was, and a further attempt that nobody has
 * sent yet never goes. Once what is owed was discharged, more that goes is booked as what the payer got too much, for somebody to claim.
 */
async function takePaid(unit: Unit, { refund, attempt, report }: Told): Promise<'KNOWN' | 'APPLIED' | PaymentFindingKind> {
  const isCurrent = attempt === refund.attempt;
  if (refund.paidAttempt === attempt) return 'KNOWN';
  if (refund.paidAttempt !== null || refund.state === 'SETTLED') {
    if (!(await refundSentAgain(unit, { refundId: refund.id, attempt }))) return 'KNOWN';
    if (isCurrent && refund.state !== 'DONE' && refund.state !== 'SETTLED') await move(unit, { refund, attempt: refund.paidAttempt ?? attempt, report }, 'DONE');
    return 'REFUND_PAID_TWICE';
  }
  const isUnderWay = !isCurrent && refund.state !== 'CLOSED' && refund.sentAt !== null;
  await move(unit, { refund: { ...refund, paidAttempt: attempt }, attempt, report }, isUnderWay ? refund.state : 'DONE');
  const booked = await refundSent(unit, { refundId: refund.id });
  if (isRefusal(booked)) throw new Error(booked.problems[0].en);
  // It was closed by the provider's own word before, or the attempt that followed would not have been.
  return isCurrent && refund.state !== 'CLOSED' ? 'APPLIED' : 'REFUND_CONTRADICTED';
}

/** Moves a locked refund on, as a provider told of one of its attempts. What is told of an earlier one says nothing of why the one under way is stuck. */
async function move(unit: Unit, { refund, attempt, report }: Told, state: RefundState): Promise<void> {
  const nextAt = { OWED: unit.now + FOLLOWED_MS, SENT: unit.now + questionWaitMs(refund.attemptCount), ABNORMAL: unit.now + STALLED_MS, DONE: null, CLOSED: null, SETTLED: null }[state];
  const failure = state !== 'ABNORMAL' && state !== 'CLOSED' ? null : report.state === 'SUCCESS' ? refund.failure : (report.code ?? report.state);
  await setRefundState(unit, refund.id, { state, reference: report.reference, endedAt: state === 'DONE' ? (report.endedAt ?? unit.now) : null, nextAt, failure, paidAttempt: refund.paidAttempt });
  if (state !== refund.state && state !== 'SENT' && state !== 'OWED') refundEnded(unit, refund, { state, attempt });
}

async function found(unit: Unit, { provider, kind, paymentId, report }: { readonly provider: ProviderName; readonly kind: PaymentFindingKind; readonly paymentId: string | null; readonly report: RefundReport }): Promise<NotificationVerdict> {
  await insertPaymentFinding(unit, { provider, kind, subject: report.refundNumber, paymentId, details: report }, unit.now);
  unit.announce('billing.paymentFinding', { provider, kind, subject: report.refundNumber, paymentId });
  return 'FINDING';
}
