import { Api } from './api.js';
import { areaOf, whereOf } from './area.js';
import { Detail } from './detail.js';
import { findArea, listAreas, listFacilities } from './directory.js';
import { steerTiles } from './keyboard.js';
import { PointMap } from './map.js';
import { Mirror } from './mirror.js';
import { Tiles } from './tiles.js';
import { TotalsRow, byId, countTiles, setText } from './totals.js';
import { watch } from './watch.js';
import { headlineOf, shownState } from './words.js';
/** @import { ListedFacility } from './directory.js' */
/** @import { FacilityAvailability } from './mirror.js' */
/** @import { Connection, Totals } from './watch.js' */

const TICK_MS = 1_000;
const LOOK_UP_MS = 1_500;
const IDS_A_PAGE = 100;

const api = new Api(takeKey());
const mirror = new Mirror();
const list = byId('tiles');
const tiles = new Tiles(list, /** @type {HTMLTemplateElement} */ (byId('tile')), () => touch([]));
const detail = new Detail();
const map = new PointMap(/** @type {HTMLCanvasElement} */ (document.querySelector('#map canvas')), /** @type {Element} */ (document.querySelector('#map figcaption')), id => tiles.focus(id, api.now()));
const totalsRow = new TotalsRow(hidden => {
  tiles.hide(hidden);
  touch([]);
});
/** @type {Map<string, ListedFacility>} */
const listed = new Map();
/** Touched since the last frame. @type {Set<string>} */
const touched = new Set();
/** @type {Totals | null} */
let serverTotals = null;
let mapIsDue = false;
/** The facilities as of the last laying out of the map. @type {Set<string>} */
let mapped = new Set();
let isListed = false;
let isLookingUp = false;

start().catch(error => {
  setConnection({ state: 'STOPPED', reason: error.message });
  setText(byId('empty'), error.message);
});

async function start() {
  const area = areaOf(new URL(location.href).searchParams);
  const found = area.kind === 'CODE' ? await findArea(api, area.code) : null;
  if (area.kind === 'CODE' && found === null) throw new Error(`没有代码为 ${area.code} 的行政区 / there is no division with the code ${area.code}`);
  const jurisdictionId = area.kind === 'JURISDICTION' ? area.id : (found?.id ?? null);
  const where = whereOf(area, jurisdictionId);
  watch({
    where, jurisdictionId, credential: api.credential(), mirror, onConnection: setConnection,
    onEvent: event => touch(mirror.apply(event)),
    onTotals: totals => {
      serverTotals = totals;
      touch([]);
    },
  });
  steer();
  setInterval(tick, TICK_MS);
  void offerAreas(jurisdictionId, area.kind === 'BOX' ? `${area.box.join(', ')}` : null);
  for await (const page of listFacilities(api, where)) learn(page);
  isListed = true;
  mapIsDue = true;
  touch([]);
}

/** The key of a city's own wall comes in the fragment, which no server sees and no log keeps; the address bar forgets it. */
function takeKey() {
  const given = new URLSearchParams(location.hash.slice(1)).get('key');
  if (given) {
    sessionStorage.setItem('key', given);
    history.replaceState(null, '', location.pathname + location.search);
  }
  return sessionStorage.getItem('key');
}

/** Remembers who was touched, and shows them all in the next frame: a burst of changes is one drawing. @param {readonly string[]} ids */
function touch(ids) {
  if (!touch.isDue) {
    touch.isDue = true;
    // A page in the background gets no frames: it is drawn when it is seen again.
    requestAnimationFrame(draw);
  }
  for (const id of ids) touched.add(id);
}
touch.isDue = false;

function draw() {
  touch.isDue = false;
  const now = api.now();
  for (const id of touched) {
    const availability = mirror.facilities.get(id);
    if (!availability) {
      tiles.remove(id);
      map.remove(id);
      continue;
    }
    mapIsDue ||= !mapped.has(id);
    tiles.put(availability, listed.get(id)?.name ?? null);
    map.put(id, shownState(headlineOf(availability), now));
    if (detail.id === id) detail.show(availability, listed.get(id)?.name ?? id, now);
  }
  touched.clear();
  tiles.render(now);
  if (mapIsDue && isListed && mirror.isWhole) layOutMap(now);
  totalsRow.show(serverTotals ?? countTiles(mirror.facilities.values(), now));
  tellLedger();
  tellCounts();
}

