import type { Span } from '../../kernel/index.js';
import { opensDuring, type BookedStay } from './admission.js';
import { comesFor, type NamedBooking } from './booked-first.js';

/** A booking of a vehicle, as far as it says from when on the vehicle stands by it. */
type FollowingBooking = NamedBooking & Pick<BookedStay, 'terms'>;

/** From when on whoever is still in by a booking stands by another: once the one is over and the other opens the gate. */
export function goesOnAt(before: Pick<FollowingBooking, 'endsAt'>, next: Pick<FollowingBooking, 'startsAt' | 'endsAt' | 'terms'>): number {
  return Math.max(before.endsAt, opensDuring(next).startsAt);
}

/**
 * By which of its bookings a vehicle stood at a place until it left, one after the other. The jobs have whoever is in go on
 * so while it is in; what is told afterwards comes to the same by this rule (C4). Example: of bookings from 10 to 11 and
 * from 11 to 12, who came by the first and left at 11:50 stood by both, and who left at 10:50 by the first alone.
 */
export function bookedOn<B extends FollowingBooking>(first: B, bookings: readonly B[], leftAt: number): readonly B[] {
  const following = bookings.filter(next => goesOnAt(first, next) < Math.min(next.endsAt, leftAt));
  if (following.length === 0) return [first];
  const at = Math.min(...following.map(next => goesOnAt(first, next)));
  const [next] = following.filter(each => goesOnAt(first, each) === at).sort(comesFor(at));
  return [first, ...bookedOn(next!, bookings, leftAt)];
}

/**
 * What of a stay none of the bookings was for that the vehicle stood by, each with the booking that it waited for. Example:
 * in from 9:15 by a booking from 10 to 11 that opens the gate at 9:45, and by one from 11 to 12, it waited from 9:15 to 9:45.
 */
export function unbookedOf<B extends Pick<FollowingBooking, 'startsAt' | 'endsAt' | 'terms'>>(stay: Span, stood: readonly B[]): ReadonlyArray<{ readonly during: Span; readonly next: B }> {
  return stood.flatMap((next, nth) => {
    const during = { startsAt: stood[nth - 1]?.endsAt ?? stay.startsAt, endsAt: Math.min(opensDuring(next).startsAt, stay.endsAt) };
    return during.startsAt < during.endsAt ? [{ during, next }] : [];
  });
}
