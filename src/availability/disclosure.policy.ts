import { may } from '../identity/index.js';
import type { Viewer } from '../platform/index.js';
import type { LiveEntry } from './watch-event.js';

/** Whether a viewer sees exact live figures of a facility at once: everybody, but for compounds and military links (P10). */
export function seesExactly(viewer: Viewer, { disclosure, routing }: Pick<LiveEntry, 'disclosure' | 'routing'>): boolean {
  return disclosure === 'OPEN' || may(viewer, 'availability:read-exact', { partyId: routing.partyIds, jurisdictionCode: routing.jurisdictionCodes });
}
