import { counted, lateStartProblem, problem, type Problem, type Span } from '../../kernel/index.js';
import type { BookingTerms } from './booking-terms.js';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
/** The most spaces of one reservation: a coach party, not a car park. */
export const MOST_SPACES = 50;

export interface AskedStay {
  readonly during: Span;
  readonly spaces: number;
  readonly spaceId: string | null;
  /** When the stay began that this one goes on with; absent for a new one. */
  readonly begunAt?: number;
}

/** Everything that speaks against a stay before anybody looks at spaces, at once. */
export function stayProblems({ during, spaces, spaceId, begunAt }: AskedStay, terms: BookingTerms, now: number): readonly Problem[] {
  const found: Problem[] = [];
  const { startsAt, endsAt } = during;
  const minutes = (endsAt - startsAt) / MINUTE_MS;
  if (endsAt <= startsAt) found.push(problem('INTERVAL_EMPTY', { zh: '时段的结束须晚于开始', en: 'the interval must end after it starts', field: 'during.endsAt' }));
  const late = startsAt === begunAt ? null : lateStartProblem(startsAt, now);
  if (late) found.push(late);
  if (minutes > 0 && minutes < terms.shortestStayMinutes) found.push(problem('STAY_TOO_SHORT', { zh: `一次最短 ${terms.shortestStayMinutes} 分钟，所求 ${Math.floor(minutes)} 分钟`, en: `a stay lasts ${counted(terms.shortestStayMinutes, 'minute')} at least, ${Math.floor(minutes)} were asked for`, field: 'during.endsAt', data: { shortestStayMinutes: terms.shortestStayMinutes } }));
  if (minutes > terms.longestStayMinutes) found.push(problem('STAY_TOO_LONG', { zh: `一次最长 ${terms.longestStayMinutes} 分钟，所求 ${Math.ceil(minutes)} 分钟`, en: `a stay lasts ${counted(terms.longestStayMinutes, 'minute')} at most, ${Math.ceil(minutes)} were asked for`, field: 'during.endsAt', data: { longestStayMinutes: terms.longestStayMinutes } }));
  if (startsAt > now + terms.mostDaysAhead * DAY_MS) found.push(problem('TOO_FAR_AHEAD', { zh: `至多提前 ${terms.mostDaysAhead} 天`, en: `at most ${counted(terms.mostDaysAhead, 'day')} ahead`, field: 'during.startsAt', data: { mostDaysAhead: terms.mostDaysAhead } }));
  const outOfRange = spacesProblem(spaces);
  if (outOfRange) found.push(outOfRange);
  if (spaceId !== null && spaces !== 1) found.push(problem('NUMBERED_SPACE_IS_ONE', { zh: `指定泊位时只能预约 1 个，所求 ${spaces} 个`, en: `a numbered space is one, ${spaces} were asked for`, field: 'spaces', clause: '2.6-5' }));
  return found;
}

/** Why so many spaces are not booked at once; null where they can be. */
export function spacesProblem(spaces: number): Problem | null {
  if (spaces >= 1 && spaces <= MOST_SPACES) return null;
  return problem('SPACES_OUT_OF_RANGE', { zh: `一次 1–${MOST_SPACES} 个泊位，所求 ${spaces} 个`, en: `1 to ${MOST_SPACES} spaces at once, ${spaces} were asked for`, field: 'spaces' });
}
