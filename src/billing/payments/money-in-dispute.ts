import { newId, type Unit } from '../../platform/index.js';
import { moneyInDispute, type ToldMoney } from '../rules/payment-finding.js';
import type { HeldFinding } from './answer-finding.js';
import { findPaymentByReference, insertFurtherPayment, markPaid, type PaymentRow } from './payment.sql.js';

/** The money of a finding that can be given back or taken; null where there is none. */
export async function findDisputedMoney(unit: Unit, { finding: { kind, details, provider }, payment }: HeldFinding): Promise<ToldMoney | null> {
  const reference = details.told?.reference;
  const isOthers = typeof reference === 'string' && (await findPaymentByReference(unit, provider, reference)) !== null;
  return moneyInDispute({ kind, payment, told: details.told, isOthers });
}

/**
 * Proves the payment by its disputed money, by as much as came, whatever was asked for. Where another transaction of the order has
 * proved it already, this one is a payment of its own.
 */
export async function proveByDisputed(unit: Unit, payment: PaymentRow, money: ToldMoney): Promise<void> {
  if (payment.state === 'DISPUTED') return markPaid(unit, payment.id, money);
  const id = newId('payment', unit.now);
  await insertFurtherPayment(unit, { id, orderOf: payment.id, ...money, createdBy: unit.scope.viewer.actorId }, unit.now);
  unit.record({ action: 'payment:further', objectType: 'payment', objectId: id, details: { orderOf: payment.id, chargeId: payment.chargeId, amountFen: money.amountFen, paidAt: money.paidAt } });
}
