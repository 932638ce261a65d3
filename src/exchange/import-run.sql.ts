import type { Sql } from '../platform/index.js';
import type { ImportReport, ImportTally, ReportedProblem } from './import-report.js';

/** A run as it begins: written outside the import's transaction, so that a crash leaves its trace. */
export interface StartedRun extends Pick<ImportReport, 'kind' | 'source' | 'mode' | 'dryRun'> {
  readonly id: string;
  readonly actorId: string;
  readonly mappingHash: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly startedAt: number;
}

export async function insertRun(sql: Sql, run: StartedRun): Promise<void> {
  await sql.query(
    `insert into import_run (id, kind, source, actor_id, mapping_hash, file_sha256, file_bytes, mode, is_dry_run, state, started_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'RUNNING', to_timestamp($10 / 1000.0))`,
    [run.id, run.kind, run.source, run.actorId, run.mappingHash, run.sha256, run.bytes, run.mode, run.dryRun, run.startedAt],
  );
}

/**
 * Ends a run once: what is DONE was committed, whatever was heard of it, and stays so. One that another process called
 * abandoned stays so only if it really ended before.
 */
export async function endRun(sql: Sql, { id, state, tally, endedAt }: { readonly id: string; readonly state: 'DONE' | 'REFUSED' | 'FAILED'; readonly tally: ImportTally; readonly endedAt: number }): Promise<void> {
  const { counts } = tally;
  const ended = await sql.query(
    `update import_run
     set state = $2, ended_at = to_timestamp($3 / 1000.0), file_format = $4, file_encoding = $5, row_count = $6, created_count = $7,
       changed_count = $8, confirmed_count = $9, unchanged_count = $10, superseded_count = $11, refused_count = $12,
       finding_count = $13, problem_count = $14
     where id = $1 and state <> 'DONE'
     returning id`,
    [id, state, endedAt, tally.format, tally.encoding, tally.rows, counts.created, counts.changed, counts.confirmed, counts.unchanged, counts.superseded, counts.refused, counts.findings, tally.problemCount],
  );
  if (ended.length > 0 && tally.problems.length > 0) await insertProblems(sql, id, tally.problems);
}

async function insertProblems(sql: Sql, runId: string, problems: readonly ReportedProblem[]): Promise<void> {
  const rows = problems.map(({ rule, row, column, ...rest }, position) => ({ position, row_number: row, column_name: column, code: rule.code, clause: rule.clause, ...rest }));
  await sql.query(
    `insert into import_problem (run_id, position, severity, row_number, column_name, value, code, clause, zh, en)
     select $1, p.position, p.severity, p.row_number, p.column_name, p.value, p.code, p.clause, p.zh, p.en
     from jsonb_to_recordset($2::jsonb) as p (position int, severity text, row_number int, column_name text, value text, code text, clause text, zh text, en text)`,
    [runId, JSON.stringify(rows)],
  );
}

/** Holds the lock that says 'this run is alive' for as long as the session lives; a killed process lets go of it. */
export async function holdRun(sql: Sql, id: string): Promise<void> {
  await sql.query(`select pg_advisory_lock(hashtextextended('import-run:' || $1, 0))`, [id]);
}

export async function releaseRun(sql: Sql, id: string): Promise<void> {
  await sql.query(`select pg_advisory_unlock(hashtextextended('import-run:' || $1, 0))`, [id]);
}

/** One import of a source at a time, also among servers: two would overtake each other's figures. */
export async function lockSource(sql: Sql, source: string): Promise<void> {
  await sql.query(`select pg_advisory_xact_lock(hashtextextended('import-source:' || $1, 0))`, [source]);
}

/**
 * Marks the runs whose process is gone: they say RUNNING, but nobody holds their lock. What they wrote was rolled back
 * with their connection. `apart` are the runs that this very process holds, where sessions are one (embedded).
 */
