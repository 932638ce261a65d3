import type { Room } from '../platform/index.js';

export { Allow, ensureMay } from './allow.js';
export { ACTIONS, isAction } from './rules/actions.js';
export type { Action } from './rules/actions.js';
export { liesWithin } from './rules/jurisdiction-scope.js';
export { may } from './rules/may.js';
export type { Subject } from './rules/may.js';
export { ACTOR_FAMILIES, ROLES } from './rules/roles.js';
export type { ActorFamily, Role } from './rules/roles.js';
export { anonymousViewer, systemViewer } from './viewers.js';

/** Who is asking, for which party and jurisdiction, with which rights. */
export const identityRoom: Room = { name: 'identity', entities: [], resolvers: [], orphanedTypes: [], nodes: [] };
