import { Arg, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { Facility, FacilityType, SpaceClassEnum } from '../facilities/index.js';
import type { RequestScope } from '../platform/index.js';
import { InstantScalar } from '../platform/graphql/index.js';
import type { SpaceClass } from '../sharing/index.js';
import { SPACE_LEDGER } from './space-ledger.loaders.js';
import { SpaceLedger } from './space-ledger.type.js';

@Resolver(() => FacilityType)
export class SpaceLedgerResolver {
  @FieldResolver(() => SpaceLedger, { nullable: true, description: '泊位台账：某一时刻该类泊位各在何处；精确数字不对此调用方公开时为空。Where the spaces of a class stand at an instant; null where exact figures are not shown to this caller, or nothing is known yet.' })
  spaceLedger(
    @Root() facility: Facility,
    @Arg('at', () => InstantScalar, { description: '时刻。The instant.' }) at: number,
    @Arg('spaceClass', () => SpaceClassEnum, { description: '泊位类型。The class of space.' }) spaceClass: SpaceClass,
    @Ctx() scope: RequestScope,
  ): Promise<SpaceLedger | null> {
    return scope.load(SPACE_LEDGER, { facilityId: facility.id, at, spaceClass });
  }
}
