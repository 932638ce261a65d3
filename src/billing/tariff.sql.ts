import type { Sql } from '../platform/index.js';
import type { TariffStatus } from './rules/tariff.js';

/** A tariff's head: whose it is, and whether it may be used. */
export interface TariffRow {
  readonly id: string;
  readonly name: string;
  readonly facilityId: string | null;
  readonly partyId: string | null;
  readonly status: TariffStatus;
  readonly statusReason: string | null;
  readonly version: number;
  readonly recordedAt: number;
}

const COLUMNS = `t.id, t.name, t.facility_id as "facilityId", t.party_id as "partyId", t.status, t.status_reason as "statusReason", t.version, epoch_ms(t.recorded_at) as "recordedAt"`;

/** By the primary key. */
export function listTariffs(sql: Sql, ids: readonly string[]): Promise<TariffRow[]> {
  return sql.query<TariffRow>(`select ${COLUMNS} from tariff t where t.id = any($1)`, [ids]);
}

export async function findTariffForUpdate(sql: Sql, id: string): Promise<TariffRow | null> {
  const [row] = await sql.query<TariffRow>(`select ${COLUMNS} from tariff t where t.id = $1 for update`, [id]);
  return row ?? null;
}

/** Tariffs kept from being withdrawn until the commit, in the order of their ids. */
export function holdTariffs(sql: Sql, ids: readonly string[]): Promise<TariffRow[]> {
  return sql.query<TariffRow>(`select ${COLUMNS} from tariff t where t.id = any($1) order by t.id for share`, [ids]);
}

export interface TariffWrite extends Omit<TariffRow, 'recordedAt'> {}

/** Writes new tariffs and new states of known ones; the versions' table follows by its triggers. */
export async function storeTariffs(sql: Sql, tariffs: readonly TariffWrite[], { now, recordedBy }: { readonly now: number; readonly recordedBy: string }): Promise<void> {
  if (tariffs.length === 0) return;
  await sql.query(
    `insert into tariff (id, name, facility_id, party_id, status, status_reason, version, recorded_at, recorded_by, valid_from)
     select t.id, t.name, t."facilityId", t."partyId", t.status, t."statusReason", t.version, to_timestamp($2 / 1000.0), $3, to_timestamp($2 / 1000.0)
     from jsonb_to_recordset($1::jsonb) as t (id text, name text, "facilityId" text, "partyId" text, status text, "statusReason" text, version int)
     on conflict (id) do update set name = excluded.name, status = excluded.status, status_reason = excluded.status_reason, version = excluded.version,
       recorded_at = excluded.recorded_at, recorded_by = excluded.recorded_by, valid_from = excluded.valid_from`,
    [JSON.stringify(tariffs), now, recordedBy],
  );
}

/** Whose tariff it would be, and where that lies. */
export interface TariffSubject {
  readonly partyIds: readonly string[];
  readonly jurisdictionCodes: readonly string[];
}

/** A facility's owner and manager, who lend it, and its codes. By facility_id. */
export async function findFacilitySubject(sql: Sql, facilityId: string): Promise<(TariffSubject & { readonly city: string }) | null> {
  const [row] = await sql.query<TariffSubject & { readonly city: string }>(
    `select f.city, array_remove(array[f.owner_party_id, f.manager_party_id]::text[], null) as "partyIds", array[j.code, u.code]::text[] as "jurisdictionCodes"
     from facility f
     join jurisdiction j on j.id = f.jurisdiction_id
     join jurisdiction u on u.id = f.reporting_unit_id
     where f.id = $1`,
    [facilityId],
  );
  return row ?? null;
}

/** A party, which sets prices for itself, and its jurisdiction where it has one. */
export async function findPartySubject(sql: Sql, partyId: string): Promise<TariffSubject | null> {
  const [row] = await sql.query<TariffSubject>(
    `select array[p.id]::text[] as "partyIds", array_remove(array[p.jurisdiction_code]::text[], null) as "jurisdictionCodes" from party p where p.id = $1`,
    [partyId],
  );
  return row ?? null;
}

/** The parties whose tariffs a facility may use: owner, manager and operator. By facility_id. */
export function listFacilityParties(sql: Sql, facilityIds: readonly string[]): Promise<Array<{ readonly facilityId: string; readonly partyIds: readonly string[] }>> {
  return sql.query(
    `select f.id as "facilityId", array_remove(array[f.owner_party_id, f.manager_party_id, f.operator_party_id]::text[], null) as "partyIds" from facility f where f.id = any($1)`,
    [facilityIds],
  );
}

export interface TariffFilter {
  readonly facilityIds: readonly string[] | null;
  readonly partyIds: readonly string[] | null;
  readonly statuses: readonly string[] | null;
}

const MATCHING = `($1::text[] is null or t.facility_id = any($1)) and ($2::text[] is null or t.party_id = any($2)) and ($3::text[] is null or t.status = any($3))`;

/** A page of ids in their order; tariff_facility and tariff_party narrow it. */
export async function listTariffIds(sql: Sql, { facilityIds, partyIds, statuses }: TariffFilter, page: { readonly after: string | null; readonly limit: number }): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(`select t.id from tariff t where ${MATCHING} and ($4::text is null or t.id > $4) order by t.id limit $5`, [facilityIds, partyIds, statuses, page.after, page.limit]);
  return rows.map(row => row.id);
}

export async function countTariffs(sql: Sql, { facilityIds, partyIds, statuses }: TariffFilter): Promise<number> {
  const [row] = await sql.query<{ count: number }>(`select count(*)::int as count from tariff t where ${MATCHING}`, [facilityIds, partyIds, statuses]);
  return row?.count ?? 0;
}

/** By registered_tariff_facility. */
export function listRegisteredTariffs(sql: Sql, facilityIds: readonly string[]): Promise<Array<{ readonly facilityId: string; readonly tariffId: string }>> {
  return sql.query('select r.id as "facilityId", r.tariff_id as "tariffId" from registered_tariff r where r.id = any($1)', [facilityIds]);
}

/** The facilities for which a tariff is registered; a few are enough to say so. By registered_tariff_tariff. */
export async function listFacilitiesOfTariff(sql: Sql, tariffId: string, limit: number): Promise<string[]> {
  const rows = await sql.query<{ id: string }>('select r.id from registered_tariff r where r.tariff_id = $1 order by r.id limit $2', [tariffId, limit]);
  return rows.map(row => row.id);
}

export async function storeRegisteredTariff(sql: Sql, { city, facilityId, tariffId, reason }: { readonly city: string; readonly facilityId: string; readonly tariffId: string; readonly reason: string }, { now, recordedBy }: { readonly now: number; readonly recordedBy: string }): Promise<void> {
  await sql.query(
    `insert into registered_tariff (city, id, tariff_id, reason, recorded_at, recorded_by, valid_from)
     values ($1, $2, $3, $4, to_timestamp($5 / 1000.0), $6, to_timestamp($5 / 1000.0))
     on conflict (city, id) do update set tariff_id = excluded.tariff_id, reason = excluded.reason, recorded_at = excluded.recorded_at,
       recorded_by = excluded.recorded_by, valid_from = excluded.valid_from`,
    [city, facilityId, tariffId, reason, now, recordedBy],
  );
}

export async function removeRegisteredTariff(sql: Sql, facilityId: string): Promise<void> {
  await sql.query('delete from registered_tariff where id = $1', [facilityId]);
}
