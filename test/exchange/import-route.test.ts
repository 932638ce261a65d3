import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { request } from 'node:http';
import iconv from 'iconv-lite';
import type { Viewer } from '../../src/platform/index.js';
import { importRoutes } from '../../src/exchange/index.js';
import { anonymous, scopeOf, system } from '../support/scope.js';
import { startTestServer, type TestServer } from '../server/running.js';
import { workbook } from './files.js';
import { HEADING, facility, registerQuanzhou, table } from './register.js';

let server: TestServer;
let address: string;

const nobodys: Viewer = { ...system, kind: 'TOKEN', actorId: 'narrow', grants: [{ action: 'import:read', partyId: null, jurisdictionCode: '350503' }] };

beforeAll(async () => {
  const authenticate = async (_services: unknown, credential: string | null) => (credential === null ? anonymous : credential.endsWith('narrow') ? nobodys : system);
  server = await startTestServer({ assembly: { routes: importRoutes, authenticate } });
  address = server.running.address;
  await registerQuanzhou(scopeOf(server.services));
});
afterAll(() => server.close());

async function post(path: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<{ status: number; body: any }> {
  const response = await fetch(`${address}${path}`, { method: 'POST', body: new Uint8Array(Buffer.from(body)), headers: { authorization: 'Bearer key', 'content-type': 'text/csv', 'accept-language': 'en', ...headers } });
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text };
}

const DECLARED = 'source=http&city=350500&crs=WGS84&observedOn=2026-01-31';
const facilities = async (source: string) => (await server.services.database.query<{ code: string }>('select source_code as code from facility where source = $1 order by source_code', [source])).map(row => row.code);

