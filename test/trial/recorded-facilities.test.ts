import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Database, RequestScope } from '../../src/platform/index.js';
import { identityRoom, registerParty } from '../../src/identity/index.js';
import { facilitiesRoom } from '../../src/facilities/index.js';
import { sharingRoom } from '../../src/sharing/index.js';
import { openTestDatabase } from '../support/database.js';
import { scopeOf, testServices } from '../support/scope.js';
import { counts, spoken } from '../exchange/importing.js';
import { importRecorded, recorded, registerCities, registerOwner, rowsOf, rowsWhere } from './recorded.js';

let database: Database;
let scope: RequestScope;

beforeAll(async () => {
  database = await openTestDatabase([...identityRoom.entities, ...facilitiesRoom.entities, ...sharingRoom.entities]);
  const services = testServices(database);
  services.clock.set('2026-11-01T09:00:00+08:00');
  scope = scopeOf(services);
  await registerCities(scope);
  for (const [source, city] of [['taipei-tcmsv', '710100'], ['singapore-hdb', '702000'], ['swiss-rail', '756000']] as const) await registerOwner(scope, source, city);
});
afterAll(() => database.close());

const NOTHING = { created: 0, changed: 0, confirmed: 0, unchanged: 0, superseded: 0, refused: 0, findings: 0 };

test('Taipei: two rows without a place are refused; five entrances, one sector and 47 parks without car spaces are pointed out, and nothing else', async () => {
  const path = 'facilities-taipei/facilities.csv';
  const first = await importRecorded(scope, 'taipei-facilities', path);
  const again = await importRecorded(scope, 'taipei-facilities', path);

  expect(counts(first)).toEqual({ ...NOTHING, rows: 1311, created: 1309, refused: 2, findings: 53 });
  const carless = first.problems.filter(each => each.rule.code === 'NO_CAR_SPACES').map(each => each.row);
  expect(carless).toEqual(rowsWhere(recorded(path), cells => cells.cap_car === '0'));
  expect(carless).toHaveLength(47);
  expect(spoken(first.problems.filter(each => each.rule.code !== 'NO_CAR_SPACES'))).toEqual([
    '2 sector SECTOR_UNKNOWN',
    '107 entrances_lon_lat COORDINATE_ZERO (0.000000 0.000000)',
    '236 entrances_lon_lat COORDINATE_IMPLAUSIBLE (121.302700 25.127000)',
    '248 entrances_lon_lat COORDINATE_IMPLAUSIBLE (25.023718 25.023547)',
    '285 entrances_lon_lat COORDINATE_IMPLAUSIBLE (121.615993 25.068392; 121.360000 25.490000)',
    '350 lon MISSING',
    '492 entrances_lon_lat COORDINATE_ZERO (0.000000 0.000000)',
    '1282 lon MISSING',
  ]);
  expect(rowsWhere(recorded(path), cells => cells.id === 'TPE0441' || cells.id === 'TPE1845')).toEqual([350, 1282]);
  expect(counts(again)).toEqual({ ...NOTHING, rows: 1311, unchanged: 1309, refused: 2, findings: 53 });
  expect(await stock('taipei-tcmsv')).toEqual({ facilities: 1309, entrances: 146 });
  const spared = [107, 236, 248, 285, 492];
  expect(rowsOf(recorded(path)).filter(({ row, cells }) => cells.lon !== '' && !spared.includes(row)).flatMap(({ cells }) => cells.entrances_lon_lat!.split(';').filter(each => each.trim() !== ''))).toHaveLength(146);
});

test('Singapore: the 186 parks whose number of lots is unknown are refused, for unknown is not 0; all others stand', async () => {
  const path = 'facilities-singapore/facilities.csv';
  const first = await importRecorded(scope, 'singapore-facilities', path);
  const again = await importRecorded(scope, 'singapore-facilities', path);

  expect(counts(first)).toEqual({ ...NOTHING, rows: 1513, created: 1327, refused: 186 });
  expect(first.problems.map(each => [each.row, each.column, each.rule.code])).toEqual(rowsWhere(recorded(path), cells => cells.total_lots_c === '').map(row => [row, 'total_lots_c', 'CAPACITY_MISSING']));
  expect(counts(again)).toEqual({ ...NOTHING, rows: 1513, unchanged: 1327, refused: 186 });
});

test('Switzerland: every row is taken, with nothing to point out', async () => {
  const first = await importRecorded(scope, 'swiss-rail-facilities', 'facilities-swiss-rail/facilities.csv');
  const again = await importRecorded(scope, 'swiss-rail-facilities', 'facilities-swiss-rail/facilities.csv');

  expect(counts(first)).toEqual({ ...NOTHING, rows: 429, created: 429 });
  expect(first.problems).toEqual([]);
  expect(counts(again)).toEqual({ ...NOTHING, rows: 429, unchanged: 429 });
});

test('Baden-Wuerttemberg: every garage is taken, and the opening days of one garage and kind make one window', async () => {
  await registerParty(scope, { kind: 'STATE_OWNED_ENTERPRISE', name: 'Parkraumgesellschaft Baden-Württemberg mbH', source: 'state-garages-bw', code: 'PBW', jurisdictionCode: '276080' });
  const facilities = await importRecorded(scope, 'state-garages-bw-facilities', 'facilities-state-garages-bw/facilities.csv');
  const windows = await importRecorded(scope, 'state-garages-bw-windows', 'facilities-state-garages-bw/windows.csv');
  const again = await importRecorded(scope, 'state-garages-bw-windows', 'facilities-state-garages-bw/windows.csv');

  expect(counts(facilities)).toEqual({ ...NOTHING, rows: 65, created: 65 });
  expect(facilities.problems).toEqual([]);
  expect(spoken(windows.problems.filter(each => each.severity === 'REFUSED'))).toEqual([]);
  expect({ rows: windows.rows, created: windows.created }).toEqual({ rows: 8, created: 2 });
  expect(counts(again)).toEqual({ ...NOTHING, rows: 8, unchanged: 2 });
  const stored = await database.query(`select source_code as code, terms -> 'rules' as rules from sharing_window order by source_code`);
  expect(stored).toEqual([
    { code: 'PBW243-short_term', rules: [1, 6, 7].map(day => ({ days: { weekdays: [day] }, from: { minute: 0 }, until: { durationMinutes: 1440 } })) },
    { code: 'PBW381-permanent', rules: [1, 2, 3, 4, 5].map(day => ({ days: { weekdays: [day] }, from: { minute: 360 }, until: { durationMinutes: 720 } })) },
  ]);
});

async function stock(source: string): Promise<unknown> {
  const [row] = await database.query(
    `select count(distinct f.id)::int as facilities, count(e.*)::int as entrances
     from facility f
     left join entrance e on e.city = f.city and e.facility_id = f.id
     where f.source = $1`,
    [source],
  );
  return row;
}
