import { Field, ID, InputType, ObjectType } from 'type-graphql';
import type { PlateColour } from '../../kernel/index.js';
import { SpaceClassEnum, type SpaceClass } from '../../facilities/index.js';
import { FenScalar, InstantScalar, Node, connectionTypes, enumOf } from '../../platform/graphql/index.js';
import { IntervalInput } from '../../sharing/index.js';
import { PlateColourEnum } from '../reservation.type.js';
import type { SessionState } from '../rules/session-lifecycle.js';

const STATE_WORDS: Readonly<Record<SessionState, string>> = {
  OPEN: '在场。The vehicle is in.',
  ENDED: '已离场。It has left.',
  VOID: '作废：后到的事件或更正表明并无此次停放。Void: what came later, or a correction, told that there was no such stay.',
};

export const SessionStateEnum = enumOf('SessionState', STATE_WORDS, '停车记录状态（P11）。State of a session.');

@ObjectType({ implements: Node, description: '停车记录：一辆车从入场到出场。A session: one vehicle’s stay, entry to exit.' })
export class Session extends Node {
  facilityId!: string;
  reservationId!: string | null;
  basis!: string;

  @Field(() => SessionStateEnum, { description: '状态。Its state.' })
  state!: SessionState;

  @Field(() => String, { description: '掩码号牌或凭证（P10）。The masked plate or ticket.' })
  plate!: string;

  @Field(() => PlateColourEnum, { nullable: true, description: '号牌颜色；无牌或境外为空。The plate’s colour; null without one.' })
  colour!: PlateColour | null;

  @Field(() => SpaceClassEnum, { description: '泊位类型。The class of its space.' })
  spaceClass!: SpaceClass;

  @Field(() => InstantScalar, { nullable: true, description: '入场时刻；无入场记录为空。When it came in; null where nobody told.' })
  enteredAt!: number | null;

  @Field(() => InstantScalar, { nullable: true, description: '出场时刻；在场为空。When it left; null while it is in.' })
  exitedAt!: number | null;

  @Field(() => Boolean, { description: '出场由道闸记录；否则按再次入场推定。Whether a gate told of the exit; otherwise it was in again and had left by then.' })
  isExitTold!: boolean;

  @Field(() => InstantScalar, { nullable: true, description: '自何时起超时；未超时为空（C9）。Since when it overstays; null where it does not.' })
  overstayedSince!: number | null;

  @Field(() => InstantScalar, { nullable: true, description: '未预约车辆的泊位留至何时；没有为空。Until when spaces are claimed for a vehicle without a reservation; null where none are.' })
  claimedUntil!: number | null;

  @Field(() => FenScalar, { nullable: true, description: '未预约的停车费，或预约的超时费，分，按其中的整分计（见 StayQuote.amountFen），不足一个整分为 0；未计或无从计价为空。What the stay, or the time beyond the reservation, costs in fen, by the whole minutes in it, as StayQuote.amountFen says, and 0 without one; null where it is not priced.' })
  amountFen!: number | null;

  @Field(() => [ID], { description: '费用单，余款见 charges；没有为空列表。Its charges, whose rests are in charges alone; none where nothing is owed.' })
  chargeIds!: readonly string[];

  @Field(() => ID, { nullable: true, description: '共享协议；没有为空。The agreement; null where none is.' })
  agreementId!: string | null;
}

export const SessionConnection = connectionTypes('Session', () => Session, { zh: '停车记录', en: 'sessions' });

@InputType({ description: '停车记录的筛选；各项同时满足，为空不限（states 除外），空列表不匹配任何记录。Filter of sessions; all of it holds, null does not filter (but for states), and an empty list matches none.' })
export class SessionWhere {
  @Field(() => ID, { nullable: true, description: '停车设施；为空不限。At this facility; null for all.' })
  facilityId?: string | null;

  @Field(() => ID, { nullable: true, description: '预约；为空不限。Of this reservation; null for all.' })
  reservationId?: string | null;

  @Field(() => [SessionStateEnum], { nullable: true, description: '状态；为空即除作废外全部。In one of these states; null: all but void ones.' })
  states?: SessionState[] | null;

  @Field(() => IntervalInput, { nullable: true, description: '开始于此时段；为空不限。That began within this interval; null for all.' })
  began?: IntervalInput | null;
}
