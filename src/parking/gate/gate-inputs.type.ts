import { Field, ID, InputType, Int } from 'type-graphql';
import type { PlateColour } from '../../kernel/index.js';
import { SpaceClassEnum, type SpaceClass } from '../../facilities/index.js';
import { InstantScalar } from '../../platform/graphql/index.js';
import { PlateColourEnum } from '../reservation.type.js';
import type { GateFindingKind } from './finding.sql.js';
import { AdmittedAudienceEnum, GateEventKindEnum, GateFindingKindEnum } from './gate-enums.type.js';

const KEY = '幂等键，至多 255 字符（I17）。Idempotency key, at most 255 characters.';

@InputType({ description: '道闸所见车辆：号牌与临时凭证，二者恰取其一；外地与境外号牌照实填写。What a gate saw: exactly one of plate and ticket.' })
export class GateVehicleInput {
  @Field(() => String, { nullable: true, description: '识别到的号牌；发给凭证的为空。The plate as it was read; null where a ticket was given.' })
  plate?: string | null;

  @Field(() => PlateColourEnum, { nullable: true, description: '识别到的颜色；未识别为空（I2）。Its colour; null where it was not seen.' })
  colour?: PlateColour | null;

  @Field(() => String, { nullable: true, description: '无牌车辆的临时凭证；有号牌为空。The ticket of a vehicle without a plate; null otherwise.' })
  ticket?: string | null;
}

@InputType({ description: '入场判定的问题。What is asked before a vehicle enters.' })
export class DecideEntryInput {
  @Field(() => ID, { description: '停车设施。The facility.' })
  facilityId!: string;

  @Field(() => GateVehicleInput, { description: '车辆。The vehicle.' })
  vehicle!: GateVehicleInput;

  @Field(() => InstantScalar, { nullable: true, description: '入场时刻，前后五分钟内；为空即现在。The instant, within five minutes of now; null: now.' })
  at?: number | null;

  @Field(() => Int, { nullable: true, description: '未预约车辆拟停分钟数，1–1440；为空即 60。Minutes that a vehicle without a reservation would stay; null: 60.' })
  stayMinutes?: number | null;

  @Field(() => SpaceClassEnum, { nullable: true, description: '未预约车辆所需泊位类型；为空即 STANDARD。The class it needs; null: STANDARD.' })
  spaceClass?: SpaceClass | null;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@InputType({ description: '一次进或出。One passage.' })
export class RecordPassageInput {
  @Field(() => ID, { description: '停车设施。The facility.' })
  facilityId!: string;

  @Field(() => String, { description: '道闸名称。Which gate.' })
  gate!: string;

  @Field(() => String, { description: '道闸自己的事件号，重复即同一事件（C4）。The gate’s own number of the event.' })
  eventId!: string;

  @Field(() => GateVehicleInput, { description: '车辆。The vehicle.' })
  vehicle!: GateVehicleInput;

  @Field(() => InstantScalar, { nullable: true, description: '发生时刻；为空即现在。When it happened; null: now.' })
  occurredAt?: number | null;

  @Field(() => SpaceClassEnum, { nullable: true, description: '所用泊位类型；为空即 STANDARD。The class of space; null: STANDARD.' })
  spaceClass?: SpaceClass | null;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@InputType({ description: '补报的一次进或出，带原始时刻。One passage with its own time.' })
export class GateEventInput {
  @Field(() => String, { description: '道闸名称。Which gate.' })
  gate!: string;

  @Field(() => String, { description: '道闸自己的事件号（C4）。The gate’s own number of the event.' })
  eventId!: string;

  @Field(() => GateEventKindEnum, { description: '进或出。In or out.' })
  kind!: 'ENTRY' | 'EXIT';

  @Field(() => GateVehicleInput, { description: '车辆。The vehicle.' })
  vehicle!: GateVehicleInput;

  @Field(() => InstantScalar, { description: '发生时刻。When it happened.' })
  occurredAt!: number;

