/** @import { Tiles } from './tiles.js' */

/**
 * Moves among the tiles by the arrow keys, Home and End; Enter, Space or a click opens one.
 * @param {HTMLElement} list
 * @param {Tiles} tiles
 * @param {{ now: () => number, onOpen: (id: string) => void }} options
 */
export function steerTiles(list, tiles, { now, onOpen }) {
  list.addEventListener('click', event => {
    const id = tileOf(event.target);
    if (id === null) return;
    tiles.focus(id, now());
    onOpen(id);
  });
  list.addEventListener('keydown', event => {
    const id = tileOf(event.target);
    if (id === null) return;
    const opens = event.key === 'Enter' || event.key === ' ';
    const next = tiles.beside(id, event.key);
    if (!opens && next === null) return;
    event.preventDefault();
    if (next !== null) tiles.focus(next, now());
    else onOpen(id);
  });
}

/** @param {EventTarget | null} target */
function tileOf(target) {
  return /** @type {Element} */ (target).closest('.tile')?.id ?? null;
}