describe('POST /imports/{kind}', () => {
  test('takes a table by the template and answers its report', async () => {
    const { status, body } = await post(`/imports/facilities?${DECLARED}`, table(HEADING, facility('A'), facility('B')));

    expect([status, body.report.state, body.report.created]).toEqual([200, 'DONE', 2]);
    expect(await facilities('http')).toEqual(['A', 'B']);
  });

  test('a refused row keeps all out, and the answer is 422 with the report; valid rows alone are 200', async () => {
    const file = table(HEADING, facility('C'), facility('D', { name: '' }));
    const all = await post(`/imports/facilities?${DECLARED.replace('http', 'http-2')}`, file);
    const valid = await post(`/imports/facilities?${DECLARED.replace('http', 'http-3')}&mode=VALID_ROWS`, file);

    expect([all.status, all.body.report.state, all.body.report.problems[0].rule.code]).toEqual([422, 'REFUSED', 'MISSING']);
    expect([valid.status, valid.body.report.created, valid.body.report.refused]).toEqual([200, 1, 1]);
    expect([await facilities('http-2'), await facilities('http-3')]).toEqual([[], ['C']]);
  });

  test.each([['CSV', 'text/csv', (heading: string) => `${heading}\n`], ['a workbook', 'application/octet-stream', (heading: string) => workbook([heading.split(',')])]])('a heading without rows is checked as one with rows: %s', async (_name, type, file) => {
    const right = await post(`/imports/facilities?${DECLARED}`, file(HEADING), { 'content-type': type });
    const wrong = await post(`/imports/facilities?${DECLARED}`, file(`${HEADING},colour`), { 'content-type': type });

    expect([right.status, right.body.report.state, right.body.report.rows]).toEqual([200, 'DONE', 0]);
    expect([wrong.status, wrong.body.report.problems.map((each: { row: number; rule: { code: string } }) => [each.row, each.rule.code])]).toEqual([422, [[1, 'COLUMN_UNKNOWN']]]);
  });

  test('takes GB18030 by its charset, and a workbook', async () => {
    const encoded = await post(`/imports/facilities?${DECLARED.replace('http', 'gbk')}`, iconv.encode(table(HEADING, facility('E')), 'gb18030'), { 'content-type': 'text/csv; charset=gbk' });
    const sheet = await post(`/imports/facilities?${DECLARED.replace('http', 'sheet')}`, workbook([HEADING.split(','), ['F', '东湖', 'SOCIAL_PUBLIC', 'PARK', 'PUBLIC', 350503, 118.6007, 24.899, 12]]), { 'content-type': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' });

    expect([encoded.body.report.encoding, encoded.body.report.created]).toEqual(['GB18030', 1]);
    expect([sheet.body.report.format, sheet.body.report.created]).toEqual(['XLSX', 1]);
  });

  test('a walking network needs no day; as a table it is refused with the format that is taken', async () => {
    const ways = JSON.stringify({ type: 'FeatureCollection', features: [{ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: [[118.6, 24.9], [118.601, 24.9]] } }] });
    const taken = await post('/imports/walk-network?source=osm&city=350500&crs=WGS84', ways, { 'content-type': 'application/geo+json' });
    const again = await post('/imports/walk-network?source=osm&city=350500&crs=WGS84', ways, { 'content-type': 'application/geo+json' });
    const table = await post('/imports/walk-network?source=osm&city=350500&crs=WGS84', 'lengthMetres\n100\n');
    const shown = await server.post({ query: 'query ($id: ID!) { importRun(id: $id) { kind state created } }', variables: { id: taken.body.report.runId } }, { authorization: 'Bearer key' });

    expect([[taken.status, taken.body.report.created], [again.status, again.body.report.unchanged]]).toEqual([[200, 1], [200, 1]]);
    expect([table.status, table.body.report.problems.map((each: { rule: { code: string }; en: string }) => [each.rule.code, each.en])]).toEqual([422, [['FORMAT_NOT_TAKEN', 'a walk-network is taken from GEOJSON alone, and this file is CSV']]]);
    expect(shown.body.data.importRun).toEqual({ kind: 'WALK_NETWORK', state: 'DONE', created: 1 });
  });

  test('tells progress line by line where asked to', async () => {
    const file = table(HEADING, ...Array.from({ length: 600 }, (_, index) => facility(`P${index}`)));
    const response = await fetch(`${address}/imports/facilities?${DECLARED}&dryRun=true`, { method: 'POST', body: file, headers: { authorization: 'Bearer key', 'content-type': 'text/csv', accept: 'application/x-ndjson' } });
    const lines = (await response.text()).trim().split('\n').map(line => JSON.parse(line));

    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/x-ndjson; charset=utf-8']);
    expect(lines.map(line => line.progress?.rows ?? line.report.state)).toEqual([500, 600, 'DONE']);
  });

  test.each([
    ['no coordinate system', '/imports/facilities?source=x&observedOn=2026-01-31', {}, 400, 'BAD_USER_INPUT'],
    ['no source', '/imports/facilities?crs=WGS84&observedOn=2026-01-31', {}, 400, 'BAD_USER_INPUT'],
    ['a walking network of no city', '/imports/walk-network?source=x&crs=WGS84', {}, 400, 'BAD_USER_INPUT'],
    ['an unknown parameter', `/imports/facilities?${DECLARED}&dryrun=true`, {}, 400, 'BAD_USER_INPUT'],
    ['a parameter given twice', `/imports/facilities?${DECLARED}&crs=GCJ02`, {}, 400, 'BAD_USER_INPUT'],
    ['a day that does not exist', '/imports/facilities?source=a&crs=GCJ02&observedOn=2026-13-01', {}, 400, 'BAD_USER_INPUT'],
    ['a city that is no code', `/imports/facilities?${DECLARED.replace('350500', 'quanzhou')}`, {}, 400, 'BAD_USER_INPUT'],
    ['an unknown mode', `/imports/facilities?${DECLARED}&mode=SOME`, {}, 400, 'BAD_USER_INPUT'],
    ['an unknown media type', `/imports/facilities?${DECLARED}`, { 'content-type': 'multipart/form-data' }, 400, 'BAD_USER_INPUT'],
    ['an unknown kind', `/imports/spaces?${DECLARED}`, {}, 404, 'NOT_FOUND'],
    ['a mapping that is not stored', `/imports/facilities?${DECLARED}&mapping=nowhere`, {}, 404, 'NOT_FOUND'],
    ['no right', `/imports/facilities?${DECLARED}`, { authorization: 'Bearer narrow' }, 403, 'FORBIDDEN'],
    ['nobody', `/imports/facilities?${DECLARED}`, { authorization: '' }, 401, 'UNAUTHENTICATED'],
  ])('%s is a typed refusal, and no run begins', async (_name, path, headers, status, code) => {
    const runs = await server.services.database.query('select count(*)::int as runs from import_run');
    const answer = await post(path, table(HEADING, facility('A')), headers);

    expect([answer.status, answer.body.errors[0].extensions.code]).toEqual([status, code]);
    expect(await server.services.database.query('select count(*)::int as runs from import_run')).toEqual(runs);
  });

  test('a body beyond 64 MB is refused while it comes, and no run begins', async () => {
    const answer = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      const upload = request(`${address}/imports/facilities?${DECLARED}`, { method: 'POST', headers: { authorization: 'Bearer key', 'content-type': 'text/csv' } }, response => {
        let text = '';
        response.on('data', chunk => (text += chunk)).on('end', () => resolve({ status: response.statusCode!, text }));
      });
      upload.on('error', reject);
      const piece = Buffer.alloc(1024 * 1024, 'x');
      let sent = 0;
      const more = (): void => {
        while (sent < 65) {
          sent += 1;
          if (!upload.write(piece)) return void upload.once('drain', more);
        }
        upload.end();
      };
      more();
    });

    expect([answer.status, JSON.parse(answer.text).errors[0].extensions.problems[0].code]).toEqual([400, 'FILE_TOO_LARGE']);
  });
});

