import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { areaOf, whereOf } from '../../src/console/wall/area.js';
import { retryOf, waitBefore } from '../../src/console/wall/backoff.js';
import { fitPoints, roundDistance } from '../../src/console/wall/projection.js';
import { ageText, freeText, freshnessText, headlineOf, shownState, takenPart } from '../../src/console/wall/words.js';
import { routes } from '../../src/server/rooms.js';
import { startTestServer, type TestServer } from '../server/running.js';

const NOW = Date.parse('2026-02-13T09:00:00+08:00');
const live = (told: object = {}) => ({
  spaceClass: 'STANDARD', state: 'OPEN' as const, free: 3 as number | null, freeBand: null, quota: 10, capacity: 40, observedAt: '2026-02-13T08:59:20+08:00', staleAfter: '2026-02-13T09:00:01+08:00', source: 'REPORT' as const, reason: null, ...told,
});

test('P3: a number that has outlived its time is shown as unknown even before the server says so', () => {
  expect([shownState(live(), NOW), freeText(live(), NOW), takenPart(live(), NOW)]).toEqual(['OPEN', '3', 0.7]);
  expect([shownState(live(), NOW + 1_000), freeText(live(), NOW + 1_000), takenPart(live(), NOW + 1_000)]).toEqual(['UNKNOWN', '—', null]);
});

test('0 is a known zero, a band is written as its range, and where nothing is told there is a dash', () => {
  expect(freeText(live({ state: 'FULL', free: 0 }), NOW)).toBe('0');
  expect((['NONE', 'FEW', 'SOME', 'MANY'] as const).map(freeBand => freeText(live({ free: null, freeBand }), NOW))).toEqual(['0', '1–5', '6–20', '21+']);
  expect([freeText(live({ state: 'CLOSED', free: null, staleAfter: null }), NOW), freeText(null, NOW), shownState(null, NOW)]).toEqual(['—', '—', 'UNKNOWN']);
  expect(shownState(live({ state: 'SOME_NEW_STATE' }), NOW)).toBe('UNKNOWN');
});

test('a tile is coloured by its ordinary spaces, or by the first class where it has none', () => {
  const availability = { facilityId: 'f', version: '1', changedAt: '', precision: 'EXACT' as const };

  expect(headlineOf({ ...availability, classes: [live({ spaceClass: 'CHARGING' }), live()] })?.spaceClass).toBe('STANDARD');
  expect(headlineOf({ ...availability, classes: [live({ spaceClass: 'LARGE' })] })?.spaceClass).toBe('LARGE');
  expect(headlineOf({ ...availability, classes: [] })).toBeNull();
});

test('an age has one unit and is never less than nothing', () => {
  const observed = '2026-02-13T09:00:00+08:00';

  expect([-5, 0, 59, 60, 3_599, 3_600, 86_399, 86_400].map(seconds => ageText(observed, NOW + seconds * 1_000))).toEqual(['0 s', '0 s', '59 s', '1 min', '59 min', '1 h', '23 h', '1 d']);
  expect([freshnessText(live({ observedAt: null, source: 'WINDOWS' }), NOW), freshnessText(null, NOW)]).toEqual(['按时段', '']);
});

test('the area comes from the query string, and what is no area is said so', () => {
  const area = (query: string) => areaOf(new URLSearchParams(query));

  expect(whereOf(area('jurisdictionId=jur_1'), 'jur_1')).toEqual({ jurisdictionId: 'jur_1' });
  expect(area('jurisdiction=350502')).toEqual({ kind: 'CODE', code: '350502' });
  expect(whereOf(area('box=118.5,24.8,118.7,25'), null)).toEqual({ within: { box: { southWest: { longitude: 118.5, latitude: 24.8, crs: 'WGS84' }, northEast: { longitude: 118.7, latitude: 25, crs: 'WGS84' } } } });
  expect(whereOf(area(''), null)).toBeNull();
  for (const wrong of ['1,2,3', 'a,b,c,d', '118.7,24.8,118.5,25', '1,2,3,4,5']) expect(() => area(`box=${wrong}`)).toThrow(`box=${wrong} is not west,south,east,north`);
});

test('waiting doubles up to 20 s, and chance spreads the clients over half of it', () => {
  expect([0, 1, 2, 5, 6, 1_000].map(attempt => [waitBefore(attempt, 0), waitBefore(attempt, 0.999_999)])).toEqual([[250, 500], [500, 1_000], [1_000, 2_000], [8_000, 16_000], [10_000, 20_000], [10_000, 20_000]]);
});

