import { Field, Float, ID, InputType, Int } from 'type-graphql';
import { LocalDateScalar, LocalTimeScalar } from '../platform/graphql/index.js';
import { AudienceKindEnum, ExceptionKindEnum, WindowModeEnum } from './enums.type.js';
import { DayRuleInput, QuotaByClassInput } from './rule.type.js';
import type { Audience, ExceptionEffect, WindowMode } from './rules/window.js';

@InputType({ description: '为谁开放（2.5-2、2.5-5）。For whom.' })
export class AudienceInput {
  @Field(() => AudienceKindEnum, { description: '种类。Kind.' })
  kind!: Audience['kind'];

  @Field(() => Float, { nullable: true, description: '周边范围，米，至多 5000；NEIGHBOURS 必填，其余为空。Radius in metres, at most 5,000; required for NEIGHBOURS, null for the others.' })
  withinMetres?: number | null;
}

@InputType({ description: '每日时间段；止不晚于起即跨夜。A range of every day; it crosses midnight where its end is not after its start.' })
export class DailyRangeInput {
  @Field(() => LocalTimeScalar, { description: '起。From.' })
  from!: number;

  @Field(() => LocalTimeScalar, { description: '止，不含。Until, excluded.' })
  until!: number;
}

@InputType({ description: '定时定量发布（2.2-6）。Fixed time, fixed quantity.' })
export class ReleasePlanInput {
  @Field(() => LocalTimeScalar, { description: '当日发布时刻。Local time of the release.' })
  time!: number;

  @Field(() => Int, { description: '发布个数，1 至共享数量。Spaces released, 1 to the quota.' })
  spaces!: number;
}

@InputType({ description: '例外安排。An exception.' })
export class WindowExceptionInput {
  @Field(() => LocalDateScalar, { description: '首日。First date.' })
  fromOn!: string;

  @Field(() => LocalDateScalar, { description: '止日，不含。First date after it.' })
  untilOn!: string;

  @Field(() => ExceptionKindEnum, { description: '种类。What it does.' })
  kind!: ExceptionEffect['kind'];

  @Field(() => [DayRuleInput], { nullable: true, description: '另定的规则；HOURS 必填，其余为空。The other rules; required for HOURS, null for the others.' })
  rules?: DayRuleInput[] | null;

  @Field(() => [QuotaByClassInput], { nullable: true, description: '另定的数量；QUOTA 必填，其余为空。The other quota; required for QUOTA, null for the others.' })
  quota?: QuotaByClassInput[] | null;

  @Field(() => Boolean, { nullable: true, description: '是否截断延入其中的时段；为空时关闭截断、其余不截断（T3）。Whether it cuts running tails; null: a closure cuts, the others do not.' })
  cutsRunningTails?: boolean | null;

  @Field(() => String, { description: '原因。Why.' })
  reason!: string;
}

@InputType({ description: '共享时段的内容（例外安排除外）。The terms of a window, its exceptions apart.' })
export class WindowTermsInput {
  @Field(() => String, { description: '名称，1–200 字。Name, 1 to 200 characters.' })
  name!: string;

  @Field(() => WindowModeEnum, { description: '使用方式（2.1-5）。Mode of use.' })
  mode!: WindowMode;

  @Field(() => [DayRuleInput], { description: '共享规则，1–50 条。Rules, 1 to 50.' })
  rules!: DayRuleInput[];

  @Field(() => [QuotaByClassInput], { description: '共享数量；未列的类型为 0。Quota; a class that is not listed is 0.' })
  quota!: QuotaByClassInput[];

  @Field(() => AudienceInput, { description: '为谁开放。For whom.' })
  audience!: AudienceInput;

  @Field(() => Float, { nullable: true, description: '最低信用分（2.2-4）；为空不要求。Least credit score; null asks none.' })
  leastCredit?: number | null;

  @Field(() => ID, { nullable: true, description: '收费标准，须为本设施或其出借方的、未撤回的；为空即免费。Tariff, one of this facility or of a party that lends it, not withdrawn; null is free of charge.' })
  tariffId?: string | null;

  @Field(() => [DailyRangeInput], { nullable: true, description: '不得驶入的时间（T10）；为空即随时可驶入。When one may stay but not enter; null: one may always enter.' })
  entryCurfews?: DailyRangeInput[] | null;

  @Field(() => [DailyRangeInput], { nullable: true, description: '不得驶出的时间（T10）；为空即随时可驶出。When one may stay but not leave; null: one may always leave.' })
  exitCurfews?: DailyRangeInput[] | null;

  @Field(() => ReleasePlanInput, { nullable: true, description: '定时定量发布；为空即不限。Release plan; null for none.' })
  releasePlan?: ReleasePlanInput | null;

  @Field(() => LocalDateScalar, { description: '生效日期。First date.' })
  validFromOn!: string;

  @Field(() => LocalDateScalar, { nullable: true, description: '失效日期，不含；为空即长期。First date on which no occurrence begins any more; null for no end.' })
  validUntilOn?: string | null;
}
