import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { SpaceClassEnum } from '../facilities/index.js';
import { InstantScalar, SafeIntScalar, UserError, enumOf } from '../platform/graphql/index.js';
import type { SpaceClass } from '../sharing/index.js';
import type { Exception } from './report-intake.js';
import type { PlaceTold, ReportReason, ReportVerdict } from './rules/report-verdict.js';

const CountScopeEnum = enumOf('CountScope', {
  ALL: '全部泊位，含未共享的。Every space, lent or not.',
  SHARED: '仅共享泊位。Only the spaces that are shared.',
}, '计数范围（C1）：全部泊位或仅共享泊位。Which spaces a count covers.');

const VehicleDirectionEnum = enumOf('VehicleDirection', { ENTRY: '驶入。It came in.', EXIT: '驶出。It left.' }, '车辆进出方向。Which way a vehicle went.');

export const ReportVerdictEnum = enumOf('ReportVerdict', {
  ACCEPTED: '已采信。Taken.',
  IGNORED: '不影响现行数字。It changes nothing that is in force.',
  QUARANTINED: '不可信，原样隔离保存为数据质量发现。Not believed; kept raw as a finding.',
} satisfies Record<ReportVerdict, string>, '每条上报的处理结果（G8）。What became of one report.');

export const ReportReasonEnum = enumOf('ReportReason', {
  LATE: '到达时已过有效期，计入但不能使数字恢复新鲜。It came after it had grown stale: it counts, but makes no figure fresh.',
  ABOVE_CAPACITY: '超过总泊位数，原值保留并记为发现。More than there are; kept raw, and a finding.',
  NO_BASE: '尚无绝对数可供增减。There is no count yet that the event could move.',
  DUPLICATE: '与已收到的完全相同。The same was received before.',
  OUT_OF_ORDER: '早于现行数字，只作历史。Older than what is in force; kept as history.',
  EXPIRED: '观测时刻超过 48 小时，不保存。Observed more than 48 h ago; not kept.',
  FUTURE: '观测时刻超前 5 分钟以上。Observed more than 5 minutes ahead of the clock.',
  NEGATIVE: '数量为负。A negative count.',
  MALFORMED: '二选一的字段未给或都给。Of two fields that exclude each other, neither or both.',
  UNKNOWN_FACILITY: '没有此停车设施。There is no such facility.',
  UNKNOWN_ZONE: '没有此分区。There is no such zone.',
  UNKNOWN_CLASS: '此处没有该类泊位。There are no spaces of the class.',
  UNKNOWN_SPACE: '没有此编号的泊位。There is no space of this number.',
  WRONG_PARTY: '不是该设施的产权、管理或运营方，也未受其委托上报。Not the owner, manager or operator of the facility, nor delegated to report by one.',
  SEQUENCE_REUSED: '同一序号或事件号已用于另一内容。The sequence or event id was used for another content.',
} satisfies Record<ReportReason, string>, '未被直接采信的原因。Why a report was not simply taken.');

const SEQUENCE = '来源自己的序号，同一时刻以大者为准。The source’s own counter; of two of one instant the greater stands.';

/** What every report says of itself: of which facility, and when it was observed. */
@InputType({ description: '上报所指的设施与时刻。Of which facility a report is, and when it was observed.' })
abstract class ReportedPlaceInput {
  @Field(() => ID, { nullable: true, description: '停车设施；与 facilityCode 二选一。The facility; exactly one of this and facilityCode.' })
  facilityId?: string | null;

  @Field(() => String, { nullable: true, description: '停车设施在 register 中的代码；与 facilityId 二选一。Its code in the register; exactly one of this and facilityId.' })
  facilityCode?: string | null;

  @Field(() => InstantScalar, { description: '观测时刻。When it was observed.' })
  observedAt!: number;
}

/** A report that a counter made: of a zone or the whole, of one class, within a scope. */
@InputType({ description: '计数上报所指的范围。What a counter counts.' })
abstract class CountedPlaceInput extends ReportedPlaceInput {
  @Field(() => String, { nullable: true, description: '分区代码；为空指整个设施。Code of the zone; null for the whole facility.' })
  zoneCode?: string | null;

  @Field(() => SpaceClassEnum, { defaultValue: 'STANDARD', description: '泊位类型。Class of the spaces.' })
  spaceClass!: SpaceClass;

  @Field(() => CountScopeEnum, { defaultValue: 'ALL', description: '计数范围。Which spaces are counted.' })
  scope!: 'ALL' | 'SHARED';
}

/** What every reporting call says beside its reports. */
@InputType({ description: '一次上报调用。One call that reports.' })
abstract class ReportingCallInput {
  @Field(() => String, { defaultValue: 'default', description: '上报来源名称，1–100 字符。Name of the feed, 1 to 100 characters.' })
  feed!: string;

  @Field(() => String, { nullable: true, description: 'facilityCode 所属的登记册；不用代码时为空。The register that every facilityCode is of; null where none is given.' })
  register?: string | null;

