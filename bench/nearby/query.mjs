/** What every contender is asked: twelve fields, with nested capacity, availability and windows. */
export const RADIUS_METRES = 1_000;
export const FIRST = 20;

const [MINUTE_MS, DAY_MS, UTC8_MS] = [60_000, 86_400_000, 8 * 3_600_000];
/** The Monday after next, in China: nothing is searched in the past, and the processes of a run agree through the week. 1970 began on a Thursday. */
const mondayAt = Math.floor((Date.now() + UTC8_MS + 3 * DAY_MS) / (7 * DAY_MS)) * 7 * DAY_MS + 11 * DAY_MS - UTC8_MS;
const EVENING = { fromMinute: 2 * 1_440 + 20 * 60, untilMinute: 2 * 1_440 + 22 * 60 };
/** A Wednesday evening, of six weekly windows a facility one covers it: in minutes since Monday 00:00, and that Monday. */
export const WEEK = { ...EVENING, mondayAt };
/** The same as instants. */
export const DURING = { startsAt: new Date(mondayAt + EVENING.fromMinute * MINUTE_MS).toISOString(), endsAt: new Date(mondayAt + EVENING.untilMinute * MINUTE_MS).toISOString() };

export const QUERY = `query Nearby($longitude: Float!, $latitude: Float!, $during: IntervalInput!) {
  nearbyFacilities(near: {coordinate: {longitude: $longitude, latitude: $latitude, crs: WGS84}}, radiusMetres: ${RADIUS_METRES}, during: $during, first: ${FIRST}) {
    edges {
      distanceMetres
      walkingMetres
      until
      node { id code name address category status coordinate { longitude latitude } capacity { spaceClass total shareable } }
      availability { state free capacity }
      windows { name startsAt endsAt quota }
    }
  }
}`;

/** The same question as a user of PostGraphile would put it to the normal tables. */
export const POSTGRAPHILE_QUERY = `query Nearby($longitude: Float!, $latitude: Float!, $from: Int!, $until: Int!) {
  nearbyFacilities(longitude: $longitude, latitude: $latitude, radius: ${RADIUS_METRES}, fromMinute: $from, untilMinute: $until, first: ${FIRST}) {
    nodes {
      rowId code name address category status longitude latitude
      distanceMetres(longitude: $longitude, latitude: $latitude)
      freeDuring(fromMinute: $from, untilMinute: $until)
      capacities: capacitiesByFacilityId { nodes { spaceClass total shareable } }
      windows: windowsDuring(fromMinute: $from, untilMinute: $until) { nodes { name quota fromMinute untilMinute } }
    }
  }
}`;

/** A small seeded generator, so that every contender is asked the same. */
export function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The middles of 300 neighbourhoods over the city's plain. */
export function hubs(seed) {
  const draw = generator(seed);
  return Array.from({ length: 300 }, () => ({ longitude: 118.3 + 0.6 * draw(), latitude: 24.7 + 0.5 * draw() }));
}

/** Points where people ask: around the hubs, not on them. */
export function points(seed, count) {
  const middles = hubs(seed);
  const draw = generator(seed + 1);
  return Array.from({ length: count }, () => {
    const hub = middles[Math.floor(draw() * middles.length)];
    return { longitude: Number((hub.longitude + (draw() - 0.5) * 0.012).toFixed(6)), latitude: Number((hub.latitude + (draw() - 0.5) * 0.012).toFixed(6)) };
  });
}
