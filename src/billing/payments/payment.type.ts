import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { FenScalar, InstantScalar, JsonScalar, Node, UserError, enumOf } from '../../platform/graphql/index.js';
import type { PaymentState, RefundState } from '../rules/payment-lifecycle.js';
import type { PaymentWay, ProviderName } from './provider.js';

const STATE_WORDS = {
  STARTING: '已登记，尚未得到支付平台的答复。Written down; the provider has not answered yet.',
  PENDING: '等待付款。Waiting for the payer.',
  PAID: '支付平台已证实收款。Proved by the provider.',
  CLOSED: '已关闭，未付款。Closed without money.',
  FAILED: '支付平台拒绝或付款失败。Refused by the provider, or failed.',
  DISPUTED: '平台所告与应付不符，未入账，待人工核对；其间费用不计逾期，处理后或入账（TAKEN）或退回（GIVEN_BACK）。What the provider tells does not add up: nothing is settled, a person has to look, and the charge does not fall due meanwhile. The answer takes the money (TAKEN) or gives it back (GIVEN_BACK).',
} as const satisfies Record<PaymentState, string>;

const REFUND_STATE_WORDS = {
  OWED: '应退，尚未送出或未得答复。Owed; not sent, or not answered yet.',
  SENT: '支付平台已受理。Taken by the provider.',
  DONE: '已退到付款人。With the payer.',
  ABNORMAL: '退款受阻，待人工处理。Stuck; a person has to see to it.',
  CLOSED: '支付平台已关闭，未退款；待处理人决定再次送出（SENT_AGAIN）。Closed by the provider without money; somebody has to send it again (SENT_AGAIN).',
  SETTLED: '已在支付平台之外退付。Given back outside the provider.',
} as const satisfies Record<RefundState, string>;

const WAY_WORDS = {
  NATIVE: '扫码支付。By scanning a code.',
  JSAPI: '在支付平台的应用内支付。Inside the provider’s own application.',
} as const satisfies Record<PaymentWay, string>;

const PROVIDER_WORDS = {
  local: '模拟支付，不动真钱。Play money.',
  wechat: '微信支付。WeChat Pay.',
} as const satisfies Record<ProviderName, string>;

const PaymentStateEnum = enumOf('PaymentState', STATE_WORDS, '支付的状态（P11）。Where a payment stands.');
const RefundStateEnum = enumOf('RefundState', REFUND_STATE_WORDS, '退款的状态（P11）。Where a refund stands.');
const PaymentWayEnum = enumOf('PaymentWay', WAY_WORDS, '支付方式。How a payer pays.');
export const PaymentProviderEnum = enumOf('PaymentProvider', PROVIDER_WORDS, '支付平台。Who moves the money.');

@ObjectType({ description: '付款人的设备所需的内容。What the payer’s device needs.' })
export class PayInstructionsType {
  @Field(() => String, { nullable: true, description: '二维码内容（NATIVE）；JSAPI 为空。Text of the code to scan; null of JSAPI.' })
  codeUrl!: string | null;

  @Field(() => JsonScalar, { nullable: true, description: '调起支付的参数（JSAPI）；NATIVE 为空。Parameters of the call that opens the wallet; null of NATIVE.' })
  parameters!: Readonly<Record<string, string>> | null;
}

@ObjectType({ description: '一笔退款：应退之款如何退到付款人（3.5-6）。How a refund that is owed gets to the payer.' })
export class Refund {
  @Field(() => ID, { description: '退款标识，rfd_…。Its id.' })
  id!: string;

  @Field(() => String, { description: '当前退款单号，支付平台以此识别：首次送出即标识本身，再次送出为 rfd_…-2、rfd_…-3。The number by which the provider knows it now: its id at first, rfd_…-2, rfd_…-3 where it was sent again.' })
  refundNumber!: string;

  @Field(() => Int, { description: '第几次送出，自 1 起；被平台关闭后由处理人再次送出则加 1。Which sending it is, from 1; one more each time somebody sends it again after its provider closed it.' })
  attempt!: number;

  @Field(() => FenScalar, { description: '金额（分）。Amount in fen.' })
  amountFen!: number;

  @Field(() => RefundStateEnum, { description: '状态。State.' })
  state!: RefundState;

