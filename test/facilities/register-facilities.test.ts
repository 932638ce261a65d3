import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { facilitiesRoom, FACILITY_BY_ID, CAPACITY_OF_FACILITY } from '../../src/facilities/index.js';
import type { Database, RequestScope } from '../../src/platform/index.js';
import { openTestDatabase } from '../support/database.js';
import { scopeOf, testServices } from '../support/scope.js';
import { facilityDraft, register, registerDivisions, valueOf } from './city.js';

let database: Database;
let scope: RequestScope;

beforeAll(async () => {
  database = await openTestDatabase(facilitiesRoom.entities);
  const outcomes = await registerDivisions(scopeOf(testServices(database)));
  expect(outcomes.every(outcome => outcome.ok)).toBe(true);
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
  const [row] = await database.query('select capacity_total, shareable, jurisdiction_codes, reporting_unit_code, windows, version from facility_search where facility_id = $1', [facilityId]);
  expect(row).toEqual({ capacity_total: 110, shareable: { STANDARD: 40 }, jurisdiction_codes: ['350500', '350503', '350503001'], reporting_unit_code: '350503', windows: [], version: '1' });
  expect(await countOf('audit_entry', facilityId, 'object_id')).toBe(1);
});
