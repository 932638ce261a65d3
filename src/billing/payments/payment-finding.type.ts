import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { FenScalar, InstantScalar, Node, UserError, connectionTypes, enumOf } from '../../platform/graphql/index.js';
import { FINDING_STATE_WORDS, PAYMENT_FINDING_WORDS, RESOLUTION_WORDS, SETTLEMENT_SOURCE_WORDS, type PaymentFindingKind, type PaymentFindingResolution, type PaymentFindingState, type SettlementSource } from '../rules/payment-finding.js';
import { PaymentProviderEnum } from './payment.type.js';
import type { ProviderName } from './provider.js';

const PaymentFindingKindEnum = enumOf('PaymentFindingKind', PAYMENT_FINDING_WORDS, '支付中不符之处的种类。What does not add up.');
const PaymentFindingStateEnum = enumOf('PaymentFindingState', FINDING_STATE_WORDS, '不符之处的处理状态（P11）。Whether a finding was worked off.');
const PaymentFindingResolutionEnum = enumOf('PaymentFindingResolution', RESOLUTION_WORDS, '不符之处如何处理。How a finding was worked off.');

const SettlementSourceEnum = enumOf('SettlementSource', SETTLEMENT_SOURCE_WORDS, '在本系统之外了结所用的资金。Whose money settled something outside this system.');

@ObjectType('SettledBy', { simpleResolvers: true, description: '在本系统之外了结所用的资金：退付由谁支付，或多付之款退回何处。Whose money settled a refund outside this system, or where what was paid twice came back to.' })
export class SettledByType {
  @Field(() => SettlementSourceEnum, { description: '资金来源。Whose money.' })
  source!: SettlementSource;

  @Field(() => ID, { nullable: true, description: '垫付或代收的主体；非 PARTY 为空。The party; null of any other source.' })
  partyId!: string | null;
}

@InputType('SettledByInput', { description: '在本系统之外了结所用的资金。Whose money settled it outside this system.' })
export class SettledByInput {
  @Field(() => SettlementSourceEnum, { description: '资金来源：PROVIDER 须有不限主体与辖区的权限，TREASURY 须有辖区的权限。Whose money: PROVIDER needs a right that nothing narrows, TREASURY one of the place.' })
  source!: SettlementSource;

  @Field(() => ID, { nullable: true, description: '垫付或代收的主体，PARTY 时必填，其他为空；须为该设施的所有人、管理人或运营企业，不限主体与辖区的权限可写其他主体。The party, of PARTY alone: owner, manager or operator of the facility, or any where nothing narrows the caller’s right; null of any other source.' })
  partyId?: string | null;
}

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

  @Field(() => ID, { nullable: true, description: '退回款项的、再次送出的或在此了结的退款；没有为空。The refund that gave the money back, was sent again, or is settled by this answer; null for none.' })
  refundId!: string | null;

  @Field(() => String, { nullable: true, description: '处理说明；未处理，或仅以付款人身份可见时为空。What whoever worked it off wrote; null while nobody did, and for the payer.' })
  note!: string | null;

  @Field(() => SettledByType, { nullable: true, description: '在本系统之外了结所用的资金；账簿中没有可了结的，或仅以付款人身份可见时为空。Whose money settled it outside this system; null where the ledger had nothing to settle, and for the payer.' })
  settledBy!: SettledByType | null;
}

export const PaymentFindingConnection = connectionTypes('PaymentFinding', () => PaymentFinding, { zh: '支付中的不符之处', en: 'findings about payments' });

@InputType({ description: '不符之处的筛选；各项同时满足，为空不限，空列表不匹配任何一处。Filter of findings; all of it holds, null does not filter, and an empty list matches none.' })
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

  @Field(() => PaymentFindingResolutionEnum, { description: '如何处理；GIVEN_BACK 只用于已收入本平台账户、尚未入账且可原路退回的款项，同一订单又付的一笔亦然（另记为一笔支付）；TAKEN 亦然，且其费用仍须应付；SENT_AGAIN 只用于平台已关闭、尚未退付的退款；WRITTEN_OFF 只用于付出两次的退款，由平台填写；后两种情形不能答 NOTHING_TO_DO。How; GIVEN_BACK only of money that came into our account, was not booked and can be returned by its provider, as a further transaction of one order, which is then a payment of its own; TAKEN of the same, where its charge is still owed; SENT_AGAIN only of a refund that its provider closed and nobody paid; WRITTEN_OFF only of one that was paid twice, by the platform. Neither of these two can be answered NOTHING_TO_DO.' })
  resolution!: PaymentFindingResolution;

  @Field(() => SettledByInput, { nullable: true, description: '由谁的资金退付，或多付之款退回何处：退款受阻、被关闭或付出两次而答 SETTLED_ELSEWHERE 时必填，其他为空。Whose money gave it back, or where what was paid twice came back: needed where SETTLED_ELSEWHERE answers a refund that is stuck, closed or paid twice; null for anything else.' })
  settledBy?: SettledByInput | null;

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
