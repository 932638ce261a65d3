import { newId, type Unit } from '../../platform/index.js';
import { insertBreach, type BreachRow } from './revocation.sql.js';

/** Records that a promise was not kept, once, and announces it to whoever keeps conduct (3.2-7). */
export async function recordBreach(unit: Unit, breach: Omit<BreachRow, 'id'> & { readonly partyId: string | null }): Promise<void> {
  const { partyId, ...row } = breach;
  const id = newId('breach', unit.now);
  if (!(await insertBreach(unit, { ...row, id }, unit.now))) return;
  const { facilityId, side, kind, promiseId, reservationId, sessionId, reason } = row;
  unit.announce('parking.breachRecorded', { breachId: id, facilityId, side, kind, promiseId, reservationId, sessionId, partyId, reason, at: unit.now });
}
