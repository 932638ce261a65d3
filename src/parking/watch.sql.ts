import type { Sql } from '../platform/index.js';

export interface ChangeRow {
  readonly position: string;
  readonly reservationId: string;
  readonly partyId: string;
  readonly version: number;
}

/** Where the log stands, and from where on it is still whole. */
export async function logBounds(sql: Sql): Promise<{ readonly head: string; readonly floor: string }> {
  const [row] = await sql.query<{ head: string; floor: string }>(
    `select greatest(f.position, coalesce((select max(position) from reservation_change), 0))::text as head, f.position::text as floor from reservation_log_floor f`,
  );
  return row!;
}

/** What was changed after a position, in order. By the primary key. */
export function changesAfter(sql: Sql, position: string, limit: number): Promise<ChangeRow[]> {
  return sql.query<ChangeRow>(
    `select c.position::text, c.reservation_id as "reservationId", c.party_id as "partyId", c.version
     from reservation_change c where c.position > $1::bigint order by c.position limit $2`,
    [position, limit],
  );
}

/** Which reservations of parties changed after a position; or whether one did, whosever it is. By reservation_change_party and reservation_change_reservation. */
export async function changedSince(sql: Sql, of: { readonly partyIds: readonly string[]; readonly reservationId: string | null }, position: string, limit: number): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    `select distinct c.reservation_id as id
     from reservation_change c
     where ${of.reservationId === null ? 'c.party_id' : 'c.reservation_id'} = any($1::text[]) and c.position > $2::bigint
     limit $3`,
    [of.reservationId === null ? of.partyIds : [of.reservationId], position, limit],
  );
  return rows.map(row => row.id);
}

/** The reservations of parties that stand, the newest first. By reservation_party. */
export async function standingOf(sql: Sql, partyIds: readonly string[], states: readonly string[], limit: number): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    `select r.id from reservation r where r.party_id = any($1::text[]) and r.state = any($2::text[]) order by r.id desc limit $3`,
    [partyIds, states, limit],
  );
  return rows.map(row => row.id);
}

/** Drops what is older than an instant, and says from where on the log is whole. By reservation_change_at. */
export async function dropChangesBefore(sql: Sql, at: number): Promise<number> {
  const [row] = await sql.query<{ dropped: number }>(
    `with dropped as (delete from reservation_change where at < to_timestamp($1 / 1000.0) returning position),
       moved as (update reservation_log_floor set position = greatest(position, (select max(position) from dropped)) where exists (select from dropped))
     select count(*)::int as dropped from dropped`,
    [at],
  );
  return row!.dropped;
}
