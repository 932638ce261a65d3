import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execute, parse, type GraphQLSchema } from 'graphql';
import type { Database, RequestScope, Viewer } from '../../src/platform/index.js';
import { discoveryRoom } from '../../src/discovery/index.js';
import { facilitiesRoom } from '../../src/facilities/index.js';
import { identityRoom } from '../../src/identity/index.js';
import { sharingRoom } from '../../src/sharing/index.js';
import { assembleSchema } from '../../src/server/schema.js';
import { serverRoom } from '../../src/server/server-room.js';
import { CITY, addFacilities, addWindows, facilityDraft, foundCity, termsDraft } from '../support/city.js';
import { openTestDatabase } from '../support/database.js';
import { scopeOf, system, testServices } from '../support/scope.js';
import { workbook } from './files.js';
import { counts, importing, mappingOf, reportOf, spoken, templateMapping } from './importing.js';

const rooms = [identityRoom, facilitiesRoom, sharingRoom, discoveryRoom, serverRoom];
const NOTHING = { created: 0, changed: 0, confirmed: 0, unchanged: 0, superseded: 0, refused: 0, findings: 0 };
const MAPPING = templateMapping('walk-network', { source: 'osm', observedOn: null });

let database: Database;
let scope: RequestScope;
let schema: GraphQLSchema;
let advance: (milliseconds: number) => void;

beforeAll(async () => {
  database = await openTestDatabase(rooms.flatMap(room => room.entities));
  const services = testServices(database);
  scope = scopeOf(services);
  schema = assembleSchema(rooms);
  advance = milliseconds => services.clock.advance(milliseconds);
  await foundCity(scope);
  const [id] = await addFacilities(scope, [facilityDraft('P', { longitude: 118.592, latitude: 24.909 })]);
  await addWindows(scope, [{ facility: { id: id! }, source: 'test', sourceCode: 'W', terms: termsDraft() }]);
});
afterAll(() => database.close());

type Position = readonly [unknown, unknown];

function way(path: readonly Position[], properties: object = {}): object {
  return { type: 'Feature', properties, geometry: { type: 'LineString', coordinates: path } };
}

const collection = (...features: readonly unknown[]): string => JSON.stringify({ type: 'FeatureCollection', features });

/** A square of streets around the hospital, some 300 m a side. */
const STREETS = [
  way([[118.589, 24.909], [118.589, 24.912]], { highway: 'footway' }),
  way([[118.589, 24.912], [118.592, 24.912]], { lengthMetres: 310 }),
  way([[118.592, 24.912], [118.592, 24.909]]),
];
/** 100 m that lead nowhere. */
const ISLAND = way([[118.61, 24.92], [118.611, 24.92]]);

const stored = (): Promise<unknown[]> => database.query(`select n.source, n.version, n.edge_count as edges, (select count(*)::int from walk_edge e where e.city = n.city and e.source = n.source) as held from walk_network n order by n.source`);

/** How the one facility is reached from the hospital, once every process has heard of a new network. */
async function walked(): Promise<readonly [string, number]> {
  advance(5_000);
  const document = parse(`{ nearbyFacilities(near: { coordinate: { longitude: 118.589, latitude: 24.909, crs: WGS84 } }, radiusMetres: 500) { edges { walkingKind walkingMetres } } }`);
  const result: any = await execute({ schema, document, contextValue: scopeOf(scope.services) });
  if (result.errors) throw result.errors[0];
  const [edge] = result.data.nearbyFacilities.edges;
  return [edge.walkingKind, Math.round(edge.walkingMetres)];
}

