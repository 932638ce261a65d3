import { problem, type Problem } from './outcome.js';
import { counted } from './text.js';

const MINUTE_MS = 60_000;

/** A stay that is asked for 'from now' may have begun while the request was on its way. */
const LATE_START_MS = 5 * MINUTE_MS;

/** What is wrong with a stay that would begin in the past: the one rule of a search, a quote and a booking (P2). Null where nothing is. */
export function lateStartProblem(startsAt: number, now: number): Problem | null {
  if (startsAt >= now - LATE_START_MS) return null;
  const minutes = Math.ceil((now - startsAt) / MINUTE_MS);
  return problem('STAY_IN_THE_PAST', { zh: `开始时间早于现在 ${minutes} 分钟`, en: `the stay would have begun ${counted(minutes, 'minute')} ago`, field: 'during.startsAt' });
}
