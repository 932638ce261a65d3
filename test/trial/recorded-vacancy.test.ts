import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cellsOf, openReplayCity, tallied, type ReplayCity } from './replay-city.js';

let city: ReplayCity;

beforeAll(async () => {
  // The feed has no capacity: the most that was ever free is the least that it can be.
  city = await openReplayCity(cellsOf('facilities-hongkong/facilities.csv').map(({ park_id: park, max_observed_vacancy: most }) => ['hongkong', park!, Number(most)]));
}, 120_000);
afterAll(() => city?.server.close());

describe('Hong Kong', () => {
  const path = 'facilities-hongkong/vacancy.csv';

  test('1,171 readings of -1 are quarantined; 4,206 stale ones never make a figure fresh, and none of them displaces a newer one', async () => {
    const summary = await city.replayed('hongkong', path, 'first');

    expect({ ...summary, verdicts: undefined }).toEqual({ rows: 77_357, sent: 77_357, calls: 715, unreadable: { TIME: 0, COUNT: 0, FACILITY: 0 }, verdicts: undefined });
    expect(summary.verdicts).toEqual(tallied(expectedOf(cellsOf(path))));
    const stale = (summary.verdicts['ACCEPTED LATE'] ?? 0) + (summary.verdicts['IGNORED OUT_OF_ORDER'] ?? 0) + (summary.verdicts['IGNORED DUPLICATE'] ?? 0) + (summary.verdicts['QUARANTINED SEQUENCE_REUSED'] ?? 0);
    expect([summary.verdicts['QUARANTINED NEGATIVE'], stale]).toEqual([1_171, 4_206]);
  }, 300_000);

  test('replaying the same file changes nothing', async () => {
    const before = await city.standing('hongkong');
    const { verdicts } = await city.replayed('hongkong', path, 'second');

    expect(Object.keys(verdicts).filter(verdict => verdict.startsWith('ACCEPTED'))).toEqual([]);
    expect(await city.standing('hongkong')).toEqual(before);
  }, 300_000);

  /** What should become of each row, by other means than the product's: the newest observation of each park stands. */
  function expectedOf(rows: ReadonlyArray<Readonly<Record<string, string>>>): string[] {
    const newest = new Map<string, number>();
    const told = new Map<string, string>();
    return rows.map(({ ts, park_id: park, vacancy, stale }) => {
      if (vacancy === '-1') return 'QUARANTINED NEGATIVE';
      const observedAt = Date.parse(ts!) - (stale === '1' ? 3_600_000 : 0);
      const key = `${park} ${observedAt}`;
      const before = told.get(key);
      if (before !== undefined) return before === vacancy ? 'IGNORED DUPLICATE' : 'QUARANTINED SEQUENCE_REUSED';
      told.set(key, vacancy!);
      if (observedAt <= (newest.get(park!) ?? -Infinity)) return 'IGNORED OUT_OF_ORDER';
      newest.set(park!, observedAt);
      return stale === '1' ? 'ACCEPTED LATE' : 'ACCEPTED';
    });
  }
});
