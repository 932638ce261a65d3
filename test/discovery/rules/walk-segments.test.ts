import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { coordinates, type Coordinate } from '../../../src/kernel/index.js';
import { readWalkFeature } from '../../../src/discovery/rules/walk-features.js';
import { LONGEST_EDGE_METRES, coverageOf, edgesOf, joinEdges, segmentProblems, type CutNetwork, type WalkSegment } from '../../../src/discovery/rules/walk-segments.js';

const BOX = { minLongitude: 117.4, maxLongitude: 119.1, minLatitude: 24.4, maxLatitude: 26 };
const at = (east: number, north: number): Coordinate => ({ longitude: 118.58 + east * 0.001, latitude: 24.9 + north * 0.001 });
const way = (...path: Coordinate[]): WalkSegment => ({ path, lengthMetres: null });
const cutToEdges = (ways: readonly WalkSegment[]): CutNetwork => joinEdges(ways.flatMap(each => [...edgesOf(each)]));
const codes = (segment: WalkSegment): string[] => segmentProblems(segment, BOX, 'w').map(each => `${each.field} ${each.code}`);

const somePlace = fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -20, max: 20 })).map(([east, north]) => at(east, north));
const someWays = fc.array(fc.uniqueArray(somePlace, { minLength: 2, maxLength: 5, selector: place => `${place.longitude} ${place.latitude}` }), { minLength: 1, maxLength: 6 });

describe('cutting ways to edges', () => {
  test('the order of the ways and the direction of each change nothing', () => {
    fc.assert(fc.property(someWays, fc.option(fc.double({ min: 1, max: 2, noNaN: true })), (ways, stretch) => {
      const told = ways.map(path => ({ path, lengthMetres: stretch && stretch * 100 }));
      const turned = told.map(({ path, lengthMetres }) => ({ path: [...path].reverse(), lengthMetres })).reverse();

      expect(cutToEdges(turned)).toEqual(cutToEdges(told));
    }));
  });

  test('a way keeps its whole length, given or measured, and no edge is longer than is loaded around a search', () => {
    const long = way(at(0, 0), at(30, 0), at(30, 30));
    const drawn = coordinates.geodesicMetres(at(0, 0), at(30, 0)) + coordinates.geodesicMetres(at(30, 0), at(30, 30));
    const total = (segment: WalkSegment): number => cutToEdges([segment]).edges.reduce((sum, edge) => sum + edge.metres, 0);

    expect(total(long)).toBeCloseTo(drawn, 2);
    expect(total({ ...long, lengthMetres: 7_000 })).toBeCloseTo(7_000, 6);
    expect(Math.max(...cutToEdges([long]).edges.map(edge => edge.metres))).toBeLessThanOrEqual(LONGEST_EDGE_METRES);
    expect(coverageOf(cutToEdges([long]).edges)).toEqual({ minLongitude: 118.58, maxLongitude: 118.61, minLatitude: 24.9, maxLatitude: 24.93 });
  });

  test('of two ways between the same nodes the shorter one counts', () => {
    const { edges } = cutToEdges([{ path: [at(0, 0), at(1, 0)], lengthMetres: 150 }, { path: [at(1, 0), at(0, 0)], lengthMetres: 120 }]);

    expect(edges.map(edge => edge.metres)).toEqual([120]);
  });

  test('short ways joined to nothing are left out, the longest part never', () => {
    const main = way(at(0, 0), at(10, 0));
    const joined = way(at(10, 0), at(10, 1));
    const island = way(at(3, 5), at(4, 5));
    const village = way(at(-20, 0), at(-20, 8));

    expect(cutToEdges([main, joined, island, village]).islandCount).toBe(1);
    expect(cutToEdges([main, joined, island, village]).edges).toEqual(cutToEdges([main, joined, village]).edges);
    expect(cutToEdges([island])).toMatchObject({ islandCount: 0, edges: [{ fromLongitudeE7: 1_185_830_000 }] });
  });
});

describe('what is no way', () => {
  test('every fault is named with its place', () => {
    expect(codes(way(at(0, 0), at(1, 0)))).toEqual([]);
    expect(codes(way(at(0, 0)))).toEqual(['w TOO_FEW_POINTS']);
    expect(codes(way(at(0, 0), at(0, 0)))).toEqual(['w TOO_FEW_POINTS']);
    expect(codes(way(at(0, 0), { longitude: 24.9, latitude: 118.58 }, { longitude: 190, latitude: 24.9 }))).toEqual(['w[1] COORDINATE_SWAPPED', 'w[2].longitude LONGITUDE_OUT_OF_RANGE']);
    expect(codes(way(at(0, 0), { longitude: 116.4, latitude: 39.9 }))).toEqual(['w[1] COORDINATE_IMPLAUSIBLE']);
    expect(codes(way(at(0, 0), at(110, 0)))).toEqual(['w POINTS_TOO_FAR_APART']);
    expect(codes({ path: [at(0, 0), at(1, 0)], lengthMetres: 0.101 })).toEqual(['w LENGTH_IMPLAUSIBLE']);
    expect(codes({ path: [at(0, 0), at(1, 0)], lengthMetres: 101_000 })).toEqual(['w LENGTH_IMPLAUSIBLE']);
  });

  test('a feature must be a LineString of positions, its length a number', () => {
    const reading = { crs: 'WGS84', lengthProperty: 'length_m' } as const;
    const read = (feature: unknown): unknown => {
      const outcome = readWalkFeature(feature, reading, 'features[7]');
      return outcome.ok ? outcome.value : outcome.problems.map(each => `${each.field} ${each.code}`);
    };
    const line = (positions: unknown, properties: unknown = {}): unknown => ({ type: 'Feature', properties, geometry: { type: 'LineString', coordinates: positions } });

    expect(read(line([[118.58, 24.9, 5], [118.581, 24.9]], { length_m: 101.5 }))).toEqual({ path: [at(0, 0), at(1, 0)], lengthMetres: 101.5 });
    expect(read(line([[118.58, 24.9], [118.581, 24.9]]))).toEqual({ path: [at(0, 0), at(1, 0)], lengthMetres: null });
    expect(read({ type: 'Feature', geometry: { type: 'Point', coordinates: [118.58, 24.9] } })).toEqual(['features[7].geometry NOT_A_LINE_STRING']);
    expect(read(null)).toEqual(['features[7].geometry NOT_A_LINE_STRING']);
    expect(read(line([[118.58, 24.9], ['118.6', 24.9]]))).toEqual(['features[7].geometry.coordinates[1] NOT_A_POSITION']);
    expect(read(line([[118.58, 24.9], [118.581, 24.9]], { length_m: '101' }))).toEqual(['features[7].properties.length_m LENGTH_NOT_A_NUMBER']);
  });

  test('a way told in GCJ-02 stands where it stands on the ground (G1)', () => {
    const shifted = [at(0, 0), at(1, 0)].map(place => coordinates.fromWgs84(place, 'GCJ02'));
    const feature = { type: 'Feature', geometry: { type: 'LineString', coordinates: shifted.map(place => [place.longitude, place.latitude]) } };

    const read = readWalkFeature(feature, { crs: 'GCJ02', lengthProperty: null }, 'f');

    expect(read.ok && coordinates.geodesicMetres(read.value.path[0]!, at(0, 0))).toBeLessThan(0.2);
    expect(coordinates.geodesicMetres(shifted[0]!, at(0, 0))).toBeGreaterThan(500);
  });
});
