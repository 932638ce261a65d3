import { isRefusal } from '../kernel/index.js';
import { facilitiesAround } from '../facilities/index.js';
import { defineLoader } from '../platform/index.js';
import { StayAlternative, type NotEnoughSpaces } from './booking.type.js';
import { audiencesOfStays } from './known-vehicles.js';
import { judgeStays } from './judge-stays.js';
import { reachMetres, walkingMetresOf } from './rules/walk.js';

/** Alternatives that are shown, and facilities that are asked for them. */
const MOST_ALTERNATIVES = 5;
const MOST_ASKED = 40;

type Refused = NonNullable<NotEnoughSpaces['stay']>;

/**
 * What can be booked instead of a stay that was refused: other facilities within a walk, nearest first, each decided and
 * priced as a quote for the same vehicles would be (P1, P2, 2.1-3, 2.5-5). Looked for only when it is selected, once for equal stays of a request.
 */
export const ALTERNATIVES_OF_STAY = defineLoader<string, readonly StayAlternative[]>('ALTERNATIVES_OF_STAY', async (scope, keys) =>
  Promise.all(keys.map(async key => {
    const { facilityId, startsAt, endsAt, spaceClass, spaces, bookedFor } = JSON.parse(key) as Refused;
    const during = { startsAt, endsAt };
    const around = await facilitiesAround(scope.database, { facilityId, withinMetres: reachMetres(), limit: MOST_ASKED });
    const audiences = bookedFor ? await audiencesOfStays(scope.database, around.map(each => ({ ...bookedFor, facilityId: each.facilityId, during }))) : [];
    const judged = await judgeStays(scope, around.map((each, nth) => ({ facilityId: each.facilityId, during, spaceClass, spaces, spaceId: null, audiences: audiences[nth] ?? [] })), scope.clock.now());
    return judged.flatMap((outcome, nth) => {
      if (isRefusal(outcome)) return [];
      const { facilityId: other, distanceMetres } = around[nth]!;
      return [Object.assign(new StayAlternative(), { facilityId: other, distanceMetres: Math.round(distanceMetres), walkingMetres: walkingMetresOf(distanceMetres), amountFen: outcome.value.price.amountFen })];
    }).slice(0, MOST_ALTERNATIVES);
  })),
);

/** The key of a refused stay. */
export function stayKey({ facilityId, startsAt, endsAt, spaceClass, spaces, bookedFor }: Refused): string {
  return JSON.stringify({ facilityId, startsAt, endsAt, spaceClass, spaces, bookedFor });
}
