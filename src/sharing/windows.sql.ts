import type { FacilityCategory, Ownership, Sector } from '../facilities/index.js';
import type { Sql } from '../platform/index.js';
import type { StoredTerms } from './rules/terms-codec.js';
import type { SpaceClass, WindowStatus } from './rules/window.js';

/** What publishing asks of a facility, read under its lock. */
export interface LenderRow {
  readonly id: string;
  readonly city: string;
  readonly name: string;
  readonly category: FacilityCategory;
  readonly sector: Sector;
  readonly ownership: Ownership | null;
  readonly status: string;
  readonly planningRequiredSpaces: number | null;
  readonly zoneName: string;
  readonly closesAt: ReadonlyArray<number | null> | null;
  readonly ownerPartyId: string | null;
  readonly managerPartyId: string | null;
  readonly operatorPartyId: string | null;
  readonly registrationNo: string | null;
  readonly registrationValidTo: string | null;
  readonly registrationStatus: string | null;
  /** Of its division and of its reporting unit. */
  readonly jurisdictionCodes: readonly string[];
  readonly hasNumberedSpaces: boolean;
}

/**
 * Facilities, locked until the commit in the order of their ids: what may be lent in a zone is decided by one writer at
 * a time (P1). By the index facility_id.
 */
export async function lockLenders(sql: Sql, ids: readonly string[]): Promise<LenderRow[]> {
  if (ids.length === 0) return [];
  return sql.query<LenderRow>(
    `select f.id, f.city, f.name, f.category, f.sector, f.ownership, f.status, f.planning_required_spaces as "planningRequiredSpaces",
       f.zone_name as "zoneName", f.closes_at as "closesAt", f.owner_party_id as "ownerPartyId", f.manager_party_id as "managerPartyId",
       f.operator_party_id as "operatorPartyId", f.registration_no as "registrationNo", f.registration_valid_to::text as "registrationValidTo",
       f.registration_status as "registrationStatus", array[j.code, u.code]::text[] as "jurisdictionCodes",
       exists (select from space s where s.facility_id = f.id and s.status <> 'REMOVED') as "hasNumberedSpaces"
     from facility f
     join jurisdiction j on j.id = f.jurisdiction_id
     join jurisdiction u on u.id = f.reporting_unit_id
     where f.id = any($1)
     order by f.id
     for no key update of f`,
    [ids],
  );
}

/** The facilities that sources know by these codes, each with the place of its question. By the primary key of facility_source. */
export function findFacilitiesOfSources(sql: Sql, names: ReadonlyArray<{ readonly nth: number; readonly city: string; readonly source: string; readonly code: string }>): Promise<Array<{ readonly nth: number; readonly facilityId: string }>> {
  return sql.query(
    `select n.nth, s.facility_id as "facilityId"
     from jsonb_to_recordset($1::jsonb) as n (nth int, city text, source text, code text)
     join facility_source s on s.city = n.city and s.source = n.source and s.source_code = n.code`,
    [JSON.stringify(names)],
  );
}

export interface ZoneRow {
  readonly id: string;
  readonly facilityId: string;
  readonly code: string;
  /** Null where nothing is known of a class. */
  readonly spaceClass: SpaceClass | null;
  readonly shareable: number | null;
}

/** The zones of facilities with what each may share, one row a class. By zone_facility. */
export function listZoneCapacities(sql: Sql, facilityIds: readonly string[]): Promise<ZoneRow[]> {
  return sql.query<ZoneRow>(
    `select z.id, z.facility_id as "facilityId", z.code, c.space_class as "spaceClass", c.shareable
     from zone z
     left join facility_capacity c on c.city = z.city and c.zone_id = z.id
     where z.facility_id = any($1)
     order by z.position, z.id`,
    [facilityIds],
  );
}

