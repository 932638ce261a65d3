import { isRefusal } from '../../kernel/index.js';
import { isId, type Unit } from '../../platform/index.js';
import { paymentLifecycle } from '../rules/payment-lifecycle.js';
import { flawOfProof } from '../rules/payment-proof.js';
import { findChargeForUpdate } from '../charge.sql.js';
import { settlePayment } from '../settle-payment.js';
import type { NotificationVerdict } from './notification.sql.js';
import { insertPaymentFinding, type NewPaymentFinding } from './payment-finding.sql.js';
import { endPaymentRow, findPaymentByReference, lockPayment, markPaid, paymentsById, type PaymentRow } from './payment.sql.js';
import type { PaymentReport, ProviderName } from './provider.js';

/**
 * Takes a provider's word about a payment, from a notification or from its answer to a question: once, whichever comes
 * first and however often it comes. What does not add up becomes a finding and settles nothing (P6).
 */
export async function provePayment(unit: Unit, provider: ProviderName, report: PaymentReport): Promise<NotificationVerdict> {
  const payment = await heldPayment(unit, provider, report.orderNumber);
  if (!payment) {
    // Money of somebody else's order, or of a database that was lost: nobody here can tell, so a person has to.
    if (report.state !== 'PAID') return 'PASSED_OVER';
    return found(unit, { provider, kind: 'UNKNOWN_PAYMENT', subject: report.orderNumber, paymentId: null, details: report });
  }
  if (report.state === 'PENDING') return 'PASSED_OVER';
  if (report.state !== 'PAID') return endWithoutMoney(unit, payment, report.state);
  if (isKnown(payment, report)) return 'KNOWN';

  const isOthers = report.reference !== null && (await findPaymentByReference(unit, provider, report.reference)) !== null;
  // One transaction of the provider pays one order of ours, and one order is paid by one.
  const flaw = flawOfProof(payment, report) ?? (isOthers || payment.state === 'PAID' ? 'AMOUNT_MISMATCH' : null);
  if (flaw !== null) {
    if (payment.state !== 'PAID') await endPaymentRow(unit, payment.id, 'DISPUTED', flaw);
    return found(unit, { provider, kind: flaw, subject: report.orderNumber, paymentId: payment.id, details: { asked: { amountFen: payment.amountFen, currency: 'CNY', reference: payment.providerReference }, told: report } });
  }
  return settle(unit, payment, { reference: report.reference!, paidAt: report.paidAt! });
}

/** Whether the same money was taken already. Another amount of the same transaction is not: what was given back of it may have been too little. */
function isKnown({ state, providerReference, amountFen }: PaymentRow, told: PaymentReport): boolean {
  return state === 'PAID' && providerReference === told.reference && (told.amountFen === null || told.amountFen === amountFen);
}

/** The payment of a provider's order number, its charge locked before it. */
async function heldPayment(unit: Unit, provider: ProviderName, orderNumber: string): Promise<PaymentRow | null> {
  if (!isId('payment', orderNumber)) return null;
  const [known] = await paymentsById(unit, [orderNumber]);
  if (known?.provider !== provider) return null;
  await findChargeForUpdate(unit, known.chargeId);
  return lockPayment(unit, known.id);
}

async function endWithoutMoney(unit: Unit, payment: PaymentRow, state: 'CLOSED' | 'FAILED'): Promise<NotificationVerdict> {
  if (!paymentLifecycle.allows(payment.state, state === 'CLOSED' ? 'close' : 'fail')) return 'KNOWN';
  await endPaymentRow(unit, payment.id, state, null);
  unit.record({ action: 'payment:end', objectType: 'payment', objectId: payment.id, details: { state } });
  return 'APPLIED';
}

async function settle(unit: Unit, payment: PaymentRow, proof: { readonly reference: string; readonly paidAt: number }): Promise<NotificationVerdict> {
  const { id, chargeId, amountFen, provider } = payment;
  await markPaid(unit, id, { ...proof, amountFen });
  unit.record({ action: 'payment:prove', objectType: 'payment', objectId: id, details: { chargeId, amountFen, provider, paidAt: proof.paidAt } });
  const settled = await settlePayment(unit, { chargeId, paidFen: amountFen, provider, providerReference: proof.reference, paidAt: proof.paidAt });
  if (!isRefusal(settled)) return 'APPLIED';
  return found(unit, { provider, kind: 'UNASKED_MONEY', subject: id, paymentId: id, details: { chargeId, amountFen, problems: settled.problems } });
}

async function found(unit: Unit, finding: NewPaymentFinding): Promise<NotificationVerdict> {
  await insertPaymentFinding(unit, finding, unit.now);
  unit.announce('billing.paymentFinding', { provider: finding.provider, kind: finding.kind, subject: finding.subject, paymentId: finding.paymentId });
  unit.scope.services.log.warn({ provider: finding.provider, kind: finding.kind, paymentId: finding.paymentId }, 'a payment does not add up');
  return 'FINDING';
}
