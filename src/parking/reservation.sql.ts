import { facilitiesOfSql, type SpaceClass } from '../facilities/index.js';
import type { Sql, TransactionSql } from '../platform/index.js';
import type { AdmittedAudience } from './rules/admitted-as.js';
import type { BookingTerms } from './rules/booking-terms.js';
import type { ReservationState } from './rules/lifecycle.js';

/** Why it is parked for: where somebody lives, or on a trip (适度满足居住停车，适度控制出行停车, 2.5-3). */
export type DemandClass = 'BASIC' | 'TRIP';

/** A charge of a reservation, with what of it still stands. */
export interface ReservationCharge {
  readonly chargeId: string;
  readonly amountFen: number;
}

/** A reservation as it is stored; instants are epoch milliseconds. */
export interface ReservationRow {
  readonly city: string;
  readonly id: string;
  readonly facilityId: string;
  readonly zoneId: string;
  readonly spaceClass: SpaceClass;
  readonly spaceId: string | null;
  readonly spaces: number;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly partyId: string;
  readonly demandClass: DemandClass;
  readonly state: ReservationState;
  readonly stateSince: number;
  readonly reason: string | null;
  readonly quoteId: string;
  readonly claimId: string;
  /** What was charged for the stay, the first first; empty where it is free. */
  readonly charges: readonly ReservationCharge[];
  readonly amountFen: number;
  readonly feeFen: number | null;
  readonly heldUntil: number | null;
  readonly noShowAt: number;
  readonly windowIds: readonly string[];
  /** As which audiences its vehicles were admitted when it was decided; empty: as anybody. */
  readonly audiences: readonly AdmittedAudience[];
  readonly isProvisional: boolean;
  readonly terms: BookingTerms;
  readonly seriesId: string | null;
  readonly bookedBy: string;
  readonly version: number;
  readonly createdAt: number;
  readonly changedAt: number;
}

export const RESERVATION_COLUMNS = `r.city, r.id, r.facility_id as "facilityId", r.zone_id as "zoneId", r.space_class as "spaceClass", r.space_id as "spaceId", r.spaces,
  epoch_ms(r.starts_at) as "startsAt", epoch_ms(r.ends_at) as "endsAt", r.party_id as "partyId", r.demand_class as "demandClass", r.state,
  epoch_ms(r.state_since) as "stateSince", r.reason, r.quote_id as "quoteId", r.claim_id as "claimId", r.charges, r.amount_fen::float8 as "amountFen",
  r.fee_fen::float8 as "feeFen", epoch_ms(r.held_until) as "heldUntil", epoch_ms(r.no_show_at) as "noShowAt", r.window_ids as "windowIds", r.audiences,
  r.is_provisional as "isProvisional", r.terms, r.series_id as "seriesId", r.booked_by as "bookedBy", r.version,
  epoch_ms(r.created_at) as "createdAt", epoch_ms(r.changed_at) as "changedAt"`;

const AS_ROWS = `jsonb_to_recordset($1::jsonb) as n (city text, id text, "facilityId" text, "zoneId" text, "spaceClass" text, "spaceId" text, spaces int, "startsAt" float8, "endsAt" float8,
  "partyId" text, "demandClass" text, state text, "stateSince" float8, reason text, "quoteId" text, "claimId" text, charges jsonb, "amountFen" bigint, "feeFen" bigint,
  "heldUntil" float8, "noShowAt" float8, "windowIds" text[], audiences text[], "isProvisional" boolean, terms jsonb, "seriesId" text, "bookedBy" text, version int, "createdAt" float8, "changedAt" float8)`;

/** Writes new reservations in one statement. */
export function insertReservations(sql: TransactionSql, rows: readonly ReservationRow[]): void {
  if (rows.length === 0) return;
  sql.write(
    `insert into reservation (city, id, facility_id, zone_id, space_class, space_id, spaces, starts_at, ends_at, party_id, demand_class, state, state_since, reason, quote_id,
       claim_id, charges, amount_fen, fee_fen, held_until, no_show_at, window_ids, audiences, is_provisional, terms, series_id, booked_by, version, created_at, changed_at)
     select n.city, n.id, n."facilityId", n."zoneId", n."spaceClass", n."spaceId", n.spaces, to_timestamp(n."startsAt" / 1000.0), to_timestamp(n."endsAt" / 1000.0), n."partyId",
       n."demandClass", n.state, to_timestamp(n."stateSince" / 1000.0), n.reason, n."quoteId", n."claimId", n.charges, n."amountFen", n."feeFen",
       to_timestamp(n."heldUntil" / 1000.0), to_timestamp(n."noShowAt" / 1000.0), n."windowIds", n.audiences, n."isProvisional", n.terms, n."seriesId", n."bookedBy", n.version,
       to_timestamp(n."createdAt" / 1000.0), to_timestamp(n."changedAt" / 1000.0)
     from ${AS_ROWS}`,
    [JSON.stringify(rows)],
  );
}

