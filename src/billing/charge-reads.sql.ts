import type { Span } from '../kernel/index.js';
import { listFacilityIdsOf } from '../facilities/index.js';
import type { ReachPart } from '../identity/index.js';
import type { Sql } from '../platform/index.js';
import { isNewerInvoice } from './invoice.sql.js';

export interface ChargeFilter {
  readonly facilityId: string | null;
  readonly payerId: string | null;
  readonly states: readonly string[] | null;
  readonly purposes: readonly string[] | null;
  readonly revenueKinds: readonly string[] | null;
  readonly causeId: string | null;
  /** Opened within it, epoch ms. */
  readonly opened: Span | null;
  /** Whose receipt's newest invoice is in one of these states. */
  readonly invoiceStates: readonly string[] | null;
  /** Only these; null for all. */
  readonly ids: readonly string[] | null;
}

/** Every charge. */
export const ALL_CHARGES: ChargeFilter = { facilityId: null, payerId: null, states: null, purposes: null, revenueKinds: null, causeId: null, opened: null, invoiceStates: null, ids: null };

const FROM = `charge c
  join facility f on f.city = c.city and f.id = c.facility_id
  join jurisdiction j on j.id = f.jurisdiction_id
  join jurisdiction u on u.id = f.reporting_unit_id`;

/** Whose it is to see: the payer's, the payees', the facility's parties', and the offices' where it lies. The rows of `reachOf`. */
const VISIBLE = `exists (
  select from jsonb_to_recordset($1::jsonb) as r ("partyId" text, codes text)
  where (r."partyId" is null or r."partyId" in (c.payer_id, f.owner_party_id, f.manager_party_id, f.operator_party_id) or c.shares @> jsonb_build_array(jsonb_build_object('partyId', r."partyId")))
    and (r.codes is null or j.code like r.codes or u.code like r.codes))`;

/** The same where only parties ask, $12, whose facilities are $13: found by charge_payer, charge_facility and charge_payees, and not asked charge by charge. */
const VISIBLE_TO_PARTIES = `$1::jsonb is not null and (c.payer_id = any($12::text[]) or c.facility_id = any($13::text[]) or jsonb_path_query_array(c.shares, '$[*].partyId') ?| $12::text[])`;
const VISIBLE_TO_OFFICES = `${VISIBLE} and $12::text[] is null and $13::text[] is not null`;

const FILTERED = `
  and ($2::text is null or c.facility_id = $2)
  and ($3::text is null or c.payer_id = $3)
  and ($4::text[] is null or c.state = any($4))
  and ($5::text is null or c.cause_id = $5)
  and ($6::text[] is null or c.id = any($6))
  and ($7::text[] is null or c.purpose = any($7))
  and ($8::text[] is null or c.revenue_kind = any($8))
  and ($9::float8 is null or (c.opened_at >= to_timestamp($9::float8 / 1000.0) and c.opened_at < to_timestamp($10::float8 / 1000.0)))`;

/** Whose newest invoice is in one of these states. Part of the statement only where it is asked for: beside `is null or` it could not be begun from the invoices. */
const BY_INVOICE = `
  and c.id in (
    select r.charge_id
    from invoice i
    join receipt r on r.city = i.city and r.id = i.receipt_id
    where i.state = any($11) and not exists (select from invoice o where o.receipt_id = i.receipt_id and o.id <> i.id and ${isNewerInvoice('o', 'i')}))`;

/** The parties of a reach that is of parties alone, wherever they are; null for any other. */
const partiesOf = (reach: readonly ReachPart[]): readonly string[] | null => (reach.every(part => part.partyId !== null && part.codes === null) ? reach.map(part => part.partyId!) : null);

const matching = (reach: readonly ReachPart[], { invoiceStates }: ChargeFilter): string =>
  (partiesOf(reach) === null ? VISIBLE_TO_OFFICES : VISIBLE_TO_PARTIES) + FILTERED + (invoiceStates === null ? ' and $11::text[] is null' : BY_INVOICE);

async function parametersOf(sql: Sql, reach: readonly ReachPart[], filter: ChargeFilter): Promise<readonly unknown[]> {
  const parties = partiesOf(reach);
  return [
    JSON.stringify(reach), filter.facilityId, filter.payerId, filter.states, filter.causeId, filter.ids, filter.purposes, filter.revenueKinds, filter.opened?.startsAt ?? null, filter.opened?.endsAt ?? null, filter.invoiceStates,
    parties, await listFacilityIdsOf(sql, parties ?? []),
  ];
}

/** A page of ids, the newest first. By charge_id, or charge_facility, charge_payer and charge_payees; by invoice_state, receipt_id and charge_id, or receipt_charge and invoice_receipt, where an invoice's state is asked for and few, or many, are in it. */
export async function listChargeIds(sql: Sql, reach: readonly ReachPart[], filter: ChargeFilter, page: { readonly after: string | null; readonly limit: number }): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(`select c.id from ${FROM} where ${matching(reach, filter)} and ($14::text is null or c.id < $14) order by c.id desc limit $15`, [...(await parametersOf(sql, reach, filter)), page.after, page.limit]);
  return rows.map(row => row.id);
}

export async function countCharges(sql: Sql, reach: readonly ReachPart[], filter: ChargeFilter): Promise<number> {
  const [row] = await sql.query<{ count: number }>(`select count(*)::int as count from ${FROM} where ${matching(reach, filter)}`, await parametersOf(sql, reach, filter));
  return row!.count;
}

/** What came in for charges that owed less, or nothing any more, and goes back: it stands by them, and in none of their own sums. By charge_refund_charge and ledger_transaction_refund_once. */
export function listReturnsOfCharges(sql: Sql, chargeIds: readonly string[]): Promise<Array<{ readonly chargeId: string; readonly returnedFen: number }>> {
  return sql.query(
    `select r.charge_id as "chargeId", sum(r.amount_fen)::float8 as "returnedFen"
     from charge_refund r
     join ledger_transaction t on t.city = r.city and t.refund_id = r.id and t.kind = 'RETURN'
     where r.charge_id = any($1)
     group by r.charge_id`,
    [chargeIds],
  );
}

/** Which charges are the rest of others that were paid with less. By charge_id and the primary key of charge_rest. */
export function listRestsOfCharges(sql: Sql, chargeIds: readonly string[]): Promise<Array<{ readonly chargeId: string; readonly restId: string }>> {
  return sql.query(`select r.charge_id as "chargeId", r.rest_id as "restId" from charge c join charge_rest r on r.city = c.city and r.charge_id = c.id where c.id = any($1)`, [chargeIds]);
}

export interface RefundOfChargeRow {
  readonly chargeId: string;
  readonly id: string;
  readonly amountFen: number;
  readonly reason: string;
  /** Epoch ms. */
  readonly owedAt: number;
  readonly sentAt: number | null;
}

/** The refunds of charges, the oldest first. By charge_refund_charge and ledger_transaction_discharged_once. */
export function listRefundsOfCharges(sql: Sql, chargeIds: readonly string[]): Promise<RefundOfChargeRow[]> {
  return sql.query<RefundOfChargeRow>(
    `select r.charge_id as "chargeId", r.id, r.amount_fen::float8 as "amountFen", r.reason, epoch_ms(r.owed_at) as "owedAt", epoch_ms(t.at) as "sentAt"
     from charge_refund r
     left join ledger_transaction t on t.city = r.city and t.refund_id = r.id and t.kind in ('REFUND_SENT', 'REFUND_SETTLED')
     where r.charge_id = any($1)
     order by r.id`,
    [chargeIds],
  );
}
