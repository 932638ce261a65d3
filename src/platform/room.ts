import type { EntitySchema } from '@mikro-orm/core';
import type { GraphQLScalarType } from 'graphql';
import type { NodeKind } from './graphql/node.js';

/** What a room hands to the server that assembles the city: nothing else is registered anywhere. */
export interface Room {
  readonly name: string;
  readonly entities: ReadonlyArray<EntitySchema<any, any, any>>;
  readonly resolvers: ReadonlyArray<new () => object>;
  /** Object types that only an interface mentions. */
  readonly orphanedTypes: ReadonlyArray<new () => object>;
  readonly nodes: readonly NodeKind[];
  readonly scalars?: readonly GraphQLScalarType[];
}
