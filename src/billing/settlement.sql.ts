import type { ReachPart } from '../identity/index.js';
import type { Sql } from '../platform/index.js';
import type { TransactionKind } from './ledger.sql.js';

/** A payee's account with postings that no batch holds, older than today. */
export interface DueAccount {
  readonly city: string;
  readonly accountId: string;
  readonly kind: 'TREASURY' | 'PAYABLE' | 'COST_SHARING';
  readonly partyId: string | null;
  readonly facilityId: string | null;
  readonly zoneName: string;
  /** The local day of the oldest of them. */
  readonly oldestOn: string;
  /** The last local day that is over. */
  readonly lastOn: string;
  /** The last one that a batch closed; null for none. */
  readonly closedOn: string | null;
  /** What waits, day by day, the oldest first: receipts less refunds. */
  readonly days: ReadonlyArray<{ readonly on: string; readonly fen: number }>;
}

/**
 * Accounts to be closed. What was kept for a facility without a known owner waits until it has one, and is the owner's then (3.5-4), save
 * the treasury's, which waits for nobody. By unsettled_posting_account, ledger_account_id,
 * settlement_batch_one_a_day and the primary key of facility.
 */
export function listDueAccounts(sql: Sql, now: number): Promise<DueAccount[]> {
  return sql.query<DueAccount>(
    `select d.city, d.account_id as "accountId", a.kind, p.party_id as "partyId", a.facility_id as "facilityId", z.zone_name as "zoneName",
       (d.oldest_at at time zone z.zone_name)::date::text as "oldestOn", ((to_timestamp($1 / 1000.0) at time zone z.zone_name)::date - 1)::text as "lastOn",
       (select max(b.day)::text from settlement_batch b where b.city = d.city and b.account_id = d.account_id) as "closedOn", w.days
     from (select city, account_id, min(at) as oldest_at from unsettled_posting group by city, account_id) d
     join ledger_account a on a.city = d.city and a.id = d.account_id
     cross join lateral (select coalesce((select s.zone_name from city_setting s where s.city = d.city), 'Asia/Shanghai') as zone_name) z
     cross join lateral (
       select jsonb_agg(jsonb_build_object('on', t.day::text, 'fen', t.fen) order by t.day) as days
       from (
         select (u.at at time zone z.zone_name)::date as day, -sum(u.amount_fen) as fen
         from unsettled_posting u
         where u.account_id = d.account_id and u.city = d.city
         group by 1) t) w
     left join facility f on f.city = a.city and f.id = a.facility_id
     cross join lateral (select coalesce(a.party_id, case when a.kind <> 'TREASURY' and not earns_for_treasury(f.id) then f.owner_party_id end) as party_id) p
     where (a.kind = 'TREASURY' or p.party_id is not null)
       and (d.oldest_at at time zone z.zone_name)::date < (to_timestamp($1 / 1000.0) at time zone z.zone_name)::date
     order by d.city, d.account_id`,
    [now],
  );
}

/** Makes two closings of one account take turns. Payments go on: they only share the row's key. */
export async function lockAccount(sql: Sql, { city, accountId }: Pick<DueAccount, 'city' | 'accountId'>): Promise<void> {
  await sql.query(`select 1 as one from ledger_account where city = $1 and id = $2 for no key update`, [city, accountId]);
}

export interface BatchRow {
  readonly city: string;
  readonly id: string;
  readonly kind: 'SETTLEMENT' | 'REMITTANCE';
  readonly accountId: string;
  readonly payeeId: string | null;
  readonly facilityId: string | null;
  readonly day: string;
  readonly lines: number;
  readonly receiptsFen: number;
  readonly refundsFen: number;
  readonly amountFen: number;
  /** Epoch ms. */
  readonly closedAt: number;
}

const COLUMNS = `b.city, b.id, b.kind, b.account_id as "accountId", b.payee_id as "payeeId", b.facility_id as "facilityId", b.day::text as day, b.lines,
  b.receipts_fen::float8 as "receiptsFen", b.refunds_fen::float8 as "refundsFen", b.amount_fen::float8 as "amountFen", epoch_ms(b.closed_at) as "closedAt"`;

/**
 * Closes a day of an account: its batch and the batch's lines, from one look at what waits. What commits later waits for
 * the next day; so does a day whose refunds outweigh its receipts, and a day that is closed already takes nothing more.
 */
