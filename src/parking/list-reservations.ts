import { reachOf } from '../identity/index.js';
import type { RequestScope } from '../platform/index.js';
import { decodeCursor, pageOf, pageSize, type Connection, type PageArgs } from '../platform/graphql/index.js';
import { reservationOf } from './reservation.loaders.js';
import { countReservations, listReservationRows, type ReservationFilter } from './reservation.sql.js';
import type { Reservation, ReservationWhere } from './reservation.type.js';

/** The reservations of the caller's parties, and those that stand at their facilities, the newest first. */
export async function listReservations({ viewer, database }: RequestScope, where: ReservationWhere | null, page: PageArgs): Promise<Connection<Reservation>> {
  const reach = reachOf(viewer, 'reservation:read').filter(part => part.codes === null);
  // A right that names no party is the platform's own: it reads all. One that is bounded by a jurisdiction reads nobody's bookings.
  const partyIds = reach.some(part => part.partyId === null) ? null : reach.map(part => part.partyId!);
  const filter: ReservationFilter = { states: where?.states ?? null, facilityId: where?.facilityId ?? null, seriesId: where?.seriesId ?? null, from: where?.during?.startsAt ?? null, until: where?.during?.endsAt ?? null, demandClass: where?.demandClass ?? null };
  const after = page.after == null ? null : String(decodeCursor(page.after, ['string'])[0]);
  const rows = await listReservationRows(database, partyIds, filter, { after, limit: pageSize(page.first) + 1 });
  return pageOf(rows.map(reservationOf), { first: page.first, after: page.after ?? null, keyOf: reservation => [reservation.id], count: () => countReservations(database, partyIds, filter) });
}
