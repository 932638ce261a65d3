import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CountInForce } from '../../../src/availability/rules/live-state.js';
import { driftOf } from '../../../src/availability/rules/feed-drift.js';
import { alertOf, feedStateAt } from '../../../src/availability/rules/feed-alert.js';
import { dropCount, foldCount, isAfter, moveCount, replaceCount } from '../../../src/availability/rules/report-fold.js';
import { AHEAD_MS, EXPIRED_MS, mistimed, mostOf, staleAfterOf } from '../../../src/availability/rules/report-verdict.js';
import { reportMessage } from '../../../src/availability/rules/report-words.js';
import { VERDICT_OF, type ReportReason } from '../../../src/availability/rules/report-verdict.js';
import { seeded } from '../../support/random.js';
import { shuffledWithRepeats } from '../report-faults.js';
import '../../support/property-seed.js';

const NOW = 1_770_771_600_000;
/** G7 names the full size; a tenth of each by default. */
const [REPORTS, PERMUTATIONS] = process.env.FAULTS === 'full' ? [10_000, 1_000] : [1_000, 100];
const told = (differs: Partial<CountInForce> = {}): CountInForce => ({ zoneId: null, scope: 'ALL', feedId: 'f', occupied: 1, free: null, observedAt: NOW, sequence: 0, receivedAt: NOW, staleAfter: NOW + 180_000, moved: 0, ...differs });

const anyCount = fc.record({
  zoneId: fc.constantFrom(null, 'a', 'b'), scope: fc.constantFrom('ALL' as const, 'SHARED' as const), feedId: fc.constantFrom('f', 'g'), observedAt: fc.integer({ min: NOW, max: NOW + 5 }), sequence: fc.integer({ min: 0, max: 3 }),
}).map(some => told({ ...some, occupied: some.sequence * 100 + some.observedAt - NOW + (some.feedId === 'f' ? 0 : 50) }));

describe('the fold of counts (G7)', () => {
  test('what is in force depends on the set of reports alone, not on their order or repeats', () => {
    fc.assert(fc.property(fc.array(anyCount, { maxLength: 30 }), fc.integer(), (all, seed) => {
      const shuffled = shuffledWithRepeats(seeded(seed), all);

      expect(shuffled.reduce(foldCount, [] as readonly CountInForce[])).toEqual(all.reduce(foldCount, [] as readonly CountInForce[]));
    }));
  });

  test(`${REPORTS} reports in ${PERMUTATIONS} permutations with repeats give one end state`, () => {
    const random = seeded(11);
    const reports = Array.from({ length: REPORTS }, (_, n) => told({ zoneId: random.pick([null, 'a', 'b', 'c']), scope: random.pick(['ALL', 'SHARED'] as const), observedAt: NOW - random.int(0, 300), sequence: n, occupied: n }));
    const end = JSON.stringify(reports.reduce(foldCount, [] as readonly CountInForce[]));

    const ends = Array.from({ length: PERMUTATIONS }, () => JSON.stringify(shuffledWithRepeats(random, reports).reduce(foldCount, [] as readonly CountInForce[])));

    expect(new Set(ends)).toEqual(new Set([end]));
  }, 300_000);

  test('isAfter is a total order: of two that differ in it exactly one is after the other', () => {
    fc.assert(fc.property(anyCount, anyCount, (a, b) => {
      const isSame = a.observedAt === b.observedAt && a.sequence === b.sequence && a.feedId === b.feedId;

      expect(Number(isAfter(a, b)) + Number(isAfter(b, a))).toBe(isSame ? 0 : 1);
    }));
  });

  test('an older or equal count leaves the very same list', () => {
    const counts = [told()];

    expect(foldCount(counts, told({ observedAt: NOW - 1, sequence: 99 }))).toBe(counts);
    expect(foldCount(counts, told({ occupied: 2 }))).toBe(counts);
  });

  test('a derived count replaces whatever stood in its place, and can be dropped', () => {
    const spaces = told({ zoneId: 'a', scope: 'SPACES' });
    const counts = replaceCount([told(), spaces], { ...spaces, occupied: 3, observedAt: NOW - 5 });

    expect(counts.map(({ scope, occupied }) => [scope, occupied])).toEqual([['ALL', 1], ['SPACES', 3]]);
    expect(dropCount(counts, 'a', 'SPACES')).toEqual([told()]);
    expect(dropCount(counts, 'b', 'SPACES')).toBe(counts);
  });

  test('a vehicle at the very instant of the count is in it already', () => {
    const base = told();

    expect(moveCount(base, { observedAt: NOW, moved: 1 })).toBe(base);
    expect(moveCount(base, { observedAt: NOW + 1, moved: -1 }).moved).toBe(-1);
  });
});

