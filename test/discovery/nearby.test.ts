import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse, getOperationAST, execute, type GraphQLSchema } from 'graphql';
import { getArgumentValues, getVariableValues } from 'graphql/execution/values.js';
import { coordinates, type DayRule } from '../../src/kernel/index.js';
import type { Database, RequestScope } from '../../src/platform/index.js';
import { compileNearby, discoveryRoom } from '../../src/discovery/index.js';
import { facilitiesRoom } from '../../src/facilities/index.js';
import { identityRoom } from '../../src/identity/index.js';
import { sharingRoom } from '../../src/sharing/index.js';
import { assembleSchema } from '../../src/server/schema.js';
import { serverRoom } from '../../src/server/server-room.js';
import { addFacilities, addWindows, facilityDraft, foundCity, termsDraft } from '../support/city.js';
import { openTestDatabase } from '../support/database.js';
import { seeded } from '../support/random.js';
import { scopeOf, testServices } from '../support/scope.js';

const rooms = [identityRoom, facilitiesRoom, sharingRoom, discoveryRoom, serverRoom];
const CENTRE = { longitude: 118.589, latitude: 24.909 };
const NIGHT: DayRule[] = [{ days: { weekdays: [1, 2, 3, 4, 5, 6, 7] }, from: { minute: 18 * 60 }, until: { durationMinutes: 13.5 * 60 } }];

interface Planted {
  readonly id: string;
  readonly longitude: number;
  readonly latitude: number;
  readonly isNightOnly: boolean;
  readonly quota: number;
}

let database: Database;
let scope: RequestScope;
let schema: GraphQLSchema;
let planted: Planted[];

beforeAll(async () => {
  database = await openTestDatabase(rooms.flatMap(room => room.entities));
  scope = scopeOf(testServices(database));
  schema = assembleSchema(rooms);
  planted = await plant(150);
});

afterAll(() => database.close());

async function plant(count: number): Promise<Planted[]> {
  const random = seeded(2022);
  await foundCity(scope);
  const places = Array.from({ length: count }, () => ({
    longitude: CENTRE.longitude + (random.next() - 0.5) * 0.03,
    latitude: CENTRE.latitude + (random.next() - 0.5) * 0.03,
    isNightOnly: random.chance(0.5),
    quota: random.int(1, 9),
  }));
  const ids = await addFacilities(scope, places.map((place, i) => facilityDraft(String(i), place)));
  await addWindows(scope, places.map((place, i) => ({
    facility: { id: ids[i]! },
    source: 'test',
    sourceCode: `w${i}`,
    terms: termsDraft({ quota: { STANDARD: place.quota, CHARGING: 0, ACCESSIBLE: 0, LARGE: 0, MECHANICAL: 0 }, ...(place.isNightOnly ? { rules: NIGHT, mode: 'OFF_PEAK_SHARE' as const } : {}) }),
  })));
  return places.map((place, i) => ({ ...place, id: ids[i]! }));
}

async function ask(text: string, variables: Record<string, unknown> = {}): Promise<any> {
  const result = await execute({ schema, document: parse(text), contextValue: scopeOf(scope.services), variableValues: variables });
  if (result.errors) throw result.errors[0]!;
  return JSON.parse(JSON.stringify(result.data)).nearbyFacilities;
}

const SEARCH = `query ($near: NearInput!, $radius: Int!, $during: IntervalInput, $first: Int, $after: String, $spaces: Int, $orderBy: NearbyOrder, $explain: Boolean, $crs: Crs) {
  nearbyFacilities(near: $near, radiusMetres: $radius, during: $during, first: $first, after: $after, spaces: $spaces, orderBy: $orderBy, explain: $explain, crs: $crs) {
    edges { cursor distanceMetres walkingMetres walkingKind until firstBookableAt
      node { id code name category coordinate { longitude latitude crs } }
      availability { state free quota capacity source observedAt }
      windows { windowId name mode startsAt endsAt quota coversWhole isProvisional onDate }
      eligibility { allowed reasons { code message } } price { amountFen } }
    pageInfo { hasNextPage endCursor } origin { longitude latitude crs } during { startsAt endsAt }
    leftOut { node { id } distanceMetres eligibility { allowed reasons { code } } firstBookableAt }
  }
}`;

