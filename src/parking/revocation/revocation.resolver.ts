import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { FACILITY_BY_ID, FacilityType } from '../../facilities/index.js';
import { defineLoader, type RequestScope } from '../../platform/index.js';
import { Reservation } from '../reservation.type.js';
import { revocationsOf } from './revocation.sql.js';
import { Revocation } from './revocation.type.js';

/** What became of reservations that the caller sees, the newest first. */
const REVOCATIONS_OF = defineLoader<string, readonly Revocation[]>('REVOCATIONS_OF', async (scope, ids) => {
  const rows = Map.groupBy(await revocationsOf(scope.database, ids), row => row.reservationId);
  return ids.map(id => (rows.get(id) ?? []).map(({ id: own, state, side, reason, supplierFen, movedToFacilityId, createdAt, decidedAt }) => Object.assign(new Revocation(), { id: own, state, side, reason, supplierFen, movedToFacilityId, createdAt, decidedAt })));
});

@Resolver(() => Reservation)
export class RevokedReservationResolver {
  @FieldResolver(() => [Revocation], { description: '泊位不再可用时的处理，新的在前；没有为空列表（P9）。What became of it where its spaces were not available any more, the newest first; none where they always were.' })
  revocations(@Root() { id }: Reservation, @Ctx() scope: RequestScope): Promise<readonly Revocation[]> {
    return scope.load(REVOCATIONS_OF, id);
  }
}

@Resolver(() => Revocation)
export class RevocationResolver {
  @FieldResolver(() => FacilityType, { nullable: true, description: '改往的设施，可为同一设施的另一处；未改往他处为空。Where it was moved, which may be another pool of the same facility; null where it was not.' })
  movedTo(@Root() { movedToFacilityId }: Revocation, @Ctx() scope: RequestScope): Promise<FacilityType | null> {
    return movedToFacilityId === null ? Promise.resolve(null) : (scope.load(FACILITY_BY_ID, movedToFacilityId) as Promise<unknown> as Promise<FacilityType>);
  }
}
