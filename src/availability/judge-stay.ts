import { problem, type Problem } from '../kernel/index.js';
import type { StayAsk, StayDecision } from './claim.js';
import { coveringPieces, type Lending, type LentPiece } from './facility-timeline.js';
import type { KnownLending } from './lending-shelf.js';
import { decide, type Decision } from './rules/decide.js';
import { leastLent } from './rules/lent-steps.js';
import type { StayWindow } from './rules/check.js';

/** The longest stay that is promised at once: what an agreement of a year takes, and what a process can expand. */
export const LONGEST_DAYS = 400;
const DAY_MS = 86_400_000;

/** What is wrong with a stay by itself, before anything is read. */
export function askProblem({ during, spaces, spaceId }: Pick<StayAsk, 'during' | 'spaces' | 'spaceId'>, now: number): Problem | null {
  if (!(during.startsAt < during.endsAt)) {
    return problem('INTERVAL_EMPTY', { zh: '时段的结束须晚于开始', en: 'the interval must end after it starts', field: 'during' });
  }
  if (during.endsAt - during.startsAt > LONGEST_DAYS * DAY_MS) {
    return problem('INTERVAL_TOO_LONG', { zh: `一次至多预留 ${LONGEST_DAYS} 天`, en: `at most ${LONGEST_DAYS} days are promised at once`, field: 'during', data: { mostDays: LONGEST_DAYS } });
  }
  if (during.endsAt > now + 2 * LONGEST_DAYS * DAY_MS || during.startsAt < now - LONGEST_DAYS * DAY_MS) {
    return problem('INTERVAL_TOO_FAR', { zh: `只能预留此后 ${2 * LONGEST_DAYS} 天以内的时段`, en: `spaces are promised at most ${2 * LONGEST_DAYS} days ahead`, field: 'during', data: { mostDaysAhead: 2 * LONGEST_DAYS } });
  }
  if (!Number.isInteger(spaces) || spaces < 1 || (spaceId !== null && spaces !== 1)) {
    return problem('OUT_OF_RANGE', { zh: spaceId === null ? `泊位数须为正整数，收到 ${spaces}` : `编号泊位一次一个，收到 ${spaces}`, en: spaceId === null ? `a whole number of spaces from 1 on, got ${spaces}` : `a numbered space is one, got ${spaces}`, field: 'spaces' });
  }
  return null;
}

/** Asks the one decision about a stay, out of what is left: the pools that will do, the rules above in their order, the pool that is taken. */
export function judgeStay(known: KnownLending, lending: Lending, ask: StayAsk, spaceProblem: Problem | null = null): Omit<StayDecision, 'facility'> {
  const { zoneIds, during } = ask;
  const pools = zoneIds === null ? lending.pools : lending.pools.filter(pool => zoneIds.includes(pool.zoneId));
  let windows: readonly StayWindow[] = [];
  let zoneId: string | null = null;
  const checks = ask.checks ?? [];
  const take = (fitting: readonly string[]): Problem | null => {
    zoneId = tightest(lending, during, fitting);
    windows = coveringPieces(lending, during, [zoneId]).map(piece => stayWindowOf(known, piece, during));
    return spaceProblem;
  };
  const stay = { facilityId: known.id, spaceId: ask.spaceId, during, spaces: ask.spaces, asker: ask.asker };
  const decision = decide(pools, ask, lending.horizonEndsAt, [take, ...checks.map(check => () => check(stay, windows))]);
  if (decision.allowed) return { decision, zoneId, windows };
  return { decision: decision.problems.length > 0 ? decision : withReason(decision, known, ask), zoneId: null, windows: [] };
}

/** No pool at all is a refusal, too: nothing here lends to this asker. */
function withReason(decision: Decision, known: KnownLending, ask: StayAsk): Decision {
  const reason = !known.facts.isOpen
    ? problem('FACILITY_NOT_OPEN', { zh: '设施未开放', en: 'the facility is not open', clause: '4.5-7' })
    : problem('NOT_LENT', { zh: '没有向该需求方出借该类泊位的共享时段', en: `no window lends ${ask.spaceClass} spaces to this asker`, clause: '3.2-6', data: { at: ask.during.startsAt } });
  return { ...decision, problems: [reason] };
}

/** The pool that the stay fills up most: what is left elsewhere can still take a larger party. */
function tightest(lending: Lending, during: StayAsk['during'], zoneIds: readonly string[]): string {
  if (zoneIds.length === 1) return zoneIds[0]!;
  const left = (zoneId: string): number => leastLent(lending.pools.find(pool => pool.zoneId === zoneId)!.steps, during).spaces;
  return zoneIds.map(zoneId => ({ zoneId, left: left(zoneId) })).reduce((best, one) => (one.left < best.left ? one : best)).zoneId;
}

function stayWindowOf({ facts }: KnownLending, piece: LentPiece, during: StayAsk['during']): StayWindow {
  const { windowId, zoneId, name, leastCredit, isProvisional } = piece;
  const tariffId = facts.windows.find(window => window.id === windowId)!.terms.tariffId;
  return { windowId, zoneId, name, tariffId, leastCredit, provisional: isProvisional, startsAt: Math.max(piece.startsAt, during.startsAt), endsAt: Math.min(piece.endsAt, during.endsAt) };
}