const near = (place: { longitude: number; latitude: number }, crs = 'WGS84') => ({ coordinate: { longitude: place.longitude, latitude: place.latitude, crs } });
const evening = { startsAt: '2026-03-03T19:00:00+08:00', endsAt: '2026-03-03T21:00:00+08:00' };
const noon = { startsAt: '2026-03-03T12:00:00+08:00', endsAt: '2026-03-03T13:00:00+08:00' };

const bruteForce = (centre: { longitude: number; latitude: number }, radius: number, keep: (one: Planted) => boolean): string[] =>
  planted
    .filter(keep)
    .map(one => ({ id: one.id, metres: Math.round(coordinates.geodesicMetres(centre, one) * 10) / 10 }))
    .filter(({ metres }) => metres <= radius)
    .sort((a, b) => a.metres - b.metres || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id);

describe('nearbyFacilities', () => {
  test('2.1-3: what is found at night and at noon is what a brute force over every facility finds, nearest first', async () => {
    const random = seeded(7);
    for (let i = 0; i < 20; i++) {
      const centre = { longitude: CENTRE.longitude + (random.next() - 0.5) * 0.02, latitude: CENTRE.latitude + (random.next() - 0.5) * 0.02 };
      const radius = random.pick([100, 500, 1_200, 5_000]);

      const atNight = await ask(SEARCH, { near: near(centre), radius, during: evening, first: 100 });
      const atNoon = await ask(SEARCH, { near: near(centre), radius, during: noon, first: 100 });

      expect(atNight.edges.map((edge: any) => edge.node.id)).toEqual(bruteForce(centre, radius, () => true).slice(0, 100));
      expect(atNoon.edges.map((edge: any) => edge.node.id)).toEqual(bruteForce(centre, radius, one => !one.isNightOnly).slice(0, 100));
    }
  });

  test('pages by cursor hold every facility once, in the order of one long page', async () => {
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page: any = await ask(SEARCH, { near: near(CENTRE), radius: 5_000, during: evening, first: 7, after });
      seen.push(...page.edges.map((edge: any) => edge.node.id));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after !== null);

    expect(seen).toEqual(bruteForce(CENTRE, 5_000, () => true));
  });

  test('a cursor of another order, or of another list, is refused', async () => {
    const page = await ask(SEARCH, { near: near(CENTRE), radius: 5_000, during: evening, first: 3, orderBy: 'MOST_FREE' });
    const foreign = Buffer.from(JSON.stringify([111.5, planted[0]!.id])).toString('base64url');

    for (const after of [page.pageInfo.endCursor, foreign]) {
      await expect(ask(SEARCH, { near: near(CENTRE), radius: 5_000, during: evening, first: 3, after })).rejects.toMatchObject({ extensions: { code: 'BAD_USER_INPUT', field: 'after' } });
    }
  });

  test('pages by MOST_FREE hold every facility once, too', async () => {
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page: any = await ask(SEARCH, { near: near(CENTRE), radius: 5_000, during: evening, first: 40, after, orderBy: 'MOST_FREE' });
      seen.push(...page.edges.map((edge: any) => edge.node.id));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after !== null);

    expect([...seen].sort()).toEqual(bruteForce(CENTRE, 5_000, () => true).sort());
  });

  test('G1: the same place named in GCJ-02 and BD-09 finds the same facilities; an unshifted number would not', async () => {
    const wanted = await ask(SEARCH, { near: near(CENTRE), radius: 500, during: evening, first: 100 });
    for (const crs of ['GCJ02', 'BD09', 'CGCS2000'] as const) {
      const named = coordinates.fromWgs84(CENTRE, crs);
      const found = await ask(SEARCH, { near: near(named, crs), radius: 500, during: evening, first: 100, crs });

      expect(found.edges.map((edge: any) => edge.node.id)).toEqual(wanted.edges.map((edge: any) => edge.node.id));
      expect(found.origin.crs).toBe(crs);
      expect(coordinates.geodesicMetres(found.origin, named)).toBeLessThan(0.5);
    }
    const mistaken = await ask(SEARCH, { near: near(coordinates.fromWgs84(CENTRE, 'GCJ02')), radius: 500, during: evening, first: 100 });
    expect(mistaken.edges.map((edge: any) => edge.node.id)).not.toEqual(wanted.edges.map((edge: any) => edge.node.id));
  });

  test('an edge says what is free, which windows lend, until when, and that the figure comes from windows', async () => {
    const only = planted.find(one => one.isNightOnly)!;
    const [edge] = (await ask(SEARCH, { near: { facilityId: only.id }, radius: 500, during: evening, first: 1 })).edges;

    expect(edge).toMatchObject({
      distanceMetres: 0,
      node: { id: only.id },
      availability: { state: 'OPEN', free: only.quota, quota: only.quota, capacity: 20, source: 'WINDOWS', observedAt: null },
      windows: [{ name: '全天', mode: 'OFF_PEAK_SHARE', startsAt: '2026-03-03T18:00:00+08:00', endsAt: '2026-03-04T07:30:00+08:00', onDate: '2026-03-03', quota: only.quota, coversWhole: true, isProvisional: false }],
      until: '2026-03-04T07:30:00+08:00',
      firstBookableAt: '2026-03-03T19:00:00+08:00',
      eligibility: { allowed: true, reasons: [] },
      price: { amountFen: 0 },
    });
  });

  test('T11: an interval that leaves the window is left out, with the rule that decided and the first start that fits', async () => {
    const only = planted.find(one => one.isNightOnly)!;
    const during = { startsAt: '2026-03-03T17:00:00+08:00', endsAt: '2026-03-03T19:00:00+08:00' };

    const answer = await ask(SEARCH, { near: { facilityId: only.id }, radius: 500, during, first: 100, explain: true });

    expect(answer.edges.map((edge: any) => edge.node.id)).not.toContain(only.id);
    expect(answer.leftOut[0]).toEqual({
      node: { id: only.id },
      distanceMetres: 0,
      eligibility: { allowed: false, reasons: [{ code: 'NOT_LENT' }, { code: 'WEEKLY_RULE' }] },
      firstBookableAt: '2026-03-03T18:00:00+08:00',
    });
  });

  test('asking for more spaces than are lent leaves a facility out; MOST_FREE puts the most first', async () => {
    const six = await ask(SEARCH, { near: near(CENTRE), radius: 5_000, during: evening, first: 100, spaces: 6 });
    expect(six.edges.map((edge: any) => edge.node.id)).toEqual(bruteForce(CENTRE, 5_000, one => one.quota >= 6));

    const ordered = await ask(SEARCH, { near: near(CENTRE), radius: 5_000, during: evening, first: 100, orderBy: 'MOST_FREE' });
    const free = ordered.edges.map((edge: any) => edge.availability.free);
    expect(free).toEqual([...free].sort((a, b) => b - a));
  });

  test('bad numbers are refused by name, all at once, and never reach the database', async () => {
    await expect(ask(SEARCH, { near: near(CENTRE), radius: 0, spaces: 101, during: { startsAt: evening.endsAt, endsAt: evening.startsAt } })).rejects.toMatchObject({
      extensions: { code: 'BAD_USER_INPUT', field: 'radiusMetres' },
      message: 'radiusMetres must be 1 to 5000, got 0; spaces must be 1 to 100, got 101; an interval must end after it starts',
    });
    await expect(ask(SEARCH, { near: near(CENTRE), radius: 500, during: { startsAt: new Date(scope.clock.now() - 6 * 60_000).toISOString(), endsAt: evening.endsAt } })).rejects.toMatchObject({
      extensions: { code: 'BAD_USER_INPUT', field: 'during.startsAt' }, message: 'the stay would have begun 6 minutes ago',
    });
    await expect(ask(SEARCH, { near: near({ longitude: 0, latitude: 0 }), radius: 500 })).rejects.toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
    await expect(ask(SEARCH, { near: near(CENTRE), radius: 500, after: 'nonsense' })).rejects.toMatchObject({ extensions: { code: 'BAD_USER_INPUT', field: 'after' } });
    await expect(ask(SEARCH, { near: { facilityId: 'fac_01j00000000000000000000000' }, radius: 500 })).rejects.toMatchObject({ extensions: { code: 'NOT_FOUND' } });
  });

  test('a facility that closes is gone from the next search: a kept row is never used past its version', async () => {
    const one = planted[0]!;
    const before = await ask(SEARCH, { near: { facilityId: one.id }, radius: 10, during: evening });
    expect(before.edges.map((edge: any) => edge.node.id)).toContain(one.id);

    await addFacilities(scope, [facilityDraft('0', one, { observedOn: '2026-01-06', zones: [{ code: 'MAIN', capacity: [{ spaceClass: 'STANDARD', total: 20, shareable: 20, outOfService: 20 }] }] })]);

    const after = await ask(SEARCH, { near: { facilityId: one.id }, radius: 10, during: evening });
    expect(after.edges.map((edge: any) => edge.node.id)).not.toContain(one.id);
    await addFacilities(scope, [facilityDraft('0', one, { observedOn: '2026-01-07', zones: [{ code: 'MAIN', capacity: [{ spaceClass: 'STANDARD', total: 20, shareable: 20, outOfService: 0 }] }] })]);
  });
});

