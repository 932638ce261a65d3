import { Extensions } from 'type-graphql';
import type { Viewer } from '../platform/index.js';
import { forbidden, unauthenticated } from '../platform/graphql/index.js';
import type { Action } from './rules/actions.js';
import { may, type Subject } from './rules/may.js';

/** Names the right that a root field needs. The server refuses to start where a root field has none (design 6, G24). */
export function Allow(action: Action): MethodDecorator & PropertyDecorator {
  return Extensions({ allow: action }) as MethodDecorator & PropertyDecorator;
}

/** Throws UNAUTHENTICATED for nobody and FORBIDDEN for somebody without the right; returns when the viewer may. */
export function ensureMay(viewer: Viewer, action: Action, subject?: Subject): void {
  if (may(viewer, action, subject)) return;
  throw viewer.kind === 'ANONYMOUS' ? unauthenticated() : forbidden(action);
}
