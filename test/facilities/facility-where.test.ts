import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Database } from '../../src/platform/index.js';
import { resolveWhere, whereSql, type FacilityWhere } from '../../src/facilities/index.js';
import { rooms } from '../../src/server/rooms.js';
import { addFacilities, CITY, DISTRICT, facilityDraft, foundCity } from '../support/city.js';
import { openTestDatabase } from '../support/database.js';
import { seeded } from '../support/random.js';
import { scopeOf, testServices } from '../support/scope.js';

let database: Database;
const jurisdictions = new Map<string, string>();

beforeAll(async () => {
  database = await openTestDatabase(rooms.flatMap(room => room.entities));
  const scope = scopeOf(testServices(database));
  await foundCity(scope);
  const { next: random } = seeded(7);
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)]!;
  await addFacilities(scope, Array.from({ length: 200 }, (_, i) => facilityDraft(`w${i}`, { longitude: 118.5 + random() * 0.2, latitude: 24.8 + random() * 0.2 }, {
    name: pick(['东街停车场', '西街 Garage', '开元寺', 'TUMEN 50%_off']),
    address: pick([null, '涂门街 1 号', 'East Road']),
    category: pick(['SOCIAL_PUBLIC', 'COMMERCIAL'] as const),
    sector: pick(['OTHER', 'COMMERCIAL'] as const),
    insured: pick([true, false, null]),
  })));
  for (const row of await database.query<{ id: string; code: string }>('select id, code from jurisdiction')) jurisdictions.set(row.id, row.code);
});

afterAll(() => database.close());

test('a filter decided in the process finds what the database finds', async () => {
  const { next: random } = seeded(11);
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)]!;
  const rows = await database.query<any>(
    `select facility_id as id, category, sector, resource_kind as "resourceKind", jurisdiction_codes as "jurisdictionCodes", reporting_unit_code as "reportingUnitCode",
       status, is_insured as "isInsured", st_x(location) as longitude, st_y(location) as latitude, document ->> 'name' as name, document ->> 'address' as address from facility_search`,
  );
  const point = () => ({ longitude: 118.5 + random() * 0.2, latitude: 24.8 + random() * 0.2, crs: pick(['WGS84', 'GCJ02'] as const) });
  let found = 0;

  for (let nth = 0; nth < 150; nth += 1) {
    const at = point();
    const where: FacilityWhere = {
      ids: random() < 0.1 ? [rows[nth].id, rows[nth + 1].id] : null,
      categories: random() < 0.3 ? ['COMMERCIAL'] : null,
      sectors: random() < 0.2 ? ['OTHER'] : null,
      resourceKinds: random() < 0.1 ? ['PUBLIC'] : null,
      statuses: random() < 0.2 ? [pick(['OPEN', 'CLOSED'] as const)] : null,
      jurisdictionId: random() < 0.2 ? pick([...jurisdictions.keys()]) : null,
      reportingUnitId: random() < 0.1 ? pick([...jurisdictions.keys()]) : null,
      insured: random() < 0.2 ? random() < 0.5 : null,
      text: random() < 0.2 ? pick(['garage', '50%', '街', '_off', 'ROAD']) : null,
      within: pick([null, { circle: { centre: at, radiusMetres: 500 + random() * 9_000 } }, { box: { southWest: at, northEast: { ...at, longitude: at.longitude + random() * 0.1, latitude: at.latitude + random() * 0.1 } } }]),
    } as FacilityWhere;
    const { sql, params } = whereSql(where, 's', 1);
    const stored = await database.query<{ id: string }>(`select s.facility_id as id from facility_search s where ${sql} order by 1`, params);
    const resolved = await resolveWhere(where, async id => jurisdictions.get(id) ?? null);

    expect({ where, ids: rows.filter(row => resolved.passes(row.id, row)).map(row => row.id).sort() }).toEqual({ where, ids: stored.map(row => row.id) });
    found += stored.length;
  }
  expect(found).toBe(5_754);
});

test('a jurisdiction that does not exist finds nothing, either way', async () => {
  const where = { jurisdictionId: 'jur_00000000000000000000000000' } as FacilityWhere;
  const resolved = await resolveWhere(where, async () => null);
  const [row] = await database.query<any>(`select facility_id as id, jurisdiction_codes as "jurisdictionCodes" from facility_search limit 1`);

  expect(resolved.passes(row.id, row)).toBe(false);
  expect([CITY, DISTRICT].every(code => row.jurisdictionCodes.includes(code))).toBe(true);
});
