import type { Sql } from '../platform/index.js';
import type { InvoiceState, TitleKind } from './rules/invoice.js';

export interface InvoiceRow {
  readonly city: string;
  readonly id: string;
  readonly receiptId: string;
  readonly chargeId: string;
  readonly state: InvoiceState;
  readonly titleKind: TitleKind;
  readonly sealedTitle: string;
  readonly sealedTaxCode: string | null;
  readonly amountFen: number;
  readonly invoiceNumber: string | null;
  readonly reason: string | null;
  /** Epoch ms. */
  readonly requestedAt: number;
  readonly stateSince: number;
}

const COLUMNS = `i.city, i.id, i.receipt_id as "receiptId", r.charge_id as "chargeId", i.state, i.title_kind as "titleKind", i.sealed_title as "sealedTitle", i.sealed_tax_code as "sealedTaxCode",
  i.amount_fen::float8 as "amountFen", i.invoice_number as "invoiceNumber", i.reason, epoch_ms(i.requested_at) as "requestedAt", epoch_ms(i.state_since) as "stateSince"`;
const JOINED = `invoice i join receipt r on r.city = i.city and r.id = i.receipt_id`;

export interface ReceiptRow {
  readonly city: string;
  readonly id: string;
  readonly chargeId: string;
  readonly amountFen: number;
  readonly provider: string;
  /** Epoch ms. */
  readonly issuedAt: number;
}

const RECEIPT = `r.city, r.id, r.charge_id as "chargeId", r.amount_fen::float8 as "amountFen", r.provider, epoch_ms(r.issued_at) as "issuedAt"`;

/** Receipts by their ids. By receipt_id. */
export function findReceipts(sql: Sql, ids: readonly string[]): Promise<ReceiptRow[]> {
  return sql.query<ReceiptRow>(`select ${RECEIPT} from receipt r where r.id = any($1)`, [ids]);
}

/** Receipts of charges, one at most each. By receipt_charge. */
export function findReceiptsOfCharges(sql: Sql, chargeIds: readonly string[]): Promise<ReceiptRow[]> {
  return sql.query<ReceiptRow>(`select ${RECEIPT} from receipt r where r.charge_id = any($1)`, [chargeIds]);
}

/** How the invoices of one receipt are ordered: the one that stands, then the newest of those that do not. */
const NEWEST_INVOICE = `i.state in ('REFUSED', 'REVERSED'), i.requested_at desc, i.id desc`;

/** Whether one invoice of a receipt comes before another one of it in that order. */
export function isNewerInvoice(one: string, other: string): string {
  return `(${one}.state not in ('REFUSED', 'REVERSED'), ${one}.requested_at, ${one}.id) > (${other}.state not in ('REFUSED', 'REVERSED'), ${other}.requested_at, ${other}.id)`;
}

/** The invoice of each receipt that stands, else the newest of those that do not. By invoice_receipt. */
export function findInvoicesOfReceipts(sql: Sql, receiptIds: readonly string[]): Promise<InvoiceRow[]> {
  return sql.query<InvoiceRow>(`select distinct on (i.receipt_id) ${COLUMNS} from ${JOINED} where i.receipt_id = any($1) order by i.receipt_id, ${NEWEST_INVOICE}`, [receiptIds]);
}

/** An invoice, locked until the commit. By invoice_id. */
export async function findInvoiceForUpdate(sql: Sql, id: string): Promise<InvoiceRow | null> {
  const [row] = await sql.query<InvoiceRow>(`select ${COLUMNS} from ${JOINED} where i.id = $1 for update of i`, [id]);
  return row ?? null;
}

export async function insertInvoice(sql: Sql, invoice: Omit<InvoiceRow, 'chargeId' | 'stateSince' | 'invoiceNumber' | 'reason'>, requestedBy: string): Promise<void> {
  await sql.query(
    `insert into invoice (city, id, receipt_id, state, title_kind, sealed_title, sealed_tax_code, amount_fen, requested_at, requested_by, state_since)
     values ($1, $2, $3, $4, $5, $6, $7, $8, to_timestamp($9 / 1000.0), $10, to_timestamp($9 / 1000.0))`,
    [invoice.city, invoice.id, invoice.receiptId, invoice.state, invoice.titleKind, invoice.sealedTitle, invoice.sealedTaxCode, invoice.amountFen, invoice.requestedAt, requestedBy],
  );
}

export async function updateInvoice(sql: Sql, invoice: Pick<InvoiceRow, 'city' | 'id' | 'state' | 'invoiceNumber' | 'reason'>, now: number): Promise<void> {
  await sql.query(
    `update invoice set state = $3, invoice_number = $4, reason = $5, state_since = to_timestamp($6 / 1000.0) where city = $1 and id = $2`,
    [invoice.city, invoice.id, invoice.state, invoice.invoiceNumber, invoice.reason, now],
  );
}

/** After a refund the invoice no longer says what was paid: one that was issued is to be reversed, one that was asked for is refused. By receipt_charge and invoice_one_a_receipt. */
export async function reverseInvoiceOf(sql: Sql, chargeId: string, now: number): Promise<void> {
  await sql.query(
    `update invoice i set state = case i.state when 'ISSUED' then 'TO_REVERSE' else 'REFUSED' end,
       reason = coalesce(i.reason, '已退款，请重新申请。Refunded: ask again.'), state_since = to_timestamp($2 / 1000.0)
     from receipt r
     where r.charge_id = $1 and i.city = r.city and i.receipt_id = r.id and i.state in ('REQUESTED', 'ISSUED')`,
    [chargeId, now],
  );
}
