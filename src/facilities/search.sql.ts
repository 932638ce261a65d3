import { mercator } from '../kernel/index.js';
import type { Sql } from '../platform/index.js';
import { obligationRows } from './rules/obligation.js';

const OBLIGATIONS = JSON.stringify(obligationRows());

/**
 * Every plain public field of the GraphQL type Facility under its own name, instants as epoch milliseconds. A test
 * compares it with what the entity answers, so a field added to the type is added here too.
 */
const DOCUMENT = `jsonb_build_object(
         'id', f.id, 'code', f.code, 'name', f.name, 'address', f.address, 'category', f.category, 'sector', f.sector, 'sectorReason', f.sector_reason,
         'obligation', jsonb_build_object('level', o.level, 'verb', o.verb, 'clause', o.clause),
         'resourceKind', f.resource_kind, 'ownership', f.ownership, 'managementMode', f.management_mode, 'zoneName', f.zone_name, 'closesAt', f.closes_at,
         'planningRequiredSpaces', f.planning_required_spaces,
         'registration', case when f.registration_no is not null then jsonb_build_object(
           'no', f.registration_no, 'issuedBy', f.registration_issued_by, 'validToOn', f.registration_valid_to, 'status', f.registration_status) end,
         'isInsured', f.is_insured, 'isRestricted', f.is_restricted, 'isCivilDefence', f.is_civil_defence, 'hasCameras', f.has_cameras,
         'liveDataIsPublic', not f.is_military_linked,
         'status', f.status, 'statusReason', f.status_reason, 'statusSince', epoch_ms(f.status_since), 'isSynthetic', f.is_synthetic,
         'source', jsonb_build_object('source', f.source, 'code', f.source_code, 'observedOn', f.observed_on, 'recordedAt', epoch_ms(f.recorded_at)),
         'version', f.version::text, 'capacity', c.by_class)`;

/**
 * Rebuilds the search rows of these facilities in the transaction that changed them; the windows stay as they are.
 * Spaces count only from opening on (3.6-4). Uses `facility_id` and `facility_capacity_facility`.
 */
export async function upsertSearch(sql: Sql, facilityIds: readonly string[]): Promise<void> {
  if (facilityIds.length === 0) return;
  await sql.query(
    `insert into facility_search (city, facility_id, location, plane, category, sector, resource_kind, jurisdiction_codes, reporting_unit_code, status, is_insured,
       capacity_total, shareable, out_of_service, document, lending)
     select f.city, f.id, place.point, st_transform(place.point, ${mercator.MERCATOR_SRID}), f.category, f.sector, f.resource_kind,
       array(select distinct code from unnest(d.path || u.code) as code order by code), u.code, f.status, f.is_insured,
       case when in_stock then c.total else 0 end, case when in_stock then c.shareable else '{}' end, c.out_of_service,
       ${DOCUMENT}, jsonb_build_object('zoneName', f.zone_name, 'closesAt', f.closes_at, 'capacities', z.by_zone)
     from facility f
     cross join lateral (select st_setsrid(st_makepoint(f.public_longitude, f.public_latitude), 4326) as point, f.status in ('OPEN', 'SUSPENDED') as in_stock) as place
     join jurisdiction d on d.id = f.jurisdiction_id
     join jurisdiction u on u.id = f.reporting_unit_id
     join jsonb_to_recordset($2::jsonb) as o (category text, sector text, planned boolean, level text, verb text, clause text)
       on o.category = f.category and o.sector = f.sector and o.planned = (coalesce(f.planning_required_spaces, 0) > 0)
     cross join lateral (
       select coalesce(sum(k.total), 0)::int as total,
         coalesce(jsonb_object_agg(k.space_class, k.shareable) filter (where k.shareable is not null), '{}') as shareable,
         coalesce(jsonb_object_agg(k.space_class, k.out_of_service) filter (where k.out_of_service > 0), '{}') as out_of_service,
         coalesce(jsonb_agg(jsonb_build_object('spaceClass', k.space_class, 'total', k.total, 'shareable', k.shareable, 'outOfService', k.out_of_service)
           order by array_position(array['STANDARD', 'CHARGING', 'ACCESSIBLE', 'LARGE', 'MECHANICAL'], k.space_class)), '[]') as by_class
       from (
         select space_class, sum(total)::int as total, case when count(shareable) = count(*) then sum(shareable)::int end as shareable, sum(out_of_service)::int as out_of_service
         from facility_capacity where facility_id = f.id group by space_class
       ) as k
     ) as c
     cross join lateral (
       select coalesce(jsonb_agg(jsonb_build_object('zoneId', k.zone_id, 'spaceClass', k.space_class, 'total', k.total,
         'shareable', coalesce(k.shareable, k.total), 'outOfService', k.out_of_service) order by k.id), '[]') as by_zone
       from facility_capacity k where k.facility_id = f.id
     ) as z
     where f.id = any($1)
     on conflict (city, facility_id) do update set location = excluded.location, plane = excluded.plane, category = excluded.category,
       sector = excluded.sector, resource_kind = excluded.resource_kind, jurisdiction_codes = excluded.jurisdiction_codes,
       reporting_unit_code = excluded.reporting_unit_code, status = excluded.status,
       is_insured = excluded.is_insured, capacity_total = excluded.capacity_total, shareable = excluded.shareable,
       out_of_service = excluded.out_of_service, document = excluded.document,
       lending = excluded.lending, version = excluded.version`,
    [facilityIds, OBLIGATIONS],
  );
}

/** What sharing writes of a facility: its windows as discovery reads them. */
export interface SearchWindows {
  readonly facilityId: string;
  readonly windows: readonly unknown[];
}

/** Puts the windows of facilities into their search rows, in the transaction that changed the windows. Uses `facility_search_facility`. */
export async function putSearchWindows(sql: Sql, changes: readonly SearchWindows[]): Promise<void> {
  if (changes.length === 0) return;
  await sql.query(
    `update facility_search s set windows = c.windows, version = nextval('facility_search_version')
     from jsonb_to_recordset($1::jsonb) as c ("facilityId" text, windows jsonb)
     where s.facility_id = c."facilityId"`,
    [JSON.stringify(changes)],
  );
}
