import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { done } from '../../src/kernel/index.js';
import { FACILITY_BY_ID, facilitiesRoom, registerFacilities } from '../../src/facilities/index.js';
import { CAPACITY_OF_FACILITY } from '../../src/facilities/facility.loaders.js';
import { transaction, type Database, type RequestScope } from '../../src/platform/index.js';
import { openTestDatabase } from '../support/database.js';
import { stockByReportingUnit } from '../../src/facilities/jurisdictions.sql.js';
import { anonymous, scopeOf, testServices } from '../support/scope.js';
import { facilityDraft, register, registerDivisions, valueOf } from './city.js';

let database: Database;
let scope: RequestScope;

beforeAll(async () => {
  database = await openTestDatabase(facilitiesRoom.entities);
  (await registerDivisions(scopeOf(testServices(database)))).forEach(valueOf);
});

beforeEach(() => {
  scope = scopeOf(testServices(database));
});

afterAll(() => database.close());

const countOf = async (table: string, id: string, column = 'facility_id') => (await database.query<{ count: number }>(`select count(*)::int as count from ${table} where ${column} = $1`, [id]))[0]!.count;

test('3.1-4: a facility is registered with its capacity, division, reporting unit and search row, in one audited transaction', async () => {
  const [outcome] = await register(scope, facilityDraft('A1'));
  const { facilityId, effect } = valueOf(outcome);
  expect(effect).toBe('CREATED');

  const facility = await scope.load(FACILITY_BY_ID, facilityId);
  expect(facility).toMatchObject({ name: '东湖停车场A1', status: 'OPEN', version: 1, zoneName: 'Asia/Shanghai', observedOn: '2026-01-10', liveDataIsPublic: true });
  expect(facility!.code).toMatch(/^350500-[0-9A-Z]{12}$/);
  expect(facility!.statusSince.getTime()).toBe(Date.parse('2026-01-10T00:00:00+08:00'));
  expect(await scope.load(CAPACITY_OF_FACILITY, facilityId)).toEqual([
    { spaceClass: 'STANDARD', total: 100, shareable: 40, outOfService: 0 },
    { spaceClass: 'CHARGING', total: 10, shareable: null, outOfService: 0 },
  ]);
  const [row] = await database.query('select capacity_total, shareable, jurisdiction_codes, reporting_unit_code, windows from facility_search where facility_id = $1', [facilityId]);
  expect(row).toEqual({ capacity_total: 110, shareable: { STANDARD: 40 }, jurisdiction_codes: ['350500', '350503', '350503001'], reporting_unit_code: '350503', windows: [] });
  expect(await countOf('audit_entry', facilityId, 'object_id')).toBe(1);
});

const problemsOf = (outcome: any) => outcome.problems.map((problem: any) => [problem.code, problem.field ?? null]);

test('all that is wrong with a draft is said at once, by field, and nothing of it is written', async () => {
  const [outcome, sound] = await register(scope,
    facilityDraft('B1', { name: ' ', category: 'SHOP' as never, coordinate: { longitude: 24.87, latitude: 118.62, crs: 'WGS84' }, observedOn: '2026-02-30', zoneName: 'Mars/Base', zones: [{ capacity: [{ spaceClass: 'STANDARD', total: 5, shareable: 6 }, { spaceClass: 'STANDARD', total: -1 }] }] }),
    facilityDraft('B2'),
  );
  expect(problemsOf(outcome)).toEqual([
    ['COORDINATE_SWAPPED', 'coordinate'], [expect.any(String), 'observedOn'], ['MISSING', 'name'], ['UNKNOWN_VALUE', 'category'], ['TIME_ZONE_UNKNOWN', 'zoneName'],
    ['ABOVE_TOTAL', 'zones[0].capacity[0].shareable'], ['OUT_OF_RANGE', 'zones[0].capacity[1].total'], ['CLASS_REPEATED', 'zones[0].capacity[1].spaceClass'],
  ]);
  expect(sound).toMatchObject({ ok: true });
  expect(await countOf('facility', 'B1', 'source_code')).toBe(0);
});

test('a total out of range is the one problem: nothing is compared with the 0 that stands in its place', async () => {
  const spaces = [{ number: '1', spaceClass: 'STANDARD' as const }];
  const [outcome] = await register(scope, facilityDraft('B3', { planningRequiredSpaces: 5, zones: [{ capacity: [{ spaceClass: 'STANDARD', total: 100_001, shareable: 6, outOfService: 1 }], spaces }] }));

  expect(problemsOf(outcome)).toEqual([['OUT_OF_RANGE', 'zones[0].capacity[0].total']]);
});

