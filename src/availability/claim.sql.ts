import type { SpaceClass } from '../sharing/index.js';
import type { Sql, TransactionSql } from '../platform/index.js';
import { columnOf } from './columns.js';
import type { LendingRow } from './lending-row.js';
import type { ClaimCause } from './claim.js';

/** A facility whose claims are locked until the commit: the stamp of what stands there, and the one for what will. */
export interface ClaimHead {
  readonly id: string;
  readonly version: string;
  readonly next: string;
}

/** By the primary key. */
export function lockClaimHeads(sql: Sql, facilityIds: readonly string[]): Promise<ClaimHead[]> {
  return sql.query<ClaimHead>(
    `select facility_id as id, version, nextval('claim_stamp') as next from claim_head where facility_id = any($1::text[]) order by facility_id for update`,
    [columnOf(facilityIds)],
  );
}

/**
 * Makes the heads of facilities where nobody ever claimed. The search rows are locked so long, because whoever changes one
 * finds no head to wait for. By facility_search_facility.
 */
export function makeClaimHeads(sql: TransactionSql, facilityIds: readonly string[]): void {
  sql.write(
    `with stood as materialized (select facility_id from facility_search where facility_id = any($1::text[]) order by facility_id for share)
     insert into claim_head (facility_id, version) select facility_id, 0 from stood order by facility_id on conflict do nothing`,
    [columnOf(facilityIds)],
  );
}

/** What a facility is and lends, for whoever decides; the wide columns only where they moved since the version that is known. */
export interface StandingLending extends LendingRow {
  readonly city: string;
  readonly version: string;
}

/** By facility_search_facility. */
export async function listLendings(sql: Sql, known: ReadonlyArray<{ readonly id: string; readonly version: string | null }>): Promise<ReadonlyArray<Pick<StandingLending, 'id' | 'city' | 'version'> & { readonly whole: StandingLending | null }>> {
  const rows = await sql.query<StandingLending & { readonly isKnown: boolean }>(
    `select s.city, s.facility_id as id, s.version, s.status, k.version is not distinct from s.version as "isKnown",
       case when k.version is distinct from s.version then s.lending end as lending, case when k.version is distinct from s.version then s.windows end as windows
     from unnest($1::text[], $2::bigint[]) as k (id, version)
     join facility_search s on s.facility_id = k.id
     order by s.facility_id`,
    [columnOf(known.map(each => each.id)), columnOf(known.map(each => each.version))],
  );
  return rows.map(({ isKnown, ...row }) => ({ id: row.id, city: row.city, version: row.version, whole: isKnown ? null : row }));
}

/** A day's counters, a hold, or spaces whose sharers are in, as they stand: one statement, one snapshot. */
export interface PromisedRow {
  readonly kind: 'DAY' | 'HOLD' | 'PRESENT';
  readonly facilityId: string;
  readonly zoneId: string;
  readonly spaceClass: SpaceClass;
  readonly eligibility: string;
  /** Days since 1970 in UTC, and the array's text; null of holds and of who is present. */
  readonly day: number | null;
  readonly claimed: string | null;
  readonly claimId: string | null;
  readonly spaces: number;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly heldUntil: number | null;
  /** The stamp of the facility's claims. */
  readonly stamp: string;
}

const AT = '$4::float8 / 1000.0';

/** By the primary key of claim_day, claim_held and claim_present. Days [from, until) since 1970; holds that end later than `now`; who is present now. */
export function listPromised(sql: Sql, facilityIds: readonly string[], days: { readonly from: number; readonly until: number }, now: number): Promise<PromisedRow[]> {
  return sql.query<PromisedRow>(
    `select p.*, h.version as stamp from (
       select 'DAY' as kind, d.facility_id as "facilityId", d.zone_id as "zoneId", d.space_class as "spaceClass", d.eligibility, d.day - date '1970-01-01' as day, d.claimed::text as claimed,
         null as "claimId", 0 as spaces, 0::float8 as "startsAt", 0::float8 as "endsAt", null::float8 as "heldUntil"
       from claim_day d where d.facility_id = any($1::text[]) and d.day >= date '1970-01-01' + $2::int and d.day < date '1970-01-01' + $3::int
       union all
       select 'HOLD', c.facility_id, c.zone_id, c.space_class, c.eligibility, null, null, c.id, c.spaces, epoch_ms(c.starts_at), epoch_ms(c.ends_at), epoch_ms(c.held_until)
       from claim c where c.facility_id = any($1::text[]) and c.ended_at is null and c.held_until > to_timestamp(${AT})
       union all
       select 'PRESENT', c.facility_id, c.zone_id, c.space_class, c.eligibility, null, null, c.id, c.spaces, epoch_ms(c.starts_at), epoch_ms(c.ends_at), null
       from claim c where c.facility_id = any($1::text[]) and c.ended_at is null and c.taken_up_at is not null and c.ends_at > to_timestamp(${AT}) and c.starts_at <= to_timestamp(${AT})
     ) as p join claim_head h on h.facility_id = p."facilityId"`,
    [columnOf(facilityIds), days.from, days.until, now],
  );
}

