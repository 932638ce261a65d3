/** @import { FacilityAvailability, LiveAvailability, State } from './mirror.js' */

/** Every state in the order of the totals. @type {readonly State[]} */
export const STATES = ['OPEN', 'FULL', 'CLOSED', 'SUSPENDED', 'UNKNOWN'];

/** @type {Readonly<Record<State, { zh: string, en: string }>>} */
export const STATE_WORDS = {
  OPEN: { zh: '有位', en: 'Open' },
  FULL: { zh: '已满', en: 'Full' },
  CLOSED: { zh: '关闭', en: 'Closed' },
  SUSPENDED: { zh: '暂停', en: 'Suspended' },
  UNKNOWN: { zh: '未知', en: 'Unknown' },
};

/** @type {Readonly<Record<string, { zh: string, en: string }>>} */
export const CLASS_WORDS = {
  STANDARD: { zh: '普通', en: 'Standard' },
  CHARGING: { zh: '充电', en: 'Charging' },
  ACCESSIBLE: { zh: '无障碍', en: 'Accessible' },
  LARGE: { zh: '大型', en: 'Large' },
  MECHANICAL: { zh: '机械', en: 'Mechanical' },
};

/** Why there is no number, as the schema codes it. @type {Readonly<Record<string, string>>} */
const REASON_WORDS = {
  STALE: '久未上报 feed is silent', INCOMPLETE: '分区未齐 not all zones counted', OUTSIDE_HOURS: '不在共享时段 outside hours', NOTHING_LENT: '未共享 nothing lent',
  SUSPENSION: '应急暂停 suspended', NOT_YET_PUBLIC: '尚未公开 not yet public', BANDED: '只公开档次 bands only',
};

/** A reason in words; one that the schema gained since this page was written as it stands. @param {string} reason */
export function reasonWords(reason) {
  return REASON_WORDS[reason] ?? reason;
}

const BAND_WORDS = { NONE: '0', FEW: '1–5', SOME: '6–20', MANY: '21+' };

/** What a class of spaces is called; one that the schema gained since this page was written by its own name. @param {string} spaceClass */
export function classWords(spaceClass) {
  return CLASS_WORDS[spaceClass] ?? { zh: spaceClass, en: spaceClass };
}

/**
 * The class that a tile is coloured by: ordinary spaces where there are any, else the first; null where nothing is told.
 * @param {FacilityAvailability} availability
 * @returns {LiveAvailability | null}
 */
export function headlineOf({ classes }) {
  return classes.find(({ spaceClass }) => spaceClass === 'STANDARD') ?? classes[0] ?? null;
}

/**
 * The state as shown at an instant. A number that has outlived its `staleAfter` is shown as unknown even before the
 * server's own word arrives: the page may be cut off from it (P3).
 * @param {LiveAvailability | null} live
 * @param {number} now
 * @returns {State}
 */
export function shownState(live, now) {
  if (live === null) return 'UNKNOWN';
  if (isStale(live, now)) return 'UNKNOWN';
  return STATES.includes(live.state) ? live.state : 'UNKNOWN';
}

/** @param {LiveAvailability} live @param {number} now */
export function isStale(live, now) {
  return live.staleAfter !== null && Date.parse(live.staleAfter) <= now && (live.state === 'OPEN' || live.state === 'FULL');
}

/**
 * The free spaces as written: a number, a band, or a dash where there is none to tell. 0 is a known zero (P3).
 * @param {LiveAvailability | null} live
 * @param {number} now
 */
export function freeText(live, now) {
  if (live === null || isStale(live, now)) return '—';
  if (live.free !== null) return String(live.free);
  return live.freeBand === null ? '—' : BAND_WORDS[live.freeBand];
}

/** The part of the spaces that is taken, in [0, 1]; null where no number says so. @param {LiveAvailability | null} live @param {number} now */
export function takenPart(live, now) {
  if (live === null || live.free === null || isStale(live, now)) return null;
  const of = live.quota ?? live.capacity;
  return of <= 0 ? null : Math.min(1, Math.max(0, 1 - live.free / of));
}

/**
 * An age in one unit: '12 s', '3 min', '5 h', '2 d'. A clock that runs behind the server's shows 0, never less.
 * @param {string} observedAt
 * @param {number} now
 */
export function ageText(observedAt, now) {
  const seconds = Math.max(0, Math.floor((now - Date.parse(observedAt)) / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

/** How old a number is, or what it rests on where nobody counted. @param {LiveAvailability | null} live @param {number} now */
export function freshnessText(live, now) {
  if (live === null) return '';
  if (live.observedAt !== null) return ageText(live.observedAt, now);
  return live.source === 'WINDOWS' ? '按时段' : '';
}
