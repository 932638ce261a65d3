import type { Sql } from '../../platform/index.js';
import { RESERVATION_COLUMNS, type ReservationRow } from '../reservation.sql.js';
import { SESSION_COLUMNS, type SessionRow } from './session.sql.js';

/** Bookings whose vehicle is still in though they let it out by now, the longest first. By reservation_in. */
export function bookingsOverdue(sql: Sql, now: number, limit: number): Promise<ReservationRow[]> {
  return sql.query<ReservationRow>(
    `select ${RESERVATION_COLUMNS} from reservation r
     where r.state = 'CHECKED_IN' and r.ends_at <= to_timestamp($1 / 1000.0)
       and r.ends_at + make_interval(mins => greatest((r.terms ->> 'lateStopMinutes')::int, (r.terms -> 'overstay' ->> 'graceMinutes')::int)) <= to_timestamp($1 / 1000.0)
     order by r.ends_at
     limit $2`,
    [now, limit],
  );
}

/** Bookings that open the gate by now and have a space left, of vehicles that are in by a booking that is over. By reservation_in, session_reservation and reservation_vehicle_plate. */
export function bookingsFollowing(sql: Sql, now: number, limit: number): Promise<ReservationRow[]> {
  return sql.query<ReservationRow>(
    `select ${RESERVATION_COLUMNS} from reservation r
     where r.id in (
       select n.id from reservation p
       join session s on s.reservation_id = p.id and s.state = 'OPEN'
       join reservation_vehicle v on v.plate_hash = split_part(s.plate_key, '/', 1) and s.plate_key in (v.plate_hash || '/' || v.colour, v.plate_hash || '/-')
       join reservation n on n.id = v.reservation_id
       where p.state = 'CHECKED_IN' and p.ends_at <= to_timestamp($1 / 1000.0) and n.facility_id = p.facility_id and n.state in ('CONFIRMED', 'CHECKED_IN')
         and n.spaces > (select count(*) from session i where i.reservation_id = n.id and i.state = 'OPEN')
         and n.starts_at - make_interval(mins => (n.terms ->> 'earlyStartMinutes')::int) <= to_timestamp($1 / 1000.0) and n.ends_at > to_timestamp($1 / 1000.0))
     order by r.id
     limit $2`,
    [now, limit],
  );
}

/**
 * Bookings that are over, whose vehicle is still in and is let out for some minutes yet, where somebody comes next before an
 * instant: of a pool, and of a numbered space, the one that is let out last. By reservation_in, session_reservation and reservation_facility.
 */
export function bookingsInGrace(sql: Sql, now: number, until: number): Promise<ReservationRow[]> {
  return sql.query<ReservationRow>(
    `select distinct on (r.facility_id, r.zone_id, r.space_class, r.space_id) ${RESERVATION_COLUMNS}
     from reservation r
     cross join lateral (select r.ends_at + make_interval(mins => greatest((r.terms ->> 'lateStopMinutes')::int, (r.terms -> 'overstay' ->> 'graceMinutes')::int)) as at) as leaves
     where r.state = 'CHECKED_IN' and r.ends_at <= to_timestamp($1 / 1000.0) and leaves.at > to_timestamp($1 / 1000.0)
       and exists (select from session s where s.reservation_id = r.id and s.state = 'OPEN')
       and exists (
         select from reservation n
         where n.facility_id = r.facility_id and n.zone_id = r.zone_id and n.space_class = r.space_class and n.state = 'CONFIRMED' and (r.space_id is null or n.space_id = r.space_id)
           and n.starts_at < to_timestamp($2 / 1000.0) and n.ends_at > to_timestamp($1 / 1000.0))
     order by r.facility_id, r.zone_id, r.space_class, r.space_id, leaves.at desc`,
    [now, until],
  );
}

type Pool = Pick<ReservationRow, 'facilityId' | 'zoneId' | 'spaceClass'>;

const BEYOND_END = `from session s join reservation r on r.id = s.reservation_id
     where s.facility_id = $1 and s.state = 'OPEN' and r.state in ('CHECKED_IN', 'OVERSTAYED') and r.ends_at <= to_timestamp($4 / 1000.0) and r.zone_id = $2 and r.space_class = $3`;

