import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { coordinates, type Coordinate, type Crs } from '../../src/kernel/index.js';

const { toWgs84, fromWgs84, geodesicMetres, checkPlausible, checkCoordinate, isInBox } = coordinates;
const place = (longitude: number, latitude: number): Coordinate => ({ longitude, latitude });
const QUANZHOU_BOX = { minLongitude: 117.4, maxLongitude: 119.1, minLatitude: 24.4, maxLatitude: 26 };
const SYSTEMS: readonly Crs[] = ['WGS84', 'CGCS2000', 'GCJ02', 'BD09'];

test('G1: a published pair of Quanzhou agrees in all systems to 2 m, and GCJ-02 is some 560 m off', () => {
  const wgs = place(118.6711365, 24.8770487);

  expect(geodesicMetres(fromWgs84(wgs, 'GCJ02'), place(118.6756787, 24.8741363))).toBeLessThan(2);
  expect(geodesicMetres(fromWgs84(wgs, 'BD09'), place(118.6821251, 24.8804872))).toBeLessThan(2);
  expect(Math.round(geodesicMetres(wgs, fromWgs84(wgs, 'GCJ02')))).toBe(561);
  expect(fromWgs84(wgs, 'CGCS2000')).toEqual(wgs);
});

test('G1: there and back is exact to 0.2 m anywhere in Fujian', () => {
  // The outline runs at sea, at 119.57 E in the south of this range: a point on the line itself may fall on either side.
  fc.assert(fc.property(fc.double({ min: 116, max: 119.5, noNaN: true }), fc.double({ min: 24.6, max: 28, noNaN: true }), fc.constantFrom(...SYSTEMS), (longitude, latitude, crs) => {
    const wgs = place(longitude, latitude);
    expect(geodesicMetres(toWgs84(fromWgs84(wgs, crs), crs), wgs)).toBeLessThan(0.2);
  }), { numRuns: 1000 });
});

test.each([
  ['Taipei', 121.5654, 25.033], ['Kaohsiung', 120.3, 22.63], ['Magong', 119.57, 23.57], ['Kinmen', 118.32, 24.43], ['Nangan', 119.94, 26.155], ['Hong Kong Central', 114.158, 22.282], ['Sheung Shui', 114.128, 22.502], ['Tuen Mun', 113.973, 22.391],
  ['Macao', 113.543, 22.192], ['Singapore', 103.8198, 1.3521], ['Bern', 7.4474, 46.948], ['Heidelberg', 8.6724, 49.3988], ['Seoul', 126.978, 37.5665], ['Tokyo', 139.76, 35.68], ['Hanoi', 105.85, 21.03],
  ['Ulaanbaatar', 106.92, 47.92], ['Kathmandu', 85.32, 27.72], ['Vladivostok', 131.89, 43.12], ['Almaty', 76.9, 43.24], ['Manila', 120.98, 14.6],
])('G1: %s lies outside mainland China, where all systems are the same', (_name, longitude, latitude) => {
  const there = place(longitude, latitude);

  expect(SYSTEMS.map(crs => [fromWgs84(there, crs), toWgs84(there, crs)])).toEqual(SYSTEMS.map(() => [there, there]));
});

test.each([
  ['Quanzhou', 118.6757, 24.8741], ['Shishi', 118.71, 24.66], ['Dadeng', 118.333, 24.562], ['Xiamen', 118.0895, 24.4798], ['Pingtan', 119.79, 25.5], ['Shenzhen Futian', 114.055, 22.541], ['Luohu', 114.131, 22.548], ['Zhuhai Gongbei', 113.546, 22.226],
  ['Hengqin', 113.52, 22.13], ['Sanya', 109.51, 18.25], ['Kashgar', 75.99, 39.47], ['Mohe', 122.54, 52.97], ['Fuyuan', 134.31, 48.36], ['Dandong', 124.36, 40.14], ['Pingxiang', 106.77, 22.1], ['Lhasa', 91.12, 29.65], ['Zhoushan', 122.2, 29.99],
])('G1: %s lies in mainland China and is shifted', (_name, longitude, latitude) => {
  const metres = geodesicMetres(place(longitude, latitude), fromWgs84(place(longitude, latitude), 'GCJ02'));

  expect(metres).toBeGreaterThan(50);
  expect(metres).toBeLessThan(900);
});

test('G2: a swapped pair is named as such, (0,0) and what lies outside the box are refused', () => {
  expect(checkPlausible(place(118.67, 24.87), QUANZHOU_BOX)).toEqual([]);
  expect(checkPlausible(place(24.87, 118.67), QUANZHOU_BOX).map(each => [each.code, each.field])).toEqual([['COORDINATE_SWAPPED', 'coordinate']]);
  expect(checkPlausible(place(0, 0), QUANZHOU_BOX).map(each => each.code)).toEqual(['COORDINATE_ZERO']);
  expect(checkPlausible(place(121.5, 25), QUANZHOU_BOX).map(each => each.code)).toEqual(['COORDINATE_IMPLAUSIBLE']);
  expect(checkPlausible(place(Number.NaN, 95), QUANZHOU_BOX, 'entrance').map(each => [each.code, each.field])).toEqual([['LONGITUDE_OUT_OF_RANGE', 'entrance.longitude'], ['LATITUDE_OUT_OF_RANGE', 'entrance.latitude']]);
});

test('G6: neighbouring boxes share no point', () => {
  const west = { minLongitude: 118, maxLongitude: 118.5, minLatitude: 24, maxLatitude: 25 };
  const east = { ...west, minLongitude: 118.5, maxLongitude: 119 };

  expect([west, east].map(box => isInBox(place(118.5, 24), box))).toEqual([false, true]);
  expect([west, east].map(box => isInBox(place(118.2, 25), box))).toEqual([false, false]);
});

test('G7: a zero on one axis is a coordinate, not a missing value', () => {
  expect(checkCoordinate(place(0, 51.48)).ok).toBe(true);
  expect(checkCoordinate(place(103.8, 0)).ok).toBe(true);
});

test('G4: distances are metres on the ellipsoid: Vincenty\'s own line, a degree of the equator, a quarter of a meridian', () => {
  const dms = (d: number, m: number, s: number) => Math.sign(d) * (Math.abs(d) + m / 60 + s / 3600);
  const flindersPeak = place(dms(144, 25, 29.5244), dms(-37, 57, 3.7203));
  const buninyong = place(dms(143, 55, 35.3839), dms(-37, 39, 10.1561));

  expect(geodesicMetres(flindersPeak, buninyong)).toBeCloseTo(54_972.271, 3);
  expect(geodesicMetres(place(0, 0), place(1, 0))).toBeCloseTo(111_319.4908, 4);
  expect(geodesicMetres(place(0, 0), place(0, 90))).toBeCloseTo(10_001_965.729, 2);
  expect(geodesicMetres(place(179.9, 0), place(-179.9, 0))).toBeCloseTo(22_263.898, 3);
  expect(geodesicMetres(place(118, 24), place(118, 24))).toBe(0);
});

test('nearly antipodal points are answered on the mean sphere, within 0.6 %', () => {
  expect(geodesicMetres(place(0, 0), place(179.7, 0.5)) / 19_936_288.579).toBeCloseTo(1, 2);
});
