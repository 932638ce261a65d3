import type { Problem, Span } from '../kernel/index.js';
import type { Unit } from '../platform/index.js';
import { admissionsOfStays, storedVehicles, type KnownVehicle } from './known-vehicles.js';
import type { ReservationRow } from './reservation.sql.js';
import { notAdmittedProblems, type AdmittedAudience } from './rules/admitted-as.js';
import { vehicleProblems, type PricedStay } from './rules/free-minutes-once.js';
import type { WantedPlace } from './rules/one-place.js';
import { lockBookings, standingRows } from './standing.sql.js';
import { vehiclesOf } from './vehicle.sql.js';

/** Where a reservation would have its vehicles, and which: its own where none are given. */
export interface NewPlace {
  readonly facilityId: string;
  readonly during: Span;
  readonly vehicles?: readonly KnownVehicle[];
  /** As which audiences its vehicles must be admitted there; empty: it is for anybody. */
  readonly audiences: readonly AdmittedAudience[];
  /** What it would cost; null where its free minutes are not asked about, as where the supplier moves it. */
  readonly price: PricedStay | null;
  readonly field: WantedPlace['field'];
}

/** Why the vehicles of a reservation cannot stand where and when it is changed to. Takes the lock of bookings, and so comes before every other lock. */
export async function newPlaceProblems(unit: Unit, { id, partyId }: Pick<ReservationRow, 'id' | 'partyId'>, { facilityId, during, vehicles: others, audiences, price, field }: NewPlace): Promise<readonly Problem[]> {
  lockBookings(unit, [partyId]);
  const vehicles = others ?? storedVehicles(await vehiclesOf(unit, [id]));
  const admissions = audiences.length === 0 ? [] : await admissionsOfStays(unit, [{ facilityId, partyId, during, vehicles }]);
  const { stays } = await standingRows(unit, { quoteIds: [], plateHashes: vehicles.map(({ hash }) => hash), facilityIds: [], partyIds: [], from: during.startsAt, until: during.endsAt }, unit.now);
  return [...notAdmittedProblems(vehicles, audiences, admissions, { facilityId, partyId, during, field }), ...vehicleProblems({ partyId, seriesId: null, facilityId, during, vehicles, field }, price ?? { lines: [] }, stays.filter(stay => stay.reservationId !== id), unit.now)];
}
