import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Database, RequestScope } from '../../src/platform/index.js';
import { identityRoom, registerParty } from '../../src/identity/index.js';
import { facilitiesRoom } from '../../src/facilities/index.js';
import { sharingRoom } from '../../src/sharing/index.js';
import { declaredMapping } from '../../src/exchange/declared-mapping.js';
import type { ImportKindName } from '../../src/exchange/import-kind.js';
import { fieldsOf } from '../../src/exchange/import-kinds.js';
import { openTestDatabase } from '../support/database.js';
import { scopeOf, testServices } from '../support/scope.js';
import { counts, mappingOf, reportOf, spoken, templateMapping } from './importing.js';
import { HEADING, facility, registerQuanzhou, table } from './register.js';

// What nobody can see makes a name say something else than what is read, whichever door it came by. Every text column of
// every kind is walked, so that a new one is refused without anybody remembering it.

let database: Database;
let scope: RequestScope;

beforeAll(async () => {
  database = await openTestDatabase([...identityRoom.entities, ...facilitiesRoom.entities, ...sharingRoom.entities]);
  scope = scopeOf(testServices(database));
  await registerQuanzhou(scope);
  await registerParty(scope, { kind: 'ENTERPRISE', name: '湖畔停车公司', source: 'test', code: 'LAKE', jurisdictionCode: '350503' });
  const report = await reportOf(scope, templateMapping('facilities'), table(`${HEADING},standardShareable,ownerCode`, `${facility('A')},40,LAKE`));
  if (report.created !== 1) throw new Error(JSON.stringify(report.problems));
});
afterAll(() => database.close());

const NOTHING = { rows: 0, created: 0, changed: 0, confirmed: 0, unchanged: 0, superseded: 0, refused: 0, findings: 0 };
const SPOILED = '停\u202E车';
const SHOWN = '停‹U+202E›车';

/** A sound row of a kind, with its own code. */
const SOUND: Readonly<Record<'jurisdictions' | 'facilities' | 'windows', (nth: number) => Record<string, string>>> = {
  jurisdictions: nth => ({ code: `350503${String(nth).padStart(3, '0')}`, name: `街道${nth}`, kind: 'SUB_DISTRICT', parentCode: '350503' }),
  facilities: nth => ({ sourceCode: `F${nth}`, name: `停车场${nth}`, category: 'SOCIAL_PUBLIC', sector: 'PARK', resourceKind: 'PUBLIC', jurisdictionCode: '350503', longitude: '118.600703', latitude: '24.899045', standardSpaces: '120' }),
  windows: nth => ({ sourceCode: `W${nth}`, facilityCode: 'A', name: `夜间${nth}`, hours: `${String(nth % 24).padStart(2, '0')}:00-${String(nth % 24).padStart(2, '0')}:30`, standardSpaces: '1' }),
};

const textFieldsOf = (kind: ImportKindName): string[] => fieldsOf(kind).filter(field => ['TEXT', 'CODE', 'TEXTS'].includes(field.type.kind)).map(field => field.name);

function fileOf(kind: keyof typeof SOUND, rows: ReadonlyArray<Record<string, string>>): string {
  const columns = [...new Set([...Object.keys(SOUND[kind](0)), ...textFieldsOf(kind)])];
  return table(columns.join(','), ...rows.map(row => columns.map(column => row[column] ?? '').join(',')));
}

test.each(['jurisdictions', 'facilities', 'windows'] as const)('%s: a row with a character that nobody can see in whichever text is refused by its column, and the others go in', async kind => {
  const fields = textFieldsOf(kind);
  const rows = fields.map((field, nth) => ({ ...SOUND[kind](nth + 1), [field]: SPOILED }));

  const report = await reportOf(scope, templateMapping(kind), fileOf(kind, [...rows, SOUND[kind](90)]));

  expect(fields.length).toBeGreaterThanOrEqual(6);
  expect(spoken(report.problems.filter(each => each.severity === 'REFUSED'))).toEqual(fields.map((field, nth) => `${nth + 2} ${field} TEXT_CHARACTERS (${SHOWN})`));
  expect(report.problems[0]).toMatchObject({ zh: '此值含有不可见的控制字符 U+202E', en: 'this value has the control character U+202E, which nobody can see' });
  expect(counts(report)).toMatchObject({ ...NOTHING, rows: fields.length + 1, created: 1, refused: fields.length, findings: expect.any(Number) });
  const tables = { jurisdictions: 'jurisdiction', facilities: 'facility', windows: 'sharing_window' };
  expect(await database.query(`select count(*)::int as count from ${tables[kind]} t where to_jsonb(t)::text like '%' || $1 || '%'`, ['\u202E'])).toEqual([{ count: 0 }]);
});

