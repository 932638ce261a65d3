import type { Span } from '../kernel/index.js';
import type { Sql } from '../platform/index.js';
import type { StoredTerms } from './rules/terms-codec.js';
import type { WindowContextRow } from './suspensions.sql.js';

/** A published version of a window with the time in which it held, and what evaluating it needs. */
export interface PastWindowRow extends WindowContextRow {
  readonly facilityId: string;
  readonly terms: StoredTerms;
  /** Epoch ms; null: it still holds. */
  readonly heldFrom: number;
  readonly heldUntil: number | null;
}

/**
 * The windows of facilities as they were published within a span, version by version, by what is known today. A suspension
 * takes nothing back that was lent before it was declared. By sharing_window_facility and sharing_window_version_no_overlap.
 */
export function listPastWindows(sql: Sql, facilityIds: readonly string[], { startsAt, endsAt }: Span): Promise<PastWindowRow[]> {
  return sql.query<PastWindowRow>(
    `select w.id as "windowId", w.facility_id as "facilityId", v.terms, epoch_ms(lower(v.valid_during)) as "heldFrom", epoch_ms(upper(v.valid_during)) as "heldUntil", f.zone_name as "zoneName", f.closes_at as "closesAt",
       (select coalesce(jsonb_agg(jsonb_build_object('id', x.id, 'startsAt', epoch_ms(greatest(x.starts_at, x.recorded_at)), 'endsAt', epoch_ms(least(x.ends_at, x.lifted_at)), 'reason', x.reason) order by x.id), '[]')
        from window_suspension x
        where (x.window_id = w.id or x.facility_id = w.facility_id or x.jurisdiction_code = any(s.jurisdiction_codes)) and coalesce(least(x.ends_at, x.lifted_at), 'infinity') > greatest(x.starts_at, x.recorded_at)) as suspensions
     from sharing_window w
     join sharing_window_version v on v.id = w.id and v.status = 'PUBLISHED' and upper_inf(v.recorded_during) and v.valid_during && tstzrange(to_timestamp($2 / 1000.0), to_timestamp($3 / 1000.0))
     join facility f on f.city = w.city and f.id = w.facility_id
     join facility_search s on s.facility_id = w.facility_id
     where w.facility_id = any($1::text[])
     order by w.id, v.valid_during`,
    [facilityIds, startsAt, endsAt],
  );
}