describe('a walking network from GeoJSON (2.1-3)', () => {
  test('a dry run tells what would come of it and writes nothing', async () => {
    const report = await reportOf(scope, MAPPING, collection(...STREETS), { dryRun: true });

    expect([report.state, counts(report)]).toEqual(['DONE', { ...NOTHING, rows: 3, created: 3 }]);
    expect(await stored()).toEqual([]);
    expect(await walked()).toEqual(['ESTIMATED', 412]);
  });

  test('after the import searches walk along it, and what is joined to nothing is left out with a finding of the file', async () => {
    const report = await reportOf(scope, MAPPING, collection(...STREETS, ISLAND), { mode: 'ALL_OR_NOTHING' });

    expect([report.state, report.format, counts(report), spoken(report.problems)]).toEqual(['DONE', 'GEOJSON', { ...NOTHING, rows: 4, created: 4, findings: 1 }, ['null - ISLANDS_LEFT_OUT']]);
    expect(await walked()).toEqual(['NETWORK', 975]);
  });

  test('the same ways again, in another order, are UNCHANGED', async () => {
    const before = await stored();
    const report = await reportOf(scope, MAPPING, collection(ISLAND, ...STREETS.toReversed()));

    expect(counts(report)).toEqual({ ...NOTHING, rows: 4, unchanged: 4, findings: 1 });
    expect(await stored()).toEqual(before);
  });

  const FAULTY = collection(
    STREETS[0],
    { type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [] } },
    way([[118.589, 24.909], [24.909, 118.589]]),
    way([[118.589, 24.909], [118.589, 'north']]),
    STREETS[1],
    way([[118.589, 24.909]]),
    way([[118.589, 24.909], [118.589, 24.91]], { lengthMetres: 9_000 }),
    way([[118.589, 24.909], [118.589, 24.91]], { lengthMetres: 'far' }),
    'no feature',
    { type: 'Feature', properties: {}, geometry: null },
    way([[118.589, 24.909], [118.595, 24.909]]),
  );
  const FAULTS = [
    '2 - NOT_A_LINE_STRING', '3 - COORDINATE_SWAPPED', '4 - NOT_A_POSITION', '6 - TOO_FEW_POINTS', '7 - LENGTH_IMPLAUSIBLE',
    '8 lengthMetres NOT_A_NUMBER (far)', '9 - NOT_A_FEATURE', '10 - NOT_A_LINE_STRING',
  ];

  test('one wrong way keeps all out, every one is named by its row, and the network stands as it stood', async () => {
    const before = await stored();
    const report = await reportOf(scope, MAPPING, FAULTY, { mode: 'ALL_OR_NOTHING' });

    expect([report.state, report.rows, report.refused, spoken(report.problems)]).toEqual(['REFUSED', 11, 8, FAULTS]);
    expect(await stored()).toEqual(before);
    expect(await walked()).toEqual(['NETWORK', 975]);
  });

  test('VALID_ROWS leaves the wrong ways out', async () => {
    const report = await reportOf(scope, MAPPING, FAULTY, { mode: 'VALID_ROWS' });

    expect([report.state, counts(report), spoken(report.problems)]).toEqual(['DONE', { ...NOTHING, rows: 11, changed: 3, refused: 8 }, FAULTS]);
    expect(await walked()).toEqual(['NETWORK', 303]);
  });

  test('a mapping names the property of the length and the ways that are taken; nothing groups ways', async () => {
    const text = `{ source: survey, kind: walk-network, city: '${CITY}', crs: WGS84, only: { foot: 'yes' }, fields: { lengthMetres: { column: metres, lenient: true } } }`;
    const report = await reportOf(scope, mappingOf(text), collection(way([[118.592, 24.909], [118.592, 24.903]], { foot: 'yes', metres: 700 }), way([[118.592, 24.903], [118.6, 24.903]], { foot: 'no' }), way([[118.592, 24.903], [118.593, 24.903]], { foot: 'yes', metres: '?' })));
    const grouped = await importing(scope, mappingOf(text.replace('only:', 'group: [foot], only:')), collection(...STREETS));

    expect([counts(report), spoken(report.problems)]).toEqual([{ ...NOTHING, rows: 2, created: 2, findings: 1 }, ['3 metres NOT_A_NUMBER (?)']]);
    expect(await database.query(`select round(total_metres)::int as metres from walk_network where source = 'survey'`)).toEqual([{ metres: 801 }]);
    expect(grouped).toMatchObject({ ok: false, problems: [{ code: 'GROUP_NOT_TAKEN' }] });
  });
});

describe('what is no walking network', () => {
  test.each([
    ['a table', 'lengthMetres\n12\n', ['null - FORMAT_NOT_TAKEN']],
    ['a workbook', workbook([['lengthMetres'], [12]]), ['null - FORMAT_NOT_TAKEN']],
    ['a collection of nothing', collection(), ['null - NO_FEATURES']],
    ['a file that breaks off', collection(...STREETS).slice(0, -40), ['3 - GEOJSON_MALFORMED']],
  ])('%s is refused, in either mode', async (_name, file, problems) => {
    const before = await stored();
    for (const mode of ['ALL_OR_NOTHING', 'VALID_ROWS'] as const) {
      const report = await reportOf(scope, MAPPING, file, { mode });
      expect([report.state, spoken(report.problems)]).toEqual(['REFUSED', problems]);
    }
    expect(await stored()).toEqual(before);
  });

  test('more that is wrong than one refusal names is not taken in part; what was not looked at says so', async () => {
    const before = await stored();
    const swapped = Array.from({ length: 1_500 }, (_, i) => way([[24.909, 118.589], [118.589, 24.91 + i / 1e6]]));
    const report = await reportOf(scope, MAPPING, collection(STREETS[0], ...swapped), { mode: 'VALID_ROWS' });

    expect([counts(report), report.problemCount]).toEqual([{ ...NOTHING, rows: 1_501, refused: 1_501 }, 1_500]);
    expect([report.problems[0]!.row, report.problems.length, new Set(report.problems.map(each => each.rule.code))]).toEqual([2, 1_000, new Set(['COORDINATE_SWAPPED'])]);
    expect(await stored()).toEqual(before);
  });

  test('ways that are all wrong are each named, and leave nothing to write', async () => {
    const report = await reportOf(scope, MAPPING, collection(way([]), way([[118.589, 24.909]])), { mode: 'VALID_ROWS' });

    expect([counts(report), spoken(report.problems)]).toEqual([{ ...NOTHING, rows: 2, refused: 2 }, ['1 - TOO_FEW_POINTS', '2 - TOO_FEW_POINTS']]);
  });

  test('a city that is not declared begins no run; one that is not registered, or another office\u2019s, refuses the file', async () => {
    const before = await stored();
    const district: Viewer = { ...system, actorId: 'district', grants: [{ action: 'import:run', partyId: null, jurisdictionCode: '350502' }] };

    expect(await importing(scope, { ...MAPPING, city: null }, collection(...STREETS))).toMatchObject({ ok: false, problems: [{ code: 'CITY_UNDECLARED' }] });
    expect(await importing(scope, { ...MAPPING, crs: null }, collection(...STREETS))).toMatchObject({ ok: false, problems: [{ code: 'CRS_UNDECLARED' }] });
    const unknown = await reportOf(scope, { ...MAPPING, city: '110000' }, collection(...STREETS));
    const refused = await reportOf(scopeOf(scope.services, district), MAPPING, collection(...STREETS));
    expect([unknown.state, unknown.rows, spoken(unknown.problems)]).toEqual(['REFUSED', 3, ['null - CITY_UNKNOWN']]);
    expect([refused.state, refused.rows, spoken(refused.problems)]).toEqual(['REFUSED', 3, ['null - NOT_ALLOWED']]);
    expect(await stored()).toEqual(before);
  });
});
