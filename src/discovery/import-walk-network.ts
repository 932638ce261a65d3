import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { done, isRefusal, problem, refuse, type CoordinateBox, type Crs, type Outcome, type Problem } from '../kernel/index.js';
import type { Unit } from '../platform/index.js';
import { may } from '../identity/index.js';
import { readWalkFeature } from './rules/walk-features.js';
import { coverageOf, edgesOf, joinEdges, segmentProblems, type WalkEdge, type WalkSegment } from './rules/walk-segments.js';
import { cityBox, lockNetwork, replaceNetwork } from './walk-network.sql.js';

/** Most edges of one network: a prefecture's ways are some hundred thousand. */
const MOST_EDGES = 500_000;
/** Most problems that one refusal names. */
const MOST_PROBLEMS = 1_000;
/** Ways that are read in one go; then whatever else the process serves has its turn. */
const WAYS_AT_ONCE = 200;

/** Which network is told: the ways of one source in one city, whole. */
export interface WalkNetworkName {
  readonly city: string;
  readonly source: string;
}

/** A network as GeoJSON features tell it; the coordinate system is never guessed (P5, G1). */
export interface WalkFeatures extends WalkNetworkName {
  readonly crs: Crs | null;
  readonly features: readonly unknown[];
  /** The property that gives a way's metres; absent: every length is measured on the ellipsoid. */
  readonly lengthProperty?: string;
}

/** What an import of a network did. */
export interface ImportedWalkNetwork {
  readonly effect: 'CREATED' | 'CHANGED' | 'UNCHANGED';
  readonly version: number;
  readonly edgeCount: number;
  /** Short ways joined to nothing else, left out. */
  readonly islandCount: number;
}

/** Puts the ways of one source in a city in the place of those it told before, whole (2.1-3); the same ways again change nothing. */
export async function importWalkNetwork(unit: Unit, { segments, ...name }: WalkNetworkName & { readonly segments: readonly WalkSegment[] }): Promise<Outcome<ImportedWalkNetwork>> {
  const box = await boxFor(unit, name);
  if (isRefusal(box)) return box;
  return readAndStore(unit, name, segments, (segment, i) => {
    const problems = segmentProblems(segment, box.value, `segments[${i}].path`);
    return problems.length > 0 ? refuse(problems) : done(segment);
  });
}

/** The same from GeoJSON LineStrings, naming everything that is wrong with the file at once. */
export async function importWalkFeatures(unit: Unit, { crs, features, lengthProperty, ...name }: WalkFeatures): Promise<Outcome<ImportedWalkNetwork>> {
  const box = await boxFor(unit, name);
  if (isRefusal(box)) return box;
  if (crs === null) {
    return refuse(problem('CRS_UNDECLARED', { zh: '未声明坐标系：取 WGS84、CGCS2000、GCJ02、BD09 之一', en: 'no coordinate system is declared: one of WGS84, CGCS2000, GCJ02, BD09', field: 'crs' }));
  }
  return readAndStore(unit, name, features, (feature, i) => {
    const read = readWalkFeature(feature, { crs, lengthProperty: lengthProperty ?? null }, `features[${i}]`);
    const problems = isRefusal(read) ? [] : segmentProblems(read.value, box.value, `features[${i}].geometry.coordinates`);
    return problems.length > 0 ? refuse(problems) : read;
  });
}

async function readAndStore<Way>(unit: Unit, name: WalkNetworkName, ways: readonly Way[], read: (way: Way, nth: number) => Outcome<WalkSegment>): Promise<Outcome<ImportedWalkNetwork>> {
  const problems: Problem[] = [];
  const edges: WalkEdge[] = [];
  for (const [i, way] of ways.entries()) {
    if (i % WAYS_AT_ONCE === WAYS_AT_ONCE - 1) await setImmediate();
    const segment = read(way, i);
    if (isRefusal(segment)) problems.push(...segment.problems);
    else edges.push(...edgesOf(segment.value));
    if (problems.length > MOST_PROBLEMS || edges.length > MOST_EDGES) break;
  }
  if (problems.length > 0) return refuse(problems.slice(0, MOST_PROBLEMS));
  if (edges.length > MOST_EDGES) {
    return refuse(problem('NETWORK_TOO_LARGE', { zh: `路网超过 ${MOST_EDGES} 条边：请按区县分来源导入`, en: `the network has more than ${MOST_EDGES} edges: import it district by district, each as a source of its own` }));
  }
  return store(unit, name, edges);
}

async function boxFor(unit: Unit, { city }: WalkNetworkName): Promise<Outcome<CoordinateBox>> {
  if (!may(unit.scope.viewer, 'import:run', { jurisdictionCode: city })) {
    return refuse(problem('NOT_ALLOWED', { zh: `无权导入城市 ${city} 的步行路网：须为该市主管部门`, en: `you may not import the walking network of ${city}: that is for the city's own offices`, field: 'city', clause: '3.6-3' }));
  }
  const box = await cityBox(unit, city);
  return box ? done(box) : refuse(problem('CITY_UNKNOWN', { zh: `城市 ${city} 尚未登记：请先导入其行政区`, en: `the city ${city} is not registered: import its jurisdictions first`, field: 'city' }));
}

async function store(unit: Unit, { city, source }: WalkNetworkName, cut: readonly WalkEdge[]): Promise<Outcome<ImportedWalkNetwork>> {
  const { edges, islandCount } = joinEdges(cut);
  if (edges.length === 0) return refuse(problem('NETWORK_EMPTY', { zh: '没有任何路段', en: 'there is no way in it' }));
  const contentSha256 = hashOf(edges);
  const held = await lockNetwork(unit, { city, source });
  if (held?.contentSha256 === contentSha256) return done({ effect: 'UNCHANGED', version: held.version, edgeCount: edges.length, islandCount });

  const version = (held?.version ?? 0) + 1;
  const effect = held ? 'CHANGED' : 'CREATED';
  await replaceNetwork(unit, { city, source, version, contentSha256, box: coverageOf(edges) }, edges, { at: unit.now, by: unit.scope.viewer.actorId });
  unit.record({ action: 'import:run', objectType: 'walkNetwork', objectId: `${city} ${source}`, details: { effect, version, sha256: contentSha256, edges: edges.length, islands: islandCount } });
  return done({ effect, version, edgeCount: edges.length, islandCount });
}

/** Over the edges in their one order, so that the same ways in another order are the same network. */
function hashOf(edges: readonly WalkEdge[]): string {
  const hash = createHash('sha256');
  for (const edge of edges) hash.update(`${edge.fromLongitudeE7} ${edge.fromLatitudeE7} ${edge.toLongitudeE7} ${edge.toLatitudeE7} ${edge.metres}\n`);
  return hash.digest('hex');
}
