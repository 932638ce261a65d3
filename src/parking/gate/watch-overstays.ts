import { done, isRefusal, type Outcome } from '../../kernel/index.js';
import { ANY_DRIVER, decideStay, lockClaims } from '../../availability/index.js';
import { systemViewer, tellParties } from '../../identity/index.js';
import { RequestScope, newId, transaction, type Services, type Unit } from '../../platform/index.js';
import type { ReservationRow } from '../reservation.sql.js';
import { recordBreach } from '../revocation/record-breach.js';
import { beginRevocations } from '../revocation/revocation.sql.js';
import { overstaysFrom } from '../rules/overstay-price.js';
import { changedBy, lockReservations, storeChanged } from '../store-reservations.js';
import { lockVehicles } from './event.sql.js';
import { gateFacilities } from './gate.sql.js';
import { bookingsOverdue, nextHolders, spacesOverstayed, vehiclesInside } from './overstay.sql.js';
import { updateSessions, type SessionRow } from './session.sql.js';
import { goOnByNext } from './take-in-early.js';

/** Bookings of one run; what is left comes with the next. */
const AT_ONCE = 100;
/** Who comes later than this may still find the space free. */
export const LOOK_AHEAD_MS = 30 * 60_000;
export const NEXT_AT_MOST = 50;

/**
 * Finds vehicles that are still in when their booking lets nobody stay any longer (C9): the booking is overstayed, the
 * breach recorded once, the owner told, and whoever comes next to a space that is missing is told and led elsewhere. The
 * stay is not extended: what it costs by its clause is charged when the vehicle leaves. Who has booked on does not overstay.
 * Answers how many.
 */
export async function watchOverstays(services: Services): Promise<number> {
  const scope = new RequestScope(services, systemViewer, 'zh', 'job watch-overstays');
  let found = 0;
  await goOnByNext(services);
  for (const row of await bookingsOverdue(services.database, services.clock.now(), AT_ONCE)) {
    const outcome = await transaction(scope, unit => overstay(unit, row));
    if (!isRefusal(outcome) && outcome.value) found += 1;
  }
  return found;
}

async function overstay(unit: Unit, seen: ReservationRow): Promise<Outcome<boolean>> {
  const asSeen = await vehiclesInside(unit, seen.id);
  await lockVehicles(unit, asSeen.map(session => `${session.facilityId} ${session.plateKey}`));
  await lockClaims(unit, [seen.facilityId]);
  const row = (await lockReservations(unit, [seen.id])).get(seen.id)!;
  // Who left or stayed longer by agreement while the locks were waited for overstays nothing.
  if (row.state !== 'CHECKED_IN' || overstaysFrom(row.endsAt, row.terms) > unit.now) return done(false);
  const inside = await vehiclesInside(unit, row.id);
  const next = changedBy(row, inside.length > 0 ? 'overstay' : 'leave', unit.now);
  if (isRefusal(next)) return next;
  await storeChanged(unit, inside.length > 0 ? 'overstay' : 'leave', [next.value]);
  if (inside.length === 0) return done(false);
  const since = overstaysFrom(row.endsAt, row.terms);
  await updateSessions(unit, inside.map((session): SessionRow => ({ ...session, overstayedSince: since, version: session.version + 1, changedAt: unit.now })));
  const [facility] = await gateFacilities(unit, [row.facilityId]);
  const reason = '超时未离场。Still in after the end.';
  await recordBreach(unit, { city: row.city, facilityId: row.facilityId, side: 'DRIVER', kind: 'OVERSTAY', promiseId: row.id, reservationId: row.id, sessionId: inside[0]!.id, reason, partyId: row.partyId });
  await tellParties(unit, [row.partyId, ...facility!.partyIds].map(partyId => ({
    partyId, topic: 'reservation.overstayed', subjectKind: 'Reservation', subjectId: row.id, zh: '预约时段已过，车辆仍在场：按条款计收超时费，泊位所有人优先', en: 'the reservation is over and the vehicle still in: it is charged by the clause, and the owner comes first',
  })));
  await rerouteNext(unit, row);
  return done(true);
}

/** Leads whoever comes next elsewhere, where a space is missing: of one numbered space its next holder, of a pool as many as its free spaces do not reach. */
async function rerouteNext(unit: Unit, row: ReservationRow): Promise<void> {
  const missing = row.spaceId === null ? (await spacesOverstayed(unit, row)) - (await freeSpaces(unit, row)) : 1;
  if (missing <= 0) return;
  const holders = await nextHolders(unit, row, { from: unit.now, until: unit.now + LOOK_AHEAD_MS, limit: NEXT_AT_MOST });
  const affected = firstOf(holders, missing);
  await beginRevocations(unit, affected.map(holder => ({
    city: holder.city, id: newId('revocation', unit.now), reservationId: holder.id, claimId: holder.claimId, facilityId: holder.facilityId, side: 'DRIVER' as const,
    reason: '前车超时未离场，泊位尚未腾出。The vehicle before it has not left its space.', state: 'PENDING' as const, movedToFacilityId: null, supplierFen: null, createdAt: unit.now, decidedAt: null,
  })));
}

/** The holders, in their order, whose spaces so many that are missing would be. */
export function firstOf(holders: readonly ReservationRow[], missing: number): readonly ReservationRow[] {
  let left = missing;
  return holders.filter(holder => {
    if (left <= 0) return false;
    left -= holder.spaces;
    return true;
  });
}

/** The spaces of the pool that are lent and promised to nobody, until the next holders come: 0 where the owner has come back. */
export async function freeSpaces(unit: Unit, { facilityId, zoneId, spaceClass }: ReservationRow): Promise<number> {
  const [decided] = await decideStay(unit, [{ facilityId, zoneIds: [zoneId], spaceId: null, spaceClass, during: { startsAt: unit.now, endsAt: unit.now + LOOK_AHEAD_MS }, spaces: 1, asker: ANY_DRIVER }]);
  return decided!.decision.free;
}
