import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { Allow, Party, partyLoader } from '../identity/index.js';
import type { Crs } from '../kernel/index.js';
import type { RequestScope } from '../platform/index.js';
import { InstantScalar, PageArgs, connectionTypes, type Connection } from '../platform/graphql/index.js';
import { CoordinateType, CrsArgs, coordinateIn } from './coordinate.type.js';
import type { Facility } from './facility.entity.js';
import { CAPACITY_OF_FACILITY, CAPACITY_OF_ZONE, ENTRANCES_OF_FACILITY, FACILITY_BY_ID, HUB_OF_FACILITY, JURISDICTION_BY_ID, ZONES_OF_FACILITY } from './facility.loaders.js';
import { CapacityByClassType, EntranceType, FacilityType, SpaceType, ZoneType } from './facility.type.js';
import { FacilityOrder, FacilityWhere } from './facility-where.type.js';
import { asOfOf, findFacility, findFacilityByCode } from './find-facility.js';
import { listFacilities } from './list-facilities.js';
import { listSpaces } from './list-spaces.js';
import { HubType, JurisdictionType } from './place.type.js';
import { capacityAsOf } from './reads.sql.js';
import { exactPlaceIsShown } from './exact-place.js';
import type { Entrance, Space, Zone } from './zone.entity.js';

export const FacilityConnection = connectionTypes('Facility', () => FacilityType, { zh: '停车设施', en: 'facilities' });
export const SpaceConnection = connectionTypes('Space', () => SpaceType, { zh: '泊位', en: 'spaces' });

@Resolver(() => FacilityType)
export class FacilityResolver {
  @Allow('facility:read')
  @Query(() => FacilityType, { nullable: true, description: '按标识取停车设施；可取某时刻的历史状态（3.1-4）；不存在为空。A facility by id, as it is or as it was; null where there is none.' })
  facility(
    @Arg('id', () => ID, { description: '设施标识。Its id.' }) id: string,
    @Arg('validAt', () => InstantScalar, { nullable: true, description: '事实成立的时刻；为空即现在。When it held in the world; null for now.' }) validAt: number | null,
    @Arg('recordedAt', () => InstantScalar, { nullable: true, description: '以平台当时所知为准；为空即以现在所知。As the platform knew it then; null for what it knows now.' }) recordedAt: number | null,
    @Ctx() scope: RequestScope,
  ): Promise<FacilityType | null> {
    return findFacility(scope, id, { validAt: validAt ?? null, recordedAt: recordedAt ?? null }) as Promise<FacilityType | null>;
  }

  @Allow('facility:read')
  @Query(() => FacilityType, { nullable: true, description: '按公开编码取停车设施；不存在为空。A facility by its public code; null where there is none.' })
  facilityByCode(
    @Arg('city', () => String, { description: '城市代码，如 350500。Code of the city.' }) city: string,
    @Arg('code', () => String, { description: '公开编码。Public code.' }) code: string,
    @Ctx() scope: RequestScope,
  ): Promise<FacilityType | null> {
    return findFacilityByCode(scope, city, code) as Promise<FacilityType | null>;
  }

  @Allow('facility:read')
  @Query(() => FacilityConnection, { description: '停车设施列表（3.1-4）。Facilities, in pages.' })
  facilities(
    @Arg('where', () => FacilityWhere, { nullable: true, description: '筛选；为空不限。Filter; null for all.' }) where: FacilityWhere | null,
    @Arg('orderBy', () => FacilityOrder, { defaultValue: FacilityOrder.ID, description: '次序。Order.' }) orderBy: FacilityOrder,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() scope: RequestScope,
  ): Promise<Connection<FacilityType>> {
    return listFacilities(scope, where ?? null, orderBy, page) as Promise<Connection<FacilityType>>;
  }

  @FieldResolver(() => CoordinateType, { description: '位置；涉密或受限设施对公众只给出入口（G9）。Its place; of a restricted facility the public is given the entrance only.' })
  async coordinate(@Root() facility: Facility, @Args(() => CrsArgs) { crs }: { crs: Crs }, @Ctx() scope: RequestScope): Promise<CoordinateType> {
    const isExact = await exactPlaceIsShown(scope, facility);
    return coordinateIn(crs, isExact ? facility : { longitude: facility.publicLongitude, latitude: facility.publicLatitude });
  }

  @FieldResolver(() => [CapacityByClassType], { description: '按类型的泊位数，各分区合计（C12）；未开放者不计入统计（3.6-4）。Spaces by class, all zones together.' })
  capacity(@Root() facility: Facility, @Ctx() scope: RequestScope): Promise<CapacityByClassType[]> {
    const asOf = asOfOf(facility);
    return asOf ? capacityAsOf(scope.database, facility.id, asOf) : scope.load(CAPACITY_OF_FACILITY, facility.id);
  }

