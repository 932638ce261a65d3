/**
 * Lays points of WGS-84 into a frame, north up, all of them visible, with the same scale both ways. Good for a city: the
 * length of a degree of longitude is taken at the middle latitude.
 * @param {ReadonlyArray<{ longitude: number, latitude: number }>} points
 * @param {{ width: number, height: number, margin: number }} frame
 * @returns {{ place: (point: { longitude: number, latitude: number }) => { x: number, y: number }, metresPerUnit: number }}
 */
export function fitPoints(points, { width, height, margin }) {
  const bounds = boundsOf(points);
  const middle = { longitude: (bounds.west + bounds.east) / 2, latitude: (bounds.south + bounds.north) / 2 };
  const squeeze = Math.cos((middle.latitude * Math.PI) / 180);
  // Around a single point there still has to be a map: a kilometre each way.
  const acrossDegrees = Math.max((bounds.east - bounds.west) * squeeze, 0.02);
  const upDegrees = Math.max(bounds.north - bounds.south, 0.02);
  const unitsPerDegree = Math.min((width - 2 * margin) / acrossDegrees, (height - 2 * margin) / upDegrees);
  return {
    place: ({ longitude, latitude }) => ({
      x: width / 2 + (longitude - middle.longitude) * squeeze * unitsPerDegree,
      y: height / 2 - (latitude - middle.latitude) * unitsPerDegree,
    }),
    metresPerUnit: 111_320 / unitsPerDegree,
  };
}

/**
 * The longest round distance (1, 2 or 5 times a power of ten) that is at most so many metres: what a scale bar says.
 * @param {number} metres
 */
export function roundDistance(metres) {
  const power = 10 ** Math.floor(Math.log10(metres));
  const step = [5, 2, 1].find(each => each * power <= metres) ?? 1;
  return step * power;
}

/** @param {ReadonlyArray<{ longitude: number, latitude: number }>} points */
function boundsOf(points) {
  const bounds = { west: Infinity, east: -Infinity, south: Infinity, north: -Infinity };
  for (const { longitude, latitude } of points) {
    bounds.west = Math.min(bounds.west, longitude);
    bounds.east = Math.max(bounds.east, longitude);
    bounds.south = Math.min(bounds.south, latitude);
    bounds.north = Math.max(bounds.north, latitude);
  }
  return points.length === 0 ? { west: 0, east: 0, south: 0, north: 0 } : bounds;
}
