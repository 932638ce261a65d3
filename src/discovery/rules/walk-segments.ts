import { coordinates, mercator, problem, type Coordinate, type CoordinateBox, type Problem } from '../../kernel/index.js';

/** One way that people may walk, as a source draws it. */
export interface WalkSegment {
  readonly path: readonly Coordinate[];
  /** Metres as the source measures them, stairs and slopes included; null: measured on the ellipsoid. */
  readonly lengthMetres: number | null;
}

/** A straight piece of a way between two nodes, from west to east; a node is its place to seven decimals. */
export interface WalkEdge {
  readonly fromLongitudeE7: number;
  readonly fromLatitudeE7: number;
  readonly toLongitudeE7: number;
  readonly toLatitudeE7: number;
  readonly metres: number;
}

/** A network ready to be stored, and what was left out of it. */
export interface CutNetwork {
  readonly edges: readonly WalkEdge[];
  /** Short ways joined to nothing else: snapping to one would make everything unreachable. */
  readonly islandCount: number;
}

/** Longest straight piece: whoever loads this much more than it needs misses no edge that begins outside. */
export const LONGEST_EDGE_METRES = 250;
/** Side of a tile, in metres of the plane. */
export const TILE_METRES = 1_000;

const LONGEST_GAP_METRES = 10_000;
const ISLAND_METRES = 500;
const MOST_TIMES_STRAIGHT = 10;
const LEAST_TIMES_STRAIGHT = 0.95;
const ROUNDING_METRES = 1;
const DEGREE = 1e7;

/** What is wrong with a segment, at most one problem of each of its points; empty where it can be walked. */
export function segmentProblems({ path, lengthMetres }: WalkSegment, box: CoordinateBox, field: string): readonly Problem[] {
  const misplaced = path.flatMap((place, i) => coordinates.checkPlausible(place, box, `${field}[${i}]`).slice(0, 1));
  if (misplaced.length > 0) return misplaced;
  const nodes = new Set(path.map(nodeOf).map(({ x, y }) => nodeKey(x, y)));
  if (nodes.size < 2) {
    return [problem('TOO_FEW_POINTS', { zh: `路段须有至少 2 个不同的点，实有 ${nodes.size} 个`, en: `a way needs at least 2 different points and has ${nodes.size}`, field })];
  }
  const gaps = gapsOf(path);
  const widest = gaps.reduce((most, gap) => Math.max(most, gap), 0);
  if (widest > LONGEST_GAP_METRES) {
    return [problem('POINTS_TOO_FAR_APART', { zh: `相邻两点相距 ${Math.round(widest)} 米，超过 ${LONGEST_GAP_METRES} 米，疑为坐标错误`, en: `two neighbouring points are ${Math.round(widest)} m apart, more than ${LONGEST_GAP_METRES} m: one of them is probably wrong`, field })];
  }
  if (lengthMetres === null) return [];
  const drawn = totalOf(gaps);
  const isPlausible = lengthMetres >= drawn * LEAST_TIMES_STRAIGHT - ROUNDING_METRES && lengthMetres > 0 && lengthMetres <= drawn * MOST_TIMES_STRAIGHT + ROUNDING_METRES;
  if (isPlausible) return [];
  return [problem('LENGTH_IMPLAUSIBLE', { zh: `所给长度 ${lengthMetres} 米与图形长度 ${drawn.toFixed(1)} 米不符，单位须为米`, en: `the length given, ${lengthMetres} m, does not fit the ${drawn.toFixed(1)} m that are drawn: the unit is metres`, field })];
}

/** Joins the edges of all ways to one network, the shortest where two join the same nodes, in one order whatever the input's. */
export function joinEdges(edges: Iterable<WalkEdge>): CutNetwork {
  const shortest = new Map<string, WalkEdge>();
  for (const edge of edges) {
    const key = `${edge.fromLongitudeE7},${edge.fromLatitudeE7},${edge.toLongitudeE7},${edge.toLatitudeE7}`;
    const known = shortest.get(key);
    if (known === undefined || edge.metres < known.metres) shortest.set(key, edge);
  }
  // Sorted first: the lengths of the parts are sums, and must not depend on the order of the input either.
  return withoutIslands([...shortest.values()].sort(byPlace));
}

/** The tile that an edge is stored in: that of its first node. */
export function tileOf(edge: WalkEdge): { readonly x: number; readonly y: number } {
  const { x, y } = mercator.toMercator({ longitude: edge.fromLongitudeE7 / DEGREE, latitude: edge.fromLatitudeE7 / DEGREE });
  return { x: Math.floor(x / TILE_METRES), y: Math.floor(y / TILE_METRES) };
}

/** The box around every node. */
export function coverageOf(edges: readonly WalkEdge[]): CoordinateBox {
  let [minLongitude, maxLongitude, minLatitude, maxLatitude] = [180, -180, 90, -90];
  for (const edge of edges) {
    minLongitude = Math.min(minLongitude, edge.fromLongitudeE7 / DEGREE);
    maxLongitude = Math.max(maxLongitude, edge.toLongitudeE7 / DEGREE);
    minLatitude = Math.min(minLatitude, edge.fromLatitudeE7 / DEGREE, edge.toLatitudeE7 / DEGREE);
    maxLatitude = Math.max(maxLatitude, edge.fromLatitudeE7 / DEGREE, edge.toLatitudeE7 / DEGREE);
  }
  return { minLongitude, maxLongitude, minLatitude, maxLatitude };
}