/** @param {number} now */
function layOutMap(now) {
  mapIsDue = false;
  mapped = new Set(mirror.facilities.keys());
  const shown = [...listed.values()].filter(({ id }) => mapped.has(id));
  map.layOut(shown, id => shownState(headlineOf(/** @type {FacilityAvailability} */ (mirror.facilities.get(id))), now));
}

/** @param {readonly ListedFacility[]} page */
function learn(page) {
  for (const facility of page) listed.set(facility.id, facility);
  touch(page.flatMap(({ id }) => (mirror.facilities.has(id) ? [id] : [])));
}

/** Ages grow on the tiles that are seen; a facility that joined the area is looked up. */
function tick() {
  const now = api.now();
  tiles.tick(now);
  if (isListed && !isLookingUp) lookUpStrangers();
}

function lookUpStrangers() {
  const strangers = [...mirror.facilities.keys()].filter(id => !listed.has(id)).slice(0, IDS_A_PAGE);
  if (strangers.length === 0) return;
  isLookingUp = true;
  void (async () => {
    for await (const page of listFacilities(api, { ids: strangers })) learn(page);
    // Not all of them may be known to the list yet: those are asked for again, but not in a rush.
    setTimeout(() => (isLookingUp = false), LOOK_UP_MS);
    mapIsDue = true;
    touch([]);
  })();
}

function steer() {
  const open = (/** @type {string} */ id) => {
    const availability = mirror.facilities.get(id);
    if (!availability) return;
    detail.show(availability, listed.get(id)?.name ?? id, api.now());
    detail.open(id);
  };
  steerTiles(list, tiles, { now: () => api.now(), onOpen: open });
  const search = /** @type {HTMLInputElement} */ (byId('search'));
  search.addEventListener('input', () => {
    tiles.find(search.value);
    touch([]);
  });
  addEventListener('keydown', event => {
    if (event.key !== '/' || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    search.focus();
  });
}

/** @param {string | null} jurisdictionId @param {string | null} boxWords */
async function offerAreas(jurisdictionId, boxWords) {
  const select = /** @type {HTMLSelectElement} */ (byId('area'));
  const areas = await listAreas(api);
  const chosen = areas.find(({ id }) => id === jurisdictionId);
  const here = boxWords === null ? '全部 Everything' : `区域 Box ${boxWords}`;
  const options = areas.map(({ id, code, name, kind }) => new Option(kind === 'CITY' ? name : `　${name}`, code, false, id === jurisdictionId));
  select.replaceChildren(new Option(here, '', false, !chosen), ...options);
  const words = chosen?.name ?? (jurisdictionId === null ? here : jurisdictionId);
  setText(byId('place'), words);
  document.title = `${words} · 潮位墙 Chaowei wall`;
  select.addEventListener('change', () => {
    location.search = select.value === '' ? '' : `?jurisdiction=${encodeURIComponent(select.value)}`;
  });
}

/** @param {Connection} connection */
function setConnection(connection) {
  const element = byId('connection');
  element.dataset.state = connection.state;
  document.body.dataset.connection = connection.state;
  setText(/** @type {Element} */ (element.querySelector('span')), connectionWords(connection));
}

/** @param {Connection} connection */
function connectionWords(connection) {
  switch (connection.state) {
    case 'LIVE':
      return '实时 Live';
    case 'CONNECTING':
      return '连接中 Connecting';
    case 'WAITING':
      return `已断开，第 ${connection.attempt} 次重连 Reconnecting`;
    default:
      return `已停止 Stopped: ${connection.reason}`;
  }
}

function tellCounts() {
  const { all, shown } = tiles.counts;
  const empty = byId('empty');
  setText(byId('shown'), shown === all ? '' : `显示 ${shown} / ${all} shown`);
  if (empty.hidden !== shown > 0) empty.hidden = shown > 0;
  if (mirror.isWhole && shown === 0) setText(empty, all === 0 ? '此范围内没有停车设施 There are no facilities in this area' : '没有符合的停车设施 Nothing fits');
}

/** What the stream has been worth so far: a reader who doubts the wall can see that nothing was missed. */
function tellLedger() {
  const { missedVersions, mergedVersions, resyncs } = mirror;
  const ledger = byId('ledger');
  Object.assign(ledger.dataset, { missed: missedVersions, merged: mergedVersions, resyncs });
  setText(ledger, `缺失 missed ${missedVersions} · 合并 merged ${mergedVersions} · 重新同步 resyncs ${resyncs}`);
}
