import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Database, RequestScope } from '../../src/platform/index.js';
import { identityRoom, registerParty } from '../../src/identity/index.js';
import { facilitiesRoom } from '../../src/facilities/index.js';
import { sharingRoom } from '../../src/sharing/index.js';
import { openTestDatabase } from '../support/database.js';
import { scopeOf, testServices } from '../support/scope.js';
import { counts, mappingOf, reportOf, spoken, templateMapping } from './importing.js';
import { registerQuanzhou, table } from './register.js';

let database: Database;
let scope: RequestScope;

beforeAll(async () => {
  database = await openTestDatabase([...identityRoom.entities, ...facilitiesRoom.entities, ...sharingRoom.entities]);
  scope = scopeOf(testServices(database));
  await registerQuanzhou(scope);
  await registerParty(scope, { kind: 'ENTERPRISE', name: '湖畔停车公司', source: 'test', code: 'LAKE', jurisdictionCode: '350503' });
  const report = await reportOf(scope, templateMapping('facilities'), table(
    'sourceCode,name,category,sector,resourceKind,ownerCode,jurisdictionCode,longitude,latitude,standardSpaces,standardShareable',
    'A,湖畔,SOCIAL_PUBLIC,PARK,PUBLIC,LAKE,350503,118.6007,24.899,120,40',
  ));
  if (report.created !== 1) throw new Error(JSON.stringify(report.problems));
});
afterAll(() => database.close());

const NOTHING = { created: 0, changed: 0, confirmed: 0, unchanged: 0, superseded: 0, refused: 0 };
const HEADING = 'sourceCode,facilityCode,name,hours,standardSpaces';

test('a night, a whole day and a release plan come in as rules; what is not understood or not there is its row’s problem', async () => {
  const file = table(
    `${HEADING},audience,entryCurfews,releaseAt,releaseSpaces`,
    'W1,A,夜间,工作日 18:00-07:30；周末 24小時,10,PUBLIC,23:00-05:00,17:30,5',
    'W2,A,不明,每日不逾8小時,5,,,,',
    'W3,NOWHERE,夜间,18:00-07:30,5,,,,',
    'W4,A,过多,08:00-09:00,99,,,,',
    'W5,A,谁,08:00-09:00,5,EVERYBODY,,,',
  );
  const report = await reportOf(scope, templateMapping('windows'), file);
  const again = await reportOf(scope, templateMapping('windows'), file);

  expect(spoken(report.problems.filter(each => each.severity === 'REFUSED'))).toEqual([
    '3 hours HOURS_NOT_UNDERSTOOD (每日不逾8小時)',
    '4 facilityCode FACILITY_UNKNOWN (NOWHERE)',
    '5 standardSpaces QUOTA_EXCEEDS_SHAREABLE (99)',
    '6 audience UNKNOWN_VALUE (EVERYBODY)',
  ]);
  expect({ ...counts(report), findings: null }).toEqual({ ...NOTHING, rows: 5, created: 1, refused: 4, findings: null });
  expect({ ...counts(again), findings: null }).toEqual({ ...NOTHING, rows: 5, unchanged: 1, refused: 4, findings: null });
  const [stored] = await database.query<{ terms: Record<string, unknown> }>(`select terms from sharing_window where source_code = 'W1'`);
  expect(stored!.terms).toMatchObject({
    rules: [
      { days: { dayTypes: ['WORKDAY', 'MAKEUP_WORKDAY'] }, from: { minute: 1080 }, until: { durationMinutes: 810 } },
      { days: { weekdays: [6, 7] }, from: { minute: 0 }, until: { durationMinutes: 1440 } },
    ],
    quota: { STANDARD: 10 },
    entryCurfews: [{ fromMinute: 1380, untilMinute: 300 }],
    releasePlan: { atMinute: 1050, spaces: 5 },
  });
});

test('2.5-5: a distance for neighbours that is missing is not 0 m, and one that nobody asked for is not ignored', async () => {
  const report = await reportOf(scope, templateMapping('windows'), table(
    `${HEADING},audience,withinMetres`,
    'N1,A,邻里,08:00-09:00,1,NEIGHBOURS,',
    'N2,A,邻里,09:00-10:00,1,NEIGHBOURS,0',
    'N3,A,公众,10:00-11:00,1,PUBLIC,500',
    'N4,A,邻里,11:00-12:00,1,NEIGHBOURS,500',
  ));

  expect(spoken(report.problems.filter(each => each.severity === 'REFUSED'))).toEqual([
    '2 withinMetres MISSING',
    '3 withinMetres NEIGHBOURHOOD_INVALID (0)',
    '4 withinMetres AUDIENCE_METRES (500)',
  ]);
  expect(await database.query(`select source_code as code, terms -> 'audience' as audience from sharing_window where source_code like 'N%'`)).toEqual([{ code: 'N4', audience: { kind: 'NEIGHBOURS', withinMetres: 500 } }]);
});

test('rows that stand together and agree in the group columns make one window', async () => {
  const mapping = mappingOf(`
source: test
kind: windows
city: '350500'
crs: WGS84
observedOn: 2026-01-31
group: code
only: { kind: open }
fields: { sourceCode: code, facilityCode: { constant: A }, name: code, hours: { join: [day, { join: [from, to], with: '-' }] }, standardSpaces: { constant: 2 } }
`);
  const report = await reportOf(scope, mapping, table('code,kind,day,from,to', 'G1,open,mo,08:00:00,09:00:00', 'G1,shut,tu,08:00:00,09:00:00', 'G1,open,sa,00:00:00,00:00:00', 'G2,open,su,22:00,02:00'));

  expect(spoken(report.problems.filter(each => each.severity === 'REFUSED'))).toEqual([]);
  expect([report.rows, report.created]).toEqual([3, 2]);
  expect(await database.query(`select source_code as code, jsonb_array_length(terms -> 'rules') as rules from sharing_window where source_code like 'G%' order by source_code`)).toEqual([{ code: 'G1', rules: 2 }, { code: 'G2', rules: 1 }]);
});
