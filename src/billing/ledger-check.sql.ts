import type { Sql } from '../platform/index.js';

export interface LedgerTotals {
  readonly transactions: number;
  readonly postings: number;
  readonly sumFen: number;
  readonly treasuryReceivedFen: number;
  readonly treasuryRemittedFen: number;
  readonly treasuryWaitingFen: number;
  /** What the ledger owes back. */
  readonly refundOwedFen: number;
  /** What the refunds themselves say is not given back yet. */
  readonly refundsOpenFen: number;
  /** What payers were given back twice and have not returned. */
  readonly overpaidFen: number;
  /** What of it was given up. */
  readonly writtenOffFen: number;
  /** What parties gave back of their own money and no account that is paid out has yet. */
  readonly advancedFen: number;
}

/** Whether a refund (r), with how it is sent (d), says that the payer has nothing yet. What is given back at a counter has only the ledger's word. */
const IS_OPEN = `case when d.id is null then not exists (select from ledger_transaction t where t.city = r.city and t.refund_id = r.id and t.kind in ('REFUND_SENT', 'REFUND_SETTLED'))
  else d.state not in ('DONE', 'SETTLED') and d.paid_attempt is null end`;

/** Makes every statement of the transaction see the same instant; its first statement. `mostMs`: as long as one of them may take, instead of a request's. */
export async function readOneSnapshot(sql: Sql, mostMs: number | null): Promise<void> {
  await sql.query('set transaction isolation level repeatable read, read only');
  if (mostMs !== null) await sql.query(`select set_config('statement_timeout', $1, true)`, [String(mostMs)]);
}

/** The newest verdict that was kept, or null. Its JSON has today's form: a release that changes it empties the table in its migration. By the primary key. */
export async function newestVerdict<Verdict>(sql: Sql): Promise<{ readonly verdict: Verdict; readonly checkedAt: number; readonly tookMs: number } | null> {
  const [row] = await sql.query<{ verdict: Verdict; checkedAt: number; tookMs: number }>('select verdict, epoch_ms(checked_at) as "checkedAt", took_ms as "tookMs" from ledger_verdict order by checked_at desc limit 1');
  return row ?? null;
}

export async function storeVerdict(sql: Sql, { verdict, checkedAt, tookMs }: { readonly verdict: object; readonly checkedAt: number; readonly tookMs: number }): Promise<void> {
  await sql.query(
    `insert into ledger_verdict (checked_at, took_ms, verdict) values (to_timestamp($1 / 1000.0), $2, $3::jsonb)
     on conflict (checked_at) do update set took_ms = excluded.took_ms, verdict = excluded.verdict`,
    [checkedAt, tookMs, JSON.stringify(verdict)],
  );
}

/** The whole ledger in one look. */
export async function readLedgerTotals(sql: Sql): Promise<LedgerTotals> {
  const [row] = await sql.query<LedgerTotals>(
    `select (select count(*)::float8 from ledger_transaction) as transactions, count(*)::float8 as postings, coalesce(sum(p.amount_fen), 0)::float8 as "sumFen",
       coalesce(-sum(p.amount_fen) filter (where a.kind = 'TREASURY' and t.kind = 'PAYMENT'), 0)::float8 as "treasuryReceivedFen",
       coalesce(sum(p.amount_fen) filter (where a.kind = 'TREASURY' and t.kind = 'REMITTANCE'), 0)::float8 as "treasuryRemittedFen",
       (select coalesce(-sum(u.amount_fen), 0)::float8 from unsettled_posting u join ledger_account w on w.city = u.city and w.id = u.account_id where w.kind = 'TREASURY') as "treasuryWaitingFen",
       coalesce(-sum(p.amount_fen) filter (where a.kind = 'REFUND_OWED'), 0)::float8 as "refundOwedFen",
       coalesce(sum(p.amount_fen) filter (where a.kind = 'OVERPAID'), 0)::float8 as "overpaidFen",
       coalesce(sum(p.amount_fen) filter (where a.kind = 'WRITTEN_OFF'), 0)::float8 as "writtenOffFen", coalesce(-sum(p.amount_fen) filter (where a.kind = 'ADVANCED'), 0)::float8 as "advancedFen",
       (select coalesce(sum(r.amount_fen), 0)::float8 from charge_refund r left join refund d on d.city = r.city and d.id = r.id where ${IS_OPEN}) as "refundsOpenFen"
     from ledger_posting p
     join ledger_account a on a.city = p.city and a.id = p.account_id
     join ledger_transaction t on t.city = p.city and t.id = p.transaction_id`,
  );
  return row!;
}

