import type { LendingRow } from '../availability/index.js';

/**
 * One step of the nearest-first walk: a line for each facility with its id, version, longitude and latitude, and behind a
 * slash the stamp of its claims, where anything was ever claimed there. One text costs a driver a fraction of so many rows.
 */
export interface StepRow {
  readonly told: string;
}

/** How many parameters the walk has of its own. */
export const WALK_PARAMETERS = 5;

/**
 * Walks outwards from a point on the plane. The GiST index facility_search_plane answers the bound, the order and, as
 * long as there is no other filter, the columns; the order needs the point as parameters, not from a subquery. The box is wider than the circle,
 * and facilities equally far come in any order: whoever walks measures and sorts on the ground. $1 x, $2 y, $3 plane
 * radius, $4 limit, $5 plane distance from which to go on, 0 at first; the filter's parameters follow.
 * Stamps are found by the primary key of claim_head, and not looked for where nobody in the city ever claimed.
 */
export function stepSql(filter: string): string {
  const point = 'st_setsrid(st_makepoint($1, $2), 3395)';
  return `select array_to_string(array(
  select concat_ws(' ', s.facility_id, s.version, st_x(s.location), st_y(s.location)) || coalesce('/' || case when (select true from claim_head limit 1) then (select h.version from claim_head h where h.facility_id = s.facility_id) end, '')
  from facility_search s
  where s.plane && st_expand(${point}, $3)
    and ($5::float8 = 0 or s.plane <-> ${point} >= $5)
    and s.status = 'OPEN'
    and ${filter}
  order by s.plane <-> ${point}
  limit $4), E'\\n') as told`;
}

/** All that the decision and the answer need of a facility, ready in its search row. */
export interface SearchRow extends LendingRow {
  readonly version: string;
  readonly longitude: number;
  readonly latitude: number;
  /** The public fields, as text: most answers print what was printed before. */
  readonly document: string;
  readonly is_restricted: boolean;
}

/** By primary look-up index facility_search_facility. $1 ids. */
export const SEARCH_ROWS_SQL = `select s.facility_id as id, s.version, s.status, st_x(s.location) as longitude, st_y(s.location) as latitude,
       s.document::text as document, (s.document ->> 'isRestricted')::boolean as is_restricted, s.lending, s.windows
from facility_search s
where s.facility_id = any($1)`;
