import { byId, setText } from './totals.js';
import { STATE_WORDS, ageText, classWords, freeText, reasonWords, shownState } from './words.js';
/** @import { FacilityAvailability, LiveAvailability } from './mirror.js' */

/** All that is told of one facility, kept current as long as it is open. */
export class Detail {
  /** @type {string | null} */
  #id = null;
  #dialog = /** @type {HTMLDialogElement} */ (byId('detail'));

  constructor() {
    this.#dialog.addEventListener('close', () => (this.#id = null));
  }

  get id() {
    return this.#id;
  }

  /** @param {string} id */
  open(id) {
    this.#id = id;
    this.#dialog.showModal();
  }

  /** @param {FacilityAvailability} availability @param {string} name @param {number} now */
  show(availability, name, now) {
    setText(byId('detail-name'), name);
    const body = /** @type {HTMLTableSectionElement} */ (this.#dialog.querySelector('tbody'));
    body.replaceChildren(...availability.classes.map(live => rowOf(live, now)));
    const banded = availability.precision === 'BANDED' ? '公开数字为区间，且有延迟。Figures for the public are bands, and delayed. ' : '';
    const reasons = availability.classes.flatMap(({ reason }) => (reason === null ? [] : [reasonWords(reason)]));
    setText(/** @type {Element} */ (this.#dialog.querySelector('.note')), `${banded}${[...new Set(reasons)].join(' ')} 版本 version ${availability.version}`.trim());
  }
}

/** @param {LiveAvailability} live @param {number} now */
function rowOf(live, now) {
  const row = document.createElement('tr');
  const state = shownState(live, now);
  const words = classWords(live.spaceClass);
  const cells = [
    `${words.zh} ${words.en}`, `${STATE_WORDS[state].zh} ${STATE_WORDS[state].en}`, freeText(live, now),
    live.quota === null ? '—' : String(live.quota), String(live.capacity), live.observedAt === null ? '—' : ageText(live.observedAt, now),
  ];
  row.append(...cells.map(text => {
    const cell = document.createElement('td');
    cell.textContent = text;
    return cell;
  }));
  return row;
}
