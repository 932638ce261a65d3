import type { GraphQLSchema } from 'graphql';
import type { MigrationObject } from '@mikro-orm/core';
import type { Services, Viewer } from '../platform/index.js';
import type { Documents } from './graphql/documents.js';
import type { Route } from './http/route.js';
import type { Metrics } from './metrics.js';
import type { Points } from './points.js';

/** What the transports work with for the life of the process. */
export interface City {
  readonly services: Services;
  readonly schema: GraphQLSchema;
  readonly documents: Documents;
  readonly points: Points;
  readonly metrics: Metrics;
  readonly routes: readonly Route[];
  readonly migrations: readonly MigrationObject[];
  /** Anonymous for no credential; throws UNAUTHENTICATED for a bad one, never falls back to anonymous. */
  readonly authenticate: (services: Services, credential: string | null) => Promise<Viewer>;
  /** Set once the server was told to stop: readiness turns first, then what is in flight ends. */
  readonly stopping: { is: boolean };
}
