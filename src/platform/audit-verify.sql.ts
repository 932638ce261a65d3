import type { AuditHead } from './audit-heads.js';
import type { Sql } from './sql.js';

/** Where the audit log stops telling the truth: `sequence` is the first line that does not fit, or the one that is missing. */
export interface AuditBreak {
  readonly day: string;
  readonly sequence: string;
  /** CHANGED: the line's text is not what was hashed. UNLINKED: a line before it is gone, added or moved. WRONG_DAY: it stands under another day. MISSING and REWRITTEN: a signed head says otherwise. */
  readonly reason: 'CHANGED' | 'UNLINKED' | 'WRONG_DAY' | 'MISSING' | 'REWRITTEN';
}

export interface AuditVerdict {
  readonly rows: number;
  readonly brokenAt: AuditBreak | null;
}

const PAGE_ROWS = 20_000;

interface PageRow {
  readonly rows: number;
  readonly lastDay: string | null;
  readonly lastSequence: string | null;
  readonly lastHash: string | null;
  readonly brokenDay: string | null;
  readonly brokenSequence: string | null;
  readonly reason: AuditBreak['reason'] | null;
}

/**
 * Checks one page of lines in the database, after a line whose hash is given, and answers only a verdict: the log is
 * never read into the process. By the primary key (day, sequence).
 */
const VERIFY_PAGE = `
  with page as (
    select e.day, e.sequence, e.hash, e.previous_hash, e.at, sha256(e.previous_hash || convert_to(audit_entry_text(e), 'UTF8')) as computed
    from audit_entry e
    where (e.day, e.sequence) > ($1::date, $2::bigint) and ($4::date is null or e.day = $4::date)
    order by e.day, e.sequence
    limit $5
  ),
  linked as (
    select p.*,
           coalesce(lag(p.hash) over (partition by p.day order by p.sequence),
                    case when p.day = $1::date then decode($3, 'hex') end,
                    sha256(convert_to('day ' || p.day, 'UTF8'))) as expected_previous
    from page p
  ),
  judged as (
    select l.day, l.sequence, l.hash,
           case when l.day <> (l.at at time zone 'Asia/Shanghai')::date then 'WRONG_DAY'
                when l.previous_hash <> l.expected_previous then 'UNLINKED'
                when l.hash <> l.computed then 'CHANGED' end as reason
    from linked l
  ),
  broken as (select * from judged where reason is not null order by day, sequence limit 1),
  final as (select * from judged order by day desc, sequence desc limit 1)
  select (select count(*)::int from judged) as rows,
         f.day::text as "lastDay", f.sequence::text as "lastSequence", encode(f.hash, 'hex') as "lastHash",
         b.day::text as "brokenDay", b.sequence::text as "brokenSequence", b.reason
  from (select 1) as always
  left join final f on true
  left join broken b on true`;

/**
 * Walks the audit's chains and names the first line that does not fit (G28). A chain alone cannot show that its end was
 * cut off, nor that all of it was written anew: for that give the heads that were signed and kept outside the database.
 */
export async function verifyAuditChain(sql: Sql, options: { readonly day?: string; readonly heads?: readonly AuditHead[]; readonly pageRows?: number } = {}): Promise<AuditVerdict> {
  const { day = null, heads = [], pageRows = PAGE_ROWS } = options;
  let rows = 0;
  let after: { day: string; sequence: string; hash: string | null } = { day: '0001-01-01', sequence: '0', hash: null };
  for (;;) {
    const [page] = await sql.query<PageRow>(VERIFY_PAGE, [after.day, after.sequence, after.hash, day, pageRows]);
    rows += page!.rows;
    if (page!.reason !== null) return { rows, brokenAt: { day: page!.brokenDay!, sequence: page!.brokenSequence!, reason: page!.reason } };
    if (page!.rows < pageRows) break;
    after = { day: page!.lastDay!, sequence: page!.lastSequence!, hash: page!.lastHash };
  }
  return { rows, brokenAt: await contradictedHead(sql, day === null ? heads : heads.filter(head => head.day === day)) };
}

/** The first signed head whose line is gone or reads otherwise. By the primary key. */
async function contradictedHead(sql: Sql, heads: readonly AuditHead[]): Promise<AuditBreak | null> {
  if (heads.length === 0) return null;
  const [broken] = await sql.query<{ day: string; sequence: string; isMissing: boolean }>(
    `select h.day::text, h.sequence::text, e.hash is null as "isMissing"
     from jsonb_to_recordset($1::jsonb) as h (day date, sequence bigint, hash text)
     left join audit_entry e on e.day = h.day and e.sequence = h.sequence
     where e.hash is null or encode(e.hash, 'hex') <> h.hash
     order by h.day, h.sequence
     limit 1`,
    [JSON.stringify(heads)],
  );
  return broken ? { day: broken.day, sequence: broken.sequence, reason: broken.isMissing ? 'MISSING' : 'REWRITTEN' } : null;
}

/** The newest line of the log, which a head signs. By the primary key: a plain `order by sequence` would mean the text that is selected. */
export async function findNewestLine(sql: Sql): Promise<{ readonly day: string; readonly sequence: string; readonly hash: string } | null> {
  const rows = await sql.query<{ day: string; sequence: string; hash: string }>(
    `select e.day::text, e.sequence::text, encode(e.hash, 'hex') as hash
     from audit_entry e
     order by e.day desc, e.sequence desc
     limit 1`,
  );
  return rows[0] ?? null;
}
