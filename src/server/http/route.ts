import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestScope } from '../../platform/index.js';

/** A path of a room's own, beside /graphql: an upload or a download that is no GraphQL document. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Segments with a colon are parameters: `/imports/:kind`. */
  readonly path: string;
  /** Streams by itself; what it throws is answered as the fault it amounts to. */
  handle(request: IncomingMessage, response: ServerResponse, scope: RequestScope, parameters: Readonly<Record<string, string>>): Promise<void>;
}

/** The parameters of a path that fits a pattern, or null. */
export function matchPath(pattern: string, path: string): Readonly<Record<string, string>> | null {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const parameters: Record<string, string> = {};
  for (const [i, segment] of wanted.entries()) {
    const value = given[i]!;
    if (!segment.startsWith(':')) {
      if (segment !== value) return null;
      continue;
    }
    if (value === '' || !/^[\w.-]{1,128}$/.test(value)) return null;
    parameters[segment.slice(1)] = value;
  }
  return parameters;
}
