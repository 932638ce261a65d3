import { done, isRefusal, problem, reasonProblem, refuse, type Outcome } from '../kernel/index.js';
import { ensureMay } from '../identity/index.js';
import { notFound } from '../platform/graphql/index.js';
import { transaction, type RequestScope, type Unit } from '../platform/index.js';
import { findCharges } from './charge.sql.js';
import { openTitle } from './invoice.loaders.js';
import { findInvoiceForUpdate, updateInvoice, type InvoiceRow } from './invoice.sql.js';
import { listMoneySubjects } from './revenue.sql.js';
import { ERASED_TITLE, invoiceLifecycle, type InvoiceEvent } from './rules/invoice.js';

interface AnswerInvoice {
  readonly invoiceId: string;
  readonly idempotencyKey: string;
}

type Answered = Promise<Outcome<{ readonly receiptId: string }>>;

/** Records that the invoice was issued, and under which number: by whoever runs the facility. */
export function issueInvoice(scope: RequestScope, input: AnswerInvoice & { readonly invoiceNumber: string }): Answered {
  const number = input.invoiceNumber.trim();
  return answer(scope, { operation: 'issueInvoice', event: 'ISSUE', input }, invoice => {
    if (number.length < 1 || number.length > 40) return refuse(problem('INVOICE_NUMBER_INVALID', { zh: `发票号码须为 1–40 个字符，收到 ${number.length} 个`, en: `the number of an invoice has 1 to 40 characters; this has ${number.length}`, field: 'invoiceNumber' }));
    return done({ invoiceNumber: number, reason: invoice.reason });
  });
}

/** Refuses an invoice, with the reason; it may be asked for anew. */
export function refuseInvoice(scope: RequestScope, input: AnswerInvoice & { readonly reason: string }): Answered {
  return answer(scope, { operation: 'refuseInvoice', event: 'REFUSE', input }, invoice => explained(input.reason, invoice));
}

/** Records that an invoice was reversed (冲红) after a refund; what was not refunded may be asked for anew. */
export function reverseInvoice(scope: RequestScope, input: AnswerInvoice & { readonly reason: string }): Answered {
  return answer(scope, { operation: 'reverseInvoice', event: 'REVERSE', input }, invoice => explained(input.reason, invoice));
}

function explained(reason: string, { invoiceNumber }: InvoiceRow): Outcome<{ readonly invoiceNumber: string | null; readonly reason: string }> {
  const unfit = reasonProblem(reason);
  return unfit ? refuse(unfit) : done({ invoiceNumber, reason: reason.trim() });
}

function answer(
  scope: RequestScope,
  { operation, event, input }: { readonly operation: string; readonly event: InvoiceEvent; readonly input: AnswerInvoice },
  decide: (invoice: InvoiceRow) => Outcome<{ readonly invoiceNumber: string | null; readonly reason: string | null }>,
): Answered {
  return transaction(scope, async unit => {
    const invoice = await invoiceForAnswer(unit, input.invoiceId);
    const state = invoiceLifecycle.transition(invoice.state, event);
    if (isRefusal(state)) return state;
    const decided = decide(invoice);
    if (isRefusal(decided)) return decided;
    await updateInvoice(unit, { ...invoice, ...decided.value, state: state.value }, unit.now);
    unit.record({ action: 'invoice:issue', objectType: 'invoice', objectId: invoice.id, reason: decided.value.reason ?? undefined, details: { event, receiptId: invoice.receiptId } });
    unit.announce('billing.invoiceChanged', { invoiceId: invoice.id, receiptId: invoice.receiptId, chargeId: invoice.chargeId, state: state.value });
    return done({ receiptId: invoice.receiptId });
  }, { operation, key: input.idempotencyKey, input });
}

/** The invoice, locked, once the viewer may issue for its facility. */
async function invoiceForAnswer(unit: Unit, invoiceId: string): Promise<InvoiceRow> {
  const invoice = await findInvoiceForUpdate(unit, invoiceId);
  const [charge] = invoice ? await findCharges(unit, [invoice.chargeId]) : [];
  const [subject] = charge ? await listMoneySubjects(unit, [charge.facilityId]) : [];
  if (!invoice || !subject) throw notFound('invoice', invoiceId);
  ensureMay(unit.scope.viewer, 'invoice:issue', { partyId: subject.partyIds, jurisdictionCode: subject.jurisdictionCodes }, { what: 'invoice', id: invoiceId });
  return invoice;
}

/** Shows a title in clear to whoever issues the invoice. The audit's line is committed before the title is opened (P10, G26). */
export async function revealInvoiceTitle(scope: RequestScope, input: { readonly invoiceId: string; readonly purpose: string }): Promise<Outcome<{ readonly title: string }>> {
  const purpose = input.purpose.trim();
  const outcome = await transaction(scope, async unit => {
    const invoice = await invoiceForAnswer(unit, input.invoiceId);
    if (purpose.length < 4 || purpose.length > 200) return refuse(problem('PURPOSE_MISSING', { zh: `须说明用途（4–200 字），收到 ${purpose.length} 字`, en: `say the purpose in 4 to 200 characters; this has ${purpose.length}`, field: 'purpose' }));
    if (invoice.sealedTitle === ERASED_TITLE) return refuse(problem('ERASED', { zh: '该个人的信息已应其请求删除', en: 'the personal data of this person were destroyed, as it asked', field: 'invoiceId' }));
    unit.record({ action: 'invoice:issue', objectType: 'invoice', objectId: invoice.id, reason: purpose, details: { event: 'REVEAL' } });
    return done(invoice);
  });
  return isRefusal(outcome) ? outcome : done({ title: openTitle(scope, outcome.value) });
}
