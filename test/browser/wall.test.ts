import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemClock, type Database, type Viewer } from '../../src/platform/index.js';
import { turnBoundaries } from '../../src/availability/boundary-clock.js';
import { anonymousViewer } from '../../src/identity/index.js';
import { rooms, routes } from '../../src/server/rooms.js';
import { startJobs } from '../../src/server/jobs.js';
import { addFacilities, addWindows, facilityDraft, foundCity, termsDraft } from '../support/city.js';
import { openTestDatabase } from '../support/database.js';
import { scopeOf, system } from '../support/scope.js';
import { startTestServer, type TestServer } from '../server/running.js';
import { startBrowser, type Browser, type Page } from './chromium.js';

let database: Database;
let server: TestServer;
let jobs: { stop(): Promise<void> };
let browser: Browser;
let page: Page;
let ownerId: string;
let calls = 0;
const facility: Record<string, string> = {};

beforeAll(async () => {
  database = await openTestDatabase(rooms.flatMap(room => room.entities));
  browser = await startBrowser();
  await start('0');
  await furnish();
  await turnBoundaries(server.services);
  await report({ east: 8, west: 20 });
  page = await browser.open();
});

afterAll(async () => {
  await browser?.close();
  await stop();
  await database?.close();
});

/** The product's server on a port of its own, with the jobs that turn its boundaries, and a clock that goes. */
async function start(port: string): Promise<void> {
  const authenticate = async (_services: unknown, credential: string | null): Promise<Viewer> => (credential === null ? anonymousViewer : { ...system, partyIds: [ownerId], limitClass: 'BENCH' });
  server = await startTestServer({ database, environment: { PORT: port }, services: { clock: systemClock } as never, assembly: { routes, authenticate, starters: rooms.flatMap(room => room.starters ?? []) } });
  jobs = startJobs(server.services, rooms.flatMap(room => room.jobs ?? []));
}

async function stop(): Promise<void> {
  await jobs?.stop();
  await server?.close();
}

async function furnish(): Promise<void> {
  const scope = scopeOf(server.services);
  await foundCity(scope);
  const names = { east: '东街停车场', west: '西街停车场', silent: '南门停车场', closed: '北门停车场' };
  const drafts = Object.entries(names).map(([code, name], index) => facilityDraft(code, { longitude: 118.58 + index * 0.004, latitude: 24.905 + index * 0.003 }, { name }));
  const ids = await addFacilities(scope, drafts);
  Object.keys(names).forEach((code, index) => (facility[code] = ids[index]!));
  await addWindows(scope, ['east', 'west', 'silent'].map(code => ({ facility: { id: facility[code]! }, terms: termsDraft() })));
  ownerId = (await database.query<{ id: string }>(`select id from party where name = '泉州公共停车公司'`))[0]!.id;
}

/** Reports so many occupied spaces of the 20 of each facility. */
async function report(occupied: Readonly<Record<string, number>>): Promise<void> {
  const observedAt = new Date(systemClock.now()).toISOString();
  const reports = Object.entries(occupied).map(([code, count]) => ({ facilityId: facility[code], occupied: count, observedAt }));
  const { body } = await server.post({
    query: 'mutation ($input: ReportOccupancyInput!) { reportOccupancy(input: $input) { accepted } }',
    variables: { input: { partyId: ownerId, reports, idempotencyKey: `call ${calls++}` } },
  }, { authorization: 'Bearer owner' });
  expect(body).toMatchObject({ data: { reportOccupancy: { accepted: reports.length } } });
}

const TILES = `[...document.querySelectorAll('.tile')].map(tile => [tile.querySelector('.name').textContent, tile.dataset.state, tile.querySelector('.number').textContent])`;
const numberOf = (code: string): string => `document.getElementById('${facility[code]}')?.querySelector('.number').textContent`;
const isLive = `document.getElementById('connection').dataset.state === 'LIVE'`;
const ledger = () => page.read<Record<string, string>>(`({ ...document.getElementById('ledger').dataset })`);

