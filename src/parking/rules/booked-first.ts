import type { Span } from '../../kernel/index.js';
import type { ReservationState } from './lifecycle.js';
import { APART_MINUTES } from './free-minutes-once.js';

/** A booking of a vehicle, as the gate chooses between several. */
export interface NamedBooking extends Span {
  readonly id: string;
  readonly partyId: string;
  readonly state: ReservationState;
  /** Since when the vehicle is named for it. */
  readonly namedAt: number;
}

const STANDS: readonly ReservationState[] = ['CONFIRMED', 'CHECKED_IN', 'OVERSTAYED'];

/**
 * By which of its bookings a vehicle comes, the first first. A plate proves nothing about whoever names it, and whose it is
 * nobody can say: bookings of several parties stand beside each other, none of them is told of another, and the gate alone
 * chooses. It takes one that stands and is running, before one to come, before one that has ended; of several parties'
 * the one for which the plate was named first. By this one rule the gate decides, a session finds its booking, and a
 * vehicle that was in before is taken in.
 */
export function comesFor(at: number): (one: NamedBooking, other: NamedBooking) => number {
  return (one, other) => awayFrom(one, at) - awayFrom(other, at) || one.namedAt - other.namedAt || (one.id < other.id ? -1 : 1);
}

function awayFrom({ state, startsAt, endsAt }: NamedBooking, at: number): number {
  const away = at < startsAt ? startsAt - at : at >= endsAt ? at - endsAt + 1 : 0;
  return (STANDS.includes(state) ? 0 : 1e15) + away;
}

/** Bookings that other parties made of a vehicle that came by one of them, and that stand then, or so close to it that it has its free minutes twice: a person looks at them. */
export function besides<B extends NamedBooking>(taken: B, bookings: readonly B[]): readonly B[] {
  const isNear = ({ startsAt, endsAt }: Span): boolean => Math.max(taken.startsAt - endsAt, startsAt - taken.endsAt) < APART_MINUTES * 60_000;
  return bookings.filter(each => each.partyId !== taken.partyId && (STANDS.includes(each.state) || each.state === 'COMPLETED') && isNear(each));
}
