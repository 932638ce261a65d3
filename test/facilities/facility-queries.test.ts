import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { facilitiesRoom } from '../../src/facilities/index.js';
import { identityRoom } from '../../src/identity/index.js';
import type { Database } from '../../src/platform/index.js';
import { openTestDatabase } from '../support/database.js';
import { anonymous, scopeOf, testServices } from '../support/scope.js';
import { facilityDraft, register, registerDivisions, valueOf } from './city.js';
import { ask } from './schema.js';

let database: Database;
let ids: string[];

beforeAll(async () => {
  database = await openTestDatabase([...identityRoom.entities, ...facilitiesRoom.entities]);
  const scope = scopeOf(testServices(database));
  await registerDivisions(scope);
  const outcomes = await register(scope,
    facilityDraft('Q1', { name: '甲停车场', planningRequiredSpaces: 10, closesAtMinutes: [1320, 1320, 1320, 1320, 1380, 1380, null], insured: true, registration: { no: '泉停备 001', issuedBy: '丰泽区', validToOn: '2026-12-31', status: 'VALID' } }),
    facilityDraft('Q2', { name: '乙医院停车场', category: 'INSTITUTION', sector: 'HOSPITAL', coordinate: { longitude: 118.63, latitude: 24.88, crs: 'WGS84' } }),
    facilityDraft('Q3', { name: '丙机关大院', category: 'INSTITUTION', sector: 'AGENCY', restricted: true, militaryLinked: true, entrances: [{ kind: 'VEHICLE', coordinate: { longitude: 118.641, latitude: 24.86, crs: 'WGS84' } }], coordinate: { longitude: 118.64, latitude: 24.86, crs: 'WGS84' } }),
    facilityDraft('Q4', { name: '丁镇停车场', jurisdictionCode: null, status: 'UNDER_CONSTRUCTION', coordinate: { longitude: 118.72, latitude: 24.87, crs: 'WGS84' } }),
  );
  ids = outcomes.map(outcome => valueOf(outcome).facilityId);
});

afterAll(() => database.close());

const PLAIN = `id code name address category sector sectorReason obligation { level verb clause } resourceKind ownership managementMode zoneName closesAt
  planningRequiredSpaces registration { no issuedBy validToOn status } isInsured isRestricted isCivilDefence hasCameras liveDataIsPublic status statusReason statusSince
  isSynthetic source { source code observedOn recordedAt } version capacity { spaceClass total shareable outOfService }`;

test('what the search table prints of a facility is what its entity answers, field by field', async () => {
  const scope = scopeOf(testServices(database), anonymous);
  const { data, errors } = await ask(scope, `query ($ids: [ID!]) { facilities(where: { ids: $ids }) { edges { node { ${PLAIN} } } } }`, { ids });
  expect(errors).toBeUndefined();
  const answered = data.facilities.edges.map((edge: any) => edge.node);

  const rows = await database.query<{ document: any }>('select document from facility_search where facility_id = any($1) order by facility_id', [ids]);
  const time = (minute: number | null) => (minute === null ? null : `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`);
  const instant = (ms: number) => `${new Date(ms + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;
  const printed = rows.map(({ document }) => ({
    ...document,
    closesAt: document.closesAt?.map(time) ?? null,
    statusSince: instant(document.statusSince),
    source: { ...document.source, recordedAt: instant(document.source.recordedAt) },
  }));
  expect(printed).toEqual(answered);
  expect(Object.keys(printed[0]!).sort()).toEqual(Object.keys(answered[0]).sort());
});
