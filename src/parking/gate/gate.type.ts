import { Field, ID, ObjectType } from 'type-graphql';
import { InstantScalar, Node, UserError, connectionTypes } from '../../platform/graphql/index.js';
import type { GateBasis } from '../rules/admission.js';
import type { Arrival } from './event.sql.js';
import type { GateFindingKind } from './finding.sql.js';
import { GateArrivalEnum, GateBasisEnum, GateFindingKindEnum, GateVerdictEnum } from './gate-enums.type.js';
import type { EventReceipt } from './record-events.js';
import { Session } from './session.type.js';

const ERRORS = '业务拒绝，一次全部给出。Refusals, all at once.';

@ObjectType({ simpleResolvers: true, description: '判定的一条理由。One reason of a decision.' })
export class GateReason {
  @Field(() => String, { description: '稳定代码。A stable code.' })
  code!: string;

  @Field(() => String, { description: '按请求语言的说明。In the language of the request.' })
  message!: string;

  @Field(() => String, { nullable: true, description: '所依据的政策条款；没有为空。The policy item; null where none is.' })
  clause!: string | null;
}

@ObjectType({ implements: Node, description: '道闸判定（2.2-7、P2）：存档可引用，不再更改。A decision of the gate: kept, citable, never changed.' })
export class GateDecision extends Node {
  facilityId!: string;
  reservationId!: string | null;

  @Field(() => Boolean, { description: '是否放行。Whether the vehicle may enter.' })
  isAdmitted!: boolean;

  @Field(() => GateBasisEnum, { nullable: true, description: '依据；不放行为空。By which right; null where it may not.' })
  basis!: GateBasis | null;

  @Field(() => String, { description: '起决定作用的规则：依据，或首条拒绝代码。The rule that decided: the right, or the first refusal’s code.' })
  rule!: string;

  @Field(() => [GateReason], { description: '未能依据更优先权利入场的理由，或拒绝的全部理由。Why no earlier right admitted, or why nothing does.' })
  reasons!: GateReason[];

  @Field(() => InstantScalar, { description: '判定所针对的时刻。The instant that it is about.' })
  at!: number;

  @Field(() => InstantScalar, { nullable: true, description: '可停至何时；不放行为空。Until when it may stay; null where it may not enter.' })
  until!: number | null;

  @Field(() => String, { description: '掩码号牌（P10）。The masked plate.' })
  plate!: string;

  @Field(() => ID, { nullable: true, description: '起决定作用的占用承诺；没有为空。The claim that decided; null where none did.' })
  claimId!: string | null;

  @Field(() => ID, { nullable: true, description: '共享协议；没有为空。The agreement; null where none is.' })
  agreementId!: string | null;

  @Field(() => [ID], { description: '覆盖停放的共享时段。The windows that lend to the stay.' })
  windowIds!: readonly string[];

  @Field(() => [String], { description: '可能被误读的号牌：与读数相差一个字符（识错、漏识或多识，任何位置，含省份简称），且此时可凭其预约入场；至多 5 个，形近者在前；已有预约的为空列表。仅供人工选择，绝不自动匹配（I2）。Plates that may have been misread: one character away from what was read (another, a dropped or an added one, anywhere, the province among them), whose reservation opens the gate then; at most 5, look-alikes first; none where the plate has a reservation itself. For a person to choose from, never matched.' })
  suggestedPlates!: readonly string[];
}

@ObjectType({ description: '入场判定的结果。What came of asking.' })
export class DecideEntryPayload {
  @Field(() => GateDecision, { nullable: true, description: '判定；未能判定为空。The decision; null where none was made.' })
  decision!: GateDecision | null;

  @Field(() => [UserError], { description: ERRORS })
  userErrors!: UserError[];
}

@ObjectType({ simpleResolvers: true, description: '一次进出的回执。What became of one passage.' })
export class GateEventReceipt {
  @Field(() => GateVerdictEnum, { description: '结果。The verdict.' })
  verdict!: EventReceipt['verdict'];

