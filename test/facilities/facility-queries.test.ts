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

const namesOf = async (where: string, viewer = anonymous) => {
  const { data, errors } = await ask(scopeOf(testServices(database), viewer), `{ facilities(where: ${where}, orderBy: NAME) { totalCount edges { node { name } } } }`);
  expect(errors).toBeUndefined();
  const names = data.facilities.edges.map((edge: any) => edge.node.name);
  expect(data.facilities.totalCount).toBe(names.length);
  return names.sort();
};

test('facilities are filtered by category, sector, state, insurance, text, jurisdiction and reporting unit', async () => {
  const [county, zone] = await Promise.all(['350521', 'QZ-TIA'].map(async code => (await database.query<{ id: string }>('select id from jurisdiction where code = $1', [code]))[0]!.id));
  expect(await namesOf('{ categories: [INSTITUTION] }')).toEqual(['丙机关大院', '乙医院停车场']);
  expect(await namesOf('{ sectors: [HOSPITAL] }')).toEqual(['乙医院停车场']);
  expect(await namesOf('{ statuses: [UNDER_CONSTRUCTION] }')).toEqual(['丁镇停车场']);
  expect(await namesOf('{ insured: true }')).toEqual(['甲停车场']);
  expect(await namesOf('{ insured: false }')).toEqual([]);
  expect(await namesOf('{ text: "医院" }')).toEqual(['乙医院停车场']);
  expect(await namesOf('{ text: "%" }')).toEqual([]);
  expect(await namesOf(`{ jurisdictionId: "${county}" }`)).toEqual(['丁镇停车场']);
  // G8: the county lies around the zone's township, but the zone counts it.
  expect(await namesOf(`{ reportingUnitId: "${county}" }`)).toEqual([]);
  expect(await namesOf(`{ reportingUnitId: "${zone}" }`)).toEqual(['丁镇停车场']);
});

test('G6: a box holds its west and south edges and not its east and north ones, so tiles share no facility', async () => {
  const box = (west: number, south: number, east: number, north: number) =>
    `{ within: { box: { southWest: { longitude: ${west}, latitude: ${south}, crs: WGS84 }, northEast: { longitude: ${east}, latitude: ${north}, crs: WGS84 } } } }`;
  expect(await namesOf(box(118.62, 24.87, 118.63, 24.88))).toEqual(['甲停车场']);
  expect(await namesOf(box(118.61, 24.86, 118.62, 24.88))).toEqual([]);
  expect(await namesOf(box(118.63, 24.88, 118.64, 24.89))).toEqual(['乙医院停车场']);
});

test('G4, G5: a circle is metres on the ellipsoid, in whichever coordinate system its centre comes', async () => {
  const circle = (crs: string, longitude: number, latitude: number, radius: number) => `{ within: { circle: { centre: { longitude: ${longitude}, latitude: ${latitude}, crs: ${crs} }, radiusMetres: ${radius} } } }`;
  // Q2 lies 1,499.4 m from Q1: 0.01° of longitude are 1,010.6 m here, 0.01° of latitude 1,107.8 m.
  expect(await namesOf(circle('WGS84', 118.62, 24.87, 1_495))).toEqual(['甲停车场']);
  expect(await namesOf(circle('WGS84', 118.62, 24.87, 1_505))).toEqual(['乙医院停车场', '甲停车场']);
  // The same centre as Chinese maps show it; read as WGS-84 it would lie 560 m off.
  expect(await namesOf(circle('GCJ02', 118.624452, 24.867003, 50))).toEqual(['甲停车场']);
  expect(await namesOf(circle('WGS84', 118.624452, 24.867003, 50))).toEqual([]);
});

test('G9: of a restricted facility the public sees the entrance, its own office the place itself', async () => {
  const office = { ...anonymous, kind: 'TOKEN' as const, actorId: 'office', grants: [{ action: 'facility:write', partyId: null, jurisdictionCode: '350503' }] };
  const other = { ...office, grants: [{ action: 'facility:write', partyId: null, jurisdictionCode: '350521' }] };
  const placeFor = async (viewer: typeof anonymous) => (await ask(scopeOf(testServices(database), viewer), `{ facility(id: "${ids[2]}") { liveDataIsPublic coordinate { longitude latitude crs } } }`)).data.facility;
  expect(await placeFor(anonymous)).toEqual({ liveDataIsPublic: false, coordinate: { longitude: 118.641, latitude: 24.86, crs: 'WGS84' } });
  expect((await placeFor(other)).coordinate.longitude).toBe(118.641);
  expect((await placeFor(office)).coordinate.longitude).toBe(118.64);
  const [row] = await database.query('select st_x(location) as longitude from facility_search where facility_id = $1', [ids[2]]);
  expect(row).toEqual({ longitude: 118.641 });
});

test('the number of statements does not grow with the page', async () => {
  const statementsFor = async (first: number) => {
    let statements = 0;
    const counted = { ...database, query: (text: string, params?: readonly unknown[]) => { statements += 1; return database.query(text, params); } } as Database;
    const em = database.orm.em;
    const fork = em.fork.bind(em);
    em.fork = (...args) => { statements += 1; return fork(...args); };
    try {
      const { data, errors } = await ask(scopeOf(testServices(counted)), `{ facilities(first: ${first}) { edges { node { ${PLAIN} coordinate { longitude } jurisdiction { name } reportingUnit { name } zones { name capacity { total } facility { id } } entrances { kind } hub { id } } } } }`);
      expect(errors).toBeUndefined();
      expect(data.facilities.edges).toHaveLength(first);
    } finally {
      em.fork = fork as typeof em.fork;
    }
    return statements;
  };
  expect(await statementsFor(4)).toBe(await statementsFor(1));
});

test('pages by name follow one another without a gap or a repeat', async () => {
  const seen: string[] = [];
  let after: string | null = null;
  for (;;) {
    const { data }: any = await ask(scopeOf(testServices(database)), 'query ($after: String) { facilities(first: 1, after: $after, orderBy: NAME) { edges { node { id } } pageInfo { hasNextPage endCursor } } }', { after });
    seen.push(...data.facilities.edges.map((edge: any) => edge.node.id));
    if (!data.facilities.pageInfo.hasNextPage) break;
    after = data.facilities.pageInfo.endCursor;
  }
  expect(seen).toHaveLength(4);
  expect([...seen].sort()).toEqual([...ids].sort());
});

test('hostile filters get a typed answer', async () => {
  for (const where of ['{ within: { circle: { centre: { longitude: 118, latitude: 24, crs: WGS84 }, radiusMetres: 0 } } }', '{ within: { circle: { centre: { longitude: 0, latitude: 0, crs: WGS84 }, radiusMetres: 5 } } }', '{ text: "" }', `{ ids: [${Array(101).fill('"x"').join(',')}] }`]) {
    const { errors } = await ask(scopeOf(testServices(database)), `{ facilities(where: ${where}) { totalCount } }`);
    expect(errors!.map(error => error.extensions.code)).toContain('BAD_USER_INPUT');
  }
  const { data } = await ask(scopeOf(testServices(database)), `{ facility(id: "' or 1=1") { id } facilityByCode(city: "350500", code: "x") { id } }`);
  expect(data).toEqual({ facility: null, facilityByCode: null });
});
