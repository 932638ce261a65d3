import { creditCodes, done, problem, refuse, type Outcome } from '../kernel/index.js';
import { notFound } from '../platform/graphql/index.js';
import { newId, transaction, type RequestScope } from '../platform/index.js';
import { findCharges } from './charge.sql.js';
import { mayAskInvoice } from './invoice.loaders.js';
import { findInvoicesOfReceipts, findReceiptForUpdate, insertInvoice } from './invoice.sql.js';
import { checkInvoiceTitle, invoiceLifecycle, type TitleKind } from './rules/invoice.js';

export interface RequestInvoice {
  readonly receiptId: string;
  readonly titleKind: TitleKind;
  readonly title: string;
  readonly taxCode?: string | null;
  readonly idempotencyKey: string;
}

/** The payer asks for an invoice (发票) of what it paid and was not given back. One stands at a time; its title and tax code are sealed (P10). */
export function requestInvoice(scope: RequestScope, input: RequestInvoice): Promise<Outcome<{ readonly receiptId: string }>> {
  return transaction(scope, async unit => {
    const receipt = await findReceiptForUpdate(unit, input.receiptId);
    const [charge] = receipt ? await findCharges(unit, [receipt.chargeId]) : [];
    if (!receipt || !charge || !mayAskInvoice(scope, charge.payerId)) throw notFound('收据 receipt', input.receiptId.slice(0, 40));
    const title = { titleKind: input.titleKind, title: input.title, taxCode: input.taxCode ?? null };
    const problems = [...checkInvoiceTitle(title)];
    const amountFen = charge.paidFen - charge.refundedFen;
    if (amountFen === 0) problems.push(problem('NOTHING_TO_INVOICE', { zh: '该费用已全额退款，无可开票金额', en: 'the charge was refunded whole: there is nothing to invoice', field: 'receiptId' }));
    const [standing] = await findInvoicesOfReceipts(unit, [receipt.id]);
    if (standing && standing.state !== 'REFUSED' && standing.state !== 'REVERSED') {
      problems.push(problem('INVOICE_STANDS', { zh: `该收据的发票已处于 ${standing.state}`, en: `the invoice of this receipt is ${standing.state} already`, field: 'receiptId', data: { invoiceId: standing.id } }));
    }
    if (problems.length > 0) return refuse(problems);

    const id = newId('invoice', unit.now);
    const seal = (plain: string, column: string): string => scope.services.sealer.seal(plain, { table: 'invoice', rowId: id, column });
    await insertInvoice(unit, {
      city: receipt.city, id, receiptId: receipt.id, state: invoiceLifecycle.initial, titleKind: title.titleKind, amountFen, requestedAt: unit.now,
      sealedTitle: seal(title.title.trim(), 'sealed_title'),
      sealedTaxCode: title.taxCode === null ? null : seal(creditCodes.normaliseCreditCode(title.taxCode), 'sealed_tax_code'),
    }, scope.viewer.actorId);
    unit.record({ action: 'invoice:request', objectType: 'invoice', objectId: id, details: { receiptId: receipt.id, titleKind: title.titleKind, amountFen } });
    unit.announce('billing.invoiceRequested', { invoiceId: id, receiptId: receipt.id, chargeId: charge.id, facilityId: charge.facilityId });
    return done({ receiptId: receipt.id });
  }, { operation: 'requestInvoice', key: input.idempotencyKey, input });
}
