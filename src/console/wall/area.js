/**
 * What the wall watches: a division by its id, a division by its national code, a box, or everything.
 * @typedef {{ kind: 'JURISDICTION', id: string } | { kind: 'CODE', code: string } | { kind: 'BOX', box: readonly [number, number, number, number] } | { kind: 'EVERYTHING' }} Area
 */

/**
 * Reads the area from the query string of the page. What is no area throws with words for the reader: a wall that silently
 * watched something else would be believed.
 * @param {URLSearchParams} parameters
 * @returns {Area}
 */
export function areaOf(parameters) {
  const id = parameters.get('jurisdictionId');
  if (id) return { kind: 'JURISDICTION', id };
  const code = parameters.get('jurisdiction');
  if (code) return { kind: 'CODE', code };
  const box = parameters.get('box');
  if (!box) return { kind: 'EVERYTHING' };
  const corners = box.split(',').map(Number);
  const [west = Number.NaN, south = Number.NaN, east = Number.NaN, north = Number.NaN] = corners;
  // A comparison with NaN is false: what is no number is no box either.
  if (corners.length !== 4 || !(west < east && south < north)) {
    throw new Error(`box=${box} 不是“西,南,东,北” / box=${box} is not west,south,east,north in degrees`);
  }
  return { kind: 'BOX', box: [west, south, east, north] };
}

/**
 * The filter of the schema for an area whose code has been looked up.
 * @param {Area} area
 * @param {string | null} jurisdictionId
 * @returns {Record<string, unknown> | null}
 */
export function whereOf(area, jurisdictionId) {
  if (area.kind === 'BOX') {
    const [west, south, east, north] = area.box;
    const corner = (/** @type {number} */ longitude, /** @type {number} */ latitude) => ({ longitude, latitude, crs: 'WGS84' });
    return { within: { box: { southWest: corner(west, south), northEast: corner(east, north) } } };
  }
  return jurisdictionId === null ? null : { jurisdictionId };
}
