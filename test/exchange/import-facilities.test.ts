import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Database, RequestScope, Viewer } from '../../src/platform/index.js';
import { identityRoom } from '../../src/identity/index.js';
import { facilitiesRoom } from '../../src/facilities/index.js';
import { coordinates } from '../../src/kernel/index.js';
import { abandonDeadImports } from '../../src/exchange/index.js';
import { openTestDatabase } from '../support/database.js';
import { anonymous, scopeOf, testServices } from '../support/scope.js';
import { HEADING, facility, registerQuanzhou, table } from './register.js';
import { counts, importing, mappingOf, reportOf, spoken, templateMapping } from './importing.js';

let database: Database;
let scope: RequestScope;
let source = 0;

beforeAll(async () => {
  database = await openTestDatabase([...identityRoom.entities, ...facilitiesRoom.entities]);
  scope = scopeOf(testServices(database));
  await registerQuanzhou(scope);
});
afterAll(() => database.close());
beforeEach(() => {
  source += 1;
});

const NOTHING = { created: 0, changed: 0, confirmed: 0, unchanged: 0, superseded: 0, refused: 0, findings: 0 };
const template = (declared = {}) => templateMapping('facilities', { source: `source-${source}`, ...declared });

async function stored(): Promise<ReadonlyArray<{ code: string; name: string }>> {
  return database.query('select source_code as code, name from facility where source = $1 order by source_code', [`source-${source}`]);
}

describe('a coordinate system is never guessed (G1)', () => {
  test('a file without one is refused with the 560 m that a guess would cost, and nothing is begun', async () => {
    const before = await database.query('select count(*)::int as runs from import_run');
    const outcome = await importing(scope, template({ crs: null }), table(HEADING, facility('A')));

    expect(outcome.ok ? [] : outcome.problems.map(each => [each.code, each.zh.includes('560'), each.en.includes('560')])).toEqual([['CRS_UNDECLARED', true, true]]);
    expect(await database.query('select count(*)::int as runs from import_run')).toEqual(before);
    expect(await stored()).toEqual([]);
  });

  test('a GCJ-02 file is stored in WGS-84, 560 m from where its figures would lie', async () => {
    await reportOf(scope, template({ crs: 'GCJ02' }), table(HEADING, facility('A', { longitude: '118.605147', latitude: '24.896041' })));

    const [place] = await database.query<{ longitude: number; latitude: number }>('select longitude, latitude from facility where source = $1', [`source-${source}`]);
    expect(coordinates.geodesicMetres(place!, { longitude: 118.600703, latitude: 24.899045 })).toBeLessThan(1);
  });
});

test('a day of the figures is asked for, because an older figure never overwrites a newer one', async () => {
  const outcome = await importing(scope, template({ observedOn: null, fields: new Map([...template().fields].filter(([name]) => name !== 'observedOn')) }), table(HEADING, facility('A')));

  expect(outcome.ok ? [] : outcome.problems.map(each => each.code)).toEqual(['OBSERVED_ON_UNDECLARED']);
});

