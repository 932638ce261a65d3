import { generator } from '../nearby/query.mjs';

/** Whether a box of the schema holds a place. */
export function contains({ southWest, northEast }, { longitude, latitude }) {
  return longitude >= southWest.longitude && longitude <= northEast.longitude && latitude >= southWest.latitude && latitude <= northEast.latitude;
}

/** A corner half a millionth off every facility's: no facility lies on an edge, where two implementations may differ. */
const corner = (longitude, latitude) => ({ longitude: Number((longitude + 5e-7).toFixed(7)), latitude: Number((latitude + 5e-7).toFixed(7)), crs: 'WGS84' });

function boxAround({ longitude, latitude }, halfWidth) {
  const round = value => Number(value.toFixed(6));
  return { southWest: corner(round(longitude - halfWidth), round(latitude - halfWidth)), northEast: corner(round(longitude + halfWidth), round(latitude + halfWidth)) };
}

/**
 * A map view for each subscriber, each its own, round a facility that changes; as wide as makes a change reach `share` of
 * the subscribers on average.
 */
export function mapViews(changing, { count, share, seed }) {
  const draw = generator(seed);
  const middles = Array.from({ length: count }, () => changing[Math.floor(draw() * changing.length)]);
  const sample = middles.slice(0, 500);
  const reached = halfWidth => sample.reduce((sum, middle) => sum + changing.filter(place => contains(boxAround(middle, halfWidth), place)).length, 0) / (sample.length * changing.length);
  let [low, high] = [0.0005, 1];
  for (let step = 0; step < 20; step += 1) {
    const middle = (low + high) / 2;
    if (reached(middle) < share) low = middle;
    else high = middle;
  }
  // Widths differ a little, as zoom levels do, and no two views are the same.
  return middles.map(middle => boxAround(middle, high * (0.8 + 0.4 * draw())));
}
