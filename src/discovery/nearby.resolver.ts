import { Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { RequestScope } from '../platform/index.js';
import { FACILITY_BY_ID, FacilityType } from '../facilities/index.js';
import { Allow } from '../identity/index.js';
import { NearbyEdgeView } from './nearby-edge.js';
import { nearbyFacilities, type NearbyAnswer } from './nearby-facilities.js';
import { LeftOutFacility, NearbyArgs, NearbyFacilityConnection, NearbyFacilityEdge, PriceType } from './nearby.type.js';
import { PRICE_OF_EDGE } from './price-of-edge.js';

@Resolver()
export class NearbyResolver {
  @Allow('search:nearby')
  @Query(() => NearbyFacilityConnection, {
    name: 'nearbyFacilities',
    description: '附近在 [t1, t2) 内可以停放的设施（2.1-3、2.1-6）：由近及远，每项带可用泊位、覆盖的共享时段与资格。What can be used near here during an interval: nearest first, each with what is free, the windows that lend and whether the viewer may.',
  })
  nearbyFacilities(@Ctx() scope: RequestScope, @Args(() => NearbyArgs) args: NearbyArgs): Promise<NearbyAnswer> {
    return nearbyFacilities(scope, args);
  }
}

@Resolver(() => NearbyFacilityEdge)
export class NearbyFacilityEdgeResolver {
  @FieldResolver(() => FacilityType)
  node(@Ctx() scope: RequestScope, @Root() edge: NearbyEdgeView): Promise<object | null> {
    return scope.load(FACILITY_BY_ID, edge.hit.facility.id);
  }

  @FieldResolver(() => PriceType, { nullable: true })
  async price(@Ctx() scope: RequestScope, @Root() edge: NearbyEdgeView): Promise<PriceType | null> {
    return scope.load(PRICE_OF_EDGE, edge);
  }
}

@Resolver(() => LeftOutFacility)
export class LeftOutFacilityResolver {
  @FieldResolver(() => FacilityType)
  node(@Ctx() scope: RequestScope, @Root() edge: NearbyEdgeView): Promise<object | null> {
    return scope.load(FACILITY_BY_ID, edge.hit.facility.id);
  }
}
