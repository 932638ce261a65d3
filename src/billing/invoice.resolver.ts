import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { isRefusal, type Outcome } from '../kernel/index.js';
import { Allow } from '../identity/index.js';
import type { RequestScope } from '../platform/index.js';
import { userErrorsOf } from '../platform/graphql/index.js';
import { issueInvoice, refuseInvoice, revealInvoiceTitle, reverseInvoice } from './answer-invoice.js';
import { CHARGE_BY_ID } from './charge.loaders.js';
import { Charge } from './charge.type.js';
import { INVOICE_OF_RECEIPT, RECEIPT_BY_ID } from './invoice.loaders.js';
import { CloseInvoiceInput, Invoice, InvoicePayload, IssueInvoiceInput, Receipt, RequestInvoiceInput, RevealInvoiceTitleInput, RevealInvoiceTitlePayload } from './invoice.type.js';
import { requestInvoice } from './request-invoice.js';

@Resolver(() => Receipt)
export class ReceiptResolver {
  @Allow('charge:read')
  @Query(() => Receipt, { nullable: true, description: '按标识取收据；不存在或不可见为空。A receipt by its id; null where there is none that the caller may see.' })
  receipt(@Arg('id', () => ID, { description: '收据标识。Its id.' }) id: string, @Ctx() scope: RequestScope): Promise<Receipt | null> {
    return scope.load(RECEIPT_BY_ID, id);
  }

  @FieldResolver(() => Charge, { nullable: true, description: '所付的费用；不可见为空。The charge that it is of; null where the caller may not see it.' })
  charge(@Root() receipt: Receipt, @Ctx() scope: RequestScope): Promise<Charge | null> {
    return scope.load(CHARGE_BY_ID, receipt.chargeId);
  }

  @FieldResolver(() => Invoice, { nullable: true, description: '最近一次发票申请；未申请为空。The newest request for an invoice; null where none was made.' })
  invoice(@Root() receipt: Receipt, @Ctx() scope: RequestScope): Promise<Invoice | null> {
    return scope.load(INVOICE_OF_RECEIPT, receipt.id);
  }

  @Allow('invoice:request')
  @Mutation(() => InvoicePayload, { description: '申请发票：抬头与税号经校验，加密保存（P10）。Asks for an invoice; title and tax code are checked and sealed.' })
  async requestInvoice(@Arg('input', () => RequestInvoiceInput, { description: '哪张收据、抬头。Which receipt, to whom.' }) input: RequestInvoiceInput, @Ctx() scope: RequestScope): Promise<InvoicePayload> {
    return told(scope, await requestInvoice(scope, input));
  }

  @Allow('invoice:issue')
  @Mutation(() => InvoicePayload, { description: '登记已开具的发票。Records that an invoice was issued.' })
  async issueInvoice(@Arg('input', () => IssueInvoiceInput, { description: '哪一申请、号码。Which request, which number.' }) input: IssueInvoiceInput, @Ctx() scope: RequestScope): Promise<InvoicePayload> {
    return told(scope, await issueInvoice(scope, input));
  }

  @Allow('invoice:issue')
  @Mutation(() => InvoicePayload, { description: '不予开具发票。Refuses an invoice.' })
  async refuseInvoice(@Arg('input', () => CloseInvoiceInput, { description: '哪一申请、为何。Which request, and why.' }) input: CloseInvoiceInput, @Ctx() scope: RequestScope): Promise<InvoicePayload> {
    return told(scope, await refuseInvoice(scope, input));
  }

  @Allow('invoice:issue')
  @Mutation(() => InvoicePayload, { description: '登记退款后发票已冲红。Records that an invoice was reversed after a refund.' })
  async reverseInvoice(@Arg('input', () => CloseInvoiceInput, { description: '哪一申请、为何。Which request, and why.' }) input: CloseInvoiceInput, @Ctx() scope: RequestScope): Promise<InvoicePayload> {
    return told(scope, await reverseInvoice(scope, input));
  }

  @Allow('invoice:issue')
  @Mutation(() => RevealInvoiceTitlePayload, { description: '为开票明文查看抬头；留审计（P10）。Reads a title in clear in order to issue the invoice; audited.' })
  async revealInvoiceTitle(@Arg('input', () => RevealInvoiceTitleInput, { description: '哪一申请、用途。Which request, what for.' }) input: RevealInvoiceTitleInput, @Ctx() scope: RequestScope): Promise<RevealInvoiceTitlePayload> {
    const outcome = await revealInvoiceTitle(scope, input);
    return isRefusal(outcome) ? { title: null, userErrors: userErrorsOf(outcome, scope) } : { title: outcome.value.title, userErrors: [] };
  }
}

async function told(scope: RequestScope, outcome: Outcome<{ readonly receiptId: string }>): Promise<InvoicePayload> {
  if (isRefusal(outcome)) return { invoice: null, userErrors: userErrorsOf(outcome, scope) };
  const [invoice] = await INVOICE_OF_RECEIPT.batch(scope, [outcome.value.receiptId]);
  if (invoice instanceof Error) throw invoice;
  return { invoice: invoice ?? null, userErrors: [] };
}