describe('every row is told of with its row, column, value and rule', () => {
  const faulty = table(
    HEADING,
    facility('A'),
    facility('B', { longitude: '24.899045', latitude: '118.600703' }),
    facility('C', { longitude: '0', latitude: '0' }),
    facility('D', { longitude: '', latitude: '' }),
    facility('E', { longitude: '121.5', latitude: '31.2' }),
    facility('F', { standardSpaces: '-7' }),
    facility('G', { standardSpaces: '许多' }),
    facility('H', { standardSpaces: '' }),
    facility('I', { category: '公共' }),
    facility('J', { name: '' }),
    facility('A', { name: '又一个' }),
    facility('K', { jurisdictionCode: '350999' }),
    facility('L', { sector: '' }),
    facility('M', { standardSpaces: '0' }),
    'N,只有两格',
  );
  const said = [
    '3 longitude COORDINATE_SWAPPED (24.899045)',
    '4 longitude COORDINATE_ZERO (0)',
    '5 longitude MISSING',
    '6 longitude COORDINATE_IMPLAUSIBLE (121.5)',
    '7 standardSpaces NEGATIVE (-7)',
    '8 standardSpaces NOT_A_NUMBER (许多)',
    '9 standardSpaces CAPACITY_MISSING',
    '10 category UNKNOWN_VALUE (公共)',
    '11 name MISSING',
    '12 sourceCode REPEATED_IN_FILE (A)',
    '13 jurisdictionCode JURISDICTION_UNKNOWN (350999)',
    '14 sector SECTOR_UNKNOWN',
    '15 standardSpaces NO_CAR_SPACES (0)',
    '16 - ROW_WIDTH',
  ];

  test('valid rows: the sound ones are written, the others told of', async () => {
    const report = await reportOf(scope, template(), faulty);

    expect(spoken(report.problems)).toEqual(said);
    expect(counts(report)).toEqual({ ...NOTHING, rows: 15, created: 3, refused: 12, findings: 2 });
    expect(report.problems.filter(each => each.severity === 'FINDING').map(each => each.row)).toEqual([14, 15]);
    expect((await stored()).map(each => each.code)).toEqual(['A', 'L', 'M']);
  });

  test('all or nothing: the same list, and nothing is written', async () => {
    const report = await reportOf(scope, template(), faulty, { mode: 'ALL_OR_NOTHING' });

    expect(report.state).toBe('REFUSED');
    expect(spoken(report.problems)).toEqual(said);
    expect(await stored()).toEqual([]);
  });

  test('both languages name the thing and the number', async () => {
    const report = await reportOf(scope, template(), table(HEADING, facility('A', { standardSpaces: '许多' })));

    expect(report.problems).toEqual([{ severity: 'REFUSED', row: 2, column: 'standardSpaces', value: '许多', rule: { code: 'NOT_A_NUMBER', clause: null }, zh: '“许多”不是数字', en: "'许多' is no number" }]);
  });
});

test('the same file twice: the second run changes nothing and says so; a newer file changes what it tells anew', async () => {
  const file = table(HEADING, facility('A'), facility('B'));
  const first = await reportOf(scope, template(), file);
  const second = await reportOf(scope, template(), file);
  const later = await reportOf(scope, template({ observedOn: '2026-02-01' }), table(HEADING, facility('A'), facility('B', { standardSpaces: '121' })));
  const older = await reportOf(scope, template({ observedOn: '2025-01-01' }), table(HEADING, facility('B', { standardSpaces: '90' })));

  expect(counts(first)).toEqual({ ...NOTHING, rows: 2, created: 2 });
  expect(counts(second)).toEqual({ ...NOTHING, rows: 2, unchanged: 2 });
  expect(counts(later)).toEqual({ ...NOTHING, rows: 2, changed: 1, confirmed: 1 });
  expect(counts(older)).toEqual({ ...NOTHING, rows: 1, superseded: 1, findings: 1 });
});

test('a dry run reports what would be written, and writes only that it ran', async () => {
  const report = await reportOf(scope, template(), table(HEADING, facility('A'), facility('B', { name: '' })), { dryRun: true });

  expect(counts(report)).toEqual({ ...NOTHING, rows: 2, created: 1, refused: 1 });
  expect(await stored()).toEqual([]);
  expect(await database.query('select state, is_dry_run, created_count from import_run where id = $1', [report.runId])).toEqual([{ state: 'DONE', is_dry_run: true, created_count: 1 }]);
});

test('many imports at once take their turns, and none starves another of connections', async () => {
  const reports = await Promise.all(Array.from({ length: 8 }, (_, index) => reportOf(scope, template(), table(HEADING, facility(`Q${index}`)))));

  expect(reports.map(each => [each.state, each.created])).toEqual(Array.from({ length: 8 }, () => ['DONE', 1]));
  expect(await stored()).toHaveLength(8);
});

test('what a crash left running is marked abandoned at the next start, and what still runs is left alone', async () => {
  await database.query(`insert into import_run (id, kind, source, actor_id, mapping_hash, file_sha256, file_bytes, mode, is_dry_run, state, started_at) values ($1, 'facilities', 'gone', 'system', 'x', repeat('0', 64), 1, 'VALID_ROWS', false, 'RUNNING', '2026-02-13T00:00:00Z')`, ['imp_01kha862m0ep7rhdwvt2bs7ktn']);

  expect(await abandonDeadImports(scope.services)).toEqual(['imp_01kha862m0ep7rhdwvt2bs7ktn']);
  expect(await abandonDeadImports(scope.services)).toEqual([]);
  expect(await database.query(`select state, ended_at is not null as ended from import_run where source = 'gone'`)).toEqual([{ state: 'ABANDONED', ended: true }]);
});

