import { defineLoader, type RequestScope } from '../../platform/index.js';
import { refundNumberOf } from '../rules/refund-number.js';
import { chargesToPay } from './charge-payer.sql.js';
import { paymentsById, paymentsOfCharges, type PaymentRow } from './payment.sql.js';
import { maySeePayment } from './payment.policy.js';
import { Payment, PayInstructionsType, Refund } from './payment.type.js';
import { refundsOfPayments } from './refund.sql.js';

/** A payment as this viewer may see it; null where it may not, or where there is none. */
export const PAYMENT_BY_ID = defineLoader<string, Payment | null>('PAYMENT_BY_ID', async (scope, ids) => {
  const seen = new Map((await visible(scope, await paymentsById(scope.database, ids))).map(row => [row.id, paymentOf(row)]));
  return ids.map(id => seen.get(id) ?? null);
});

/** The payments of a charge that this viewer may see, the oldest first. */
export const PAYMENTS_OF_CHARGE = defineLoader<string, readonly Payment[]>('PAYMENTS_OF_CHARGE', async (scope, chargeIds) => {
  const byCharge = Map.groupBy(await visible(scope, await paymentsOfCharges(scope.database, chargeIds)), row => row.chargeId);
  return chargeIds.map(id => (byCharge.get(id) ?? []).map(paymentOf));
});

async function visible(scope: RequestScope, rows: readonly PaymentRow[]): Promise<readonly PaymentRow[]> {
  const charges = new Map((await chargesToPay(scope.database, [...new Set(rows.map(row => row.chargeId))])).map(charge => [charge.id, charge]));
  return rows.filter(row => maySeePayment(scope.viewer, charges.get(row.chargeId)!));
}

export const REFUNDS_OF_PAYMENT = defineLoader<string, readonly Refund[]>('REFUNDS_OF_PAYMENT', async (scope, ids) => {
  const byPayment = Map.groupBy(await refundsOfPayments(scope.database, ids), row => row.paymentId);
  return ids.map(id => (byPayment.get(id) ?? []).map(row => {
    const { id: refundId, amountFen, state, reason, attempt, attemptCount, failure, createdAt, endedAt } = row;
    return Object.assign(new Refund(), { id: refundId, refundNumber: refundNumberOf(row), amountFen, state, reason, attempt, attemptCount, failure, createdAt, endedAt });
  }));
});

function paymentOf({ id, orderOf, chargeId, provider, way, amountFen, state, instructions, expiresAt, paidAt, refundedFen, failure }: PaymentRow): Payment {
  // An order that is paid or closed opens no wallet; nobody needs its code any more.
  const usable = state === 'PENDING' && instructions ? Object.assign(new PayInstructionsType(), instructions) : null;
  return Object.assign(new Payment(), { id, orderNumber: orderOf ?? id, chargeId, provider, way, amountFen, state, instructions: usable, expiresAt, paidAt, refundedFen, failure });
}
