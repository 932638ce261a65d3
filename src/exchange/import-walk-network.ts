import { isRefusal, problem, type Crs, type Outcome, type Problem } from '../kernel/index.js';
import type { Unit } from '../platform/index.js';
import { importWalkFeatures, type ImportedWalkNetwork } from '../discovery/index.js';
import type { DraftResult, FieldSpec, ImportKind } from './import-kind.js';
import { RefusedFile } from './source-row.js';

/** One way of a file, and the network that it belongs to. */
interface WayDraft {
  readonly city: string;
  readonly source: string;
  readonly crs: Crs;
  readonly feature: object;
}

/** The properties of a feature that a mapping may fill; its geometry is the way itself. */
const wayFields: readonly FieldSpec[] = [
  { name: 'lengthMetres', type: { kind: 'NUMBER' }, zh: '路段长度（米）；空则按图形在椭球上量取', en: 'metres of the way; measured on the ellipsoid where empty', example: '' },
];

/** The walking network of a city and source, from GeoJSON LineStrings: the file stands in the place of what it told before (2.1-3). */
export const walkNetworkImport: ImportKind<WayDraft> = {
  name: 'walk-network',
  fields: wayFields,
  whole: { format: 'GEOJSON' },
  build: (values, { city, source, crs }, geometry) => ({
    draft: { city: city ?? '', source, crs, feature: { type: 'Feature', geometry, properties: values } },
    key: null,
    fieldOfPath: new Map(),
    findings: [],
  }),
  write: writeNetwork,
};

/** Writes the ways that are sound, and names what is wrong with the others; whether they may be left out is the run's mode. */
async function writeNetwork(unit: Unit, ways: readonly WayDraft[]): Promise<readonly DraftResult[]> {
  const first = await importWays(unit, ways);
  if (!isRefusal(first)) return resultsOf(first.value, ways);
  const refused = Map.groupBy(first.problems, each => wayOf(each)!);
  const sound = ways.filter((_, nth) => !refused.has(nth));
  const rest = sound.length === 0 ? null : await importWays(unit, sound);
  if (rest === null || !isRefusal(rest)) {
    const written = rest === null ? [] : resultsOf(rest.value, sound);
    let taken = 0;
    return ways.map((_, nth) => refusalOf(refused.get(nth)) ?? written[taken++]!);
  }
  // More is wrong than one refusal names: nobody walks what is left of such a file, in either mode.
  const last = Math.max(...refused.keys());
  return ways.map((_, nth) => ({ kind: 'REFUSED', problems: refused.get(nth) ?? (nth > last ? [NOT_LOOKED_AT] : []) }));
}

const NOT_LOOKED_AT = problem('NETWORK_NOT_LOOKED_AT', { zh: '前面的路段问题过多，未再检查；整个路网未采用', en: 'too much is wrong with the ways before this one: it was not looked at, and nothing of the network is taken' });

/** Tells discovery of the ways; a refusal is of some of them, for what is wrong with the network as such refuses the file. */
async function importWays(unit: Unit, ways: readonly WayDraft[]): Promise<Outcome<ImportedWalkNetwork>> {
  const { city, source, crs } = ways[0]!;
  const outcome = await importWalkFeatures(unit, { city, source, crs, features: ways.map(way => way.feature), lengthProperty: 'lengthMetres' });
  const ofNetwork = isRefusal(outcome) ? outcome.problems.find(each => wayOf(each) === null) : undefined;
  if (ofNetwork !== undefined) throw new RefusedFile(ofNetwork);
  return outcome;
}

/** Which way a problem is of; null where it is of none. */
function wayOf({ field = '' }: Problem): number | null {
  const found = /^features\[(\d+)\]/.exec(field);
  return found === null ? null : Number(found[1]);
}

function refusalOf(problems: readonly Problem[] | undefined): DraftResult | null {
  return problems === undefined ? null : { kind: 'REFUSED', problems };
}

/** All ways of a network come to the same; what was found of it is told once. */
function resultsOf({ effect, islandCount }: ImportedWalkNetwork, ways: readonly WayDraft[]): readonly DraftResult[] {
  const islands = problem('ISLANDS_LEFT_OUT', { zh: `${islandCount} 处不足 500 米、与路网不相连的路段未采用`, en: `${islandCount} parts shorter than 500 m and joined to nothing are left out`, clause: '2.1-3' });
  return ways.map((_, nth) => ({ kind: effect, findings: nth === 0 && islandCount > 0 ? [islands] : [] }));
}
