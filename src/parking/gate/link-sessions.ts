import type { Unit } from '../../platform/index.js';
import type { ReservationRow } from '../reservation.sql.js';
import { fitsColour } from '../rules/gate-vehicle.js';
import { opensDuring } from '../rules/admission.js';
import { besides, comesFor } from '../rules/booked-first.js';
import { bookedOn } from '../rules/booked-on.js';
import { wasUsedUp } from '../rules/used-up.js';
import { admissionsOfVehicles, reservationsOfVehicles, type AdmittedRow, type BookedRow, type VehicleAt } from './gate.sql.js';
import type { RetoldSession } from './retell.js';
import type { SessionRow } from './session.sql.js';

const MINUTE_MS = 60_000;

/**
 * Says of new sessions, and of those whose beginning or end became known, by which right the vehicle is in: its reservation,
 * an admission, or none of both; and by which reservations it went on (`booked-on.ts`). One without a reservation that took
 * spaces or was charged keeps what it is; but where it ends, it is of the reservation that had opened meanwhile: who came
 * too early for it came all the same (C9). Of several stays the earlier uses a booking, in whichever order they are told.
 */
export async function linkSessions(unit: Unit, changed: readonly RetoldSession[]): Promise<readonly RetoldSession[]> {
  const asked = changed.filter(isToLink);
  if (asked.length === 0) return changed;
  const vehicles = asked.map(({ after, plateHash }): VehicleAt => ({ facilityId: after.facilityId, plateHash: plateHash!, at: after.beganAt, until: after.exitedAt ?? unit.now }));
  const booked = Map.groupBy(await reservationsOfVehicles(unit, vehicles), row => `${row.facilityId} ${row.plateHash}`);
  const admitted = Map.groupBy(await admissionsOfVehicles(unit, vehicles), row => `${row.facilityId} ${row.plateHash}`);
  const use = useOf(asked);
  return changed.toSorted((one, other) => one.after.beganAt - other.after.beganAt).flatMap(each => {
    if (!isToLink(each)) return [each];
    const { before, after, plateHash } = each;
    const key = `${after.facilityId} ${plateHash}`;
    const rows = (booked.get(key) ?? []).filter(row => row.facilityId === after.facilityId && fitsColour({ colour: after.colour, colourAssumed: false }, row.colour));
    const isTaken = before?.reservationId != null && rows.some(row => row.id === before.reservationId && use.isUsedUp(row, after.beganAt));
    if (each.isCarried === true && !isTaken) {
      use.note(after, rows.filter(row => stoodBy(before, row)));
      return [];
    }
    const stood = bookingsOf(each, rows, { use, now: unit.now });
    use.note(after, stood);
    const told = each.isCarried === true ? { ...after, version: after.version + 1, changedAt: unit.now } : after;
    if (stood.length > 0) return [{ before, plateHash, isContested: stood.at(-1)!.id !== before?.reservationId && stood.some(booking => besides(booking, rows).length > 0), passedIds: stood.slice(0, -1).map(({ id }) => id), after: bookedBy(told, stood) }];
    if (!isTaken && (before?.reservationId != null || !isNewlyBegun(each))) return [each];
    return [{ before, plateHash, isContested: false, after: { ...told, ...rightOf(after, admitted.get(key) ?? []), bookedUntil: null, overstayedSince: null } }];
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
    const news = [...passedIds, after.reservationId].flatMap(id => (id === null || wasOf(linked, after, bookings.get(id)) ? [] : bookings.get(id)!));
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

/** Whether any stay of a vehicle was of a booking before they were told anew. */
function wasOf(told: readonly RetoldSession[], { facilityId, plateKey }: SessionRow, booking: Parameters<typeof stoodBy>[1]): boolean {
  return told.some(({ before, after }) => after.facilityId === facilityId && after.plateKey === plateKey && stoodBy(before, booking));
}

/** The bookings that a vehicle stood by one after the other. What its session was of before stands to it, though it is used up or was called a no-show since; but for what an earlier stay, told later, used up. */
function bookingsOf({ before, after }: RetoldSession, rows: readonly BookedRow[], { use, now }: { readonly use: Use; readonly now: number }): readonly BookedRow[] {
  const left = rows.filter(row => !use.isUsedUp(row, after.beganAt));
  const own = left.filter(row => stoodBy(before, row)).map((row): BookedRow => ({ ...row, state: 'CHECKED_IN' }));
  const others = left.filter(row => !stoodBy(before, row)).map(row => (use.wasOf(row, after) ? { ...row, state: 'CHECKED_IN' as const } : row)).filter(row => mayLink(after, row));
  const first = bookingOf(after, before?.beganAt === after.beganAt && own.length > 0 ? own : [...own, ...others], use);
  return first === null ? [] : bookedOn(first, [...own, ...others], after.exitedAt ?? now);
}

function bookedBy(session: SessionRow, stood: readonly BookedRow[]): SessionRow {
  const { id } = stood.at(-1)!;
  return {
    ...session, basis: 'RESERVATION', reservationId: id, agreementId: null, bookedUntil: stood.at(-2)?.endsAt ?? null, overstayedSince: id === session.reservationId ? session.overstayedSince : null,
  };
}

function bookingOf(session: SessionRow, rows: readonly BookedRow[], use: Use): BookedRow | null {
  // One that opened the gate then comes before one that it was still in for.
  const isToCome = (row: BookedRow): number => (opensDuring(row).startsAt > session.beganAt ? 1 : 0);
  const inOrder = comesFor(session.beganAt);
  return rows.filter(row => isWithin(session, row)).sort((one, other) => isToCome(one) - isToCome(other) || inOrder(one, other)).find(row => session.state !== 'OPEN' || !use.isFull(row, session)) ?? null;
}

/** By which bookings the vehicles of one telling were in, as far as it has been linked: stay after stay, as they began. */
interface Use {
  isUsedUp(row: BookedRow, at: number): boolean;
  /** Whether its spaces have other vehicles by now. */
  isFull(row: BookedRow, session: SessionRow): boolean;
  /** Whether the vehicle was in by it as far as was told before, in this stay or another. */
  wasOf(row: BookedRow, session: SessionRow): boolean;
  note(session: SessionRow, stood: readonly BookedRow[]): void;
}

function useOf(asked: readonly RetoldSession[]): Use {
  const anew = new Set(asked.map(({ after }) => after.id));
  const used = new Map<string, Map<string, number | null>>();
  const cameBy = ({ id, over, inside }: BookedRow): Map<string, number | null> => {
    const known = used.get(id) ?? new Map([...over.filter(({ sessionId }) => !anew.has(sessionId)).map(({ plateKey, leftAt }) => [plateKey, leftAt] as const), ...inside.map(plateKey => [plateKey, null] as const)]);
    used.set(id, known);
    return known;
  };
  return {
    isUsedUp: (row, at) => wasUsedUp(row.spaces, cameBy(row), at),
    isFull: (row, { plateKey }) => [...cameBy(row)].filter(([key, leftAt]) => key !== plateKey && leftAt === null).length >= row.spaces,
    wasOf: (row, session) => wasOf(asked, session, row),
    note: (session, stood) => {
      for (const row of stood) {
        cameBy(row).delete(session.plateKey);
        if (session.state === 'OPEN' || session.exitEventId !== null) cameBy(row).set(session.plateKey, session.state === 'OPEN' ? null : session.exitedAt);
      }
    },
  };
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
