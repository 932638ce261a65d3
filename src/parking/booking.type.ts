import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { PlateColour } from '../kernel/index.js';
import type { LineRule } from '../billing/index.js';
import { SpaceClassEnum, type SpaceClass } from '../facilities/index.js';
import { FenScalar, InstantScalar, UserError, enumOf } from '../platform/graphql/index.js';
import { IntervalInput, IntervalType } from '../sharing/index.js';
import type { DemandClass } from './reservation.sql.js';
import { AdmittedAudienceEnum } from './gate/gate-enums.type.js';
import type { AdmittedAudience } from './rules/admitted-as.js';
import type { BookedFor } from './judge-stays.js';
import { MOST_OPEN } from './rules/open-bookings.js';
import { DemandClassEnum, PlateColourEnum, Reservation } from './reservation.type.js';
import { BookingTermsType } from './terms.type.js';

const KEY = '幂等键，至多 255 字符（I17）。Idempotency key, at most 255 characters.';
const ERRORS = '业务拒绝，一次全部给出。Refusals, all at once.';
/** What a party may have open, for every description that says so. */
export const BOUND = {
  zh: `个人同时至多 ${MOST_OPEN.person} 个未结束的预约，其他主体 ${MOST_OPEN.others} 个，连续预约算一个`,
  en: `a person has ${MOST_OPEN.person} bookings open at most, another party ${MOST_OPEN.others}, and a series counts as one`,
} as const;
const PARTY = '为哪一主体预约；为空即调用方唯一的主体。Whose booking it is; null: the caller’s one party.';
const VERSION = '所见版本；为空不核对（I18）。The version that the caller saw; null: whichever stands.';

const LINE_WORDS: Readonly<Record<LineRule, string>> = {
  FREE: '免费。Free.',
  PER_HOUR: '按小时。By the hour.',
  PER_BLOCK: '按时段。By blocks.',
  LADDER: '阶梯。By steps.',
  PER_ENTRY: '按次。By entry.',
  FLAT_AFTER_CLOSING: '闭店后非定时价格（2.4-3）。Flat after closing.',
  FREE_MINUTES: '免费时长。Free minutes.',
  UNCHARGED_HOURS: '不收费时段。Hours without a charge.',
  NO_TARIFF: '无收费标准，免费。No tariff: free.',
};

const QuoteLineRuleEnum = enumOf('QuoteLineRule', LINE_WORDS, '一行价格的依据（2.4-3）。By which rule a line is priced.');

@ObjectType({ simpleResolvers: true, description: '报价的一行：一段时间按一条规则；各行之和即价格（I7）。One line of a price; the price is their sum.' })
export class QuoteLine {
  @Field(() => InstantScalar, { description: '开始，首行为所求起点后的第一个整分。Start; of the first line the first whole minute of what was asked for.' })
  startsAt!: number;

  @Field(() => InstantScalar, { description: '结束，不含；末行为所求终点前的最后一个整分。End, excluded; of the last line the last whole minute of what was asked for.' })
  endsAt!: number;

  @Field(() => QuoteLineRuleEnum, { description: '规则。The rule.' })
  rule!: LineRule;

  @Field(() => String, { nullable: true, description: '收费时段名称；没有为空。The band’s name; null where no band speaks.' })
  band!: string | null;

  @Field(() => FenScalar, { description: '金额，分，含全部泊位。The amount in fen, for all spaces.' })
  amountFen!: number;

  @Field(() => String, { nullable: true, description: '减去部分的封顶；没有为空。The cap that took a part away; null where none did.' })
  cappedBy!: string | null;
}

@ObjectType({ simpleResolvers: true, description: '停车报价（I9）：有编号、有效期与明细，按报价预约。A quote for a stay: an id, an expiry and its lines; booking goes by it.' })
export class StayQuote {
  facilityId!: string;

  @Field(() => ID, { description: '报价编号。Its id.' })
  id!: string;

  @Field(() => SpaceClassEnum, { description: '泊位类型。The class of the spaces.' })
  spaceClass!: SpaceClass;

  @Field(() => ID, { nullable: true, description: '指定的编号泊位；未指定为空。The numbered space; null for any.' })
  spaceId!: string | null;

  @Field(() => Int, { description: '泊位数。How many spaces.' })
  spaces!: number;

