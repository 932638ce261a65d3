import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import { Allow } from '../identity/index.js';
import { isRefusal, type Crs } from '../kernel/index.js';
import type { RequestScope } from '../platform/index.js';
import { PageArgs, userErrorsOf, type Connection } from '../platform/graphql/index.js';
import { CoordinateType, CrsArgs, coordinateIn } from './coordinate.type.js';
import { FACILITY_BY_ID, HUB_BY_ID, JURISDICTION_BY_ID, KEY_PLACE_BY_ID, SHUTTLES_OF_HUB, freshly } from './facility.loaders.js';
import { FacilityType } from './facility.type.js';
import { Jurisdiction } from './jurisdiction.entity.js';
import type { Hub, KeyPlace, ShuttleService } from './key-place.entity.js';
import { listJurisdictions, listKeyPlaces } from './list-places.js';
import { HubPayload, JurisdictionConnection, JurisdictionWhere, KeyPlaceConnection, KeyPlacePayload, KeyPlaceWhere, RegisterHubInput, RegisterKeyPlaceInput } from './place-inputs.type.js';
import { HubType, JurisdictionType, KeyPlaceType, ShuttleServiceType } from './place.type.js';
import { registerHub } from './register-hub.js';
import { registerKeyPlace } from './register-key-place.js';

@Resolver(() => JurisdictionType)
export class JurisdictionResolver {
  @Allow('jurisdiction:read')
  @Query(() => JurisdictionType, { nullable: true, description: '按代码取行政区；不存在为空。A jurisdiction by its code; null where there is none.' })
  jurisdiction(@Arg('code', () => String, { description: '行政区划代码。Its code.' }) code: string, @Ctx() scope: RequestScope): Promise<JurisdictionType | null> {
    return scope.database.orm.em.fork().findOne(Jurisdiction, { code }) as Promise<JurisdictionType | null>;
  }

  @Allow('jurisdiction:read')
  @Query(() => JurisdictionConnection, { description: '行政区与开发区列表（0-1），按代码。Jurisdictions by code.' })
  jurisdictions(
    @Arg('where', () => JurisdictionWhere, { nullable: true, description: '筛选；为空不限。Filter; null for all.' }) where: JurisdictionWhere | null,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() scope: RequestScope,
  ): Promise<Connection<JurisdictionType>> {
    return listJurisdictions(scope, where ?? null, page) as Promise<Connection<JurisdictionType>>;
  }

  @FieldResolver(() => JurisdictionType, { nullable: true, description: '上级；城市本身为空。The one above; null for the city itself.' })
  parent(@Root() jurisdiction: Jurisdiction, @Ctx() scope: RequestScope): Promise<JurisdictionType | null> | null {
    return jurisdiction.parentId == null ? null : (scope.load(JURISDICTION_BY_ID, jurisdiction.parentId) as Promise<JurisdictionType | null>);
  }
}

@Resolver(() => KeyPlaceType)
export class KeyPlaceResolver {
  @Allow('facility:read')
  @Query(() => KeyPlaceConnection, { description: '重点区域列表（1-3、2.1-1）。Key places, in pages.' })
  keyPlaces(
    @Arg('where', () => KeyPlaceWhere, { nullable: true, description: '筛选；为空不限。Filter; null for all.' }) where: KeyPlaceWhere | null,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() scope: RequestScope,
  ): Promise<Connection<KeyPlaceType>> {
    return listKeyPlaces(scope, where ?? null, page);
  }

  @FieldResolver(() => CoordinateType, { description: '位置。Its place.' })
  coordinate(@Root() place: KeyPlace, @Args(() => CrsArgs) { crs }: { crs: Crs }): CoordinateType {
    return coordinateIn(crs, place);
  }

  @FieldResolver(() => JurisdictionType, { nullable: true, description: '所在行政区；边界未知为空。Its division; null where no boundary contains it.' })
  jurisdiction(@Root() place: KeyPlace, @Ctx() scope: RequestScope): Promise<JurisdictionType | null> | null {
    return place.jurisdictionId == null ? null : (scope.load(JURISDICTION_BY_ID, place.jurisdictionId) as Promise<JurisdictionType | null>);
  }

  @Allow('jurisdiction:write')
  @Mutation(() => KeyPlacePayload, { description: '登记重点区域（1-3）；同一来源编号再次登记即更正。Registers a key place, or corrects it.' })
  async registerKeyPlace(@Arg('input', () => RegisterKeyPlaceInput, { description: '重点区域。The key place.' }) input: RegisterKeyPlaceInput, @Ctx() scope: RequestScope): Promise<KeyPlacePayload> {
    const { idempotencyKey, ...draft } = input;
    const outcome = await registerKeyPlace(scope, draft, idempotencyKey);
    if (isRefusal(outcome)) return { keyPlace: null, userErrors: userErrorsOf(outcome, scope) };
    return { keyPlace: await freshly(scope, KEY_PLACE_BY_ID, outcome.value.keyPlaceId), userErrors: [] };
  }
}

@Resolver(() => HubType)
export class HubResolver {
  @FieldResolver(() => FacilityType, { description: '停车设施。The facility.' })
  async facility(@Root() hub: Hub, @Ctx() scope: RequestScope): Promise<FacilityType> {
    return (await scope.load(FACILITY_BY_ID, hub.facilityId)) as FacilityType;
  }

  @FieldResolver(() => [ShuttleServiceType], { description: '接驳服务（2.1-9）。Its shuttles.' })
  shuttles(@Root() hub: Hub, @Ctx() scope: RequestScope): Promise<ShuttleServiceType[]> {
    return scope.load(SHUTTLES_OF_HUB, hub.id) as Promise<ShuttleServiceType[]>;
  }

  @Allow('facility:write')
  @Mutation(() => HubPayload, { description: '登记接驳点及其接驳服务（2.1-8、2.1-9）。Makes a facility a hub, with its shuttles.' })
  async registerHub(@Arg('input', () => RegisterHubInput, { description: '接驳点。The hub.' }) input: RegisterHubInput, @Ctx() scope: RequestScope): Promise<HubPayload> {
    const { idempotencyKey, ...draft } = input;
    const outcome = await registerHub(scope, draft, idempotencyKey);
    if (isRefusal(outcome)) return { hub: null, userErrors: userErrorsOf(outcome, scope) };
    return { hub: await freshly(scope, HUB_BY_ID, outcome.value.hubId), userErrors: [] };
  }
}

@Resolver(() => ShuttleServiceType)
export class ShuttleServiceResolver {
  @FieldResolver(() => CoordinateType, { description: '下车点。Where it ends.' })
  toCoordinate(@Root() shuttle: ShuttleService, @Args(() => CrsArgs) { crs }: { crs: Crs }): CoordinateType {
    return coordinateIn(crs, { longitude: shuttle.toLongitude, latitude: shuttle.toLatitude });
  }

  @FieldResolver(() => KeyPlaceType, { nullable: true, description: '到达的重点区域；只有坐标时为空。The key place where it ends; null where it is only a point.' })
  toKeyPlace(@Root() shuttle: ShuttleService, @Ctx() scope: RequestScope): Promise<KeyPlaceType | null> | null {
    return shuttle.toKeyPlaceId == null ? null : scope.load(KEY_PLACE_BY_ID, shuttle.toKeyPlaceId);
  }
}
