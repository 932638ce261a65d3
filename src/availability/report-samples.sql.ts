import type { Sql } from '../platform/index.js';
import { columnOf } from './columns.js';

/** One count as it is kept for ever: what its source said, not clamped. */
export interface Sample {
  readonly city: string;
  readonly facilityId: string;
  readonly zoneKey: string;
  readonly spaceClass: string;
  readonly scope: 'ALL' | 'SHARED' | 'SPACES';
  readonly feedId: string;
  readonly observedAt: number;
  readonly sequence: number;
  readonly occupied: number | null;
  readonly free: number | null;
}

/** What makes two samples the same report, as text. */
export function identityOf({ facilityId, zoneKey, spaceClass, scope, feedId, observedAt, sequence }: Omit<Sample, 'city' | 'occupied' | 'free'>): string {
  return `${facilityId} ${zoneKey} ${spaceClass} ${scope} ${feedId} ${observedAt} ${sequence}`;
}

const IDENTITY = `facility_id as "facilityId", zone_key as "zoneKey", space_class as "spaceClass", scope, feed_id as "feedId", epoch_ms(observed_at) as "observedAt", sequence`;

/**
 * Keeps samples that are not there yet; each identity at most once in the list. Answers the identities of those that
 * were kept, or null where all were, which is the usual case and sends nothing back. The primary key decides.
 */
export async function insertSamples(sql: Sql, samples: readonly Sample[], receivedAt: number): Promise<ReadonlySet<string> | null> {
  if (samples.length === 0) return null;
  const [row] = await sql.query<{ kept: Array<Omit<Sample, 'city' | 'occupied' | 'free'>> | null }>(
    `with kept as (
       insert into occupancy_sample (city, facility_id, zone_key, space_class, scope, feed_id, observed_at, sequence, occupied, free, received_at)
       select city, facility_id, zone_key, space_class, scope, feed_id, to_timestamp(observed_ms / 1000.0), sequence, occupied, free, to_timestamp($11 / 1000.0)
       from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::float8[], $8::bigint[], $9::int[], $10::int[])
         as s (city, facility_id, zone_key, space_class, scope, feed_id, observed_ms, sequence, occupied, free)
       on conflict do nothing
       returning facility_id, zone_key, space_class, scope, feed_id, observed_at, sequence
     )
     select case when (select count(*) from kept) < $12::int then (select coalesce(json_agg(k), '[]') from (select ${IDENTITY} from kept) as k) end as kept`,
    [
      columnOf(samples.map(sample => sample.city)), columnOf(samples.map(sample => sample.facilityId)), columnOf(samples.map(sample => sample.zoneKey)),
      columnOf(samples.map(sample => sample.spaceClass)), columnOf(samples.map(sample => sample.scope)), columnOf(samples.map(sample => sample.feedId)),
      columnOf(samples.map(sample => sample.observedAt)), columnOf(samples.map(sample => sample.sequence)), columnOf(samples.map(sample => sample.occupied)),
      columnOf(samples.map(sample => sample.free)), receivedAt, samples.length,
    ],
  );
  return row!.kept === null ? null : new Set(row!.kept.map(identityOf));
}

/** What the samples of these identities say, by identity. By the primary key. */
export async function contentsOf(sql: Sql, samples: readonly Sample[]): Promise<ReadonlyMap<string, Pick<Sample, 'occupied' | 'free'>>> {
  const rows = await sql.query<Omit<Sample, 'city' | 'sequence'> & { sequence: string }>(
    `select s.facility_id as "facilityId", s.zone_key as "zoneKey", s.space_class as "spaceClass", s.scope, s.feed_id as "feedId", epoch_ms(s.observed_at) as "observedAt", s.sequence, s.occupied, s.free
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::float8[], $7::bigint[]) as a (facility_id, zone_key, space_class, scope, feed_id, observed_ms, sequence)
     join occupancy_sample s on s.facility_id = a.facility_id and s.observed_at = to_timestamp(a.observed_ms / 1000.0) and s.zone_key = a.zone_key
       and s.space_class = a.space_class and s.scope = a.scope and s.feed_id = a.feed_id and s.sequence = a.sequence
     where s.observed_at between to_timestamp($8 / 1000.0) and to_timestamp($9 / 1000.0)`,
    [
      columnOf(samples.map(sample => sample.facilityId)), columnOf(samples.map(sample => sample.zoneKey)), columnOf(samples.map(sample => sample.spaceClass)),
      columnOf(samples.map(sample => sample.scope)), columnOf(samples.map(sample => sample.feedId)), columnOf(samples.map(sample => sample.observedAt)), columnOf(samples.map(sample => sample.sequence)),
      samples.reduce((least, sample) => Math.min(least, sample.observedAt), Infinity), samples.reduce((most, sample) => Math.max(most, sample.observedAt), 0),
    ],
  );
  return new Map(rows.map(row => [identityOf({ ...row, sequence: Number(row.sequence) }), { occupied: row.occupied, free: row.free }]));
}

