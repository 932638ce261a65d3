import { Directive, Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { DayType } from '../kernel/index.js';
import { LocalDateScalar, LocalTimeScalar } from '../platform/graphql/index.js';
import { SpaceClassEnum, type SpaceClass } from '../facilities/index.js';
import { AudienceKindEnum, DayTypeEnum, ExceptionKindEnum, Weekday } from './enums.type.js';
import type { Audience, ExceptionEffect } from './rules/window.js';

@ObjectType('RuleDays', { description: '规则适用于哪些开始日期；三者恰有其一。Which start dates a rule speaks of; exactly one of the three is set.' })
export class RuleDaysType {
  @Field(() => [Weekday], { nullable: true, description: '按星期；否则为空。By weekday; null otherwise.' })
  weekdays!: readonly Weekday[] | null;

  @Field(() => [DayTypeEnum], { nullable: true, description: '按日期类型（T6）；否则为空。By day type; null otherwise.' })
  dayTypes!: readonly DayType[] | null;

  @Field(() => Boolean, { description: '是否为休息日前夜（T9）。Whether it speaks of eves of rest days.' })
  eveOfRest!: boolean;
}

@ObjectType('RuleStart', { description: '开始：固定时刻，或闭店后若干分钟（2.4-3）。When a rule starts: at a time, or so long after closing.' })
export class RuleStartType {
  @Field(() => LocalTimeScalar, { nullable: true, description: '固定时刻；相对闭店时为空。A fixed local time; null where it follows the closing time.' })
  time!: number | null;

  @Field(() => Int, { nullable: true, description: '闭店后多少分钟；固定时刻为空。Minutes after closing; null for a fixed time.' })
  minutesAfterClose!: number | null;
}

@ObjectType('NextDayEnd', { description: '至下一个某类日的某时刻（T2）。Until a time of the next day of some type.' })
export class NextDayEndType {
  @Field(() => [DayTypeEnum], { description: '结束日的类型。Types of the day it ends on.' })
  dayTypes!: readonly DayType[];

  @Field(() => LocalTimeScalar, { description: '结束时刻。Local time of the end.' })
  time!: number;
}

@ObjectType('RuleEnd', { description: '结束。When a rule ends.' })
export class RuleEndType {
  @Field(() => Int, { nullable: true, description: '时长，分钟；随日期而变时为空。Length in minutes; null where it differs from day to day.' })
  durationMinutes!: number | null;

  @Field(() => LocalTimeScalar, { nullable: true, description: '结束时刻；仅知时长时为空。Local time of the end; null where only the length is known.' })
  time!: number | null;

  @Field(() => Int, { nullable: true, description: '结束于开始日之后第几天，0 为当日；不固定为空。How many days after the start date it ends, 0 is the same day; null where that is not fixed.' })
  dayOffset!: number | null;

  @Field(() => NextDayEndType, { nullable: true, description: '至下一个某类日；否则为空。Until the next day of a type; null otherwise.' })
  next!: NextDayEndType | null;
}

@ObjectType('DayRule', { description: '共享规则：哪些日期，从何时至何时，跨夜归开始之日（T1、T2）。On which dates, from when to when; a night belongs to the day it begins on.' })
export class DayRuleType {
  @Field(() => RuleDaysType, { description: '日期。Which dates.' })
  days!: RuleDaysType;

  @Field(() => RuleStartType, { description: '开始。Start.' })
  from!: RuleStartType;

  @Field(() => RuleEndType, { description: '结束。End.' })
  until!: RuleEndType;
}

@ObjectType('QuotaByClass', { description: '按泊位类型的共享数量。Spaces lent of one class.' })
export class QuotaByClassType {
  @Field(() => SpaceClassEnum, { description: '泊位类型。Class of space.' })
  spaceClass!: SpaceClass;

  @Field(() => Int, { description: '个数。How many.' })
  spaces!: number;
}

@ObjectType('Audience', { description: '为谁开放（2.5-2、2.5-5）。For whom a window is.' })
export class AudienceType {
  @Field(() => AudienceKindEnum, { description: '种类。Kind.' })
  kind!: Audience['kind'];

  @Field(() => Float, { nullable: true, description: '周边范围，米；仅 NEIGHBOURS 有。Radius in metres; null unless for neighbours.' })
  withinMetres!: number | null;
}

@ObjectType('DailyRange', { description: '每日时间段；止不晚于起即跨夜。A range of every day; it crosses midnight where its end is not after its start.' })
export class DailyRangeType {
  @Field(() => LocalTimeScalar, { description: '起。From.' })
  from!: number;

  @Field(() => LocalTimeScalar, { description: '止，不含。Until, excluded.' })
  until!: number;
}

@ObjectType('ReleasePlan', { description: '定时定量发布（2.2-6）。Fixed time, fixed quantity.' })
export class ReleasePlanType {
  @Field(() => LocalTimeScalar, { description: '当日发布时刻；此前不出借。Local time of the release; nothing is lent before it.' })
  time!: number;

  @Field(() => Int, { description: '发布个数，同时可用不超过此数。Spaces released, never more in use at once.' })
  spaces!: number;
}

@ObjectType('WindowException', { description: '例外安排：日期区间内另作规定；重叠时后者优先。Other terms for a range of dates; where two overlap, the later one listed holds.' })
export class WindowExceptionType {
  @Field(() => ID, { description: '标识。Its id.' })
  id!: string;

  @Field(() => LocalDateScalar, { description: '首日。First date.' })
  fromOn!: string;

  @Field(() => LocalDateScalar, { description: '止日，不含。First date after it.' })
  untilOn!: string;

  @Field(() => ExceptionKindEnum, { description: '种类。What it does.' })
  kind!: ExceptionEffect['kind'];

  @Field(() => [DayRuleType], { nullable: true, description: '另定的规则；仅 HOURS 有。The other rules; null unless hours change.' })
  rules!: readonly DayRuleType[] | null;

  @Field(() => [QuotaByClassType], { nullable: true, description: '另定的数量；仅 QUOTA 有。The other quota; null unless the quota changes.' })
  quota!: readonly QuotaByClassType[] | null;

  @Field(() => Boolean, { description: '是否截断此前开始、延入其中的时段（T3）。Whether it also cuts what runs in from before.' })
  cutsRunningTails!: boolean;

  @Field(() => String, { description: '原因。Why.' })
  reason!: string;
}

@Directive('@oneOf')
@InputType({ description: '规则适用的日期：三选一。Which dates: exactly one of the three.' })
export class RuleDaysInput {
  @Field(() => [Weekday], { nullable: true, description: '按星期。By weekday.' })
  weekdays?: Weekday[] | null;

  @Field(() => [DayTypeEnum], { nullable: true, description: '按日期类型；同日有此类规则时，每周规则不适用（P4）。By day type; on such a date weekly rules are silent.' })
  dayTypes?: DayType[] | null;

  @Field(() => Boolean, { nullable: true, description: '休息日前夜（T9），填 true。Eves of rest days; give true.' })
  eveOfRest?: boolean | null;
}

@Directive('@oneOf')
@InputType({ description: '开始：二选一。When it starts: one of the two.' })
export class RuleStartInput {
  @Field(() => LocalTimeScalar, { nullable: true, description: '固定时刻。A fixed local time.' })
  time?: number | null;

  @Field(() => Int, { nullable: true, description: '闭店后多少分钟（2.4-3），0–720。Minutes after closing, 0 to 720.' })
  minutesAfterClose?: number | null;
}

@InputType({ description: '结束于某时刻。An end at a local time.' })
export class EndTimeInput {
  @Field(() => LocalTimeScalar, { description: '时刻，24:00 可用（T4）。Local time; 24:00 is allowed.' })
  time!: number;

  @Field(() => Int, { defaultValue: 0, description: '开始日之后第几天：0 当日，1 次日。Days after the start date: 0 the same day, 1 the next.' })
  dayOffset!: number;
}

@InputType({ description: '至下一个某类日的某时刻，如下一工作日 07:30。Until a time of the next day of some type.' })
export class NextDayEndInput {
  @Field(() => [DayTypeEnum], { description: '结束日的类型。Types of the day it ends on.' })
  dayTypes!: DayType[];

  @Field(() => LocalTimeScalar, { description: '结束时刻。Local time of the end.' })
  time!: number;
}

@Directive('@oneOf')
@InputType({ description: '结束：三选一。When it ends: one of the three.' })
export class RuleEndInput {
  @Field(() => Int, { nullable: true, description: '时长，分钟，至多 14 天。Length in minutes, at most 14 days.' })
  durationMinutes?: number | null;

  @Field(() => EndTimeInput, { nullable: true, description: '某时刻，写明次日与否。A local time, with its day.' })
  at?: EndTimeInput | null;

  @Field(() => NextDayEndInput, { nullable: true, description: '至下一个某类日。Until the next day of a type.' })
  next?: NextDayEndInput | null;
}

@InputType({ description: '一条共享规则。One rule.' })
export class DayRuleInput {
  @Field(() => RuleDaysInput, { description: '日期。Which dates.' })
  days!: RuleDaysInput;

  @Field(() => RuleStartInput, { description: '开始。Start.' })
  from!: RuleStartInput;

  @Field(() => RuleEndInput, { description: '结束。End.' })
  until!: RuleEndInput;
}

@InputType({ description: '某类泊位的共享数量。Spaces lent of one class.' })
export class QuotaByClassInput {
  @Field(() => SpaceClassEnum, { description: '泊位类型。Class of space.' })
  spaceClass!: SpaceClass;

  @Field(() => Int, { description: '个数，不小于 0。How many, at least 0.' })
  spaces!: number;
}
