import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { facilitiesRoom, type JurisdictionDraft } from '../../src/facilities/index.js';
import { identityRoom } from '../../src/identity/index.js';
import type { Database } from '../../src/platform/index.js';
import { openTestDatabase } from '../support/database.js';
import { anonymous, scopeOf, testServices } from '../support/scope.js';
import { DIVISIONS, facilityDraft, register, registerDivisions, valueOf } from './city.js';
import { ask } from './schema.js';

let database: Database;

beforeAll(async () => {
  database = await openTestDatabase([...identityRoom.entities, ...facilitiesRoom.entities]);
  // Children first: the order of a file is not ours to demand.
  (await registerDivisions(scopeOf(testServices(database)), [...DIVISIONS].reverse())).forEach(valueOf);
});

afterAll(() => database.close());

const scope = () => scopeOf(testServices(database));
const one = async (differs: Partial<JurisdictionDraft>) => (await registerDivisions(scope(), [{ city: '350500', source: 'MZ', observedOn: '2026-02-01', code: '350504', kind: 'DISTRICT', name: '洛江区', parentCode: '350500', sourceCode: '350504', ...differs }]))[0]!;

test('0-1: the city answers with its districts, counties and development zones, each with its parent and responsible body', async () => {
  const { data } = await ask(scopeOf(testServices(database), anonymous), '{ jurisdictions(where: { isReportingUnit: true }) { totalCount edges { node { code kind parent { code } responsibleBody } } } jurisdiction(code: "QZ-TIA") { name } }');
  expect(data.jurisdictions.totalCount).toBe(3);
  expect(data.jurisdictions.edges.map((edge: any) => edge.node)).toEqual([
    { code: '350503', kind: 'DISTRICT', parent: { code: '350500' }, responsibleBody: null },
    { code: '350521', kind: 'COUNTY', parent: { code: '350500' }, responsibleBody: null },
    { code: 'QZ-TIA', kind: 'DEVELOPMENT_ZONE', parent: { code: '350500' }, responsibleBody: '台商投资区管委会' },
  ]);
  expect(data.jurisdiction).toEqual({ name: '泉州台商投资区' });
});

test('told again, nothing is written; told older, the newer stands', async () => {
  const outcomes = await registerDivisions(scope(), DIVISIONS);
  expect(outcomes.map(outcome => valueOf(outcome).effect)).toEqual(DIVISIONS.map(() => 'UNCHANGED'));
  expect(valueOf(await one({ code: '350503', sourceCode: '350503', name: '旧名', observedOn: '2025-01-01' })).effect).toBe('SUPERSEDED');
});

test('a ring that crosses itself is mended and marked; a shape without area is refused', async () => {
  const bowTie = { crs: 'WGS84' as const, geometry: { type: 'Polygon', coordinates: [[[118.6, 25.1], [118.7, 25.2], [118.7, 25.1], [118.6, 25.2], [118.6, 25.1]]] } };
  expect(valueOf(await one({ boundary: bowTie })).effect).toBe('CREATED');
  const [row] = await database.query(`select boundary_was_repaired as repaired, st_isvalid(boundary) as valid, st_numgeometries(boundary) as parts from jurisdiction where code = '350504'`);
  expect(row).toEqual({ repaired: true, valid: true, parts: 2 });

  const line = { crs: 'WGS84' as const, geometry: { type: 'Polygon', coordinates: [[[118.6, 25.1], [118.7, 25.2], [118.6, 25.1], [118.6, 25.1]]] } };
  expect(await one({ code: '350505', sourceCode: '350505', boundary: line })).toMatchObject({ ok: false, problems: [{ code: 'BOUNDARY_EMPTY', field: 'boundary' }] });
});

test('a boundary of a Chinese map is moved to where it is', async () => {
  const shifted = { crs: 'GCJ02' as const, geometry: { type: 'Polygon', coordinates: [[[118.624452, 24.867003], [118.7, 24.867003], [118.7, 24.9], [118.624452, 24.867003]]] } };
  await one({ code: '350506', sourceCode: '350506', boundary: shifted });
  const [row] = await database.query<{ metres: number }>(`select st_distance(st_boundary(boundary)::geography, st_setsrid(st_makepoint(118.62, 24.87), 4326)::geography) as metres from jurisdiction where code = '350506'`);
  expect(row!.metres).toBeLessThan(0.2);
});

test('what is no code, no parent or no right is refused with its reason', async () => {
  const codes = async (outcome: Promise<any>) => { const it = await outcome; return it.ok ? [] : it.problems.map((problem: any) => problem.code); };
  expect(await codes(one({ code: '35', sourceCode: 'x' }))).toEqual(['CODE_SHAPE']);
  expect(await codes(one({ code: 'QZ-KFQ', sourceCode: 'x' }))).toEqual(['CODE_SHAPE']);
  expect(await codes(one({ code: '350507', parentCode: '359999' }))).toEqual(['PARENT_UNKNOWN']);
  expect(await codes(one({ code: '350507', parentCode: null }))).toEqual(['MISSING']);
  expect(await codes(one({ code: '350507', kind: 'CITY' }))).toEqual(['ROOT_KIND']);
  const officer = { ...anonymous, kind: 'TOKEN' as const, actorId: 'o', grants: [{ action: 'jurisdiction:write', partyId: null, jurisdictionCode: '350521' }] };
  const [refused] = await registerDivisions(scopeOf(testServices(database), officer), [{ ...DIVISIONS[1]!, observedOn: '2026-02-10', name: '改名' }]);
  expect(refused).toMatchObject({ ok: false, problems: [{ code: 'NOT_ALLOWED' }] });
  expect(await database.query(`select name from jurisdiction where code = '350503'`)).toEqual([{ name: '丰泽区' }]);
});

test('a township that moves takes the search rows of its facilities along', async () => {
  const [told] = await register(scope(), facilityDraft('MV1', { jurisdictionCode: '350521102', coordinate: { longitude: 118.82, latitude: 24.96, crs: 'WGS84' } }));
  await one({ ...DIVISIONS[5]!, observedOn: '2026-02-01', parentCode: '350503' });
  const [row] = await database.query('select jurisdiction_codes from facility_search where facility_id = $1', [valueOf(told).facilityId]);
  expect(row).toEqual({ jurisdiction_codes: ['350500', '350503', '350521', '350521102'] });
});
