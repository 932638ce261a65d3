import { CLASS_WORDS, STATE_WORDS, classWords, freeText, freshnessText, headlineOf, isStale, reasonWords, shownState, takenPart } from './words.js';
/** @import { FacilityAvailability } from './mirror.js' */

/** One tile on the screen. It remembers what each of its nodes shows, and writes only what is another text. */
export class Tile {
  /** @type {Map<string, string>} */
  #shown = new Map();
  #parts;

  /** @param {string} id @param {HTMLTemplateElement} template */
  constructor(id, template) {
    this.element = /** @type {HTMLElement} */ (/** @type {DocumentFragment} */ (template.content.cloneNode(true)).firstElementChild);
    this.element.id = id;
    const part = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (this.element.querySelector(selector));
    this.#parts = { shape: part('use'), state: part('.state span'), age: part('.age'), name: part('.name'), free: part('.number b'), of: part('.number span'), more: part('.more'), level: part('.level') };
  }

  /** @param {{ x: number, y: number, width: number, index: number, of: number }} place */
  place({ x, y, width, index, of }) {
    this.#set('transform', `translate(${x}px,${y}px)`, text => (this.element.style.transform = text));
    this.#set('width', `${width}px`, text => (this.element.style.width = text));
    this.#set('position', String(index + 1), text => this.element.setAttribute('aria-posinset', text));
    this.#set('size', String(of), text => this.element.setAttribute('aria-setsize', text));
  }

  /** @param {{ availability: FacilityAvailability, name: string }} entry @param {number} now */
  write({ availability, name }, now) {
    const { shape, state, age, name: title, free, of, more, level } = this.#parts;
    const live = headlineOf(availability);
    const shown = shownState(live, now);
    const { zh, en } = STATE_WORDS[shown];
    const stale = live !== null && isStale(live, now);
    const number = freeText(live, now);
    const outOf = live === null || number === '—' ? '' : ` / ${live.quota ?? live.capacity}`;
    this.#set('shape', shown, text => {
      this.element.dataset.state = text;
      shape.setAttribute('href', `#shape-${text}`);
    });
    this.#set('stale', String(stale), text => (this.element.dataset.stale = text));
    this.#set('level', (takenPart(live, now) ?? 0).toFixed(3), text => level.style.setProperty('--taken', text));
    this.#text('name', title, name);
    this.#text('state', state, `${zh} ${en}`);
    this.#text('free', free, number);
    this.#text('of', of, outOf);
    this.#text('age', age, freshnessText(live, now));
    this.#text('more', more, moreText(availability, live, now));
    const told = `${name}，${zh} ${en}${number === '—' ? '' : `，空余 free ${number}${outOf}`}${stale ? '，已过时 stale' : ''}`;
    this.#set('told', told, text => this.element.setAttribute('aria-label', text));
  }

  /** Draws the eye to what has just changed. */
  flash() {
    this.element.getAnimations().forEach(animation => animation.cancel());
    this.element.animate([{ outlineColor: 'var(--flash)' }, { outlineColor: 'transparent' }], { duration: 1_200, easing: 'ease-out' });
  }

  /** @param {string} key @param {HTMLElement} node @param {string} text */
  #text(key, node, text) {
    this.#set(key, text, value => (node.textContent = value));
  }

  /** @param {string} key @param {string} value @param {(value: string) => void} put */
  #set(key, value, put) {
    if (this.#shown.get(key) === value) return;
    this.#shown.set(key, value);
    put(value);
  }
}

/**
 * The other classes of the facility in one line: 充电 3 · 无障碍 1; or, where there is no number, why.
 * @param {FacilityAvailability} availability
 * @param {ReturnType<typeof headlineOf>} headline
 * @param {number} now
 */
function moreText({ classes }, headline, now) {
  const others = classes.filter(each => each !== headline && freeText(each, now) !== '—').map(each => `${classWords(each.spaceClass).zh} ${freeText(each, now)}`);
  const named = headline !== null && headline.spaceClass !== 'STANDARD' && headline.spaceClass in CLASS_WORDS ? [classWords(headline.spaceClass).zh] : [];
  if (others.length + named.length > 0) return [...named, ...others].join(' · ');
  return headline !== null && headline.state !== 'OPEN' && headline.state !== 'FULL' && headline.reason !== null ? reasonWords(headline.reason) : '';
}
