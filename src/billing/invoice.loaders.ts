import { defineLoader, type RequestScope } from '../platform/index.js';
import { CHARGE_BY_ID } from './charge.loaders.js';
import { findInvoicesOfReceipts, findReceipts, findReceiptsOfCharges, type InvoiceRow, type ReceiptRow } from './invoice.sql.js';
import { Invoice, Receipt } from './invoice.type.js';
import { ERASED_TITLE, maskTitle } from './rules/invoice.js';

/** The receipt of a charge that the viewer sees. */
export const RECEIPT_OF_CHARGE = defineLoader<string, Receipt | null>('RECEIPT_OF_CHARGE', async (scope, chargeIds) => {
  const found = new Map((await findReceiptsOfCharges(scope.database, chargeIds)).map(row => [row.chargeId, receiptOf(row)]));
  return chargeIds.map(id => found.get(id) ?? null);
});

/** A receipt by its id; null where its charge is not for this viewer. */
export const RECEIPT_BY_ID = defineLoader<string, Receipt | null>('RECEIPT_BY_ID', async (scope, ids) => {
  const rows = await findReceipts(scope.database, ids);
  const seen = await Promise.all(rows.map(async row => ((await scope.load(CHARGE_BY_ID, row.chargeId)) ? receiptOf(row) : null)));
  const found = new Map(seen.filter(receipt => receipt !== null).map(receipt => [receipt.id, receipt]));
  return ids.map(id => found.get(id) ?? null);
});

/** The newest invoice of a receipt; null where none was asked for. */
export const INVOICE_OF_RECEIPT = defineLoader<string, Invoice | null>('INVOICE_OF_RECEIPT', async (scope, receiptIds) => {
  const found = new Map((await findInvoicesOfReceipts(scope.database, receiptIds)).map(row => [row.receiptId, invoiceOf(scope, row)]));
  return receiptIds.map(id => found.get(id) ?? null);
});

function receiptOf({ id, chargeId, amountFen, provider, issuedAt }: ReceiptRow): Receipt {
  return Object.assign(new Receipt(), { id, chargeId, amountFen, provider, issuedAt });
}

/** An invoice as it is shown: a person's title is masked for everybody (P10). */
export function invoiceOf(scope: RequestScope, row: InvoiceRow): Invoice {
  const { id, state, titleKind, amountFen, invoiceNumber, reason, requestedAt } = row;
  const taxCode = row.sealedTaxCode === null ? null : scope.services.sealer.open(row.sealedTaxCode, { table: 'invoice', rowId: id, column: 'sealed_tax_code' });
  return Object.assign(new Invoice(), { id, state, titleKind, title: shownTitle(scope, row), taxCode, amountFen, invoiceNumber, reason, requestedAt });
}

function shownTitle(scope: RequestScope, row: InvoiceRow): string {
  if (row.sealedTitle === ERASED_TITLE) return '已删除';
  const title = openTitle(scope, row);
  return row.titleKind === 'PERSON' ? maskTitle(title) : title;
}

/** The title in clear: for whoever writes the audit's line first. */
export function openTitle({ services }: RequestScope, { id, sealedTitle }: InvoiceRow): string {
  return services.sealer.open(sealedTitle, { table: 'invoice', rowId: id, column: 'sealed_title' });
}
