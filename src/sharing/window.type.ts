import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { DayType } from '../kernel/index.js';
import { InstantScalar, LocalDateScalar, Node, UserError } from '../platform/graphql/index.js';
import { AudienceKindEnum, DayTypeEnum, DecisionKindEnum, WindowModeEnum, WindowStatusEnum } from './enums.type.js';
import { IntervalType } from './interval.type.js';
import { AudienceType, DailyRangeType, DayRuleType, QuotaByClassType, ReleasePlanType, WindowExceptionType } from './rule.type.js';
import type { Audience, DecisionKind, WindowMode, WindowStatus, WindowTerms } from './rules/window.js';

@ObjectType({ implements: Node, description: '共享时段：供给方按规则出借一个分区的若干泊位。A recurring offer: on which days, from when to when, how many spaces of a zone, for whom.' })
export class SharingWindow extends Node {
  facilityId!: string;
  zoneId!: string;
  /** What the rules read; the fields below are the same in the schema's words. */
  terms!: WindowTerms;

  @Field(() => String, { description: '名称。Name.' })
  name!: string;

  @Field(() => WindowModeEnum, { description: '使用方式（2.1-5）。Mode of use.' })
  mode!: WindowMode;

  @Field(() => WindowStatusEnum, { description: '状态；只有 PUBLISHED 出借。State; only a published window lends.' })
  status!: WindowStatus;

  @Field(() => String, { nullable: true, description: '状态变更的原因；未变更为空。Why it is in this state; null where nothing was said.' })
  statusReason!: string | null;

  @Field(() => [DayRuleType], { description: '共享规则；同日有日期类型规则时，每周规则不适用（P4）。Its rules; on a date with a rule on day types the weekly ones are silent.' })
  rules!: readonly DayRuleType[];

  @Field(() => [WindowExceptionType], { description: '例外安排；重叠时后者优先。Its exceptions; where two overlap, the later one holds.' })
  exceptions!: readonly WindowExceptionType[];

  @Field(() => [QuotaByClassType], { description: '按类型的共享数量；未列的类型为 0。Spaces lent by class; a class that is not listed is 0.' })
  quota!: readonly QuotaByClassType[];

  @Field(() => AudienceType, { description: '为谁开放（2.5-5）。For whom.' })
  audience!: AudienceType;

  @Field(() => Float, { nullable: true, description: '最低信用分（2.2-4）；不要求为空。Least credit score; null asks none.' })
  leastCredit!: number | null;

  @Field(() => ID, { nullable: true, description: '收费标准；免费为空。Tariff; null is free of charge.' })
  tariffId!: string | null;

  @Field(() => [DailyRangeType], { description: '不得驶入的时间（T10）。When one may stay but not enter.' })
  entryCurfews!: readonly DailyRangeType[];

  @Field(() => [DailyRangeType], { description: '不得驶出的时间（T10）。When one may stay but not leave.' })
  exitCurfews!: readonly DailyRangeType[];

  @Field(() => ReleasePlanType, { nullable: true, description: '定时定量发布（2.2-6）；没有为空。Release plan; null for none.' })
  releasePlan!: ReleasePlanType | null;

  @Field(() => LocalDateScalar, { description: '生效日期。First date.' })
  validFromOn!: string;

  @Field(() => LocalDateScalar, { nullable: true, description: '失效日期，不含；长期为空。First date on which no occurrence begins any more; null for no end.' })
  validUntilOn!: string | null;

  @Field(() => String, { description: '版本，用于 expectedVersion。Version, for expectedVersion.' })
  version!: string;

  @Field(() => String, { nullable: true, description: '来源名称；直接发布为空。Name of the source; null where it was published here.' })
  source!: string | null;

  @Field(() => String, { nullable: true, description: '在来源中的编号；直接发布为空。Its code at the source; null where it was published here.' })
  sourceCode!: string | null;

  @Field(() => InstantScalar, { description: '本版本的收录时刻。When this version was recorded.' })
  recordedAt!: Date;
}

