import type { Problem } from '../kernel/index.js';
import { defineLoader } from '../platform/index.js';
import { quotesForUse, type Quote } from '../billing/index.js';
import { mayBookFor, maySeeReservation } from './reservation.policy.js';
import { reservationsAtTheirs, type ReservationRow } from './reservation.sql.js';
import { Reservation, ReservationVehicle } from './reservation.type.js';
import { quotedStayOf } from './quote-stay.js';
import { StayQuote } from './booking.type.js';
import { wholeTerms } from './rules/booking-terms.js';
import { seriesById, vehiclesOfSeries } from './series.sql.js';
import { Series } from './series.type.js';
import { vehiclesOf } from './vehicle.sql.js';

/** A reservation as its party, or whoever runs the facility, may see it; null for anybody else. */
export const RESERVATION_BY_ID = defineLoader<string, Reservation | null>('RESERVATION_BY_ID', async (scope, ids) => {
  const rows = ids.length === 0 ? [] : await reservationsAtTheirs(scope.database, ids);
  const seen = new Map(rows.filter(row => maySeeReservation(scope.viewer, row)).map(row => [row.id, reservationOf(row)]));
  return ids.map(id => seen.get(id) ?? null);
});

/** A row as the schema shows it. Whoever made it has shown that the caller may see it. */
export function reservationOf(row: ReservationRow): Reservation {
  const { city: _city, startsAt, endsAt, version, bookedBy: _bookedBy, claimId: _claimId, changedAt: _changedAt, charges, ...rest } = row;
  return Object.assign(new Reservation(), { ...rest, terms: wholeTerms(rest.terms), during: { startsAt, endsAt }, chargeIds: charges.map(charge => charge.chargeId), version: String(version) });
}

/** The vehicles of reservations that the caller sees, masked. */
export const VEHICLES_OF_RESERVATION = defineLoader<string, readonly ReservationVehicle[]>('VEHICLES_OF_RESERVATION', async (scope, ids) => {
  const byReservation = Map.groupBy(await vehiclesOf(scope.database, ids), row => row.reservationId);
  return ids.map(id => (byReservation.get(id) ?? []).map(({ maskedPlate, colour, kind }) => Object.assign(new ReservationVehicle(), { plate: maskedPlate, colour, kind })));
});

/** A quote to the party that it was made for; null for anybody else. */
export const QUOTE_BY_ID = defineLoader<string, StayQuote | null>('QUOTE_BY_ID', async (scope, ids) => {
  const quotes = await quotesForUse(scope.database, ids);
  return quotes.map(quote => (quote && quote.holderId !== null && mayBookFor(scope.viewer, quote.holderId) ? stayQuoteOf(quote) : null));
});

/** A quote as the schema shows it. */
export function stayQuoteOf(quote: Quote): StayQuote {
  const { id, facilityId, zoneId, windowIds, spaceClass, spaces, during, price, madeAt, expiresAt } = quote;
  const { terms, spaceId, isProvisional, demandClass, changes, audiences, changeFeeFen, supplierFen } = quotedStayOf(quote);
  return Object.assign(new StayQuote(), {
    id, facilityId, zoneId, windowIds, spaceClass, spaces, spaceId, during, lines: price.lines, amountFen: price.amountFen, tariffVersionIds: price.tariffVersionIds, isProvisional,
    demandClass, audiences, terms: wholeTerms(terms), changesReservationId: changes, changeFeeFen, supplierFen, madeAt, expiresAt, isHeldUntilPaid: price.amountFen > 0 && terms.payAfterMinutes === null,
  });
}

/**
 * A series to whoever may book for the party that it was booked for; null for anybody else. What is kept of its refused
 * dates names no vehicle (P10): what could be had instead is looked for by the vehicles that the series has when it is read.
 */
export const SERIES_BY_ID = defineLoader<string, Series | null>('SERIES_BY_ID', async (scope, ids) => {
  const rows = new Map((await seriesById(scope.database, ids)).filter(row => mayBookFor(scope.viewer, row.partyId)).map(row => [row.id, row]));
  const refused = [...rows.values()].filter(row => row.refused.length > 0).map(row => row.id);
  const vehicles = Map.groupBy(refused.length === 0 ? [] : await vehiclesOfSeries(scope.database, refused), row => row.seriesId);
  return ids.map(id => {
    const row = rows.get(id);
    if (!row) return null;
    const bookedFor = { partyId: row.partyId, vehicles: (vehicles.get(id) ?? []).map(({ hash, colour }) => ({ hash, colour })) };
    const refusedNights = row.refused.map(({ on, problems }) => ({ on, problems: problems.map(each => forVehicles(each, bookedFor)) }));
    return Object.assign(new Series(), { id, facilityId: row.facilityId, mode: row.mode, refusedNights, createdAt: row.createdAt });
  });
});

function forVehicles(each: Problem, bookedFor: object): Problem {
  return each.data?.stay ? { ...each, data: { ...each.data, stay: { ...(each.data.stay as object), bookedFor } } } : each;
}
