import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execute, parse, type GraphQLSchema } from 'graphql';
import { coordinates, isRefusal, type Coordinate, type Outcome } from '../../src/kernel/index.js';
import { transaction, type Database, type RequestScope, type Viewer } from '../../src/platform/index.js';
import { discoveryRoom, importWalkFeatures, importWalkNetwork, type ImportedWalkNetwork, type WalkSegment } from '../../src/discovery/index.js';
import { facilitiesRoom } from '../../src/facilities/index.js';
import { identityRoom } from '../../src/identity/index.js';
import { sharingRoom } from '../../src/sharing/index.js';
import { assembleSchema } from '../../src/server/schema.js';
import { serverRoom } from '../../src/server/server-room.js';
import { CITY, addFacilities, addWindows, facilityDraft, foundCity, termsDraft } from '../support/city.js';
import { openTestDatabase } from '../support/database.js';
import { seeded } from '../support/random.js';
import { scopeOf, system, testServices } from '../support/scope.js';

const rooms = [identityRoom, facilitiesRoom, sharingRoom, discoveryRoom, serverRoom];
const HOSPITAL = { longitude: 118.589, latitude: 24.909 };
/** Metres of a degree at the hospital, for laying things out; every distance below is measured on the ellipsoid. */
const EAST = coordinates.geodesicMetres(HOSPITAL, { ...HOSPITAL, longitude: HOSPITAL.longitude + 0.01 }) * 100;
const NORTH = coordinates.geodesicMetres(HOSPITAL, { ...HOSPITAL, latitude: HOSPITAL.latitude + 0.01 }) * 100;
const at = (eastMetres: number, northMetres: number): Coordinate => ({ longitude: HOSPITAL.longitude + eastMetres / EAST, latitude: HOSPITAL.latitude + northMetres / NORTH });
const way = (...path: Coordinate[]): WalkSegment => ({ path, lengthMetres: null });

/** A river runs along x = 100; its only bridge is 165 m to the north, so that 290 m across it are 620 m on foot. */
const RIVERSIDE = [way(at(0, 0), at(0, 165), at(290, 165), at(290, 0)), way(at(0, 0), at(-450, 0)), way(at(0, 0), at(0, -300))];

type Setting = { readonly database: Database; readonly scope: RequestScope; readonly schema: GraphQLSchema; readonly clock: { advance(milliseconds: number): void } };
let setting: Setting;

beforeAll(async () => {
  const database = await openTestDatabase(rooms.flatMap(room => room.entities));
  const services = testServices(database);
  setting = { database, scope: scopeOf(services), schema: assembleSchema(rooms), clock: services.clock };
  await foundCity(setting.scope);
  await lots({ 'far bank': at(290, 0), 'near bank': at(-440, 10), south: at(20, -200) });
});

afterAll(() => setting.database.close());

/** Public lots that are lent day and night, by name. */
async function lots(places: Readonly<Record<string, Coordinate>>): Promise<void> {
  const names = Object.keys(places);
  const ids = await addFacilities(setting.scope, names.map(name => facilityDraft(name, places[name]!, { name })));
  await addWindows(setting.scope, names.map((name, i) => ({ facility: { id: ids[i]! }, source: 'test', sourceCode: name, terms: termsDraft() })));
}

function tell(segments: readonly WalkSegment[], { source = 'osm', viewer = system }: { readonly source?: string; readonly viewer?: Viewer } = {}): Promise<Outcome<ImportedWalkNetwork>> {
  return transaction(scopeOf(setting.scope.services, viewer), unit => importWalkNetwork(unit, { city: CITY, source, segments }));
}

/** Every process hears of a network within five seconds. */
async function imported(segments: readonly WalkSegment[], source = 'osm'): Promise<ImportedWalkNetwork> {
  const outcome = await tell(segments, { source });
  if (isRefusal(outcome)) throw new Error(JSON.stringify(outcome.problems));
  setting.clock.advance(5_000);
  return outcome.value;
}

const SEARCH = `query ($near: NearInput!, $radius: Int!, $walk: Int, $orderBy: NearbyOrder, $explain: Boolean, $first: Int, $after: String) {
  nearbyFacilities(near: $near, radiusMetres: $radius, maxWalkingMetres: $walk, orderBy: $orderBy, explain: $explain, first: $first, after: $after) {
    edges { node { name } distanceMetres walkingMetres walkingKind } pageInfo { hasNextPage endCursor }
    leftOut { node { name } walkingMetres eligibility { allowed reasons { code message clause } } }
  }
}`;

async function search(variables: Record<string, unknown>, origin = HOSPITAL): Promise<any> {
  const near = { coordinate: { ...origin, crs: 'WGS84' } };
  const result = await execute({ schema: setting.schema, document: parse(SEARCH), contextValue: scopeOf(setting.scope.services), variableValues: { near, radius: 500, ...variables } });
  if (result.errors) throw result.errors[0]!;
  return JSON.parse(JSON.stringify(result.data)).nearbyFacilities;
}

