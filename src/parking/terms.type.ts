import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { FenScalar, InstantScalar, UserError } from '../platform/graphql/index.js';

const PERCENT = '价格的百分比，0–100。Percent of the price, 0 to 100.';
const FIXED = '另加的固定金额，分；0 为无。A fixed part in fen; 0 for none.';

@ObjectType('FeeTerms', { simpleResolvers: true, description: '费用：价格的一定比例加固定金额（C9）。A fee: a share of the price and a fixed part.' })
export class FeeTermsType {
  @Field(() => Int, { description: PERCENT })
  percent!: number;

  @Field(() => FenScalar, { description: FIXED })
  fen!: number;
}

@ObjectType('OverstayTerms', { simpleResolvers: true, description: '超时条款（C9）：超出部分按收费标准乘以百分比，并按小时加收。What staying beyond the end costs.' })
export class OverstayTermsType {
  @Field(() => Int, { description: '宽限分钟，不收费。Minutes beyond the end that cost nothing.' })
  graceMinutes!: number;

  @Field(() => Int, { description: '按收费标准的百分比，如 150。Percent of what the tariff asks for the time beyond, such as 150.' })
  tariffPercent!: number;

  @Field(() => FenScalar, { description: '每满或不满一小时加收的分；0 为无。So many fen an hour begun, on top; 0 for none.' })
  fenPerHour!: number;
}

@ObjectType('BookingTerms', { simpleResolvers: true, description: '预约条款（C9、P12）：按城市或设施设置的数据，预约时约定后不受后来变更影响。Terms of booking: data by city or facility; what was agreed stays with the reservation.' })
export class BookingTermsType {
  @Field(() => Int, { description: '报价有效分钟。How many minutes a quote holds.' })
  quoteMinutes!: number;

  @Field(() => Int, { description: '等待付款时保留泊位的分钟。How many minutes spaces are held for a payment.' })
  holdMinutes!: number;

  @Field(() => Int, { description: '可提前入场的分钟；泊位自开始时刻起才约定，此前前车可能尚未腾出。How many minutes before the start the gate lets in; the space is promised from the start on, and the vehicle before may still be in it until then.' })
  earlyStartMinutes!: number;

  @Field(() => Int, { description: '结束后仍可离场而不计超时的分钟：只是宽限，不占用泊位，下一预约自其开始（及可提前入场时）照常放行。前车在结束时仍未离场而泊位不足的，下一预约人即获告知（reservation.spaceNotVacated）；宽限届满为超时，下一预约改往他处或全额退款（C9）。How many minutes after the end leaving is no overstay. It is tolerance, and no part of what is promised: the next booking is let in as agreed. Where the vehicle is still in at the end and spaces are short, whoever comes next is told at once (reservation.spaceNotVacated); when the grace is over it is an overstay, and the next booking is moved elsewhere or refunded whole.' })
  lateStopMinutes!: number;

  @Field(() => Int, { description: '开始后等候入场的分钟，其后视为未到场；车辆已凭他人的预约在场的除外。How many minutes after the start a vehicle is waited for; not where it is in by another party’s booking.' })
  noShowAfterMinutes!: number;

  @Field(() => Int, { description: '开始前多少分钟以前取消或变更免费。Until how many minutes before the start cancelling and changing cost nothing.' })
  cancelUntilMinutes!: number;

  @Field(() => FeeTermsType, { description: '逾期取消的费用。What cancelling late costs.' })
  cancelFee!: FeeTermsType;

  @Field(() => FeeTermsType, { description: '未到场的费用。What not coming costs.' })
  noShowFee!: FeeTermsType;

  @Field(() => OverstayTermsType, { description: '超时条款。What overstaying costs.' })
  overstay!: OverstayTermsType;

  @Field(() => Int, { description: '一次最短分钟；更短的报价被拒绝（STAY_TOO_SHORT）。The shortest stay, in minutes; a quote for less is refused (STAY_TOO_SHORT).' })
  shortestStayMinutes!: number;

  @Field(() => Int, { description: '一次最长分钟。The longest stay, in minutes.' })
  longestStayMinutes!: number;

  @Field(() => Int, { description: '最多提前几天。At most so many days ahead.' })
  mostDaysAhead!: number;

  @Field(() => Int, { nullable: true, description: '离场后多少分钟内付款；为空则须在保留期限内先付款。Minutes after the stay within which it is paid; null: before it, within the hold.' })
  payAfterMinutes!: number | null;
}

@ObjectType('BookingTermsInForce', { simpleResolvers: true, description: '某设施现行的预约条款及其来源（P12）。The terms in force at a facility, and whose they are.' })
export class BookingTermsInForce {
  @Field(() => BookingTermsType, { description: '条款。The terms.' })
  terms!: BookingTermsType;

  @Field(() => Boolean, { description: '是否为该设施自己的条款；否则为城市或平台默认。Whether they are the facility’s own; otherwise its city’s, or the platform’s default.' })
  isOwn!: boolean;

  @Field(() => String, { nullable: true, description: '依据；平台默认为空。Their legal basis; null for the platform’s default.' })
  legalBasis!: string | null;

  @Field(() => InstantScalar, { nullable: true, description: '自何时起；平台默认为空。Since when; null for the platform’s default.' })
  startsAt!: number | null;