@ObjectType('WindowDecision', { simpleResolvers: true, description: '由哪条规则决定（P4）。Which rule decided.' })
export class WindowDecisionType {
  @Field(() => DecisionKindEnum, { description: '种类。Kind.' })
  kind!: DecisionKind;

  @Field(() => ID, { nullable: true, description: '紧急暂停或例外安排的标识；其余为空。Id of the suspension or exception; null for the rest.' })
  id!: string | null;

  @Field(() => Int, { nullable: true, description: '规则序号，自 0 起；不是规则为空。Index of the rule, from 0; null where it was no rule.' })
  ruleIndex!: number | null;
}

@ObjectType('WindowOccurrence', { simpleResolvers: true, description: '时段实例：一段具体的出借。同一时段的实例互不重叠。One concrete interval of lending; those of one window never overlap.' })
export class WindowOccurrenceType {
  @Field(() => LocalDateScalar, { description: '所属日期：跨夜部分归开始之日（T2）。The date that it belongs to: the one it began on.' })
  onDate!: string;

  @Field(() => InstantScalar, { description: '开始。Start, included.' })
  startsAt!: number;

  @Field(() => InstantScalar, { description: '结束，不含。End, excluded.' })
  endsAt!: number;

  @Field(() => [QuotaByClassType], { description: '出借的泊位。Spaces lent, by class.' })
  quota!: readonly QuotaByClassType[];

  @Field(() => Boolean, { description: '是否依据尚未公布的放假安排（T8）。Whether it rests on a calendar not yet published.' })
  isProvisional!: boolean;

  @Field(() => WindowDecisionType, { description: '由什么决定。What decided.' })
  decidedBy!: WindowDecisionType;

  @Field(() => [IntervalType], { description: '可驶入的时间（T10）。When one can enter.' })
  entry!: readonly IntervalType[];

  @Field(() => [IntervalType], { description: '可驶出的时间。When one can leave.' })
  exit!: readonly IntervalType[];

  @Field(() => InstantScalar, { nullable: true, description: '定时发布的时刻（2.2-6）；没有发布计划为空。When its release plan frees it; null without a plan.' })
  releasedAt!: number | null;
}

@ObjectType('ExplainedDecision', { simpleResolvers: true, description: '由哪条规则决定，附双语说明。Which rule decided, in words.' })
export class ExplainedDecisionType extends WindowDecisionType {
  @Field(() => String, { description: '中文说明。The explanation in Chinese.' })
  zh!: string;

  @Field(() => String, { description: '英文说明。The explanation in English.' })
  en!: string;
}

@ObjectType('WindowEvaluation', { simpleResolvers: true, description: '某一时刻的判定。What a window does at an instant.' })
export class WindowEvaluationType {
  @Field(() => Boolean, { description: '是否出借。Whether it lends.' })
  lent!: boolean;

  @Field(() => [QuotaByClassType], { description: '出借的泊位；不出借为空列表。Spaces lent, by class; empty where nothing is lent.' })
  quota!: readonly QuotaByClassType[];

  @Field(() => WindowOccurrenceType, { nullable: true, description: '所在的时段实例；不出借为空。The occurrence that it lies in; null where nothing is lent.' })
  occurrence!: WindowOccurrenceType | null;

  @Field(() => ExplainedDecisionType, { description: '由什么决定，为什么。What decided, and why.' })
  decidedBy!: ExplainedDecisionType;
}

@ObjectType({ implements: Node, description: '紧急暂停（4.5-7），优先于一切规则。An emergency suspension, above every rule.' })
export class Suspension extends Node {
  windowId!: string | null;
  facilityId!: string | null;

  @Field(() => String, { nullable: true, description: '所暂停的行政区代码；只停一处为空。Code of the jurisdiction; null where it is about one place.' })
  jurisdictionCode!: string | null;

  @Field(() => InstantScalar, { description: '开始。Start.' })
  startsAt!: Date;

  @Field(() => InstantScalar, { nullable: true, description: '结束；未定为空。End; null while none is known.' })
  endsAt!: Date | null;

