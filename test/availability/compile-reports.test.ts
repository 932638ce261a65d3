import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { addFacilities, facilityDraft, foundCity } from '../support/city.js';
import { scopeOf, system } from '../support/scope.js';
import { operationCompilers } from '../../src/server/rooms.js';
import { compileReports } from '../../src/availability/compile-reports.js';
import { parse, getOperationAST } from 'graphql';
import { startTestServer, type TestServer } from '../server/running.js';

let compiled: TestServer;
let plain: TestServer;
let facilityId: string;
let partyId: string;

beforeAll(async () => {
  const authenticate = async () => system;
  compiled = await startTestServer({ assembly: { authenticate, compilers: operationCompilers } });
  const scope = scopeOf(compiled.services);
  await foundCity(scope);
  [facilityId] = await addFacilities(scope, [facilityDraft('one', { longitude: 118.6, latitude: 24.9 })]) as [string];
  [partyId] = (await compiled.services.database.query<{ id: string }>('select id from party order by id')).map(row => row.id) as [string];
  plain = await startTestServer({ assembly: { authenticate }, database: compiled.services.database, services: { clock: compiled.services.clock } });
});

afterAll(async () => {
  await plain.close();
  await compiled.close();
});

const QUERY = `mutation Report($input: ReportOccupancyInput!) {
  told: reportOccupancy(input: $input) { __typename accepted ignored quarantined receipts(verdicts: [IGNORED, QUARANTINED]) { index verdict reason message } all: receipts { index verdict } userErrors { code message } }
}`;

const AS = { authorization: 'Bearer anybody' };

function input(nth: number, reports: readonly object[]): object {
  return { query: QUERY, variables: { input: { idempotencyKey: `key-${nth}`, partyId, reports } } };
}

test('a compiled report answers what the resolvers answer, refusals and all', async () => {
  const observedAt = '2026-02-13T08:59:00+08:00';
  const batches = [
    [{ facilityId, occupied: 3, observedAt }],
    [{ facilityId, occupied: -1, observedAt }, { facilityId: 'fac_00000000000000000000000000', free: 1, observedAt }, { facilityId, free: 1, occupied: 2, observedAt }, { facilityId, occupied: 99, observedAt: '2026-02-13T08:59:01+08:00' }],
    [{ facilityId, occupied: 3, observedAt, spaceClass: 'CHARGING' }, { facilityId, free: 3, observedAt: '2026-02-13T09:59:00+08:00' }],
    [],
  ];

  for (const [nth, reports] of batches.entries()) {
    const first = await compiled.post(input(nth, reports), AS);
    const again = await plain.post(input(nth, reports), AS);

    expect(first.body.errors).toBeUndefined();
    expect(again.body.data).toEqual(first.body.data);
  }
  const [broken, refused] = await Promise.all([compiled, plain].map(server => server.post(input(9, [{ facilityId, occupied: 'x', observedAt }]), AS)));
  expect(refused!.body.errors.map((error: any) => error.extensions.code)).toEqual(broken!.body.errors.map((error: any) => error.extensions.code));
});

test('an ordinary report is compiled; one behind a directive is left to the resolvers', () => {
  const { schema } = compiled.running.city;
  const compile = (text: string): unknown => {
    const document = parse(text);
    return compileReports(document, getOperationAST(document)!, schema);
  };

  expect(compile(QUERY)).toEqual(expect.any(Function));
  expect(compile(QUERY.replace('accepted', 'accepted @include(if: true)'))).toBeNull();
  expect(compile(`mutation { a: reportOccupancy(input: {reports: [], idempotencyKey: "a"}) { accepted } b: reportOccupancy(input: {reports: [], idempotencyKey: "b"}) { accepted } }`)).toBeNull();
});
