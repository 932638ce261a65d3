import { coordinates, isRefusal, type Coordinate } from '../kernel/index.js';
import type { RequestScope } from '../platform/index.js';
import { badInput, decodeCursor, notFound, pageSize } from '../platform/graphql/index.js';
import { FACILITY_BY_ID, KEY_PLACE_BY_ID, coordinateIn, whereSql, type CoordinateType } from '../facilities/index.js';
import { workCalendar } from '../sharing/index.js';
import { ANY_DRIVER } from '../availability/index.js';
import { isUsable, judgeNearby, takeAll, takeUsable, type NearbyAsk, type NearbyHit } from './find-nearby.js';
import { offerHubs, type HubOfferView } from './offer-hubs.js';
import { WALK_PARAMETERS } from './nearby.sql.js';
import { NearbyEdgeView, placeOf, type Presentation } from './nearby-edge.js';
import { NearbyOrder, type NearbyArgs, type NearInput } from './nearby.type.js';
import { boundsProblems } from './rules/reach.js';
import { walkingReach } from './walking-reach.js';

/** Most candidates that `explain` lists. */
const MOST_LEFT_OUT = 100;
/** What 'now' means as an interval. */
const NOW_MS = 60_000;

/** The answer to 'what can I use near here during [t1, t2)'; its fields cost only when they are read. */
export interface NearbyAnswer {
  readonly edges: readonly NearbyEdgeView[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean; readonly startCursor: string | null; readonly endCursor: string | null };
  readonly origin: CoordinateType;
  readonly during: { readonly startsAt: number; readonly endsAt: number };
  readonly leftOut: readonly NearbyEdgeView[] | null;
  readonly hubs: readonly HubOfferView[];
}

export async function nearbyFacilities(scope: RequestScope, args: NearbyArgs): Promise<NearbyAnswer> {
  const first = pageSize(args.first);
  const ask = await resolveAsk(scope, args);
  const calendar = await workCalendar(scope);
  const walking = await walkingReach(scope, ask);
  const shown: Presentation = { scope, ask, orderBy: args.orderBy, walking, isNow: args.during == null };
  const isFirstPage = (args.after ?? null) === null;

  const byDistance = args.orderBy === NearbyOrder.DISTANCE;
  const after = isFirstPage ? null : readCursor(args.after!, args.orderBy);
  const judged = judgeNearby(scope, ask, calendar, walking, byDistance && after ? { distanceMetres: after[0], id: after[1] } : null);
  const all = byDistance && !ask.explains ? null : await takeAll(judged);
  const usable = all === null ? await takeUsable(judged, first + 1) : inOrder(all.filter(isUsable), args.orderBy, byDistance ? null : after);

  const edges = usable.slice(0, first).map(hit => new NearbyEdgeView(hit, shown));
  return {
    edges,
    pageInfo: {
      hasNextPage: usable.length > first,
      hasPreviousPage: !isFirstPage,
      get startCursor() {
        return edges[0]?.cursor ?? null;
      },
      get endCursor() {
        return edges.at(-1)?.cursor ?? null;
      },
    },
    origin: coordinateIn(args.crs, ask.origin),
    during: ask.during,
    leftOut: ask.explains && all ? all.filter(hit => !isUsable(hit)).slice(0, MOST_LEFT_OUT).map(hit => new NearbyEdgeView(hit, shown)) : null,
    hubs: isFirstPage && edges.length === 0 ? await offerHubs(scope, ask, calendar) : [],
  };
}

async function resolveAsk(scope: RequestScope, args: NearbyArgs): Promise<NearbyAsk> {
  const now = scope.clock.now();
  const { radiusMetres, spaces, spaceClass } = args;
  const maxWalkingMetres = args.maxWalkingMetres ?? null;
  const problems = boundsProblems({ radiusMetres, maxWalkingMetres, spaces, during: args.during ?? null }, now);
  const [wrong] = problems;
  if (wrong) throw badInput({ zh: problems.map(each => each.zh).join('；'), en: problems.map(each => each.en).join('; ') }, wrong.field);
  const origin = await originOf(scope, args.near);
  return {
    origin,
    radiusMetres,
    maxWalkingMetres,
    during: args.during ?? { startsAt: now, endsAt: now + NOW_MS },
    spaces,
    spaceClass,
    filter: whereSql(args.where ?? null, 's', WALK_PARAMETERS + 1),
    asker: ANY_DRIVER,
    explains: args.explain && (args.after ?? null) === null,
    wanted: args.first,
    now,
  };
}

async function originOf(scope: RequestScope, near: NearInput): Promise<Coordinate> {
  if (near.coordinate) {
    const { crs, ...place } = near.coordinate;
    const known = coordinates.checkCoordinate(place, 'near.coordinate');
    if (isRefusal(known)) throw badInput({ zh: known.problems.map(each => each.zh).join('；'), en: known.problems.map(each => each.en).join('; ') }, 'near.coordinate');
    return coordinates.toWgs84(known.value, crs);
  }
  if (near.facilityId) {
    const facility = await scope.load(FACILITY_BY_ID, near.facilityId);
    if (!facility) throw notFound('facility', near.facilityId);
    return { longitude: facility.publicLongitude, latitude: facility.publicLatitude };
  }
  const place = await scope.load(KEY_PLACE_BY_ID, near.keyPlaceId!);
  if (!place) throw notFound('keyPlace', near.keyPlaceId!);
  return { longitude: place.longitude, latitude: place.latitude };
}

/** Opens a cursor of this order; one of another order or list would begin at a place that means nothing here. */
function readCursor(cursor: string, orderBy: NearbyOrder): readonly [rank: number, id: string] {
  const [order, rank, id] = decodeCursor(cursor, ['string', 'number', 'string']);
  if (order !== orderBy) throw badInput({ zh: `游标 after 属于排序 ${String(order).slice(0, 20)}，不能用于 ${orderBy}`, en: `the cursor in \`after\` belongs to the order ${String(order).slice(0, 20)}, not to ${orderBy}` }, 'after');
  return [rank as number, id as string];
}

/** Hits in an order other than distance, behind a place of that order. */
function inOrder(hits: readonly NearbyHit[], orderBy: NearbyOrder, after: readonly [rank: number, id: string] | null): readonly NearbyHit[] {
  const placed = hits.map(hit => ({ hit, place: placeOf(hit, orderBy) }));
  placed.sort((a, b) => a.place[0] - b.place[0] || (a.place[1] < b.place[1] ? -1 : 1));
  const behind = after === null ? placed : placed.filter(({ place }) => place[0] > after[0] || (place[0] === after[0] && place[1] > after[1]));
  return behind.map(({ hit }) => hit);
}