/** Prices are asked of billing, by the resolvers alone. */
const UNPRICED = SEARCH.replace(' price { amountFen }', '');

describe('the compiled twin', () => {
  async function compiled(text: string, variables: Record<string, unknown>): Promise<any> {
    const document = parse(text);
    const operation = getOperationAST(document)!;
    const run = compileNearby(document, operation, schema)!;
    const coerced = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
    const field = schema.getQueryType()!.getFields().nearbyFacilities!;
    const args = getArgumentValues(field, operation.selectionSet.selections[0] as never, coerced.coerced!);
    const data = await run(scopeOf(scope.services), coerced.coerced!, { nearbyFacilities: args });
    return JSON.parse(data!).nearbyFacilities;
  }

  test('writes what the resolvers answer, on random queries', async () => {
    const random = seeded(99);
    for (let i = 0; i < 40; i++) {
      const place = { longitude: CENTRE.longitude + (random.next() - 0.5) * 0.04, latitude: CENTRE.latitude + (random.next() - 0.5) * 0.04 };
      const variables = {
        near: near(place),
        radius: random.pick([50, 500, 2_000]),
        during: random.pick([evening, noon, null]),
        first: random.int(1, 30),
        spaces: random.int(1, 7),
        orderBy: random.pick(['DISTANCE', 'WALKING', 'MOST_FREE']),
        explain: random.chance(0.3),
        crs: random.pick(['WGS84', 'GCJ02']),
      };

      expect(await compiled(UNPRICED, variables)).toEqual(await ask(UNPRICED, variables));
    }
  });

  test('follows fragments and aliases, and leaves to the resolvers what it cannot know', () => {
    const compiles = (text: string): boolean => {
      const document = parse(text);
      return compileNearby(document, getOperationAST(document)!, schema) !== null;
    };
    const place = `near: { coordinate: { longitude: 118.5, latitude: 24.9, crs: WGS84 } }`;

    expect(compiles(`{ nearby: nearbyFacilities(${place}) { edges { ...e } } } fragment e on NearbyFacilityEdge { at: distanceMetres node { ... on Node { id } } }`)).toBe(true);
    expect(compiles(`{ nearbyFacilities(${place}) { edges { node { zones { id } } } } }`)).toBe(false);
    expect(compiles(SEARCH)).toBe(false);
    expect(compiles(`query ($yes: Boolean!) { nearbyFacilities(${place}) { edges { cursor @include(if: $yes) } } }`)).toBe(false);
    expect(compiles(`{ nearbyFacilities(${place}) { edges { cursor } } serviceInfo { version } }`)).toBe(false);
  });
});