test('all or nothing, one such row keeps the whole file out', async () => {
  const report = await reportOf(scope, templateMapping('facilities'), fileOf('facilities', [SOUND.facilities(50), { ...SOUND.facilities(51), name: SPOILED }]), { mode: 'ALL_OR_NOTHING' });

  expect([report.state, spoken(report.problems)]).toEqual(['REFUSED', [`3 name TEXT_CHARACTERS (${SHOWN})`]]);
  expect(await database.query(`select count(*)::int as count from facility where source_code in ('F50', 'F51')`)).toEqual([{ count: 0 }]);
});

test('a text that is too long is its row’s problem, and no failure of the run', async () => {
  const long = '长'.repeat(201);
  const districts = await reportOf(scope, templateMapping('jurisdictions'), fileOf('jurisdictions', [{ ...SOUND.jurisdictions(40), name: long.slice(0, 101) }, { ...SOUND.jurisdictions(41), responsibleBody: long }, SOUND.jurisdictions(42)]));
  const places = await reportOf(scope, templateMapping('facilities'), fileOf('facilities', [{ ...SOUND.facilities(40), name: long }, { ...SOUND.facilities(41), address: '长'.repeat(301) }, SOUND.facilities(42)]));
  const windows = await reportOf(scope, templateMapping('windows'), fileOf('windows', [{ ...SOUND.windows(10), name: long }, { ...SOUND.windows(11), sourceCode: 'W'.repeat(3_000) }, { ...SOUND.windows(12), name: long.slice(0, 200) }]));

  const codes = (report: typeof windows) => report.problems.filter(each => each.severity === 'REFUSED').map(({ row, column, rule }) => `${row} ${column} ${rule.code}`);
  expect([codes(districts), codes(places), codes(windows)]).toEqual([['2 name TOO_LONG', '3 responsibleBody TOO_LONG'], ['2 name TOO_LONG', '3 address TOO_LONG'], ['2 name TEXT_LENGTH', '3 sourceCode TEXT_LENGTH']]);
  expect([districts, places, windows].map(({ state, created, refused }) => ({ state, created, refused }))).toEqual(Array(3).fill({ state: 'DONE', created: 1, refused: 2 }));
});

test('what the mapping itself brings passes the same rule, and so does the name of its source', async () => {
  const text = `
source: survey
kind: facilities
city: '350500'
crs: WGS84
observedOn: 2026-01-31
fields: { sourceCode: sourceCode, name: { join: [name, { constant: "\\u202E" }] }, category: category, sector: sector, resourceKind: resourceKind, jurisdictionCode: jurisdictionCode, longitude: longitude, latitude: latitude, standardSpaces: standardSpaces }
`;
  const report = await reportOf(scope, mappingOf(text), table(HEADING, facility('J1')));

  expect(report.problems.map(({ column, rule }) => `${column} ${rule.code}`)).toEqual(['name TEXT_CHARACTERS']);
  const declared = { city: null, crs: null, observedOn: null, encoding: null, sheet: null };
  expect(declaredMapping('facilities', text.replace('survey', '"sur\\u202Evey"'), { ...declared, source: null })).toMatchObject({ ok: false, problems: [{ code: 'MAPPING_INVALID', field: 'mapping.source', en: expect.stringContaining('U+202E') }] });
  for (const source of [SPOILED, ' ', 's'.repeat(101)]) expect(declaredMapping('facilities', null, { ...declared, source })).toMatchObject({ ok: false, problems: [{ field: 'source' }] });
});
