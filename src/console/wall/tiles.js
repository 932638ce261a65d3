import { Tile } from './tile.js';
import { headlineOf, shownState } from './words.js';
/** @import { FacilityAvailability, State } from './mirror.js' */

/**
 * @typedef {{ availability: FacilityAvailability, name: string }} Entry
 * @typedef {{ columns: number, width: number }} Layout
 */

const LEAST_WIDTH = 172;
const GAP = 10;
/** As high as the style sheet makes a tile. */
const ROW_HEIGHT = 146;
/** Rows beyond the edge of the screen that are ready before they are scrolled to. */
const ROWS_AHEAD = 3;

/** Whoever has no name yet stands last. */
const NAMELESS = '\uffff';
const names = new Intl.Collator('zh-CN', { numeric: true });

/**
 * The tiles in the order of their names. Only those on the screen exist, and a change touches the nodes of its own tile
 * whose text is another one: the page's work grows with what is seen, not with what is watched.
 */
export class Tiles {
  /** @type {Map<string, Entry>} */
  #entries = new Map();
  /** Those of the order that are wanted. @type {readonly string[]} */
  #shown = [];
  /** @type {readonly string[]} */
  #sorted = [];
  /** @type {Map<string, Tile>} */
  #tiles = new Map();
  /** @type {Set<string>} */
  #changed = new Set();
  #wanted = { text: '', hidden: /** @type {readonly State[]} */ ([]) };
  #isSorted = true;
  #isFiltered = true;
  /** The one that the Tab key reaches. @type {string | null} */
  #current = null;
  #list;
  #template;

  /** @param {HTMLElement} list @param {HTMLTemplateElement} template @param {() => void} onMoved what is on the screen has changed */
  constructor(list, template, onMoved) {
    this.#list = list;
    this.#template = template;
    addEventListener('scroll', onMoved, { passive: true });
    new ResizeObserver(onMoved).observe(list);
  }

