import { isRefusal } from '../../kernel/index.js';
import { lockClaims, releaseSpaces, takeUpClaim } from '../../availability/index.js';
import type { Unit } from '../../platform/index.js';
import type { ReservationRow } from '../reservation.sql.js';
import { changedBy, lockReservations, storeChanged } from '../store-reservations.js';
import { lockVehicles } from './event.sql.js';
import { updateSessions, vehiclesWaiting, type SessionRow } from './session.sql.js';
import { SESSION_CHANGED } from './settle-stays.js';

/** NOBODY: none of its vehicles is in. CHANGED: somebody changed it, or left, while its locks were waited for: look again. */
export type TakenIn = 'TAKEN' | 'NOBODY' | 'CHANGED';

/**
 * Takes in a booking whose vehicle is there without it: it came before the gate was opened for it, or was booked or paid
 * after it had come (C9). Nobody that is in has not come. What the vehicle took by itself goes back, and the time before
 * the booking is charged when it leaves.
 */
export async function takeInEarly(unit: Unit, seen: ReservationRow): Promise<TakenIn> {
  const asSeen = await vehiclesWaiting(unit, seen);
  if (asSeen.length === 0) return 'NOBODY';
  await lockVehicles(unit, asSeen.map(session => `${session.facilityId} ${session.plateKey}`));
  await lockClaims(unit, [seen.facilityId]);
  const row = (await lockReservations(unit, [seen.id])).get(seen.id)!;
  const waiting = (await vehiclesWaiting(unit, row)).slice(0, row.spaces);
  const entered = changedBy(row, 'enter', unit.now);
  if (waiting.length === 0 || row.version !== seen.version || isRefusal(entered)) return 'CHANGED';
  await takeUpClaim(unit, { claimId: row.claimId, at: Math.min(...waiting.map(session => session.enteredAt!)) });
  await storeChanged(unit, 'enter', [entered.value]);
  const taken = waiting.map((session): SessionRow => ({
    ...session, basis: 'RESERVATION', reservationId: row.id, agreementId: null, claimId: null, claimedUntil: null, overstayedSince: null, version: session.version + 1, changedAt: unit.now,
  }));
  await updateSessions(unit, taken);
  const releases = waiting.flatMap(({ claimId }) => (claimId === null ? [] : [{ claimId, from: unit.now, reason: 'TAKEN_IN' }]));
  if (releases.length > 0) await releaseSpaces(unit, releases);
  for (const { id, facilityId, reservationId, state, version } of taken) unit.announce(SESSION_CHANGED, { sessionId: id, facilityId, reservationId, state, version });
  return 'TAKEN';
}
