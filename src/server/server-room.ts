import type { Room } from '../platform/index.js';
import { NodeResolver } from './node.resolver.js';
import { ServiceInfoResolver } from './service-info.resolver.js';

/** The server's own root fields. */
export const serverRoom: Room = { name: 'server', entities: [], resolvers: [NodeResolver, ServiceInfoResolver], orphanedTypes: [], nodes: [] };