  /** How many there are, and how many of them are wanted. */
  get counts() {
    return { all: this.#entries.size, shown: this.#shown.length };
  }

  /** Takes what is told of a facility; it is drawn with the next `render`. @param {FacilityAvailability} availability @param {string | null} name */
  put(availability, name) {
    const id = availability.facilityId;
    const known = this.#entries.get(id);
    const entry = { availability, name: name ?? known?.name ?? NAMELESS };
    this.#entries.set(id, entry);
    if (known?.name !== entry.name) this.#isSorted = false;
    // With every state shown a change of state moves nothing.
    if (this.#wanted.hidden.length > 0) this.#isFiltered = false;
    this.#changed.add(id);
  }

  /** @param {string} id */
  remove(id) {
    if (this.#entries.delete(id)) this.#isSorted = false;
  }

  /** Shows only those whose name has this text. @param {string} text */
  find(text) {
    this.#wanted = { ...this.#wanted, text: text.trim().toLowerCase() };
    this.#isFiltered = false;
  }

  /** @param {readonly State[]} hidden */
  hide(hidden) {
    this.#wanted = { ...this.#wanted, hidden };
    this.#isFiltered = false;
  }

  /** Draws what is on the screen as it is now. @param {number} now */
  render(now) {
    this.#arrange(now);
    const layout = layoutOf(this.#list.clientWidth);
    this.#list.style.height = `${Math.ceil(this.#shown.length / layout.columns) * (ROW_HEIGHT + GAP)}px`;
    const [from, until] = this.#range(layout);
    const seen = new Set(this.#shown.slice(from, until));
    for (const [id, tile] of this.#tiles) {
      // The one with the focus stays, or the keyboard would lose its place.
      if (seen.has(id) || (tile.element === document.activeElement && this.#entries.has(id))) continue;
      tile.element.remove();
      this.#tiles.delete(id);
    }
    for (let index = from; index < until; index++) this.#renderOne(/** @type {string} */ (this.#shown[index]), index, layout, now);
    this.#changed.clear();
    this.#keepTabStop();
  }

  /** Writes what the passing of time changes on the screen: ages, and numbers that have outlived themselves. @param {number} now */
  tick(now) {
    for (const [id, tile] of this.#tiles) {
      const entry = this.#entries.get(id);
      if (entry) tile.write(entry, now);
    }
  }

  /** Brings a tile onto the screen and gives it the focus. @param {string} id @param {number} now */
  focus(id, now) {
    const index = this.#shown.indexOf(id);
    if (index === -1) return;
    const layout = layoutOf(this.#list.clientWidth);
    const top = this.#list.getBoundingClientRect().top + Math.floor(index / layout.columns) * (ROW_HEIGHT + GAP);
    if (top < 0) scrollBy({ top: top - GAP, behavior: 'instant' });
    else if (top + ROW_HEIGHT > innerHeight) scrollBy({ top: top + ROW_HEIGHT + GAP - innerHeight, behavior: 'instant' });
    this.#current = id;
    this.render(now);
    this.#tiles.get(id)?.element.focus({ preventScroll: true });
  }

  /** The tile that a key leads to from another; null where the key leads nowhere. @param {string} id @param {string} key */
  beside(id, key) {
    const { columns } = layoutOf(this.#list.clientWidth);
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns, Home: -Infinity, End: Infinity };
    if (!Object.hasOwn(steps, key)) return null;
    const place = this.#shown.indexOf(id) + steps[/** @type {keyof typeof steps} */ (key)];
    return this.#shown[Math.min(this.#shown.length - 1, Math.max(0, place))] ?? null;
  }

  /** @param {number} now */
  #arrange(now) {
    if (this.#isSorted && this.#isFiltered) return;
    if (!this.#isSorted) {
      const entries = [...this.#entries].sort(([a, { name: m }], [b, { name: n }]) => names.compare(m, n) || (a < b ? -1 : 1));
      this.#sorted = entries.map(([id]) => id);
    }
    const { text, hidden } = this.#wanted;
    this.#shown = this.#sorted.filter(id => {
      const { availability, name } = /** @type {Entry} */ (this.#entries.get(id));
      return (text === '' || name.toLowerCase().includes(text)) && !hidden.includes(shownState(headlineOf(availability), now));
    });
    this.#isSorted = this.#isFiltered = true;
  }

  /** @param {Layout} layout @returns {[number, number]} */
  #range({ columns }) {
    const above = -this.#list.getBoundingClientRect().top;
    const pitch = ROW_HEIGHT + GAP;
    const first = Math.max(0, Math.floor(above / pitch) - ROWS_AHEAD);
    const last = Math.max(first, Math.ceil((above + innerHeight) / pitch) + ROWS_AHEAD);
    return [Math.min(this.#shown.length, first * columns), Math.min(this.#shown.length, last * columns)];
  }

  /** @param {string} id @param {number} index @param {Layout} layout @param {number} now */
  #renderOne(id, index, { columns, width }, now) {
    const known = this.#tiles.get(id);
    const tile = known ?? new Tile(id, this.#template);
    tile.place({ x: (index % columns) * (width + GAP), y: Math.floor(index / columns) * (ROW_HEIGHT + GAP), width, index, of: this.#shown.length });
    if (known && !this.#changed.has(id)) return;
    tile.write(/** @type {Entry} */ (this.#entries.get(id)), now);
    if (known) return tile.flash();
    this.#tiles.set(id, tile);
    this.#list.append(tile.element);
  }

  /** One tile at a time is in the order of the Tab key, so that nobody tabs through five thousand. */
  #keepTabStop() {
    const [first] = this.#tiles.keys();
    if (this.#current === null || !this.#tiles.has(this.#current)) this.#current = first ?? null;
    for (const [id, { element }] of this.#tiles) {
      const tabIndex = id === this.#current ? 0 : -1;
      if (element.tabIndex !== tabIndex) element.tabIndex = tabIndex;
    }
  }
}

/** @param {number} available @returns {Layout} */
function layoutOf(available) {
  const columns = Math.max(1, Math.floor((available + GAP) / (LEAST_WIDTH + GAP)));
  return { columns, width: Math.floor((available - GAP * (columns - 1)) / columns) };
}
