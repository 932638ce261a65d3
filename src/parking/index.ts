import type { Room } from '../platform/index.js';

export type { BookingTerms, FeeTerms, OverstayTerms } from './rules/booking-terms.js';
export type { ReservationEvent, ReservationState } from './rules/lifecycle.js';

/** Who may book which spaces, on what terms, and what a booking becomes. */
export const parkingRoom: Room = {
  name: 'parking',
  entities: [],
  resolvers: [],
  orphanedTypes: [],
  nodes: [],
};
