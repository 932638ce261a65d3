import { isRefusal } from '../kernel/index.js';
import { defineLoader, type RequestScope } from '../platform/index.js';
import { decideStay, type StayAsk } from '../availability/index.js';
import { priceStays } from '../billing/index.js';
import { stayParts } from '../parking/index.js';
import type { NearbyEdgeView } from './nearby-edge.js';
import type { PriceType } from './nearby.type.js';

/**
 * What the interval of a search costs at each of its edges, all in the same few statements: the decision that a booking
 * would take, and its windows' tariffs, so that a quote made now says the same (P2).
 */
export const PRICE_OF_EDGE = defineLoader<NearbyEdgeView, PriceType | null>('PRICE_OF_EDGE', async (scope, edges) => {
  const stays = edges.map(edge => edge.stay);
  const amounts = await amountsOf(scope, stays.filter(stay => stay !== null));
  return stays.map(stay => {
    const amountFen = (stay && amounts.get(stay)) ?? null;
    return amountFen === null ? null : { amountFen, currency: 'CNY' };
  });
});

/** By stay; what can no longer be had, or has no price in some part, is left out. */
async function amountsOf(scope: RequestScope, stays: readonly StayAsk[]): Promise<ReadonlyMap<StayAsk, number>> {
  const decided = (await decideStay(scope, stays)).map(({ zoneId, windows }, index) => ({ zoneId, windows, stay: stays[index]! }));
  const had = decided.filter(each => each.zoneId !== null);
  const at = scope.clock.now();
  const prices = await priceStays(scope, had.map(({ windows, stay: { facilityId, during, spaceClass, spaces } }) => ({ facilityId, parts: stayParts(windows, during), spaceClass, spaces, at })));
  return new Map(had.flatMap(({ stay }, index) => {
    const price = prices[index]!;
    return isRefusal(price) ? [] : [[stay, price.value.amountFen]];
  }));
}
