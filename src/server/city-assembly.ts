import { authenticate } from '../identity/index.js';
import { operationCompilers, rooms, routes, starters } from './rooms.js';
import type { Assembly } from './start.js';

/** The whole city, as it is started. */
export const cityAssembly: Assembly = { rooms, compilers: operationCompilers, routes, authenticate, starters };
