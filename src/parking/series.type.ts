import { Directive, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { DayType } from '../kernel/index.js';
import { SpaceClassEnum, type SpaceClass } from '../facilities/index.js';
import { InstantScalar, LocalDateScalar, LocalTimeScalar, Node, UserError, enumOf } from '../platform/graphql/index.js';
import { DayTypeEnum } from '../sharing/index.js';
import { BOUND, PlateInput } from './booking.type.js';
import type { DemandClass } from './reservation.sql.js';
import { DemandClassEnum } from './reservation.type.js';
import type { RefusedNight, SeriesMode } from './series.sql.js';

const MODE_WORDS: Readonly<Record<SeriesMode, string>> = {
  ALL_OR_NOTHING: '有一日不能预约则全部不预约。One refused date refuses all.',
  BEST_EFFORT: '能约的都约，列出不能的日期。As many as there are, naming the dates that are refused.',
};

const SeriesModeEnum = enumOf('SeriesMode', MODE_WORDS, '连续预约的方式。Whether one refused date refuses all.');

@InputType({ description: '某范围内某些日期类型的每一天。Every day of these types within a range.' })
export class SeriesRangeInput {
  @Field(() => LocalDateScalar, { description: '首日。The first date.' })
  fromOn!: string;

  @Field(() => LocalDateScalar, { description: '末日，含；范围至多 92 日。The last date, included; a range of at most 92 days.' })
  untilOn!: string;

  @Field(() => [DayTypeEnum], { description: '日期类型；工作日为 WORKDAY 与 MAKEUP_WORKDAY（T6）。The types of day; workdays are WORKDAY and MAKEUP_WORKDAY.' })
  dayTypes!: DayType[];
}

@Directive('@oneOf')
@InputType({ description: '连续预约的日期：逐一列出或按规则，至多 62 日。The dates: told one by one or by a rule, at most 62.' })
export class SeriesDatesInput {
  @Field(() => [LocalDateScalar], { nullable: true, description: '逐一列出。One by one.' })
  dates?: string[] | null;

  @Field(() => SeriesRangeInput, { nullable: true, description: '按规则。By a rule.' })
  every?: SeriesRangeInput | null;
}

@InputType({ description: `连续预约：同一时段的多个日期，如一个月的每个工作日夜间；${BOUND.zh}。The same hours on many dates; ${BOUND.en}.` })
export class ReserveSeriesInput {
  @Field(() => ID, { description: '停车设施。The facility.' })
  facilityId!: string;

  @Field(() => SeriesDatesInput, { description: '开始的日期。The dates on which the stays begin.' })
  on!: SeriesDatesInput;

  @Field(() => LocalTimeScalar, { description: '开始时刻，当地时间。Local start.' })
  from!: number;

  @Field(() => LocalTimeScalar, { description: '结束时刻；不晚于开始即为次日。Local end; at or before the start it is the next day’s.' })
  until!: number;

  @Field(() => SpaceClassEnum, { defaultValue: 'STANDARD', description: '泊位类型。The class of space.' })
  spaceClass!: SpaceClass;

  @Field(() => Int, { defaultValue: 1, description: '泊位数。How many spaces.' })
  spaces!: number;

  @Field(() => SeriesModeEnum, { defaultValue: 'ALL_OR_NOTHING', description: '方式。Whether one refused date refuses all.' })
  mode!: SeriesMode;

  @Field(() => [PlateInput], { description: '车辆号牌；均登记为住户或协议车辆的日期，按该供给对象核定（2.5-5、3.2-4）。The plates; dates for which all are admitted as residents’ or by an agreement are judged as such.' })
  plates!: PlateInput[];

  @Field(() => DemandClassEnum, { defaultValue: 'BASIC', description: '需求类别（2.5-3）。Why it is parked for.' })
  demandClass!: DemandClass;

  @Field(() => ID, { nullable: true, description: '为哪一主体预约；为空即调用方唯一的主体。Whose booking it is; null: the caller’s one party.' })
  partyId?: string | null;

  @Field(() => String, { description: '幂等键，至多 255 字符（I17）。Idempotency key, at most 255 characters.' })
  idempotencyKey!: string;
}

@ObjectType('RefusedNight', { description: '不能预约的一日及原因。A date that could not be had, and why.' })
export class RefusedNightType {
  @Field(() => LocalDateScalar, { description: '日期。The date.' })
  on!: string;

  problems!: RefusedNight['problems'];
}

@ObjectType({ implements: Node, description: '连续预约。A series of reservations.' })
export class Series extends Node {
  facilityId!: string;
  refusedNights!: readonly RefusedNight[];

  @Field(() => SeriesModeEnum, { description: '方式。Whether one refused date refused all.' })
  mode!: SeriesMode;

  @Field(() => InstantScalar, { description: '预约时刻。When it was booked.' })
  createdAt!: number;
}

@ObjectType({ description: '连续预约的结果。What came of booking a series.' })
export class ReserveSeriesPayload {
  @Field(() => Series, { nullable: true, description: '连续预约；被拒绝时为空。The series; null where it was refused.' })
  series!: Series | null;

  @Field(() => [UserError], { description: '业务拒绝，一次全部给出。Refusals, all at once.' })
  userErrors!: UserError[];
}

