import type { Sql } from '../platform/index.js';
import type { AccountKind, Posting } from './rules/postings.js';

/** An account by what it is for; what does not apply is null. */
export interface AccountName {
  readonly city: string;
  readonly kind: AccountKind;
  readonly partyId: string | null;
  readonly facilityId: string | null;
  readonly provider: string | null;
}

/** As the generated column ledger_account.key writes it, with the city in front. */
export function accountKey({ city, kind, partyId, facilityId, provider }: AccountName): string {
  return `${city} ${kind} ${partyId ?? '-'} ${facilityId ?? '-'} ${provider ?? '-'}`;
}

/** The accounts that there are, by their key. By ledger_account_one_of_a_kind. */
export async function findAccounts(sql: Sql, names: readonly AccountName[]): Promise<Map<string, string>> {
  const rows = await sql.query<{ id: string; key: string }>(
    `select a.id, a.city || ' ' || a.key as key
     from ledger_account a
     join unnest($1::text[], $2::text[]) as n (city, key) on a.city = n.city and a.key = n.key`,
    [names.map(name => name.city), names.map(name => accountKey(name).slice(name.city.length + 1))],
  );
  return new Map(rows.map(row => [row.key, row.id]));
}

/** Opens accounts in the order of their keys, so that two openers never wait for each other crosswise; what another opened first stays. */
export async function openAccounts(sql: Sql, accounts: ReadonlyArray<AccountName & { readonly id: string }>, now: number): Promise<void> {
  await sql.query(
    `insert into ledger_account (city, id, kind, party_id, facility_id, provider, opened_at)
     select n.city, n.id, n.kind, n."partyId", n."facilityId", n.provider, to_timestamp($2 / 1000.0)
     from jsonb_to_recordset($1::jsonb) as n (city text, id text, kind text, "partyId" text, "facilityId" text, provider text)
     order by n.city, n.kind, n."partyId", n."facilityId", n.provider
     on conflict (city, key) do nothing`,
    [JSON.stringify(accounts), now],
  );
}

export type TransactionKind = 'CHARGE' | 'LESSEN' | 'PAYMENT' | 'RETURN' | 'REFUND' | 'REFUND_SENT' | 'REFUND_SETTLED' | 'REFUND_AGAIN' | 'OVERPAID_RECOVERED' | 'OVERPAID_WRITTEN_OFF' | 'ADVANCE_SETTLED' | 'SETTLEMENT' | 'REMITTANCE';

export interface LedgerTransaction {
  readonly city: string;
  readonly id: string;
  readonly kind: TransactionKind;
  readonly amountFen: number;
  readonly chargeId: string | null;
  readonly refundId: string | null;
  readonly batchId: string | null;
  /** Which attempt of a refund it is of; null or absent where it is of none in particular. */
  readonly attempt?: number | null;
  readonly postings: readonly Posting[];
}

/** Posts transactions whole: one statement for their heads, one for all of their postings, which the ledger checks at its end. */
export async function insertTransactions(sql: Sql, transactions: readonly LedgerTransaction[], now: number): Promise<void> {
  await sql.query(
    `insert into ledger_transaction (city, id, kind, amount_fen, charge_id, refund_id, batch_id, attempt, at)
     select n.city, n.id, n.kind, n."amountFen", n."chargeId", n."refundId", n."batchId", n.attempt, to_timestamp($2 / 1000.0)
     from jsonb_to_recordset($1::jsonb) as n (city text, id text, kind text, "amountFen" bigint, "chargeId" text, "refundId" text, "batchId" text, attempt smallint)`,
    [JSON.stringify(transactions.map(({ postings: _postings, ...head }) => head)), now],
  );
  const postings = transactions.flatMap(({ city, id, postings: all }) => all.map((posting, nth) => ({ city, transactionId: id, nth, ...posting })));
  await sql.query(
    `insert into ledger_posting (city, transaction_id, nth, account_id, amount_fen)
     select n.city, n."transactionId", n.nth, n."accountId", n."amountFen"
     from jsonb_to_recordset($1::jsonb) as n (city text, "transactionId" text, nth smallint, "accountId" text, "amountFen" bigint)`,
    [JSON.stringify(postings)],
  );
}

/** What is left on the payees' accounts of one charge: what they got, less what they gave back. By ledger_transaction_charge. */
export function listPayeeParts(sql: Sql, chargeId: string): Promise<Array<{ readonly accountId: string; readonly amountFen: number }>> {
  return sql.query(
    `select p.account_id as "accountId", (-sum(p.amount_fen))::float8 as "amountFen"
     from ledger_transaction t
     join ledger_posting p on p.city = t.city and p.transaction_id = t.id
     join ledger_account a on a.city = p.city and a.id = p.account_id
     where t.charge_id = $1 and a.kind in ('PAYABLE', 'COST_SHARING')
     group by p.account_id
     having sum(p.amount_fen) < 0
     order by p.account_id`,
    [chargeId],
  );
}

/** The claim on the treasury that a refund of its income made; null where it made none. By ledger_transaction_refund_once. */
export async function claimAccountOfRefund(sql: Sql, { city, id }: { readonly city: string; readonly id: string }): Promise<string | null> {
  const [row] = await sql.query<{ id: string }>(
    `select a.id
     from ledger_transaction t
     join ledger_posting p on p.city = t.city and p.transaction_id = t.id
     join ledger_account a on a.city = p.city and a.id = p.account_id
     where t.city = $1 and t.refund_id = $2 and t.kind = 'REFUND' and a.kind = 'TREASURY_CLAIM'`,
    [city, id],
  );
  return row?.id ?? null;
}
