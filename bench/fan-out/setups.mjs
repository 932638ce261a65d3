import { contains, mapViews } from './boxes.mjs';

/**
 * @typedef {{ name: string, measure: 'burst' | 'idle' | 'trickle' | 'ends', contenders: readonly string[], places: readonly Place[], burst: number, wheres: readonly string[], watches: readonly (readonly number[])[] }} Setup
 * `places` are the facilities that change, `burst` how many of them at once, `wheres` what the subscribers ask for in turn, `watches` the places that each gets.
 * @typedef {{ facilityId: string, longitude: number, latitude: number }} Place
 */

/**
 * Everybody watches all of these: a burst changes each once. Changes of one facility in one transaction would be one
 * version, so a burst on a single facility is not a burst in a system that stores what it tells; to the server that
 * fans out it is all one, since every change has bytes of its own and goes to everybody. The fewer subscribers, the more
 * changes: a burst must last longer than the call that makes it.
 */
const HOT = { 1_000: 100, 5_000: 40 };
/** Facilities that change in the middle of the city, which is what the maps look at. */
const CENTRE = 500;
const CENTRE_BURST = 100;
/** The share of subscribers that a change in the centre reaches: 200 of 5,000. */
const REACHED = 0.04;

/** Who may be measured. */
export const CONTENDERS = ['floor-raw', 'floor-gathered', 'stock', 'chaowei'];

/** The setups of the issue, by name. */
const MADE = {
  'hot-1000': (name, places, many) => hot(name, many(1_000), places.slice(0, HOT[1_000]), { measure: 'burst', contenders: CONTENDERS }),
  'hot-5000': (name, places, many) => hot(name, many(5_000), places.slice(0, HOT[5_000]), { measure: 'burst', contenders: CONTENDERS }),
  'boxes-5000': (name, places, many) => boxes(name, many(5_000), places, { measure: 'burst', contenders: CONTENDERS }),
  'idle-5000': (name, places, many) => hot(name, many(5_000), places.slice(0, 1), { measure: 'idle', contenders: CONTENDERS }),
  'trickle-10000': (name, places, many) => hot(name, many(10_000), places.slice(0, 1), { measure: 'trickle', contenders: ['floor-raw', 'floor-gathered', 'chaowei'] }),
  'ends-1000': (name, places, many) => boxes(name, many(1_000), places, { measure: 'ends', contenders: ['chaowei'] }),
};
export const SETUPS = Object.keys(MADE);

/** Setups over these places. `scale` shrinks them all where only the rig is tried. */
export function setupsOf(places, names, { scale = 1 } = {}) {
  const many = count => Math.max(50, Math.round(count * scale));
  return names.map(name => MADE[name](name, places, many));
}

function hot(name, count, watched, more) {
  const everything = watched.map((_place, index) => index);
  return { name, ...more, places: watched, burst: watched.length, wheres: [JSON.stringify({ ids: watched.map(({ facilityId }) => facilityId) })], watches: Array.from({ length: count }, () => everything) };
}

function boxes(name, count, places, more) {
  const changing = centreOf(places);
  const views = mapViews(changing, { count, share: REACHED, seed: count });
  const watches = views.map(view => changing.flatMap((place, index) => (contains(view, place) ? [index] : [])));
  return { name, ...more, places: changing, burst: CENTRE_BURST, wheres: views.map(box => JSON.stringify({ within: { box } })), watches };
}

/** The facilities nearest to the middle of all. */
function centreOf(places) {
  const middle = part => places.map(place => place[part]).toSorted((a, b) => a - b)[Math.floor(places.length / 2)];
  const [longitude, latitude] = [middle('longitude'), middle('latitude')];
  const off = place => Math.max(Math.abs(place.longitude - longitude), Math.abs(place.latitude - latitude));
  return places.toSorted((a, b) => off(a) - off(b)).slice(0, CENTRE);
}
