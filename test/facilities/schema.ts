import { graphql } from 'graphql';
import { facilitiesRoom } from '../../src/facilities/index.js';
import { identityRoom } from '../../src/identity/index.js';
import type { RequestScope } from '../../src/platform/index.js';
import { assembleSchema } from '../../src/server/schema.js';

const schema = assembleSchema([identityRoom, facilitiesRoom]);

/** Runs a document against the rooms up to facilities; the whole answer, errors included. */
export async function ask(scope: RequestScope, source: string, variableValues: Record<string, unknown> = {}): Promise<{ data?: any; errors?: readonly any[] }> {
  const answer = await graphql({ schema, source, variableValues, contextValue: scope });
  return JSON.parse(JSON.stringify(answer));
}
