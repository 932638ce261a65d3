import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { FenScalar, InstantScalar, Node, UserError, connectionTypes, enumOf } from '../../platform/graphql/index.js';
import { FINDING_STATE_WORDS, PAYMENT_FINDING_WORDS, RESOLUTION_WORDS, type PaymentFindingKind, type PaymentFindingResolution, type PaymentFindingState } from '../rules/payment-finding.js';
import { PaymentProviderEnum } from './payment.type.js';
import type { ProviderName } from './provider.js';

const PaymentFindingKindEnum = enumOf('PaymentFindingKind', PAYMENT_FINDING_WORDS, '支付中不符之处的种类。What does not add up.');
const PaymentFindingStateEnum = enumOf('PaymentFindingState', FINDING_STATE_WORDS, '不符之处的处理状态（P11）。Whether a finding was worked off.');
const PaymentFindingResolutionEnum = enumOf('PaymentFindingResolution', RESOLUTION_WORDS, '不符之处如何处理。How a finding was worked off.');

@ObjectType({ implements: Node, description: '支付中的不符之处，未据以入账（G2）。Something about a payment that does not add up, and settled nothing.' })
export class PaymentFinding extends Node {
  @Field(() => PaymentFindingKindEnum, { description: '种类。Kind.' })
  kind!: PaymentFindingKind;

  @Field(() => PaymentProviderEnum, { description: '告知的支付平台。Which provider told it.' })
  provider!: ProviderName;

  @Field(() => String, { description: '平台所告的订单号或退款单号。Order or refund number as the provider told it.' })
  subject!: string;

  @Field(() => ID, { nullable: true, description: '所涉支付；不属于任何支付为空。The payment concerned; null where it is of none.' })
  paymentId!: string | null;

  @Field(() => FenScalar, { nullable: true, description: '平台所告金额（分）；未告知为空。Amount in fen as the provider told it; null where it told none.' })
  toldFen!: number | null;

  @Field(() => Int, { description: '同一不符出现的次数。How often the same was told.' })
  times!: number;

  @Field(() => InstantScalar, { description: '首次记录时间。When it was first recorded.' })
  recordedAt!: number;

  @Field(() => PaymentFindingStateEnum, { description: '处理状态。Whether it was worked off.' })
  state!: PaymentFindingState;

  @Field(() => PaymentFindingResolutionEnum, { nullable: true, description: '如何处理；未处理为空。How it was worked off; null while it was not.' })
  resolution!: PaymentFindingResolution | null;

  @Field(() => InstantScalar, { nullable: true, description: '处理时间；未处理为空。When it was worked off; null while it was not.' })
  resolvedAt!: number | null;

  @Field(() => ID, { nullable: true, description: '退回款项的退款单；没有为空。The refund that gave the money back; null for none.' })
  refundId!: string | null;

  @Field(() => String, { nullable: true, description: '处理说明；未处理，或仅以付款人身份可见时为空。What whoever worked it off wrote; null while nobody did, and for the payer.' })
  note!: string | null;
}

export const PaymentFindingConnection = connectionTypes('PaymentFinding', () => PaymentFinding, { zh: '支付中的不符之处', en: 'findings about payments' });

@InputType({ description: '不符之处的筛选；各条件同时满足，为空不限。Filters of findings; all of them hold, null does not narrow.' })
export class PaymentFindingWhere {
  @Field(() => [PaymentFindingStateEnum], { nullable: true, description: '处理状态。States.' })
  states?: PaymentFindingState[] | null;

  @Field(() => [PaymentFindingKindEnum], { nullable: true, description: '种类。Kinds.' })
  kinds?: PaymentFindingKind[] | null;

  @Field(() => PaymentProviderEnum, { nullable: true, description: '支付平台。The provider that told.' })
  provider?: ProviderName | null;
}

@InputType({ description: '处理一处不符。Works off a finding.' })
export class ResolvePaymentFindingInput {
  @Field(() => ID, { description: '不符之处，pfn_…。The finding.' })
  findingId!: string;

  @Field(() => PaymentFindingResolutionEnum, { description: '如何处理；GIVEN_BACK 只用于已收入本平台账户、尚未入账且可原路退回的款项。How; GIVEN_BACK only of money that came into our account, was not booked and can be returned by its provider.' })
  resolution!: PaymentFindingResolution;

  @Field(() => String, { description: '处理说明，4–500 字，留审计；勿写个人信息。Why, 4 to 500 characters, kept in the audit; nothing personal.' })
  note!: string;

  @Field(() => String, { description: '幂等键，至多 255 字符，保留 72 小时。Idempotency key, at most 255 characters, kept for 72 hours.' })
  idempotencyKey!: string;
}

@ObjectType({ description: 'resolvePaymentFinding 的结果。Result of resolvePaymentFinding.' })
export class ResolvePaymentFindingPayload {
  @Field(() => PaymentFinding, { nullable: true, description: '不符之处；被拒绝时为空。The finding; null where it was refused.' })
  finding!: PaymentFinding | null;

  @Field(() => [UserError], { description: '业务拒绝，一次全部给出。Refusals, all at once.' })
  userErrors!: UserError[];
}