  @FieldResolver(() => JurisdictionType, { description: '所在行政区。The administrative division in which it lies.' })
  async jurisdiction(@Root() facility: Facility, @Ctx() scope: RequestScope): Promise<JurisdictionType> {
    return (await scope.load(JURISDICTION_BY_ID, facility.jurisdictionId)) as JurisdictionType;
  }

  @FieldResolver(() => JurisdictionType, { description: '统计报告单位，唯一（0-1、G8）。The one unit that counts it.' })
  async reportingUnit(@Root() facility: Facility, @Ctx() scope: RequestScope): Promise<JurisdictionType> {
    return (await scope.load(JURISDICTION_BY_ID, facility.reportingUnitId)) as JurisdictionType;
  }

  @FieldResolver(() => [ZoneType], { description: '分区，至少一个。Its zones, at least one.' })
  zones(@Root() facility: Facility, @Ctx() scope: RequestScope): Promise<Zone[]> {
    return scope.load(ZONES_OF_FACILITY, facility.id);
  }

  @FieldResolver(() => [EntranceType], { description: '出入口；未登记为空列表。Entrances; an empty list where none is registered.' })
  entrances(@Root() facility: Facility, @Ctx() scope: RequestScope): Promise<Entrance[]> {
    return scope.load(ENTRANCES_OF_FACILITY, facility.id);
  }

  @FieldResolver(() => HubType, { nullable: true, description: '作为接驳点的信息（2.1-8）；不是接驳点为空。The hub that it is; null where it is none.' })
  hub(@Root() facility: Facility, @Ctx() scope: RequestScope): Promise<HubType | null> {
    return scope.load(HUB_OF_FACILITY, facility.id);
  }

  @FieldResolver(() => Party, { nullable: true, description: '产权人；未知或无权查看为空。Owner; null if unknown or not for this caller.' })
  owner(@Root() facility: Facility, @Ctx() scope: RequestScope): Promise<Party | null> | null {
    return facility.ownerPartyId == null ? null : scope.load(partyLoader, facility.ownerPartyId);
  }

  @FieldResolver(() => Party, { nullable: true, description: '管理人；未知或无权查看为空。Manager; null if unknown or not for this caller.' })
  manager(@Root() facility: Facility, @Ctx() scope: RequestScope): Promise<Party | null> | null {
    return facility.managerPartyId == null ? null : scope.load(partyLoader, facility.managerPartyId);
  }

  @FieldResolver(() => Party, { nullable: true, description: '经营人；未知或无权查看为空。Operator; null if unknown or not for this caller.' })
  operator(@Root() facility: Facility, @Ctx() scope: RequestScope): Promise<Party | null> | null {
    return facility.operatorPartyId == null ? null : scope.load(partyLoader, facility.operatorPartyId);
  }
}

@Resolver(() => ZoneType)
export class ZoneResolver {
  @FieldResolver(() => FacilityType, { description: '所属设施。The facility that it is part of.' })
  async facility(@Root() zone: Zone, @Ctx() scope: RequestScope): Promise<FacilityType> {
    return (await scope.load(FACILITY_BY_ID, zone.facilityId)) as FacilityType;
  }

  @FieldResolver(() => [CapacityByClassType], { description: '按类型的泊位数。Spaces by class.' })
  capacity(@Root() zone: Zone, @Ctx() scope: RequestScope): Promise<CapacityByClassType[]> {
    return scope.load(CAPACITY_OF_ZONE, zone.id);
  }

  @FieldResolver(() => SpaceConnection, { description: '编号泊位，按编号；没有登记为空列表。Numbered spaces by number; empty where none is registered.' })
  spaces(@Root() zone: Zone, @Args(() => PageArgs) page: PageArgs, @Ctx() scope: RequestScope): Promise<Connection<Space>> {
    return listSpaces(scope, zone.id, page);
  }
}

@Resolver(() => SpaceType)
export class SpaceResolver {
  @FieldResolver(() => CoordinateType, { nullable: true, description: '位置；未登记，或设施受限而调用方无权时为空（G9）。Its place; null where none is registered, or the facility is restricted for this caller.' })
  async coordinate(@Root() space: Space, @Args(() => CrsArgs) { crs }: { crs: Crs }, @Ctx() scope: RequestScope): Promise<CoordinateType | null> {
    if (space.longitude == null || space.latitude == null) return null;
    const facility = await scope.load(FACILITY_BY_ID, space.facilityId);
    return facility && (await exactPlaceIsShown(scope, facility)) ? coordinateIn(crs, { longitude: space.longitude, latitude: space.latitude }) : null;
  }
}

@Resolver(() => EntranceType)
export class EntranceResolver {
  @FieldResolver(() => CoordinateType, { description: '位置。Its place.' })
  coordinate(@Root() entrance: Entrance, @Args(() => CrsArgs) { crs }: { crs: Crs }): CoordinateType {
    return coordinateIn(crs, entrance);
  }
}
