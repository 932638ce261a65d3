import type { Unit } from '../../platform/index.js';
import type { ReservationRow } from '../reservation.sql.js';
import { fitsColour } from '../rules/gate-vehicle.js';
import { opensDuring } from '../rules/admission.js';
import { besides, comesFor } from '../rules/booked-first.js';
import { bookedOn } from '../rules/booked-on.js';
import { admissionsOfVehicles, reservationsOfVehicles, type AdmittedRow, type BookedRow, type VehicleAt } from './gate.sql.js';
import type { RetoldSession } from './retell.js';
import type { SessionRow } from './session.sql.js';

const MINUTE_MS = 60_000;

/**
 * Says of new sessions, and of those whose beginning or end became known, by which right the vehicle is in: its reservation,
 * an admission, or none of both; and by which reservations it went on (`booked-on.ts`). One without a reservation that took
 * spaces or was charged keeps what it is; but where it ends, it is of the reservation that had opened meanwhile: who came
 * too early for it came all the same (C9).
 */
export async function linkSessions(unit: Unit, changed: readonly RetoldSession[]): Promise<readonly RetoldSession[]> {
  const asked = changed.filter(isToLink);
  if (asked.length === 0) return changed;
  const vehicles = asked.map(({ after, plateHash }): VehicleAt => ({ facilityId: after.facilityId, plateHash: plateHash!, at: after.beganAt, until: after.exitedAt ?? unit.now }));
  const booked = Map.groupBy(await reservationsOfVehicles(unit, vehicles), row => `${row.facilityId} ${row.plateHash}`);
  const admitted = Map.groupBy(await admissionsOfVehicles(unit, vehicles), row => `${row.facilityId} ${row.plateHash}`);
  // Vehicles of one booking that come in at once fill its spaces one after the other.
  const inside = new Map<string, Set<string>>();
  return changed.map(each => {
    if (!isToLink(each)) return each;
    const { before, after, plateHash } = each;
    const key = `${after.facilityId} ${plateHash}`;
    const rows = (booked.get(key) ?? []).filter(row => row.facilityId === after.facilityId && fitsColour({ colour: after.colour, colourAssumed: false }, row.colour));
    const stood = bookingsOf(each, rows, { inside, now: unit.now });
    if (stood.length > 0) return { before, plateHash, isContested: stood.at(-1)!.id !== before?.reservationId && stood.some(booking => besides(booking, rows).length > 0), passedIds: stood.slice(0, -1).map(({ id }) => id), after: bookedBy(after, stood) };
    if (before?.reservationId != null || !isNewlyBegun(each)) return each;
    return { before, plateHash, isContested: false, after: { ...after, ...rightOf(after, admitted.get(key) ?? []) } };
  });
}

function isToLink(each: RetoldSession): boolean {
  const { before, after, plateHash } = each;
  if (plateHash === null || after.state === 'VOID') return false;
  if (before?.reservationId != null) return true;
  return after.charges.length === 0 && (isNewlyBegun(each) || (before?.state === 'OPEN' && before.basis !== 'AGREEMENT' && hasLeft(after)));
}

function isNewlyBegun({ before, after }: RetoldSession): boolean {
  return after.claimId === null && (before === null || before.beganAt !== after.beganAt);
}

/** Whose exit was told: of a stay that ended because the vehicle came in again nobody knows until when it was there. */
function hasLeft({ state, enteredAt, exitEventId }: SessionRow): boolean {
  return state === 'ENDED' && enteredAt !== null && exitEventId !== null;
}

/** A booking that somebody ended or moved elsewhere while its lock was waited for lets nobody in: the vehicle is in as it was before, or without one. */
export function unlinkEnded(linked: readonly RetoldSession[], bookings: ReadonlyMap<string, ReservationRow>): readonly RetoldSession[] {
  return linked.map(each => {
    const { before, after, passedIds = [] } = each;
    const news = [...passedIds, after.reservationId].flatMap(id => (id === null || stoodBy(before, bookings.get(id)) ? [] : bookings.get(id)!));
    if (news.every(booking => booking.facilityId === after.facilityId && (LINKABLE.has(booking.state) || booking.state === 'NO_SHOW'))) return each;
    const { basis, reservationId, bookedUntil, overstayedSince } = before ?? { basis: 'WALK_IN' as const, reservationId: null, bookedUntil: null, overstayedSince: null };
    return { ...each, passedIds: passedIds.filter(id => id !== reservationId && stoodBy(before, bookings.get(id))), after: { ...after, basis, reservationId, bookedUntil, overstayedSince } };
  });
}

/** Whether a session was of a booking before it was told anew, or of one that it went on from. */
export function stoodBy(before: SessionRow | null, booking: Pick<ReservationRow, 'id' | 'state' | 'endsAt'> | undefined): boolean {
  if (before?.reservationId == null || booking === undefined || booking.state === 'HELD') return false;
  return booking.id === before.reservationId || (before.bookedUntil !== null && booking.endsAt <= before.bookedUntil);
}

/** The bookings that a vehicle stood by one after the other. What its session was of before stands to it, though it is used up or was called a no-show since. */
function bookingsOf({ before, after }: RetoldSession, rows: readonly BookedRow[], { inside, now }: { readonly inside: Map<string, Set<string>>; readonly now: number }): readonly BookedRow[] {
  const own = rows.filter(row => stoodBy(before, row)).map((row): BookedRow => ({ ...row, state: 'CHECKED_IN' }));
  const others = rows.filter(row => !stoodBy(before, row) && mayLink(after, row));
  const first = bookingOf(after, before?.beganAt === after.beganAt && own.length > 0 ? own : [...own, ...others], inside);
  return first === null ? [] : bookedOn(first, [...own, ...others], after.exitedAt ?? now);
}

function bookedBy(session: SessionRow, stood: readonly BookedRow[]): SessionRow {
  const { id } = stood.at(-1)!;
  return {
    ...session, basis: 'RESERVATION', reservationId: id, agreementId: null, bookedUntil: stood.at(-2)?.endsAt ?? null, overstayedSince: id === session.reservationId ? session.overstayedSince : null,
  };
}

function bookingOf(session: SessionRow, rows: readonly BookedRow[], inside: Map<string, Set<string>>): BookedRow | null {
  // One that opened the gate then comes before one that it was still in for.
  const isToCome = (row: BookedRow): number => (opensDuring(row).startsAt > session.beganAt ? 1 : 0);
  const inOrder = comesFor(session.beganAt);
  const fitting = rows.filter(row => isWithin(session, row)).sort((one, other) => isToCome(one) - isToCome(other) || inOrder(one, other));
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
