import { Directive, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { InstantScalar, LocalDateScalar, LocalTimeScalar, UserError } from '../platform/graphql/index.js';
import { BOOKINGS_FIELD, BookingsChoiceEnum, type BookingsChoice } from './bookings-in-the-way.type.js';
import { CoordinateInput } from './coordinate.type.js';
import {
  EntranceKindEnum, FacilityCategoryEnum, FacilityStatusEnum, FacilityStatusEventEnum, ManagementModeEnum, OwnershipEnum, RegistrationStatusEnum, ResourceKindEnum, SectorEnum,
  SpaceAttributeEnum, SpaceClassEnum, SpaceStatusEnum,
} from './enums.type.js';
import { FacilityType } from './facility.type.js';
import type { FacilityStatus, FacilityStatusEvent } from './rules/status.js';
import type { EntranceKind, FacilityCategory, ManagementMode, Ownership, RegistrationStatus, ResourceKind, Sector, SpaceAttribute, SpaceClass, SpaceStatus } from './rules/words.js';

@InputType({ description: '来源对主体的编号。The name that a source gives a party.' })
export class PartyOfSourceInput {
  @Field(() => String, { description: '来源名称。Name of the source.' })
  source!: string;

  @Field(() => String, { description: '在来源中的编号。Its code there.' })
  code!: string;
}

@Directive('@oneOf')
@InputType({ description: '主体：按标识或按来源编号，二选一。A party, by id or by the name that a source gives it.' })
export class PartyReferenceInput {
  @Field(() => ID, { nullable: true, description: '主体标识。Its id.' })
  id?: string | null;

  @Field(() => PartyOfSourceInput, { nullable: true, description: '来源编号。Its name in a source.' })
  ofSource?: PartyOfSourceInput | null;
}

@InputType({ description: '按类型的泊位数（C12）。Spaces of one class.' })
export class CapacityInput {
  @Field(() => SpaceClassEnum, { description: '泊位类型。Class.' })
  spaceClass!: SpaceClass;

  @Field(() => Int, { description: '总数，个。All of them.' })
  total!: number;

  @Field(() => Int, { nullable: true, description: '可共享数，个；未查明为空。Spaces that may be shared; null where not found out.' })
  shareable?: number | null;

  @Field(() => Int, { nullable: true, description: '停用数，个；为空则维持现状。Spaces out of service; null leaves what is known.' })
  outOfService?: number | null;
}

@InputType({ description: '一个编号泊位。One numbered space.' })
export class SpaceInput {
  @Field(() => String, { description: '编号。Its number.' })
  number!: string;

  @Field(() => SpaceClassEnum, { description: '计入的类型。The class that it counts in.' })
  spaceClass!: SpaceClass;

  @Field(() => [SpaceAttributeEnum], { defaultValue: [], description: '特征。What else it has.' })
  attributes!: SpaceAttribute[];

  @Field(() => CoordinateInput, { nullable: true, description: '位置；未知为空。Its place; null if unknown.' })
  coordinate?: CoordinateInput | null;

  @Field(() => SpaceStatusEnum, { defaultValue: 'IN_SERVICE', description: '状态，默认可用。State, IN_SERVICE by default.' })
  status!: SpaceStatus;
}

@InputType({ description: '分区。A zone.' })
export class ZoneInput {
  @Field(() => String, { defaultValue: 'MAIN', description: '编码，设施内唯一，默认 MAIN。Code, unique in the facility, MAIN by default.' })
  code!: string;

  @Field(() => String, { defaultValue: '全部', description: '名称。Name.' })
  name!: string;

  @Field(() => [CapacityInput], { nullable: true, description: '泊位数；为空则由所列泊位合计。Capacity; null derives it from the spaces listed.' })
  capacity?: CapacityInput[] | null;

  @Field(() => [SpaceInput], { defaultValue: [], description: '编号泊位。Numbered spaces.' })
  spaces!: SpaceInput[];
}

@InputType({ description: '出入口。An entrance.' })
export class EntranceInput {
  @Field(() => EntranceKindEnum, { description: '种类。Kind.' })
  kind!: EntranceKind;

  @Field(() => String, { nullable: true, description: '名称；没有为空。Name; null where it has none.' })
  name?: string | null;

  @Field(() => CoordinateInput, { description: '位置。Its place.' })
  coordinate!: CoordinateInput;
}

@InputType({ description: '经营登记备案（2.4-1）。A business registration.' })
export class RegistrationInput {
  @Field(() => String, { description: '编号。Number.' })
  no!: string;

  @Field(() => String, { nullable: true, description: '备案机关；未知为空。Who issued it; null if unknown.' })
  issuedBy?: string | null;

  @Field(() => LocalDateScalar, { nullable: true, description: '有效期至（含当日）；长期为空。Last day of validity; null for no end.' })
  validToOn?: string | null;

  @Field(() => RegistrationStatusEnum, { description: '状态。State.' })
  status!: RegistrationStatus;
}

@InputType({ description: '验收记录（4.5-1）。An acceptance record.' })
export class AcceptanceInput {
  @Field(() => String, { description: '文号。Its reference.' })
  reference!: string;

  @Field(() => LocalDateScalar, { nullable: true, description: '验收日期；未知为空。Day of acceptance; null if unknown.' })
  acceptedOn?: string | null;
}

@InputType({ description: '登记停车设施的输入（3.1-4）：一个来源在某日所述的全部情况。What a facility is registered with: all that one source tells of it on one day.' })
export class RegisterFacilityInput {
  @Field(() => String, { description: '城市代码，终身不变。Code of the city, kept for life.' })
  city!: string;

  @Field(() => String, { description: '来源名称。Name of the source.' })
  source!: string;

  @Field(() => String, { description: '在来源中的编号；再次登记即更正。Its code there; registering it again corrects it.' })
  sourceCode!: string;

  @Field(() => LocalDateScalar, { description: '观测日期；较早的数据不覆盖较新的。Day of the survey; an older one never overwrites a newer one.' })
  observedOn!: string;

  @Field(() => String, { nullable: true, description: '公开编码；为空则由平台生成。Public code; null lets the platform make one.' })
  code?: string | null;

  @Field(() => String, { description: '名称。Name.' })
  name!: string;

  @Field(() => String, { nullable: true, description: '地址；未知为空。Address; null if unknown.' })
  address?: string | null;

  @Field(() => FacilityCategoryEnum, { description: '共享类别。Sharing category.' })
  category!: FacilityCategory;

  @Field(() => SectorEnum, { description: '行业。Sector.' })
  sector!: Sector;

  @Field(() => String, { nullable: true, description: '行业认定理由；企业办公楼必填。Why this sector; required for a company office.' })
  sectorReason?: string | null;

  @Field(() => ResourceKindEnum, { description: '资源种类。Kind of resource.' })
  resourceKind!: ResourceKind;

  @Field(() => OwnershipEnum, { nullable: true, description: '产权性质；未知为空。Ownership; null if unknown.' })
  ownership?: Ownership | null;

  @Field(() => ManagementModeEnum, { nullable: true, description: '管理方式；未知为空。Management; null if unknown.' })
  managementMode?: ManagementMode | null;

  @Field(() => PartyReferenceInput, { nullable: true, description: '产权人；未知为空。Owner; null if unknown.' })
  owner?: PartyReferenceInput | null;

  @Field(() => PartyReferenceInput, { nullable: true, description: '管理人；未知为空。Manager; null if unknown.' })
  manager?: PartyReferenceInput | null;

  @Field(() => PartyReferenceInput, { nullable: true, description: '经营人；未知为空。Operator; null if unknown.' })
  operator?: PartyReferenceInput | null;

  @Field(() => String, { nullable: true, description: '行政区划代码；为空则按边界判定。Division code; null finds it by its boundary.' })
  jurisdictionCode?: string | null;

  @Field(() => String, { nullable: true, description: '报告单位代码；为空则由行政区推定（G8）。Code of the reporting unit; null derives it.' })
  reportingUnitCode?: string | null;

  @Field(() => CoordinateInput, { description: '位置。Its place.' })
  coordinate!: CoordinateInput;

  @Field(() => String, { nullable: true, description: '时区；为空取城市的时区。Time zone; null takes the city’s.' })
  zoneName?: string | null;

  @Field(() => [LocalTimeScalar], { nullable: 'itemsAndList', description: '周一至周日闭店时刻；未知为空。Closing times, Monday to Sunday; null where unknown.' })
  closesAt?: Array<number | null> | null;

  @Field(() => Int, { nullable: true, description: '规划要求的公共泊位数（2.3-6）；未知为空。Public spaces that planning requires; null if unknown.' })
  planningRequiredSpaces?: number | null;

  @Field(() => RegistrationInput, { nullable: true, description: '经营登记备案；没有为空。Business registration; null for none.' })
  registration?: RegistrationInput | null;

  @Field(() => Boolean, { nullable: true, description: '是否投保；未知为空。Insured; null if unknown.' })
  isInsured?: boolean | null;

  @Field(() => Boolean, { defaultValue: false, description: '是否军事相关：实时数据不公开（0-6）。Linked to the military: live figures are never public.' })
  isMilitaryLinked!: boolean;

  @Field(() => Boolean, { defaultValue: false, description: '是否受限：公众只见出入口（G9）。Restricted: the public sees the entrance only.' })
  isRestricted!: boolean;

  @Field(() => Boolean, { nullable: true, description: '是否人防设施；未知为空。Civil defence; null if unknown.' })
  isCivilDefence?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: '是否有监控；未知为空。Cameras; null if unknown.' })
  hasCameras?: boolean | null;

  @Field(() => FacilityStatusEnum, { nullable: true, description: '状态；为空维持现状，新设施为 OPEN。State; null keeps what stands, a new one is OPEN.' })
  status?: FacilityStatus | null;

  @Field(() => String, { nullable: true, description: '状态原因；没有为空。Why it is in this state; null for none.' })
  statusReason?: string | null;

  @Field(() => Boolean, { defaultValue: false, description: '开放前是否须验收（4.5-1）。Whether it must be accepted before it opens.' })
  acceptanceRequired!: boolean;

  @Field(() => AcceptanceInput, { nullable: true, description: '验收记录；没有为空。Acceptance record; null for none.' })
  acceptance?: AcceptanceInput | null;

  @Field(() => [ZoneInput], { description: '分区，至少一个。Zones, at least one.' })
  zones!: ZoneInput[];

  @Field(() => [EntranceInput], { defaultValue: [], description: '出入口，一次给全。All entrances.' })
  entrances!: EntranceInput[];

  @Field(() => String, { description: '幂等键。Idempotency key, unique per caller and operation.' })
  idempotencyKey!: string;
}

