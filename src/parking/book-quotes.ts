import { done, isRefusal, refuse, type Outcome, type Problem } from '../kernel/index.js';
import { claimSpaces, type ClaimAsk, type MadeClaim } from '../availability/index.js';
import { openCharges } from '../billing/index.js';
import type { Unit } from '../platform/index.js';
import { askerFor } from './asker-for.js';
import { withStay } from './judge-stays.js';
import { openBookings, planRound, type Booking, type OpenedBookings, type Planned } from './plan-bookings.js';
import { quotedStayOf } from './quote-stay.js';
import { insertReservations, type ReservationCharge, type ReservationRow } from './reservation.sql.js';
import { sealPlates } from './seal-plates.js';
import { announceReservation } from './store-reservations.js';
import { tellConfirmed } from './tell-confirmed.js';
import { chargeLinesOf } from './rules/charge-lines.js';
import { insertVehicles } from './vehicle.sql.js';

const MINUTE_MS = 60_000;
/** A hold's charge is voided when the hold ends; it must not have been called unpaid before. */
const DUE_AFTER_HOLD_MS = 24 * 60 * MINUTE_MS;

/**
 * Books quotes in one transaction, each by itself, in the order given: the claim, the charge, the reservation, its
 * vehicles, the audit and the announcement stand together or not at all. As many statements for hundreds as for one.
 */
export async function bookQuotes(unit: Unit, bookings: readonly Booking[]): Promise<ReadonlyArray<Outcome<ReservationRow>>> {
  const outcomes = new Map<number, Outcome<ReservationRow>>();
  const opened = await openBookings(unit, bookings);
  const claimed = await claimBookings(unit, opened, (index, problems) => outcomes.set(index, refuse(problems)));

  const charges = await chargesOf(unit, claimed);
  const rows = claimed.map((each, nth) => rowOf(unit, each, charges[nth]!));
  insertReservations(unit, rows);
  const { sealer } = unit.scope.services;
  insertVehicles(unit, claimed.flatMap(({ booking }, nth) => sealPlates(sealer, rows[nth]!, booking.vehicles)));
  claimed.forEach(({ index, booking }, nth) => {
    const row = rows[nth]!;
    unit.record({ action: 'reservation:write', objectType: 'reservation', objectId: row.id, details: { act: 'book', state: row.state, version: row.version, facilityId: row.facilityId, spaces: row.spaces, amountFen: row.amountFen } }, booking.by);
    announceReservation(unit, 'book', row);
    outcomes.set(index, done(row));
  });
  await tellConfirmed(unit, rows.filter(row => row.seriesId === null), opened.places);
  return bookings.map((_, index) => outcomes.get(index)!);
}

interface Claimed extends Planned {
  readonly claim: MadeClaim;
}

/** Plans and claims. A second claim is made only where bookings of one batch are in each other's way, and the first of them had no spaces. */
async function claimBookings(unit: Unit, { wanted, standing, desk }: OpenedBookings, refused: (index: number, problems: readonly Problem[]) => void): Promise<readonly Claimed[]> {
  const claimed: Claimed[] = [];
  for (let left = wanted; left.length > 0;) {
    const { planned, refused: unfit, deferred } = planRound(left, standing, unit.now);
    for (const { index, problems } of unfit) refused(index, problems);
    const claims = planned.length === 0 ? [] : await claimSpaces(unit, planned.map(claimOf), desk);
    planned.forEach((each, nth) => {
      const claim = claims[nth]!;
      if (isRefusal(claim)) return refused(each.index, claim.problems.map(found => withStay(found, { ...each.quote, spaceId: null, bookedFor: { partyId: each.quote.holderId!, vehicles: each.vehicles } })));
      claimed.push({ ...each, claim: claim.value });
      standing.add(each, unit.now);
    });
    left = deferred;
  }
  return claimed;
}

function claimOf({ quote, reservationId, heldUntil }: Planned): ClaimAsk {
  const { spaceId, audiences } = quotedStayOf(quote);
  return {
    facilityId: quote.facilityId, zoneIds: quote.zoneId === null ? null : [quote.zoneId], spaceId, spaceClass: quote.spaceClass, during: quote.during, spaces: quote.spaces,
    asker: askerFor(audiences), cause: { kind: 'RESERVATION', id: reservationId }, heldUntil,
  };
}

/** What each owes for its stay; null where it is free. */
async function chargesOf(unit: Unit, planned: readonly Planned[]): Promise<ReadonlyArray<ReservationCharge | null>> {
  const priced = planned.filter(({ quote }) => quote.price.amountFen > 0);
  const ids = priced.length === 0 ? [] : await openCharges(unit, priced.map(({ quote, reservationId, heldUntil }) => ({
    cause: { kind: 'RESERVATION', id: reservationId }, facilityId: quote.facilityId, payerId: quote.holderId, lines: chargeLinesOf(quote.price), amountFen: quote.price.amountFen, purpose: 'STAY' as const,
    dueAt: heldUntil === null ? quote.during.endsAt + quotedStayOf(quote).terms.payAfterMinutes! * MINUTE_MS : heldUntil + DUE_AFTER_HOLD_MS,
  })));
  const chargeOf = new Map(priced.map(({ reservationId, quote }, nth) => [reservationId, { chargeId: ids[nth]!, amountFen: quote.price.amountFen }]));
  return planned.map(({ reservationId }) => chargeOf.get(reservationId) ?? null);
}

function rowOf({ now }: Unit, { booking, quote, reservationId, heldUntil, claim }: Claimed, charge: ReservationCharge | null): ReservationRow {
  const { city, spaceId, demandClass, terms, isProvisional, audiences } = quotedStayOf(quote);
  const { startsAt, endsAt } = quote.during;
  return {
    city, id: reservationId, facilityId: quote.facilityId, zoneId: claim.zoneId, spaceClass: quote.spaceClass, spaceId, spaces: quote.spaces, startsAt, endsAt,
    partyId: quote.holderId!, demandClass, state: heldUntil === null ? 'CONFIRMED' : 'HELD', stateSince: now, reason: null, quoteId: quote.id, claimId: claim.claimId,
    charges: charge ? [charge] : [], amountFen: quote.price.amountFen, feeFen: null, heldUntil, noShowAt: noShowAtOf(terms, { startsAt, endsAt }, now),
    windowIds: claim.windowIds, audiences, isProvisional: isProvisional || claim.provisional, terms, seriesId: booking.seriesId, bookedBy: booking.by.actorId, version: 1, createdAt: now, changedAt: now,
  };
}

/** Until when a vehicle is waited for: so long after the start, or after the booking of a stay that had begun, but never beyond the end. */
export function noShowAtOf({ noShowAfterMinutes }: { readonly noShowAfterMinutes: number }, { startsAt, endsAt }: { readonly startsAt: number; readonly endsAt: number }, bookedAt: number): number {
  return Math.min(Math.max(startsAt, bookedAt) + noShowAfterMinutes * MINUTE_MS, endsAt);
}
