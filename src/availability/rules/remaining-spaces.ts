import { lentSteps, type LentPart, type LentSteps } from './lent-steps.js';

/** What one window of a pool lends, the window named by its place among them. */
export interface LentShare extends LentPart {
  readonly window: number;
}

/** Spaces that were promised to people who meet the same windows of the pool. */
export interface PromisedSpaces {
  readonly opens: (window: number) => boolean;
  readonly steps: LentSteps;
}

export interface RemainingAsk {
  readonly shares: readonly LentShare[];
  readonly windows: number;
  readonly mostSpaces: number;
  /** Which windows are for the asker. */
  readonly opens: (window: number) => boolean;
  readonly promised: readonly PromisedSpaces[];
}

/** Beyond so many windows at an instant, or sets of them, everything promised is taken off what the asker's own lend: fewer may be offered, never more. */
const MOST_WINDOWS = 30;
const MOST_SETS = 1_024;

/**
 * How many spaces of a pool an asker can still be promised from each instant on (P1, P2). Each claim may be served out of any
 * window that is for its holder, so a claim fits as long as every set K of windows lends at least what is promised to
 * those who have no window outside K (Hall's condition); what is left is the least of that over every K with the asker's
 * windows in it. Example: 5 spaces for everybody and 3 for residents; 4 residents took 3 + 1: a driver finds 4, a resident 4.
 */
export function remainingSteps({ shares, windows, mostSpaces, opens, promised }: RemainingAsk): LentSteps {
  const mine = Array.from({ length: windows }, (_, window) => opens(window));
  if (promised.length === 0) return lentSteps(shares.filter(({ window }) => mine[window]), mostSpaces);
  const theirs = promised.map(each => Array.from({ length: windows }, (_, window) => each.opens(window)));
  const changes = shares.flatMap(({ window, startsAt, endsAt, spaces }) => (endsAt <= startsAt || spaces <= 0 ? [] : [{ at: startsAt, window, by: spaces }, { at: endsAt, window, by: -spaces }]));
  changes.sort((a, b) => a.at - b.at);
  const instants = [...new Set([...changes.map(change => change.at), ...promised.flatMap(each => each.steps.at)])].sort((a, b) => a - b);

  const lends = new Array<number>(windows).fill(0);
  const counts = new Array<number>(promised.length).fill(0);
  const next = new Array<number>(promised.length).fill(0);
  const at: number[] = [];
  const lent: number[] = [];
  let change = 0;
  for (const instant of instants) {
    for (; change < changes.length && changes[change]!.at === instant; change++) lends[changes[change]!.window]! += changes[change]!.by;
    promised.forEach(({ steps }, i) => {
      if (steps.at[next[i]!] !== instant) return;
      counts[i] = steps.lent[next[i]!]!;
      next[i]! += 1;
    });
    const spaces = Math.max(0, leastLeft({ lends, mine, theirs, counts, mostSpaces }));
    if (spaces === (lent.at(-1) ?? 0)) continue;
    at.push(instant);
    lent.push(spaces);
  }
  return { at, lent };
}

interface Instant {
  /** What each window lends. */
  readonly lends: readonly number[];
  readonly mine: readonly boolean[];
  readonly theirs: ReadonlyArray<readonly boolean[]>;
  readonly counts: readonly number[];
  readonly mostSpaces: number;
}

/** What is left at one instant; below zero where more is promised than lent. */
export function leastLeft({ lends, mine, theirs, counts, mostSpaces }: Instant): number {
  const open = lends.flatMap((spaces, window) => (spaces > 0 ? [window] : []));
  const own = open.reduce((sum, window) => sum + (mine[window] ? lends[window]! : 0), 0);
  if (own === 0) return 0;
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all === 0) return Math.min(own, mostSpaces);
  if (open.length > MOST_WINDOWS) return Math.min(own, mostSpaces) - all;

  const setOf = (opens: readonly boolean[]): number => open.reduce((set, window, i) => (opens[window] ? set | (1 << i) : set), 0);
  const groups = new Map<number, number>();
  theirs.forEach((opens, i) => {
    const count = counts[i]!;
    if (count === 0) return;
    const set = setOf(opens);
    groups.set(set, (groups.get(set) ?? 0) + count);
  });
  const sets = [setOf(mine)];
  const seen = new Set(sets);
  for (let i = 0; i < sets.length; i++) {
    for (const set of groups.keys()) {
      const wider = sets[i]! | set;
      if (seen.has(wider)) continue;
      seen.add(wider);
      sets.push(wider);
      if (sets.length > MOST_SETS) return Math.min(own, mostSpaces) - all;
    }
  }
  let least = Number.POSITIVE_INFINITY;
  for (const set of sets) {
    let left = Math.min(mostSpaces, open.reduce((sum, window, i) => (set & (1 << i) ? sum + lends[window]! : sum), 0));
    for (const [group, count] of groups) if ((group & ~set) === 0) left -= count;
    least = Math.min(least, left);
  }
  return least;
}
