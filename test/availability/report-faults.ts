import type { CountTold } from '../../src/availability/rules/report-verdict.js';
import { seeded } from '../support/random.js';
import { NOW } from './reporting.js';

/** One report of a feed with faults, with what must become of it when all come in this order for the first time. */
export interface FaultyReport {
  readonly told: CountTold;
  readonly expected: string | null;
}

type Random = ReturnType<typeof seeded>;

/**
 * A feed with every fault that the recorded ones have: repeats, negatives, more than there is, gaps, the same stale count
 * told again, and counts out of order. Each fault is one of its own kind, so that its verdict is known beforehand.
 */
export function faultyFeed({ seed, facilityIds, capacity, length }: { readonly seed: number; readonly facilityIds: readonly string[]; readonly capacity: number; readonly length: number }): readonly FaultyReport[] {
  const random = seeded(seed);
  const feeds = facilityIds.map(facilityId => ({ facilityId, at: NOW - 60_000, last: null as CountTold | null, sequence: 0, gaps: new Array<number>() }));
  return Array.from({ length }, () => nextOf(random, random.pick(feeds), capacity));
}

function nextOf(random: Random, feed: { facilityId: string; at: number; last: CountTold | null; sequence: number; gaps: number[] }, capacity: number): FaultyReport {
  const plain = (differs: Partial<CountTold>): CountTold => ({ facilityId: feed.facilityId, spaceClass: 'STANDARD', scope: 'ALL', occupied: random.int(0, capacity), observedAt: feed.at, sequence: (feed.sequence += 1), ...differs });
  const fault = feed.last === null ? 'NONE' : random.pick(['NONE', 'NONE', 'NONE', 'REPEAT', 'NEGATIVE', 'ABOVE', 'GAP', 'STALE', 'REUSED', 'OLDER', 'AHEAD', 'EMPTY']);
  switch (fault) {
    case 'REPEAT': return { told: feed.last!, expected: 'DUPLICATE' };
    case 'NEGATIVE': return { told: plain({ occupied: -random.int(1, 40) }), expected: 'NEGATIVE' };
    case 'STALE': return { told: { ...feed.last!, sequence: (feed.sequence += 1), observedAt: feed.last!.observedAt - 1 }, expected: 'OUT_OF_ORDER' };
    case 'REUSED': return { told: { ...feed.last!, occupied: (feed.last!.occupied ?? 0) + 1 }, expected: 'SEQUENCE_REUSED' };
    case 'OLDER': return { told: plain({ observedAt: feed.last!.observedAt - random.int(2, 50_000) }), expected: 'OUT_OF_ORDER' };
    case 'AHEAD': return { told: plain({ observedAt: NOW + 5 * 60_000 + random.int(1, 1_000_000) }), expected: 'FUTURE' };
    case 'EMPTY': return { told: plain({ occupied: null }), expected: 'MALFORMED' };
    default: {
      feed.at += fault === 'GAP' ? random.int(2_000, 4_000) : random.int(1, 100);
      const isAbove = fault === 'ABOVE';
      const told = plain(isAbove ? { occupied: capacity + random.int(1, 9) } : {});
      feed.last = told;
      return { told, expected: isAbove ? 'ABOVE_CAPACITY' : null };
    }
  }
}

/** The same things in another order, some of them twice. */
export function shuffledWithRepeats<T>(random: Random, things: readonly T[]): T[] {
  const all = things.flatMap(thing => (random.chance(0.2) ? [thing, thing] : [thing]));
  for (let i = all.length - 1; i > 0; i--) {
    const j = random.int(0, i);
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all;
}
