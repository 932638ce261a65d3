import type { Sql } from '../platform/index.js';
import { RESERVATION_COLUMNS, type ReservationRow } from './reservation.sql.js';

/** Confirmed reservations whose vehicle is no longer waited for, the longest overdue first. By reservation_missing. */
export function reservationsMissing(sql: Sql, now: number, limit: number): Promise<ReservationRow[]> {
  return sql.query<ReservationRow>(
    `select ${RESERVATION_COLUMNS} from reservation r
     where r.state = 'CONFIRMED' and r.no_show_at <= to_timestamp($1 / 1000.0)
     order by r.no_show_at
     limit $2`,
    [now, limit],
  );
}

/** Reservations whose hold ended, and whose charge still stands. By reservation_charge_stands. */
export function reservationsToVoid(sql: Sql, limit: number): Promise<ReservationRow[]> {
  return sql.query<ReservationRow>(`select ${RESERVATION_COLUMNS} from reservation r where r.state = 'EXPIRED' and r.charges @@ '$[*].amountFen > 0' order by r.id limit $1`, [limit]);
}

/**
 * Sets aside the vehicles of reservations that ended before an instant: none of them stands anywhere any more, and no free
 * minutes are so old. Answers how many. By reservation_vehicle_late and reservation_id.
 */
export async function setVehiclesAside(sql: Sql, endedBefore: number, limit: number): Promise<number> {
  const rows = await sql.query(
    `update reservation_vehicle v set is_past = true
     from (
       select p.city, p.reservation_id, p.position from reservation_vehicle p
       join reservation r on r.id = p.reservation_id
       where not p.is_past and r.state in ('COMPLETED', 'CANCELLED', 'EXPIRED', 'NO_SHOW') and r.state_since < to_timestamp($1 / 1000.0)
       limit $2
     ) past
     where v.city = past.city and v.reservation_id = past.reservation_id and v.position = past.position
     returning 1`,
    [endedBefore, limit],
  );
  return rows.length;
}

/** Notes that nothing of its charges stands any more, and still leads to them; no change that anybody is told of. */
export async function clearCharges(sql: Sql, id: string): Promise<void> {
  await sql.query(`update reservation set charges = (select coalesce(jsonb_agg(c || '{"amountFen": 0}' order by nth), '[]') from jsonb_array_elements(charges) with ordinality as e (c, nth)) where id = $1`, [id]);
}