describe('times', () => {
  test('the bounds of what is believed are the clock plus five minutes and minus 48 hours, both included', () => {
    expect([NOW + AHEAD_MS, NOW - EXPIRED_MS].map(at => mistimed(at, NOW))).toEqual([null, null]);
    expect(mistimed(NOW + AHEAD_MS + 1, NOW)).toEqual({ reason: 'FUTURE', detail: 301 });
    expect(mistimed(NOW - EXPIRED_MS - 1, NOW)).toEqual({ reason: 'EXPIRED', detail: null });
  });

  test('a count is fresh for three intervals from the earlier of observation and receipt', () => {
    expect(staleAfterOf(NOW - 10, NOW, 60)).toBe(NOW - 10 + 180_000);
    expect(staleAfterOf(NOW + 10, NOW, 60)).toBe(NOW + 180_000);
  });

  test('the most of a scope', () => {
    expect([mostOf({ total: 20, shareable: 5 }, 'ALL'), mostOf({ total: 20, shareable: 5 }, 'SHARED')]).toEqual([20, 5]);
  });
});

describe('drift (C3)', () => {
  const measured = (before: Partial<CountInForce>, after: Partial<CountInForce>, movedBetween: number, total = 100) => driftOf({ before: told(before), after: told({ observedAt: NOW + 60_000, ...after }), movedBetween, total, lastEventAt: NOW });

  test('is what the counter led to less what was counted, of occupied or of free spaces alike', () => {
    expect(measured({ occupied: 40 }, { occupied: 44 }, 7)).toEqual({ delta: 3, expected: 47, counted: 44, isDrifting: false });
    expect(measured({ occupied: null, free: 60 }, { occupied: null, free: 50 }, 7)).toEqual({ delta: 3, expected: 53, counted: 50, isDrifting: false });
  });

  test('is told from the larger of two spaces and a twentieth of the total', () => {
    expect([2, 3].map(delta => measured({ occupied: delta }, { occupied: 0 }, 0, 20)!.isDrifting)).toEqual([false, true]);
    expect([5, 6].map(delta => measured({ occupied: delta }, { occupied: 0 }, 0, 100)!.isDrifting)).toEqual([false, true]);
  });

  test('cannot be measured between occupied and free, nor of gates that fell silent a day ago', () => {
    expect(measured({ occupied: 3 }, { occupied: null, free: 3 }, 0)).toBeNull();
    expect(driftOf({ before: told(), after: told({ observedAt: NOW + 24 * 3_600_000 + 1 }), movedBetween: 0, total: 9, lastEventAt: NOW })).toBeNull();
  });
});

describe('the state of a feed (G9)', () => {
  const feed = { state: 'HEALTHY' as const, lastReceivedAt: NOW, intervalSeconds: 60, isDrifting: false };

  test('turns SILENT at three intervals, not before, and silence outweighs drift', () => {
    expect([179_999, 180_000].map(after => feedStateAt(feed, NOW + after))).toEqual(['HEALTHY', 'SILENT']);
    expect(feedStateAt({ ...feed, isDrifting: true }, NOW)).toBe('DRIFTING');
    expect(feedStateAt({ ...feed, isDrifting: true }, NOW + 180_000)).toBe('SILENT');
    expect(feedStateAt({ ...feed, lastReceivedAt: null }, NOW)).toBe('NEVER_HEARD');
  });

  test('is told where it is news', () => {
    expect(alertOf('NEVER_HEARD', 'HEALTHY')).toBeNull();
    expect(alertOf('HEALTHY', 'HEALTHY')).toBeNull();
    expect([alertOf('HEALTHY', 'SILENT'), alertOf('SILENT', 'HEALTHY'), alertOf('SILENT', 'DRIFTING'), alertOf('DRIFTING', 'HEALTHY')]).toEqual(['silent', 'recovered', 'drifting', 'recovered']);
  });
});

test('every reason has words in both languages that name the number or the thing', () => {
  const thing = { facility: 'fac', zone: 'A', spaceClass: 'LARGE', number: '007', count: 25, sequence: 9, observedAt: '2026-02-11T09:00:00+08:00' };
  const words = Object.keys(VERDICT_OF).map(reason => reportMessage(reason as ReportReason, reason === 'MALFORMED' ? 'COUNT' : 20, thing));

  expect(words.filter(({ zh, en }) => !/[\u4e00-\u9fff]/.test(zh) || /[\u4e00-\u9fff]/.test(en) || /undefined|null/.test(zh + en))).toEqual([]);
});
