import { localTime, mercator, type WorkCalendar } from '../kernel/index.js';
import type { RequestScope } from '../platform/index.js';
import { decide, type Availability } from '../availability/index.js';
import { HUB_BY_ID, SHUTTLE_BY_ID } from '../facilities/index.js';
import type { NearbyAsk } from './find-nearby.js';
import { HUB_RIDES_SQL, type HubRideRow } from './hubs.sql.js';
import { availabilityOf } from './nearby-edge.js';
import { distanceMetres } from './rules/reach.js';
import { searchedFacilities } from './search-rows.js';

/** A shuttle's end counts as 'at the destination' within the policy's longest walk (2.1-3). */
const END_WALK_METRES = 500;
const MOST_OFFERED = 5;

/** A hub offered instead of a space within reach; hub and shuttle are loaded only where they are selected. */
export interface HubOfferView {
  readonly hub: () => Promise<object | null>;
  readonly shuttle: () => Promise<object | null>;
  readonly distanceMetres: number;
  readonly waitMinutes: number;
  readonly rideMinutes: number;
  readonly walkMinutes: number;
  readonly totalMinutes: number;
  readonly availability: Availability;
}

/** Hubs whose shuttle ends at the destination and runs when the stay begins, with room over the interval; quickest first (2.1-7 to 2.1-9). */
export async function offerHubs(scope: RequestScope, ask: NearbyAsk, calendar: WorkCalendar): Promise<readonly HubOfferView[]> {
  const { x, y } = mercator.toMercator(ask.origin);
  const radius = END_WALK_METRES * mercator.scaleAt(ask.origin.latitude);
  const onDate = new Date(ask.during.startsAt).toISOString().slice(0, 10);
  const rides = await scope.database.queryPrepared<HubRideRow>(HUB_RIDES_SQL, [x, y, radius, onDate]);
  const known = await searchedFacilities(scope.database, rides.map(ride => ({ id: ride.facility_id, version: ride.version })));

  const offers: HubOfferView[] = [];
  for (const ride of rides) {
    const searched = known.get(ride.facility_id);
    if (!searched || !runsAt(ride, searched.facts.zone.minuteOf(ask.during.startsAt))) continue;
    const timeline = searched.timeline(ask.during, calendar);
    const decision = decide(timeline.pools(ask.spaceClass, ask.asker, ask.now), ask, timeline.horizon.endsAt);
    if (!decision.allowed) continue;
    const metres = distanceMetres(ask.origin, ride);
    const waitMinutes = Math.ceil(ride.headway_minutes / 2);
    offers.push({
      hub: () => scope.load(HUB_BY_ID, ride.hub_id),
      shuttle: () => scope.load(SHUTTLE_BY_ID, ride.shuttle_id),
      distanceMetres: metres,
      waitMinutes,
      rideMinutes: ride.ride_minutes,
      walkMinutes: ride.walk_minutes_at_end,
      totalMinutes: waitMinutes + ride.ride_minutes + ride.walk_minutes_at_end,
      availability: availabilityOf({ searched, timeline, distanceMetres: metres, walkingMetres: metres, decision }, ask),
    });
    if (offers.length === MOST_OFFERED) break;
  }
  return offers;
}

/** Whether the shuttle runs at a minute of the day; a last departure past 24:00 belongs to the night before. */
function runsAt(ride: HubRideRow, minute: number): boolean {
  const isBetween = (at: number): boolean => ride.first_at <= at && at <= ride.last_at;
  return isBetween(minute) || isBetween(minute + localTime.MINUTES_A_DAY);
}
