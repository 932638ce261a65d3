import { Field, Int, ObjectType } from 'type-graphql';
import type { Rounding } from '../kernel/index.js';
import { FenScalar, InstantScalar, Node, UserError } from '../platform/graphql/index.js';
import { FacilityType, SpaceClassEnum, type SpaceClass } from '../facilities/index.js';
import { DayRuleType, RuleDaysType } from '../sharing/index.js';
import type { BandPrice, CapPeriod, EdgeRule, FreeMinutes, TariffStatus } from './rules/tariff.js';
import { BandPriceKindEnum, CapPeriodKindEnum, EdgeRuleEnum, FreeMinutesKindEnum, RoundingEnum, TariffStatusEnum } from './tariff-enums.type.js';

@ObjectType('LadderStep', { simpleResolvers: true, description: '阶梯的一级。One step of a ladder.' })
export class LadderStepType {
  @Field(() => Int, { description: '至多停放多少分钟，含。Up to so many minutes, included.' })
  untilMinutes!: number;

  @Field(() => FenScalar, { description: '至此合计，分。What so long a stay costs in all, fen.' })
  fen!: number;
}

@ObjectType('LadderRest', { simpleResolvers: true, description: '阶梯之后的计价。What follows the last step.' })
export class LadderRestType {
  @Field(() => Int, { description: '每多少分钟，未满按一个计。For every so many minutes begun.' })
  everyMinutes!: number;

  @Field(() => FenScalar, { description: '另收，分。So many fen more.' })
  fen!: number;
}

@ObjectType('BandPrice', { simpleResolvers: true, description: '一个计费时段的价格，一个泊位；与方式无关的字段为空。What a band costs, for one space; fields that its kind has not are null.' })
export class BandPriceType {
  @Field(() => BandPriceKindEnum, { description: '方式。Its kind.' })
  kind!: BandPrice['kind'];

  @Field(() => FenScalar, { nullable: true, description: '每小时，分；非 PER_HOUR 为空。Fen an hour; null unless PER_HOUR.' })
  fenPerHour!: number | null;

  @Field(() => Int, { nullable: true, description: '单位时长，分钟；非 PER_BLOCK 为空。Length of a block in minutes; null unless PER_BLOCK.' })
  blockMinutes!: number | null;

  @Field(() => FenScalar, { nullable: true, description: '每单位，分；非 PER_BLOCK 为空。Fen a block; null unless PER_BLOCK.' })
  fenPerBlock!: number | null;

  @Field(() => FenScalar, { nullable: true, description: '一口价，分；非 PER_ENTRY、FLAT_AFTER_CLOSING 为空。The single amount in fen; null unless PER_ENTRY or FLAT_AFTER_CLOSING.' })
  fen!: number | null;

  @Field(() => [LadderStepType], { nullable: true, description: '各级；非 LADDER 为空。The steps; null unless LADDER.' })
  steps!: readonly LadderStepType[] | null;

  @Field(() => LadderRestType, { nullable: true, description: '末级之后；不再加收或非 LADDER 为空。After the last step; null where nothing more is asked, or unless LADDER.' })
  then!: LadderRestType | null;

  @Field(() => Int, { nullable: true, description: '每多少分钟重新起算；不重算或非 LADDER 为空。Begins anew every so many minutes; null where it never does, or unless LADDER.' })
  repeatsAfterMinutes!: number | null;
}

@ObjectType('TariffBand', { simpleResolvers: true, description: '计费时段；同一分钟以靠前者为准，都不适用则不收费。A band; of several that speak of a minute the first holds, and where none does nothing is charged.' })
export class TariffBandType {
  @Field(() => String, { description: '名称。Name.' })
  name!: string;

  @Field(() => DayRuleType, { nullable: true, description: '日期与时间；全部时间为空。Dates and hours; null is always.' })
  hours!: DayRuleType | null;

  @Field(() => [SpaceClassEnum], { nullable: true, description: '泊位类型（2.5-2）；全部为空。Classes of space; null is every class.' })
  spaceClasses!: readonly SpaceClass[] | null;

  @Field(() => BandPriceType, { description: '价格。The price.' })
  price!: BandPriceType;
}

@ObjectType('TariffCap', { simpleResolvers: true, description: '封顶：先合计，再封顶（I7）。A cap, held after the sum.' })
export class TariffCapType {
  @Field(() => String, { description: '名称。Name.' })
  name!: string;

  @Field(() => CapPeriodKindEnum, { description: '周期。What it holds for.' })
  period!: CapPeriod['kind'];

  @Field(() => DayRuleType, { nullable: true, description: '时段；非 LOCAL_SPAN 为空。The hours; null unless LOCAL_SPAN.' })
  hours!: DayRuleType | null;

  @Field(() => RuleDaysType, { nullable: true, description: '哪些日期；每天或非 DAY 为空。Which dates; null for every day, or unless DAY.' })
  days!: RuleDaysType | null;

