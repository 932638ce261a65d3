import type { Sql } from '../platform/index.js';
import type { StoredTerms } from './rules/terms-codec.js';

export interface SuspensionRow {
  readonly id: string;
  readonly city: string;
  readonly windowId: string | null;
  readonly facilityId: string | null;
  readonly jurisdictionCode: string | null;
  /** Epoch ms. */
  readonly startsAt: number;
  /** Epoch ms; null while no end is known. */
  readonly endsAt: number | null;
  readonly liftedAt: number | null;
  readonly reason: string;
}

/** Whether a suspension `x` concerns the window `w`, whose facility's codes are in the search row `s`; the three partial indexes answer it. */
const CONCERNS = `(x.window_id = w.id or x.facility_id = w.facility_id or x.jurisdiction_code = any(s.jurisdiction_codes))`;

/** When a suspension really ends: as it was said, or earlier where it was lifted. */
const ENDS_AT = `least(x.ends_at, x.lifted_at)`;

export async function insertSuspension(sql: Sql, suspension: SuspensionRow, { now, declaredBy }: { readonly now: number; readonly declaredBy: string }): Promise<void> {
  await sql.query(
    `insert into window_suspension (city, id, window_id, facility_id, jurisdiction_code, starts_at, ends_at, reason, declared_by, recorded_at, valid_from)
     values ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0), to_timestamp($7 / 1000.0), $8, $9, to_timestamp($10 / 1000.0), to_timestamp($10 / 1000.0))`,
    [suspension.city, suspension.id, suspension.windowId, suspension.facilityId, suspension.jurisdictionCode, suspension.startsAt, suspension.endsAt, suspension.reason, declaredBy, now],
  );
}

/** One suspension, locked until the commit. By window_suspension_id. */
export async function findSuspensionForUpdate(sql: Sql, id: string): Promise<SuspensionRow | null> {
  const [row] = await sql.query<SuspensionRow>(
    `select x.id, x.city, x.window_id as "windowId", x.facility_id as "facilityId", x.jurisdiction_code as "jurisdictionCode",
       epoch_ms(x.starts_at) as "startsAt", epoch_ms(x.ends_at) as "endsAt", epoch_ms(x.lifted_at) as "liftedAt", x.reason
     from window_suspension x where x.id = $1 for update`,
    [id],
  );
  return row ?? null;
}

export async function liftSuspensionAt(sql: Sql, id: string, { now, reason }: { readonly now: number; readonly reason: string }): Promise<void> {
  await sql.query(`update window_suspension set lifted_at = to_timestamp($2 / 1000.0), lift_reason = $3, valid_from = greatest(valid_from, to_timestamp($2 / 1000.0)) where id = $1`, [id, now, reason]);
}

/** Whose things a suspension takes hold of: the facilities with windows in its scope, with the parties and the place that its permission asks for. */
export interface SuspendedFacility {
  readonly facilityId: string;
  readonly city: string;
  /** Of its division and of its reporting unit. */
  readonly jurisdictionCodes: readonly string[];
  readonly partyIds: readonly string[];
}

const FACILITY = `f.id as "facilityId", f.city, array[j.code, u.code]::text[] as "jurisdictionCodes", array_remove(array[f.owner_party_id, f.manager_party_id, f.operator_party_id]::text[], null) as "partyIds"`;

/** The facility of a window, or a facility itself, locked against a publication at the same moment. By sharing_window_id and facility_id. */
export async function findSuspendedFacility(sql: Sql, scope: { readonly windowId: string | null; readonly facilityId: string | null }): Promise<SuspendedFacility | null> {
  const [row] = await sql.query<SuspendedFacility>(
    `select ${FACILITY}
     from facility f
     join jurisdiction j on j.id = f.jurisdiction_id
     join jurisdiction u on u.id = f.reporting_unit_id
     where f.id = coalesce($2, (select w.facility_id from sharing_window w where w.id = $1))
     for no key update of f`,
    [scope.windowId, scope.facilityId],
  );
  return row ?? null;
}

/**
 * Locks every facility of a jurisdiction and answers those that lend. Two statements: the second sees what a publication
 * committed while the first one waited for it, so that no window slips past. facility_search_jurisdiction finds them.
 */
