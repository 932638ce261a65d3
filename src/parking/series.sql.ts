import type { Problem } from '../kernel/index.js';
import type { Sql } from '../platform/index.js';

export type SeriesMode = 'ALL_OR_NOTHING' | 'BEST_EFFORT';

/** A date that a series could not have, and why. */
export interface RefusedNight {
  /** The local date, ISO. */
  readonly on: string;
  readonly problems: readonly Problem[];
}

export interface SeriesRow {
  readonly city: string;
  readonly id: string;
  readonly partyId: string;
  readonly facilityId: string;
  readonly mode: SeriesMode;
  readonly refused: readonly RefusedNight[];
  readonly createdAt: number;
}

export async function insertSeries(sql: Sql, row: SeriesRow & { readonly createdBy: string }): Promise<void> {
  await sql.query(
    `insert into series (city, id, party_id, facility_id, mode, refused, created_at, created_by)
     values ($1, $2, $3, $4, $5, $6, to_timestamp($7 / 1000.0), $8)`,
    [row.city, row.id, row.partyId, row.facilityId, row.mode, JSON.stringify(row.refused), row.createdAt, row.createdBy],
  );
}

/** By series_id. */
export function seriesById(sql: Sql, ids: readonly string[]): Promise<SeriesRow[]> {
  return sql.query<SeriesRow>(
    `select s.city, s.id, s.party_id as "partyId", s.facility_id as "facilityId", s.mode, s.refused, epoch_ms(s.created_at) as "createdAt"
     from series s where s.id = any($1::text[])`,
    [ids],
  );
}

/** The vehicles of series, as they stand by the first reservation of each; none once they are erased. By reservation_series and reservation_vehicle_reservation. */
export function vehiclesOfSeries(sql: Sql, ids: readonly string[]): Promise<Array<{ readonly seriesId: string; readonly hash: string; readonly colour: string }>> {
  return sql.query(
    `select f."seriesId", v.plate_hash as hash, v.colour
     from (select distinct on (r.series_id) r.series_id as "seriesId", r.id from reservation r where r.series_id = any($1::text[]) order by r.series_id, r.id) f
     join reservation_vehicle v on v.reservation_id = f.id
     order by f."seriesId", v.position`,
    [ids],
  );
}