/** What a check compares; each finds the ids of what does not agree. */
export const CHECKS = {
  TRANSACTION_UNBALANCED: `
    select t.id from ledger_transaction t left join ledger_posting p on p.city = t.city and p.transaction_id = t.id
    group by t.id having coalesce(sum(p.amount_fen), 1) <> 0`,
  CHARGE_NOT_IN_LEDGER: `
    select c.id from charge c
    left join (
      select t.charge_id,
        sum(p.amount_fen) filter (where a.kind = 'RECEIVABLE') as receivable,
        -sum(p.amount_fen) filter (where a.kind in ('PAYABLE', 'COST_SHARING', 'TREASURY')) as earned,
        sum(p.amount_fen) filter (where a.kind = 'TREASURY_CLAIM' and t.kind = 'REFUND') as claimed
      from ledger_transaction t
      join ledger_posting p on p.city = t.city and p.transaction_id = t.id
      join ledger_account a on a.city = p.city and a.id = p.account_id
      where t.charge_id is not null
      group by t.charge_id) s on s.charge_id = c.id
    where coalesce(s.receivable, 0) <> c.amount_fen - c.paid_fen or coalesce(s.earned, 0) - coalesce(s.claimed, 0) <> c.paid_fen - c.refunded_fen
      or (c.revenue_kind = 'TREASURY' and coalesce(s.earned, 0) <> c.paid_fen)`,
  PAYEE_NOT_RECONCILED: `
    select a.id from ledger_account a
    left join lateral (select coalesce(sum(p.amount_fen), 0) as fen from ledger_posting p where p.city = a.city and p.account_id = a.id) b on true
    left join lateral (select coalesce(sum(u.amount_fen), 0) as fen from unsettled_posting u where u.city = a.city and u.account_id = a.id) w on true
    where a.kind in ('PAYABLE', 'COST_SHARING', 'TREASURY') and b.fen <> w.fen`,
  BATCH_NOT_ITS_LINES: `
    select b.id from settlement_batch b
    left join lateral (
      select count(*) as lines, coalesce(-sum(p.amount_fen), 0) as fen
      from settlement_line l join ledger_posting p on p.city = l.city and p.transaction_id = l.transaction_id and p.nth = l.nth
      where l.city = b.city and l.batch_id = b.id) s on true
    where s.lines <> b.lines or s.fen <> b.amount_fen
      or not exists (select from ledger_transaction t where t.city = b.city and t.batch_id = b.id and t.amount_fen = b.amount_fen)`,
  TREASURY_NETTED: `
    select p.transaction_id as id from ledger_account a
    join ledger_posting p on p.city = a.city and p.account_id = a.id
    join ledger_transaction t on t.city = p.city and t.id = p.transaction_id
    where a.kind = 'TREASURY' and abs(p.amount_fen) <> t.amount_fen or a.kind = 'TREASURY' and t.kind not in ('PAYMENT', 'REMITTANCE')`,
  REFUND_NOT_IN_LEDGER: `
    select r.id from charge_refund r
    where not exists (select from ledger_transaction t where t.city = r.city and t.refund_id = r.id and t.kind in ('REFUND', 'RETURN') and t.amount_fen = r.amount_fen)`,
  REFUND_OWED_NOT_RECONCILED: `
    select r.id from charge_refund r
    left join refund d on d.city = r.city and d.id = r.id
    left join lateral (
      select coalesce(-sum(p.amount_fen), 0) as fen
      from ledger_transaction t
      join ledger_posting p on p.city = t.city and p.transaction_id = t.id
      join ledger_account a on a.city = p.city and a.id = p.account_id
      where t.city = r.city and t.refund_id = r.id and a.kind = 'REFUND_OWED') o on true
    where o.fen <> case when ${IS_OPEN} then r.amount_fen else 0 end
    union all
    select t.id from ledger_account a
    join ledger_posting p on p.city = a.city and p.account_id = a.id
    join ledger_transaction t on t.city = p.city and t.id = p.transaction_id
    where a.kind = 'REFUND_OWED' and t.refund_id is null`,
  OVERPAID_NOT_RECONCILED: `
    select r.id from ledger_transaction t
    join charge_refund r on r.city = t.city and r.id = t.refund_id
    cross join lateral (
      select coalesce(sum(p.amount_fen), 0) as fen
      from ledger_transaction e
      join ledger_posting p on p.city = e.city and p.transaction_id = e.id
      join ledger_account a on a.city = p.city and a.id = p.account_id
      where e.city = t.city and e.refund_id = t.refund_id and e.attempt = t.attempt and a.kind = 'OVERPAID') o
    where t.kind = 'REFUND_AGAIN' and o.fen <> case when exists (
      select from payment_finding n
      where n.provider = r.provider and n.kind = 'REFUND_PAID_TWICE' and n.subject = case t.attempt when 1 then r.id else r.id || '-' || t.attempt end and n.state = 'OPEN') then t.amount_fen else 0 end
    union all
    select t.id from ledger_account a
    join ledger_posting p on p.city = a.city and p.account_id = a.id
    join ledger_transaction t on t.city = p.city and t.id = p.transaction_id
    where a.kind = 'OVERPAID' and t.kind not in ('REFUND_AGAIN', 'OVERPAID_RECOVERED', 'OVERPAID_WRITTEN_OFF')`,
  ADVANCED_NOT_RECONCILED: `
    select t.refund_id as id from ledger_account a
    join ledger_posting p on p.city = a.city and p.account_id = a.id
    join ledger_transaction t on t.city = p.city and t.id = p.transaction_id
    where a.kind = 'ADVANCED'
    group by a.city, a.id, t.refund_id, t.attempt
    having bool_and(t.kind = 'ADVANCE_SETTLED') or (bool_or(t.kind = 'ADVANCE_SETTLED') and sum(p.amount_fen) <> 0)`,
  PROVIDER_NOT_RECONCILED: `
    select a.id from ledger_account a
    left join lateral (select coalesce(sum(p.amount_fen), 0) as fen from ledger_posting p where p.city = a.city and p.account_id = a.id) b on true
    where a.kind = 'CLEARING' and b.fen <> (select coalesce(sum(x.paid_fen), 0) from charge_payment x where x.city = a.city and x.provider = a.provider)
      - (select coalesce(sum(r.amount_fen), 0) from charge_refund r join ledger_transaction t on t.city = r.city and t.refund_id = r.id and t.kind in ('REFUND_SENT', 'REFUND_AGAIN') where r.city = a.city and r.provider = a.provider)
      + (select coalesce(sum(case n.kind when 'REFUND_PAID_TWICE' then r.amount_fen else -r.amount_fen end), 0) from payment_finding n join charge_refund r on r.id = n.refund_id where n.settled_from = 'PROVIDER' and r.city = a.city and r.provider = a.provider)`,
} as const;

export type CheckName = keyof typeof CHECKS;

/** How many disagree, and the first ten. */
export async function runCheck(sql: Sql, name: CheckName): Promise<{ readonly count: number; readonly ids: readonly string[] }> {
  const [row] = await sql.query<{ count: number; ids: string[] }>(`with found as (${CHECKS[name]}) select (select count(*)::int from found) as count, array(select id::text from found order by id limit 10) as ids`);
  return row!;
}
