import type { Problem, Span } from '../kernel/index.js';
import type { Unit } from '../platform/index.js';
import { vehicleKey } from './gate/vehicle-key.js';
import type { KnownVehicle } from './plan-bookings.js';
import type { ReservationRow } from './reservation.sql.js';
import { vehicleProblems, type PricedStay } from './rules/free-minutes-once.js';
import type { WantedPlace } from './rules/one-place.js';
import { lockBookings, standingRows } from './standing.sql.js';
import { vehiclesOf } from './vehicle.sql.js';

/** Where a reservation would have its vehicles, and which: its own where none are given. */
export interface NewPlace {
  readonly facilityId: string;
  readonly during: Span;
  readonly vehicles?: readonly KnownVehicle[];
  /** What it would cost; null where its free minutes are not asked about, as where the supplier moves it. */
  readonly price: PricedStay | null;
  readonly field: WantedPlace['field'];
}

/** Why the vehicles of a reservation cannot stand where and when it is changed to. Takes the lock of bookings, and so comes before every other lock. */
export async function newPlaceProblems(unit: Unit, { id, partyId }: Pick<ReservationRow, 'id' | 'partyId'>, { facilityId, during, vehicles: others, price, field }: NewPlace): Promise<readonly Problem[]> {
  await lockBookings(unit, { partyIds: [partyId], facilityIds: [facilityId] });
  const vehicles = others ?? (await vehiclesOf(unit, [id])).map(({ plateHash, colour, maskedPlate }) => ({ hash: plateHash, vehicle: vehicleKey(plateHash, { colour }), masked: maskedPlate }));
  const { stays } = await standingRows(unit, { quoteIds: [], plateHashes: vehicles.map(({ hash }) => hash), facilityIds: [], partyIds: [], from: during.startsAt, until: during.endsAt }, unit.now);
  return vehicleProblems({ partyId, facilityId, during, vehicles, field }, price ?? { lines: [] }, stays.filter(stay => stay.reservationId !== id), unit.now);
}
