import gcoordModule from 'gcoord';
import { isInShiftedChina } from './shifted-china.js';
import { problem, refuse, done, type Outcome, type Problem } from './outcome.js';

/** The coordinate systems a feed may declare; nothing is taken without its name (P5, G1). */
export const CRS_NAMES = ['WGS84', 'CGCS2000', 'GCJ02', 'BD09'] as const;
export type Crs = (typeof CRS_NAMES)[number];

/** Degrees; named, because a bare pair is read the wrong way round sooner or later (G2). */
export interface Coordinate {
  readonly longitude: number;
  readonly latitude: number;
}

/** Half-open box [min, max) in degrees, so that neighbouring tiles share no point (G6). */
export interface CoordinateBox {
  readonly minLongitude: number;
  readonly maxLongitude: number;
  readonly minLatitude: number;
  readonly maxLatitude: number;
}

// The package declares an ES default export but ships CommonJS: what Node imports as default is already the library itself.
const gcoord = gcoordModule as unknown as typeof gcoordModule.default;

const INVERSE_ROUNDS = 6;
const WGS84_A = 6_378_137;
const WGS84_F = 1 / 298.257223563;
const MEAN_RADIUS = 6_371_008.8;
const RADIAN = Math.PI / 180;

/**
 * A coordinate of any system in WGS-84, exact to 0.2 m. CGCS2000 is taken as WGS-84: both are realisations of ITRS, and
 * differ by less than a metre. Outside mainland China every system is WGS-84, whatever the library's box says.
 */
export function toWgs84(coordinate: Coordinate, crs: Crs): Coordinate {
  if (crs === 'WGS84' || crs === 'CGCS2000') return coordinate;
  const inverse = inverseOf(coordinate, crs);
  return isInShiftedChina(inverse) ? inverse : coordinate;
}

/** A WGS-84 coordinate in any system; identity outside mainland China. */
export function fromWgs84(coordinate: Coordinate, crs: Crs): Coordinate {
  if (crs === 'WGS84' || crs === 'CGCS2000' || !isInShiftedChina(coordinate)) return coordinate;
  return shift(coordinate, crs);
}

function shift({ longitude, latitude }: Coordinate, crs: 'GCJ02' | 'BD09'): Coordinate {
  const [x, y] = gcoord.transform<[number, number]>([longitude, latitude], gcoord.WGS84, gcoord[crs]);
  return { longitude: x, latitude: y };
}

// The library's own inverse stops at 1e-6 degrees; stepping on through its forward function takes the error below 1 mm,
// and never leaves it in a loop without bound.
function inverseOf(target: Coordinate, crs: 'GCJ02' | 'BD09'): Coordinate {
  let { longitude, latitude } = target;
  for (let round = 0; round < INVERSE_ROUNDS; round += 1) {
    const there = shift({ longitude, latitude }, crs);
    longitude += target.longitude - there.longitude;
    latitude += target.latitude - there.latitude;
  }
  return { longitude, latitude };
}

/** Refuses what is no coordinate: not finite, off the globe, or exactly (0,0), which is where missing values land (G2, G7). */
export function checkCoordinate(coordinate: Coordinate, field = 'coordinate'): Outcome<Coordinate> {
  const { longitude, latitude } = coordinate;
  const problems: Problem[] = [];
  if (!Number.isFinite(longitude) || Math.abs(longitude) > 180) {
    problems.push(problem('LONGITUDE_OUT_OF_RANGE', { zh: `经度 ${longitude} 不在 -180 至 180 之间`, en: `longitude ${longitude} is not between -180 and 180`, field: `${field}.longitude` }));
  }
  if (!Number.isFinite(latitude) || Math.abs(latitude) > 90) {
    problems.push(problem('LATITUDE_OUT_OF_RANGE', { zh: `纬度 ${latitude} 不在 -90 至 90 之间`, en: `latitude ${latitude} is not between -90 and 90`, field: `${field}.latitude` }));
  }
  if (longitude === 0 && latitude === 0) {
    problems.push(problem('COORDINATE_ZERO', { zh: '坐标为 (0,0)，应是缺失值而非位置', en: 'the coordinate is (0,0), a missing value rather than a place', field }));
  }
  return problems.length === 0 ? done(coordinate) : refuse(problems);
}

export function isInBox({ longitude, latitude }: Coordinate, box: CoordinateBox): boolean {
  return longitude >= box.minLongitude && longitude < box.maxLongitude && latitude >= box.minLatitude && latitude < box.maxLatitude;
}

