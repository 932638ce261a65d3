import type { Sql } from '../platform/index.js';
import type { FacilityStatus } from './rules/status.js';

/** What registering needs to know of a facility that is there already. */
export interface KnownFacility {
  readonly id: string;
  readonly city: string;
  readonly source: string;
  readonly sourceCode: string;
  readonly code: string;
  readonly observedOn: string;
  readonly contentHash: string;
  readonly version: number;
  readonly status: FacilityStatus;
  readonly statusReason: string | null;
  readonly statusSince: number;
  readonly validFrom: number;
  readonly jurisdictionId: string;
  readonly reportingUnitId: string;
  readonly acceptanceRequired: boolean;
  readonly acceptanceReference: string | null;
  readonly ownerId: string | null;
  readonly partyIds: readonly string[];
}

const KNOWN = `f.id, f.city, f.source, f.source_code as "sourceCode", f.code, f.observed_on::text as "observedOn", f.content_hash as "contentHash", f.version,
  f.status, f.status_reason as "statusReason", epoch_ms(f.status_since) as "statusSince", epoch_ms(f.valid_from) as "validFrom",
  f.jurisdiction_id as "jurisdictionId", f.reporting_unit_id as "reportingUnitId", f.acceptance_required as "acceptanceRequired",
  f.acceptance_reference as "acceptanceReference", f.owner_party_id as "ownerId", array_remove(array[f.owner_party_id, f.manager_party_id, f.operator_party_id]::text[], null) as "partyIds"`;

/** One register of a city is written by one import at a time, so that two never make one facility or key place twice. */
export async function lockRegister(sql: Sql, cities: readonly string[]): Promise<void> {
  for (const city of [...cities].sort()) await sql.query('select pg_advisory_xact_lock(7142030, hashtext($1))', [city]);
}

/** Locks facilities until the commit, in the order in which sharing locks them to publish. By `facility_id`. */
export async function lockFacilities(sql: Sql, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await sql.query('select f.id from facility f where f.id = any($1) order by f.id for no key update of f', [ids]);
}

/** The facility that each key names, by a source's name for it or by its public code. Uses the keys of `facility_source` and (city, code). */
export function findKnown(sql: Sql, keys: ReadonlyArray<{ readonly city: string; readonly source: string; readonly sourceCode: string; readonly code: string | null }>): Promise<Array<KnownFacility & { readonly nth: number }>> {
  return sql.query(
    `select k.nth, ${KNOWN}
     from jsonb_to_recordset($1::jsonb) as k (nth int, city text, source text, "sourceCode" text, code text)
     left join facility_source s on s.city = k.city and s.source = k.source and s.source_code = k."sourceCode"
     join facility f on f.id = coalesce(s.facility_id, (select c.id from facility c where c.city = k.city and c.code = k.code))`,
    [JSON.stringify(keys.map((key, nth) => ({ ...key, nth })))],
  );
}

/** One facility, locked until the commit. Uses `facility_id`. */
export async function findForUpdate(sql: Sql, id: string): Promise<KnownFacility | null> {
  const [row] = await sql.query<KnownFacility>(`select ${KNOWN} from facility f where f.id = $1 for no key update`, [id]);
  return row ?? null;
}

export interface PartyRow {
  readonly id: string;
  readonly source: string | null;
  readonly code: string | null;
}

/** The parties that drafts name. Uses the keys of `party`. */
export function findParties(sql: Sql, ids: readonly string[], names: ReadonlyArray<{ readonly source: string; readonly code: string }>): Promise<PartyRow[]> {
  if (ids.length === 0 && names.length === 0) return Promise.resolve([]);
  return sql.query(
    `select p.id, p.source, p.code from party p where p.id = any($1)
     union
     select p.id, p.source, p.code from party p join jsonb_to_recordset($2::jsonb) as n (source text, code text) using (source, code)`,
    [ids, JSON.stringify(names)],
  );
}

/** The columns of `facility` that a draft decides. */
const DRAFT_COLUMNS = [
  'source', 'source_code', 'name', 'address', 'category', 'sector', 'sector_reason', 'resource_kind', 'ownership', 'management_mode', 'owner_party_id',
  'manager_party_id', 'operator_party_id', 'jurisdiction_id', 'reporting_unit_id', 'longitude', 'latitude', 'public_longitude', 'public_latitude', 'zone_name',
  'closes_at', 'planning_required_spaces', 'registration_no', 'registration_issued_by', 'registration_valid_to', 'registration_status', 'is_insured',
  'is_military_linked', 'is_restricted', 'is_civil_defence', 'has_cameras', 'status', 'status_reason', 'status_since', 'acceptance_required',
  'acceptance_reference', 'accepted_on', 'is_synthetic', 'observed_on', 'recorded_at', 'recorded_by', 'content_hash', 'version', 'valid_from',
] as const;

export type FacilityRow = Readonly<Record<(typeof DRAFT_COLUMNS)[number] | 'city' | 'id' | 'code', unknown>>;

/** Stores facilities whole, new or changed, with the name that their source gives them. */
export async function storeFacilities(sql: Sql, rows: readonly FacilityRow[]): Promise<void> {
  const json = JSON.stringify(rows);
  await sql.query(
    `insert into facility
     select * from jsonb_populate_recordset(null::facility, $1::jsonb)
     on conflict (city, id) do update set ${DRAFT_COLUMNS.map(column => `${column} = excluded.${column}`).join(', ')}`,
    [json],
  );
  await sql.query(
    `insert into facility_source (city, source, source_code, facility_id)
     select city, source, source_code, id from jsonb_populate_recordset(null::facility, $1::jsonb)
     on conflict do nothing`,
    [json],
  );
}

/** A new state of one facility, in force from an instant. */
export async function storeStatus(sql: Sql, change: { id: string; status: FacilityStatus; reason: string | null; at: number; acceptanceReference: string | null; acceptedOn: string | null }): Promise<void> {
  await sql.query(
    `update facility set status = $2, status_reason = $3, status_since = to_timestamp($4 / 1000.0), acceptance_reference = coalesce($5, acceptance_reference),
       accepted_on = coalesce($6::date, accepted_on), version = version + 1, valid_from = greatest(valid_from, to_timestamp($4 / 1000.0))
     where id = $1`,
    [change.id, change.status, change.reason, change.at, change.acceptanceReference, change.acceptedOn],
  );
}

/** Another reporting unit for one facility, from an instant on (G8). */
export async function storeReportingUnit(sql: Sql, change: { id: string; reportingUnitId: string; validFrom: number }): Promise<void> {
  await sql.query(
    `update facility set reporting_unit_id = $2, version = version + 1, valid_from = greatest(valid_from, to_timestamp($3 / 1000.0)) where id = $1`,
    [change.id, change.reportingUnitId, change.validFrom],
  );
}