  @Field(() => InstantScalar, { nullable: true, description: '解除时刻；未解除为空。When it was lifted; null where it was not.' })
  liftedAt!: Date | null;

  @Field(() => String, { description: '原因。Why.' })
  reason!: string;
}

@ObjectType('CalendarDay', { simpleResolvers: true, description: '工作日历的一天（T6）。One day of the work calendar.' })
export class CalendarDayType {
  @Field(() => LocalDateScalar, { description: '日期。The date.' })
  onDate!: string;

  @Field(() => DayTypeEnum, { description: '日期类型。Its type.' })
  dayType!: DayType;

  @Field(() => Boolean, { description: '当年安排是否尚未公布（T8）。Whether no notice settles its year yet.' })
  isProvisional!: boolean;

  @Field(() => Boolean, { description: '是否休息日前夜（T9）。Whether it is the eve of a rest day.' })
  isEveOfRest!: boolean;

  @Field(() => String, { nullable: true, description: '所依据的通知文号；普通日为空。The notice that names it; null for an ordinary day.' })
  noticeId!: string | null;

  @Field(() => String, { nullable: true, description: '节日名称；普通日为空。Name of the holiday; null for an ordinary day.' })
  name!: string | null;
}

@ObjectType('PolicyValidity', { simpleResolvers: true, description: '实施意见的有效期（0-5）。Validity of the policy.' })
export class PolicyValidityType {
  @Field(() => LocalDateScalar, { description: '首日。First day.' })
  fromOn!: string;

  @Field(() => LocalDateScalar, { description: '止日，不含：至 2026-12-31 止（T14）。First day after it; the last day is 2026-12-31.' })
  untilOn!: string;

  @Field(() => Boolean, { description: '现在是否有效。Whether it is in force now.' })
  isInForce!: boolean;
}

@InputType({ description: '共享时段的筛选；各条件同时满足，为空不限，空列表不匹配任何时段。Filters of windows; all of them hold, null does not filter, and an empty list matches none.' })
export class SharingWindowWhere {
  @Field(() => [ID], { nullable: true, description: '停车设施，至多 1000 个。Facilities, at most 1,000.' })
  facilityIds?: string[] | null;

  @Field(() => String, { nullable: true, description: '行政区代码，含下级。Code of a jurisdiction, with what lies in it.' })
  jurisdictionCode?: string | null;

  @Field(() => [WindowModeEnum], { nullable: true, description: '使用方式。Modes of use.' })
  modes?: WindowMode[] | null;

  @Field(() => [WindowStatusEnum], { nullable: true, description: '状态；未发布的只有有权者可见。States; only whoever may publish there sees what is not published.' })
  statuses?: WindowStatus[] | null;

  @Field(() => [AudienceKindEnum], { nullable: true, description: '为谁开放。For whom.' })
  audiences?: Audience['kind'][] | null;

  @Field(() => String, { nullable: true, description: '来源名称。Name of the source.' })
  source?: string | null;
}

@ObjectType({ description: '共享时段变更的结果。What came of a change of a window.' })
export class WindowPayload {
  @Field(() => SharingWindow, { nullable: true, description: '共享时段；被拒绝为空。The window; null where it was refused.' })
  window!: SharingWindow | null;

  @Field(() => [UserError], { description: '不构成拒绝的发现，如鼓励而未做的事。What is encouraged and lacking; no refusal.' })
  findings!: readonly UserError[];

  @Field(() => [UserError], { description: '拒绝理由；为空即成功。The refusals; empty on success.' })
  userErrors!: readonly UserError[];
}

@ObjectType({ description: '紧急暂停的结果。What came of a suspension.' })
export class SuspensionPayload {
  @Field(() => Suspension, { nullable: true, description: '紧急暂停；被拒绝为空。The suspension; null where it was refused.' })
  suspension!: Suspension | null;

  @Field(() => [UserError], { description: '拒绝理由；为空即成功。The refusals; empty on success.' })
  userErrors!: readonly UserError[];
}
