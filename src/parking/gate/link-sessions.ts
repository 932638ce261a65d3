import type { Unit } from '../../platform/index.js';
import type { ReservationRow } from '../reservation.sql.js';
import { fitsColour } from '../rules/gate-vehicle.js';
import { opensDuring } from '../rules/admission.js';
import { admissionsOfVehicles, reservationsOfVehicles, type AdmittedRow, type BookedRow, type VehicleAt } from './gate.sql.js';
import { rank } from './judge-entries.js';
import type { RetoldSession } from './retell.js';
import type { SessionRow } from './session.sql.js';

const MINUTE_MS = 60_000;

/**
 * Says of new sessions, and of those whose beginning became known, by which right the vehicle is in: its reservation, an
 * admission, or none of both. A session that took spaces or was charged keeps what it is.
 */
export async function linkSessions(unit: Unit, changed: readonly RetoldSession[]): Promise<readonly RetoldSession[]> {
  const asked = changed.filter(isToLink);
  if (asked.length === 0) return changed;
  const vehicles = asked.map(({ after, plateHash }): VehicleAt => ({ facilityId: after.facilityId, plateHash: plateHash!, at: after.beganAt }));
  const booked = Map.groupBy(await reservationsOfVehicles(unit, vehicles), row => `${row.facilityId} ${row.plateHash}`);
  const admitted = Map.groupBy(await admissionsOfVehicles(unit, vehicles), row => `${row.facilityId} ${row.plateHash}`);
  // Vehicles of one booking that come in at once fill its spaces one after the other.
  const inside = new Map<string, Set<string>>();
  return changed.map(each => {
    if (!isToLink(each)) return each;
    const { before, after, plateHash } = each;
    const key = `${after.facilityId} ${plateHash}`;
    const found = bookingOf(after, booked.get(key) ?? [], inside);
    return { before, plateHash, after: { ...after, ...(found ? { basis: 'RESERVATION' as const, reservationId: found.id, agreementId: null } : rightOf(after, admitted.get(key) ?? [])) } };
  });
}

function isToLink({ before, after, plateHash }: RetoldSession): boolean {
  if (plateHash === null || after.state === 'VOID' || after.claimId !== null || after.charges.length > 0 || before?.reservationId != null) return false;
  return before === null || before.beganAt !== after.beganAt;
}

/** A booking that somebody ended or moved elsewhere while its lock was waited for lets nobody in: the vehicle is in without one. */
export function unlinkEnded(linked: readonly RetoldSession[], bookings: ReadonlyMap<string, ReservationRow>): readonly RetoldSession[] {
  return linked.map(each => {
    const { before, after } = each;
    const booking = after.reservationId === null || before?.reservationId != null ? null : bookings.get(after.reservationId);
    if (!booking || (booking.facilityId === after.facilityId && (LINKABLE.has(booking.state) || booking.state === 'NO_SHOW'))) return each;
    return { ...each, after: { ...after, basis: 'WALK_IN' as const, reservationId: null } };
  });
}

function bookingOf(session: SessionRow, rows: readonly BookedRow[], inside: Map<string, Set<string>>): BookedRow | null {
  const fitting = rows
    .filter(row => row.facilityId === session.facilityId && mayLink(session, row) && fitsColour({ colour: session.colour, colourAssumed: false }, row.colour) && isWithin(session, row))
    .sort((one, other) => rank(one, session.beganAt) - rank(other, session.beganAt));
  for (const row of fitting) {
    const others = inside.get(row.id) ?? new Set(row.inside);
    inside.set(row.id, others);
    others.delete(session.plateKey);
    if (session.state === 'OPEN' && others.size >= row.spaces) continue;
    if (session.state === 'OPEN') others.add(session.plateKey);
    return row;
  }
  return null;
}

/** What stands; and what was called a no-show though the vehicle had come in time. What was used up is used up. */
function mayLink({ beganAt }: SessionRow, { state, noShowAt }: BookedRow): boolean {
  return LINKABLE.has(state) || (state === 'NO_SHOW' && beganAt <= noShowAt);
}

const LINKABLE: ReadonlySet<string> = new Set(['CONFIRMED', 'CHECKED_IN', 'OVERSTAYED']);

/** An entry while the reservation opens the gate; of an exit alone, until it is let out. */
function isWithin({ enteredAt, beganAt }: SessionRow, row: BookedRow): boolean {
  const opens = opensDuring(row);
  const until = enteredAt === null ? row.endsAt + row.terms.lateStopMinutes * MINUTE_MS : opens.endsAt;
  return opens.startsAt <= beganAt && beganAt < until;
}

function rightOf(session: SessionRow, rows: readonly AdmittedRow[]): Pick<SessionRow, 'basis' | 'reservationId' | 'agreementId'> {
  const row = rows.find(each => fitsColour({ colour: session.colour, colourAssumed: false }, each.colour)) ?? null;
  if (row === null) return { basis: 'WALK_IN', reservationId: null, agreementId: null };
  return { basis: row.audience === 'RESIDENTS' ? 'RESIDENT' : 'AGREEMENT', reservationId: null, agreementId: row.agreementId };
}