test('an older figure never overwrites a newer one, the same again writes nothing, and the answer says which source rules (3.1-2)', async () => {
  const at = (observedOn: string, total: number) => facilityDraft('C1', { observedOn, zones: [{ capacity: [{ spaceClass: 'STANDARD', total }] }] });
  const first = valueOf((await register(scope, at('2026-01-10', 100)))[0]);
  const again = valueOf((await register(scope, at('2026-01-10', 100)))[0]);
  const older = valueOf((await register(scope, at('2026-01-05', 90)))[0]);
  const confirmed = valueOf((await register(scope, at('2026-02-01', 100)))[0]);
  const between = valueOf((await register(scope, at('2026-01-20', 95)))[0]);
  const newer = valueOf((await register(scope, at('2026-02-05', 120)))[0]);

  expect([first, again, older, confirmed, between, newer].map(one => one.effect)).toEqual(['CREATED', 'UNCHANGED', 'SUPERSEDED', 'CONFIRMED', 'SUPERSEDED', 'CHANGED']);
  expect(new Set([first, again, older, confirmed, between, newer].map(one => one.facilityId)).size).toBe(1);
  expect(between.findings[0]).toMatchObject({ code: 'SUPERSEDED', data: { rulingSource: '普查2026', rulingObservedOn: '2026-02-01' } });
  expect(await countOf('audit_entry', first.facilityId, 'object_id')).toBe(3);
  expect(await scope.load(FACILITY_BY_ID, first.facilityId)).toMatchObject({ version: 3, observedOn: '2026-02-05' });
});

test('two registers that tell of one public code tell of one facility', async () => {
  const [one] = await register(scope, facilityDraft('D1', { code: '350503-0001' }));
  const [other] = await register(scope, facilityDraft('KX-77', { source: '运营企业', code: '350503-0001', name: '东湖地下停车场', observedOn: '2026-02-01' }));
  const [late] = await register(scope, facilityDraft('D1', { code: '350503-0001', name: '旧名', observedOn: '2026-01-15' }));
  const id = valueOf(one).facilityId;
  expect([valueOf(other), valueOf(late)]).toMatchObject([{ facilityId: id, effect: 'CHANGED' }, { facilityId: id, effect: 'SUPERSEDED' }]);
  expect(await scope.load(FACILITY_BY_ID, id)).toMatchObject({ name: '东湖地下停车场', code: '350503-0001', sourceName: '运营企业' });

  const batch = await register(scope, facilityDraft('D2', { code: '350503-0002' }), facilityDraft('D3', { code: '350503-0002' }), facilityDraft('D2'));
  expect(batch.map(outcome => outcome.ok)).toEqual([true, false, false]);
});

test('G1: a point of a Chinese map is stored where it is, and an undeclared one is refused', async () => {
  const [shifted, undeclared] = await register(scope,
    facilityDraft('E1', { coordinate: { longitude: 118.624452, latitude: 24.867003, crs: 'GCJ02' } }),
    facilityDraft('E2', { coordinate: { longitude: 118.62, latitude: 24.87 } as never }),
  );
  const facility = await scope.load(FACILITY_BY_ID, valueOf(shifted).facilityId);
  expect(Math.abs(facility!.longitude - 118.62)).toBeLessThan(2e-5);
  expect(Math.abs(facility!.latitude - 24.87)).toBeLessThan(2e-5);
  expect(problemsOf(undeclared)).toEqual([['CRS_UNDECLARED', 'coordinate.crs']]);
});

test('a division is found by its boundary, and a place outside every boundary is refused', async () => {
  const [found, lost, zone] = await register(scope,
    facilityDraft('F1', { jurisdictionCode: null, coordinate: { longitude: 118.81, latitude: 24.96, crs: 'WGS84' } }),
    facilityDraft('F2', { jurisdictionCode: null, coordinate: { longitude: 117.5, latitude: 25.5, crs: 'WGS84' } }),
    facilityDraft('F3', { jurisdictionCode: 'QZ-TIA' }),
  );
  const [row] = await database.query('select jurisdiction_codes from facility_search where facility_id = $1', [valueOf(found).facilityId]);
  expect(row).toEqual({ jurisdiction_codes: ['350500', '350521', '350521102'] });
  expect(problemsOf(lost)).toEqual([['JURISDICTION_NOT_FOUND', 'jurisdictionCode']]);
  expect(problemsOf(zone)).toEqual([['JURISDICTION_UNKNOWN', 'jurisdictionCode']]);
});

