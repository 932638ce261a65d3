/** One ride from a hub to near a destination. */
export interface HubRideRow {
  readonly hub_id: string;
  readonly shuttle_id: string;
  readonly facility_id: string;
  readonly version: string;
  readonly longitude: number;
  readonly latitude: number;
  readonly headway_minutes: number;
  readonly ride_minutes: number;
  readonly walk_minutes_at_end: number;
  readonly first_at: number;
  readonly last_at: number;
}

/** Rides that end near a point, by `shuttle_service_to_plane`, shortest first. $1 x, $2 y, $3 plane radius, $4 local date. */
export const HUB_RIDES_SQL = `select h.id as hub_id, r.id as shuttle_id, h.facility_id, s.version, st_x(s.location) as longitude, st_y(s.location) as latitude,
       r.headway_minutes, r.ride_minutes, r.walk_minutes_at_end, r.first_at, r.last_at
from shuttle_service r
join hub h on h.city = r.city and h.id = r.hub_id
join facility_search s on s.facility_id = h.facility_id
where st_dwithin(r.to_plane, st_setsrid(st_makepoint($1, $2), 3395), $3)
  and r.valid_from_on <= $4::date and (r.valid_until_on is null or $4::date < r.valid_until_on)
  and s.status = 'OPEN'
order by r.ride_minutes + r.walk_minutes_at_end + (r.headway_minutes + 1) / 2, r.id
limit 20`;
