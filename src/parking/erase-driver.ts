import { openMoneyOf } from '../billing/index.js';
import { problem, refuse, type Problem } from '../kernel/index.js';
import type { Reaction, Unit } from '../platform/index.js';
import { eraseVehiclesOf, openBookingsOf } from './erasure.sql.js';
import { lockBookings } from './standing.sql.js';

/**
 * A driver who has a booking open, or owes something, is needed yet; so is one who lends. Of anybody else the plates go,
 * wherever they stand by a reservation, or were admitted as its own: what was booked, parked and paid stays by the ids.
 */
export const eraseDriverPlates: Reaction = {
  topic: 'driver.erasing',
  async react(unit, payloads) {
    for (const { partyId } of payloads as ReadonlyArray<{ readonly partyId: string }>) {
      lockBookings(unit, { partyIds: [partyId], facilityIds: [] });
      const problems = [...(await openMattersOf(unit, partyId)), ...(await openMoneyOf(unit, partyId))];
      if (problems.length > 0) return refuse(problems);
      await eraseVehiclesOf(unit, partyId, unit.now);
    }
    return null;
  },
};

async function openMattersOf(unit: Unit, partyId: string): Promise<readonly Problem[]> {
  const { reservationIds, facilityIds } = await openBookingsOf(unit, partyId);
  const named = (ids: readonly string[]): string => ids.join(', ');
  return [
    ...(reservationIds.length === 0 ? [] : [problem('BOOKINGS_OPEN', { zh: `尚有预约未结束：${named(reservationIds)}`, en: `bookings are open: ${named(reservationIds)}`, field: 'partyId', data: { subjectIds: reservationIds } })]),
    ...(facilityIds.length === 0 ? [] : [problem('STILL_LENDS', { zh: `尚登记为设施的权利人或管理人：${named(facilityIds)}`, en: `facilities are registered as its own, or as run by it: ${named(facilityIds)}`, field: 'partyId', data: { subjectIds: facilityIds } })]),
  ];
}