/** Writes what may change of reservations that were locked, in one statement. By reservation_id. */
export async function updateReservations(sql: Sql, rows: readonly ReservationRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql.query(
    `update reservation r
     set facility_id = n."facilityId", zone_id = n."zoneId", space_class = n."spaceClass", space_id = n."spaceId", spaces = n.spaces,
       starts_at = to_timestamp(n."startsAt" / 1000.0), ends_at = to_timestamp(n."endsAt" / 1000.0), state = n.state, state_since = to_timestamp(n."stateSince" / 1000.0),
       reason = n.reason, quote_id = n."quoteId", claim_id = n."claimId", charges = n.charges, amount_fen = n."amountFen", fee_fen = n."feeFen",
       held_until = to_timestamp(n."heldUntil" / 1000.0), no_show_at = to_timestamp(n."noShowAt" / 1000.0), window_ids = n."windowIds", audiences = n.audiences,
       is_provisional = n."isProvisional", terms = n.terms, version = n.version, changed_at = to_timestamp(n."changedAt" / 1000.0)
     from ${AS_ROWS}
     where r.id = n.id`,
    [JSON.stringify(rows)],
  );
}

/** Reservations locked against every other change until the commit, in the order of their ids. By reservation_id. */
export function lockReservationRows(sql: Sql, ids: readonly string[]): Promise<ReservationRow[]> {
  return sql.query<ReservationRow>(`select ${RESERVATION_COLUMNS} from reservation r where r.id = any($1::text[]) order by r.id for update`, [ids]);
}

/** By reservation_id. */
export function reservationsById(sql: Sql, ids: readonly string[]): Promise<ReservationRow[]> {
  return sql.query<ReservationRow>(`select ${RESERVATION_COLUMNS} from reservation r where r.id = any($1::text[])`, [ids]);
}

/** Which of these quotes stand behind a reservation. By reservation_of_quote. */
export function quotesInUse(sql: Sql, quoteIds: readonly string[]): Promise<Array<{ quoteId: string; reservationId: string }>> {
  return sql.query('select r.quote_id as "quoteId", r.id as "reservationId" from reservation r where r.quote_id = any($1::text[])', [quoteIds]);
}

/** Reservations with the parties of the facility that they stand at. By reservation_id and facility_id. */
export function reservationsAtTheirs(sql: Sql, ids: readonly string[]): Promise<Array<ReservationRow & { readonly facilityPartyIds: readonly string[] }>> {
  return sql.query(
    `select ${RESERVATION_COLUMNS}, array_remove(array[f.owner_party_id, f.manager_party_id, f.operator_party_id]::text[], null) as "facilityPartyIds"
     from reservation r
     join facility f on f.city = r.city and f.id = r.facility_id
     where r.id = any($1::text[])`,
    [ids],
  );
}

/** What a list of reservations is narrowed by. */
export interface ReservationFilter {
  readonly states: readonly ReservationState[] | null;
  readonly facilityId: string | null;
  readonly seriesId: string | null;
  /** Stays that touch this interval. */
  readonly from: number | null;
  readonly until: number | null;
  readonly demandClass: DemandClass | null;
}

// $1 the parties of which the caller sees reservations; null: every party. Its own, and those that stand at its facilities.
const MATCHING = `($1::text[] is null or r.party_id = any($1) or r.facility_id = any(array(${facilitiesOfSql('$1')})))
  and ($2::text[] is null or r.state = any($2))
  and ($3::text is null or r.facility_id = $3)
  and ($4::text is null or r.series_id = $4)
  and ($5::float8 is null or r.ends_at > to_timestamp($5 / 1000.0))
  and ($6::float8 is null or r.starts_at < to_timestamp($6 / 1000.0))
  and ($7::text is null or r.demand_class = $7)`;

const parametersOf = (partyIds: readonly string[] | null, { states, facilityId, seriesId, from, until, demandClass }: ReservationFilter): readonly unknown[] => [partyIds, states, facilityId, seriesId, from, until, demandClass];

/** A page of reservations, the newest first. By reservation_party or reservation_facility. */
export function listReservationRows(sql: Sql, partyIds: readonly string[] | null, filter: ReservationFilter, page: { readonly after: string | null; readonly limit: number }): Promise<ReservationRow[]> {
  return sql.query<ReservationRow>(
    `select ${RESERVATION_COLUMNS} from reservation r where ${MATCHING} and ($8::text is null or r.id < $8) order by r.id desc limit $9`,
    [...parametersOf(partyIds, filter), page.after, page.limit],
  );
}

export async function countReservations(sql: Sql, partyIds: readonly string[] | null, filter: ReservationFilter): Promise<number> {
  const [row] = await sql.query<{ count: number }>(`select count(*)::int as count from reservation r where ${MATCHING}`, parametersOf(partyIds, filter));
  return row!.count;
}