  @Field(() => ID, { nullable: true, description: '代表哪一主体；为空取调用方唯一的主体。For which of the caller’s parties; null for its only one.' })
  partyId?: string | null;

  @Field(() => String, { description: '幂等键，至多 255 字符，保留 72 小时。Idempotency key, at most 255 characters, kept for 72 hours.' })
  idempotencyKey!: string;
}

@InputType({ description: '一次绝对计数（2.2-5）：占用数或空闲数。One count: of occupied or of free spaces.' })
export class OccupancyReportInput extends CountedPlaceInput {
  @Field(() => Int, { nullable: true, description: '占用数；与 free 二选一。Occupied spaces; exactly one of this and free.' })
  occupied?: number | null;

  @Field(() => Int, { nullable: true, description: '空闲数；与 occupied 二选一。Free spaces; exactly one of this and occupied.' })
  free?: number | null;

  @Field(() => SafeIntScalar, { defaultValue: 0, description: SEQUENCE })
  sequence!: number;
}

@InputType({ description: '占用上报，一次至多 1000 条。Occupancy reports, at most 1,000 at once.' })
export class ReportOccupancyInput extends ReportingCallInput {
  @Field(() => [OccupancyReportInput], { description: '上报，至多 1000 条。The reports, at most 1,000.' })
  reports!: OccupancyReportInput[];
}

@InputType({ description: '一辆车的进或出。One vehicle that came in or left.' })
export class VehicleEventInput extends CountedPlaceInput {
  @Field(() => VehicleDirectionEnum, { description: '进或出。Which way it went.' })
  direction!: 'ENTRY' | 'EXIT';

  @Field(() => String, { description: '来源自己的事件号，1–100 字符。The source’s own id of the event, 1 to 100 characters.' })
  eventId!: string;
}

@InputType({ description: '车辆进出事件，一次至多 1000 条。Vehicles, at most 1,000 at once.' })
export class RecordVehicleEventsInput extends ReportingCallInput {
  @Field(() => [VehicleEventInput], { description: '事件，至多 1000 条。The events, at most 1,000.' })
  events!: VehicleEventInput[];
}

@InputType({ description: '一个编号泊位的状态。The state of one numbered space.' })
export class SpaceStateInput extends ReportedPlaceInput {
  @Field(() => String, { description: '分区代码。Code of the zone.' })
  zoneCode!: string;

  @Field(() => String, { description: '泊位编号。Number of the space.' })
  number!: string;

  @Field(() => Boolean, { description: '是否占用。Whether it is occupied.' })
  isOccupied!: boolean;

  @Field(() => SafeIntScalar, { defaultValue: 0, description: SEQUENCE })
  sequence!: number;
}

@InputType({ description: '编号泊位状态，一次至多 1000 条。States of numbered spaces, at most 1,000 at once.' })
export class ReportSpaceStatesInput extends ReportingCallInput {
  @Field(() => [SpaceStateInput], { description: '状态，至多 1000 条。The states, at most 1,000.' })
  states!: SpaceStateInput[];
}

@ObjectType({ description: '一条上报的回执（G8）。What became of one report.' })
export class ReportReceipt {
  @Field(() => Int, { description: '在输入列表中的序号，从 0 起。Its place in the list of the input, from 0.' })
  index!: number;

  @Field(() => ReportVerdictEnum, { description: '处理结果。What became of it.' })
  verdict!: ReportVerdict;

  @Field(() => ReportReasonEnum, { nullable: true, description: '原因；直接采信时为空。Why; null where it was simply taken.' })
  reason!: ReportReason | null;

  @Field(() => String, { nullable: true, description: '按 Accept-Language 的说明；直接采信时为空。The reason in the language of the request; null where it was simply taken.' })
  message!: string | null;
}

/** What the three reporting mutations answer. The receipts are made only where they are selected. */
@ObjectType({ description: '上报的结果。What became of reports.' })
abstract class ReportPayload {
  told!: readonly PlaceTold[];
  exceptions!: readonly Exception[];

  @Field(() => Int, { description: '采信条数。How many were taken.' })
  accepted!: number;

  @Field(() => Int, { description: '忽略条数。How many changed nothing.' })
  ignored!: number;

  @Field(() => Int, { description: '隔离条数。How many were not believed.' })
  quarantined!: number;

  @Field(() => [UserError], { description: '业务拒绝；逐条结果见 receipts。Refusals of the call as a whole; what became of each report is in the receipts.' })
  userErrors!: UserError[];
}

@ObjectType({ description: '占用上报的结果（P3、G8）。What became of occupancy reports.' })
export class ReportOccupancyPayload extends ReportPayload {}

@ObjectType({ description: '车辆进出上报的结果（C3、G8）。What became of vehicle events.' })
export class RecordVehicleEventsPayload extends ReportPayload {}

@ObjectType({ description: '泊位状态上报的结果（G8）。What became of states of spaces.' })
export class ReportSpaceStatesPayload extends ReportPayload {}
