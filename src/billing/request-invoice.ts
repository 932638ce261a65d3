import { creditCodes, done, problem, refuse, type Outcome } from '../kernel/index.js';
import { notFound } from '../platform/graphql/index.js';
import { may } from '../identity/index.js';
import { newId, transaction, type RequestScope, type Unit } from '../platform/index.js';
import { findChargeForUpdate, type ChargeRow } from './charge.sql.js';
import { findInvoicesOfReceipts, findReceipts, insertInvoice } from './invoice.sql.js';
import { listMoneySubjects } from './revenue.sql.js';
import { checkInvoiceTitle, invoiceLifecycle, type TitleKind } from './rules/invoice.js';

export interface RequestInvoice {
  readonly receiptId: string;
  readonly titleKind: TitleKind;
  readonly title: string;
  readonly taxCode?: string | null;
  readonly idempotencyKey: string;
}

/**
 * The payer asks for an invoice (发票) of what it paid and was not given back; for one without a name the facility's desk does. One
 * stands at a time; its title and tax code are sealed (P10). The charge is held: a refund comes wholly before the invoice or wholly after it.
 */
export function requestInvoice(scope: RequestScope, input: RequestInvoice): Promise<Outcome<{ readonly receiptId: string }>> {
  return transaction(scope, async unit => {
    const [receipt] = await findReceipts(unit, [input.receiptId]);
    const charge = receipt ? await findChargeForUpdate(unit, receipt.chargeId) : null;
    if (!receipt || !charge || !(await mayAskInvoice(unit, charge))) throw notFound('receipt', input.receiptId);
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

/** Whether the viewer asks for the payer, itself or a party of its own, or runs the facility where the payer has no name. */
async function mayAskInvoice(unit: Unit, { payerId, facilityId }: ChargeRow): Promise<boolean> {
  if (payerId !== null) return may(unit.scope.viewer, 'invoice:request', { partyId: payerId });
  const [subject] = await listMoneySubjects(unit, [facilityId]);
  return subject !== undefined && may(unit.scope.viewer, 'invoice:request', { partyId: subject.partyIds, jurisdictionCode: subject.jurisdictionCodes });
}
