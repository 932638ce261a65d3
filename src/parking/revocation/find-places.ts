import { isRefusal } from '../../kernel/index.js';
import { facilitiesAround } from '../../facilities/index.js';
import type { RequestScope, Sql } from '../../platform/index.js';
import { audiencesOfStays, storedVehicles } from '../known-vehicles.js';
import { otherZones } from '../confirmation.sql.js';
import { judgeStays, type JudgedStay, type WantedStay } from '../judge-stays.js';
import type { ReservationRow } from '../reservation.sql.js';
import type { AdmittedAudience } from '../rules/admitted-as.js';
import { reachMetres, walkingMetresOf } from '../rules/walk.js';
import { vehiclesOf } from '../vehicle.sql.js';
import type { RevocationRow } from './revocation.sql.js';

/** Facilities that are asked for an alternative. */
const MOST_ASKED = 40;

/** A place that a booking can be moved to. */
export interface OtherPlace {
  readonly judged: JudgedStay;
  /** An estimate; null within the facility that was booked. */
  readonly walkingMetres: number | null;
}

/**
 * Where a booking can go whose spaces are not available any more, the best first: the facility that was booked, out of
 * another pool or window, then facilities within a walk, the nearest first; each decided and priced as a quote would be
 * (P2), for whom its vehicles are admitted there as its party's own (2.5-5). Where a vehicle stays in its pool, that pool is
 * what is missing, and only the others are asked.
 */
export async function placesFor(scope: RequestScope, { side }: RevocationRow, row: ReservationRow): Promise<readonly OtherPlace[]> {
  const now = scope.clock.now();
  const during = { startsAt: Math.max(row.startsAt, now), endsAt: row.endsAt };
  if (during.startsAt >= during.endsAt) return [];
  const wanted = { during, spaceClass: row.spaceClass, spaces: row.spaces, spaceId: null };
  const zoneIds = side === 'DRIVER' ? await otherZones(scope.database, row) : null;
  const here: WantedStay = { ...wanted, facilityId: row.facilityId, replaces: row.claimId, ...(zoneIds === null ? {} : { zoneIds }) };
  const around = await facilitiesAround(scope.database, { facilityId: row.facilityId, withinMetres: reachMetres(), limit: MOST_ASKED });
  const places = [
    ...(zoneIds === null || zoneIds.length > 0 ? [{ stay: here, walkingMetres: null }] : []),
    ...around.map(({ facilityId, distanceMetres }) => ({ stay: { ...wanted, facilityId }, walkingMetres: walkingMetresOf(distanceMetres) })),
  ];
  const audiences = await audiencesAt(scope.database, row, places.map(place => place.stay));
  const judged = await judgeStays(scope, places.map(({ stay }, nth) => ({ ...stay, audiences: audiences[nth]! })), now);
  return judged.flatMap((outcome, nth) => (isRefusal(outcome) ? [] : [{ judged: outcome.value, walkingMetres: places[nth]!.walkingMetres }]));
}

/** As which audiences a booking is judged at each place. Where it was booked it stays what it was booked as, though its admission has ended since: that was promised. */
async function audiencesAt(sql: Sql, { id, partyId, facilityId, audiences }: ReservationRow, stays: readonly WantedStay[]): Promise<ReadonlyArray<readonly AdmittedAudience[]>> {
  const vehicles = storedVehicles(await vehiclesOf(sql, [id]));
  const admitted = await audiencesOfStays(sql, stays.map(stay => ({ facilityId: stay.facilityId, partyId, during: stay.during, vehicles })));
  return stays.map((stay, nth) => (stay.facilityId === facilityId ? [...new Set([...audiences, ...admitted[nth]!])] : admitted[nth]!));
}
