import type { Sql } from '../platform/index.js';
import type { ReachPart } from '../identity/index.js';

export interface WindowFilter {
  readonly facilityIds: readonly string[] | null;
  readonly jurisdictionCode: string | null;
  readonly modes: readonly string[] | null;
  readonly statuses: readonly string[] | null;
  readonly audiences: readonly string[] | null;
  readonly source: string | null;
}

/** What is published is everybody's; the rest is for whoever may publish there: the rows of `reachOf`. */
const VISIBLE = `(w.status = 'PUBLISHED' or exists (
  select from jsonb_to_recordset($1::jsonb) as r ("partyId" text, codes text), facility f, jurisdiction j, jurisdiction u
  where f.id = w.facility_id and j.id = f.jurisdiction_id and u.id = f.reporting_unit_id
    and (r."partyId" is null or r."partyId" in (f.owner_party_id, f.manager_party_id)) and (r.codes is null or j.code like r.codes or u.code like r.codes)))`;

const MATCHING = `${VISIBLE}
  and ($2::text[] is null or w.facility_id = any($2))
  and ($3::text is null or exists (select from facility_search s where s.facility_id = w.facility_id and s.jurisdiction_codes @> array[$3]))
  and ($4::text[] is null or w.mode = any($4))
  and ($5::text[] is null or w.status = any($5))
  and ($6::text[] is null or w.audience = any($6))
  and ($7::text is null or w.source = $7)`;

function parametersOf(reach: readonly ReachPart[], filter: WindowFilter): readonly unknown[] {
  return [JSON.stringify(reach), filter.facilityIds, filter.jurisdictionCode, filter.modes, filter.statuses, filter.audiences, filter.source];
}

/** A page of ids in the order of sharing_window_id; sharing_window_facility narrows it where facilities are named. */
export async function listWindowIds(sql: Sql, reach: readonly ReachPart[], filter: WindowFilter, page: { readonly after: string | null; readonly limit: number }): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    `select w.id from sharing_window w
     where ${MATCHING} and ($8::text is null or w.id > $8)
     order by w.id
     limit $9`,
    [...parametersOf(reach, filter), page.after, page.limit],
  );
  return rows.map(row => row.id);
}

export async function countWindows(sql: Sql, reach: readonly ReachPart[], filter: WindowFilter): Promise<number> {
  const rows = await sql.query<{ count: number }>(`select count(*)::int as count from sharing_window w where ${MATCHING}`, parametersOf(reach, filter));
  return rows[0]?.count ?? 0;
}

export interface StandingRow {
  readonly facilityId: string;
  readonly partyIds: readonly string[];
  /** Of its division and of its reporting unit. */
  readonly jurisdictionCodes: readonly string[];
}

/** Whose these facilities are and where they lie, for the permission over what is not published. By facility_id. */
export function listStandings(sql: Sql, facilityIds: readonly string[]): Promise<StandingRow[]> {
  return sql.query<StandingRow>(
    `select f.id as "facilityId", array_remove(array[f.owner_party_id, f.manager_party_id]::text[], null) as "partyIds", array[j.code, u.code]::text[] as "jurisdictionCodes"
     from facility f
     join jurisdiction j on j.id = f.jurisdiction_id
     join jurisdiction u on u.id = f.reporting_unit_id
     where f.id = any($1)`,
    [facilityIds],
  );
}
