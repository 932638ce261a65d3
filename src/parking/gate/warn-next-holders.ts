import { counted, done, isRefusal, type Outcome } from '../../kernel/index.js';
import { lockClaims } from '../../availability/index.js';
import { systemViewer, tellParties } from '../../identity/index.js';
import { RequestScope, transaction, type Services, type Unit } from '../../platform/index.js';
import type { ReservationRow } from '../reservation.sql.js';
import { overstaysFrom } from '../rules/overstay-price.js';
import { lockReservations } from '../store-reservations.js';
import { bookingsInGrace, nextHolders, putWarnedHolders, spacesBeyondEnd, warnedHolders } from './overstay.sql.js';
import { goOnByNext } from './take-in-early.js';
import { LOOK_AHEAD_MS, NEXT_AT_MOST, firstOf, freeSpaces } from './watch-overstays.js';

const MINUTE_MS = 60_000;

/**
 * Tells whoever comes next to a space whose vehicle is still in after the end of its booking, and may be for some minutes
 * yet (C9). A claim ends with the booking: late stop costs the driver before nothing, and takes no space from the one
 * after, who is let in all the same. Each is told once, however many vehicles of its pool are late; led elsewhere are they
 * once one is overstayed. Answers for how many pools and numbered spaces somebody was told.
 */
export async function warnNextHolders(services: Services): Promise<number> {
  const scope = new RequestScope(services, systemViewer, 'zh', 'job warn-next-holders');
  const now = services.clock.now();
  let warned = 0;
  await goOnByNext(services);
  for (const row of await bookingsInGrace(services.database, now, now + LOOK_AHEAD_MS)) {
    const outcome = await transaction(scope, unit => warn(unit, row));
    if (!isRefusal(outcome) && outcome.value) warned += 1;
  }
  return warned;
}

async function warn(unit: Unit, seen: ReservationRow): Promise<Outcome<boolean>> {
  await lockClaims(unit, [seen.facilityId]);
  const row = (await lockReservations(unit, [seen.id])).get(seen.id)!;
  // Who left or stayed longer by agreement while the locks were waited for is in nobody's way.
  if (row.state !== 'CHECKED_IN' || row.endsAt > unit.now) return done(false);
  const missing = row.spaceId === null ? (await spacesBeyondEnd(unit, row, unit.now)) - (await freeSpaces(unit, row)) : 1;
  if (missing <= 0) return done(false);
  const told = await warnedHolders(unit, row, unit.now);
  const holders = firstOf(await nextHolders(unit, row, { from: unit.now, until: unit.now + LOOK_AHEAD_MS, limit: NEXT_AT_MOST }), missing).filter(({ id }) => !told.has(id));
  if (holders.length === 0) return done(false);
  await putWarnedHolders(unit, row.id, holders.map(({ id }) => id));
  const minutes = Math.max(1, Math.ceil((overstaysFrom(row.endsAt, row.terms) - unit.now) / MINUTE_MS));
  await tellParties(unit, holders.map(holder => ({
    partyId: holder.partyId, topic: 'reservation.spaceNotVacated', subjectKind: 'Reservation', subjectId: holder.id,
    zh: `前车尚未离场，最迟 ${minutes} 分钟后应腾出泊位；届时仍未离场，将为您改往他处或全额退款`,
    en: `the vehicle before yours has not left yet: the space should be free in ${counted(minutes, 'minute')} at most, and if it is not, your booking is moved elsewhere or refunded whole`,
  })));
  return done(true);
}
