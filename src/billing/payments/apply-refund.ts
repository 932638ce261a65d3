import { isRefusal } from '../../kernel/index.js';
import { isId, type Unit } from '../../platform/index.js';
import type { PaymentFindingKind } from '../rules/payment-finding.js';
import { refundLifecycle, type RefundEvent, type RefundState } from '../rules/payment-lifecycle.js';
import { questionWaitMs } from '../rules/back-off.js';
import { findChargeForUpdate } from '../charge.sql.js';
import { refundSent } from '../refund-charge.js';
import type { NotificationVerdict } from './notification.sql.js';
import { insertPaymentFinding } from './payment-finding.sql.js';
import type { ProviderName, RefundReport } from './provider.js';
import { findRefund, lockRefund, setRefundState, type RefundRow } from './refund.sql.js';

const EVENTS: Readonly<Record<RefundReport['state'], RefundEvent>> = { PROCESSING: 'accept', SUCCESS: 'finish', ABNORMAL: 'stall', CLOSED: 'close' };
/** Staff of the provider, or of ours, have to see to it: asking every hour is enough. */
const STALLED_MS = 3_600_000;

/** Takes a provider's word about a refund: once, whether told, asked for or answered. */
export async function applyRefund(unit: Unit, provider: ProviderName, report: RefundReport): Promise<NotificationVerdict> {
  const known = isId('refund', report.refundNumber) ? await findRefund(unit, report.refundNumber) : null;
  if (!known) return found(unit, { provider, kind: 'UNKNOWN_REFUND', paymentId: null, report });
  await findChargeForUpdate(unit, known.chargeId);
  const refund = (await lockRefund(unit, known.id))!;
  if (report.orderNumber !== refund.paymentId || report.amountFen !== refund.amountFen) return found(unit, { provider, kind: 'REFUND_MISMATCH', paymentId: refund.paymentId, report });

  const next = refundLifecycle.transition(refund.state, EVENTS[report.state]);
  if (isRefusal(next)) return 'KNOWN';
  await move(unit, refund, next.value, report);
  if (next.value === 'DONE') await book(unit, refund.id);
  if (next.value === 'ABNORMAL' || next.value === 'CLOSED') return found(unit, { provider, kind: 'REFUND_ABNORMAL', paymentId: refund.paymentId, report });
  return 'APPLIED';
}

async function book(unit: Unit, refundId: string): Promise<void> {
  const booked = await refundSent(unit, { refundId });
  if (isRefusal(booked)) throw new Error(booked.problems[0].en);
}

async function move(unit: Unit, refund: RefundRow, state: RefundState, report: RefundReport): Promise<void> {
  const nextAt = { OWED: unit.now, SENT: unit.now + questionWaitMs(refund.attemptCount), ABNORMAL: unit.now + STALLED_MS, DONE: null, CLOSED: null }[state];
  await setRefundState(unit, refund.id, { state, reference: report.reference, endedAt: state === 'DONE' ? (report.endedAt ?? unit.now) : null, nextAt, failure: state === 'ABNORMAL' || state === 'CLOSED' ? report.state : null });
  if (state === 'SENT') return;
  unit.record({ action: 'refund:end', objectType: 'refund', objectId: refund.id, details: { state, amountFen: refund.amountFen, chargeId: refund.chargeId } });
  unit.announce('billing.refundEnded', { refundId: refund.id, chargeId: refund.chargeId, state, amountFen: refund.amountFen });
}

async function found(unit: Unit, { provider, kind, paymentId, report }: { readonly provider: ProviderName; readonly kind: PaymentFindingKind; readonly paymentId: string | null; readonly report: RefundReport }): Promise<NotificationVerdict> {
  await insertPaymentFinding(unit, { provider, kind, subject: report.refundNumber, paymentId, details: report }, unit.now);
  unit.announce('billing.paymentFinding', { provider, kind, subject: report.refundNumber, paymentId });
  return 'FINDING';
}
