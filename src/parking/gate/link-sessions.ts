import type { Unit } from '../../platform/index.js';
import type { ReservationRow } from '../reservation.sql.js';
import { fitsColour } from '../rules/gate-vehicle.js';
import { opensDuring } from '../rules/admission.js';
import { besides, comesFor } from '../rules/booked-first.js';
import { admissionsOfVehicles, reservationsOfVehicles, type AdmittedRow, type BookedRow, type VehicleAt } from './gate.sql.js';
import type { RetoldSession } from './retell.js';
import type { SessionRow } from './session.sql.js';

const MINUTE_MS = 60_000;

/**
 * Says of new sessions, and of those whose beginning became known, by which right the vehicle is in: its reservation, an
 * admission, or none of both. A session that took spaces or was charged keeps what it is; but one that ends without a
 * reservation is of the one that had opened meanwhile: who came too early for it came all the same (C9).
 */
export async function linkSessions(unit: Unit, changed: readonly RetoldSession[]): Promise<readonly RetoldSession[]> {
  const asked = changed.filter(isToLink);
  if (asked.length === 0) return changed;
  const vehicles = asked.map(({ after, plateHash }): VehicleAt => ({ facilityId: after.facilityId, plateHash: plateHash!, at: after.beganAt }));
  const leaving = asked.flatMap(({ after, plateHash }): readonly VehicleAt[] => (hasLeft(after) ? [{ facilityId: after.facilityId, plateHash: plateHash!, at: after.exitedAt! }] : []));
  const booked = Map.groupBy(await reservationsOfVehicles(unit, [...vehicles, ...leaving]), row => `${row.facilityId} ${row.plateHash}`);
  const admitted = Map.groupBy(await admissionsOfVehicles(unit, vehicles), row => `${row.facilityId} ${row.plateHash}`);
  // Vehicles of one booking that come in at once fill its spaces one after the other.
  const inside = new Map<string, Set<string>>();
  return changed.map(each => {
    if (!isToLink(each)) return each;
    const { before, after, plateHash } = each;
    const key = `${after.facilityId} ${plateHash}`;
    const rows = (booked.get(key) ?? []).filter(row => row.facilityId === after.facilityId && fitsColour({ colour: after.colour, colourAssumed: false }, row.colour));
    const found = bookingOf(after, rows, inside);
    if (found === null && !isNewlyBegun(each)) return each;
    return { before, plateHash, isContested: found !== null && besides(found, rows).length > 0, after: { ...after, ...(found ? { basis: 'RESERVATION' as const, reservationId: found.id, agreementId: null } : rightOf(after, admitted.get(key) ?? [])) } };
  });
}

function isToLink(each: RetoldSession): boolean {
  const { before, after, plateHash } = each;
  if (plateHash === null || after.state === 'VOID' || after.charges.length > 0 || before?.reservationId != null) return false;
  return isNewlyBegun(each) || (before?.state === 'OPEN' && before.basis !== 'AGREEMENT' && hasLeft(after));
}

function isNewlyBegun({ before, after }: RetoldSession): boolean {
  return after.claimId === null && (before === null || before.beganAt !== after.beganAt);
}

/** Whose exit was told: of a stay that ended because the vehicle came in again nobody knows until when it was there. */
function hasLeft({ state, enteredAt, exitEventId }: SessionRow): boolean {
  return state === 'ENDED' && enteredAt !== null && exitEventId !== null;
}

/** A booking that somebody ended or moved elsewhere while its lock was waited for lets nobody in: the vehicle is in without one. */
export function unlinkEnded(linked: readonly RetoldSession[], bookings: ReadonlyMap<string, ReservationRow>): readonly RetoldSession[] {
  return linked.map(each => {
    const { before, after } = each;
    const booking = after.reservationId === null || before?.reservationId != null ? null : bookings.get(after.reservationId);
    if (!booking || (booking.facilityId === after.facilityId && (LINKABLE.has(booking.state) || booking.state === 'NO_SHOW'))) return each;
    return { ...each, after: { ...after, basis: before?.basis ?? ('WALK_IN' as const), reservationId: null } };
  });
}

function bookingOf(session: SessionRow, rows: readonly BookedRow[], inside: Map<string, Set<string>>): BookedRow | null {
  const fitting = rows
    .filter(row => mayLink(session, row) && isWithin(session, row))
    .sort(comesFor(session.beganAt));
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

/**
 * An entry while the reservation opens the gate, or before it, of a vehicle that was still in when its time began. An exit
 * alone, from its start until it is let out: whoever left before may come yet, and must not find its reservation used.
 */
function isWithin(session: SessionRow, row: BookedRow): boolean {
  const { enteredAt, beganAt, exitedAt } = session;
  if (enteredAt === null) return row.startsAt <= beganAt && beganAt < row.endsAt + row.terms.lateStopMinutes * MINUTE_MS;
  const opens = opensDuring(row);
  return beganAt < opens.endsAt && (opens.startsAt <= beganAt || (hasLeft(session) && exitedAt! > row.startsAt));
}

function rightOf(session: SessionRow, rows: readonly AdmittedRow[]): Pick<SessionRow, 'basis' | 'reservationId' | 'agreementId'> {
  const row = rows.find(each => fitsColour({ colour: session.colour, colourAssumed: false }, each.colour)) ?? null;
  if (row === null) return { basis: 'WALK_IN', reservationId: null, agreementId: null };
  return { basis: row.audience === 'RESIDENTS' ? 'RESIDENT' : 'AGREEMENT', reservationId: null, agreementId: row.agreementId };
}