  @Field(() => IntervalType, { description: '时段，如所求，含秒；计价按其中的整分，见 amountFen。The interval as it was asked for, with its seconds; what is priced are the whole minutes in it: see amountFen.' })
  during!: IntervalType;

  @Field(() => FenScalar, { description: '价格，分；0 为免费。按整分计：起点的秒进到下一整分，终点的秒舍去，满一分钟才计；如 10:00:30–10:59:59 按 10:01–10:59 的 58 分钟计。按段、阶梯计的，已开始的一段一档计全。The price in fen; 0 is free. Whole minutes are priced: seconds at the start go up to the next minute, seconds at the end are dropped, so that 10:00:30 to 10:59:59 costs what the 58 minutes from 10:01 to 10:59 cost. A block or a step that has begun counts whole.' })
  amountFen!: number;

  @Field(() => [QuoteLine], { description: '明细。Its lines.' })
  lines!: readonly QuoteLine[];

  @Field(() => Boolean, { description: '日历尚未公布的日期，可能变化（P4）。Whether it rests on dates whose calendar is not published yet.' })
  isProvisional!: boolean;

  @Field(() => Boolean, { description: '预约后是否须在保留期限内付款；否则即时成立。Whether a booking is held until it is paid; otherwise it is confirmed at once.' })
  isHeldUntilPaid!: boolean;

  @Field(() => BookingTermsType, { description: '约定的条款。The terms that are agreed with it.' })
  terms!: BookingTermsType;

  @Field(() => [AdmittedAudienceEnum], { description: '按哪些供给对象核定（2.5-5、3.2-4）；非空时只可用报价时给出的号牌预约（QUOTE_OF_OTHER_PLATES），登记终止的车辆被拒绝（VEHICLE_NOT_ADMITTED）；空即面向任何人。As which audiences it was judged; where there are any, it is booked with the plates that were given for it alone, each still admitted; empty: for anybody.' })
  audiences!: readonly AdmittedAudience[];

  @Field(() => ID, { nullable: true, description: '用于变更的预约；新预约为空。The reservation that it would change; null for a new one.' })
  changesReservationId!: string | null;

  @Field(() => FenScalar, { nullable: true, description: '现在变更另计的费用，分：逾期放弃已约定的，与逾期取消同费；0 为不收，泊位已被收回或已改址的不收（P9）；新预约为空。与价格分列，变更时不会多收（CHANGE_COSTS_MORE）。What this change would cost besides if it were made now, in fen: giving up late what was promised costs what cancelling late costs; 0 for none, as where its spaces were taken back or it was moved; null for a new stay. It is not in the price, and no change costs more than was quoted.' })
  changeFeeFen!: number | null;

  @Field(() => FenScalar, { nullable: true, description: '价格中由收回泊位的供给方承担的部分，分（P9）：预约曾改到该处，差额不由停车人承担；0 为没有；新预约为空。停车人应付为价格减去它，再加变更费。What of the price the supplier bears that had the reservation moved there, in fen: the driver owes the price less this, and the fee; 0 for nothing; null for a new stay.' })
  supplierFen!: number | null;

  @Field(() => InstantScalar, { description: '有效至。Until when it holds.' })
  expiresAt!: number;
}

@ObjectType({ simpleResolvers: true, description: '同一时段可预约的另一处（2.1-3）：步行可达，已按同一决策核定并计价。Another facility that can be booked for the same interval, within a walk.' })
export class StayAlternative {
  facilityId!: string;

  @Field(() => Int, { description: '直线距离，米。Straight distance in metres.' })
  distanceMetres!: number;

  @Field(() => Int, { description: '估计步行距离，米。Walking distance in metres, estimated.' })
  walkingMetres!: number;

  @Field(() => FenScalar, { description: '价格，分；0 为免费。The price in fen; 0 is free.' })
  amountFen!: number;
}

@ObjectType({ implements: UserError, description: '泊位不足（P1）：余量、最早冲突与可预约的替代。Too few spaces: how many are left, where they first run out, and what can be booked instead.' })
export class NotEnoughSpaces extends UserError {
  /** The stay that was refused: what alternatives are looked for. */
  stay!: { readonly facilityId: string; readonly startsAt: number; readonly endsAt: number; readonly spaceClass: SpaceClass; readonly spaces: number; readonly bookedFor?: BookedFor | null } | null;

  @Field(() => Int, { description: '时段内最少的余量。The least that is left over the interval.' })
  freeSpaces!: number;

