import type { Problem, Span } from '../kernel/index.js';
import type { Unit } from '../platform/index.js';
import { vehicleKey } from './gate/vehicle-key.js';
import type { KnownVehicle } from './plan-bookings.js';
import type { ReservationRow } from './reservation.sql.js';
import { placeProblems, type WantedPlace } from './rules/one-place.js';
import { lockBookings, standingRows } from './standing.sql.js';
import { vehiclesOf } from './vehicle.sql.js';

/** Where a reservation would have its vehicles, and which: its own where none are given. */
export interface NewPlace {
  readonly facilityId: string;
  readonly during: Span;
  readonly vehicles?: readonly KnownVehicle[];
  readonly field: WantedPlace['field'];
}

/** Why the vehicles of a reservation cannot stand where and when it is changed to. Takes the lock of bookings, and so comes before every other lock. */
export async function newPlaceProblems(unit: Unit, { id, partyId }: Pick<ReservationRow, 'id' | 'partyId'>, { facilityId, during, vehicles: others, field }: NewPlace): Promise<readonly Problem[]> {
  await lockBookings(unit, { partyIds: [partyId], facilityIds: [facilityId] });
  const vehicles = others ?? (await vehiclesOf(unit, [id])).map(({ plateHash, colour, maskedPlate }) => ({ hash: plateHash, vehicle: vehicleKey(plateHash, { colour }), masked: maskedPlate }));
  const { stays } = await standingRows(unit, { quoteIds: [], plateHashes: vehicles.map(({ hash }) => hash), facilityIds: [], from: during.startsAt, until: during.endsAt }, unit.now);
  return placeProblems({ partyId, facilityId, during, vehicles, field }, stays.filter(stay => stay.reservationId !== id), unit.now);
}
