import type { Sql, TransactionSql } from '../platform/index.js';
import { columnOf } from './columns.js';
import type { ClaimRow } from './claim.sql.js';

/** Adds claims, all in one statement. */
export function insertClaims(sql: TransactionSql, claims: readonly ClaimRow[], now: number): void {
  if (claims.length === 0) return;
  const column = (of: (claim: ClaimRow) => string | number | null): string => columnOf(claims.map(of));
  sql.write(
    `insert into claim (city, id, facility_id, zone_id, space_class, space_id, spaces, starts_at, ends_at, exact_starts_at, exact_ends_at, eligibility, cause_kind, cause_id, held_until, created_at)
     select r.city, r.id, r.facility_id, r.zone_id, r.space_class, r.space_id, r.spaces, to_timestamp(r.starts_ms / 1000.0), to_timestamp(r.ends_ms / 1000.0),
       to_timestamp(r.exact_starts_ms / 1000.0), to_timestamp(r.exact_ends_ms / 1000.0), r.eligibility, r.cause_kind, r.cause_id, to_timestamp(r.held_ms / 1000.0), to_timestamp($16 / 1000.0)
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int[], $8::float8[], $9::float8[], $10::float8[], $11::float8[], $12::text[], $13::text[], $14::text[], $15::float8[])
       as r (city, id, facility_id, zone_id, space_class, space_id, spaces, starts_ms, ends_ms, exact_starts_ms, exact_ends_ms, eligibility, cause_kind, cause_id, held_ms)`,
    [
      column(claim => claim.city), column(claim => claim.id), column(claim => claim.facilityId), column(claim => claim.zoneId), column(claim => claim.spaceClass),
      column(claim => claim.spaceId), column(claim => claim.spaces), column(claim => claim.startsAt), column(claim => claim.endsAt), column(claim => claim.exactStartsAt),
      column(claim => claim.exactEndsAt), column(claim => claim.eligibility), column(claim => claim.causeKind), column(claim => claim.causeId), column(claim => claim.heldUntil), now,
    ],
  );
}

/** The counters of one day, pool and eligibility. */
export interface DayWrite {
  readonly city: string;
  readonly facilityId: string;
  readonly zoneId: string;
  readonly spaceClass: string;
  readonly eligibility: string;
  readonly day: number;
  readonly claimed: Int32Array;
}

/** Puts counters as they stand now; whoever writes them has read them under the facility's head. By the primary key. */
export function putClaimDays(sql: TransactionSql, days: readonly DayWrite[]): void {
  if (days.length === 0) return;
  const column = (of: (day: DayWrite) => string | number): string => columnOf(days.map(of));
  sql.write(
    `insert into claim_day (city, facility_id, zone_id, space_class, eligibility, day, claimed)
     select r.city, r.facility_id, r.zone_id, r.space_class, r.eligibility, date '1970-01-01' + r.day, r.claimed::int[]
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::text[]) as r (city, facility_id, zone_id, space_class, eligibility, day, claimed)
     on conflict (facility_id, day, zone_id, space_class, eligibility) do update set claimed = excluded.claimed`,
    [
      column(day => day.city), column(day => day.facilityId), column(day => day.zoneId), column(day => day.spaceClass), column(day => day.eligibility), column(day => day.day),
      column(day => `"{${day.claimed.join(',')}}"`),
    ],
  );
}

/** Deletes so many counters of days before one in UTC, since 1970; answers how many. By claim_day_past and the primary key. */
export async function deleteClaimDays(sql: Sql, beforeDay: number, most: number): Promise<number> {
  const rows = await sql.query(
    `delete from claim_day d
     using (select facility_id, day, zone_id, space_class, eligibility from claim_day where day < date '1970-01-01' + $1::int order by day limit $2) past
     where d.facility_id = past.facility_id and d.day = past.day and d.zone_id = past.zone_id and d.space_class = past.space_class and d.eligibility = past.eligibility
     returning d.day`,
    [beforeDay, most],
  );
  return rows.length;
}

/** Ends claims whole, or (`endsAt` given) shortens them; each says why. By claim_id. */
export async function endClaims(sql: Sql, ends: ReadonlyArray<{ readonly id: string; readonly endsAt: number | null; readonly exactEndsAt: number | null; readonly reason: string }>, now: number): Promise<void> {
  if (ends.length === 0) return;
  await sql.query(
    `update claim c set end_reason = r.reason, ended_at = case when r."endsAt" is null then to_timestamp($2 / 1000.0) end,
       ends_at = coalesce(to_timestamp(r."endsAt" / 1000.0), c.ends_at), exact_ends_at = coalesce(to_timestamp(r."exactEndsAt" / 1000.0), c.exact_ends_at)
     from jsonb_to_recordset($1::jsonb) as r (id text, "endsAt" float8, "exactEndsAt" float8, reason text)
     where c.id = r.id`,
    [JSON.stringify(ends), now],
  );
}

/** Takes the expiry off holds: from now on the counters hold them. By claim_id. */
export async function confirmHolds(sql: Sql, claimIds: readonly string[]): Promise<void> {
  if (claimIds.length > 0) await sql.query('update claim set held_until = null where id = any($1)', [claimIds]);
}

/** Notes that the vehicles are in, or (null) that they are not; false where the claim is not there, has ended, or says so already. By claim_id. */
export async function putTakenUp(sql: Sql, claimId: string, at: number | null): Promise<boolean> {
  const rows = await sql.query('update claim set taken_up_at = to_timestamp($2::float8 / 1000.0) where id = $1 and (taken_up_at is null) = ($2::float8 is not null) and ended_at is null returning id', [claimId, at]);
  return rows.length > 0;
}

/** The new stamps of facilities whose claims changed. By the primary key. */
export function stampHeads(sql: TransactionSql, heads: ReadonlyArray<{ readonly id: string; readonly next: string }>): void {
  sql.write(
    'update claim_head h set version = s.version from unnest($1::text[], $2::bigint[]) as s (id, version) where h.facility_id = s.id',
    [columnOf(heads.map(head => head.id)), columnOf(heads.map(head => head.next))],
  );
}

/**
 * Brings forward when facilities are looked at, and waits for whoever looks just now: it read what stood before us. The
 * conflict locks the row before it compares, as a plain update would not. By the primary key.
 */
export function lookAtClaims(sql: TransactionSql, looks: ReadonlyArray<{ readonly city: string; readonly facilityId: string; readonly lookAt: number }>): void {
  if (looks.length === 0) return;
  sql.write(
    `insert into live_facility (city, facility_id, look_at)
     select r.city, r.id, to_timestamp(r.look_ms / 1000.0) from unnest($1::text[], $2::text[], $3::float8[]) as r (city, id, look_ms) order by r.id
     on conflict (city, facility_id) do update set look_at = excluded.look_at where live_facility.look_at > excluded.look_at`,
    [columnOf(looks.map(look => look.city)), columnOf(looks.map(look => look.facilityId)), columnOf(looks.map(look => look.lookAt))],
  );
}
