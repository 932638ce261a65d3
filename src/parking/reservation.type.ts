import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { plates, type PlateColour, type PlateKind } from '../kernel/index.js';
import { SpaceClassEnum, type SpaceClass } from '../facilities/index.js';
import { FenScalar, InstantScalar, Node, connectionTypes, enumOf } from '../platform/graphql/index.js';
import { IntervalInput, IntervalType } from '../sharing/index.js';
import type { DemandClass } from './reservation.sql.js';
import type { ReservationState } from './rules/lifecycle.js';
import { AdmittedAudienceEnum } from './gate/gate-enums.type.js';
import type { AdmittedAudience } from './rules/admitted-as.js';
import { BookingTermsType } from './terms.type.js';

const STATE_WORDS: Readonly<Record<ReservationState, string>> = {
  HELD: '已保留，待付款；到期自动释放。Held for a payment; it ends by itself.',
  CONFIRMED: '已成立。Confirmed.',
  CHECKED_IN: '已入场。The vehicle is in.',
  COMPLETED: '已离场，或已转入其后相接的预约，结束。The vehicle has left, or stays on by the reservation that follows.',
  CANCELLED: '已取消：由预约人、由供给方，或因其号牌已凭他人在先的预约入场（未到场不收费）。Cancelled: by its party, by the supplier, or because its plate came in by another party’s booking that had named it first (not coming costs nothing then).',
  EXPIRED: '保留期限内未付款而失效。Not paid within the hold.',
  NO_SHOW: '未按时到场，泊位已释放（C9）。Nobody came in time; the spaces serve others.',
  OVERSTAYED: '超时未离场，且没有相接的预约（C9）。Still in after the end, with no reservation that follows.',
};

const DEMAND_WORDS: Readonly<Record<DemandClass, string>> = {
  BASIC: '居住停车（2.5-3，适度满足）。Where somebody lives.',
  TRIP: '出行停车（2.5-3，适度控制）。On a trip.',
};

const COLOUR_WORDS: Readonly<Record<PlateColour, string>> = {
  BLUE: '蓝牌。Blue.',
  YELLOW: '黄牌。Yellow.',
  GREEN: '绿牌。Green.',
  YELLOW_GREEN: '黄绿牌。Yellow and green.',
  WHITE: '白牌。White.',
  BLACK: '黑牌。Black.',
};

const KIND_WORDS = Object.fromEntries(plates.PLATE_KINDS.map(kind => [kind, `号牌种类 ${kind}（GA 36-2018）。Kind of plate ${kind}.`])) as Readonly<Record<PlateKind, string>>;

export const ReservationStateEnum = enumOf('ReservationState', STATE_WORDS, '预约状态（P11）。State of a reservation.');
export const DemandClassEnum = enumOf('DemandClass', DEMAND_WORDS, '停车需求类别（2.5-3）。Why it is parked for.');
export const PlateColourEnum = enumOf('PlateColour', COLOUR_WORDS, '号牌颜色；颜色不同即为两车（I2）。Colour of a plate; another colour is another vehicle.');
export const PlateKindEnum = enumOf('PlateKind', KIND_WORDS, '机动车号牌种类（I1）。Kind of motor-vehicle plate.');

@ObjectType({ simpleResolvers: true, description: '预约的车辆，号牌掩码显示（P10）。A vehicle of a reservation; its plate is masked.' })
export class ReservationVehicle {
  @Field(() => String, { description: '掩码号牌，如 闽C1***5。The masked plate.' })
  plate!: string;

  @Field(() => PlateColourEnum, { description: '颜色。Its colour.' })
  colour!: PlateColour;

  @Field(() => PlateKindEnum, { description: '种类。Its kind.' })
  kind!: PlateKind;
}

@ObjectType({ implements: Node, description: '预约（2.2-5、2.6-5）：约定泊位、时段与条款。A reservation: spaces, an interval and terms that were agreed.' })
export class Reservation extends Node {
  facilityId!: string;
  zoneId!: string;
  partyId!: string;
  windowIds!: readonly string[];

  @Field(() => SpaceClassEnum, { description: '泊位类型。The class of its spaces.' })
  spaceClass!: SpaceClass;

  @Field(() => ID, { nullable: true, description: '指定的编号泊位；未指定为空（2.6-5）。The numbered space; null for any of the class.' })
  spaceId!: string | null;

  @Field(() => Int, { description: '泊位数。How many spaces.' })
  spaces!: number;

  @Field(() => IntervalType, { description: '约定时段。The interval that was agreed.' })
  during!: IntervalType;