  @Field(() => SpaceClassEnum, { nullable: true, description: '所用泊位类型；为空即 STANDARD。The class of space; null: STANDARD.' })
  spaceClass?: SpaceClass | null;
}

@InputType({ description: '一个设施的一批进出。A batch of passages of one facility.' })
export class RecordGateEventsInput {
  @Field(() => ID, { description: '停车设施。The facility.' })
  facilityId!: string;

  @Field(() => [GateEventInput], { description: '进出事件，至多 500 条，次序不限。At most 500 events, in any order.' })
  events!: GateEventInput[];

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@InputType({ description: '更正误读的号牌。Says that a plate was misread.' })
export class CorrectPlateInput {
  @Field(() => ID, { description: '道闸事件。The gate’s event.' })
  gateEventId!: string;

  @Field(() => GateVehicleInput, { description: '真实车辆。The vehicle that it was.' })
  vehicle!: GateVehicleInput;

  @Field(() => String, { description: '原因，1–200 字符，留审计。Why, in 1 to 200 characters; audited.' })
  reason!: string;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@InputType({ description: '了结道闸发现。Closes a finding of a gate.' })
export class ResolveGateFindingInput {
  @Field(() => ID, { description: '道闸发现。The finding.' })
  gateFindingId!: string;

  @Field(() => String, { description: '查明的情况与处理，1–500 字符，留审计；勿写个人信息。What was found out and done, in 1 to 500 characters; audited, and nothing personal.' })
  reason!: string;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@InputType({ description: '登记住户或协议车辆。Names vehicles of residents or of an agreement.' })
export class AdmitVehiclesInput {
  @Field(() => ID, { description: '停车设施。The facility.' })
  facilityId!: string;

  @Field(() => AdmittedAudienceEnum, { description: '供给对象。Which audience.' })
  audience!: 'RESIDENTS' | 'AGREEMENT_HOLDERS';

  @Field(() => [GateVehicleInput], { description: '车辆，至多 500 辆。At most 500 vehicles.' })
  vehicles!: GateVehicleInput[];

  @Field(() => ID, { nullable: true, description: '协议编号：本平台的协议，或双方自定的编号；1–64 个字符，首尾空格不计，不含控制字符与不可见字符（AGREEMENT_ID_INVALID、TEXT_CHARACTERS）；住户车辆不填（RESIDENTS_HAVE_NO_AGREEMENT）；没有为空。The agreement: one of this platform, or the number that its parties gave it; 1 to 64 characters that can be seen, of any script, spaces around them left away; not for residents; null where there is none.' })
  agreementId?: string | null;

  @Field(() => ID, { nullable: true, description: '车辆所属主体：只有它可凭此登记报价与预约（知道号牌不等于拥有车辆），须已登记且未注销（PARTY_UNKNOWN）；该主体注销时登记随之终止。为空即无人可凭此预约，仅道闸放行。Whose vehicles they are: that party alone is quoted and books by them, because to know a plate is not to have the vehicle; a registered party that is not erased, and when it is erased the admission ends. Null: nobody may book by it, the gate alone admits.' })
  partyId?: string | null;

  @Field(() => InstantScalar, { nullable: true, description: '起；为空即现在。From; null: now.' })
  startsAt?: number | null;

  @Field(() => InstantScalar, { nullable: true, description: '止；未定为空。Until; null while no end is known.' })
  endsAt?: number | null;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@InputType({ description: '道闸发现的筛选；各项同时满足，为空不限，空列表不匹配任何发现。Filter of findings; all of it holds, null does not filter, and an empty list matches none.' })
export class GateFindingWhere {
  @Field(() => ID, { nullable: true, description: '停车设施；为空不限。At this facility; null for all.' })
  facilityId?: string | null;

  @Field(() => [GateFindingKindEnum], { nullable: true, description: '种类；为空不限。Of these kinds; null for all.' })
  kinds?: GateFindingKind[] | null;

  @Field(() => Boolean, { defaultValue: true, description: '只取仍成立的。Only those that still stand.' })
  isOpen!: boolean;
}
