import { defineLifecycle } from '../../kernel/index.js';

export type ReservationState = 'HELD' | 'CONFIRMED' | 'CHECKED_IN' | 'COMPLETED' | 'CANCELLED' | 'EXPIRED' | 'NO_SHOW' | 'OVERSTAYED';
export type ReservationEvent = 'pay' | 'expire' | 'cancel' | 'change' | 'replate' | 'enter' | 'miss' | 'overstay' | 'leave' | 'retract' | 'revoke' | 'fail' | 'yield';

/**
 * What may become of a reservation, drawn once (P11). Whoever is in cannot cancel any more, only leave (C10); whoever
 * did not come lost the space (C9), and whose entry turns out to be another's has not come yet (`retract`); `replate` names other vehicles; `change` keeps the state, for whoever is in only to stay longer, and `revoke` and `fail` are
 * the supplier's breach, not the driver's: what it took back, and what it did not provide, though somebody came. What
 * yields was nobody's fault: its vehicle came in by another party's booking.
 */
export const reservationLifecycle = defineLifecycle<ReservationState, ReservationEvent>({ zh: '预约', en: 'reservation' }, 'HELD', {
  HELD: { pay: 'CONFIRMED', replate: 'HELD', expire: 'EXPIRED', cancel: 'CANCELLED', revoke: 'CANCELLED' },
  CONFIRMED: { change: 'CONFIRMED', replate: 'CONFIRMED', enter: 'CHECKED_IN', miss: 'NO_SHOW', cancel: 'CANCELLED', revoke: 'CANCELLED', fail: 'CANCELLED', yield: 'CANCELLED' },
  // Its vehicle never was in: the gate had misread another's plate.
  CHECKED_IN: { change: 'CHECKED_IN', overstay: 'OVERSTAYED', leave: 'COMPLETED', retract: 'CONFIRMED' },
  OVERSTAYED: { leave: 'COMPLETED', retract: 'CONFIRMED' },
  COMPLETED: {},
  CANCELLED: {},
  EXPIRED: {},
  // Whoever the gate turned away came, though nobody saw it in.
  NO_SHOW: { fail: 'CANCELLED' },
});

/** The states in which a reservation keeps its spaces. */
export const STANDING: readonly ReservationState[] = ['HELD', 'CONFIRMED', 'CHECKED_IN', 'OVERSTAYED'];
