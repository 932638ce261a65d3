import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { FenScalar, InstantScalar, Node, connectionTypes, enumOf } from '../platform/graphql/index.js';
import { IntervalInput } from '../sharing/index.js';
import { CHARGE_PURPOSE_WORDS, CHARGE_STATE_WORDS, type ChargePurpose, type ChargeState } from './rules/charge.js';
import type { InvoiceState } from './rules/invoice.js';
import { REVENUE_KIND_WORDS, type RevenueKind } from './rules/split-revenue.js';
import { InvoiceStateEnum } from './invoice.type.js';

export const ChargeStateEnum = enumOf('ChargeState', CHARGE_STATE_WORDS, '费用状态（P11）。State of a charge.');
export const ChargePurposeEnum = enumOf('ChargePurpose', CHARGE_PURPOSE_WORDS, '费用用途。What a charge is for.');
export const RevenueKindEnum = enumOf('RevenueKind', REVENUE_KIND_WORDS, '收入去向（3.5-4 至 3.5-6）。Where the money goes.');

@ObjectType('ChargeCause', { simpleResolvers: true, description: '费用起因。What a charge arose from.' })
export class ChargeCauseType {
  @Field(() => String, { description: '种类，如 RESERVATION。Kind, such as RESERVATION.' })
  kind!: string;

  @Field(() => ID, { description: '标识，可用 node(id) 取回。Id, for node(id).' })
  id!: string;
}

@ObjectType('ChargeLine', { simpleResolvers: true, description: '费用明细：开立时的样子，减免、作废与退款都不改行。A line of a charge, as it was opened: lessening, voiding and refunding it change no line.' })
export class ChargeLineType {
  @Field(() => String, { description: '说明，按请求语言。What it is for, in the language of the request.' })
  description!: string;

  @Field(() => FenScalar, { description: '金额（分）；封顶、减免为负。Amount in fen; a cap or a discount is below 0.' })
  amountFen!: number;

  @Field(() => InstantScalar, { nullable: true, description: '计费开始；停车费按整分计，入场的秒进到下一整分；不按时段计为空。Start of what it prices: a stay is priced by whole minutes, and seconds at its start go up to the next one; null where it is no stretch of time.' })
  startsAt!: number | null;

  @Field(() => InstantScalar, { nullable: true, description: '计费结束，不含；离场的秒舍去，满一分钟才计；不按时段计为空。Its end, excluded: seconds at the end of a stay are dropped, for a minute is charged once it is whole; null where it is no stretch of time.' })
  endsAt!: number | null;

  @Field(() => Boolean, { description: '是否已随费用作废；作废的行不再应付，作废后到账的款项全额退还。Whether it is void with its charge: nothing of it is owed any more, and what came in nevertheless is given back whole.' })
  isVoid!: boolean;
}

@ObjectType('ChargeRefund', { simpleResolvers: true, description: '一笔退款。One refund of a charge.' })
export class ChargeRefundType {
  @Field(() => ID, { description: '退款标识。Its id.' })
  id!: string;

  @Field(() => FenScalar, { description: '金额（分）。Amount in fen.' })
  amountFen!: number;

  @Field(() => String, { description: '原因。Why.' })
  reason!: string;

  @Field(() => InstantScalar, { description: '应退时刻。Since when it is owed.' })
  owedAt!: number;

  @Field(() => InstantScalar, { nullable: true, description: '退回时刻，由支付平台或在他处退付；尚未退回为空。When it was given back, by the provider or elsewhere; null while it was not.' })
  sentAt!: number | null;
}

@ObjectType({ implements: Node, description: '费用：某人因停车等应付的一笔款项；只减不增。A sum that somebody owes or owed; it is only ever lessened.' })
export class Charge extends Node {
  facilityId!: string;
  payerId!: string | null;

  @Field(() => ChargeStateEnum, { description: '状态。State.' })
  state!: ChargeState;

  @Field(() => ChargePurposeEnum, { description: '用途。What it is for.' })
  purpose!: ChargePurpose;

  @Field(() => ChargeCauseType, { description: '起因。What it arose from.' })
  cause!: ChargeCauseType;

  @Field(() => RevenueKindEnum, { description: '收入去向，开立时即定（3.5-4 至 3.5-6）。Where its money goes, fixed when it was opened.' })
  revenueKind!: RevenueKind;

  @Field(() => FenScalar, { description: '开立时的金额（分），即各行之和；与应付之差为减免。What it was opened with, in fen, which is the sum of its lines; what of it is not owed was taken off.' })
  openedFen!: number;

  @Field(() => FenScalar, { description: '应付（分）；减免后的数额，作废为 0。What is or was owed, in fen; 0 where it is void.' })
  amountFen!: number;

  @Field(() => FenScalar, { description: '已收（分）：为此费用收到的全部款项，含作废、减免或付清后才到而退回的；未收为 0。All that came in for it, in fen, with what came when it was void, lessened or paid already and goes back; 0 where nothing did.' })
  paidFen!: number;

  @Field(() => FenScalar, { description: '已退或待退（分），即 chargeRefunds 之和；paidFen 减此数即收款方所得，作废的为 0。What was given back or is owed back, in fen, which is the sum of chargeRefunds; paidFen less this is what is kept, and 0 of a void charge.' })
  refundedFen!: number;

  @Field(() => InstantScalar, { description: '开立时刻。When it was opened.' })
  openedAt!: number;

  @Field(() => InstantScalar, { description: '付款期限；过后为逾期未付。When it is due; unpaid after it.' })
  dueAt!: number;

  @Field(() => InstantScalar, { nullable: true, description: '付清时刻；未付或款到时已作废为空。When it was paid; null where it was not, or was void when money came.' })
  paidAt!: number | null;
}

export const ChargeConnection = connectionTypes('Charge', () => Charge, { zh: '费用', en: 'charges' });

@InputType({ description: '费用的筛选；各项同时满足，为空不限，空列表不匹配任何费用。Filter of charges; all of it holds, null does not filter, and an empty list matches none.' })
export class ChargeWhere {
  @Field(() => ID, { nullable: true, description: '停车设施。The facility.' })
  facilityId?: string | null;

  @Field(() => ID, { nullable: true, description: '付款主体。Who owes it.' })
  payerId?: string | null;

  @Field(() => [ChargeStateEnum], { nullable: true, description: '状态。States.' })
  states?: ChargeState[] | null;

  @Field(() => [ChargePurposeEnum], { nullable: true, description: '用途。Purposes.' })
  purposes?: ChargePurpose[] | null;

  @Field(() => [RevenueKindEnum], { nullable: true, description: '收入去向（3.5-4 至 3.5-6）。Where the money goes.' })
  revenueKinds?: RevenueKind[] | null;

  @Field(() => IntervalInput, { nullable: true, description: '开立于此时段。Opened within this interval.' })
  opened?: IntervalInput | null;

  @Field(() => [InvoiceStateEnum], { nullable: true, description: '收据最近一次发票申请的状态：开票方以 REQUESTED、TO_REVERSE 得到待办。States of the newest invoice of its receipt: REQUESTED and TO_REVERSE are what its issuer has to do.' })
  invoiceStates?: InvoiceState[] | null;

  @Field(() => ID, { nullable: true, description: '起因的标识。Id of what it arose from.' })
  causeId?: string | null;
}
