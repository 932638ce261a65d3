import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Database, RequestScope } from '../../src/platform/index.js';
import { facilitiesRoom } from '../../src/facilities/index.js';
import { openTestDatabase } from '../support/database.js';
import { scopeOf, testServices } from '../support/scope.js';
import { counts, mappingOf, reportOf, spoken, templateMapping } from './importing.js';
import { table } from './register.js';

let database: Database;
let scope: RequestScope;

beforeAll(async () => {
  database = await openTestDatabase(facilitiesRoom.entities);
  scope = scopeOf(testServices(database));
});
afterAll(() => database.close());

const NOTHING = { created: 0, changed: 0, confirmed: 0, unchanged: 0, superseded: 0, refused: 0, findings: 0 };

test('parents may stand after their children; a city stands before the file where the mapping says so', async () => {
  const mapping = mappingOf(`
source: nbs
kind: jurisdictions
city: '350500'
crs: GCJ02
observedOn: 2023-06-30
before: [{ code: '350500', name: 泉州市, kind: CITY }]
fields: { code: code, name: name, kind: { column: kind, values: { 街道: SUB_DISTRICT, 区: DISTRICT } }, parentCode: parent }
`);
  const report = await reportOf(scope, mapping, table('code,name,kind,parent', '350503001,东湖街道,街道,350503', '350503,丰泽区,区,350500', '350599001,无处街道,街道,350599', '35050,残码,区,350500'));

  expect(spoken(report.problems)).toEqual(['4 parent PARENT_UNKNOWN (350599)', '5 code CODE_SHAPE (35050)']);
  expect(counts(report)).toEqual({ ...NOTHING, rows: 4, created: 3, refused: 2 });
  expect(await database.query(`select code, path from jurisdiction order by code`)).toEqual([{ code: '350500', path: ['350500'] }, { code: '350503', path: ['350500', '350503'] }, { code: '350503001', path: ['350500', '350503', '350503001'] }]);
});

const square = (west: number, south: number) => [[west, south], [west + 0.1, south], [west + 0.1, south + 0.1], [west, south + 0.1], [west, south]];
const bow = [[118.6, 24.9], [118.7, 25], [118.7, 24.9], [118.6, 25], [118.6, 24.9]];

test('boundaries come in as GeoJSON in a declared system: what crosses itself is mended and reported, what is no polygon refused', async () => {
  const mapping = mappingOf(`
source: nbs
kind: jurisdictions
city: '350500'
crs: GCJ02
observedOn: 2023-07-01
fields: { code: adcode, name: name, kind: { constant: DISTRICT }, parentCode: { constant: '350500' } }
`);
  const feature = (adcode: number, name: string, geometry: unknown) => ({ type: 'Feature', properties: { adcode, name }, geometry });
  const report = await reportOf(scope, mapping, JSON.stringify({
    type: 'FeatureCollection',
    features: [
      feature(350503, '丰泽区', { type: 'Polygon', coordinates: [square(118.6, 24.9)] }),
      feature(350502, '鲤城区', { type: 'Polygon', coordinates: [bow] }),
      feature(350504, '洛江区', { type: 'LineString', coordinates: square(118.6, 25.1) }),
      feature(350505, '泉港区', { type: 'Polygon', coordinates: [[[118.6, 'x'], [0, 0]]] }),
      feature(350521, '惠安县', null),
    ],
  }));

  expect(spoken(report.problems)).toEqual(['2 - BOUNDARY_REPAIRED', '3 - BOUNDARY_NO_POLYGON', '4 - BOUNDARY_POSITION']);
  expect(counts(report)).toEqual({ ...NOTHING, rows: 5, created: 2, changed: 1, refused: 2, findings: 1 });
  const [corner] = await database.query<{ longitude: number; latitude: number }>(`select st_xmin(boundary) as longitude, st_ymin(boundary) as latitude from jurisdiction where code = '350503'`);
  expect([corner!.longitude.toFixed(3), corner!.latitude.toFixed(3)]).toEqual(['118.596', '24.903']);
  expect(await database.query(`select code, boundary_was_repaired as repaired, st_isvalid(boundary) as valid from jurisdiction where boundary is not null order by code`)).toEqual([{ code: '350502', repaired: true, valid: true }, { code: '350503', repaired: false, valid: true }]);
});

test('a table told again leaves the boundary that stands, and the rows of a zone make one reporting unit', async () => {
  await reportOf(scope, templateMapping('jurisdictions', { source: 'nbs', observedOn: '2023-08-01' }), table('code,name,kind,parentCode', '350503,丰泽区,DISTRICT,350500'));
  const zone = await reportOf(scope, templateMapping('jurisdictions', { source: 'zones', group: ['code'] }), table('code,name,kind,parentCode,memberCodes', 'QZ-TIZ,台商投资区,DEVELOPMENT_ZONE,350500,350503001', 'QZ-TIZ,台商投资区,DEVELOPMENT_ZONE,350500,350503'));

  expect(counts(zone)).toEqual({ ...NOTHING, rows: 2, created: 1 });
  expect(await database.query(`select boundary is not null as bounded from jurisdiction where code = '350503'`)).toEqual([{ bounded: true }]);
  expect(await database.query(`select j.code from reporting_unit_member m join jurisdiction j on j.id = m.id order by j.code`)).toEqual([{ code: '350503' }, { code: '350503001' }]);
});
