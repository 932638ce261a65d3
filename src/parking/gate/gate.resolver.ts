import { Arg, Args, Ctx, Extensions, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { isRefusal } from '../../kernel/index.js';
import { Charge, visibleCharges } from '../../billing/index.js';
import { FACILITY_BY_ID, FacilityType } from '../../facilities/index.js';
import { Allow } from '../../identity/index.js';
import type { RequestScope } from '../../platform/index.js';
import { PageArgs, userErrorOf, userErrorsOf, type Connection } from '../../platform/graphql/index.js';
import { RESERVATION_BY_ID } from '../reservation.loaders.js';
import { Reservation } from '../reservation.type.js';
import type { GateBasis } from '../rules/admission.js';
import { admitVehicles } from './admit-vehicles.js';
import { correctPlate } from './correct-plate.js';
import { decideEntry } from './decide-entry.js';
import { findingsById } from './finding.sql.js';
import { GATE_DECISION_BY_ID, SESSION_BY_ID, decisionOf, findingOf } from './gate.loaders.js';
import { GateBasisEnum } from './gate-enums.type.js';
import { AdmitVehiclesInput, CorrectPlateInput, DecideEntryInput, GateFindingWhere, RecordGateEventsInput, RecordPassageInput, ResolveGateFindingInput } from './gate-inputs.type.js';
import { AdmitVehiclesPayload, CorrectPlatePayload, DecideEntryPayload, GateDecision, GateEventReceipt, GateFinding, GateFindingConnection, RecordGateEventsPayload, RecordPassagePayload, ResolveGateFindingPayload } from './gate.type.js';
import { listGateFindings, listSessions } from './list-sessions.js';
import { recordEvents, type EventReceipt } from './record-events.js';
import { resolveGateFinding } from './resolve-finding.js';
import { Session, SessionConnection, SessionWhere } from './session.type.js';
import { PLATES_MEANT } from './suggest-sessions.js';

@Resolver(() => GateDecision)
export class GateResolver {
  @Allow('gate:operate')
  @Mutation(() => DecideEntryPayload, { description: '判定车辆可否入场（2.2-7、P2）：与查找、预约同一判断，附理由存档。Decides whether a vehicle may enter, by the same decision as search and booking, and keeps it with its reasons.' })
  async decideEntry(@Arg('input', () => DecideEntryInput, { description: '何车何时入何处。Which vehicle, where and when.' }) input: DecideEntryInput, @Ctx() scope: RequestScope): Promise<DecideEntryPayload> {
    const { at = null, stayMinutes = null, spaceClass = null } = input;
    const outcome = await decideEntry(scope, { ...input, at, stayMinutes, spaceClass });
    if (isRefusal(outcome)) return { decision: null, userErrors: userErrorsOf(outcome, scope) };
    const { decisionId, row } = outcome.value;
    return { decision: row ? decisionOf(scope, row) : await scope.load(GATE_DECISION_BY_ID, decisionId), userErrors: [] };
  }

  @Allow('gate:operate')
  @Mutation(() => RecordPassagePayload, { description: '登记入场。Records that a vehicle came in.' })
  recordEntry(@Arg('input', () => RecordPassageInput, { description: '入场。The entry.' }) input: RecordPassageInput, @Ctx() scope: RequestScope): Promise<RecordPassagePayload> {
    return recordPassage(scope, 'ENTRY', input);
  }

  @Allow('gate:operate')
  @Mutation(() => RecordPassagePayload, { description: '登记出场：预约完成，其后的泊位自下一个整 5 分钟起释放，未预约的按收费标准计费。Records that a vehicle left: its reservation is completed, what lies after the next full 5 minutes is given back, a stay without one is charged.' })
  recordExit(@Arg('input', () => RecordPassageInput, { description: '出场。The exit.' }) input: RecordPassageInput, @Ctx() scope: RequestScope): Promise<RecordPassagePayload> {
    return recordPassage(scope, 'EXIT', input);
  }

  @Allow('gate:operate')
  @Mutation(() => RecordGateEventsPayload, { description: '补报离线期间的进出，按原始时刻（C4）。Records what happened while a gate was offline, each with its own time.' })
  @Extensions({ itemsOf: 'events' })
  async recordGateEvents(@Arg('input', () => RecordGateEventsInput, { description: '一批事件。The events.' }) input: RecordGateEventsInput, @Ctx() scope: RequestScope): Promise<RecordGateEventsPayload> {
    const receipts = await recordEvents(scope, 'recordGateEvents', input);
    return { receipts: receipts.map(receipt => receiptOf(scope, receipt)), userErrors: [] };
  }

  @Allow('gate:operate')
  @Mutation(() => CorrectPlatePayload, { description: '更正误读的号牌（I2）：原读数保留，两车停放重新推算；预约因此并未入场或超时的，回到未入场，违约记录、超时费与告知一并收回。Corrects a misread plate; what was read is kept, and the stays of both vehicles are reckoned anew. A reservation whose vehicle was not there after all is as if nobody had come yet, and of an overstay that was none the breach, its price and what was told are taken back.' })
  async correctPlate(@Arg('input', () => CorrectPlateInput, { description: '哪一事件、何车、为何。Which event, which vehicle, why.' }) input: CorrectPlateInput, @Ctx() scope: RequestScope): Promise<CorrectPlatePayload> {
    const outcome = await correctPlate(scope, input);
    if (isRefusal(outcome)) return { session: null, userErrors: userErrorsOf(outcome, scope) };
    const { sessionId } = outcome.value;
    return { session: sessionId === null ? null : await scope.load(SESSION_BY_ID, sessionId), userErrors: [] };
  }

  @Allow('gate:operate')
  @Mutation(() => ResolveGateFindingPayload, { description: '由人了结一项道闸发现，附原因（C4）：停放与费用不变，误读的号牌用 correctPlate 更正；号牌有多个主体预约的，仍在等候的其他预约的主体得到通知。此后进出记录再有变化而仍有矛盾的，重新成立。拒绝代码：FINDING_RESOLVED、REASON_INVALID。Closes a finding that a person has looked at, with the reason: no stay and no charge changes, and a misread plate is corrected by `correctPlate`. Where several parties booked a plate, those whose bookings still wait for it are told. It stands again where entries and exits change later and still contradict each other.' })
  async resolveGateFinding(@Arg('input', () => ResolveGateFindingInput, { description: '哪一项、为何。Which one, and why.' }) input: ResolveGateFindingInput, @Ctx() scope: RequestScope): Promise<ResolveGateFindingPayload> {
    const outcome = await resolveGateFinding(scope, input);
    if (isRefusal(outcome)) return { finding: null, userErrors: userErrorsOf(outcome, scope) };
    const [row] = await findingsById(scope.database, [outcome.value.gateFindingId]);
    return { finding: findingOf(scope, row!), userErrors: [] };
  }

  @Allow('gate:operate')
  @Mutation(() => AdmitVehiclesPayload, { description: '登记住户或协议车辆（2.5-5、3.2-4）：道闸据此按号牌放行；给出主体的，只有该主体可凭其报价与预约。拒绝代码：VEHICLES_OUT_OF_RANGE、INTERVAL_EMPTY、RESIDENTS_HAVE_NO_AGREEMENT、AGREEMENT_ID_INVALID、PARTY_UNKNOWN，以及号牌的。Names the vehicles of residents or of an agreement: the gate admits by the plate, whoever’s it is; the party that is named, and no other, is quoted and books by them.' })
  async admitVehicles(@Arg('input', () => AdmitVehiclesInput, { description: '哪些车辆、何时。Which vehicles, and when.' }) input: AdmitVehiclesInput, @Ctx() scope: RequestScope): Promise<AdmitVehiclesPayload> {
    const { agreementId = null, partyId = null, startsAt = null, endsAt = null } = input;
    const outcome = await admitVehicles(scope, { ...input, agreementId, partyId, startsAt, endsAt });
    return isRefusal(outcome) ? { admissionIds: [], userErrors: userErrorsOf(outcome, scope) } : { admissionIds: outcome.value.admissionIds, userErrors: [] };
  }

  @Allow('session:read')
  @Query(() => GateDecision, { nullable: true, description: '按标识取道闸判定；不存在或不可见为空。A decision of the gate by its id; null where there is none that the caller may see.' })
  gateDecision(@Arg('id', () => ID, { description: '判定标识。Its id.' }) id: string, @Ctx() scope: RequestScope): Promise<GateDecision | null> {
    return scope.load(GATE_DECISION_BY_ID, id);
  }

  @Allow('session:read')
  @Query(() => GateFindingConnection, { description: '自己设施的道闸发现，新的在前。What does not fit together at the gates of one’s own facilities, the newest first.' })
  gateFindings(
    @Arg('where', () => GateFindingWhere, { nullable: true, description: '筛选；为空即全部仍成立的。Filters; null: all that still stand.' }) where: GateFindingWhere | null,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() scope: RequestScope,
  ): Promise<Connection<GateFinding>> {
    return listGateFindings(scope, where ?? null, page);
  }

  @FieldResolver(() => FacilityType, { description: '停车设施。The facility.' })
  facility(@Root() { facilityId }: GateDecision, @Ctx() scope: RequestScope): Promise<FacilityType> {
    return scope.load(FACILITY_BY_ID, facilityId) as Promise<unknown> as Promise<FacilityType>;
  }

  @FieldResolver(() => Reservation, { nullable: true, description: '起决定作用的预约；没有或不可见为空。The reservation that decided; null where none did.' })
  reservation(@Root() { reservationId }: GateDecision, @Ctx() scope: RequestScope): Promise<Reservation | null> {
    return reservationId === null ? Promise.resolve(null) : scope.load(RESERVATION_BY_ID, reservationId);
  }
}

@Resolver(() => GateEventReceipt)
export class GateEventReceiptResolver {
  @FieldResolver(() => [String], { description: '出场无入场时，可能被误读的在场号牌：与读数相差一个字符，或号码相同而颜色不同；至多 6 个，仅供人工选择（I2）。For an exit without an entry: plates that are in, one character away from what was read, or the same number in another colour; at most 6, for a person to choose from.' })
  suggestedPlates(@Root() { verdict, gateEventId }: GateEventReceipt, @Ctx() scope: RequestScope): Promise<readonly string[]> {
    return verdict === 'EXIT_WITHOUT_ENTRY' ? scope.load(PLATES_MEANT, gateEventId!) : Promise.resolve([]);
  }
}

@Resolver(() => Session)
export class SessionResolver {
  @Allow('session:read')
  @Query(() => Session, { nullable: true, description: '按标识取停车记录；不存在或不可见为空。A session by its id; null where there is none that the caller may see.' })
  session(@Arg('id', () => ID, { description: '停车记录标识。Its id.' }) id: string, @Ctx() scope: RequestScope): Promise<Session | null> {
    return scope.load(SESSION_BY_ID, id);
  }

  @Allow('session:read')
  @Query(() => SessionConnection, { description: '自己设施上的停车记录，及自己预约的，新的在前；号牌掩码（P10）。Sessions at one’s own facilities, and of one’s own reservations, the newest first; plates are masked.' })
  sessions(
    @Arg('where', () => SessionWhere, { nullable: true, description: '筛选；为空不限。Filters; null for all.' }) where: SessionWhere | null,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() scope: RequestScope,
  ): Promise<Connection<Session>> {
    return listSessions(scope, where ?? null, page);
  }

  @FieldResolver(() => GateBasisEnum, { description: '入场依据。By which right it is in.' })
  basis(@Root() { basis }: Session): GateBasis {
    return basis as GateBasis;
  }

  @FieldResolver(() => [Charge], { description: '费用单，次序同 chargeIds，各笔之后为其余款（Charge.rest）：尚欠的即其中 OPEN 与 UNPAID 的 amountFen 之和；不可见的不列。Its charges, in the order of chargeIds, each followed by its rest (Charge.rest): what is still owed is the amountFen of those that are OPEN or UNPAID, summed. Without those that the caller may not see.' })
  charges(@Root() { chargeIds }: Session, @Ctx() scope: RequestScope): Promise<readonly Charge[]> {
    return visibleCharges(scope, chargeIds);
  }

  @FieldResolver(() => FacilityType, { description: '停车设施。The facility.' })
  facility(@Root() { facilityId }: Session, @Ctx() scope: RequestScope): Promise<FacilityType> {
    return scope.load(FACILITY_BY_ID, facilityId) as Promise<unknown> as Promise<FacilityType>;
  }

  @FieldResolver(() => Reservation, { nullable: true, description: '预约；相接的预约为其最后一个；没有或不可见为空。Its reservation, the last where it stayed on from one into the next; null where there is none that the caller may see.' })
  reservation(@Root() { reservationId }: Session, @Ctx() scope: RequestScope): Promise<Reservation | null> {
    return reservationId === null ? Promise.resolve(null) : scope.load(RESERVATION_BY_ID, reservationId);
  }
}

async function recordPassage(scope: RequestScope, kind: 'ENTRY' | 'EXIT', { facilityId, idempotencyKey, occurredAt = null, ...event }: RecordPassageInput): Promise<RecordPassagePayload> {
  const [receipt] = await recordEvents(scope, kind === 'ENTRY' ? 'recordEntry' : 'recordExit', { facilityId, events: [{ ...event, kind, occurredAt }], idempotencyKey });
  const told = receiptOf(scope, receipt!);
  return receipt!.verdict === 'REFUSED' ? { receipt: null, userErrors: told.userErrors } : { receipt: told, userErrors: [] };
}

function receiptOf(scope: RequestScope, { problems, ...receipt }: EventReceipt): GateEventReceipt {
  return Object.assign(new GateEventReceipt(), { ...receipt, userErrors: (problems ?? []).map(each => userErrorOf(each, scope)) });
}