  @Field(() => InstantScalar, { nullable: true, description: '最早不足的时刻；为空即整段不足或未知。The first instant at which they are too few; null where it is not known.' })
  firstConflict!: number | null;
}

@ObjectType({ implements: UserError, description: '本主体已有该车辆的预约：同一时间只停一处（VEHICLE_BOOKED）；同一处相隔不足 60 分钟，免费时长只计一次，应变更已有预约（STAY_TO_BE_EXTENDED）。A vehicle has a reservation of the party already: it stands in one place at a time; or one here less than 60 minutes away, and free minutes are had once.' })
export class ReservationInTheWay extends UserError {
  @Field(() => ID, { description: '已有的预约。The reservation that is in the way.' })
  reservationId!: string;

  @Field(() => IntervalType, { description: '其时段。Its interval.' })
  during!: IntervalType;
}

@ObjectType({ implements: UserError, description: `本主体未结束的预约过多（TOO_MANY_OPEN_BOOKINGS）：${BOUND.zh}。The party has too many bookings open: ${BOUND.en}.` })
export class TooManyOpenBookings extends UserError {
  @Field(() => Int, { description: '同时至多几个。How many it may have open at a time.' })
  mostOpen!: number;

  @Field(() => Int, { description: '现有几个：已保留、已成立、已入场或超时的。How many are held, confirmed, being used or overstayed now.' })
  open!: number;
}

@ObjectType({ implements: UserError, description: '变更现在比报价时贵（CHANGE_COSTS_MORE）：如报价后已过免费变更的期限。未作任何变更，请重新报价。The change costs more by now than was quoted, as after the deadline for changing free; nothing was changed: ask for a quote again.' })
export class ChangeCostsMore extends UserError {
  @Field(() => FenScalar, { description: '报价时的变更费，分。The fee that was quoted, in fen.' })
  quotedFeeFen!: number;

  @Field(() => FenScalar, { description: '现在的变更费，分。The fee as it is now, in fen.' })
  feeFen!: number;

  @Field(() => FenScalar, { description: '共多出多少，分，含供给方少承担的。How much more it costs in all, in fen, with what the supplier bears less.' })
  moreFen!: number;
}

@InputType({ description: '号牌。A plate.' })
export class PlateInput {
  @Field(() => String, { description: '号码，如 闽C12345。Its number.' })
  number!: string;

  @Field(() => PlateColourEnum, { nullable: true, description: '颜色；为空取该类常用颜色。Its colour; null: the kind’s usual one.' })
  colour?: PlateColour | null;
}

@InputType({ description: '为一次停车报价（I9、2.6-5）。Asks for a quote.' })
export class QuoteStayInput {
  @Field(() => ID, { description: '停车设施。The facility.' })
  facilityId!: string;

  @Field(() => IntervalInput, { description: '时段。The interval.' })
  during!: IntervalInput;

  @Field(() => SpaceClassEnum, { defaultValue: 'STANDARD', description: '泊位类型。The class of space.' })
  spaceClass!: SpaceClass;

  @Field(() => Int, { defaultValue: 1, description: '泊位数，1–50。How many spaces, 1 to 50.' })
  spaces!: number;

  @Field(() => ID, { nullable: true, description: '指定编号泊位（2.6-5）；为空不指定。One numbered space; null for any.' })
  spaceId?: string | null;

  @Field(() => [PlateInput], { nullable: true, description: '将停的车辆（2.5-5、3.2-4）：在该处整个时段均登记为住户或协议车辆的，按该供给对象核定（可用其专有时段），且报价只适用于这些号牌；其余与未给出相同。变更沿用原预约的号牌，不得给出（CHANGE_KEEPS_PLATES）；为空不指定。The vehicles that would come: where all are admitted as residents’ or by an agreement for the whole stay, it is judged as such, whose windows are then open to it, and the quote is for these plates alone; otherwise as without them. Not given for a change, which keeps its plates; null for any.' })
  plates?: PlateInput[] | null;

  @Field(() => DemandClassEnum, { defaultValue: 'TRIP', description: '需求类别（2.5-3）。Why it is parked for.' })
  demandClass!: DemandClass;

  @Field(() => ID, { nullable: true, description: PARTY })
  partyId?: string | null;