test('a run and its problems stay on record, with the hash of its file and an audit row', async () => {
  const report = await reportOf(scope, template(), table(HEADING, facility('A'), facility('B', { name: '' })));

  expect(await database.query('select state, row_count, created_count, refused_count, problem_count, length(file_sha256) as hash from import_run where id = $1', [report.runId])).toEqual([{ state: 'DONE', row_count: 2, created_count: 1, refused_count: 1, problem_count: 1, hash: 64 }]);
  expect(await database.query('select row_number, column_name, code from import_problem where run_id = $1', [report.runId])).toEqual([{ row_number: 3, column_name: 'name', code: 'MISSING' }]);
  expect(await database.query(`select action, object_type from audit_entry where object_id = $1`, [report.runId])).toEqual([{ action: 'import:run', object_type: 'importRun' }]);
});

test('of many problems the first thousand are kept and all are counted', async () => {
  const rows = Array.from({ length: 1_203 }, (_, index) => facility(`P${index}`, { name: '' }));
  const report = await reportOf(scope, template(), table(HEADING, ...rows));

  expect([report.refused, report.problemCount, report.problems.length]).toEqual([1_203, 1_203, 1_000]);
  expect(await database.query('select count(*)::int as kept from import_problem where run_id = $1', [report.runId])).toEqual([{ kept: 1_000 }]);
});

test('progress is told batch by batch', async () => {
  const told: number[] = [];
  await reportOf(scope, template(), table(HEADING, ...Array.from({ length: 1_100 }, (_, index) => facility(`P${index}`))), { dryRun: true, onProgress: ({ rows }) => told.push(rows) });

  expect(told).toEqual([500, 1_000, 1_100]);
});

describe('rights (3.6-3)', () => {
  const officer: Viewer = { kind: 'TOKEN', actorId: 'officer', partyIds: [], limitClass: 'AUTHORITY', expiresAt: null, keyId: null, grants: ['import:run', 'facility:write'].map(action => ({ action, partyId: null, jurisdictionCode: '350503' })) };

  test('nobody imports without the right to, and nothing is begun', async () => {
    const before = await database.query('select count(*)::int as runs from import_run');
    await expect(importing(scopeOf(scope.services, anonymous), template(), table(HEADING, facility('A')))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(importing(scopeOf(scope.services, { ...officer, grants: [] }), template(), table(HEADING, facility('A')))).rejects.toMatchObject({ code: 'FORBIDDEN' });

    expect(await stored()).toEqual([]);
    expect(await database.query('select count(*)::int as runs from import_run')).toEqual(before);
  });

  test("a row of another's jurisdiction is that row's problem, and only that row stays out", async () => {
    const report = await reportOf(scopeOf(scope.services, officer), template(), table(HEADING, facility('A'), facility('B', { jurisdictionCode: '350502' })));

    expect(spoken(report.problems)).toEqual(['3 - NOT_ALLOWED']);
    expect(await stored()).toEqual([{ code: 'A', name: '停车场A' }]);
  });

  test("nobody takes another's facility by telling it anew", async () => {
    await reportOf(scope, template(), table(HEADING, facility('B', { jurisdictionCode: '350502' })));
    const report = await reportOf(scopeOf(scope.services, officer), template({ observedOn: '2026-02-01' }), table(HEADING, facility('B', { name: '夺取' })));

    expect(spoken(report.problems)).toEqual(['2 - NOT_ALLOWED']);
    expect(await stored()).toEqual([{ code: 'B', name: '停车场B' }]);
  });
});

test('a lenient field that a rule refuses is left out with a finding, and its row is taken', async () => {
  const mapping = mappingOf(`
source: source-${source}
kind: facilities
city: '350500'
crs: WGS84
observedOn: 2026-01-31
fields: { sourceCode: sourceCode, name: name, category: category, sector: sector, resourceKind: resourceKind, jurisdictionCode: jurisdictionCode, longitude: longitude, latitude: latitude, standardSpaces: standardSpaces, vehicleEntrances: { column: gate, lenient: true } }
`);
  const report = await reportOf(scope, mapping, table(`${HEADING},gate`, `${facility('A')},0 0`, `${facility('B')},nowhere`, `${facility('C')},118.601 24.899`, `${facility('D', { longitude: '0', latitude: '0' })},0 0`));

  expect(spoken(report.problems)).toEqual(['2 gate COORDINATE_ZERO (0 0)', '3 gate NOT_A_POINT (nowhere)', '5 longitude COORDINATE_ZERO (0)', '5 gate COORDINATE_ZERO (0 0)']);
  expect(counts(report)).toEqual({ ...NOTHING, rows: 4, created: 3, refused: 1, findings: 2 });
});
