import type { Room } from '../platform/index.js';
import { NearbyResolver, NearbyFacilityEdgeResolver, LeftOutFacilityResolver } from './nearby.resolver.js';
import { DISCOVERY_REFUSALS } from './refusals.js';

export { compileNearby } from './compile-nearby.js';
export { importWalkFeatures, importWalkNetwork } from './import-walk-network.js';
export type { ImportedWalkNetwork, WalkFeatures, WalkNetworkName } from './import-walk-network.js';
export type { WalkSegment } from './rules/walk-segments.js';

/** 'Where can I park near here, then?': search, reach and ranking. */
export const discoveryRoom: Room = {
  name: 'discovery',
  entities: [],
  resolvers: [NearbyResolver, NearbyFacilityEdgeResolver, LeftOutFacilityResolver],
  orphanedTypes: [],
  refusals: DISCOVERY_REFUSALS,
  nodes: [],
};