  @Field(() => GateArrivalEnum, { nullable: true, description: '如何到达；未接受为空。How it arrived; null where it was refused.' })
  arrival!: Arrival | null;

  @Field(() => ID, { nullable: true, description: '事件标识，供 correctPlate；未接受为空。Its id, for correctPlate; null where it was refused.' })
  gateEventId!: string | null;

  @Field(() => ID, { nullable: true, description: '所属停车记录；未接受为空。The session; null where it was refused.' })
  sessionId!: string | null;

  @Field(() => [UserError], { description: ERRORS })
  userErrors!: UserError[];
}

@ObjectType({ description: '一次进出的结果。What came of one passage.' })
export class RecordPassagePayload {
  @Field(() => GateEventReceipt, { nullable: true, description: '回执；未接受为空。The receipt; null where it was refused.' })
  receipt!: GateEventReceipt | null;

  @Field(() => [UserError], { description: ERRORS })
  userErrors!: UserError[];
}

@ObjectType({ description: '一批进出的结果，逐条不相牵连。What came of a batch; one bad event never sinks the others.' })
export class RecordGateEventsPayload {
  @Field(() => [GateEventReceipt], { description: '逐条回执，按输入次序。One receipt an event, in the order of the input.' })
  receipts!: GateEventReceipt[];

  @Field(() => [UserError], { description: ERRORS })
  userErrors!: UserError[];
}

@ObjectType({ description: '更正号牌的结果。What came of a correction.' })
export class CorrectPlatePayload {
  @Field(() => Session, { nullable: true, description: '该事件现属的停车记录；被拒为空。The session that the event is of now; null where it was refused.' })
  session!: Session | null;

  @Field(() => [UserError], { description: ERRORS })
  userErrors!: UserError[];
}

@ObjectType({ description: '登记车辆的结果。What came of naming vehicles.' })
export class AdmitVehiclesPayload {
  @Field(() => [ID], { description: '登记编号，按输入次序；被拒为空列表。Their ids, in the order of the input; none where it was refused.' })
  admissionIds!: readonly string[];

  @Field(() => [UserError], { description: ERRORS })
  userErrors!: UserError[];
}

@ObjectType({ description: '道闸发现：事件之间的矛盾，由人处理（C4）。What does not fit together at a gate, for a person to look at.' })
export class GateFinding {
  facilityId!: string;

  @Field(() => ID, { description: '标识。Its id.' })
  id!: string;

  @Field(() => GateFindingKindEnum, { description: '种类。Its kind.' })
  kind!: GateFindingKind;

  @Field(() => String, { description: '按请求语言的说明。In the language of the request.' })
  message!: string;

  @Field(() => ID, { nullable: true, description: '道闸事件；没有为空。The gate’s event; null where none was kept.' })
  gateEventId!: string | null;

  @Field(() => ID, { nullable: true, description: '停车记录；没有为空。The session; null where none is.' })
  sessionId!: string | null;

  @Field(() => InstantScalar, { description: '发现时刻。When it was found.' })
  foundAt!: number;

  @Field(() => InstantScalar, { nullable: true, description: '因后到事件得以解释，或由人了结的时刻；仍成立为空。When what came later explained it, or a person closed it; null while it stands.' })
  resolvedAt!: number | null;

  @Field(() => String, { nullable: true, description: '由人了结的原因；未由人了结为空。Why a person closed it; null where none did.' })
  reason!: string | null;
}

@ObjectType({ description: '了结道闸发现的结果。What came of closing a finding.' })
export class ResolveGateFindingPayload {
  @Field(() => GateFinding, { nullable: true, description: '该发现；被拒为空。The finding; null where it was refused.' })
  finding!: GateFinding | null;

  @Field(() => [UserError], { description: ERRORS })
  userErrors!: UserError[];
}

export const GateFindingConnection = connectionTypes('GateFinding', () => GateFinding, { zh: '道闸发现', en: 'findings of gates' });
