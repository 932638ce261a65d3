import type { PlateColour } from '../../kernel/index.js';
import type { Sql } from '../../platform/index.js';

/** A vehicle that is admitted as one of an audience, as its facility's parties see it. */
export interface AdmissionRow {
  readonly id: string;
  readonly facilityId: string;
  readonly facilityPartyIds: readonly string[];
  readonly audience: 'RESIDENTS' | 'AGREEMENT_HOLDERS';
  readonly maskedPlate: string;
  /** null: whichever colour the plate has. */
  readonly colour: PlateColour | null;
  readonly agreementId: string | null;
  /** Whose vehicle it is, and who alone books by it; null: nobody does. */
  readonly partyId: string | null;
  readonly startsAt: number;
  readonly endsAt: number | null;
  readonly recordedAt: number;
}

const COLUMNS = `m.id, m.facility_id as "facilityId", array_remove(array[f.owner_party_id, f.manager_party_id, f.operator_party_id]::text[], null) as "facilityPartyIds", m.audience,
  m.masked_plate as "maskedPlate", m.colour, m.agreement_id as "agreementId", m.party_id as "partyId", epoch_ms(m.starts_at) as "startsAt", epoch_ms(m.ends_at) as "endsAt", epoch_ms(m.recorded_at) as "recordedAt"`;

/**
 * Whether a party is there to be named, and is not erased; it cannot be erased before the commit. Whoever is being erased
 * meanwhile is waited for. By the primary key.
 */
export async function isPartyNameable(sql: Sql, id: string): Promise<boolean> {
  return (await sql.query('select p.id from party p where p.id = $1 and p.erased_at is null for share', [id])).length === 1;
}

/** By admitted_vehicle_id. */
export function admissionsById(sql: Sql, ids: readonly string[]): Promise<AdmissionRow[]> {
  return sql.query<AdmissionRow>(`select ${COLUMNS} from admitted_vehicle m join facility f on f.city = m.city and f.id = m.facility_id where m.id = any($1::text[])`, [ids]);
}

/** Under lock, in the order of their ids. By admitted_vehicle_id. */
export function lockAdmissions(sql: Sql, ids: readonly string[]): Promise<Array<Pick<AdmissionRow, 'id' | 'facilityId' | 'partyId' | 'startsAt' | 'endsAt'>>> {
  return sql.query(
    `select m.id, m.facility_id as "facilityId", m.party_id as "partyId", epoch_ms(m.starts_at) as "startsAt", epoch_ms(m.ends_at) as "endsAt" from admitted_vehicle m where m.id = any($1::text[]) order by m.id for update`,
    [ids],
  );
}

/** Ends admissions: one that begins later than that held at no time. */
export async function putAdmissionEnds(sql: Sql, ids: readonly string[], endsAt: number): Promise<void> {
  await sql.query('update admitted_vehicle set ends_at = greatest(starts_at, to_timestamp($2 / 1000.0)) where id = any($1::text[])', [ids, endsAt]);
}

/** Says whose vehicles those are of which it was not said. */
export async function putAdmissionParty(sql: Sql, ids: readonly string[], partyId: string): Promise<void> {
  await sql.query('update admitted_vehicle set party_id = $2 where id = any($1::text[]) and party_id is null', [ids, partyId]);
}

export interface AdmissionFilter {
  readonly facilityId: string;
  readonly audiences: ReadonlyArray<AdmissionRow['audience']> | null;
  readonly agreementId: string | null;
  /** Whose vehicles; null: anybody's and nobody's. */
  readonly partyId: string | null;
  /** Whether they say whose vehicle it is; null: either. */
  readonly isNamed: boolean | null;
  /** Only those that hold then; null: all that were ever recorded. */
  readonly at: number | null;
}

const MATCHING = `m.facility_id = $1 and ($2::text[] is null or m.audience = any($2)) and ($3::text is null or m.agreement_id = $3)
  and ($4::float8 is null or (m.starts_at <= to_timestamp($4 / 1000.0) and (m.ends_at is null or m.ends_at > to_timestamp($4 / 1000.0)))) and ($5::text is null or m.party_id = $5)
  and ($6::boolean is null or (m.party_id is not null) = $6)`;

const parametersOf = ({ facilityId, audiences, agreementId, at, partyId, isNamed }: AdmissionFilter): readonly unknown[] => [facilityId, audiences, agreementId, at, partyId, isNamed];

/** A page, the newest first. By admitted_vehicle_facility; of one party by admitted_vehicle_party. */
export function listAdmissionRows(sql: Sql, filter: AdmissionFilter, page: { readonly after: string | null; readonly limit: number }): Promise<AdmissionRow[]> {
  return sql.query<AdmissionRow>(
    `select ${COLUMNS} from admitted_vehicle m join facility f on f.city = m.city and f.id = m.facility_id
     where ${MATCHING} and ($7::text is null or m.id < $7) order by m.id desc limit $8`,
    [...parametersOf(filter), page.after, page.limit],
  );
}

export async function countAdmissions(sql: Sql, filter: AdmissionFilter): Promise<number> {
  const [row] = await sql.query<{ count: number }>(`select count(*)::int as count from admitted_vehicle m where ${MATCHING}`, parametersOf(filter));
  return row!.count;
}
