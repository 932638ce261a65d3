import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { coordinates, done, isRefusal, type Coordinate } from '../../src/kernel/index.js';
import { transaction, type Database, type RequestScope } from '../../src/platform/index.js';
import { walkingArea } from '../../src/discovery/walking-area.js';
import type { WalkGraph } from '../../src/discovery/rules/walk-graph.js';
import { facilitiesRoom, registerJurisdictions } from '../../src/facilities/index.js';
import { openTestDatabase } from '../support/database.js';
import { scopeOf, testServices } from '../support/scope.js';
import { counts } from '../exchange/importing.js';
import { importRecorded, recorded, rowsOf } from './recorded.js';

const SHANGHAI = '310000';
const CENTRE = { longitude: 121.392, latitude: 31.318 };
/** The longest recorded walk is 6,383 m, and the extract is 5 km across. */
const REACH_METRES = 7_000;

let database: Database;
let scope: RequestScope;
let places: ReadonlyMap<string, Coordinate>;
let graph: WalkGraph;

beforeAll(async () => {
  database = await openTestDatabase(facilitiesRoom.entities);
  scope = scopeOf(testServices(database));
  const setting = { box: { minLongitude: 120.8, maxLongitude: 122.3, minLatitude: 30.6, maxLatitude: 31.9 }, zoneName: 'Asia/Shanghai' };
  const founded = await transaction(scope, async unit => done(await registerJurisdictions(unit, [{ city: SHANGHAI, source: 'trial', sourceCode: SHANGHAI, code: SHANGHAI, kind: 'CITY', name: '上海市', observedOn: '2026-01-05', setting }])));
  if (isRefusal(founded)) throw new Error(JSON.stringify(founded.problems));
});
afterAll(() => database.close());

test('the network around Shanghai University comes in whole, but for ten short parts joined to nothing', async () => {
  const report = await importRecorded(scope, 'walk-network-shu', 'walk-network-shu/edges.geojson', { mode: 'ALL_OR_NOTHING' });
  const again = await importRecorded(scope, 'walk-network-shu', 'walk-network-shu/edges.geojson', { mode: 'ALL_OR_NOTHING' });

  expect([report.state, counts(report)]).toMatchObject(['DONE', { rows: 1_177, created: 1_177, refused: 0, findings: 1 }]);
  expect(report.problems.map(each => [each.rule.code, each.en])).toEqual([['ISLANDS_LEFT_OUT', '10 parts shorter than 500 m and joined to nothing are left out']]);
  expect([again.state, again.unchanged]).toEqual(['DONE', 1_177]);
  graph = (await walkingArea(scope, CENTRE, REACH_METRES))!;
  expect(graph.edgeCount).toBe(2_932);
  places = new Map(rowsOf(recorded('walk-network-shu/nodes.csv')).map(({ cells }) => [cells.id!, { longitude: Number(cells.lon), latitude: Number(cells.lat) }]));
});

test.each(['distance_pairs.csv', 'distance_pairs_near.csv'])('every recorded walk of %s is found within half a metre', file => {
  const pairs = rowsOf(recorded(`walk-network-shu/${file}`));

  const off = pairs.flatMap(({ cells: { source, target, walk_m } }) => {
    const metres = walk(places.get(source!)!, places.get(target!)!);
    return metres !== null && Math.abs(metres - Number(walk_m)) <= 0.5 ? [] : [{ source, target, walk_m, metres }];
  });

  expect(off).toEqual([]);
  expect(pairs).toHaveLength(file === 'distance_pairs.csv' ? 150 : 180);
});

test('of the recorded pairs 200 to 500 m apart, the circle would offer many that are too far on foot (G3)', () => {
  const pairs = rowsOf(recorded('walk-network-shu/distance_pairs_near.csv')).filter(({ cells }) => Number(cells.straight_m) <= 500);

  const tooFar = pairs.filter(({ cells: { source, target } }) => {
    const [from, to] = [places.get(source!)!, places.get(target!)!];
    const metres = walk(from, to);
    return metres === null || metres > 500;
  });

  expect([pairs.length, tooFar.length]).toEqual([125, 68]);
  expect(pairs.every(({ cells: { source, target, straight_m } }) => Math.abs(coordinates.geodesicMetres(places.get(source!)!, places.get(target!)!) - Number(straight_m)) < 0.1)).toBe(true);
});

function walk(from: Coordinate, to: Coordinate): number | null {
  return graph.walksFrom(graph.snap(from, 1)!, REACH_METRES).metresTo(graph.snap(to, 1)!);
}
