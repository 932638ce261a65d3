import type { Room } from '../platform/index.js';
import { BookingResolver, NotEnoughSpacesResolver, RefusedNightResolver, SeriesResolver, StayAlternativeResolver, StayQuoteResolver } from './booking.resolver.js';
import { ChangeCostsMore, NotEnoughSpaces, ReservationInTheWay, TooManyOpenBookings } from './booking.type.js';
import { eraseDriverPlates } from './erase-driver.js';
import { gatePart } from './gate/gate-part.js';
import { parkingJobs } from './jobs.js';
import { confirmPaid, expireHolds } from './reactions.js';
import { PARKING_REFUSALS } from './refusals.js';
import { RESERVATION_BY_ID, SERIES_BY_ID } from './reservation.loaders.js';
import { BookingTermsResolver, ReservationResolver } from './reservation.resolver.js';
import { Reservation } from './reservation.type.js';
import { stopReservations } from './watch-reservations.js';

export { Reservation } from './reservation.type.js';
export type { BookingTerms, FeeTerms, OverstayTerms } from './rules/booking-terms.js';
export { stayParts } from './rules/stay-parts.js';
export type { ReservationEvent, ReservationState } from './rules/lifecycle.js';

/** Who may book which spaces, on what terms, and what a booking becomes. */
export const parkingRoom: Room = {
  name: 'parking',
  entities: [],
  resolvers: [BookingResolver, StayQuoteResolver, StayAlternativeResolver, NotEnoughSpacesResolver, SeriesResolver, RefusedNightResolver, ReservationResolver, BookingTermsResolver, ...gatePart.resolvers],
  orphanedTypes: [Reservation, ChangeCostsMore, NotEnoughSpaces, ReservationInTheWay, TooManyOpenBookings, ...gatePart.orphanedTypes],
  refusals: PARKING_REFUSALS,
  nodes: [{ kind: 'reservation', loader: RESERVATION_BY_ID }, { kind: 'series', loader: SERIES_BY_ID }, ...gatePart.nodes],
  reactions: [confirmPaid, expireHolds, eraseDriverPlates, ...gatePart.reactions],
  jobs: [...parkingJobs, ...gatePart.jobs],
  stop: stopReservations,
};
