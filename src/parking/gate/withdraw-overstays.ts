import { tellParties } from '../../identity/index.js';
import type { Unit } from '../../platform/index.js';
import type { ReservationRow } from '../reservation.sql.js';
import { lapseReroutes } from '../revocation/lapse-reroutes.js';
import { withdrawBreach } from '../revocation/record-breach.js';
import { goesOnAt } from '../rules/booked-on.js';
import { overstaysFrom } from '../rules/overstay-price.js';
import { gateFacilities } from './gate.sql.js';
import { bookingsOverstayed, spacesOverstayed } from './overstay.sql.js';
import type { SessionRow } from './session.sql.js';
import type { Settling } from './settle-stays.js';

const REASON = '进出记录更正后，预约并未超时。As entries and exits were corrected, the reservation was not overstayed.';

/** A session that was found beyond the end of its booking, and was not: it never was, or had left in time, as a late event tells. */
export function asNotOverstayed<S extends Settling>(sessions: readonly S[], bookings: ReadonlyMap<string, ReservationRow>): readonly S[] {
  return sessions.map(each => {
    const { after } = each;
    const booking = after.reservationId === null ? undefined : bookings.get(after.reservationId);
    if (after.overstayedSince === null || !booking || after.state === 'OPEN') return each;
    const stands = after.state === 'ENDED' && after.exitedAt !== null && after.exitedAt > overstaysFrom(booking.endsAt, booking.terms);
    return stands ? each : { ...each, after: { ...after, overstayedSince: null } };
  });
}

/**
 * Takes back what followed from an overstay that was none (C9, I2): the breach is withdrawn and said to be so, whoever was
 * told of it is told again, and whoever was to be led elsewhere for it, and was not yet, keeps its place. What it had cost
 * goes back with the session. After the sessions are written and the bookings have moved on, under their locks.
 */
export async function withdrawOverstays(unit: Unit, sessions: readonly Settling[], bookings: ReadonlyMap<string, ReservationRow>): Promise<void> {
  const suspect = [...new Set(sessions.flatMap(({ before, after }) => (before?.overstayedSince != null && after.overstayedSince === null && !overstayedFirst(before, after, bookings) ? (before.reservationId ?? []) : [])))];
  if (suspect.length === 0) return;
  const stands = await bookingsOverstayed(unit, suspect);
  for (const booking of suspect.filter(id => !stands.has(id)).flatMap(id => bookings.get(id) ?? [])) {
    if (!(await withdrawBreach(unit, { kind: 'OVERSTAY', promiseId: booking.id, reason: REASON }))) continue;
    const [facility] = await gateFacilities(unit, [booking.facilityId]);
    await tellParties(unit, [booking.partyId, ...facility!.partyIds].map(partyId => ({
      partyId, topic: 'reservation.overstayWithdrawn', subjectKind: 'Reservation', subjectId: booking.id,
      zh: '此前所告超时不成立：进出记录已更正，违约记录与超时费一并收回', en: 'the overstay that you were told of was none: entries and exits were corrected, and its breach and its price are taken back',
    })));
    if ((await spacesOverstayed(unit, booking)) === 0) await lapseReroutes(unit, booking);
  }
}

/** Whether a vehicle that went on by another booking had stayed too long by the one before, until that other opened the gate. */
function overstayedFirst({ reservationId }: SessionRow, after: SessionRow, bookings: ReadonlyMap<string, ReservationRow>): boolean {
  const [before, next] = [bookings.get(reservationId ?? ''), bookings.get(after.reservationId ?? '')];
  return before !== undefined && next !== undefined && before.id !== next.id && after.bookedUntil !== null && goesOnAt(before, next) > overstaysFrom(before.endsAt, before.terms);
}
