import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { LocalDateScalar, LocalTimeScalar, UserError, connectionTypes } from '../platform/graphql/index.js';
import { CoordinateInput } from './coordinate.type.js';
import { JurisdictionKindEnum, KeyPlaceKindEnum, ShuttleModeEnum } from './enums.type.js';
import { HubType, JurisdictionType, KeyPlaceType } from './place.type.js';
import type { JurisdictionKind, KeyPlaceKind, ShuttleMode } from './rules/words.js';

export const JurisdictionConnection = connectionTypes('Jurisdiction', () => JurisdictionType, { zh: '行政区', en: 'jurisdictions' });
export const KeyPlaceConnection = connectionTypes('KeyPlace', () => KeyPlaceType, { zh: '重点区域', en: 'key places' });

@InputType({ description: '行政区筛选；各项同时满足，为空不限，空列表不匹配任何一项。Filter of jurisdictions; all of it holds, null does not filter, and an empty list matches none.' })
export class JurisdictionWhere {
  @Field(() => String, { nullable: true, description: '城市代码。Code of the city.' })
  city?: string | null;

  @Field(() => [JurisdictionKindEnum], { nullable: true, description: '种类之一。One of these kinds.' })
  kinds?: JurisdictionKind[] | null;

  @Field(() => ID, { nullable: true, description: '直接上级。The parent.' })
  parentId?: string | null;

  @Field(() => Boolean, { nullable: true, description: '是否报告单位（G8）。Whether a reporting unit.' })
  isReportingUnit?: boolean | null;
}

@InputType({ description: '重点区域筛选；各项同时满足，为空不限，空列表不匹配任何一项。Filter of key places; all of it holds, null does not filter, and an empty list matches none.' })
export class KeyPlaceWhere {
  @Field(() => String, { nullable: true, description: '城市代码。Code of the city.' })
  city?: string | null;

  @Field(() => [KeyPlaceKindEnum], { nullable: true, description: '种类之一。One of these kinds.' })
  kinds?: KeyPlaceKind[] | null;
}

@InputType({ description: '登记重点区域的输入（1-3）。What a key place is registered with.' })
export class RegisterKeyPlaceInput {
  @Field(() => String, { description: '城市代码。Code of the city.' })
  city!: string;

  @Field(() => String, { description: '来源名称。Name of the source.' })
  source!: string;

  @Field(() => String, { description: '在来源中的编号。Its code there.' })
  sourceCode!: string;

  @Field(() => LocalDateScalar, { description: '观测日期。Day on which it was observed.' })
  observedOn!: string;

  @Field(() => KeyPlaceKindEnum, { description: '种类。Kind.' })
  kind!: KeyPlaceKind;

  @Field(() => String, { description: '名称。Name.' })
  name!: string;

  @Field(() => CoordinateInput, { description: '位置。Its place.' })
  coordinate!: CoordinateInput;

  @Field(() => String, { description: '幂等键。Idempotency key, unique per caller and operation.' })
  idempotencyKey!: string;
}

@InputType({ description: '接驳服务（2.1-9）。A shuttle of a hub.' })
export class ShuttleInput {
  @Field(() => ShuttleModeEnum, { description: '方式。Means.' })
  mode!: ShuttleMode;

  @Field(() => String, { description: '线路名称。Name of the route.' })
  name!: string;

  @Field(() => ID, { nullable: true, description: '到达的重点区域；为空则以 to 为准。The key place where it ends; null where `to` says it.' })
  toKeyPlaceId?: string | null;

  @Field(() => CoordinateInput, { nullable: true, description: '下车点；为空取重点区域的位置。Where it ends; null takes the key place.' })
  to?: CoordinateInput | null;

  @Field(() => Int, { description: '发车间隔，分钟。Minutes between departures.' })
  headwayMinutes!: number;

  @Field(() => LocalTimeScalar, { description: '首班。First departure.' })
  firstAt!: number;

  @Field(() => LocalTimeScalar, { description: '末班。Last departure.' })
  lastAt!: number;

  @Field(() => Int, { description: '乘车，分钟。Minutes of the ride.' })
  rideMinutes!: number;

  @Field(() => Int, { description: '下车后步行，分钟。Minutes to walk after it.' })
  walkMinutesAtEnd!: number;

  @Field(() => LocalDateScalar, { description: '开行首日。First day.' })
  validFromOn!: string;

  @Field(() => LocalDateScalar, { nullable: true, description: '停运之日；无期限为空。The day from which it no longer runs; null for no end.' })
  validUntilOn?: string | null;
}

@InputType({ description: '登记接驳点的输入（2.1-8）。What a hub is registered with.' })
export class RegisterHubInput {
  @Field(() => ID, { description: '设施。The facility.' })
  facilityId!: string;

  @Field(() => String, { description: '名称。Name.' })
  name!: string;

  @Field(() => String, { description: '来源名称。Name of the source.' })
  source!: string;

  @Field(() => String, { description: '在来源中的编号。Its code there.' })
  sourceCode!: string;

  @Field(() => LocalDateScalar, { description: '观测日期。Day on which it was observed.' })
  observedOn!: string;

  @Field(() => [ShuttleInput], { description: '接驳服务，一次给全。All its shuttles.' })
  shuttles!: ShuttleInput[];

  @Field(() => String, { description: '幂等键。Idempotency key, unique per caller and operation.' })
  idempotencyKey!: string;
}

@ObjectType({ description: '登记重点区域的结果。What came of registering a key place.' })
export class KeyPlacePayload {
  @Field(() => KeyPlaceType, { nullable: true, description: '重点区域；被拒绝时为空。The key place; null where it was refused.' })
  keyPlace!: KeyPlaceType | null;

  @Field(() => [UserError], { description: '业务拒绝；成功为空列表。Refusals; empty on success.' })
  userErrors!: UserError[];
}

@ObjectType({ description: '登记接驳点的结果。What came of registering a hub.' })
export class HubPayload {
  @Field(() => HubType, { nullable: true, description: '接驳点；被拒绝时为空。The hub; null where it was refused.' })
  hub!: HubType | null;

  @Field(() => [UserError], { description: '业务拒绝；成功为空列表。Refusals; empty on success.' })
  userErrors!: UserError[];
}
