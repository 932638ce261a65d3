import type { GraphQLSchema } from 'graphql';
import type { MigrationObject } from '@mikro-orm/core';
import type { Services, Viewer } from '../platform/index.js';
import type { Documents } from './graphql/documents.js';
import type { Route } from './http/route.js';
import type { Metrics } from './metrics.js';
import type { Points } from './points.js';
import type { RightsWatch } from './rights-watch.js';
import type { ConnectionCounts } from './connection-counts.js';

/** What the transports work with for the life of the process. */
export interface City {
  readonly services: Services;
  readonly schema: GraphQLSchema;
  readonly documents: Documents;
  readonly points: Points;
  readonly metrics: Metrics;
  readonly routes: readonly Route[];
  readonly migrations: readonly MigrationObject[];
  /** Whose rights last longer than a request: open sockets and event streams. */
  readonly rights: RightsWatch;
  /** Open connections by key and by address. */
  readonly counts: ConnectionCounts;
  /** Ends every event stream; filled by whoever opens one. */
  readonly eventStreams: Set<() => void>;
  /** Anonymous for no credential; throws UNAUTHENTICATED for a bad one, never falls back to anonymous. */
  readonly authenticate: (services: Services, credential: string | null) => Promise<Viewer>;
  /** Set once the server was told to stop: readiness turns first, then what is in flight ends. */
  readonly stopping: { is: boolean };
}