export interface WindowRow {
  readonly id: string;
  readonly city: string;
  readonly facilityId: string;
  readonly zoneId: string;
  readonly status: WindowStatus;
  readonly statusReason: string | null;
  readonly terms: StoredTerms;
  readonly source: string | null;
  readonly sourceCode: string | null;
  readonly version: number;
}

const COLUMNS = `w.id, w.city, w.facility_id as "facilityId", w.zone_id as "zoneId", w.status, w.status_reason as "statusReason", w.terms,
  w.source, w.source_code as "sourceCode", w.version`;

/** Every window of these facilities, and every one that a source names, wherever it is. By sharing_window_facility and sharing_window_of_source. */
export function listWindowsFor(sql: Sql, facilityIds: readonly string[], names: ReadonlyArray<{ readonly city: string; readonly source: string; readonly code: string }>): Promise<WindowRow[]> {
  return sql.query<WindowRow>(
    `select ${COLUMNS} from sharing_window w where w.facility_id = any($1)
     union
     select ${COLUMNS}
     from jsonb_to_recordset($2::jsonb) as n (city text, source text, code text)
     join sharing_window w on w.city = n.city and w.source = n.source and w.source_code = n.code`,
    [facilityIds, JSON.stringify(names)],
  );
}

/** One window as it stands. By sharing_window_id. */
export async function findWindow(sql: Sql, id: string): Promise<WindowRow | null> {
  const [row] = await sql.query<WindowRow>(`select ${COLUMNS} from sharing_window w where w.id = $1`, [id]);
  return row ?? null;
}

/** Writes new windows and new versions of known ones, all in one statement; the versions' table follows by its triggers. */
export async function storeWindows(sql: Sql, windows: readonly WindowRow[], { now, recordedBy }: { readonly now: number; readonly recordedBy: string }): Promise<void> {
  if (windows.length === 0) return;
  await sql.query(
    `insert into sharing_window (city, id, facility_id, zone_id, name, mode, audience, status, status_reason, terms, source, source_code, version, recorded_at, recorded_by, valid_from)
     select w.city, w.id, w."facilityId", w."zoneId", w.terms ->> 'name', w.terms ->> 'mode', w.terms -> 'audience' ->> 'kind', w.status, w."statusReason",
       w.terms, w.source, w."sourceCode", w.version, to_timestamp($2 / 1000.0), $3, to_timestamp($2 / 1000.0)
     from jsonb_to_recordset($1::jsonb) as w (city text, id text, "facilityId" text, "zoneId" text, status text, "statusReason" text, terms jsonb, source text, "sourceCode" text, version int)
     on conflict (city, id) do update set zone_id = excluded.zone_id, name = excluded.name, mode = excluded.mode, audience = excluded.audience, status = excluded.status,
       status_reason = excluded.status_reason, terms = excluded.terms, version = excluded.version, recorded_at = excluded.recorded_at,
       recorded_by = excluded.recorded_by, valid_from = excluded.valid_from`,
    [JSON.stringify(windows), now, recordedBy],
  );
}

export interface WindowTariffRow {
  readonly windowId: string;
  readonly facilityId: string;
  readonly tariffId: string;
}

/** The tariffs of these windows as they stand within this transaction; free ones have no row. By sharing_window_id. */
export function listTariffsOfWindows(sql: Sql, windowIds: readonly string[]): Promise<WindowTariffRow[]> {
  return sql.query<WindowTariffRow>(
    `select w.id as "windowId", w.facility_id as "facilityId", w.terms ->> 'tariffId' as "tariffId"
     from sharing_window w
     where w.id = any($1) and w.terms ->> 'tariffId' is not null`,
    [windowIds],
  );
}

/** The windows, withdrawn ones apart, that a tariff prices; a few are enough to say so. By sharing_window_tariff. */
export async function listWindowsOfTariff(sql: Sql, tariffId: string, limit: number): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(`select w.id from sharing_window w where w.terms ->> 'tariffId' = $1 and w.status <> 'WITHDRAWN' order by w.id limit $2`, [tariffId, limit]);
  return rows.map(row => row.id);
}
