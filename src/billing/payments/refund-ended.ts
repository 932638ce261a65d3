import type { Unit } from '../../platform/index.js';
import type { RefundState } from '../rules/payment-lifecycle.js';
import type { RefundRow } from './refund.sql.js';

/** Records that a locked refund came to an end, or is stuck, and by which of its sendings; and announces it. */
export function refundEnded(unit: Unit, { id, chargeId, amountFen }: Pick<RefundRow, 'id' | 'chargeId' | 'amountFen'>, { state, attempt }: { readonly state: RefundState; readonly attempt: number }): void {
  unit.record({ action: 'refund:end', objectType: 'refund', objectId: id, details: { state, amountFen, chargeId, attempt } });
  unit.announce('billing.refundEnded', { refundId: id, chargeId, state, amountFen });
}
