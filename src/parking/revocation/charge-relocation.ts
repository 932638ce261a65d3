import { openCharges } from '../../billing/index.js';
import type { Unit } from '../../platform/index.js';
import { gateFacilities } from '../gate/gate.sql.js';
import { relocationDebt } from '../rules/relocation-debt.js';
import type { RevocationRow } from './revocation.sql.js';

/** Within a month a supplier pays what its breach cost. */
const DUE_MS = 30 * 86_400_000;

/**
 * Charges the supplier that took its spaces back what the other place costs more, as a receivable of that place's own
 * facility: what comes in there is its payees', by their rule. It is never taken off what the supplier takes in: a
 * government lot remits its receipts whole, and pays this like anybody else (3.5-6). Answers what is owed; 0 for nothing.
 */
export async function chargeRelocation(unit: Unit, revocation: RevocationRow, { movedToFacilityId, differenceFen }: { readonly movedToFacilityId: string; readonly differenceFen: number }): Promise<number> {
  if (differenceFen <= 0 || movedToFacilityId === revocation.facilityId) return 0;
  const parties = new Map((await gateFacilities(unit, [revocation.facilityId, movedToFacilityId])).map(({ id, partyIds }) => [id, partyIds]));
  const debt = relocationDebt({ side: revocation.side, fromPartyIds: parties.get(revocation.facilityId) ?? [], toPartyIds: parties.get(movedToFacilityId) ?? [], differenceFen });
  if (debt === null) return 0;
  const { payerId, amountFen } = debt;
  await openCharges(unit, [{
    cause: { kind: 'REVOCATION', id: revocation.id }, facilityId: movedToFacilityId, payerId, amountFen, purpose: 'RELOCATION', dueAt: unit.now + DUE_MS,
    lines: [{ zh: `预约 ${revocation.reservationId} 改址的差额`, en: `the difference of moving the reservation ${revocation.reservationId}`, amountFen }],
  }]);
  return amountFen;
}