describe('mappings and templates', () => {
  const MAPPING = `source: feed\nkind: facilities\ncity: '350500'\ncrs: WGS84\nobservedOn: 2026-01-31\nfields: { sourceCode: no, name: 名称, category: { constant: SOCIAL_PUBLIC }, sector: { constant: PARK }, resourceKind: { constant: PUBLIC }, jurisdictionCode: { constant: '350503' }, longitude: x, latitude: y, standardSpaces: n }\n`;

  async function put(name: string, body: string): Promise<{ status: number; body: any }> {
    const response = await fetch(`${address}/imports/mappings/${name}`, { method: 'PUT', body, headers: { authorization: 'Bearer key', 'accept-language': 'en' } });
    return { status: response.status, body: await response.json() };
  }

  test('a mapping is stored once and used by name', async () => {
    const stored = await put('city-feed', MAPPING);
    const { body } = await post('/imports/facilities?mapping=city-feed', table('no,名称,x,y,n', 'Z,西湖,118.6,24.9,5'));

    expect([stored.status, stored.body.mapping]).toEqual([200, { name: 'city-feed' }]);
    expect([body.report.source, body.report.created]).toEqual(['feed', 1]);
  });

  test('a faulty mapping is refused with every problem, and a column that it names and the file lacks refuses the run', async () => {
    const faulty = await put('faulty', MAPPING.replace('WGS84', 'WGS-84'));
    await put('city-feed', MAPPING);
    const { status, body } = await post('/imports/facilities?mapping=city-feed', table('no,name,x,y,n', 'Z,西湖,118.6,24.9,5'));

    expect([faulty.status, faulty.body.errors[0].extensions.problems.map((each: { field: string }) => each.field)]).toEqual([400, ['mapping.crs']]);
    expect([status, body.report.problems.map((each: { row: number; rule: { code: string } }) => [each.row, each.rule.code])]).toEqual([422, [[1, 'COLUMN_MISSING']]]);
  });

  test('the template of a kind imports as it stands, after its example is replaced', async () => {
    const response = await fetch(`${address}/imports/facilities/template.csv`);

    expect([response.status, response.headers.get('content-type'), (await response.text()).split('\r\n')[0]!.includes('sourceCode,name')]).toEqual([200, 'text/csv; charset=utf-8', true]);
  });

  test('the template of a walking network is GeoJSON and imports as it stands; no kind has two templates', async () => {
    const response = await fetch(`${address}/imports/walk-network/template.geojson`);
    const { status, body } = await post('/imports/walk-network?source=template&city=350500&crs=WGS84', await response.text(), { 'content-type': 'application/geo+json' });
    const others = await Promise.all(['walk-network/template.csv', 'facilities/template.geojson'].map(async path => (await fetch(`${address}/imports/${path}`)).status));

    expect([response.status, response.headers.get('content-type'), status, body.report.created]).toEqual([200, 'application/geo+json', 200, 1]);
    expect(others).toEqual([404, 404]);
  });
});

describe('GraphQL', () => {
  const RUNS = '{ importRuns(first: 50) { totalCount edges { node { id kind state source rows created refused problems(first: 1) { totalCount pageInfo { hasNextPage endCursor } edges { node { row column value code severity message } } } } } } }';

  test('a run is found with its problems, in pages and in the language of the request', async () => {
    await post(`/imports/facilities?${DECLARED.replace('http', 'shown')}&mode=VALID_ROWS`, table(HEADING, facility('A', { name: '' }), facility('B', { standardSpaces: 'many' })));
    const { body } = await server.post({ query: RUNS }, { authorization: 'Bearer key' });
    const run = body.data.importRuns.edges.find((edge: { node: { source: string } }) => edge.node.source === 'shown').node;
    const second = await server.post({ query: 'query ($id: ID!, $after: String) { importRun(id: $id) { problems(first: 5, after: $after) { edges { node { row code message } } } } node(id: $id) { __typename } }', variables: { id: run.id, after: run.problems.pageInfo.endCursor } }, { authorization: 'Bearer key' });

    expect(run).toMatchObject({ kind: 'FACILITIES', state: 'DONE', source: 'shown', rows: 2, created: 0, refused: 2, problems: { totalCount: 2, pageInfo: { hasNextPage: true }, edges: [{ node: { row: 2, column: 'name', value: null, code: 'MISSING', severity: 'REFUSED' } }] } });
    expect(second.body.data).toEqual({ importRun: { problems: { edges: [{ node: { row: 3, code: 'NOT_A_NUMBER', message: "'many' is no number" } }] } }, node: { __typename: 'ImportRun' } });
  });

  test("whose right is narrowed sees its own runs only, and nobody sees none", async () => {
    const narrow = await server.post({ query: RUNS }, { authorization: 'Bearer narrow' });
    const none = await server.post({ query: RUNS });

    expect(narrow.body.data.importRuns).toEqual({ totalCount: 0, edges: [] });
    expect(none.body.errors[0].extensions.code).toBe('UNAUTHENTICATED');
  });
});
