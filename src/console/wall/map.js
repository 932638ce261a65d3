import { fitPoints, roundDistance } from './projection.js';
/** @import { State } from './mirror.js' */
/** @import { ListedFacility } from './directory.js' */

const MARGIN = 40;
const GRID_PIXELS = 64;
/** A change is seen a quarter of a second later at most, and a burst of them is one drawing. */
const REDRAW_MS = 250;
const MOST_ZOOM = 64;

/** What each state looks like around 0, 0 with a radius of 1; the same shapes as on the tiles. @type {Readonly<Record<State, Path2D>>} */
const SHAPES = {
  OPEN: new Path2D('M-1 0A1 1 0 1 0 1 0A1 1 0 1 0-1 0Z'),
  FULL: new Path2D('M-.88-.88H.88V.88H-.88Z'),
  CLOSED: new Path2D('M-1-.34H1V.34H-1Z'),
  SUSPENDED: new Path2D('M-.85-.9H-.2V.9H-.85ZM.2-.9H.85V.9H.2Z'),
  UNKNOWN: new Path2D('M0-1.1 1.1 0 0 1.1-1.1 0ZM0-.6-.6 0 0 .6.6 0Z'),
};

/** What needs an eye is drawn last, on top. @type {readonly State[]} */
const ORDER = ['UNKNOWN', 'CLOSED', 'SUSPENDED', 'OPEN', 'FULL'];

/** Points of the facilities in their states, drawn without tiles from anywhere: a net, a scale, north up. */
export class PointMap {
  /** @type {Map<string, { x: number, y: number, name: string, state: State }>} */
  #points = new Map();
  #view = { zoom: 1, x: 0, y: 0 };
  #metresPerPixel = 1;
  #isDue = false;
  /** The colours of the style sheet, as this scheme resolves them. @type {Map<string, string>} */
  #colours = new Map();
  #canvas;
  #caption;

