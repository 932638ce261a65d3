import { mercator, type Coordinate } from '../../kernel/index.js';
import { NearestHeap } from './nearest-heap.js';

/** Straight edges side by side: four ends each (from longitude, from latitude, to longitude, to latitude in 1e-7 degrees), one length each. */
export interface PackedEdges {
  readonly ends: Int32Array;
  readonly metres: Float64Array;
}

/** A place on the network: how far along which edge, and how far the place itself lies off it. */
export interface WalkSnap {
  readonly edge: number;
  /** 0 at the edge's first node, 1 at its second. */
  readonly fraction: number;
  readonly offMetres: number;
}

/** Side of a cell of the look-up grid, in metres of the plane. */
const CELL = 64;
const DEGREE = 1e7;

/** A walking network in memory. Every edge is walked both ways: one-way rules bind vehicles, not people on foot. */
export class WalkGraph {
  private constructor(
    private readonly xs: Float64Array,
    private readonly ys: Float64Array,
    readonly edgeFrom: Int32Array,
    readonly edgeTo: Int32Array,
    readonly edgeMetres: Float64Array,
    /** The edges at node n are `incident[firstIncident[n]]` up to before `incident[firstIncident[n + 1]]`. */
    readonly firstIncident: Int32Array,
    readonly incident: Int32Array,
    private readonly cells: ReadonlyMap<number, readonly number[]>,
  ) {}

  static of(parts: readonly PackedEdges[]): WalkGraph {
    const count = parts.reduce((sum, part) => sum + part.metres.length, 0);
    const [edgeFrom, edgeTo, edgeMetres] = [new Int32Array(count), new Int32Array(count), new Float64Array(count)];
    const nodes = new NodeNames(parts);
    let edge = 0;
    for (const { ends, metres } of parts) {
      for (let i = 0; i < metres.length; i += 1, edge += 1) {
        edgeFrom[edge] = nodes.name(ends[4 * i]!, ends[4 * i + 1]!);
        edgeTo[edge] = nodes.name(ends[4 * i + 2]!, ends[4 * i + 3]!);
        edgeMetres[edge] = metres[i]!;
      }
    }
    const [xs, ys] = [Float64Array.from(nodes.xs), Float64Array.from(nodes.ys)];
    const { firstIncident, incident } = incidence(xs.length, edgeFrom, edgeTo);
    return new WalkGraph(xs, ys, edgeFrom, edgeTo, edgeMetres, firstIncident, incident, gridOf(xs, ys, edgeFrom, edgeTo));
  }

  get nodeCount(): number {
    return this.xs.length;
  }

  get edgeCount(): number {
    return this.edgeMetres.length;
  }

  /** The nearest point of the network; null where none lies within so many metres. */
  snap(place: Coordinate, withinMetres: number): WalkSnap | null {
    const { x, y } = mercator.toMercator(place);
    const scale = mercator.scaleAt(place.latitude);
    const reach = withinMetres * scale;
    let best: { edge: number; fraction: number; squared: number } | null = null;
    for (let column = cellOf(x - reach); column <= cellOf(x + reach); column += 1) {
      for (let row = cellOf(y - reach); row <= cellOf(y + reach); row += 1) {
        for (const edge of this.cells.get(cellKey(column, row)) ?? []) {
          const near = this.#nearestOn(edge, x, y);
          if (best === null || near.squared < best.squared || (near.squared === best.squared && edge < best.edge)) best = { edge, ...near };
        }
      }
    }
    if (best === null || best.squared > reach * reach) return null;
    return { edge: best.edge, fraction: best.fraction, offMetres: Math.sqrt(best.squared) / scale };
  }

  /** Shortest walks from a place, found only as far as they are asked for and never beyond the bound. */
  walksFrom(start: WalkSnap, boundMetres: number): WalksFrom {
    return new WalksFrom(this, start, boundMetres);
  }

  #nearestOn(edge: number, x: number, y: number): { readonly fraction: number; readonly squared: number } {
    const [from, to] = [this.edgeFrom[edge]!, this.edgeTo[edge]!];
    const [dx, dy] = [this.xs[to]! - this.xs[from]!, this.ys[to]! - this.ys[from]!];
    const along = (x - this.xs[from]!) * dx + (y - this.ys[from]!) * dy;
    const fraction = Math.min(1, Math.max(0, along / (dx * dx + dy * dy)));
    const [offX, offY] = [this.xs[from]! + fraction * dx - x, this.ys[from]! + fraction * dy - y];
    return { fraction, squared: offX * offX + offY * offY };
  }
}

/** Dijkstra's search from one place, resumed with every question. */
export class WalksFrom {
  readonly #metres: Float64Array;
  readonly #heap = new NearestHeap();

  constructor(
    private readonly graph: WalkGraph,
    private readonly start: WalkSnap,
    private readonly boundMetres: number,
  ) {
    this.#metres = new Float64Array(graph.nodeCount).fill(Number.POSITIVE_INFINITY);
    const { edge, fraction, offMetres } = start;
    const length = graph.edgeMetres[edge]!;
    this.#reach(graph.edgeFrom[edge]!, offMetres + fraction * length);
    this.#reach(graph.edgeTo[edge]!, offMetres + (1 - fraction) * length);
  }