test('C12: counts are derived from the spaces listed, and more spaces than the total are refused', async () => {
  const spaces = ['A1', 'A2', 'A3'].map((number, i) => ({ number, spaceClass: i === 0 ? 'ACCESSIBLE' as const : 'STANDARD' as const, attributes: ['CHARGING_POINT' as const] }));
  const [derived, excess] = await register(scope, facilityDraft('G1', { zones: [{ spaces }] }), facilityDraft('G2', { zones: [{ capacity: [{ spaceClass: 'STANDARD', total: 1 }, { spaceClass: 'ACCESSIBLE', total: 1 }], spaces }] }));
  expect(await scope.load(CAPACITY_OF_FACILITY, valueOf(derived).facilityId)).toEqual([
    { spaceClass: 'STANDARD', total: 2, shareable: null, outOfService: 0 },
    { spaceClass: 'ACCESSIBLE', total: 1, shareable: null, outOfService: 0 },
  ]);
  expect(problemsOf(excess)).toEqual([['SPACES_EXCEED_CAPACITY', 'zones[0].spaces']]);

  const [fewer] = await register(scope, facilityDraft('G1', { observedOn: '2026-02-01', zones: [{ spaces: spaces.slice(0, 2) }] }));
  const rows = await database.query('select number, status from space where facility_id = $1 order by number', [valueOf(fewer).facilityId]);
  expect(rows).toEqual([{ number: 'A1', status: 'IN_SERVICE' }, { number: 'A2', status: 'IN_SERVICE' }, { number: 'A3', status: 'REMOVED' }]);
});

test('nobody registers for another, nor takes over another\'s facility by telling it anew', async () => {
  const [mine] = await register(scope, facilityDraft('H1'));
  const officer = { ...anonymous, kind: 'TOKEN' as const, actorId: 'officer', grants: [{ action: 'facility:write', partyId: null, jurisdictionCode: '350521' }] };
  const asOfficer = scopeOf(testServices(database), officer);
  const outcomes = await register(asOfficer,
    facilityDraft('H1', { jurisdictionCode: '350521101', coordinate: { longitude: 118.72, latitude: 24.87, crs: 'WGS84' }, observedOn: '2026-02-01' }),
    facilityDraft('H2'),
    facilityDraft('H3', { jurisdictionCode: '350521101', coordinate: { longitude: 118.72, latitude: 24.87, crs: 'WGS84' } }),
  );
  expect(outcomes.map(outcome => (outcome.ok ? outcome.value.effect : outcome.problems[0].code))).toEqual(['NOT_ALLOWED', 'NOT_ALLOWED', 'CREATED']);
  expect(await scope.load(FACILITY_BY_ID, valueOf(mine).facilityId)).toMatchObject({ version: 1 });
  expect(await countOf('facility', 'H2', 'source_code')).toBe(0);
});

test('G8: figures by reporting unit add up to the city, where counting by boundary would count twice', async () => {
  const rows = await stockByReportingUnit(database, '350500');
  const [city] = await database.query<{ facilities: number; spaces: number }>('select count(*)::int as facilities, sum(capacity_total)::int as spaces from facility_search');
  expect(rows.map(row => row.code)).toEqual(['350503', '350521', 'QZ-TIA']);
  expect(rows.reduce((sum, row) => sum + row.facilities, 0)).toBe(city!.facilities);
  expect(rows.reduce((sum, row) => sum + row.spaces, 0)).toBe(city!.spaces);

  const [byBoundary] = await database.query<{ count: number }>(`select count(*)::int as count from facility_search s cross join unnest(array['350503', '350521', 'QZ-TIA']) as code where s.jurisdiction_codes @> array[code]`);
  expect(byBoundary!.count).toBeGreaterThan(city!.facilities);
});

test('a thousand facilities are registered in a handful of statements', async () => {
  const drafts = Array.from({ length: 1_000 }, (_, i) => facilityDraft(`bulk-${i}`, { jurisdictionCode: null, coordinate: { longitude: 118.601 + (i % 40) / 1_000, latitude: 24.851 + Math.floor(i / 40) / 1_000, crs: 'WGS84' } }));
  let statements = 0;
  const outcomes = await transaction(scope, async unit => {
    const query = unit.query.bind(unit);
    unit.query = (text, params) => {
      statements += 1;
      return query(text, params);
    };
    return done(await registerFacilities(unit, drafts));
  });
  expect(valueOf(outcomes).map(outcome => valueOf(outcome).effect)).toEqual(Array(1_000).fill('CREATED'));
  expect(statements).toBeLessThan(20);
});
