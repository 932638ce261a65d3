import type { RequestScope } from '../platform/index.js';
import type { NearbyAsk } from './find-nearby.js';
import { MAX_WALKING_METRES, estimateWalkingMetres, roundMetres } from './rules/reach.js';
import type { WalkGraph } from './rules/walk-graph.js';
import { SNAP_METRES, walkingArea } from './walking-area.js';
import { walkOutwards, type Candidate } from './walk-outwards.js';

/** Metres on foot between a search's origin and each candidate; all by one kind of measure. */
export interface WalkingReach {
  readonly kind: 'NETWORK' | 'ESTIMATED';
  /** null where no walk along the network leads there within reach. */
  metresTo(candidate: Candidate): number | null;
}

const ESTIMATED_WALKING: WalkingReach = {
  kind: 'ESTIMATED',
  metresTo: candidate => roundMetres(estimateWalkingMetres(candidate.distanceMetres)),
};

/**
 * How the walks of one search are measured (2.1-3, G3). Along the network where it covers the origin and every
 * candidate that could be near enough; else all are estimated, because a measured walk and a guessed one must not
 * stand in one ranking. What decides is the search alone, not its page, so that its pages agree.
 */
export async function walkingReach(scope: RequestScope, ask: NearbyAsk): Promise<WalkingReach> {
  const { origin, radiusMetres, maxWalkingMetres } = ask;
  const farthest = ask.explains || maxWalkingMetres === null ? MAX_WALKING_METRES : maxWalkingMetres;
  // No walk to a candidate leads farther from the origin than half of the walk and of the straight way together.
  const graph = await walkingArea(scope, origin, (farthest + Math.min(radiusMetres, farthest)) / 2);
  const start = graph?.snap(origin, SNAP_METRES);
  if (!graph || !start || !(await coversCandidates(scope, ask, graph, maxWalkingMetres ?? farthest))) return ESTIMATED_WALKING;

  const walks = graph.walksFrom(start, farthest);
  return {
    kind: 'NETWORK',
    metresTo: candidate => {
      const end = graph.snap(candidate.place, SNAP_METRES);
      const metres = end && walks.metresTo(end);
      return metres === null ? null : roundMetres(metres);
    },
  };
}

/** A candidate farther off in a straight line than one may walk is out of reach by either measure. */
async function coversCandidates(scope: RequestScope, ask: NearbyAsk, graph: WalkGraph, walkMetres: number): Promise<boolean> {
  const radiusMetres = Math.min(ask.radiusMetres, walkMetres);
  for await (const candidates of walkOutwards(scope.database, { ...ask, radiusMetres, after: null })) {
    if (candidates.some(candidate => graph.snap(candidate.place, SNAP_METRES) === null)) return false;
  }
  return true;
}
