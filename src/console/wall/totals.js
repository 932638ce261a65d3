import { STATES, STATE_WORDS, headlineOf, shownState } from './words.js';
/** @import { FacilityAvailability, State } from './mirror.js' */
/** @import { Totals } from './watch.js' */

/**
 * The totals as the tiles give them, where no division and so no total of the server's own is watched.
 * @param {Iterable<FacilityAvailability>} facilities
 * @param {number} now
 * @returns {Pick<Totals, 'facilities' | 'open' | 'full' | 'closed' | 'suspended' | 'unknown' | 'free' | 'quota' | 'capacity' | 'withheldFacilities'>}
 */
export function countTiles(facilities, now) {
  const totals = { facilities: 0, open: 0, full: 0, closed: 0, suspended: 0, unknown: 0, free: /** @type {number | null} */ (null), quota: 0, capacity: 0, withheldFacilities: 0 };
  for (const availability of facilities) {
    const state = shownState(headlineOf(availability), now);
    totals.facilities += 1;
    totals[/** @type {'open'} */ (state.toLowerCase())] += 1;
    if (availability.precision === 'BANDED') totals.withheldFacilities += 1;
    for (const live of availability.classes) {
      totals.capacity += live.capacity;
      totals.quota += live.quota ?? 0;
      // Unknown is not 0: what has no number is left out of the sum.
      if (live.free !== null && shownState(live, now) !== 'UNKNOWN') totals.free = (totals.free ?? 0) + live.free;
    }
  }
  return totals;
}

/** The row on top: the free spaces, and a button for each state that counts it and shows or hides it. */
export class TotalsRow {
  /** @type {Map<State, { button: HTMLButtonElement, count: Element, part: HTMLElement }>} */
  #states = new Map();

  /** @param {(hidden: readonly State[]) => void} onHidden */
  constructor(onHidden) {
    const [states, proportion] = [byId('states'), byId('proportion')];
    for (const state of STATES) {
      const { zh, en } = STATE_WORDS[state];
      const button = document.createElement('button');
      button.type = 'button';
      button.dataset.state = state;
      button.setAttribute('aria-pressed', 'true');
      button.innerHTML = `<svg class="shape" aria-hidden="true"><use href="#shape-${state}"/></svg><b>…</b><span class="caption">${zh} <span lang="en">${en}</span></span>`;
      button.addEventListener('click', () => {
        button.setAttribute('aria-pressed', String(button.getAttribute('aria-pressed') !== 'true'));
        onHidden(STATES.filter(each => this.#states.get(each)?.button.getAttribute('aria-pressed') === 'false'));
      });
      const part = document.createElement('i');
      part.dataset.state = state;
      states.append(button);
      proportion.append(part);
      this.#states.set(state, { button, count: /** @type {Element} */ (button.querySelector('b')), part });
    }
  }

  /** @param {ReturnType<typeof countTiles>} totals */
  show(totals) {
    setText(byId('total-free'), totals.free === null ? '—' : totals.free.toLocaleString('en'));
    setText(byId('total-of'), `/ ${totals.quota.toLocaleString('en')}`);
    setText(byId('total-facilities'), totals.facilities.toLocaleString('en'));
    setText(byId('total-withheld'), totals.withheldFacilities === 0 ? '' : `其中 ${totals.withheldFacilities} 处数字不公开 figures withheld`);
    for (const [state, { count, part }] of this.#states) {
      const number = totals[/** @type {'open'} */ (state.toLowerCase())];
      setText(count, number.toLocaleString('en'));
      part.style.flexGrow = String(number);
    }
  }
}

/** @param {string} id */
export function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** @param {Element} element @param {string} text */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