test('the wall shows every facility by name, with the state in words, a shape and a number', async () => {
  await page.goTo(new URL('/wall?jurisdiction=350502', server.url).href);
  await page.until(`${isLive} && document.querySelectorAll('.tile').length === 4 && ${numberOf('east')} === '5 / 5'`);

  expect(await page.read(TILES)).toEqual(expect.arrayContaining([['东街停车场', 'OPEN', '5 / 5'], ['西街停车场', 'FULL', '0 / 5'], ['北门停车场', 'CLOSED', '—']]));
  expect(await page.read(`[...document.querySelectorAll('.tile')].map(tile => tile.querySelector('use').getAttribute('href') === '#shape-' + tile.dataset.state && tile.getAttribute('aria-label').includes(tile.querySelector('.name').textContent))`)).toEqual([true, true, true, true]);
  expect(await page.read(`document.getElementById('place').textContent`)).toBe('鲤城区');
  await page.until(`document.getElementById('total-facilities').textContent === '4' && document.querySelector('#states [data-state=FULL] b').textContent === '1'`);
});

test('a report changes its tile within a second, and no other', async () => {
  // Ages tick by themselves; what a change writes beyond an age is the label.
  await page.read(`window.touched = new Set(); new MutationObserver(all => all.forEach(({ target }) => touched.add(target.id))).observe(document.getElementById('tiles'), { subtree: true, attributeFilter: ['aria-label'] }); 1`);
  await report({ east: 18 });
  await page.until(`${numberOf('east')} === '2 / 5'`, 1_000);

  await page.read(`touched.clear(); 1`);
  await report({ west: 19 });
  await page.until(`${numberOf('west')} === '1 / 5'`, 1_000);
  expect(await page.read(`document.getElementById('${facility.west}').dataset.state`)).toBe('OPEN');
  expect(await page.read(`[...touched]`)).toEqual([facility.west]);
  expect((await ledger()).missed).toBe('0');
});

test('P8: after a restart of the server on the same port it resumes: nothing is missed, nothing needs a resync', async () => {
  const { port } = new URL(server.url);
  await report({ silent: 16 });
  await page.until(`${numberOf('silent')} === '4 / 5'`);

  await stop();
  await page.until(`document.getElementById('connection').dataset.state === 'WAITING'`);
  expect(await page.read(`getComputedStyle(document.getElementById('tiles')).filter`)).toContain('grayscale');
  await start(port);
  for (const occupied of [17, 18, 19]) await report({ silent: occupied });
  await report({ east: 20 });
  await page.until(`${isLive} && ${numberOf('silent')} === '1 / 5' && ${numberOf('east')} === '0 / 5'`, 30_000);

  expect(await ledger()).toMatchObject({ missed: '0', resyncs: '0' });
}, 60_000);

test('the keyboard reaches and opens every tile, finds by name, and hides a state', async () => {
  await page.read(`document.querySelector('.tile[tabindex="0"]').focus()`);
  const names: string[] = [];
  for (let i = 0; i < 4; i++) {
    names.push(await page.read<string>(`document.activeElement.querySelector('.name').textContent`));
    await page.press('ArrowRight');
  }
  await page.press('Enter');
  await page.until(`document.getElementById('detail').open`);
  const detail = await page.read<string>(`document.getElementById('detail-name').textContent`);
  await page.read(`document.getElementById('detail').close()`);
  await page.press('/');
  await page.read(`(() => { const search = document.activeElement; search.value = '西'; search.dispatchEvent(new Event('input', { bubbles: true })); })()`);
  await page.until(`document.querySelectorAll('.tile').length === 1`);

  expect(new Set(names).size).toBe(4);
  expect(detail).toBe(names[3]);
  expect(await page.read(`document.activeElement.id`)).toBe('search');
  await page.read(`(() => { const search = document.activeElement; search.value = ''; search.dispatchEvent(new Event('input', { bubbles: true })); document.querySelector('#states [data-state=FULL]').click(); })()`);
  await page.until(`document.querySelectorAll('.tile').length === 3`);
  expect(await page.read(`[...document.querySelectorAll('.tile')].some(tile => tile.dataset.state === 'FULL')`)).toBe(false);
});

test('no script failed, and no request left the origin', async () => {
  const away = page.errors.filter(each => !/ERR_CONNECTION_REFUSED|WebSocket connection to .* failed|503/.test(each));

  expect(away).toEqual([]);
  expect([...new Set(page.requests.map(address => new URL(address).host))]).toEqual([new URL(server.url).host]);
});

test('an area that does not exist is said so, not shown as an empty city', async () => {
  const other = await browser.open();
  await other.goTo(new URL('/wall?jurisdiction=999999', server.url).href);
  await other.until(`document.getElementById('connection').dataset.state === 'STOPPED'`);

  expect(await other.read(`document.getElementById('empty').textContent`)).toContain('there is no division with the code 999999');
});