/** A claim as it is kept. */
export interface ClaimRow {
  readonly city: string;
  readonly id: string;
  readonly facilityId: string;
  readonly zoneId: string;
  readonly spaceClass: SpaceClass;
  readonly spaceId: string | null;
  readonly spaces: number;
  /** Rounded outwards. */
  readonly startsAt: number;
  readonly endsAt: number;
  readonly exactStartsAt: number;
  readonly exactEndsAt: number;
  readonly eligibility: string;
  readonly causeKind: ClaimCause['kind'];
  readonly causeId: string;
  readonly heldUntil: number | null;
  readonly takenUpAt: number | null;
  readonly endedAt: number | null;
}

const CLAIM = `c.city, c.id, c.facility_id as "facilityId", c.zone_id as "zoneId", c.space_class as "spaceClass", c.space_id as "spaceId", c.spaces, epoch_ms(c.starts_at) as "startsAt",
  epoch_ms(c.ends_at) as "endsAt", epoch_ms(c.exact_starts_at) as "exactStartsAt", epoch_ms(c.exact_ends_at) as "exactEndsAt", c.eligibility, c.cause_kind as "causeKind", c.cause_id as "causeId",
  epoch_ms(c.held_until) as "heldUntil", epoch_ms(c.taken_up_at) as "takenUpAt", epoch_ms(c.ended_at) as "endedAt"`;

/** Where claims are, so that their facilities can be locked. By claim_id. */
export async function facilitiesOfClaims(sql: Sql, claimIds: readonly string[]): Promise<string[]> {
  const rows = await sql.query<{ id: string }>('select distinct facility_id as id from claim where id = any($1)', [claimIds]);
  return rows.map(row => row.id);
}

/** By claim_id. */
export function listClaims(sql: Sql, claimIds: readonly string[]): Promise<ClaimRow[]> {
  return sql.query<ClaimRow>(`select ${CLAIM} from claim c where c.id = any($1)`, [claimIds]);
}

/** Holds whose instant has come, oldest first. By claim_hold_ends. */
export async function findExpiredHolds(sql: Sql, now: number, most: number): Promise<string[]> {
  const rows = await sql.query<{ id: string }>('select id from claim where ended_at is null and held_until <= to_timestamp($1 / 1000.0) order by held_until limit $2', [now, most]);
  return rows.map(row => row.id);
}

/** What stands at these facilities later than an instant, holds that ended left out; newest first. By claim_of_facility. */
export function listStandingClaims(sql: Sql, facilityIds: readonly string[], from: number, now: number): Promise<ClaimRow[]> {
  return sql.query<ClaimRow>(
    `select ${CLAIM} from claim c
     where c.facility_id = any($1) and c.ended_at is null and c.ends_at > to_timestamp($2 / 1000.0) and (c.held_until is null or c.held_until > to_timestamp($3 / 1000.0))
     order by c.id desc`,
    [facilityIds, from, now],
  );
}

/** Numbered spaces as they are, and what is promised of them. By space_id. */
export interface NumberedRow {
  readonly id: string;
  readonly facilityId: string;
  readonly zoneId: string;
  readonly spaceClass: SpaceClass;
  readonly number: string;
  readonly inService: boolean;
}

export function listNumbered(sql: Sql, spaceIds: readonly string[]): Promise<NumberedRow[]> {
  return sql.query<NumberedRow>(
    `select id, facility_id as "facilityId", zone_id as "zoneId", space_class as "spaceClass", number, status = 'IN_SERVICE' as "inService" from space where id = any($1)`,
    [spaceIds],
  );
}

/** What stands of numbered spaces within a span, holds that have ended included: a constraint reads no clock. By claim_space_once. */
export function listClaimsOfSpaces(sql: Sql, spaceIds: readonly string[], { startsAt, endsAt }: { readonly startsAt: number; readonly endsAt: number }): Promise<ClaimRow[]> {
  return sql.query<ClaimRow>(
    `select ${CLAIM} from claim c
     where c.space_id = any($1) and c.ended_at is null and tstzrange(c.starts_at, c.ends_at) && tstzrange(to_timestamp($2 / 1000.0), to_timestamp($3 / 1000.0))`,
    [spaceIds, startsAt, endsAt],
  );
}
