import { Extensions } from 'type-graphql';
import type { Viewer } from '../platform/index.js';
import { forbidden, notFound, unauthenticated, type Thing } from '../platform/graphql/index.js';
import type { Action } from './rules/actions.js';
import { may, type Subject } from './rules/may.js';

/** Names the right that a root field needs. The server refuses to start where a root field has none (design 6, G24). */
export function Allow(action: Action): MethodDecorator & PropertyDecorator {
  return Extensions({ allow: action }) as MethodDecorator & PropertyDecorator;
}

/** What a caller names that not everybody may see. */
export interface Named {
  readonly what: Thing;
  readonly id: string;
}

/**
 * Throws UNAUTHENTICATED for nobody and FORBIDDEN for somebody without the right; returns when the viewer may. Of what
 * not everybody may see, give its name: to whoever has the right elsewhere it is NOT_FOUND then, in the same words as an
 * id that was invented, so that nobody learns from a refusal what there is (P10). What is on the public map needs none.
 */
export function ensureMay(viewer: Viewer, action: Action, subject?: Subject, named?: Named): void {
  if (may(viewer, action, subject)) return;
  if (viewer.kind === 'ANONYMOUS') throw unauthenticated();
  throw named && may(viewer, action) ? notFound(named.what, named.id) : forbidden(action);
}