const rowsOf = (answer: any): unknown[] => answer.edges.map((edge: any) => [edge.node.name, edge.walkingKind, Math.round(edge.walkingMetres)]);

describe('2.1-3: 300 to 500 m on foot', () => {
  test('without a network every walk is an estimate, and says so', async () => {
    const answer = await search({ walk: 500 });

    expect(rowsOf(answer)).toEqual([['south', 'ESTIMATED', 273], ['far bank', 'ESTIMATED', 394]]);
  });

  test('along the network a lot 290 m straight but 620 m on foot is excluded at 500, and says why', async () => {
    await imported(RIVERSIDE);

    const answer = await search({ walk: 500 });
    const explained = await search({ walk: 500, explain: true });

    expect(rowsOf(answer)).toEqual([['south', 'NETWORK', 220], ['near bank', 'NETWORK', 450]]);
    expect(rowsOf(explained)).toEqual(rowsOf(answer));
    expect(explained.leftOut).toEqual([{
      node: { name: 'far bank' },
      walkingMetres: 620,
      eligibility: { allowed: false, reasons: [{ code: 'TOO_FAR_ON_FOOT', message: 'a walk of 620 m, more than the 500 m asked for', clause: '2.1-3' }] },
    }]);
  });

  test('without a limit it is found with its 620 m, last in the order of walking', async () => {
    expect(rowsOf(await search({}))).toEqual([['south', 'NETWORK', 220], ['far bank', 'NETWORK', 620], ['near bank', 'NETWORK', 450]]);
    expect(rowsOf(await search({ orderBy: 'WALKING' }))).toEqual([['south', 'NETWORK', 220], ['near bank', 'NETWORK', 450], ['far bank', 'NETWORK', 620]]);
  });

  test('pages agree with each other and with the whole', async () => {
    for (const orderBy of ['DISTANCE', 'WALKING']) {
      const whole = rowsOf(await search({ orderBy }));
      const paged: unknown[] = [];
      let after: string | null = null;
      for (let more = true; more; ) {
        const answer: any = await search({ orderBy, first: 1, after });
        paged.push(...rowsOf(answer));
        ({ endCursor: after, hasNextPage: more } = answer.pageInfo);
      }
      expect(paged).toEqual(whole);
    }
  });

  test('a search from off the network is an estimate, even where the network is near', async () => {
    const answer = await search({}, at(-100, 70));

    expect(answer.edges.map((edge: any) => edge.walkingKind)).toEqual(['ESTIMATED', 'ESTIMATED', 'ESTIMATED']);
    expect((await search({}, at(-100, 59))).edges.map((edge: any) => edge.walkingKind)).toEqual(['NETWORK', 'NETWORK', 'NETWORK']);
  });
});

describe('G3: one kind in one ranking', () => {
  test('one candidate off the network makes the whole answer an estimate; beyond the walk asked for it does not', async () => {
    await lots({ meadow: at(-300, 300) });

    expect(new Set((await search({})).edges.map((edge: any) => edge.walkingKind))).toEqual(new Set(['ESTIMATED']));
    expect(new Set((await search({ walk: 500, explain: true })).edges.map((edge: any) => edge.walkingKind))).toEqual(new Set(['ESTIMATED']));
    expect(new Set((await search({ walk: 420, explain: true })).edges.map((edge: any) => edge.walkingKind))).toEqual(new Set(['NETWORK']));
    expect(new Set((await search({ radius: 420 })).edges.map((edge: any) => edge.walkingKind))).toEqual(new Set(['NETWORK']));
  });

  test('a network that only another part of the city can walk leaves the walk unknown, and last', async () => {
    await imported([...RIVERSIDE, way(at(-300, 300), at(-300, 900))]);

    const answer = await search({ orderBy: 'WALKING' });
    const explained = await search({ walk: 500, explain: true });

    expect(answer.edges.at(-1)).toMatchObject({ node: { name: 'meadow' }, walkingMetres: null, walkingKind: 'NETWORK' });
    expect(explained.leftOut.find((one: any) => one.node.name === 'meadow')).toMatchObject({ walkingMetres: null, eligibility: { reasons: [{ code: 'TOO_FAR_ON_FOOT', message: 'no walk along the network leads there within reach; at most 500 m were asked for' }] } });
  });

  test('two sources are one network where they meet', async () => {
    expect(await imported([way(at(0, 0), at(-300, 300))], 'survey')).toEqual({ effect: 'CREATED', version: 1, edgeCount: 2, islandCount: 0 });

    const meadow = (await search({ orderBy: 'WALKING' })).edges.find((edge: any) => edge.node.name === 'meadow');

    expect(meadow).toMatchObject({ walkingMetres: expect.closeTo(424.3, 0), walkingKind: 'NETWORK' });
    await imported([way(at(5_000, 5_000), at(5_600, 5_000))], 'survey');
  });
});

