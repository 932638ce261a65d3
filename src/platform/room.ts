import type { EntitySchema } from '@mikro-orm/core';
import type { GraphQLScalarType } from 'graphql';
import type { RefusalTable } from '../kernel/index.js';
import type { NodeKind } from './graphql/node.js';
import type { Reaction } from './reaction.js';
import type { Services } from './scope.js';

/** Something that is done again and again, while the server runs. */
export interface Job {
  readonly name: string;
  readonly everyMs: number;
  /** Whether one server of all does it. A job that keeps something of its own server's runs on each. */
  readonly isSingle: boolean;
  readonly run: (services: Services) => Promise<unknown>;
}

/** What a room hands to the server that assembles the city: nothing else is registered anywhere. */
export interface Room {
  readonly name: string;
  readonly entities: ReadonlyArray<EntitySchema<any, any, any>>;
  readonly resolvers: ReadonlyArray<new () => object>;
  /** Object types that only an interface mentions. */
  readonly orphanedTypes: ReadonlyArray<new () => object>;
  readonly nodes: readonly NodeKind[];
  /** The codes that its rules refuse with, and their words. */
  readonly refusals?: RefusalTable;
  readonly scalars?: readonly GraphQLScalarType[];
  /** What it does in the transaction of a lower room that announces something. */
  readonly reactions?: readonly Reaction[];
  /** What it does again and again while the server runs. */
  readonly jobs?: readonly Job[];
  /** Runs once after the migrations, before the first request; the lines it returns are printed with what is served. */
  readonly starters?: ReadonlyArray<(services: Services) => Promise<readonly string[]>>;
  /** Ends what it keeps in the process, before the connections close. */
  readonly stop?: (services: Services) => Promise<void>;
}
