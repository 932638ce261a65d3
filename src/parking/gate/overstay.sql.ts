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

/** The vehicles of a booking that are in. By session_reservation. */
export function vehiclesInside(sql: Sql, reservationId: string): Promise<SessionRow[]> {
  return sql.query<SessionRow>(`select ${SESSION_COLUMNS} from session s where s.reservation_id = $1 and s.state = 'OPEN' order by s.id`, [reservationId]);
}

/** How many spaces of a pool vehicles keep that should have left. By session_facility. */
export async function spacesOverstayed(sql: Sql, { facilityId, zoneId, spaceClass }: Pick<ReservationRow, 'facilityId' | 'zoneId' | 'spaceClass'>): Promise<number> {
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
       and r.starts_at < to_timestamp($6 / 1000.0) and r.ends_at > to_timestamp($5 / 1000.0) and not exists (select from revocation v where v.claim_id = r.claim_id)
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
