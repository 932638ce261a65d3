import { Field, Int, ObjectType } from 'type-graphql';
import { InstantScalar, LocalDateScalar, LocalTimeScalar, Node } from '../platform/graphql/index.js';
import { SourceReferenceType } from './coordinate.type.js';
import {
  EntranceKindEnum, FacilityCategoryEnum, FacilityStatusEnum, ManagementModeEnum, ObligationLevelEnum, OwnershipEnum, RegistrationStatusEnum, ResourceKindEnum, SectorEnum,
  SpaceAttributeEnum, SpaceClassEnum, SpaceStatusEnum,
} from './enums.type.js';
import type { FacilityStatus } from './rules/status.js';
import type { EntranceKind, FacilityCategory, ManagementMode, ObligationLevel, Ownership, RegistrationStatus, ResourceKind, Sector, SpaceAttribute, SpaceClass, SpaceStatus } from './rules/words.js';

@ObjectType('CapacityByClass', { simpleResolvers: true, description: '按泊位类型的泊位数（C12）。Spaces of one class; a space counts in one class only.' })
export class CapacityByClassType {
  @Field(() => SpaceClassEnum, { description: '泊位类型。Class of space.' })
  spaceClass!: SpaceClass;

  @Field(() => Int, { description: '总数，个；0 表示确知没有。All spaces; 0 is a known zero.' })
  total!: number;

  @Field(() => Int, { nullable: true, description: '可共享数（3.1-3），个；尚未查明为空。Spaces that may be shared; null where not yet found out.' })
  shareable!: number | null;

  @Field(() => Int, { description: '停用数（4.5-2），个。Spaces out of service now.' })
  outOfService!: number;
}

@ObjectType('Obligation', { simpleResolvers: true, description: '共享义务：条款原文动词的强度。What the policy asks of such a facility, in its own verb.' })
export class ObligationType {
  @Field(() => ObligationLevelEnum, { description: '强度。Strength.' })
  level!: ObligationLevel;

  @Field(() => String, { description: '原文动词，如“应”“鼓励”。The verb of the text.' })
  verb!: string;

  @Field(() => String, { description: '条款编号，如 2.2-1。The policy item.' })
  clause!: string;
}

@ObjectType('Registration', { simpleResolvers: true, description: '经营登记备案（2.4-1）。Business registration of a car park.' })
export class RegistrationType {
  @Field(() => String, { description: '备案编号。Its number.' })
  no!: string;

  @Field(() => String, { nullable: true, description: '备案机关；未知为空。Who issued it; null if unknown.' })
  issuedBy!: string | null;

  @Field(() => LocalDateScalar, { nullable: true, description: '有效期至（含当日）；长期或未知为空。Last day of validity; null where it has no end or none is known.' })
  validToOn!: string | null;

  @Field(() => RegistrationStatusEnum, { description: '状态。State.' })
  status!: RegistrationStatus;
}

@ObjectType('Facility', { implements: Node, simpleResolvers: true, description: '停车设施（3.1-4）：一个停车场、库、路段或一组泊位。A car park, garage, on-street section or set of spaces under one manager.' })
export class FacilityType extends Node {
  @Field(() => String, { description: '公开编码，市内唯一。Public code, unique in its city.' })
  code!: string;

  @Field(() => String, { description: '名称。Name.' })
  name!: string;

  @Field(() => String, { nullable: true, description: '地址；未知为空。Address; null if unknown.' })
  address!: string | null;

  @Field(() => FacilityCategoryEnum, { description: '共享类别（第二部分）。Sharing category.' })
  category!: FacilityCategory;

  @Field(() => SectorEnum, { description: '所属行业，由辖区认定。Sector, as the district assigned it.' })
  sector!: Sector;

  @Field(() => String, { nullable: true, description: '行业认定理由；无争议为空。Why this sector; null where it is plain.' })
  sectorReason!: string | null;

  @Field(() => ObligationType, { description: '共享义务（2.1–2.6）。What the policy asks of it.' })
  obligation!: ObligationType;

  @Field(() => ResourceKindEnum, { description: '资源种类（2.1-4）。Kind of resource.' })
  resourceKind!: ResourceKind;