  @Field(() => String, { description: '原因。Why.' })
  reason!: string;

  @Field(() => Int, { description: '本次送出以来的尝试次数。Turns that this sending has had.' })
  attemptCount!: number;

  @Field(() => String, { nullable: true, description: '上次未成的代码；没有为空。Code of what kept it back last; null for nothing.' })
  failure!: string | null;

  @Field(() => InstantScalar, { description: '应退时间。When it came to be owed.' })
  createdAt!: number;

  @Field(() => InstantScalar, { nullable: true, description: '到账时间；未到账为空。When it reached the payer; null before.' })
  endedAt!: number | null;
}

@ObjectType({ implements: Node, description: '对一笔费用的支付（3.2-8、3.5-6）。One payment of a charge.' })
export class Payment extends Node {
  /** What the payer's device needs; shown while it can be used. */
  instructions!: PayInstructionsType | null;
  chargeId!: string;

  @Field(() => String, { description: '订单号，支付平台以此识别：即标识本身；同一订单再次付款而另记的一笔，为原支付的标识。The number by which the provider knows its order: its id, or, of a further transaction of an order, the id of the payment that the order was begun for.' })
  orderNumber!: string;

  @Field(() => PaymentProviderEnum, { description: '支付平台。Provider.' })
  provider!: ProviderName;

  @Field(() => PaymentWayEnum, { description: '支付方式。Way.' })
  way!: PaymentWay;

  @Field(() => FenScalar, { description: '金额（分），人民币。Amount in fen, in yuan.' })
  amountFen!: number;

  @Field(() => PaymentStateEnum, { description: '状态。State.' })
  state!: PaymentState;

  @Field(() => InstantScalar, { description: '付款截止时间。Until when it can be paid.' })
  expiresAt!: number;

  @Field(() => InstantScalar, { nullable: true, description: '付款时间；未付为空。When it was paid; null before.' })
  paidAt!: number | null;

  @Field(() => FenScalar, { description: '其中应退、在途与已退的合计（分），0 为无。Of it owed back, on its way or given back, in fen; 0 for nothing.' })
  refundedFen!: number;

  @Field(() => String, { nullable: true, description: '支付平台拒绝的代码；没有为空。Code of a refusal; null for none.' })
  failure!: string | null;
}

const KEY = '幂等键，至多 255 字符，保留 72 小时。Idempotency key, at most 255 characters, kept for 72 hours.';

@InputType({ description: '支付一笔费用。Pays a charge.' })
export class PayChargeInput {
  @Field(() => ID, { description: '费用，chg_…。The charge.' })
  chargeId!: string;

  @Field(() => PaymentProviderEnum, { nullable: true, description: '支付平台；为空用本处开通的。Provider; null takes the one that is offered here.' })
  provider?: ProviderName | null;

  @Field(() => PaymentWayEnum, { description: '支付方式。Way.' })
  way!: PaymentWay;

  @Field(() => String, { nullable: true, description: '付款人在支付平台的 openid；仅 JSAPI 需要，不保存。The payer’s openid; JSAPI alone needs it, and it is not kept.' })
  payerOpenId?: string | null;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@InputType({ description: '关闭一笔未付的支付。Closes a payment that was not made.' })
export class ClosePaymentInput {
  @Field(() => ID, { description: '支付，pay_…。The payment.' })
  paymentId!: string;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@ObjectType({ description: 'payCharge 的结果。Result of payCharge.' })
export class PayChargePayload {
  @Field(() => Payment, { nullable: true, description: '支付；被拒绝时为空。The payment; null where it was refused.' })
  payment!: Payment | null;

  @Field(() => PayInstructionsType, { nullable: true, description: '付款人所需的内容；不再等待付款时为空。What the payer needs; null once nobody waits for the payer.' })
  instructions!: PayInstructionsType | null;

  @Field(() => [UserError], { description: '业务拒绝。Refusals.' })
  userErrors!: UserError[];
}

@ObjectType({ description: 'closePayment 的结果。Result of closePayment.' })
export class ClosePaymentPayload {
  @Field(() => Payment, { nullable: true, description: '支付；被拒绝时为空。The payment; null where it was refused.' })
  payment!: Payment | null;

  @Field(() => [UserError], { description: '业务拒绝。Refusals.' })
  userErrors!: UserError[];
}
