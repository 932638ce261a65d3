import type { Sql } from '../platform/index.js';
import type { BookingTerms } from './rules/booking-terms.js';

/** What booking needs of a facility: whose it is, where, and on what terms it is booked. */
export interface FacilityTermsRow {
  readonly facilityId: string;
  readonly city: string;
  readonly partyIds: readonly string[];
  readonly jurisdictionCodes: readonly string[];
  readonly zoneName: string;
  /** null where neither the facility nor its city has set any. */
  readonly terms: BookingTerms | null;
  readonly termsId: string | null;
}

/** The terms in force at an instant: a facility's own before its city's. By facility_search_facility and booking_terms_one_at_a_time. */
export function termsInForce(sql: Sql, facilityIds: readonly string[], at: number): Promise<FacilityTermsRow[]> {
  return sql.query<FacilityTermsRow>(
    `select f.id as "facilityId", f.city, array_remove(array[f.owner_party_id, f.manager_party_id, f.operator_party_id]::text[], null) as "partyIds",
       s.jurisdiction_codes as "jurisdictionCodes", f.zone_name as "zoneName", t.terms, t.id as "termsId"
     from facility_search s
     join facility f on f.city = s.city and f.id = s.facility_id
     left join lateral (
       select b.id, b.terms from booking_terms b
       where b.city = f.city and (b.facility_id = f.id or b.facility_id is null)
         and b.starts_at <= to_timestamp($2 / 1000.0) and (b.ends_at is null or b.ends_at > to_timestamp($2 / 1000.0))
       order by b.facility_id nulls last
       limit 1
     ) t on true
     where s.facility_id = any($1::text[])`,
    [facilityIds, at],
  );
}

/** Terms with their validity, as they are stored. */
export interface TermsRow {
  readonly city: string;
  readonly id: string;
  readonly facilityId: string | null;
  readonly terms: BookingTerms;
  readonly legalBasis: string;
  readonly startsAt: number;
  readonly endsAt: number | null;
}

/** One at a time writes the terms of a city: what is replaced and what replaces it change together. */
export async function lockTerms(sql: Sql, city: string): Promise<void> {
  await sql.query(`select pg_advisory_xact_lock(hashtextextended('booking-terms:' || $1, 0))`, [city]);
}

/** Ends the terms that are in force at an instant, and drops those that would have begun later. */
export async function endTermsAt(sql: Sql, { city, facilityId, startsAt }: { readonly city: string; readonly facilityId: string | null; readonly startsAt: number }): Promise<void> {
  await sql.query(
    `delete from booking_terms where city = $1 and facility_id is not distinct from $2 and starts_at >= to_timestamp($3 / 1000.0)`,
    [city, facilityId, startsAt],
  );
  await sql.query(
    `update booking_terms set ends_at = to_timestamp($3 / 1000.0)
     where city = $1 and facility_id is not distinct from $2 and (ends_at is null or ends_at > to_timestamp($3 / 1000.0))`,
    [city, facilityId, startsAt],
  );
}

export async function insertTerms(sql: Sql, row: TermsRow & { readonly recordedBy: string }, now: number): Promise<void> {
  await sql.query(
    `insert into booking_terms (city, id, facility_id, terms, legal_basis, starts_at, ends_at, recorded_at, recorded_by)
     values ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0), to_timestamp($7::float8 / 1000.0), to_timestamp($8 / 1000.0), $9)`,
    [row.city, row.id, row.facilityId, JSON.stringify(row.terms), row.legalBasis, row.startsAt, row.endsAt, now, row.recordedBy],
  );
}

const COLUMNS = `b.city, b.id, b.facility_id as "facilityId", b.terms, b.legal_basis as "legalBasis", epoch_ms(b.starts_at) as "startsAt", epoch_ms(b.ends_at) as "endsAt"`;

/** By booking_terms_id. */
export function termsById(sql: Sql, ids: readonly string[]): Promise<TermsRow[]> {
  return sql.query<TermsRow>(`select ${COLUMNS} from booking_terms b where b.id = any($1::text[])`, [ids]);
}