  /** Metres on foot: to the network, along it and off it again; null where no walk within the bound leads there. */
  metresTo(end: WalkSnap): number | null {
    let known = this.#knownMetres(end);
    // What is still waiting is at least as far as the heap's least: once that is no nearer, nothing shorter can come.
    while (this.#heap.leastMetres < known) {
      this.#settleNext();
      known = this.#knownMetres(end);
    }
    const metres = known + end.offMetres;
    return metres <= this.boundMetres ? metres : null;
  }

  #knownMetres({ edge, fraction }: WalkSnap): number {
    const { graph, start } = this;
    const length = graph.edgeMetres[edge]!;
    const overFrom = this.#metres[graph.edgeFrom[edge]!]! + fraction * length;
    const overTo = this.#metres[graph.edgeTo[edge]!]! + (1 - fraction) * length;
    const direct = edge === start.edge ? start.offMetres + Math.abs(fraction - start.fraction) * length : Number.POSITIVE_INFINITY;
    return Math.min(overFrom, overTo, direct);
  }

  #settleNext(): void {
    const { edgeFrom, edgeTo, edgeMetres, firstIncident, incident } = this.graph;
    const metres = this.#heap.leastMetres;
    const node = this.#heap.pop();
    if (metres > this.#metres[node]!) return;
    for (let i = firstIncident[node]!; i < firstIncident[node + 1]!; i += 1) {
      const edge = incident[i]!;
      this.#reach(edgeFrom[edge] === node ? edgeTo[edge]! : edgeFrom[edge]!, metres + edgeMetres[edge]!);
    }
  }

  #reach(node: number, metres: number): void {
    if (metres >= this.#metres[node]! || metres > this.boundMetres) return;
    this.#metres[node] = metres;
    this.#heap.push(node, metres);
  }
}

/** Numbers the nodes by their place: equal coordinates are one node. */
class NodeNames {
  readonly xs: number[] = [];
  readonly ys: number[] = [];
  readonly #byPlace = new Map<number, number>();
  readonly #west: number;
  readonly #south: number;
  readonly #rows: number;

  constructor(parts: readonly PackedEdges[]) {
    let [west, east, south, north] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const { ends } of parts) {
      for (let i = 0; i < ends.length; i += 2) {
        [west, east] = [Math.min(west, ends[i]!), Math.max(east, ends[i]!)];
        [south, north] = [Math.min(south, ends[i + 1]!), Math.max(north, ends[i + 1]!)];
      }
    }
    [this.#west, this.#south, this.#rows] = [west, south, north - south + 1];
    if (Number.isFinite(west) && (east - west + 1) * this.#rows > Number.MAX_SAFE_INTEGER) throw new RangeError('a walking area spans more than nodes can be numbered over');
  }

  name(longitudeE7: number, latitudeE7: number): number {
    const place = (longitudeE7 - this.#west) * this.#rows + (latitudeE7 - this.#south);
    const known = this.#byPlace.get(place);
    if (known !== undefined) return known;
    const { x, y } = mercator.toMercator({ longitude: longitudeE7 / DEGREE, latitude: latitudeE7 / DEGREE });
    const made = this.xs.push(x) - 1;
    this.ys.push(y);
    this.#byPlace.set(place, made);
    return made;
  }
}

function incidence(nodeCount: number, edgeFrom: Int32Array, edgeTo: Int32Array): { readonly firstIncident: Int32Array; readonly incident: Int32Array } {
  const firstIncident = new Int32Array(nodeCount + 1);
  for (const ends of [edgeFrom, edgeTo]) for (const node of ends) firstIncident[node + 1]! += 1;
  for (let node = 0; node < nodeCount; node += 1) firstIncident[node + 1]! += firstIncident[node]!;
  const next = firstIncident.slice();
  const incident = new Int32Array(2 * edgeFrom.length);
  for (const ends of [edgeFrom, edgeTo]) {
    ends.forEach((node, edge) => {
      incident[next[node]!] = edge;
      next[node]! += 1;
    });
  }
  return { firstIncident, incident };
}

/** For each cell the edges whose bounding box touches it. */
function gridOf(xs: Float64Array, ys: Float64Array, edgeFrom: Int32Array, edgeTo: Int32Array): ReadonlyMap<number, readonly number[]> {
  const cells = new Map<number, number[]>();
  edgeFrom.forEach((from, edge) => {
    const to = edgeTo[edge]!;
    for (let column = cellOf(Math.min(xs[from]!, xs[to]!)); column <= cellOf(Math.max(xs[from]!, xs[to]!)); column += 1) {
      for (let row = cellOf(Math.min(ys[from]!, ys[to]!)); row <= cellOf(Math.max(ys[from]!, ys[to]!)); row += 1) {
        const key = cellKey(column, row);
        const cell = cells.get(key);
        if (cell) cell.push(edge);
        else cells.set(key, [edge]);
      }
    }
  });
  return cells;
}

function cellOf(planeMetres: number): number {
  return Math.floor(planeMetres / CELL);
}

/** One number for a cell; the plane is some 626,000 cells wide. */
function cellKey(column: number, row: number): number {
  return column * 2_097_152 + row;
}