  /** @param {HTMLCanvasElement} canvas @param {Element} caption @param {(id: string) => void} onChosen */
  constructor(canvas, caption, onChosen) {
    this.#canvas = canvas;
    this.#caption = caption;
    new ResizeObserver(() => this.#redrawSoon()).observe(canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      this.#colours.clear();
      this.#redrawSoon();
    });
    this.#steer(onChosen);
  }

  /** Lays the points out anew, which only a facility that came or left asks for. @param {readonly ListedFacility[]} facilities @param {(id: string) => State} stateOf */
  layOut(facilities, stateOf) {
    const { width, height } = this.#size();
    const { place, metresPerUnit } = fitPoints(facilities.map(({ coordinate }) => coordinate), { width, height, margin: MARGIN });
    this.#metresPerPixel = metresPerUnit;
    this.#points = new Map(facilities.map(({ id, name, coordinate }) => [id, { ...place(coordinate), name, state: stateOf(id) }]));
    this.#redrawSoon();
  }

  /** @param {string} id @param {State} state */
  put(id, state) {
    const point = this.#points.get(id);
    if (!point || point.state === state) return;
    point.state = state;
    this.#redrawSoon();
  }

  /** @param {string} id */
  remove(id) {
    if (this.#points.delete(id)) this.#redrawSoon();
  }

  #size() {
    return { width: Math.max(1, this.#canvas.clientWidth), height: Math.max(1, this.#canvas.clientHeight) };
  }

  #redrawSoon() {
    if (this.#isDue) return;
    this.#isDue = true;
    setTimeout(() => {
      this.#isDue = false;
      this.#draw();
    }, REDRAW_MS);
  }

  #draw() {
    const { width, height } = this.#size();
    const context = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext('2d'));
    this.#canvas.width = Math.round(width * devicePixelRatio);
    this.#canvas.height = Math.round(height * devicePixelRatio);
    context.scale(devicePixelRatio, devicePixelRatio);
    drawNet(context, { width, height }, this.#colour('line'));
    const { zoom, x, y } = this.#view;
    // Many points are small points, so that a crowded street still shows each; a closer look makes room again.
    const radius = Math.min(9, 3.2 + Math.max(0, 8 - Math.log2(this.#points.size + 1)) * 0.6 + Math.log2(zoom) * 0.9);
    for (const state of ORDER) {
      context.fillStyle = this.#colour(state);
      context.strokeStyle = this.#colour('panel');
      context.lineWidth = 0.25;
      for (const point of this.#points.values()) {
        if (point.state !== state) continue;
        context.setTransform(radius * devicePixelRatio, 0, 0, radius * devicePixelRatio, (point.x * zoom + x) * devicePixelRatio, (point.y * zoom + y) * devicePixelRatio);
        context.fill(SHAPES[state]);
        context.stroke(SHAPES[state]);
      }
    }
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    this.#drawScale(context, height, this.#colour('quiet'));
  }

  /** @param {string} name a custom property of the style sheet, which only a real property resolves */
  #colour(name) {
    const known = this.#colours.get(name);
    if (known !== undefined) return known;
    this.#canvas.style.color = `var(--${name})`;
    const { color } = getComputedStyle(this.#canvas);
    this.#colours.set(name, color);
    return color;
  }

  /** @param {CanvasRenderingContext2D} context @param {number} height @param {string} colour */
  #drawScale(context, height, colour) {
    const metresPerPixel = this.#metresPerPixel / this.#view.zoom;
    const metres = roundDistance(metresPerPixel * 130);
    const [x, y] = [20.5, height - 14.5];
    context.strokeStyle = colour;
    context.lineWidth = 2;
    context.stroke(new Path2D(`M${x} ${y - 5}V${y}H${x + metres / metresPerPixel}V${y - 5}`));
    this.#caption.textContent = `比例 Scale ${metres >= 1_000 ? `${metres / 1_000} km` : `${metres} m`} · 北向上 north up · WGS-84`;
  }

  /** Wheel and + − zoom, dragging and the arrow keys move, 0 shows all; a click chooses the nearest point. @param {(id: string) => void} onChosen */
  #steer(onChosen) {
    const canvas = this.#canvas;
    canvas.addEventListener('wheel', event => {
      event.preventDefault();
      this.#zoom(2 ** (-event.deltaY / 300), event.offsetX, event.offsetY);
    }, { passive: false });
    canvas.addEventListener('pointermove', event => {
      if (event.buttons === 1) this.#move(event.movementX, event.movementY);
      canvas.title = this.#nearest(event.offsetX, event.offsetY)?.point.name ?? '';
    });
    canvas.addEventListener('click', event => {
      const found = this.#nearest(event.offsetX, event.offsetY);
      if (found) onChosen(found.id);
    });
    canvas.addEventListener('keydown', event => {
      const { width, height } = this.#size();
      const moves = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
      const move = Object.hasOwn(moves, event.key) ? moves[/** @type {keyof typeof moves} */ (event.key)] : null;
      if (move) this.#move(move[0] ?? 0, move[1] ?? 0);
      else if (event.key === '+' || event.key === '=') this.#zoom(1.5, width / 2, height / 2);
      else if (event.key === '-') this.#zoom(1 / 1.5, width / 2, height / 2);
      else if (event.key === '0') this.#zoom(0, 0, 0);
      else return;
      event.preventDefault();
    });
  }

  /** Zooms around a point that stays where it is; out to the whole area, and no farther. @param {number} factor @param {number} x @param {number} y */
  #zoom(factor, x, y) {
    const before = this.#view;
    const zoom = Math.min(MOST_ZOOM, Math.max(1, before.zoom * factor));
    const kept = zoom / before.zoom;
    this.#view = zoom === 1 ? { zoom, x: 0, y: 0 } : { zoom, x: x - (x - before.x) * kept, y: y - (y - before.y) * kept };
    this.#redrawSoon();
  }

  /** @param {number} x @param {number} y */
  #move(x, y) {
    if (this.#view.zoom === 1) return;
    this.#view = { zoom: this.#view.zoom, x: this.#view.x + x, y: this.#view.y + y };
    this.#redrawSoon();
  }

  /** @param {number} x @param {number} y */
  #nearest(x, y) {
    const reach = 14;
    let found = null;
    let least = reach * reach;
    for (const [id, point] of this.#points) {
      const [dx, dy] = [point.x * this.#view.zoom + this.#view.x - x, point.y * this.#view.zoom + this.#view.y - y];
      const distance = dx * dx + dy * dy;
      if (distance >= least) continue;
      least = distance;
      found = { id, point };
    }
    return found;
  }
}

/** @param {CanvasRenderingContext2D} context @param {{ width: number, height: number }} size @param {string} colour */
function drawNet(context, { width, height }, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.globalAlpha = 0.55;
  context.beginPath();
  for (let x = GRID_PIXELS + 0.5; x < width; x += GRID_PIXELS) {
    context.moveTo(x, 0);
    context.lineTo(x, height);
  }
  for (let y = GRID_PIXELS + 0.5; y < height; y += GRID_PIXELS) {
    context.moveTo(0, y);
    context.lineTo(width, y);
  }
  context.stroke();
  context.globalAlpha = 1;
}
