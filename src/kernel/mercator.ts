/**
 * A plane for nearest-first search anywhere on earth: the ellipsoidal World Mercator (EPSG:3395). It is conformal, so
 * within a few kilometres 'nearer on the plane' is 'nearer on the ground'; lengths are stretched by `scaleAt`.
 * Distances that a user sees are never taken from it: they are geodesic (P5).
 */
export const MERCATOR_SRID = 3395;

const SEMI_MAJOR_METRES = 6_378_137;
const FLATTENING = 1 / 298.257_223_563;
const ECCENTRICITY_SQUARED = FLATTENING * (2 - FLATTENING);
const ECCENTRICITY = Math.sqrt(ECCENTRICITY_SQUARED);
const RADIANS = Math.PI / 180;

export interface MercatorPoint {
  readonly x: number;
  readonly y: number;
}

/** Projects a WGS-84 point; agrees with ST_Transform(…, 3395) to a millimetre. */
export function toMercator(point: { readonly longitude: number; readonly latitude: number }): MercatorPoint {
  const latitude = point.latitude * RADIANS;
  const isometric = Math.asinh(Math.tan(latitude)) - ECCENTRICITY * Math.atanh(ECCENTRICITY * Math.sin(latitude));
  return { x: SEMI_MAJOR_METRES * point.longitude * RADIANS, y: SEMI_MAJOR_METRES * isometric };
}

/** How many metres of the plane one metre of the ground is at a latitude: 1 at the equator, 1.10 in Quanzhou. */
export function scaleAt(latitudeDegrees: number): number {
  const latitude = latitudeDegrees * RADIANS;
  return Math.sqrt(1 - ECCENTRICITY_SQUARED * Math.sin(latitude) ** 2) / Math.cos(latitude);
}