  @Field(() => InstantScalar, { nullable: true, description: '至何时止；为空即无期限。Until when; null without an end.' })
  endsAt!: number | null;
}

@InputType({ description: '费用：价格的一定比例加固定金额。A fee: a share of the price and a fixed part.' })
export class FeeTermsInput {
  @Field(() => Int, { description: PERCENT })
  percent!: number;

  @Field(() => FenScalar, { defaultValue: 0, description: FIXED })
  fen!: number;
}

@InputType({ description: '超时条款。What staying beyond the end costs.' })
export class OverstayTermsInput {
  @Field(() => Int, { description: '宽限分钟。Minutes beyond the end that cost nothing.' })
  graceMinutes!: number;

  @Field(() => Int, { description: '按收费标准的百分比，0–1000。Percent of what the tariff asks, 0 to 1,000.' })
  tariffPercent!: number;

  @Field(() => FenScalar, { defaultValue: 0, description: '每满或不满一小时加收的分。So many fen an hour begun.' })
  fenPerHour!: number;
}

@InputType({ description: '预约条款，整体设置；未给出的取平台默认。Terms of booking, set whole; what is absent is the platform’s default.' })
export class BookingTermsInput {
  @Field(() => Int, { nullable: true, description: '报价有效分钟，1–1440。How many minutes a quote holds.' })
  quoteMinutes?: number | null;

  @Field(() => Int, { nullable: true, description: '等待付款时保留泊位的分钟，1–1440。How many minutes spaces are held for a payment.' })
  holdMinutes?: number | null;

  @Field(() => Int, { nullable: true, description: '可提前入场的分钟，0–240。How many minutes before the start the gate lets in.' })
  earlyStartMinutes?: number | null;

  @Field(() => Int, { nullable: true, description: '结束后仍不计超时的分钟，0–240；宽限不占用泊位，见 BookingTerms.lateStopMinutes。How many minutes after the end leaving is no overstay; no part of what is promised, as BookingTerms.lateStopMinutes says.' })
  lateStopMinutes?: number | null;

  @Field(() => Int, { nullable: true, description: '开始后等候入场的分钟，至少 5。How many minutes after the start a vehicle is waited for, at least 5.' })
  noShowAfterMinutes?: number | null;

  @Field(() => Int, { nullable: true, description: '开始前多少分钟以前取消免费。Until how many minutes before the start cancelling costs nothing.' })
  cancelUntilMinutes?: number | null;

  @Field(() => FeeTermsInput, { nullable: true, description: '逾期取消的费用。What cancelling late costs.' })
  cancelFee?: FeeTermsInput | null;

  @Field(() => FeeTermsInput, { nullable: true, description: '未到场的费用。What not coming costs.' })
  noShowFee?: FeeTermsInput | null;

  @Field(() => OverstayTermsInput, { nullable: true, description: '超时条款。What overstaying costs.' })
  overstay?: OverstayTermsInput | null;

  @Field(() => Int, { nullable: true, description: '一次最短分钟，5–1440，不长于最长分钟。The shortest stay in minutes, 5 to 1,440, and not above the longest.' })
  shortestStayMinutes?: number | null;

  @Field(() => Int, { nullable: true, description: '一次最长分钟，至少 30。The longest stay in minutes, at least 30.' })
  longestStayMinutes?: number | null;

  @Field(() => Int, { nullable: true, description: '最多提前几天，1–366。At most so many days ahead, 1 to 366.' })
  mostDaysAhead?: number | null;

  @Field(() => Int, { nullable: true, description: '离场后多少分钟内付款；为空即先付款。Minutes after the stay within which it is paid; null: before it.' })
  payAfterMinutes?: number | null;
}

@InputType({ description: '设置预约条款（P12）。Sets the terms of booking of a facility, or the default of a city.' })
export class SetBookingTermsInput {
  @Field(() => ID, { nullable: true, description: '停车设施；为空则设置全市默认。The facility; null: the default of the whole city.' })
  facilityId?: string | null;

  @Field(() => String, { nullable: true, description: '城市的六位行政区代码；未给设施时必填。The city’s six-digit code; needed where no facility is given.' })
  city?: string | null;

  @Field(() => BookingTermsInput, { description: '条款。The terms.' })
  terms!: BookingTermsInput;

  @Field(() => String, { description: '依据，1–500 字。Their legal basis, 1 to 500 characters.' })
  legalBasis!: string;

  @Field(() => InstantScalar, { nullable: true, description: '自何时起，不早于现在；为空即现在。Since when, not before now; null: now.' })
  startsAt?: number | null;

  @Field(() => InstantScalar, { nullable: true, description: '至何时止；为空即无期限。Until when; null without an end.' })
  endsAt?: number | null;

  @Field(() => String, { description: '幂等键，至多 255 字符（I17）。Idempotency key, at most 255 characters.' })
  idempotencyKey!: string;
}

@ObjectType({ description: '设置预约条款的结果。What came of setting terms.' })
export class SetBookingTermsPayload {
  @Field(() => BookingTermsInForce, { nullable: true, description: '所设条款；被拒绝，或重试时已在生效前被其他条款取代，则为空。What was set; null where it was refused, or where a retry finds that other terms have taken its place before it began.' })
  bookingTerms!: BookingTermsInForce | null;

  @Field(() => [UserError], { description: '业务拒绝。Refusals.' })
  userErrors!: UserError[];
}