export async function lockLendersWithin(sql: Sql, jurisdictionCode: string): Promise<string[]> {
  await sql.query(
    `select f.id
     from facility f
     where f.id in (select s.facility_id from facility_search s where s.jurisdiction_codes @> array[$1::text])
     order by f.id
     for no key update of f`,
    [jurisdictionCode],
  );
  const rows = await sql.query<{ id: string }>(
    `select s.facility_id as id
     from facility_search s
     where s.jurisdiction_codes @> array[$1::text] and exists (select from sharing_window w where w.facility_id = s.facility_id)`,
    [jurisdictionCode],
  );
  return rows.map(row => row.id);
}

/** A published window as discovery reads it. */
export interface SearchableWindow {
  readonly id: string;
  readonly zoneId: string;
  readonly version: string;
  readonly terms: StoredTerms;
  readonly suspensions: ReadonlyArray<{ readonly id: string; readonly startsAt: number; readonly endsAt: number | null; readonly reason: string }>;
}

/** What the search rows of facilities must say of their windows: the published ones, with the suspensions that are not over. */
export function listSearchWindows(sql: Sql, facilityIds: readonly string[], now: number): Promise<Array<{ readonly facilityId: string; readonly windows: readonly SearchableWindow[] }>> {
  return sql.query(
    `select s.facility_id as "facilityId", coalesce(jsonb_agg(jsonb_build_object('id', w.id, 'zoneId', w.zone_id, 'version', w.version::text, 'terms', w.terms,
         'suspensions', (select coalesce(jsonb_agg(jsonb_build_object('id', x.id, 'startsAt', epoch_ms(x.starts_at), 'endsAt', epoch_ms(${ENDS_AT}), 'reason', x.reason) order by x.id), '[]')
           from window_suspension x where ${CONCERNS} and coalesce(${ENDS_AT}, 'infinity') > greatest(x.starts_at, to_timestamp($2 / 1000.0)))
       ) order by w.id) filter (where w.id is not null), '[]') as windows
     from facility_search s
     left join sharing_window w on w.facility_id = s.facility_id and w.status = 'PUBLISHED'
     where s.facility_id = any($1)
     group by s.facility_id`,
    [facilityIds, now],
  );
}

/** What evaluating a window needs besides its terms: the facility's clock and closing times, and every suspension there was. */
export interface WindowContextRow {
  readonly windowId: string;
  readonly zoneName: string;
  readonly closesAt: ReadonlyArray<number | null> | null;
  readonly suspensions: ReadonlyArray<{ readonly id: string; readonly startsAt: number; readonly endsAt: number | null; readonly reason: string }>;
}

/** By sharing_window_id and facility_search_facility. */
export function listWindowContexts(sql: Sql, windowIds: readonly string[]): Promise<WindowContextRow[]> {
  return sql.query<WindowContextRow>(
    `select w.id as "windowId", f.zone_name as "zoneName", f.closes_at as "closesAt",
       (select coalesce(jsonb_agg(jsonb_build_object('id', x.id, 'startsAt', epoch_ms(x.starts_at), 'endsAt', epoch_ms(${ENDS_AT}), 'reason', x.reason) order by x.id), '[]')
        from window_suspension x where ${CONCERNS} and coalesce(${ENDS_AT}, 'infinity') > x.starts_at) as suspensions
     from sharing_window w
     join facility f on f.city = w.city and f.id = w.facility_id
     join facility_search s on s.facility_id = w.facility_id
     where w.id = any($1)`,
    [windowIds],
  );
}

export interface ConcerningRow {
  readonly windowId: string;
  readonly suspensionId: string;
}

/** Which suspensions concern which windows, past ones included. */
export function listSuspensionsOfWindows(sql: Sql, windowIds: readonly string[]): Promise<ConcerningRow[]> {
  return sql.query<ConcerningRow>(
    `select w.id as "windowId", x.id as "suspensionId"
     from sharing_window w
     join facility_search s on s.facility_id = w.facility_id
     join window_suspension x on ${CONCERNS}
     where w.id = any($1)
     order by w.id, x.id`,
    [windowIds],
  );
}
