import { zoneOf } from './lenders.js';
import { closingMinuteBy } from './rules/window-draft.js';
import type { EvaluationContext } from './rules/window.js';
import type { WindowContextRow } from './suspensions.sql.js';

/** What evaluating a window needs besides its terms and the calendar, as its facility and the suspensions have it. */
export function contextOf({ zoneName, closesAt, suspensions }: WindowContextRow): Omit<EvaluationContext, 'calendar'> {
  return {
    zone: zoneOf(zoneName),
    closingMinuteOf: closingMinuteBy(closesAt),
    suspensions: suspensions.map(({ startsAt, endsAt, ...rest }) => ({ ...rest, during: { startsAt, endsAt: endsAt ?? Number.POSITIVE_INFINITY } })),
  };
}
