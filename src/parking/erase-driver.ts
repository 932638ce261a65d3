import { openMoneyOf } from '../billing/index.js';
import { problem, refuse, type Problem } from '../kernel/index.js';
import type { Reaction, Unit } from '../platform/index.js';
import { eraseUnbookedOf, plateHashesOf, putSuggestions, suggestedAround, vehiclesSeenOf } from './erasure-unbooked.sql.js';
import { eraseVehiclesOf, openBookingsOf } from './erasure.sql.js';
import { lockVehicles } from './gate/event.sql.js';
import { suggestionBinding } from './gate/vehicle-key.js';
import { plateHash } from './seal-plates.js';
import { lockBookings } from './standing.sql.js';

/**
 * A driver who has a booking open, or owes something, is needed yet; so is one who lends. Of anybody else the plates go,
 * wherever they stand by a reservation, or were admitted as its own: what was booked, parked and paid stays by the ids.
 * They go, too, from what gates saw of them without a booking and that is over, as far as the vehicle was admitted there as
 * the party's own: a plate that somebody named in a booking may be a stranger's, who keeps its stays.
 */
export const eraseDriverPlates: Reaction = {
  topic: 'driver.erasing',
  async react(unit, payloads) {
    for (const { partyId } of payloads as ReadonlyArray<{ readonly partyId: string }>) {
      lockBookings(unit, [partyId]);
      const problems = [...(await openMattersOf(unit, partyId)), ...(await openMoneyOf(unit, partyId))];
      if (problems.length > 0) return refuse(problems);
      // Whoever tells of one of these vehicles meanwhile waits, and finds it gone: its stays are reckoned from what is stored.
      await lockVehicles(unit, await vehiclesSeenOf(unit, partyId));
      await forgetSuggestions(unit, partyId);
      await eraseUnbookedOf(unit, partyId);
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

/** A plate that was misread stands, sealed, by the decision on what was read instead. */
async function forgetSuggestions(unit: Unit, partyId: string): Promise<void> {
  const { sealer } = unit.scope.services;
  const suggested = await suggestedAround(unit, partyId);
  if (suggested.length === 0) return;
  const own = new Set(await plateHashesOf(unit, partyId));
  const changed = suggested.flatMap(({ id, sealedSuggestions }) => {
    const read = JSON.parse(sealer.open(sealedSuggestions, suggestionBinding(id))) as readonly string[];
    const left = read.filter(number => !own.has(plateHash(sealer, number)));
    if (left.length === read.length) return [];
    return [{ id, sealedSuggestions: left.length === 0 ? null : sealer.seal(JSON.stringify(left), suggestionBinding(id)) }];
  });
  if (changed.length > 0) await putSuggestions(unit, changed);
}
