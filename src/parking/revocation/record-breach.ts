import { newId, type Unit } from '../../platform/index.js';
import { insertBreach, putBreachWithdrawn, type BreachRow } from './revocation.sql.js';

/** Records that a promise was not kept, once, and announces it to whoever keeps conduct (3.2-7). */
export async function recordBreach(unit: Unit, breach: Omit<BreachRow, 'id'> & { readonly partyId: string | null }): Promise<void> {
  const { partyId, ...row } = breach;
  const id = newId('breach', unit.now);
  if (!(await insertBreach(unit, { ...row, id }, unit.now))) return;
  const { facilityId, side, kind, promiseId, reservationId, sessionId, reason } = row;
  unit.announce('parking.breachRecorded', { breachId: id, facilityId, side, kind, promiseId, reservationId, sessionId, partyId, reason, at: unit.now });
}

/** Withdraws a breach that turns out to be none, and announces it to whoever keeps conduct; it stays on record as withdrawn. False where none stands. */
export async function withdrawBreach(unit: Unit, { kind, promiseId, reason }: Pick<BreachRow, 'kind' | 'promiseId' | 'reason'>): Promise<boolean> {
  const row = await putBreachWithdrawn(unit, { kind, promiseId, reason }, unit.now);
  if (!row) return false;
  unit.announce('parking.breachWithdrawn', { breachId: row.id, facilityId: row.facilityId, kind, promiseId, reservationId: row.reservationId, reason, at: unit.now });
  return true;
}
