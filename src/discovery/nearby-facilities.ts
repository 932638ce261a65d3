import { coordinates, isRefusal, type Coordinate } from '../kernel/index.js';
import type { RequestScope } from '../platform/index.js';
import { badInput, decodeCursor, notFound, pageSize } from '../platform/graphql/index.js';
import { FACILITY_BY_ID, KEY_PLACE_BY_ID, coordinateIn, whereSql, type CoordinateType } from '../facilities/index.js';
import { workCalendar } from '../sharing/index.js';
import { ANY_DRIVER } from '../availability/index.js';
import { isUsable, judgeNearby, takeAll, takeUsable, type NearbyAsk, type NearbyHit } from './find-nearby.js';
import { offerHubs, type HubOfferView } from './offer-hubs.js';
import { WALK_PARAMETERS } from './nearby.sql.js';
import { NearbyEdgeView, cursorKey, type Presentation } from './nearby-edge.js';
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
  const shown: Presentation = { scope, ask, orderBy: args.orderBy, walking };
  const isFirstPage = (args.after ?? null) === null;

  const byDistance = args.orderBy === NearbyOrder.DISTANCE;
  const after = isFirstPage ? null : readCursor(args.after!);
  const judged = judgeNearby(scope, ask, calendar, walking, byDistance ? after : null);
  const all = byDistance && !ask.explains ? null : await takeAll(judged);
  const usable = all === null ? await takeUsable(judged, first + 1) : inOrder(all.filter(isUsable), args.orderBy, byDistance ? null : after);

  const edges = usable.slice(0, first).map(hit => new NearbyEdgeView(hit, shown));
  return {
    edges,
    pageInfo: { hasNextPage: usable.length > first, hasPreviousPage: !isFirstPage, startCursor: edges[0]?.cursor ?? null, endCursor: edges.at(-1)?.cursor ?? null },
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
    if (!facility) throw notFound('设施 facility', near.facilityId);
    return { longitude: facility.publicLongitude, latitude: facility.publicLatitude };
  }
  const place = await scope.load(KEY_PLACE_BY_ID, near.keyPlaceId!);
  if (!place) throw notFound('重点区域 key place', near.keyPlaceId!);
  return { longitude: place.longitude, latitude: place.latitude };
}

function readCursor(cursor: string): { readonly distanceMetres: number; readonly id: string } {
  const [distanceMetres, id] = decodeCursor(cursor, ['number', 'string']);
  return { distanceMetres: distanceMetres as number, id: id as string };
}

/** Hits in an order other than distance, behind a cursor of that order. */
function inOrder(hits: readonly NearbyHit[], orderBy: NearbyOrder, after: { readonly distanceMetres: number; readonly id: string } | null): readonly NearbyHit[] {
  const keyed = hits.map(hit => ({ hit, key: cursorKey(hit, orderBy) as readonly [number, string] }));
  keyed.sort((a, b) => a.key[0] - b.key[0] || (a.key[1] < b.key[1] ? -1 : 1));
  const behind = after === null ? keyed : keyed.filter(({ key }) => key[0] > after.distanceMetres || (key[0] === after.distanceMetres && key[1] > after.id));
  return behind.map(({ hit }) => hit);
}
