import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { FenScalar, InstantScalar, Node, UserError, enumOf } from '../platform/graphql/index.js';
import { INVOICE_STATE_WORDS, TITLE_KIND_WORDS, type InvoiceState, type TitleKind } from './rules/invoice.js';

const KEY = '幂等键，至多 255 字符，保留 72 小时。Idempotency key, at most 255 characters, kept for 72 hours.';

export const InvoiceStateEnum = enumOf('InvoiceState', INVOICE_STATE_WORDS, '发票状态（P11）。State of an invoice.');
export const TitleKindEnum = enumOf('InvoiceTitleKind', TITLE_KIND_WORDS, '发票抬头种类。Kind of the title of an invoice.');

@ObjectType({ description: '发票申请及其结果。A request for an invoice, and what came of it.' })
export class Invoice {
  @Field(() => ID, { description: '标识。Its id.' })
  id!: string;

  @Field(() => InvoiceStateEnum, { description: '状态。State.' })
  state!: InvoiceState;

  @Field(() => TitleKindEnum, { description: '抬头种类。Kind of title.' })
  titleKind!: TitleKind;

  @Field(() => String, { description: '抬头；个人抬头已脱敏（P10）。The title; a person’s is masked.' })
  title!: string;

  @Field(() => String, { nullable: true, description: '税号；个人抬头为空。Tax code; null for a person.' })
  taxCode!: string | null;

  @Field(() => FenScalar, { description: '开票金额（分）。Amount in fen.' })
  amountFen!: number;

  @Field(() => String, { nullable: true, description: '发票号码；未开具为空。Number of the invoice; null until it is issued.' })
  invoiceNumber!: string | null;

  @Field(() => String, { nullable: true, description: '未开具或待冲红的原因；没有为空。Why it was not issued, or is to be reversed; null otherwise.' })
  reason!: string | null;

  @Field(() => InstantScalar, { description: '申请时刻。When it was asked for.' })
  requestedAt!: number;
}

@ObjectType({ implements: Node, description: '收据：一笔费用的付款凭据。Receipt: that a charge was paid.' })
export class Receipt extends Node {
  chargeId!: string;

  @Field(() => FenScalar, { description: '金额（分）。Amount in fen.' })
  amountFen!: number;

  @Field(() => String, { description: '支付机构。Payment provider.' })
  provider!: string;

  @Field(() => InstantScalar, { description: '出具时刻。When it was issued.' })
  issuedAt!: number;
}

@InputType({ description: '申请发票。Asks for an invoice.' })
export class RequestInvoiceInput {
  @Field(() => ID, { description: '收据。The receipt.' })
  receiptId!: string;

  @Field(() => TitleKindEnum, { description: '抬头种类。Kind of title.' })
  titleKind!: TitleKind;

  @Field(() => String, { description: '抬头，1–100 字。Title, 1 to 100 characters.' })
  title!: string;

  @Field(() => String, { nullable: true, description: '税号（统一社会信用代码，GB 32100）；个人不填。Tax code; null for a person.' })
  taxCode?: string | null;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@InputType({ description: '登记已开具的发票。Records that an invoice was issued.' })
export class IssueInvoiceInput {
  @Field(() => ID, { description: '发票申请。The request.' })
  invoiceId!: string;

  @Field(() => String, { description: '发票号码，1–40 个字符。Number of the invoice, 1 to 40 characters.' })
  invoiceNumber!: string;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@InputType({ description: '不予开具，或登记已冲红。Refuses an invoice, or records that it was reversed.' })
export class CloseInvoiceInput {
  @Field(() => ID, { description: '发票申请。The request.' })
  invoiceId!: string;

  @Field(() => String, { description: '原因，1–500 字。Why, 1 to 500 characters.' })
  reason!: string;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@InputType({ description: '为开票明文查看个人抬头；留审计（P10）。Reads a person’s title in clear, for a stated purpose; audited.' })
export class RevealInvoiceTitleInput {
  @Field(() => ID, { description: '发票申请。The request.' })
  invoiceId!: string;

  @Field(() => String, { description: '用途，4–200 字。Purpose, 4 to 200 characters.' })
  purpose!: string;
}

@ObjectType({ description: '发票申请变更的结果。What came of a change of an invoice.' })
export class InvoicePayload {
  @Field(() => Invoice, { nullable: true, description: '发票；被拒绝为空。The invoice; null where it was refused.' })
  invoice!: Invoice | null;

  @Field(() => [UserError], { description: '拒绝理由；为空即成功。The refusals; empty on success.' })
  userErrors!: readonly UserError[];
}

@ObjectType({ description: '明文抬头。A title in clear.' })
export class RevealInvoiceTitlePayload {
  @Field(() => String, { nullable: true, description: '抬头；被拒绝为空。The title; null where it was refused.' })
  title!: string | null;

  @Field(() => [UserError], { description: '拒绝理由；为空即成功。The refusals; empty on success.' })
  userErrors!: readonly UserError[];
}
