import { isRefusal } from '../../kernel/index.js';
import { takeUpClaim, type ClaimRelease } from '../../availability/index.js';
import type { Unit } from '../../platform/index.js';
import type { ReservationRow } from '../reservation.sql.js';
import { reservationLifecycle, type ReservationEvent } from '../rules/lifecycle.js';
import { changedBy, storeChanged } from '../store-reservations.js';
import { vehiclesOfReservations } from './session.sql.js';
import type { Settling } from './settle-stays.js';

/**
 * Moves the locked bookings of sessions on: in with the first vehicle, completed with the last, or where that went on by the next one, and back where the only one
 * that was in turns out to be another's: its driver may still come, or cancel. Answers what they give
 * back: what lies after the exit (C9). What ended before stays ended: a late event never takes a released space again (C4).
 */
export async function advanceBookings(unit: Unit, sessions: readonly Settling[], bookings: ReadonlyMap<string, ReservationRow>): Promise<readonly ClaimRelease[]> {
  if (bookings.size === 0) return [];
  const counts = new Map((await vehiclesOfReservations(unit, [...bookings.keys()])).map(row => [row.reservationId, row]));
  const byEvent = new Map<ReservationEvent, ReservationRow[]>();
  const releases: ClaimRelease[] = [];
  for (const booking of bookings.values()) {
    const own = sessions.map(({ after }) => after).filter(session => session.reservationId === booking.id && session.state !== 'VOID');
    const passed = sessions.flatMap(({ after, passedIds }) => (passedIds?.includes(booking.id) ? [after] : []));
    const { inside = 0, left = 0 } = counts.get(booking.id) ?? {};
    const isNobodys = inside === 0 && left === 0 && passed.length === 0;
    if (isNobodys && reservationLifecycle.allows(booking.state, 'retract')) {
      byEvent.set('retract', [...(byEvent.get('retract') ?? []), advanced(booking, ['retract'], unit.now).row]);
      await takeUpClaim(unit, { claimId: booking.claimId, at: null });
      continue;
    }
    // Once its time is over, whoever of it has not come by now does not come any more.
    const isOver = inside === 0 && (passed.length > 0 || (booking.state === 'OVERSTAYED' && left > 0));
    if (isNobodys || (own.length === 0 && !isOver)) continue;
    const hasLeft = isOver || (inside === 0 && left >= booking.spaces);
    const { row, last } = advanced(booking, hasLeft ? ['enter', 'leave'] : ['enter'], unit.now);
    if (last === null) continue;
    byEvent.set(last, [...(byEvent.get(last) ?? []), row]);
    const at = Math.min(...[...own, ...passed].map(session => session.enteredAt ?? session.beganAt));
    if (booking.state === 'CONFIRMED') await takeUpClaim(unit, { claimId: booking.claimId, at });
    if (last === 'leave' && own.length > 0) releases.push({ claimId: booking.claimId, from: Math.max(...own.map(session => session.exitedAt ?? 0)), reason: 'LEFT' });
  }
  for (const [event, rows] of byEvent) await storeChanged(unit, event, rows);
  return releases;
}

/** A booking after those of the events that its state allows, in their order. */
function advanced(booking: ReservationRow, events: readonly ReservationEvent[], now: number): { readonly row: ReservationRow; readonly last: ReservationEvent | null } {
  let row = booking;
  let last: ReservationEvent | null = null;
  for (const event of events) {
    if (!reservationLifecycle.allows(row.state, event)) continue;
    const next = changedBy(row, event, now);
    if (isRefusal(next)) throw new Error(next.problems[0].en);
    row = next.value;
    last = event;
  }
  return { row, last };
}
