import { isRefusal } from '../../kernel/index.js';
import { facilitiesAround } from '../../facilities/index.js';
import type { RequestScope } from '../../platform/index.js';
import { otherZones } from '../confirmation.sql.js';
import { judgeStays, type JudgedStay, type WantedStay } from '../judge-stays.js';
import type { ReservationRow } from '../reservation.sql.js';
import { reachMetres, walkingMetresOf } from '../rules/walk.js';
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
 * (P2). Where a vehicle stays in its pool, that pool is what is missing, and only the others are asked.
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
  const judged = await judgeStays(scope, places.map(place => place.stay), now);
  return judged.flatMap((outcome, nth) => (isRefusal(outcome) ? [] : [{ judged: outcome.value, walkingMetres: places[nth]!.walkingMetres }]));
}