export async function abandonDeadRuns(sql: Sql, apart: readonly string[], now: number): Promise<readonly string[]> {
  const running = await sql.query<{ id: string }>(`select id from import_run where state = 'RUNNING' and id <> all($1::text[])`, [apart]);
  const dead: string[] = [];
  for (const { id } of running) {
    const [row] = await sql.query<{ free: boolean }>(`select pg_try_advisory_lock(hashtextextended('import-run:' || $1, 0)) as free`, [id]);
    if (!row!.free) continue;
    await sql.query(`update import_run set state = 'ABANDONED', ended_at = to_timestamp($2 / 1000.0) where id = $1 and state = 'RUNNING'`, [id, now]);
    await releaseRun(sql, id);
    dead.push(id);
  }
  return dead;
}

/** A run as the schema shows it. */
export interface ImportRunRow extends Omit<ImportReport, 'runId' | 'problems'> {
  readonly id: string;
  readonly actorId: string;
  readonly fileSha256: string;
  readonly mappingHash: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
}

const RUN_COLUMNS = `r.id, r.kind, r.source, r.actor_id as "actorId", r.mapping_hash as "mappingHash", r.file_sha256 as "fileSha256", r.mode, r.is_dry_run as "dryRun",
  r.state, r.file_format as format, r.file_encoding as encoding, r.row_count as rows, r.created_count as created, r.changed_count as changed,
  r.confirmed_count as confirmed, r.unchanged_count as unchanged, r.superseded_count as superseded, r.refused_count as refused,
  r.finding_count as findings, r.problem_count as "problemCount", epoch_ms(r.started_at) as "startedAt", epoch_ms(r.ended_at) as "endedAt"`;

/** Runs by id, in no order; by the primary key. `actorId` null sees everybody's. */
export function runsById(sql: Sql, ids: readonly string[], actorId: string | null): Promise<ImportRunRow[]> {
  return sql.query<ImportRunRow>(`select ${RUN_COLUMNS} from import_run r where r.id = any($1::text[]) and ($2::text is null or r.actor_id = $2)`, [ids, actorId]);
}

/** A page of runs, the newest first: ids sort by their making. Uses `import_run_actor` or the primary key. */
export function listRuns(sql: Sql, { actorId, after, limit }: { readonly actorId: string | null; readonly after: string | null; readonly limit: number }): Promise<ImportRunRow[]> {
  return sql.query<ImportRunRow>(
    `select ${RUN_COLUMNS}
     from import_run r
     where ($1::text is null or r.actor_id = $1) and ($2::text is null or r.id < $2)
     order by r.id desc
     limit $3`,
    [actorId, after, limit],
  );
}

export async function countRuns(sql: Sql, actorId: string | null): Promise<number> {
  const [row] = await sql.query<{ count: number }>('select count(*)::int as count from import_run where $1::text is null or actor_id = $1', [actorId]);
  return row!.count;
}

/** A page of one run's problems; `after` is the position before it. */
export interface ProblemPage {
  readonly runId: string;
  readonly after: number | null;
  readonly limit: number;
}

export interface ProblemRow extends Omit<ReportedProblem, 'rule'> {
  /** Index of the page that was asked for. */
  readonly page: number;
  readonly position: number;
  readonly code: string;
  readonly clause: string | null;
}

/** Pages of problems in their files' order, each by the primary key. */
export function listProblems(sql: Sql, pages: readonly ProblemPage[]): Promise<ProblemRow[]> {
  return sql.query<ProblemRow>(
    `select (asked.nth - 1)::int as page, p.position, p.severity, p.row_number as row, p.column_name as "column", p.value, p.code, p.clause, p.zh, p.en
     from rows from (jsonb_to_recordset($1::jsonb) as ("runId" text, "after" int, "limit" int)) with ordinality as asked ("runId", "after", "limit", nth)
     cross join lateral (
       select *
       from import_problem
       where run_id = asked."runId" and position > coalesce(asked."after", -1)
       order by position
       limit asked."limit"
     ) p
     order by asked.nth, p.position`,
    [JSON.stringify(pages)],
  );
}