  @Field(() => FenScalar, { description: '一个泊位至多，分。The most for one space, fen.' })
  fen!: number;

  @Field(() => [String], { nullable: true, description: '计入的计费时段；全部为空。The bands that count; null is all.' })
  bands!: readonly string[] | null;
}

@ObjectType('FreeMinutes', { simpleResolvers: true, description: '免费时长，一次停放一次（I8）。Free minutes, once a stay.' })
export class FreeMinutesType {
  @Field(() => Int, { description: '分钟。Minutes.' })
  minutes!: number;

  @Field(() => FreeMinutesKindEnum, { description: '方式。How they count.' })
  kind!: FreeMinutes['kind'];
}

@ObjectType('LineRounding', { simpleResolvers: true, description: '每行取整一次（I7）。How each line is rounded, once.' })
export class LineRoundingType {
  @Field(() => RoundingEnum, { description: '方式。The rule.' })
  rule!: Rounding;

  @Field(() => FenScalar, { description: '取整到多少分的整倍数。To a multiple of so many fen.' })
  toFen!: number;
}

@ObjectType('TariffVersion', { simpleResolvers: true, description: '收费标准的一个版本，永不更改；已施行者中序号最大的有效。One version of a tariff, never changed; of those in force the highest number holds.' })
export class TariffVersionType {
  @Field(() => Int, { description: '序号，自 1 起。Number, from 1.' })
  number!: number;

  @Field(() => InstantScalar, { description: '何时起施行。From when it holds.' })
  inForceFrom!: number;

  @Field(() => [TariffBandType], { description: '计费时段，靠前者优先。Bands, the first ones before the others.' })
  bands!: readonly TariffBandType[];

  @Field(() => [TariffCapType], { description: '封顶；没有为空列表。Caps; an empty list for none.' })
  caps!: readonly TariffCapType[];

  @Field(() => FreeMinutesType, { nullable: true, description: '免费时长；没有为空。Free minutes; null for none.' })
  freeMinutes!: FreeMinutesType | null;

  @Field(() => LineRoundingType, { description: '取整。Rounding.' })
  rounding!: LineRoundingType;

  @Field(() => EdgeRuleEnum, { description: '跨越交界的计时单位。Blocks that run over an edge.' })
  blocksAtEdges!: EdgeRule;

  @Field(() => String, { nullable: true, description: '依据文号；没有为空。Legal basis; null for none.' })
  legalBasis!: string | null;

  @Field(() => String, { nullable: true, description: '变更原因；首版为空。Why it was made; null of the first one.' })
  reason!: string | null;

  @Field(() => InstantScalar, { description: '收录时刻。When it was recorded.' })
  recordedAt!: number;
}

@ObjectType({ implements: Node, description: '收费标准（3.2-5）：公开，按版本施行。A tariff: public, and in force by versions.' })
export class Tariff extends Node {
  facilityId!: string | null;
  partyId!: string | null;

  @Field(() => String, { description: '名称。Name.' })
  name!: string;

  @Field(() => TariffStatusEnum, { description: '状态。State.' })
  status!: TariffStatus;

  @Field(() => String, { nullable: true, description: '撤回原因；未撤回为空。Why it was withdrawn; null where it was not.' })
  statusReason!: string | null;

  @Field(() => String, { description: '版本，用于 expectedVersion。Version, for expectedVersion.' })
  version!: string;

  @Field(() => [TariffVersionType], { description: '全部版本，由旧到新，含尚未施行的。Every version, oldest first, those not in force yet included.' })
  versions!: readonly TariffVersionType[];

  @Field(() => InstantScalar, { description: '本状态的收录时刻。When this state was recorded.' })
  recordedAt!: number;
}

@ObjectType({ description: '收费标准变更的结果。What came of a change of a tariff.' })
export class TariffPayload {
  @Field(() => Tariff, { nullable: true, description: '收费标准；被拒绝为空。The tariff; null where it was refused.' })
  tariff!: Tariff | null;

  @Field(() => [UserError], { description: '拒绝理由；为空即成功。The refusals; empty on success.' })
  userErrors!: readonly UserError[];
}

@ObjectType({ description: '登记设施收费标准的结果。What came of registering a tariff for a facility.' })
export class FacilityTariffPayload {
  @Field(() => FacilityType, { nullable: true, description: '停车设施；被拒绝为空。The facility; null where it was refused.' })
  facility!: FacilityType | null;

  @Field(() => Tariff, { nullable: true, description: '现登记的收费标准；取消登记或被拒绝为空。The tariff registered now; null where it was taken away, or refused.' })
  tariff!: Tariff | null;

  @Field(() => [UserError], { description: '拒绝理由；为空即成功。The refusals; empty on success.' })
  userErrors!: readonly UserError[];
}