@InputType({ description: '变更既有设施的共同部分。What every change of a facility is asked with.' })
class FacilityChangeInput {
  @Field(() => ID, { description: '设施。The facility.' })
  facilityId!: string;

  @Field(() => String, { nullable: true, description: '所依据的版本；为空不校验。The version that it was decided upon; null does not check.' })
  expectedVersion?: string | null;

  @Field(() => String, { description: '原因，留审计。Why; kept in the audit.' })
  reason!: string;

  @Field(() => String, { description: '幂等键。Idempotency key, unique per caller and operation.' })
  idempotencyKey!: string;
}

@InputType({ description: '变更设施状态的输入（3.6-4、4.5-1）。What a state is changed with.' })
export class ChangeFacilityStatusInput extends FacilityChangeInput {
  @Field(() => FacilityStatusEventEnum, { description: '发生的事。What happens.' })
  event!: FacilityStatusEvent;

  @Field(() => BookingsChoiceEnum, { nullable: true, description: BOOKINGS_FIELD })
  bookings?: BookingsChoice | null;

  @Field(() => InstantScalar, { nullable: true, description: '生效时刻；为空即现在，不得晚于现在。Since when; null for now, never later.' })
  since?: number | null;

  @Field(() => AcceptanceInput, { nullable: true, description: '验收记录；已有则为空。Acceptance record; null where it is on file.' })
  acceptance?: AcceptanceInput | null;
}

