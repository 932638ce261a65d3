import { localTime, type WorkCalendar } from '../kernel/index.js';
import type { RequestScope } from '../platform/index.js';
import { decide, type Availability } from '../availability/index.js';
import { HUB_BY_ID, SHUTTLE_BY_ID, nearbyHubs, type NearbyHub } from '../facilities/index.js';
import type { NearbyAsk } from './find-nearby.js';
import { availabilityOf } from './nearby-edge.js';
import { roundMetres } from './rules/reach.js';
import { lendingFacilities, type LendingFacility } from './search-rows.js';

/** A shuttle's end counts as 'at the destination' within the policy's longest walk (2.1-3). */
const END_WALK_METRES = 500;
const MOST_LOOKED_AT = 20;
const MOST_OFFERED = 5;
/** No version at all: these facilities come from no walk that has just told theirs, so their rows and claims are read. */
const ANEW = '';

/** A hub offered instead of a space within reach; the hub is loaded only where it is selected. */
export interface HubOfferView {
  readonly hub: () => Promise<object | null>;
  readonly shuttle: object;
  readonly distanceMetres: number;
  readonly waitMinutes: number;
  readonly rideMinutes: number;
  readonly walkMinutes: number;
  readonly totalMinutes: number;
  readonly availability: Availability;
}

/** Hubs whose shuttle ends at the destination and runs when the stay begins, with room over the interval; quickest first (2.1-7 to 2.1-9). */
export async function offerHubs(scope: RequestScope, ask: NearbyAsk, calendar: WorkCalendar): Promise<readonly HubOfferView[]> {
  const rides = await nearbyHubs(scope, ask.origin, { endWithinMetres: END_WALK_METRES, at: ask.during.startsAt, limit: MOST_LOOKED_AT });
  const lendings = await lendingFacilities(scope.database, rides.map(ride => ({ place: { id: ride.facilityId, version: ANEW, facility: null }, claims: ANEW })), ask, calendar);
  const offers = await Promise.all(rides.map((ride, i) => offerOf(scope, ask, ride, lendings[i]!)));
  return offers
    .filter(offer => offer !== null)
    .sort((a, b) => a.totalMinutes - b.totalMinutes)
    .slice(0, MOST_OFFERED);
}

async function offerOf(scope: RequestScope, ask: NearbyAsk, ride: NearbyHub, known: LendingFacility | null): Promise<HubOfferView | null> {
  const shuttle = await scope.load(SHUTTLE_BY_ID, ride.shuttleId);
  if (!known || !shuttle || !runsAt(shuttle, known.facility.zone.minuteOf(ask.during.startsAt))) return null;
  const decision = decide(known.lending.pools, ask, known.lending.horizonEndsAt);
  if (!decision.allowed) return null;
  const distanceMetres = roundMetres(ride.hubMetres);
  const waitMinutes = Math.ceil(shuttle.headwayMinutes / 2);
  return {
    hub: () => scope.load(HUB_BY_ID, ride.hubId),
    shuttle,
    distanceMetres,
    waitMinutes,
    rideMinutes: shuttle.rideMinutes,
    walkMinutes: shuttle.walkMinutesAtEnd,
    totalMinutes: waitMinutes + shuttle.rideMinutes + shuttle.walkMinutesAtEnd,
    availability: availabilityOf({ decision, lending: known.lending }),
  };
}

/** Whether the shuttle runs at a minute of the day; a last departure past 24:00 belongs to the night before. */
function runsAt(shuttle: { readonly firstAt: number; readonly lastAt: number }, minute: number): boolean {
  const isBetween = (at: number): boolean => shuttle.firstAt <= at && at <= shuttle.lastAt;
  return isBetween(minute) || isBetween(minute + localTime.MINUTES_A_DAY);
}