/** Which of those who come next to a pool were told that a vehicle is in beyond its end: it stands on the stays that are. By session_facility. */
export async function warnedHolders(sql: Sql, { facilityId, zoneId, spaceClass }: Pool, now: number): Promise<ReadonlySet<string>> {
  const rows = await sql.query<{ id: string }>(`select distinct unnest(s.warned_reservation_ids) as id ${BEYOND_END}`, [facilityId, zoneId, spaceClass, now]);
  return new Set(rows.map(row => row.id));
}

/** Notes on the stays of a booking whom it was told that they are not over. By session_reservation. */
export async function putWarnedHolders(sql: Sql, reservationId: string, holderIds: readonly string[]): Promise<void> {
  await sql.query(`update session set warned_reservation_ids = warned_reservation_ids || $2::text[] where reservation_id = $1 and state = 'OPEN'`, [reservationId, holderIds]);
}

/** How many vehicles of a pool are in though their bookings are over, within their grace or beyond it. By session_facility. */
export async function spacesBeyondEnd(sql: Sql, { facilityId, zoneId, spaceClass }: Pool, now: number): Promise<number> {
  const [row] = await sql.query<{ count: number }>(`select count(*)::int as count ${BEYOND_END}`, [facilityId, zoneId, spaceClass, now]);
  return row!.count;
}

/** The vehicles of a booking that are in. By session_reservation. */
export function vehiclesInside(sql: Sql, reservationId: string): Promise<SessionRow[]> {
  return sql.query<SessionRow>(`select ${SESSION_COLUMNS} from session s where s.reservation_id = $1 and s.state = 'OPEN' order by s.id`, [reservationId]);
}

/** Which bookings a vehicle stayed in beyond the end of. By session_reservation. */
export async function bookingsOverstayed(sql: Sql, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await sql.query<{ id: string }>(`select distinct s.reservation_id as id from session s where s.reservation_id = any($1::text[]) and s.state <> 'VOID' and s.overstayed_since is not null`, [ids]);
  return new Set(rows.map(row => row.id));
}

/** How many spaces of a pool vehicles keep that should have left. By session_facility. */
export async function spacesOverstayed(sql: Sql, { facilityId, zoneId, spaceClass }: Pool): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    `select count(*)::int as count from session s join reservation r on r.id = s.reservation_id
     where s.facility_id = $1 and s.state = 'OPEN' and r.state = 'OVERSTAYED' and r.zone_id = $2 and r.space_class = $3`,
    [facilityId, zoneId, spaceClass],
  );
  return row!.count;
}

/** Who comes next to a pool, or to one numbered space, soonest first: confirmed, not in, and about to begin. By reservation_facility. */
export function nextHolders(sql: Sql, { facilityId, zoneId, spaceClass, spaceId }: Pick<ReservationRow, 'facilityId' | 'zoneId' | 'spaceClass' | 'spaceId'>, { from, until, limit }: { readonly from: number; readonly until: number; readonly limit: number }): Promise<ReservationRow[]> {
  return sql.query<ReservationRow>(
    `select ${RESERVATION_COLUMNS} from reservation r
     where r.facility_id = $1 and r.zone_id = $2 and r.space_class = $3 and r.state = 'CONFIRMED' and ($4::text is null or r.space_id = $4)
       and r.starts_at < to_timestamp($6 / 1000.0) and r.ends_at > to_timestamp($5 / 1000.0) and not exists (select from revocation v where v.claim_id = r.claim_id and v.state <> 'LAPSED')
     order by r.starts_at, r.id desc
     limit $7`,
    [facilityId, zoneId, spaceClass, spaceId, from, until, limit],
  );
}

/** Vehicles without a reservation whose claimed time is about to end. By session_walk_in_ends. */
export function walkInsEnding(sql: Sql, before: number, limit: number): Promise<SessionRow[]> {
  return sql.query<SessionRow>(
    `select ${SESSION_COLUMNS} from session s where s.state = 'OPEN' and s.claimed_until <= to_timestamp($1 / 1000.0) and s.overstayed_since is null order by s.claimed_until limit $2`,
    [before, limit],
  );
}

/** Sessions whose charges are no longer what they cost. By session_unsettled. */
export function sessionsToSettle(sql: Sql, limit: number): Promise<SessionRow[]> {
  return sql.query<SessionRow>(`select ${SESSION_COLUMNS} from session s where s.is_unsettled order by s.id limit $1`, [limit]);
}
