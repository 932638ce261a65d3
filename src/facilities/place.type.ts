import { Field, Int, ObjectType } from 'type-graphql';
import { LocalDateScalar, LocalTimeScalar, Node } from '../platform/graphql/index.js';
import { SourceReferenceType } from './coordinate.type.js';
import { JurisdictionKindEnum, KeyPlaceKindEnum, ShuttleModeEnum } from './enums.type.js';
import type { JurisdictionKind, KeyPlaceKind, ShuttleMode } from './rules/words.js';

@ObjectType('Jurisdiction', { implements: Node, simpleResolvers: true, description: '行政区或开发区（0-1）。A city, district, county, sub-district, township or development zone.' })
export class JurisdictionType extends Node {
  @Field(() => String, { description: '国家行政区划代码（6、9 或 12 位）；开发区用自定编码，如 QZ-TIA。National division code, or an own code for a development zone.' })
  code!: string;

  @Field(() => JurisdictionKindEnum, { description: '种类。Kind.' })
  kind!: JurisdictionKind;

  @Field(() => String, { description: '名称。Name.' })
  name!: string;

  @Field(() => Boolean, { description: '是否统计报告单位（G8）。Whether figures are reported by it.' })
  isReportingUnit!: boolean;

  @Field(() => String, { nullable: true, description: '责任政府或管委会（0-1）；未知为空。Responsible government or committee; null if unknown.' })
  responsibleBody!: string | null;

  @Field(() => Boolean, { description: '边界在导入时是否经过修复。Whether its boundary was repaired on import.' })
  boundaryWasRepaired!: boolean;

  @Field(() => SourceReferenceType, { description: '数据来源。Where it comes from.' })
  source!: SourceReferenceType;
}

@ObjectType('KeyPlace', { implements: Node, simpleResolvers: true, description: '重点区域（1-3、2.1-1）：停车矛盾突出的地方。A place around which parking is short.' })
export class KeyPlaceType extends Node {
  @Field(() => KeyPlaceKindEnum, { description: '种类。Kind.' })
  kind!: KeyPlaceKind;

  @Field(() => String, { description: '名称。Name.' })
  name!: string;

  @Field(() => Boolean, { description: '是否为演示用合成数据。Whether it is synthetic, made for a demonstration.' })
  isSynthetic!: boolean;

  @Field(() => SourceReferenceType, { description: '数据来源。Where it comes from.' })
  source!: SourceReferenceType;
}

@ObjectType('Hub', { implements: Node, simpleResolvers: true, description: '接驳点（2.1-7、2.1-8）：以接驳车与目的地相连的大型停车设施。A large facility tied to a destination by shuttle or transit.' })
export class HubType extends Node {
  @Field(() => String, { description: '名称。Name.' })
  name!: string;

  @Field(() => Boolean, { description: '是否为演示用合成数据。Whether it is synthetic, made for a demonstration.' })
  isSynthetic!: boolean;

  @Field(() => SourceReferenceType, { description: '数据来源。Where it comes from.' })
  source!: SourceReferenceType;
}

@ObjectType('ShuttleService', { implements: Node, simpleResolvers: true, description: '接驳服务（2.1-9）。A ride from a hub to where people go.' })
export class ShuttleServiceType extends Node {
  @Field(() => ShuttleModeEnum, { description: '方式。Means.' })
  mode!: ShuttleMode;

  @Field(() => String, { description: '线路名称。Name of the route.' })
  name!: string;

  @Field(() => Int, { description: '发车间隔，分钟。Minutes between departures.' })
  headwayMinutes!: number;

  @Field(() => LocalTimeScalar, { description: '首班。First departure.' })
  firstAt!: number;

  @Field(() => LocalTimeScalar, { description: '末班，24:00 为止。Last departure, at the latest 24:00.' })
  lastAt!: number;

  @Field(() => Int, { description: '乘车时间，分钟。Minutes of the ride.' })
  rideMinutes!: number;

  @Field(() => Int, { description: '下车后步行，分钟。Minutes to walk after it.' })
  walkMinutesAtEnd!: number;

  @Field(() => LocalDateScalar, { description: '开行首日。First day of the service.' })
  validFromOn!: string;

  @Field(() => LocalDateScalar, { nullable: true, description: '停运之日（当日不开）；无期限为空。The day from which it no longer runs; null where no end is set.' })
  validUntilOn!: string | null;
}