  @Field(() => DemandClassEnum, { description: '需求类别（2.5-3）。Why it is parked for.' })
  demandClass!: DemandClass;

  @Field(() => ReservationStateEnum, { description: '状态（P11）。Its state.' })
  state!: ReservationState;

  @Field(() => InstantScalar, { description: '进入该状态的时刻。Since when it is in this state.' })
  stateSince!: number;

  @Field(() => String, { nullable: true, description: '结束的原因；未结束为空。Why it came to its end; null while it stands.' })
  reason!: string | null;

  @Field(() => ID, { description: '所依据的报价（I9）。The quote that it was booked by.' })
  quoteId!: string;

  @Field(() => [ID], { description: '停车费及费用的费用单，按先后，已退还或作废的仍在其中，余款见 charges；免费为空列表。Its charges, the first first, those that were given back or voided among them; their rests are in charges alone; none where it is free.' })
  chargeIds!: readonly string[];

  @Field(() => FenScalar, { description: '约定价格，分；0 为免费。The price that was agreed, in fen; 0 is free.' })
  amountFen!: number;

  @Field(() => FenScalar, { nullable: true, description: '逾期取消、变更或未到场的费用，分；没有为空。What cancelling late, changing late or not coming cost; null where nothing did.' })
  feeFen!: number | null;

  @Field(() => InstantScalar, { nullable: true, description: '付款保留至何时；不在保留中为空（C8）。Until when it is held for a payment; null where it is not held.' })
  heldUntil!: number | null;

  @Field(() => InstantScalar, { description: '等候入场至何时（C9）。Until when a vehicle is waited for.' })
  noShowAt!: number;

  @Field(() => [AdmittedAudienceEnum], { description: '按哪些供给对象核定（2.5-5、3.2-4），道闸据此放行；空即面向任何人。As which audiences it was decided, and is decided at the gate; empty: for anybody.' })
  audiences!: readonly AdmittedAudience[];

  @Field(() => Boolean, { description: '日历尚未公布的日期，可能变化（P4）。Whether it rests on dates whose calendar is not published yet.' })
  isProvisional!: boolean;

  @Field(() => BookingTermsType, { description: '约定的条款。The terms that were agreed.' })
  terms!: BookingTermsType;

  @Field(() => ID, { nullable: true, description: '所属的连续预约；单次为空。The series that it belongs to; null for a single one.' })
  seriesId!: string | null;

  @Field(() => String, { description: '版本，变更时作为 expectedVersion（I18）。Its version, for expectedVersion.' })
  version!: string;

  @Field(() => InstantScalar, { description: '预约时刻。When it was booked.' })
  createdAt!: number;
}

export const ReservationConnection = connectionTypes('Reservation', () => Reservation, { zh: '预约', en: 'reservations' });

@InputType({ description: '预约的筛选；各项同时满足，为空不限，空列表不匹配任何预约。Filter of reservations; all of it holds, null does not filter, and an empty list matches none.' })
export class ReservationWhere {
  @Field(() => [ReservationStateEnum], { nullable: true, description: '状态；为空不限。In one of these states; null for all.' })
  states?: ReservationState[] | null;

  @Field(() => ID, { nullable: true, description: '停车设施；为空不限。At this facility; null for all.' })
  facilityId?: string | null;

  @Field(() => ID, { nullable: true, description: '连续预约；为空不限。Of this series; null for all.' })
  seriesId?: string | null;

  @Field(() => IntervalInput, { nullable: true, description: '与此时段相交；为空不限。Whose interval touches this one; null for all.' })
  during?: IntervalInput | null;

  @Field(() => DemandClassEnum, { nullable: true, description: '需求类别；为空不限（2.5-3）。Of this demand class; null for all.' })
  demandClass?: DemandClass | null;
}

@ObjectType({ simpleResolvers: true, description: '预约的现状或变化（P8）：先快照，后变化，每条都是最新状态。What stands, and then what changed; each reservation in its newest state.' })
export class ReservationEvent {
  @Field(() => [Reservation], { description: '预约。The reservations.' })
  reservations!: Reservation[];

  @Field(() => Boolean, { description: '是否为快照：此前所知作废。Whether it is a snapshot: what was known before is void.' })
  isSnapshot!: boolean;

  @Field(() => Boolean, { description: '快照是否完整；否则其余请查询 reservations。Whether the snapshot is whole; otherwise the rest is for `reservations`.' })
  isWhole!: boolean;

  @Field(() => String, { description: '游标，断线后作为 since。The cursor, for `since`.' })
  cursor!: string;
}