/** Keeps a derived count of spaces, which may be derived again for the same instant. */
export async function putDerivedSamples(sql: Sql, samples: readonly Sample[], receivedAt: number): Promise<void> {
  if (samples.length === 0) return;
  await sql.query(
    `insert into occupancy_sample (city, facility_id, zone_key, space_class, scope, feed_id, observed_at, sequence, occupied, received_at)
     select s.city, s."facilityId", s."zoneKey", s."spaceClass", s.scope, s."feedId", to_timestamp(s."observedAt" / 1000.0), s.sequence, s.occupied, to_timestamp($2 / 1000.0)
     from jsonb_to_recordset($1::jsonb) as s (city text, "facilityId" text, "zoneKey" text, "spaceClass" text, scope text, "feedId" text, "observedAt" float8, sequence bigint, occupied int)
     on conflict (facility_id, observed_at, zone_key, space_class, scope, feed_id, sequence) do update set occupied = excluded.occupied, received_at = excluded.received_at`,
    [JSON.stringify(samples), receivedAt],
  );
}

const HOUR_MS = 3_600_000;

interface HourSums {
  readonly sample: Sample;
  readonly hourAt: number;
  reports: number;
  occupiedSum: number;
  occupiedReports: number;
  freeSum: number;
  freeReports: number;
  leastFree: number | null;
}

/** Adds new samples to the sums of their hours: what statistics read instead of every sample. In the order of the primary key. */
export async function addToHours(sql: Sql, samples: readonly Sample[]): Promise<void> {
  if (samples.length === 0) return;
  const sums = [...sumsOf(samples)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
  await sql.query(
    `insert into occupancy_hour (city, facility_id, zone_key, space_class, scope, hour_at, reports, occupied_sum, occupied_reports, free_sum, free_reports, least_free)
     select city, facility_id, zone_key, space_class, scope, to_timestamp(hour_ms / 1000.0), reports, occupied_sum, occupied_reports, free_sum, free_reports, least_free
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::float8[], $7::int[], $8::bigint[], $9::int[], $10::bigint[], $11::int[], $12::int[])
       as h (city, facility_id, zone_key, space_class, scope, hour_ms, reports, occupied_sum, occupied_reports, free_sum, free_reports, least_free)
     on conflict (city, facility_id, hour_at, space_class, zone_key, scope) do update set reports = occupancy_hour.reports + excluded.reports,
       occupied_sum = occupancy_hour.occupied_sum + excluded.occupied_sum, occupied_reports = occupancy_hour.occupied_reports + excluded.occupied_reports,
       free_sum = occupancy_hour.free_sum + excluded.free_sum, free_reports = occupancy_hour.free_reports + excluded.free_reports,
       least_free = least(occupancy_hour.least_free, excluded.least_free)`,
    [
      columnOf(sums.map(sum => sum.sample.city)), columnOf(sums.map(sum => sum.sample.facilityId)), columnOf(sums.map(sum => sum.sample.zoneKey)), columnOf(sums.map(sum => sum.sample.spaceClass)),
      columnOf(sums.map(sum => sum.sample.scope)), columnOf(sums.map(sum => sum.hourAt)), columnOf(sums.map(sum => sum.reports)), columnOf(sums.map(sum => sum.occupiedSum)),
      columnOf(sums.map(sum => sum.occupiedReports)), columnOf(sums.map(sum => sum.freeSum)), columnOf(sums.map(sum => sum.freeReports)), columnOf(sums.map(sum => sum.leastFree)),
    ],
  );
}

function sumsOf(samples: readonly Sample[]): ReadonlyMap<string, HourSums> {
  const sums = new Map<string, HourSums>();
  for (const sample of samples) {
    const hourAt = sample.observedAt - (sample.observedAt % HOUR_MS);
    const key = `${sample.facilityId} ${hourAt} ${sample.spaceClass} ${sample.zoneKey} ${sample.scope}`;
    let sum = sums.get(key);
    if (!sum) sums.set(key, (sum = { sample, hourAt, reports: 0, occupiedSum: 0, occupiedReports: 0, freeSum: 0, freeReports: 0, leastFree: null }));
    sum.reports += 1;
    if (sample.occupied !== null) {
      sum.occupiedSum += sample.occupied;
      sum.occupiedReports += 1;
    } else {
      sum.freeSum += sample.free!;
      sum.freeReports += 1;
      sum.leastFree = Math.min(sum.leastFree ?? Infinity, sample.free!);
    }
  }
  return sums;
}
