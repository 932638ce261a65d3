import { facilitiesOfSql } from '../../facilities/index.js';
import type { Sql } from '../../platform/index.js';

/** What does not fit together at a gate, for a person to look at. */
export interface GateFindingRow {
  readonly city: string;
  readonly id: string;
  readonly facilityId: string;
  readonly kind: GateFindingKind;
  readonly gateEventId: string | null;
  readonly sessionId: string | null;
  readonly zh: string;
  readonly en: string;
  readonly foundAt: number;
  readonly resolvedAt: number | null;
}

/** A finding as it is read; the reason is that of a person who closed it. */
export interface KeptFinding extends GateFindingRow {
  readonly reason: string | null;
}

export type GateFindingKind = 'ENTERED_TWICE' | 'EXIT_WITHOUT_ENTRY' | 'ENTERED_UNLENT' | 'MISSED_BUT_CAME' | 'EVENT_ID_REUSED' | 'CLOCK_AHEAD' | 'STAY_UNPRICED' | 'BOOKED_BY_SEVERAL';

const COLUMNS = `g.city, g.id, g.facility_id as "facilityId", g.kind, g.gate_event_id as "gateEventId", g.session_id as "sessionId", g.zh, g.en, epoch_ms(g.found_at) as "foundAt", epoch_ms(g.resolved_at) as "resolvedAt", g.reason`;

/** One finding of a kind an event: found again, it stands again. */
export async function putFindings(sql: Sql, rows: readonly GateFindingRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql.query(
    `insert into gate_finding (city, id, facility_id, kind, gate_event_id, session_id, zh, en, found_at)
     select n.city, n.id, n."facilityId", n.kind, n."gateEventId", n."sessionId", n.zh, n.en, to_timestamp(n."foundAt" / 1000.0)
     from jsonb_to_recordset($1::jsonb) as n (city text, id text, "facilityId" text, kind text, "gateEventId" text, "sessionId" text, zh text, en text, "foundAt" float8)
     on conflict (gate_event_id, kind) where gate_event_id is not null do update set session_id = excluded.session_id, resolved_at = null, reason = null, resolved_by = null`,
    [JSON.stringify(rows)],
  );
}

/** Contradictions that what came later explained. By gate_finding_of_event. */
export async function resolveFindings(sql: Sql, explained: ReadonlyArray<{ readonly gateEventId: string; readonly kind: GateFindingKind }>, now: number): Promise<void> {
  if (explained.length === 0) return;
  await sql.query(
    `update gate_finding g set resolved_at = to_timestamp($2 / 1000.0)
     from jsonb_to_recordset($1::jsonb) as n ("gateEventId" text, kind text)
     where g.gate_event_id = n."gateEventId" and g.kind = n.kind and g.resolved_at is null`,
    [JSON.stringify(explained), now],
  );
}

/** By gate_finding_id. */
export function findingsById(sql: Sql, ids: readonly string[]): Promise<KeptFinding[]> {
  return sql.query<KeptFinding>(`select ${COLUMNS} from gate_finding g where g.id = any($1::text[])`, [ids]);
}

/** By gate_finding_id. Locked until the commit. */
export async function lockFinding(sql: Sql, id: string): Promise<KeptFinding | null> {
  const [row] = await sql.query<KeptFinding>(`select ${COLUMNS} from gate_finding g where g.id = $1 for update`, [id]);
  return row ?? null;
}

/** What a person closed. By gate_finding_id. */
export async function putResolved(sql: Sql, { id, reason, resolvedBy }: { readonly id: string; readonly reason: string; readonly resolvedBy: string }, now: number): Promise<void> {
  await sql.query('update gate_finding set resolved_at = to_timestamp($4 / 1000.0), reason = $2, resolved_by = $3 where id = $1', [id, reason, resolvedBy, now]);
}

export interface FindingFilter {
  readonly facilityId: string | null;
  readonly kinds: readonly GateFindingKind[] | null;
  readonly isOpen: boolean;
}

const MATCHING = `($1::text[] is null or g.facility_id = any(array(${facilitiesOfSql('$1')})))
  and ($2::text is null or g.facility_id = $2)
  and ($3::text[] is null or g.kind = any($3))
  and (not $4::boolean or g.resolved_at is null)`;

const parametersOf = (partyIds: readonly string[] | null, { facilityId, kinds, isOpen }: FindingFilter): readonly unknown[] => [partyIds, facilityId, kinds, isOpen];

/** A page of findings, the newest first. By gate_finding_facility. */
export function listFindingRows(sql: Sql, partyIds: readonly string[] | null, filter: FindingFilter, page: { readonly after: string | null; readonly limit: number }): Promise<KeptFinding[]> {
  return sql.query<KeptFinding>(
    `select ${COLUMNS} from gate_finding g where ${MATCHING} and ($5::text is null or g.id < $5) order by g.id desc limit $6`,
    [...parametersOf(partyIds, filter), page.after, page.limit],
  );
}

export async function countFindings(sql: Sql, partyIds: readonly string[] | null, filter: FindingFilter): Promise<number> {
  const [row] = await sql.query<{ count: number }>(`select count(*)::int as count from gate_finding g where ${MATCHING}`, parametersOf(partyIds, filter));
  return row!.count;
}