describe('telling a network', () => {
  const stored = async (): Promise<unknown> => (await setting.database.query('select n.source, n.version, n.edge_count, count(*)::int as edges, n.content_sha256 from walk_network n join walk_edge e using (city, source) group by n.city, n.source order by n.source'));

  test('the same ways in another order change nothing; other ways replace all of the source and of no other', async () => {
    const first = await imported(RIVERSIDE);
    const before = await stored();

    expect(await imported([...RIVERSIDE].reverse().map(({ path }) => way(...[...path].reverse())))).toEqual({ ...first, effect: 'UNCHANGED' });
    expect(await stored()).toEqual(before);
    expect(await imported([RIVERSIDE[1]!])).toEqual({ effect: 'CHANGED', version: first.version + 1, edgeCount: 2, islandCount: 0 });
    expect(await stored()).toMatchObject([{ source: 'osm', version: first.version + 1, edge_count: 2, edges: 2 }, { source: 'survey', version: 2, edge_count: 3, edges: 3 }]);
    expect(await setting.database.query(`select details->>'effect' as effect from audit_entry where object_type = 'walkNetwork' and object_id = '${CITY} osm' order by id desc limit 1`)).toEqual([{ effect: 'CHANGED' }]);
  });

  test('a network that changes within the five seconds is never walked in two versions at once', async () => {
    await imported([...RIVERSIDE, way(at(0, -300), at(0, -3_300))]);
    expect(rowsOf(await search({ radius: 300 }))).toEqual([['south', 'NETWORK', 220], ['far bank', 'NETWORK', 620]]);

    // The list of networks is still trusted, and so is what is kept of the hospital; what is read anew knows better.
    await tell([...RIVERSIDE, way(at(290, 0), at(0, 0)), way(at(0, -300), at(0, -3_300))]);
    await search({ radius: 300 }, at(0, -3_000));

    expect(rowsOf(await search({ radius: 300 }))).toEqual([['south', 'NETWORK', 220], ['far bank', 'NETWORK', 290]]);
    await imported([RIVERSIDE[1]!]);
  });

  test('a refused one names every fault and writes nothing', async () => {
    const before = await stored();
    const line = (...places: Coordinate[]): unknown => ({ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: places.map(place => [place.longitude, place.latitude]) } });
    const features = [line(at(0, 0), at(100, 0)), { type: 'Feature', geometry: { type: 'Polygon', coordinates: [] } }, line(at(0, 0)), line(at(0, 0), { longitude: 24.9, latitude: 118.58 })];
    const told = (crs: 'WGS84' | null, some: readonly unknown[]): Promise<Outcome<ImportedWalkNetwork>> => transaction(setting.scope, unit => importWalkFeatures(unit, { city: CITY, source: 'osm', crs, features: some }));
    const codes = (outcome: Outcome<unknown>): string[] => (outcome.ok ? [] : outcome.problems.map(each => `${each.field} ${each.code}`));

    expect(codes(await told('WGS84', features))).toEqual(['features[1].geometry NOT_A_LINE_STRING', 'features[2].geometry.coordinates TOO_FEW_POINTS', 'features[3].geometry.coordinates[1] COORDINATE_SWAPPED']);
    expect(codes(await told(null, features))).toEqual(['crs CRS_UNDECLARED']);
    expect(codes(await told('WGS84', []))).toEqual(['undefined NETWORK_EMPTY']);
    expect(codes(await transaction(setting.scope, unit => importWalkNetwork(unit, { city: '110000', source: 'osm', segments: RIVERSIDE })))).toEqual(['city CITY_UNKNOWN']);
    expect(await stored()).toEqual(before);
  });

  test('is for the offices of the city: no supplier and no district may', async () => {
    const before = await stored();
    const holding = (grant: { partyId: string | null; jurisdictionCode: string | null }): Viewer => ({ ...system, kind: 'OPERATOR' as Viewer['kind'], actorId: 'somebody', grants: [{ action: 'import:run', ...grant }] });

    for (const grant of [{ partyId: 'pty_01', jurisdictionCode: null }, { partyId: null, jurisdictionCode: '350502' }, { partyId: null, jurisdictionCode: '350200' }]) {
      expect(await tell(RIVERSIDE, { viewer: holding(grant) })).toMatchObject({ ok: false, problems: [{ code: 'NOT_ALLOWED' }] });
    }
    expect(await stored()).toEqual(before);
    expect(await tell(RIVERSIDE, { viewer: holding({ partyId: null, jurisdictionCode: CITY }) })).toMatchObject({ ok: true });
  });
});

