import { done, isRefusal, type Outcome, type Span } from '../../kernel/index.js';
import { findCharges, openCharges } from '../../billing/index.js';
import type { Unit } from '../../platform/index.js';
import { bringDown, type BroughtDown } from '../end-reservation.js';
import type { ReservationRow } from '../reservation.sql.js';

const REASON = '改往他处的差额。The difference of being moved.';

/** Where a booking was moved to, and what it costs there. */
export interface MovedPrice {
  readonly facilityId: string;
  readonly during: Span;
  readonly amountFen: number;
}

/**
 * Brings the charges of a moved booking to what it costs now. What nobody has paid yet is owed where the vehicle will
 * stand: its payees earn it. What was paid stays with whoever it came in for, less what goes back, because receipts are
 * never moved from one to another, those of the treasury least of all (3.5-6).
 */
export async function rechargeMoved(unit: Unit, row: ReservationRow, { facilityId, during, amountFen }: MovedPrice): Promise<Outcome<BroughtDown>> {
  const standing = row.charges.filter(charge => charge.amountFen > 0);
  const owed = facilityId === row.facilityId || row.feeFen !== null ? [] : await findCharges(unit, standing.map(charge => charge.chargeId));
  const isUnpaid = owed.length > 0 && owed.every(({ state }) => state === 'OPEN' || state === 'UNPAID');
  if (!isUnpaid) {
    const chargedFen = standing.reduce((sum, charge) => sum + charge.amountFen, 0);
    return bringDown(unit, row, { feeFen: Math.min(amountFen + (row.feeFen ?? 0), chargedFen), purpose: 'CANCELLATION', reason: REASON });
  }
  const voided = await bringDown(unit, row, { feeFen: 0, purpose: 'CANCELLATION', reason: REASON });
  if (isRefusal(voided) || amountFen === 0) return voided;
  const [chargeId] = await openCharges(unit, [{
    cause: { kind: 'RESERVATION', id: row.id }, facilityId, payerId: row.partyId, purpose: 'STAY', amountFen, dueAt: Math.max(...owed.map(charge => charge.dueAt)),
    lines: [{ zh: '停车费：预约改址', en: 'parking: a reservation that was moved', amountFen, ...during }],
  }]);
  return done({ charges: [...voided.value.charges, { chargeId: chargeId!, amountFen }], givenBackFen: voided.value.givenBackFen });
}
