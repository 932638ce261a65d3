import { Zone, isRefusal, localTime, type Coordinate } from '../kernel/index.js';
import type { RequestScope } from '../platform/index.js';
import { hubsNear, type NearbyHub } from './key-places.sql.js';

/** Hubs whose shuttles end within a walk of a point on the day of an instant, the nearest end first (2.1-7 to 2.1-9). */
export function nearbyHubs(scope: RequestScope, point: Coordinate, options: { readonly endWithinMetres: number; readonly at: number; readonly limit: number; readonly zoneName?: string }): Promise<NearbyHub[]> {
  const zone = Zone.of(options.zoneName ?? 'Asia/Shanghai');
  if (isRefusal(zone)) throw new Error(zone.problems[0].en);
  return hubsNear(scope.database, { point, endWithinMetres: options.endWithinMetres, on: localTime.formatDay(zone.value.dayOf(options.at)), limit: options.limit });
}