  @Field(() => OwnershipEnum, { nullable: true, description: '产权性质（2.5-5）；未知为空。Ownership; null if unknown.' })
  ownership!: Ownership | null;

  @Field(() => ManagementModeEnum, { nullable: true, description: '管理方式（3.5-1）；未知为空。Management; null if unknown.' })
  managementMode!: ManagementMode | null;

  @Field(() => String, { description: '时区（IANA）。Time zone of its local times.' })
  zoneName!: string;

  @Field(() => [LocalTimeScalar], { nullable: 'itemsAndList', description: '周一至周日的闭店时刻（2.4-3）；当日不营业或未知为空。Closing times, Monday to Sunday; null where unknown.' })
  closesAt!: Array<number | null> | null;

  @Field(() => Int, { nullable: true, description: '规划要求配套的公共泊位数（2.3-6），个；未知为空。Public spaces that planning required; null if unknown.' })
  planningRequiredSpaces!: number | null;

  @Field(() => RegistrationType, { nullable: true, description: '经营登记备案（2.4-1）；没有为空。Business registration; null where there is none.' })
  registration!: RegistrationType | null;

  @Field(() => Boolean, { nullable: true, description: '是否投保（3.3-3）；未知为空。Whether it is insured; null if unknown.' })
  isInsured!: boolean | null;

  @Field(() => Boolean, { description: '涉密或受限：公众只见出入口位置（G9）。Whether the public is shown the entrance only.' })
  isRestricted!: boolean;

  @Field(() => Boolean, { nullable: true, description: '是否人防设施（4.2-1）；未知为空。Whether it is a civil defence work; null if unknown.' })
  isCivilDefence!: boolean | null;

  @Field(() => Boolean, { nullable: true, description: '是否有监控覆盖（4.5-4）；未知为空。Whether cameras cover it; null if unknown.' })
  hasCameras!: boolean | null;

  @Field(() => Boolean, { description: '实时数据是否对公众公开（0-6）。Whether live figures are open to the public.' })
  liveDataIsPublic!: boolean;

  @Field(() => FacilityStatusEnum, { description: '状态（3.6-4）。State.' })
  status!: FacilityStatus;

  @Field(() => String, { nullable: true, description: '状态原因；未说明为空。Why it is in this state; null where nothing was said.' })
  statusReason!: string | null;

  @Field(() => InstantScalar, { description: '自何时起为此状态。Since when it has been in this state.' })
  statusSince!: Date | number;

  @Field(() => Boolean, { description: '是否为演示用合成数据。Whether it is synthetic, made for a demonstration.' })
  isSynthetic!: boolean;

  @Field(() => SourceReferenceType, { description: '数据来源（3.1-2）。Where its figures come from.' })
  source!: SourceReferenceType;

  @Field(() => String, { description: '版本，用于 expectedVersion。Version, for expectedVersion.' })
  version!: number | string;
}

@ObjectType('Zone', { implements: Node, simpleResolvers: true, description: '分区：设施中作为一个整体出借的部分。A part of a facility whose spaces are lent as one pool.' })
export class ZoneType extends Node {
  @Field(() => String, { description: '分区编码，设施内唯一。Code, unique in its facility.' })
  code!: string;

  @Field(() => String, { description: '名称。Name.' })
  name!: string;
}

@ObjectType('Space', { implements: Node, simpleResolvers: true, description: '泊位：一个有编号的车位。One numbered berth.' })
export class SpaceType extends Node {
  @Field(() => String, { description: '编号，分区内唯一。Number, unique in its zone.' })
  number!: string;

  @Field(() => SpaceClassEnum, { description: '计入的类型（C12）。The class that it counts in.' })
  spaceClass!: SpaceClass;

  @Field(() => [SpaceAttributeEnum], { description: '特征。What else it has.' })
  attributes!: SpaceAttribute[];

  @Field(() => SpaceStatusEnum, { description: '状态。State.' })
  status!: SpaceStatus;
}

@ObjectType('Entrance', { simpleResolvers: true, description: '出入口。Where one drives or walks in.' })
export class EntranceType {
  @Field(() => EntranceKindEnum, { description: '种类。Kind.' })
  kind!: EntranceKind;

  @Field(() => String, { nullable: true, description: '名称；没有为空。Name; null where it has none.' })
  name!: string | null;
}
