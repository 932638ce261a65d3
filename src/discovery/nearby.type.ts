import { ArgsType, Directive, Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { Crs } from '../kernel/index.js';
import { FenScalar, InstantScalar, LocalDateScalar, PageInfo, PageArgs, enumOf } from '../platform/graphql/index.js';
import { CoordinateInput, CoordinateType, CrsEnum, FacilityType, FacilityWhere, HubType, ShuttleServiceType, SpaceClassEnum, type SpaceClass } from '../facilities/index.js';
import { IntervalInput, IntervalType, WindowModeEnum, type WindowMode } from '../sharing/index.js';
import { Availability } from '../availability/index.js';

export const NearbyOrder = enumOf('NearbyOrder', {
  DISTANCE: '直线距离由近及远。Nearest first, in a straight line.',
  WALKING: '步行距离由近及远（2.1-3）。Shortest walk first.',
  MOST_FREE: '可用泊位由多到少（2.6-7）。Most free spaces first.',
}, '排序方式；同值按标识。Order of the results; ties are broken by id.');
export type NearbyOrder = keyof typeof NearbyOrder;

export const WalkingKind = enumOf('WalkingKind', {
  NETWORK: '按步行路网计算。Along the walking network, which covers the centre and every candidate.',
  ESTIMATED: '由直线距离乘绕行系数 1.36 估算：中心或任一候选不在路网 60 米内时全部如此。The straight line times a detour of 1.36: for all of an answer where the centre or any candidate is not within 60 m of a network.',
}, '步行距离的依据；一次检索内不混用（2.1-3）。What a walking distance rests on; never mixed in one answer.');
export type WalkingKind = keyof typeof WalkingKind;

@InputType({ description: '在哪里附近：三选一。Near what: exactly one of the three.' })
@Directive('@oneOf')
export class NearInput {
  @Field(() => CoordinateInput, { nullable: true, description: '坐标，注明坐标系。A place, with its coordinate system.' })
  coordinate?: CoordinateInput | null;

  @Field(() => ID, { nullable: true, description: '某设施附近。Near a facility.' })
  facilityId?: string | null;

  @Field(() => ID, { nullable: true, description: '某重点区域附近（2.1-1）。Near a key place.' })
  keyPlaceId?: string | null;
}

@ArgsType()
export class NearbyArgs extends PageArgs {
  @Field(() => NearInput, { description: '中心。The centre of the search.' })
  near!: NearInput;

  @Field(() => Int, { defaultValue: 500, description: '直线半径，米，1–5000，默认 500（2.1-3）。Radius in a straight line, metres, 1 to 5,000.' })
  radiusMetres!: number;

  @Field(() => Int, { nullable: true, description: '步行距离上限，米；为空不限（2.1-3 为 300–500）。有路网处按路网计：直线 290 米而须走 620 米者不在 500 米内。Longest walk in metres; null for no limit. Along the network where there is one: 290 m straight but 620 m on foot is not within 500.' })
  maxWalkingMetres!: number | null;

  @Field(() => IntervalInput, { nullable: true, description: '停放时段；为空表示现在；不能始于过去（相差 5 分钟以内不计）。When to park; null means now. It cannot begin in the past, 5 minutes of which are overlooked.' })
  during!: IntervalInput | null;

  @Field(() => Int, { defaultValue: 1, description: '需要的泊位数，1–100，须在同一分区。Spaces needed, 1 to 100, all in one zone.' })
  spaces!: number;

  @Field(() => SpaceClassEnum, { defaultValue: 'STANDARD', description: '泊位类型。Class of space.' })
  spaceClass!: SpaceClass;

  @Field(() => FacilityWhere, { nullable: true, description: '其他条件；为空不限。Further conditions on the facility; null for none.' })
  where!: FacilityWhere | null;

  @Field(() => NearbyOrder, { defaultValue: NearbyOrder.DISTANCE, description: '排序。Order.' })
  orderBy!: NearbyOrder;

  @Field(() => CrsEnum, { defaultValue: 'WGS84', description: '返回 origin 所用坐标系。Coordinate system of `origin` in the answer.' })
  crs!: Crs;

  @Field(() => Boolean, { defaultValue: false, description: '是否说明落选原因。Whether to say why candidates were left out.' })
  explain!: boolean;
}

@ObjectType('Reason', { simpleResolvers: true, description: '一条理由或条件。A reason, or a condition.' })
export class ReasonType {
  @Field(() => String, { description: '稳定代码，如 NOT_LENT、RESIDENTS_ONLY，见 /docs。A stable code, listed at /docs.' })
  code!: string;

  @Field(() => String, { description: '说明。The message, in the language of the request.' })
  message!: string;

  @Field(() => String, { nullable: true, description: '政策条款；非政策规则为空。The policy item; null for another rule.' })
  clause!: string | null;

  @Field(() => ID, { nullable: true, description: '所涉共享时段；与单个时段无关为空。The window concerned; null where it is no single one.' })
  windowId!: string | null;
}

@ObjectType('Eligibility', { simpleResolvers: true, description: '调用方能否使用（2.2-7）：附条件或理由。Whether the viewer may use it, with the conditions or the reasons.' })
export class EligibilityType {
  @Field(() => Boolean, { description: '能否使用。Whether the viewer may.' })
  allowed!: boolean;

  @Field(() => [ReasonType], { description: '不可用的理由；可用时为附带条件。Why not; where allowed, the conditions that come with it.' })
  reasons!: ReasonType[];
}

@ObjectType('CoveringWindow', { simpleResolvers: true, description: '覆盖所求时段的共享时段，时刻已解析。A window that lends during the interval, resolved to instants.' })
export class CoveringWindowType {
  @Field(() => ID, { description: '共享时段标识。Id of the window.' })
  windowId!: string;

  @Field(() => String, { description: '共享时段名称。Name of the window.' })
  name!: string;

  @Field(() => WindowModeEnum, { description: '使用方式（2.1-5）。Mode of use.' })
  mode!: WindowMode;

  @Field(() => ID, { description: '所属分区。The zone whose spaces it lends.' })
  zoneId!: string;

  @Field(() => InstantScalar, { description: '本次出借的开始。When this occurrence starts.' })
  startsAt!: number;

  @Field(() => InstantScalar, { description: '本次出借的结束。When this occurrence ends.' })
  endsAt!: number;

  @Field(() => LocalDateScalar, { description: '所属日期：跨夜部分归开始之日（T2）。The date that it belongs to: the day it began on.' })
  onDate!: string;

  @Field(() => Int, { description: '出借的该类泊位数。Spaces of the class lent in this occurrence.' })
  quota!: number;

  @Field(() => Boolean, { description: '是否依据尚未公布的放假安排，公布后复核（T8）。Whether it rests on a calendar not yet published.' })
  isProvisional!: boolean;

  @Field(() => Boolean, { description: '是否覆盖整个时段。Whether this one occurrence covers the whole interval.' })
  coversWhole!: boolean;
}

@ObjectType('Price', { simpleResolvers: true, description: '所求时段的价格：现在报价即为此数。What the interval costs: a quote made now would say the same.' })
export class PriceType {
  @Field(() => FenScalar, { description: '金额，分，全部所需泊位合计，按其中的整分计（见 StayQuote.amountFen）；0 为免费。Amount in fen for all spaces asked for, by the whole minutes of the interval, as StayQuote.amountFen says; 0 is free.' })
  amountFen!: number;

  @Field(() => String, { description: '币种，CNY。Currency, CNY.' })
  currency!: string;
}

@ObjectType('NearbyFacilityEdge', { simpleResolvers: true, description: '一个可停的设施。One facility that can take the car.' })
export class NearbyFacilityEdge {
  @Field(() => String, { description: '游标。Opaque cursor.' })
  cursor!: string;

  @Field(() => FacilityType, { description: '设施。The facility.' })
  node!: FacilityType;

  @Field(() => Float, { description: '直线距离，米，椭球面。Straight distance in metres, on the ellipsoid.' })
  distanceMetres!: number;

  @Field(() => Float, { nullable: true, description: '步行距离，米，依据见 walkingKind（2.1-3）；沿路网 2 公里内走不到为空。Walking distance in metres; walkingKind says what it rests on. Null where no walk along the network leads there within 2 km.' })
  walkingMetres!: number | null;

  @Field(() => WalkingKind, { description: '步行距离的依据。What the walking distance rests on.' })
  walkingKind!: WalkingKind;

  @Field(() => Availability, { description: '所求时段内的可用泊位。What is free over the interval.' })
  availability!: Availability;

  @Field(() => [CoveringWindowType], { description: '所求时段内出借的共享时段。The windows that lend during the interval.' })
  windows!: CoveringWindowType[];

  @Field(() => InstantScalar, { nullable: true, description: '自时段开始起可连续停放至何时；七天内无尽头为空。Until when the spaces stay lent from the start on; null where no end lies within seven days.' })
  until!: number | null;

  @Field(() => InstantScalar, { nullable: true, description: '不早于所求开始的最早可订时刻；七天内没有为空。Earliest start, not before the one asked for, at which an equally long stay fits; null where none does within seven days.' })
  firstBookableAt!: number | null;

  @Field(() => EligibilityType, { description: '调用方能否使用。Whether the viewer may use it.' })
  eligibility!: EligibilityType;

  @Field(() => PriceType, { nullable: true, description: '所求时段的价格；未给时段，或有一段没有价格时为空。What the interval costs; null where no interval was asked for, or a part of it has no price.' })
  price!: PriceType | null;
}

@ObjectType('LeftOutFacility', { simpleResolvers: true, description: '范围内但落选的设施及原因。A facility within reach that was left out, and why.' })
export class LeftOutFacility {
  @Field(() => FacilityType, { description: '设施。The facility.' })
  node!: FacilityType;

  @Field(() => Float, { description: '直线距离，米。Straight distance in metres.' })
  distanceMetres!: number;

  @Field(() => Float, { nullable: true, description: '步行距离，米；路网上在可及范围内走不到为空。Walking distance in metres; null where no walk along the network leads there within reach.' })
  walkingMetres!: number | null;

  @Field(() => InstantScalar, { nullable: true, description: '最早可订时刻；七天内没有为空。Earliest start that fits; null where none does within seven days.' })
  firstBookableAt!: number | null;

  @Field(() => EligibilityType, { description: '落选原因，allowed 恒为 false。Why it was left out; allowed is always false.' })
  eligibility!: EligibilityType;
}

@ObjectType('HubOffer', { simpleResolvers: true, description: '步行范围外的接驳点（2.1-7 至 2.1-9）：停车换乘的总时间。A hub beyond walking reach: park there and ride.' })
export class HubOffer {
  @Field(() => HubType, { description: '接驳点。The hub.' })
  hub!: HubType;

  @Field(() => ShuttleServiceType, { description: '接驳服务。The shuttle.' })
  shuttle!: ShuttleServiceType;

  @Field(() => Float, { description: '接驳点到目的地的直线距离，米。Straight distance from the hub to the destination, metres.' })
  distanceMetres!: number;

  @Field(() => Int, { description: '等车时间，分钟：半个发车间隔，向上取整。Waiting, minutes: half the headway, rounded up.' })
  waitMinutes!: number;

  @Field(() => Int, { description: '乘车时间，分钟。Riding, minutes.' })
  rideMinutes!: number;

  @Field(() => Int, { description: '下车后步行，分钟。Walking at the end, minutes.' })
  walkMinutes!: number;

  @Field(() => Int, { description: '合计，分钟。All together, minutes.' })
  totalMinutes!: number;

  @Field(() => Availability, { description: '接驳点所求时段的可用泊位。What is free at the hub over the interval.' })
  availability!: Availability;
}

@ObjectType('NearbyFacilityConnection', { simpleResolvers: true, description: '附近可停的设施，按游标分页（2.1-6）。Facilities near a place that can take the car, in pages.' })
export class NearbyFacilityConnection {
  @Field(() => [NearbyFacilityEdge], { description: '本页各项。The items of this page.' })
  edges!: NearbyFacilityEdge[];

  @Field(() => PageInfo, { description: '分页信息。Where this page stands.' })
  pageInfo!: PageInfo;

  @Field(() => CoordinateType, { description: '检索中心。The centre that was searched from.' })
  origin!: CoordinateType;

  @Field(() => IntervalType, { description: '实际检索的时段；未给时段时为现在起一分钟。The interval that was searched; one minute from now where none was given.' })
  during!: IntervalType;

  @Field(() => [LeftOutFacility], { nullable: true, description: '落选的设施，最多 100 个；仅 explain 为真且取第一页时给出。Facilities left out, at most 100; null unless explain is true on the first page.' })
  leftOut!: LeftOutFacility[] | null;

  @Field(() => [HubOffer], { description: '范围内无空位时的接驳点。Hubs, offered where nothing is free within reach.' })
  hubs!: HubOffer[];
}
