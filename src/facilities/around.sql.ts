import type { Sql } from '../platform/index.js';

/** A facility near another one. */
export interface FacilityAround {
  readonly facilityId: string;
  /** Metres on the ellipsoid between the two public places. */
  readonly distanceMetres: number;
}

/** Open facilities around one, the nearest first, itself left out. The plane is stretched by the latitude; it only narrows. Uses `facility_search_plane`. */
export function facilitiesAround(sql: Sql, { facilityId, withinMetres, limit }: { readonly facilityId: string; readonly withinMetres: number; readonly limit: number }): Promise<FacilityAround[]> {
  return sql.query<FacilityAround>(
    `select s.facility_id as "facilityId", st_distance(s.location::geography, o.location::geography) as "distanceMetres"
     from facility_search o
     join facility_search s on st_dwithin(s.plane, o.plane, $2 * 1.02 / cos(radians(st_y(o.location))))
     where o.facility_id = $1 and s.facility_id <> $1 and s.status = 'OPEN' and st_distance(s.location::geography, o.location::geography) <= $2
     order by 2, 1
     limit $3`,
    [facilityId, withinMetres, limit],
  );
}