export async function insertBatch(sql: Sql, account: DueAccount, { id, day, now }: { readonly id: string; readonly day: string; readonly now: number }): Promise<BatchRow | null> {
  await sql.query(
    `with taken as materialized (
       select u.city, u.transaction_id, u.nth, u.amount_fen
       from unsettled_posting u
       where u.account_id = $2 and u.city = $1 and u.at < (($7::date + 1)::timestamp at time zone $8)
     ), total as (
       select count(*)::int as lines, coalesce(-sum(amount_fen) filter (where amount_fen < 0), 0) as receipts, coalesce(sum(amount_fen) filter (where amount_fen > 0), 0) as refunds from taken
     ), batch as (
       insert into settlement_batch (city, id, kind, account_id, payee_id, facility_id, day, lines, receipts_fen, refunds_fen, amount_fen, closed_at)
       select $1, $3, $4, $2, $5, $6, $7::date, t.lines, t.receipts, t.refunds, t.receipts - t.refunds, to_timestamp($9 / 1000.0)
       from total t
       where t.receipts > t.refunds and not exists (select from settlement_batch b where b.city = $1 and b.account_id = $2 and b.day >= $7::date)
       returning city, id
     )
     insert into settlement_line (city, batch_id, transaction_id, nth)
     select t.city, b.id, t.transaction_id, t.nth from taken t cross join batch b`,
    [account.city, account.accountId, id, account.kind === 'TREASURY' ? 'REMITTANCE' : 'SETTLEMENT', account.partyId, account.facilityId, day, account.zoneName, now],
  );
  const [row] = await findBatches(sql, [id]);
  if (!row) return null;
  await sql.query(`delete from unsettled_posting u using settlement_line l where l.city = $1 and l.batch_id = $2 and u.city = l.city and u.transaction_id = l.transaction_id and u.nth = l.nth`, [account.city, id]);
  return row;
}

/** Batches by id. By settlement_batch_id. */
export function findBatches(sql: Sql, ids: readonly string[]): Promise<BatchRow[]> {
  return sql.query<BatchRow>(`select ${COLUMNS} from settlement_batch b where b.id = any($1)`, [ids]);
}

export interface BatchLineRow {
  readonly batchId: string;
  readonly chargeId: string;
  readonly facilityId: string;
  readonly transactionKind: TransactionKind;
  /** Above zero what came in or is repaid, below what was given back or is held. */
  readonly amountFen: number;
  /** Epoch ms. */
  readonly bookedAt: number;
  readonly transactionId: string;
}

/** A page of the lines of a batch, in the order of their booking. By the primary key of settlement_line. */
export function listBatchLines(sql: Sql, batch: { readonly city: string; readonly id: string }, page: { readonly after: string | null; readonly limit: number }): Promise<BatchLineRow[]> {
  return sql.query<BatchLineRow>(
    `select l.batch_id as "batchId", c.id as "chargeId", c.facility_id as "facilityId", t.kind as "transactionKind", (-p.amount_fen)::float8 as "amountFen", epoch_ms(t.at) as "bookedAt", t.id as "transactionId"
     from settlement_line l
     join ledger_posting p on p.city = l.city and p.transaction_id = l.transaction_id and p.nth = l.nth
     join ledger_transaction t on t.city = l.city and t.id = l.transaction_id
     left join charge_refund r on r.city = t.city and r.id = t.refund_id
     join charge c on c.city = t.city and c.id = coalesce(t.charge_id, r.charge_id)
     where l.city = $1 and l.batch_id = $2 and ($3::text is null or l.transaction_id > $3)
     order by l.transaction_id, l.nth
     limit $4`,
    [batch.city, batch.id, page.after, page.limit],
  );
}

export interface BatchFilter {
  readonly payeeId: string | null;
  readonly kind: string | null;
  readonly fromOn: string | null;
  readonly untilOn: string | null;
  /** Only these; null for all. */
  readonly ids: readonly string[] | null;
}

/** For the payee, and for the offices of the city; a payee that is not known yet is its facility's parties' to see. Offices of a district see what lies in it: the payee's own code or the facility's. */
const VISIBLE = `exists (
  select from jsonb_to_recordset($1::jsonb) as r ("partyId" text, codes text)
  left join facility f on f.city = b.city and f.id = b.facility_id
  left join jurisdiction j on j.id = f.jurisdiction_id
  left join party o on o.id = b.payee_id
  where (r."partyId" is null or r."partyId" in (b.payee_id, f.owner_party_id, f.manager_party_id))
    and (r.codes is null or b.city like r.codes or j.code like r.codes or o.jurisdiction_code like r.codes))`;

const MATCHING = `${VISIBLE}
  and ($2::text is null or b.payee_id = $2)
  and ($3::text is null or b.kind = $3)
  and ($4::date is null or b.day >= $4::date)
  and ($5::date is null or b.day < $5::date)
  and ($6::text[] is null or b.id = any($6))`;

const parametersOf = (reach: readonly ReachPart[], filter: BatchFilter): readonly unknown[] => [JSON.stringify(reach), filter.payeeId, filter.kind, filter.fromOn, filter.untilOn, filter.ids];

/** A page of batches, the newest first. By settlement_batch_id, settlement_batch_payee or settlement_batch_day. */
export function listBatches(sql: Sql, reach: readonly ReachPart[], filter: BatchFilter, page: { readonly after: string | null; readonly limit: number }): Promise<BatchRow[]> {
  return sql.query<BatchRow>(`select ${COLUMNS} from settlement_batch b where ${MATCHING} and ($7::text is null or b.id < $7) order by b.id desc limit $8`, [...parametersOf(reach, filter), page.after, page.limit]);
}

export async function countBatches(sql: Sql, reach: readonly ReachPart[], filter: BatchFilter): Promise<number> {
  const [row] = await sql.query<{ count: number }>(`select count(*)::int as count from settlement_batch b where ${MATCHING}`, parametersOf(reach, filter));
  return row!.count;
}
