import { Directive, Field, ID, InputType, Int } from 'type-graphql';
import { FenScalar, InstantScalar } from '../platform/graphql/index.js';
import { SpaceClassEnum, type SpaceClass } from '../facilities/index.js';
import { DayRuleInput, RuleDaysInput } from '../sharing/index.js';
import type { Rounding } from '../kernel/index.js';
import type { EdgeRule, FreeMinutes, TariffStatus } from './rules/tariff.js';
import { EdgeRuleEnum, FreeMinutesKindEnum, RoundingEnum, TariffStatusEnum } from './tariff-enums.type.js';

const KEY = '幂等键，至多 255 字符，保留 72 小时。Idempotency key, at most 255 characters, kept for 72 hours.';
const VERSION = '调用方所见的版本（I18）；为空不核对。The version that the caller saw; null for whichever stands.';

@InputType({ description: '按时长比例计价。A price that goes with the time.' })
export class PerHourInput {
  @Field(() => FenScalar, { description: '每小时，分，0–10000000。Fen an hour, 0 to 10,000,000.' })
  fenPerHour!: number;
}

@InputType({ description: '按开始的每一时段单位计价。A price for every block begun.' })
export class PerBlockInput {
  @Field(() => Int, { description: '单位时长，分钟，1–44640。Length of a block, minutes, 1 to 44,640.' })
  blockMinutes!: number;

  @Field(() => FenScalar, { description: '每单位，分。Fen a block.' })
  fenPerBlock!: number;
}

@InputType({ description: '阶梯的一级。One step of a ladder.' })
export class LadderStepInput {
  @Field(() => Int, { description: '至多停放多少分钟，含。Up to so many minutes, included.' })
  untilMinutes!: number;

  @Field(() => FenScalar, { description: '至此合计，分。What so long a stay costs in all, fen.' })
  fen!: number;
}

@InputType({ description: '阶梯之后的计价。What follows the last step.' })
export class LadderRestInput {
  @Field(() => Int, { description: '每多少分钟，未满按一个计。For every so many minutes begun.' })
  everyMinutes!: number;

  @Field(() => FenScalar, { description: '另收，分。So many fen more.' })
  fen!: number;
}

@InputType({ description: '阶梯计价：按停放总时长。A ladder: a price for each total length.' })
export class LadderInput {
  @Field(() => [LadderStepInput], { description: '各级，1–400 级，由短到长。Its steps, 1 to 400, shortest first.' })
  steps!: LadderStepInput[];

  @Field(() => LadderRestInput, { nullable: true, description: '末级之后；为空不再加收。After the last step; null asks nothing more.' })
  then?: LadderRestInput | null;

  @Field(() => Int, { nullable: true, description: '每多少分钟重新起算；为空不重算。Begins anew every so many minutes; null never does.' })
  repeatsAfterMinutes?: number | null;
}

@InputType({ description: '一口价。A single amount.' })
export class SingleAmountInput {
  @Field(() => FenScalar, { description: '金额，分。Amount in fen.' })
  fen!: number;
}

@Directive('@oneOf')
@InputType({ description: '一个计费时段的价格，一个泊位：六选一。What a band costs, for one space: exactly one of the six.' })
export class BandPriceInput {
  @Field(() => Boolean, { nullable: true, description: '免费，填 true。Free; give true.' })
  free?: boolean | null;

  @Field(() => PerHourInput, { nullable: true, description: '按小时比例。By the hour, in proportion.' })
  perHour?: PerHourInput | null;

  @Field(() => PerBlockInput, { nullable: true, description: '按单位时段，未满按一个计。By blocks begun.' })
  perBlock?: PerBlockInput | null;

  @Field(() => LadderInput, { nullable: true, description: '阶梯。A ladder.' })
  ladder?: LadderInput | null;

  @Field(() => SingleAmountInput, { nullable: true, description: '按次，整个停放只收一次。Once a stay, however long.' })
  perEntry?: SingleAmountInput | null;

  @Field(() => SingleAmountInput, { nullable: true, description: '非定时价格（2.4-3）：该时段每次一价，与时长无关；须写明 hours。Once each time its hours come round, whatever part of them is used; needs hours.' })
  flatAfterClosing?: SingleAmountInput | null;
}

