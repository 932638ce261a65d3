import { done, isRefusal, type Outcome } from '../../kernel/index.js';
import { listChargesOfCauses, refundCharge } from '../../billing/index.js';
import type { Unit } from '../../platform/index.js';
import type { Relocated } from '../rules/change-cost.js';
import { putSupplierFen } from './revocation.sql.js';

const REASON = '改址的预约已由停车人变更或取消，差额相应减少。The driver changed or cancelled the reservation that was moved, and the difference became less.';

/**
 * Brings what the supplier owes for a move down to what of it still arises: nobody owes the difference of a stay that does
 * not take place. Its charge is locked before those of the reservation, by everybody.
 */
export async function settleRelocation(unit: Unit, relocation: Relocated | null, supplierFen: number): Promise<Outcome<void>> {
  const lessFen = (relocation?.supplierFen ?? 0) - supplierFen;
  if (relocation === null || lessFen <= 0) return done(undefined);
  // There is none where both places are one party's, or nobody broke anything.
  const [charge] = await listChargesOfCauses(unit, 'REVOCATION', [relocation.id]);
  if (charge) {
    const lessened = await refundCharge(unit, { chargeId: charge.id, amountFen: lessFen, reason: REASON });
    if (isRefusal(lessened)) return lessened;
  }
  await putSupplierFen(unit, relocation.id, supplierFen);
  return done(undefined);
}