test('a server that asks for patience is waited for as long as it says; a refusal is final', () => {
  const error = (code: string, told: object = {}) => ({ message: code, extensions: { code, ...told } });

  expect(retryOf([error('RATE_LIMITED', { retryAfterMs: 400 }), error('SERVICE_UNAVAILABLE', { retryAfterMs: 900 })])).toEqual({ retry: true, afterMs: 900 });
  expect(retryOf([error('INTERNAL')])).toEqual({ retry: true, afterMs: null });
  expect(retryOf([error('RATE_LIMITED'), error('BAD_USER_INPUT')])).toEqual({ retry: false });
  expect(retryOf([{ message: 'no code at all' }])).toEqual({ retry: false });
});

test('every point is inside the frame, north is up, east is right, and a metre is as long either way', () => {
  const point = fc.record({ longitude: fc.double({ min: 117.4, max: 119.1, noNaN: true }), latitude: fc.double({ min: 24.4, max: 26, noNaN: true }) });
  fc.assert(fc.property(fc.array(point, { minLength: 1, maxLength: 30 }), points => {
    const { place, metresPerUnit } = fitPoints(points, { width: 600, height: 400, margin: 20 });
    const [a, b] = [points[0]!, points.at(-1)!];

    for (const each of points.map(place)) {
      expect(each.x).toBeGreaterThanOrEqual(19.99);
      expect(each.x).toBeLessThanOrEqual(580.01);
      expect(each.y).toBeGreaterThanOrEqual(19.99);
      expect(each.y).toBeLessThanOrEqual(380.01);
    }
    expect(Math.sign(place(b).x - place(a).x)).toBe(Math.sign(b.longitude - a.longitude) || 0);
    expect(Math.sign(place(a).y - place(b).y)).toBe(Math.sign(b.latitude - a.latitude) || 0);
    const [west, east, south, north] = [Math.min(...points.map(each => each.longitude)), Math.max(...points.map(each => each.longitude)), Math.min(...points.map(each => each.latitude)), Math.max(...points.map(each => each.latitude))];
    const metres = { across: Math.max((east - west) * Math.cos((((south + north) / 2) * Math.PI) / 180), 0.02) * 111_320, up: Math.max(north - south, 0.02) * 111_320 };
    expect(metresPerUnit).toBeCloseTo(Math.max(metres.across / 560, metres.up / 360), 6);
  }));
  expect([0.7, 1, 4.9, 5, 19, 20, 3_400].map(roundDistance)).toEqual([0.5, 1, 2, 5, 10, 20, 2_000]);
});

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ assembly: { routes } });
});
afterAll(() => server.close());

test('the wall and all that it loads come from here, under a policy of its own that lets nothing else in', async () => {
  const get = async (path: string) => {
    const response = await fetch(new URL(path, server.url));
    return { status: response.status, text: await response.text(), policy: response.headers.get('content-security-policy') };
  };
  const page = await get('/wall?jurisdiction=350502');
  const importMap = /<script type="importmap">(.*?)<\/script>/.exec(page.text)![1]!;
  const linked = [...page.text.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(match => match[1]!);
  const seen = new Set<string>();
  const modules = [...linked, ...Object.values<string>(JSON.parse(importMap).imports)];
  for (const path of modules) {
    if (seen.has(path)) continue;
    seen.add(path);
    const { status, text } = await get(path);
    expect([path, status]).toEqual([path, 200]);
    if (path.endsWith('.js')) modules.push(...[...text.matchAll(/from '(\.[^']+)'/g)].map(match => new URL(match[1]!, `http://x${path}`).pathname));
  }

  expect([...seen].filter(path => path.startsWith('/wall/graphql-ws/'))).toHaveLength(2);
  expect(page.policy).toBe(`default-src 'none';script-src 'self' 'sha256-${createHash('sha256').update(importMap).digest('base64')}';style-src 'self';img-src 'self';connect-src 'self';base-uri 'none';form-action 'none';frame-ancestors 'none'`);
  expect(page.text).not.toMatch(/https?:\/\/|style=|\son\w+=/);
});

test.each(['/wall/nothing.js', '/wall/wall.html', '/wall/..%2Fmain.js', '/wall/README.md', '/wall/graphql-ws/..%2F..%2Fpackage.json', '/wall/graphql-ws/client.cjs'])('there is nothing at %s', async path => {
  const response = await fetch(new URL(path, server.url));

  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
});