  @Field(() => ID, { nullable: true, description: '要变更的预约，其泊位视为可用；新预约为空。The reservation to be changed, whose spaces count as free; null for a new one.' })
  changesReservationId?: string | null;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@ObjectType({ description: '报价的结果。What came of asking for a quote.' })
export class QuoteStayPayload {
  @Field(() => StayQuote, { nullable: true, description: '报价；被拒绝时为空。The quote; null where it was refused.' })
  quote!: StayQuote | null;

  @Field(() => [UserError], { description: ERRORS })
  userErrors!: UserError[];
}

@InputType({ description: `按报价预约（2.2-5、2.6-5）；${BOUND.zh}。Books what was quoted; ${BOUND.en}.` })
export class ReserveSpaceInput {
  @Field(() => ID, { description: '报价编号。The quote.' })
  quoteId!: string;

  @Field(() => [PlateInput], { description: '车辆号牌，每泊位至多 5 个；仅限机动车（0-3）；报价按供给对象核定的，须为报价时给出的号牌（QUOTE_OF_OTHER_PLATES）。同一主体的同一车辆同一时间只停一处（VEHICLE_BOOKED），相隔不足 60 分钟免费时长只计一次（STAY_TO_BE_EXTENDED）；同一处仅比号码，不论颜色。号牌不证明车辆归属：他人的预约不妨碍、也不透露；同一号牌有多个主体的预约时，道闸按登记该号牌在先者入场，记为发现 BOOKED_BY_SEVERAL，其余预约到时未到场即取消，不收未到场费。The plates, at most 5 a space; motor vehicles only; of those given for the quote where it was judged for an audience. A vehicle of one party stands in one place at a time, and has its free minutes once where its stays are less than 60 minutes apart; at one facility the number alone counts, whatever the colour. A plate does not prove whose vehicle it is: another party’s booking of it is neither in the way nor told of. Where several parties booked one plate for a time, the gate takes it in by the booking that named it first and a finding BOOKED_BY_SEVERAL is recorded; the others are cancelled once they are not waited for any more, and not coming costs them nothing.' })
  plates!: PlateInput[];

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@ObjectType({ description: '预约或变更的结果。What came of booking or changing.' })
export class ReservationPayload {
  @Field(() => Reservation, { nullable: true, description: '预约；被拒绝时为空。The reservation; null where it was refused.' })
  reservation!: Reservation | null;

  @Field(() => [UserError], { description: ERRORS })
  userErrors!: UserError[];
}

@InputType({ description: '按新报价变更预约：新旧一步替换；少付退还，后付条款下多付补收，先付条款下不得加价（PAYMENT_COMES_FIRST）；变更费不超过报价所列（CHANGE_COSTS_MORE）。Changes a reservation to what was quoted for it, in one step: less is given back, more is charged where a stay is paid after it and refused where it is paid first; the fee is at most what was quoted.' })
export class ChangeReservationInput {
  @Field(() => ID, { description: '预约。The reservation.' })
  reservationId!: string;

  @Field(() => String, { nullable: true, description: VERSION })
  expectedVersion?: string | null;

  @Field(() => ID, { description: '为此变更所作的报价（changesReservationId）。The quote that was made for this change.' })
  quoteId!: string;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@InputType({ description: '取消预约；入场后不可取消（C10）。Cancels a reservation; not after arrival.' })
export class CancelReservationInput {
  @Field(() => ID, { description: '预约。The reservation.' })
  reservationId!: string;

  @Field(() => String, { nullable: true, description: VERSION })
  expectedVersion?: string | null;

  @Field(() => String, { nullable: true, description: '原因，至多 200 字。Why, at most 200 characters.' })
  reason?: string | null;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@InputType({ description: '更换预约的车辆，入场前。Names other vehicles, before they arrive.' })
export class ChangePlatesInput {
  @Field(() => ID, { description: '预约。The reservation.' })
  reservationId!: string;

  @Field(() => String, { nullable: true, description: VERSION })
  expectedVersion?: string | null;

  @Field(() => [PlateInput], { description: '全部号牌，与预约时同样核定：只停一处（VEHICLE_BOOKED），免费时长只计一次（STAY_TO_BE_EXTENDED），按供给对象预约的须已登记（VEHICLE_NOT_ADMITTED）；新换的号牌自更换时起算登记先后。All plates, a new one named from now on, judged as for a booking: each stands in one place at a time, has its free minutes once, and is admitted where the stay was decided for an audience.' })
  plates!: PlateInput[];

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}
