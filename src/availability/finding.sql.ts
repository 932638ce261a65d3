import { newId, type Sql } from '../platform/index.js';

export type FindingKind = 'ABOVE_CAPACITY' | 'DRIFT' | 'QUARANTINED' | 'SILENT';

/** Something that the data contradict, with what was told, whole as it came. */
export interface NewFinding {
  readonly kind: FindingKind;
  readonly reason: string | null;
  readonly feedId: string;
  readonly city: string | null;
  readonly facilityId: string | null;
  readonly observedAt: number | null;
  /** Findings of one subject are one that counts; null where it stands for itself. */
  readonly subject: string | null;
  readonly times: number;
  readonly raw: object;
}

/** Keeps findings; the first of a subject is kept raw, later ones count. By occupancy_finding_subject. */
export async function insertFindings(sql: Sql, findings: readonly NewFinding[], now: number): Promise<void> {
  if (findings.length === 0) return;
  await sql.query(
    `insert into occupancy_finding (id, city, kind, reason, feed_id, facility_id, observed_at, recorded_at, subject, times, raw)
     select n.id, n.city, n.kind, n.reason, n."feedId", n."facilityId", to_timestamp(n."observedAt" / 1000.0), to_timestamp($2 / 1000.0), n.subject, n.times, n.raw
     from jsonb_to_recordset($1::jsonb) as n (id text, city text, kind text, reason text, "feedId" text, "facilityId" text, "observedAt" float8, subject text, times int, raw jsonb)
     order by n."feedId", n.kind, n.subject, n.id
     on conflict (feed_id, kind, subject) where subject is not null do update set times = occupancy_finding.times + excluded.times`,
    [JSON.stringify(findings.map(finding => ({ id: newId('occupancyFinding', now), ...finding }))), now],
  );
}

/** Forgets findings older than this instant; answers how many. By occupancy_finding_recorded. */
export async function forgetFindings(sql: Sql, before: number): Promise<number> {
  return (await sql.query('delete from occupancy_finding where recorded_at < to_timestamp($1 / 1000.0) returning id', [before])).length;
}