@InputType({ description: '计费时段：何时、哪类泊位、什么价格。同一分钟以靠前者为准；都不适用则不收费。When, for which spaces, what price. Of several that speak of a minute the first holds; where none does, nothing is charged.' })
export class TariffBandInput {
  @Field(() => String, { description: '名称，1–60 字，在本标准内唯一。Name, 1 to 60 characters, unique within the tariff.' })
  name!: string;

  @Field(() => DayRuleInput, { nullable: true, description: '日期与时间；为空即全部时间。Dates and hours; null is always.' })
  hours?: DayRuleInput | null;

  @Field(() => [SpaceClassEnum], { nullable: true, description: '泊位类型（2.5-2）；为空即全部。Classes of space; null is every class.' })
  spaceClasses?: SpaceClass[] | null;

  @Field(() => BandPriceInput, { description: '价格。The price.' })
  price!: BandPriceInput;
}

@InputType({ description: '按自然日封顶。A cap on each calendar day.' })
export class DayCapInput {
  @Field(() => RuleDaysInput, { nullable: true, description: '哪些日期；为空即每天。Which dates; null is every day.' })
  days?: RuleDaysInput | null;
}

@Directive('@oneOf')
@InputType({ description: '封顶的周期：四选一（I7）。What a cap holds for: exactly one of the four.' })
export class CapPeriodInput {
  @Field(() => DayRuleInput, { nullable: true, description: '当地某一时段，如夜间。Local hours, such as a night.' })
  localSpan?: DayRuleInput | null;

  @Field(() => DayCapInput, { nullable: true, description: '自然日。A calendar day.' })
  day?: DayCapInput | null;

  @Field(() => Boolean, { nullable: true, description: '自驶入起每 24 小时，填 true。Every 24 hours from the start of the stay; give true.' })
  rolling24h?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: '整个停放，填 true。The whole stay; give true.' })
  stay?: boolean | null;
}

@InputType({ description: '封顶：先合计，再封顶（I7）。A cap, held after the sum.' })
export class TariffCapInput {
  @Field(() => String, { description: '名称，1–60 字，在本标准内唯一。Name, 1 to 60 characters, unique within the tariff.' })
  name!: string;

  @Field(() => CapPeriodInput, { description: '周期。What it holds for.' })
  period!: CapPeriodInput;

  @Field(() => FenScalar, { description: '一个泊位至多，分。The most for one space, fen.' })
  fen!: number;

  @Field(() => [String], { nullable: true, description: '计入的计费时段名称；为空即全部。Names of the bands that count; null is all.' })
  bands?: string[] | null;
}

@InputType({ description: '免费时长，一次停放一次（I8）。Free minutes, once a stay.' })
export class FreeMinutesInput {
  @Field(() => Int, { description: '分钟，1–1440。Minutes, 1 to 1,440.' })
  minutes!: number;

  @Field(() => FreeMinutesKindEnum, { description: '方式。How they count.' })
  kind!: FreeMinutes['kind'];
}

@InputType({ description: '每行取整一次（I7）。How each line is rounded, once.' })
export class LineRoundingInput {
  @Field(() => RoundingEnum, { description: '方式。The rule.' })
  rule!: Rounding;

  @Field(() => FenScalar, { description: '取整到多少分的整倍数，1–10000。To a multiple of so many fen, 1 to 10,000.' })
  toFen!: number;
}

@InputType({ description: '收费标准的内容（3.2-5）。The terms of a tariff.' })
export class TariffTermsInput {
  @Field(() => [TariffBandInput], { description: '计费时段，1–50 项，靠前者优先。Bands, 1 to 50, the first ones before the others.' })
  bands!: TariffBandInput[];

  @Field(() => [TariffCapInput], { nullable: true, description: '封顶，至多 20 项；为空即没有。Caps, at most 20; null for none.' })
  caps?: TariffCapInput[] | null;

  @Field(() => FreeMinutesInput, { nullable: true, description: '免费时长；为空即没有。Free minutes; null for none.' })
  freeMinutes?: FreeMinutesInput | null;

  @Field(() => LineRoundingInput, { nullable: true, description: '取整；为空即四舍五入到分。Rounding; null rounds halves up to whole fen.' })
  rounding?: LineRoundingInput | null;

  @Field(() => EdgeRuleEnum, { nullable: true, description: '跨越交界的计时单位；为空即 ANEW。Blocks that run over an edge; null is ANEW.' })
  blocksAtEdges?: EdgeRule | null;
}

