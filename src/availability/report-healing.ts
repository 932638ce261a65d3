import { formatInstant } from '../platform/graphql/index.js';
import type { Unit } from '../platform/index.js';
import type { LiveRow } from './live-rows.js';
import { counterKey, listCounters, putDrifting, sumMoved } from './report-events.sql.js';
import type { Counts, Intake } from './report-intake.js';
import { driftOf } from './rules/feed-drift.js';
import type { CountInForce } from './rules/live-state.js';
import { countOf } from './rules/report-fold.js';
import { WHOLE, type CountTold } from './rules/report-verdict.js';

/** How far back vehicles are summed to measure a drift. */
const MEASURED_MS = 24 * 3_600_000;

interface Healed {
  readonly row: LiveRow;
  readonly count: CountInForce;
  /** What was in force before; null where nothing was. */
  readonly before: CountInForce | null;
}

/**
 * Gives every count that came into force the vehicles that were seen after it, whichever came first, and measures how far
 * the old count and its vehicles had drifted from it (C3). Feeds that tell no vehicles cost one look.
 */
export async function healCounters(unit: Unit, intake: Intake<CountTold>, counts: Counts): Promise<void> {
  const healed = [...counts.changed].flatMap(([row, now]) => now.filter(count => !row.counts.includes(count)).map((count): Healed => ({ row, count, before: countOf(row.counts, count.zoneId, count.scope) })));
  if (healed.length === 0) return;
  const counters = new Map((await listCounters(unit, [...new Set(healed.map(({ row }) => row.facilityId))])).map(counter => [counterKey(counter), counter]));
  const moved = healed.filter(each => counters.has(counterKey(keyOf(each))));
  if (moved.length === 0) return;
  const sums = await sumMoved(unit, moved.map(each => ({ ...keyOf(each), from: measuredFrom(each), until: each.count.observedAt })));
  const drifts = sums.flatMap(({ nth, between, after }) => {
    const { row, count, before } = moved[nth]!;
    counts.put(row, counts.of(row).map(each => (each === count ? { ...count, moved: after } : each)));
    const counter = counters.get(counterKey(keyOf(moved[nth]!)))!;
    if (before === null || measuredFrom(moved[nth]!) !== before.observedAt) return [];
    const drift = driftOf({ before, after: count, movedBetween: between, total: totalOf(moved[nth]!), lastEventAt: counter.lastEventAt });
    if (drift && drift.delta !== 0) {
      const { isDrifting: _, ...measured } = drift;
      intake.find({ kind: 'DRIFT', reason: null, feedId: counter.feedId, city: row.city, facilityId: row.facilityId, observedAt: count.observedAt, subject: null, times: 1, raw: { ...keyOf(moved[nth]!), ...measured, since: formatInstant(before.observedAt) } });
    }
    return drift && drift.isDrifting !== counter.isDrifting ? [{ ...keyOf(moved[nth]!), isDrifting: drift.isDrifting }] : [];
  });
  await putDrifting(unit, drifts);
}

/** From when vehicles are summed: the count before, where it is not too old to be compared with. */
function measuredFrom({ count, before }: Healed): number {
  return before !== null && count.observedAt - before.observedAt <= MEASURED_MS ? before.observedAt : count.observedAt;
}

function totalOf({ row: { lent }, count }: Healed): number {
  return lent.zones.filter(zone => count.zoneId === null || zone.zoneId === count.zoneId).reduce((sum, zone) => sum + zone.total, 0);
}

function keyOf({ row, count }: Healed): { facilityId: string; zoneKey: string; spaceClass: string; scope: string } {
  return { facilityId: row.facilityId, zoneKey: count.zoneId ?? WHOLE, spaceClass: row.spaceClass, scope: count.scope };
}