/** Refuses what lies outside a source's plausibility box, and says so where only the order of the pair is wrong (G2). */
export function checkPlausible(coordinate: Coordinate, box: CoordinateBox, field = 'coordinate'): readonly Problem[] {
  const checked = checkCoordinate(coordinate, field);
  const { longitude, latitude } = coordinate;
  const swapped = { longitude: latitude, latitude: longitude };
  if (isInBox(swapped, box) && !isInBox(coordinate, box)) {
    return [problem('COORDINATE_SWAPPED', { zh: `经纬度疑似颠倒：经度 ${longitude}、纬度 ${latitude} 对调后才在合理范围内`, en: `longitude ${longitude} and latitude ${latitude} look swapped: only the other order lies in the expected area`, field, data: { swapped } })];
  }
  if (!checked.ok) return checked.problems;
  if (isInBox(coordinate, box)) return [];
  const { minLongitude, maxLongitude, minLatitude, maxLatitude } = box;
  return [problem('COORDINATE_IMPLAUSIBLE', { zh: `坐标 (${longitude}, ${latitude}) 不在合理范围：经度 ${minLongitude}～${maxLongitude}、纬度 ${minLatitude}～${maxLatitude}`, en: `(${longitude}, ${latitude}) lies outside the expected area: longitude ${minLongitude} to ${maxLongitude}, latitude ${minLatitude} to ${maxLatitude}`, field })];
}

/**
 * Metres on the WGS-84 ellipsoid by Vincenty's inverse formula, exact to a millimetre. Nearly antipodal points, where it
 * does not converge, are answered on the mean sphere (within 0.6 %). A straight line, not a walk: callers say ESTIMATED (G3).
 */
export function geodesicMetres(a: Coordinate, b: Coordinate): number {
  const reducedA = Math.atan((1 - WGS84_F) * Math.tan(a.latitude * RADIAN));
  const reducedB = Math.atan((1 - WGS84_F) * Math.tan(b.latitude * RADIAN));
  const [sinA, cosA, sinB, cosB] = [Math.sin(reducedA), Math.cos(reducedA), Math.sin(reducedB), Math.cos(reducedB)];
  const difference = (((b.longitude - a.longitude + 540) % 360 + 360) % 360 - 180) * RADIAN;
  let lambda = difference;
  for (let round = 0; round < 100; round += 1) {
    const [sinL, cosL] = [Math.sin(lambda), Math.cos(lambda)];
    const sinSigma = Math.hypot(cosB * sinL, cosA * sinB - sinA * cosB * cosL);
    if (sinSigma === 0) return 0;
    const cosSigma = sinA * sinB + cosA * cosB * cosL;
    const sigma = Math.atan2(sinSigma, cosSigma);
    const sinAlpha = (cosA * cosB * sinL) / sinSigma;
    const cos2Alpha = 1 - sinAlpha * sinAlpha;
    const cos2Middle = cos2Alpha === 0 ? 0 : cosSigma - (2 * sinA * sinB) / cos2Alpha;
    const c = (WGS84_F / 16) * cos2Alpha * (4 + WGS84_F * (4 - 3 * cos2Alpha));
    const next = difference + (1 - c) * WGS84_F * sinAlpha * (sigma + c * sinSigma * (cos2Middle + c * cosSigma * (2 * cos2Middle ** 2 - 1)));
    if (Math.abs(next) > Math.PI) break;
    if (Math.abs(next - lambda) < 1e-12) return arcMetres({ sigma, sinSigma, cosSigma, cos2Alpha, cos2Middle });
    lambda = next;
  }
  return sphereMetres(a, b);
}

interface Arc {
  readonly sigma: number;
  readonly sinSigma: number;
  readonly cosSigma: number;
  readonly cos2Alpha: number;
  readonly cos2Middle: number;
}

function arcMetres({ sigma, sinSigma, cosSigma, cos2Alpha, cos2Middle }: Arc): number {
  const minor = WGS84_A * (1 - WGS84_F);
  const u2 = (cos2Alpha * (WGS84_A ** 2 - minor ** 2)) / minor ** 2;
  const scale = 1 + (u2 / 16384) * (4096 + u2 * (-768 + u2 * (320 - 175 * u2)));
  const b = (u2 / 1024) * (256 + u2 * (-128 + u2 * (74 - 47 * u2)));
  const inner = cosSigma * (2 * cos2Middle ** 2 - 1) - (b / 6) * cos2Middle * (4 * sinSigma ** 2 - 3) * (4 * cos2Middle ** 2 - 3);
  return minor * scale * (sigma - b * sinSigma * (cos2Middle + (b / 4) * inner));
}

function sphereMetres(a: Coordinate, b: Coordinate): number {
  const half = Math.sin(((b.latitude - a.latitude) * RADIAN) / 2) ** 2
    + Math.cos(a.latitude * RADIAN) * Math.cos(b.latitude * RADIAN) * Math.sin(((b.longitude - a.longitude) * RADIAN) / 2) ** 2;
  return 2 * MEAN_RADIUS * Math.asin(Math.min(1, Math.sqrt(half)));
}