@Directive('@oneOf')
@InputType({ description: '收费标准归谁：二选一。Whose a tariff is: one of the two.' })
export class TariffOwnerInput {
  @Field(() => ID, { nullable: true, description: '一处停车设施，只用于它。A facility, which alone uses it.' })
  facilityId?: string | null;

  @Field(() => ID, { nullable: true, description: '一个主体，用于其拥有、管理或运营的设施。A party, for what it owns, manages or operates.' })
  partyId?: string | null;
}

@InputType({ description: '发布收费标准。Publishes a tariff.' })
export class PublishTariffInput {
  @Field(() => TariffOwnerInput, { description: '归谁。Whose it is.' })
  owner!: TariffOwnerInput;

  @Field(() => String, { description: '名称，1–200 字。Name, 1 to 200 characters.' })
  name!: string;

  @Field(() => TariffTermsInput, { description: '内容。Its terms.' })
  terms!: TariffTermsInput;

  @Field(() => InstantScalar, { nullable: true, description: '何时起施行；为空即现在。From when it holds; null for now.' })
  inForceFrom?: number | null;

  @Field(() => String, { nullable: true, description: '依据文号，至多 200 字；没有为空。Legal basis, at most 200 characters; null for none.' })
  legalBasis?: string | null;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@InputType({ description: '给收费标准一个新版本；已报的价不变（I9）。停放中途施行的，此后时间按新价，已开始的计时单位不重复收取：同名时段的同长计时单位与阶梯接续计算，封顶、按次与免费时长不重新起算；时段改名、计时单位长度或计价方式改变的，重新起算。Gives a tariff a new version; what was quoted stays. Within a stay the time after it has the new prices, and nothing that was begun is asked twice: blocks of the same length and ladders of a band of the same name run on, and caps, prices per entry and free minutes do not begin anew. A band of another name, blocks of another length, or another kind of price begin anew.' })
export class ReviseTariffInput {
  @Field(() => ID, { description: '收费标准。The tariff.' })
  tariffId!: string;

  @Field(() => String, { nullable: true, description: VERSION })
  expectedVersion?: string | null;

  @Field(() => TariffTermsInput, { description: '新的内容。The new terms.' })
  terms!: TariffTermsInput;

  @Field(() => InstantScalar, { nullable: true, description: '何时起施行，不早于现在；为空即现在。From when it holds, not in the past; null for now.' })
  inForceFrom?: number | null;

  @Field(() => String, { nullable: true, description: '依据文号，至多 200 字；没有为空。Legal basis, at most 200 characters; null for none.' })
  legalBasis?: string | null;

  @Field(() => String, { description: '原因，1–500 字。Why, 1 to 500 characters.' })
  reason!: string;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@InputType({ description: '撤回收费标准。Withdraws a tariff.' })
export class WithdrawTariffInput {
  @Field(() => ID, { description: '收费标准。The tariff.' })
  tariffId!: string;

  @Field(() => String, { nullable: true, description: VERSION })
  expectedVersion?: string | null;

  @Field(() => String, { description: '原因，1–500 字。Why, 1 to 500 characters.' })
  reason!: string;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@InputType({ description: '登记设施在共享时段以外的收费标准（I8）。Registers what a facility charges outside every window.' })
export class RegisterFacilityTariffInput {
  @Field(() => ID, { description: '停车设施。The facility.' })
  facilityId!: string;

  @Field(() => ID, { nullable: true, description: '收费标准；为空即取消登记，此后时段外不报价。The tariff; null takes the registration away, and time outside every window has no price.' })
  tariffId?: string | null;

  @Field(() => String, { description: '原因，1–500 字。Why, 1 to 500 characters.' })
  reason!: string;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@InputType({ description: '收费标准的筛选；各项同时满足，为空不限，空列表不匹配任何收费标准。Filter of tariffs; all of it holds, null does not filter, and an empty list matches none.' })
export class TariffWhere {
  @Field(() => [ID], { nullable: true, description: '所属停车设施，至多 1000 个；为空不限。Facilities they belong to, at most 1,000; null for any.' })
  facilityIds?: string[] | null;

  @Field(() => [ID], { nullable: true, description: '所属主体，至多 1000 个；为空不限。Parties they belong to, at most 1,000; null for any.' })
  partyIds?: string[] | null;

  @Field(() => [TariffStatusEnum], { nullable: true, description: '状态；为空不限。States; null for any.' })
  statuses?: TariffStatus[] | null;
}