describe('exactness', () => {
  test('on random networks the answer is that of trying every way (Bellman and Ford), tiles and all', async () => {
    const random = seeded(213);
    const corner = (column: number, row: number): Coordinate => at(column * 140 + ((row * 37) % 50), 4_000 + row * 140 + ((column * 53) % 40));
    const [columns, rows] = [14, 14];
    const ways: WalkSegment[] = [];
    for (let column = 0; column < columns; column += 1) {
      for (let row = 0; row < rows; row += 1) {
        if (column + 1 < columns && random.chance(0.72)) ways.push(way(corner(column, row), corner(column + 1, row)));
        if (row + 1 < rows && random.chance(0.72)) ways.push(way(corner(column, row), corner(column, row + 1)));
      }
    }
    await imported(ways, 'grid');
    const joined = new Map<string, number>();
    for (const { path } of ways) for (const place of path) joined.set(keyOf(place), Number.POSITIVE_INFINITY);
    const nodes = Array.from({ length: columns * rows }, (_, i) => corner(i % columns, Math.floor(i / columns))).filter(place => joined.has(keyOf(place)));
    const parked = nodes.filter(() => random.chance(0.2));
    const origin = nodes[Math.floor(nodes.length / 2)]!;
    await lots(Object.fromEntries(parked.map((place, i) => [`grid ${i}`, place])));

    const answer = await search({ radius: 900, walk: 1_100, first: 100, explain: true }, origin);

    const shortest = bellmanFord(ways, origin);
    const expected = parked
      .map((place, i) => ({ name: `grid ${i}`, straight: coordinates.geodesicMetres(origin, place), metres: shortest.get(keyOf(place))! }))
      .filter(one => one.straight <= 900);
    const walked = new Map([...answer.edges, ...answer.leftOut].map((one: any) => [one.node.name, one.walkingMetres]));
    expect(answer.edges.map((edge: any) => edge.node.name).sort()).toEqual(expected.filter(one => one.metres <= 1_100).map(one => one.name).sort());
    expect(walked.size).toBe(expected.length);
    // A walk that is explained is looked for to 2 km.
    const wrong = expected.filter(({ name, metres }) => (metres > 2_000 ? walked.get(name) !== null : !(Math.abs(walked.get(name) - metres) < 0.2)));
    expect(wrong).toEqual([]);
    expect(expected.filter(one => one.metres > 1_100).length).toBe(6);
  });

  const keyOf = (place: Coordinate): string => `${Math.round(place.longitude * 1e7)} ${Math.round(place.latitude * 1e7)}`;

  function bellmanFord(ways: readonly WalkSegment[], origin: Coordinate): ReadonlyMap<string, number> {
    const metres = new Map(ways.flatMap(({ path }) => path.map(place => [keyOf(place), Number.POSITIVE_INFINITY] as const)));
    metres.set(keyOf(origin), 0);
    for (let changed = true; changed; ) {
      changed = false;
      for (const { path: [a, b] } of ways) {
        const length = coordinates.geodesicMetres(a!, b!);
        for (const [from, to] of [[a!, b!], [b!, a!]] as const) {
          if (metres.get(keyOf(from))! + length >= metres.get(keyOf(to))!) continue;
          metres.set(keyOf(to), metres.get(keyOf(from))! + length);
          changed = true;
        }
      }
    }
    return metres;
  }
});

describe('what a search pays', () => {
  test('the networks are asked once in five seconds, an area once a version; a search away from all of them asks for nothing else', async () => {
    const asked: string[] = [];
    const { database } = setting;
    const watched: Database = { ...database, queryPrepared: (text, params) => (asked.push(['walk_edge', 'walk_network'].find(table => text.includes(table)) ?? 'other'), database.queryPrepared(text, params)) };
    const services = { ...testServices(watched), clock: setting.scope.services.clock };
    const searched = async (origin: Coordinate): Promise<readonly string[]> => {
      asked.length = 0;
      const variableValues = { near: { coordinate: { ...origin, crs: 'WGS84' } }, radius: 500, walk: 300 };
      await execute({ schema: setting.schema, document: parse(SEARCH), contextValue: scopeOf(services), variableValues });
      return asked.filter(text => text !== 'other');
    };

    expect(await searched(at(-20_000, 0))).toEqual(['walk_network']);
    expect(await searched(at(-20_000, 0))).toEqual([]);
    expect(new Set(await searched(at(0, 4_500)))).toEqual(new Set(['walk_edge']));
    expect(await searched(at(10, 4_510))).toEqual([]);
    setting.clock.advance(5_000);
    expect(await searched(at(10, 4_510))).toEqual(['walk_network']);
  });
});