/** Cuts a way to straight edges between nodes, none longer than LONGEST_EDGE_METRES but by a given length. */
export function* edgesOf({ path, lengthMetres }: WalkSegment): Generator<WalkEdge> {
  const gaps = gapsOf(path);
  const drawn = totalOf(gaps);
  // A given length is spread over the pieces as they are drawn.
  const stretch = lengthMetres === null ? 1 : lengthMetres / drawn;
  for (const [i, gap] of gaps.entries()) {
    // From west to east before it is cut, so that a way drawn twice in opposite directions is cut at the same nodes.
    const [from, to] = fromWest(nodeOf(path[i]!), nodeOf(path[i + 1]!));
    if (from.x === to.x && from.y === to.y) continue;
    yield* piecesOf(from, to, { metres: gap * stretch, count: Math.ceil(gap / LONGEST_EDGE_METRES) });
  }
}

interface Node {
  readonly x: number;
  readonly y: number;
}

function* piecesOf(from: Node, to: Node, { metres, count }: { readonly metres: number; readonly count: number }): Generator<WalkEdge> {
  const nodeAt = (i: number): Node => ({ x: Math.round(from.x + ((to.x - from.x) * i) / count), y: Math.round(from.y + ((to.y - from.y) * i) / count) });
  for (let i = 0; i < count; i += 1) {
    const [start, end] = [nodeAt(i), nodeAt(i + 1)];
    yield { fromLongitudeE7: start.x, fromLatitudeE7: start.y, toLongitudeE7: end.x, toLatitudeE7: end.y, metres: metres / count };
  }
}

/** Leaves out what is joined to nothing and shorter than a walk; the longest part always stays. */
function withoutIslands(edges: readonly WalkEdge[]): CutNetwork {
  const names = new Map<string, number>();
  const nameOf = (longitudeE7: number, latitudeE7: number): number => {
    const key = nodeKey(longitudeE7, latitudeE7);
    const known = names.get(key);
    if (known === undefined) names.set(key, names.size);
    return known ?? names.size - 1;
  };
  const ends = edges.map(edge => [nameOf(edge.fromLongitudeE7, edge.fromLatitudeE7), nameOf(edge.toLongitudeE7, edge.toLatitudeE7)] as const);
  const rootOf = partsOf(names.size, ends);
  const metresOf = new Float64Array(names.size);
  for (const [i, [from]] of ends.entries()) metresOf[rootOf(from)]! += edges[i]!.metres;
  const parts = metresOf.filter(metres => metres > 0);
  const longest = parts.reduce((most, metres) => Math.max(most, metres), 0);
  const stays = (metres: number): boolean => metres >= ISLAND_METRES || metres === longest;
  return { edges: edges.filter((_, i) => stays(metresOf[rootOf(ends[i]![0])]!)), islandCount: parts.filter(metres => !stays(metres)).length };
}

/** Which nodes hang together: the same node for all of a part, by union and find with halved paths. */
function partsOf(nodeCount: number, ends: ReadonlyArray<readonly [number, number]>): (node: number) => number {
  const parents = Int32Array.from({ length: nodeCount }, (_, node) => node);
  const rootOf = (node: number): number => {
    let at = node;
    while (parents[at] !== at) at = parents[at] = parents[parents[at]!]!;
    return at;
  };
  for (const [from, to] of ends) parents[rootOf(from)] = rootOf(to);
  return rootOf;
}

/** Metres between neighbouring nodes, measured from the western one, so that they are the same to the last bit whichever way a line is drawn. */
function gapsOf(path: readonly Coordinate[]): readonly number[] {
  const nodes = path.map(nodeOf);
  return nodes.slice(1).map((node, i) => {
    const [from, to] = fromWest(nodes[i]!, node);
    return coordinates.geodesicMetres(placeOf(from), placeOf(to));
  });
}

/** The sum over the sorted gaps: the same whichever way a line is drawn. */
function totalOf(gaps: readonly number[]): number {
  return [...gaps].sort((a, b) => a - b).reduce((sum, gap) => sum + gap, 0);
}

function nodeOf({ longitude, latitude }: Coordinate): Node {
  return { x: Math.round(longitude * DEGREE), y: Math.round(latitude * DEGREE) };
}

function placeOf({ x, y }: Node): Coordinate {
  return { longitude: x / DEGREE, latitude: y / DEGREE };
}

function fromWest(a: Node, b: Node): readonly [Node, Node] {
  return a.x < b.x || (a.x === b.x && a.y < b.y) ? [a, b] : [b, a];
}

function nodeKey(longitudeE7: number, latitudeE7: number): string {
  return `${longitudeE7},${latitudeE7}`;
}

function byPlace(a: WalkEdge, b: WalkEdge): number {
  return a.fromLongitudeE7 - b.fromLongitudeE7 || a.fromLatitudeE7 - b.fromLatitudeE7 || a.toLongitudeE7 - b.toLongitudeE7 || a.toLatitudeE7 - b.toLatitudeE7;
}
