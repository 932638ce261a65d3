import { done, isRefusal, money, type Fen, type Outcome } from '../../kernel/index.js';
import { listChargesOfCauses, refundCharge } from '../../billing/index.js';
import type { Unit } from '../../platform/index.js';
import { borneBy } from '../rules/change-cost.js';
import { LESSENED_BY, type LessenedBy } from '../rules/revoked-words.js';
import { putSupplierFen, type RevocationRow } from './revocation.sql.js';
import { tellLessened } from './tell-revoked.js';

/**
 * Brings what suppliers owe for a move down to what of it still arises, and tells them: nobody owes the difference of a
 * stay that does not take place. Its charge is locked before those of the reservation, by everybody. `relocations`: those
 * by which the reservation came to where it is, the newest first.
 */
export async function settleRelocations(unit: Unit, relocations: readonly RevocationRow[], supplierFen: Fen, by: LessenedBy): Promise<Outcome<void>> {
  let lessFen = money.add(borneBy(relocations), -supplierFen);
  for (const relocation of relocations) {
    const takenFen = Math.min(relocation.supplierFen ?? 0, lessFen);
    if (takenFen <= 0) continue;
    lessFen -= takenFen;
    const lessened = await lessen(unit, relocation, takenFen, by);
    if (isRefusal(lessened)) return lessened;
  }
  return done(undefined);
}

async function lessen(unit: Unit, relocation: RevocationRow, lessFen: Fen, by: LessenedBy): Promise<Outcome<void>> {
  const leftFen = money.add(relocation.supplierFen!, -lessFen);
  // There is none where both places are one party's, or nobody broke anything.
  const [charge] = await listChargesOfCauses(unit, 'REVOCATION', [relocation.id]);
  if (!charge) {
    await putSupplierFen(unit, relocation.id, leftFen);
    return done(undefined);
  }
  const { zh, en } = LESSENED_BY[by];
  const lessened = await refundCharge(unit, { chargeId: charge.id, amountFen: lessFen, reason: `${zh}，改址的差额相应减少。The difference of moving it became less: ${en}.` });
  if (isRefusal(lessened)) return lessened;
  await putSupplierFen(unit, relocation.id, leftFen);
  await tellLessened(unit, relocation, { by, leftFen, lessFen, givenBackFen: lessened.value.givenBackFen });
  return done(undefined);
}
