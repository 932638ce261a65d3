import { done } from '../../kernel/index.js';
import { transaction, type RequestScope } from '../../platform/index.js';
import { paymentLifecycle } from '../rules/payment-lifecycle.js';
import { endPaymentRow, lockPayment } from './payment.sql.js';

/** Ends a payment that its provider would not open; one that was proved meanwhile is left alone. */
export async function failPayment(scope: RequestScope, paymentId: string, code: string): Promise<void> {
  await transaction(scope, async unit => {
    const payment = await lockPayment(unit, paymentId);
    if (!payment || !paymentLifecycle.allows(payment.state, 'fail')) return done(null);
    await endPaymentRow(unit, paymentId, 'FAILED', code.slice(0, 64));
    unit.record({ action: 'payment:end', objectType: 'payment', objectId: paymentId, details: { state: 'FAILED', code } });
    return done(null);
  });
}
