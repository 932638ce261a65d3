import { defineLoader } from '../platform/index.js';
import { listNewestUntil } from './change-log.sql.js';
import { seesExactly } from './disclosure.policy.js';
import { listStanding } from './live.sql.js';
import { PUBLIC_DELAY_MS } from './rules/disclosure.js';
import { entryOf, unknownYet, viewOf, type AvailabilityView } from './watch-event.js';

/** Live availability by facility, as the viewer may see it; null where nothing is shown. */
export const LIVE_OF_FACILITY = defineLoader<string, AvailabilityView | null>('LIVE_OF_FACILITY', async (scope, facilityIds) => {
  const entries = new Map((await listStanding(scope.database, facilityIds)).map(row => [row.facilityId, entryOf(row)]));
  const until = scope.clock.now() - PUBLIC_DELAY_MS;
  const young = [...entries.values()].filter(entry => entry.disclosure === 'LATE' && !seesExactly(scope.viewer, entry) && entry.changedAt > until);
  const earlier = young.length === 0 ? [] : await listNewestUntil(scope.database, young.map(entry => entry.facilityId), until);
  const late = new Map(earlier.map(change => [change.facilityId, change]));
  return facilityIds.map(id => {
    const entry = entries.get(id);
    if (!entry) return null;
    if (seesExactly(scope.viewer, entry)) return viewOf(entry, false);
    if (entry.disclosure === 'WITHHELD') return null;
    if (entry.changedAt <= until) return viewOf(entry, true);
    const before = late.get(id);
    return viewOf(before ? entryOf({ ...before, changedAt: before.at, routing: entry.routing }) : unknownYet(entry, until), true);
  });
});
