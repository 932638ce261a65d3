import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Database, RequestScope } from '../../src/platform/index.js';
import { facilitiesRoom } from '../../src/facilities/index.js';
import { openTestDatabase } from '../support/database.js';
import { scopeOf, testServices } from '../support/scope.js';
import { counts, spoken } from '../exchange/importing.js';
import { importRecorded } from './recorded.js';

let database: Database;
let scope: RequestScope;

beforeAll(async () => {
  database = await openTestDatabase(facilitiesRoom.entities);
  const services = testServices(database);
  services.clock.set('2026-11-01T09:00:00+08:00');
  scope = scopeOf(services);
});
afterAll(() => database.close());

const NOTHING = { created: 0, changed: 0, confirmed: 0, unchanged: 0, superseded: 0, refused: 0, findings: 0 };

test('Quanzhou: the city, 12 districts, 175 townships and 2 management zones come in without a problem, and a second time change nothing', async () => {
  const districts = await importRecorded(scope, 'quanzhou-districts', 'quanzhou-admin/districts.csv');
  const townships = await importRecorded(scope, 'quanzhou-townships', 'quanzhou-admin/townships.csv');
  const zones = await importRecorded(scope, 'quanzhou-management-zones', 'quanzhou-admin/management_zones.csv');
  const again = await importRecorded(scope, 'quanzhou-townships', 'quanzhou-admin/townships.csv');

  expect(counts(districts)).toEqual({ ...NOTHING, rows: 12, created: 13 });
  expect(counts(townships)).toEqual({ ...NOTHING, rows: 175, created: 175 });
  expect(counts(zones)).toEqual({ ...NOTHING, rows: 5, created: 2 });
  expect(counts(again)).toEqual({ ...NOTHING, rows: 175, unchanged: 175 });
  expect([...districts.problems, ...townships.problems, ...zones.problems]).toEqual([]);
  expect(await membersOf('QZ-TIZ')).toEqual(['350521104', '350521105', '350521106', '350521200']);
  expect(await membersOf('QZ-ETDZ')).toEqual(['350502400']);
});

test('Quanzhou: of the boundaries as published, the two that cross themselves are mended and reported, and no other', async () => {
  const report = await importRecorded(scope, 'quanzhou-boundaries-gcj02', 'quanzhou-admin/districts.gcj02.geojson');

  expect(counts(report)).toEqual({ ...NOTHING, rows: 12, changed: 12, findings: 2 });
  expect(report.problems.map(each => [each.row, each.severity, each.rule.code, each.zh.slice(0, 3)])).toEqual([[1, 'FINDING', 'BOUNDARY_REPAIRED', '鲤城区'], [11, 'FINDING', 'BOUNDARY_REPAIRED', '晋江市']]);
});

test('Quanzhou: boundaries read as GCJ-02 lie where their WGS-84 edition lies, within two metres, but for the county off the mainland (G1)', async () => {
  const published = await boundaries();
  const report = await importRecorded(scope, 'quanzhou-boundaries-wgs84', 'quanzhou-admin/districts.wgs84.geojson');

  expect(spoken(report.problems)).toEqual([]);
  const apart = await database.query<{ code: string; metres: number }>(
    `select j.code, st_hausdorffdistance(st_transform(j.boundary, 4549), st_transform(p.boundary::geometry, 4549)) as metres
     from jurisdiction j
     join unnest($1::text[], $2::text[]) as p (code, boundary) on p.code = j.code
     order by j.code`,
    [published.map(each => each.code), published.map(each => each.boundary)],
  );
  expect(apart).toHaveLength(12);
  // 金门县 lies outside what is taken to be shifted (kernel/coordinates.ts); the recorded edition shifted it by rote.
  expect(apart.filter(each => each.metres > 2).map(each => each.code)).toEqual(['350527']);
});

test('Quanzhou: another publication, whose polygons are all invalid, is mended as a whole', async () => {
  const report = await importRecorded(scope, 'quanzhou-boundaries-quantised', 'quanzhou-admin/districts_raw_quantised.gcj02.geojson', { dryRun: true });

  expect(counts(report)).toEqual({ ...NOTHING, rows: 12, changed: 12, findings: 12 });
  expect(new Set(report.problems.map(each => each.rule.code))).toEqual(new Set(['BOUNDARY_REPAIRED']));
});

async function membersOf(zone: string): Promise<readonly string[]> {
  const rows = await database.query<{ code: string }>(
    `select j.code from reporting_unit_member m join jurisdiction j on j.id = m.id join jurisdiction z on z.id = m.reporting_unit_id where z.code = $1 order by j.code`,
    [zone],
  );
  return rows.map(row => row.code);
}

function boundaries(): Promise<Array<{ code: string; boundary: string }>> {
  return database.query('select code, boundary::text as boundary from jurisdiction where boundary is not null order by code');
}
