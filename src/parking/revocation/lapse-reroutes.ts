import { isRefusal } from '../../kernel/index.js';
import type { Unit } from '../../platform/index.js';
import type { ReservationRow } from '../reservation.sql.js';
import { revocationLifecycle } from '../rules/revocation-lifecycle.js';
import { revokeLeftShort } from './find-broken.js';
import { decideRevocation, pendingReroutes } from './revocation.sql.js';

/** Whoever was to be led elsewhere because a vehicle stayed in a pool, or in one numbered space, and was not yet, keeps its place, as far as that is lent: none stays there. The claims of the facility are locked by the caller. */
export async function lapseReroutes(unit: Unit, pool: Pick<ReservationRow, 'facilityId' | 'zoneId' | 'spaceClass' | 'spaceId'>): Promise<void> {
  const reroutes = await pendingReroutes(unit, pool);
  for (const { id, state: from, reservationId, facilityId, side, reason } of reroutes) {
    const state = revocationLifecycle.transition(from, 'lapse');
    if (isRefusal(state)) throw new Error(state.problems[0].en);
    // Who decided it meanwhile decided it: what it became stands.
    if (!(await decideRevocation(unit, { id, state: state.value, movedToFacilityId: null, supplierFen: null }, unit.now))) continue;
    unit.record({ action: 'reservation:write', objectType: 'reservation', objectId: reservationId, reason, details: { act: 'revoke', outcome: state.value } });
    unit.announce('parking.bookingRevoked', { revocationId: id, reservationId, facilityId, outcome: state.value, side });
  }
  if (reroutes.length > 0) await revokeLeftShort(unit, reroutes[0]!);
}