@InputType({ description: '指定报告单位的输入（0-1、G8）。What a reporting unit is assigned with.' })
export class AssignReportingUnitInput extends FacilityChangeInput {
  @Field(() => ID, { description: '报告单位。The reporting unit.' })
  reportingUnitId!: string;

  @Field(() => InstantScalar, { nullable: true, description: '自何时起；为空即现在。Since when; null for now.' })
  validFrom?: number | null;
}

@InputType({ description: '停用泊位的输入（4.5-2）。What spaces are put out of service with.' })
export class PutOutOfServiceInput extends FacilityChangeInput {
  @Field(() => ID, { description: '分区。The zone.' })
  zoneId!: string;

  @Field(() => SpaceClassEnum, { description: '泊位类型。Class of space.' })
  spaceClass!: SpaceClass;

  @Field(() => Int, { description: '停用总数，个；0 表示全部恢复。How many are out of service from now on; 0 brings all back.' })
  spaces!: number;
}

@ObjectType({ description: '对设施操作的结果。What came of a change of a facility.' })
export class FacilityPayload {
  @Field(() => FacilityType, { nullable: true, description: '停车设施；被拒绝时为空。The facility; null where it was refused.' })
  facility!: FacilityType | null;

  @Field(() => [UserError], { description: '业务拒绝；成功为空列表。Refusals; empty on success.' })
  userErrors!: UserError[];
}

@ObjectType({ description: '登记停车设施的结果。What came of registering a facility.' })
export class RegisterFacilityPayload extends FacilityPayload {
  @Field(() => [UserError], { description: '须留意之处，如数据已被更新的来源取代；不影响成功。What a person should look at, as being superseded by a newer source; no failure.' })
  findings!: UserError[];
}
