import type { Sql } from '../platform/index.js';

/** What pricing asks of a facility. */
export interface PricedFacilityRow {
  readonly id: string;
  readonly zoneName: string;
  readonly closesAt: ReadonlyArray<number | null> | null;
}

/** By facility_id. */
export function listPricedFacilities(sql: Sql, facilityIds: readonly string[]): Promise<PricedFacilityRow[]> {
  return sql.query<PricedFacilityRow>(
    `select f.id, f.zone_name as "zoneName", f.closes_at as "closesAt"
     from facility f
     where f.id = any($1)`,
    [facilityIds],
  );
}

export interface TariffVersionRow {
  readonly tariffId: string;
  readonly version: number;
  readonly inForceFrom: number;
  readonly recordedAt: number;
  /** The terms' text, so that a process reads each text once. */
  readonly terms: string;
  readonly legalBasis: string | null;
  readonly reason: string | null;
}

/** Every version of these tariffs, of withdrawn ones too: what was promised by them is still priced. By the primary key. */
export function listTariffVersions(sql: Sql, tariffIds: readonly string[]): Promise<TariffVersionRow[]> {
  return sql.query<TariffVersionRow>(
    `select v.tariff_id as "tariffId", v.version, epoch_ms(v.in_force_from) as "inForceFrom", epoch_ms(v.recorded_at) as "recordedAt", v.terms::text as terms,
       v.legal_basis as "legalBasis", v.reason
     from tariff_terms v
     where v.tariff_id = any($1)
     order by v.tariff_id, v.version`,
    [tariffIds],
  );
}

/** A tariff while it priced the time outside every window (I8). */
export interface Registration {
  readonly facilityId: string;
  readonly tariffId: string;
  readonly from: number;
  /** Null where it still does. */
  readonly until: number | null;
}

/**
 * The registrations of these facilities that held at an instant or later, with the versions of their tariffs; none where nothing is
 * registered now. By registered_tariff_facility, registered_tariff_version_no_overlap and the primary key of tariff_terms.
 */
export function listRegisteredVersions(sql: Sql, facilityIds: readonly string[], from: number): Promise<Array<TariffVersionRow & Registration>> {
  return sql.query<TariffVersionRow & Registration>(
    `select h.id as "facilityId", epoch_ms(lower(h.valid_during)) as "from", epoch_ms(upper(h.valid_during)) as until,
       v.tariff_id as "tariffId", v.version, epoch_ms(v.in_force_from) as "inForceFrom", epoch_ms(v.recorded_at) as "recordedAt", v.terms::text as terms,
       v.legal_basis as "legalBasis", v.reason
     from registered_tariff r
     join registered_tariff_version h on h.id = r.id and upper_inf(h.recorded_during) and h.valid_during && tstzrange(to_timestamp($2 / 1000.0), null)
     join tariff_terms v on v.tariff_id = h.tariff_id
     where r.id = any($1)
     order by h.id, lower(h.valid_during), v.version`,
    [facilityIds, from],
  );
}

export interface TariffVersionWrite {
  readonly tariffId: string;
  readonly version: number;
  readonly inForceFrom: number;
  readonly terms: object;
  readonly legalBasis: string | null;
  readonly reason: string | null;
}

export async function insertTariffVersions(sql: Sql, versions: readonly TariffVersionWrite[], { now, recordedBy }: { readonly now: number; readonly recordedBy: string }): Promise<void> {
  if (versions.length === 0) return;
  await sql.query(
    `insert into tariff_terms (tariff_id, version, in_force_from, terms, legal_basis, reason, recorded_at, recorded_by)
     select v."tariffId", v.version, to_timestamp(v."inForceFrom" / 1000.0), v.terms, v."legalBasis", v.reason, to_timestamp($2 / 1000.0), $3
     from jsonb_to_recordset($1::jsonb) as v ("tariffId" text, version int, "inForceFrom" float8, terms jsonb, "legalBasis" text, reason text)`,
    [JSON.stringify(versions), now, recordedBy],
  );
}
