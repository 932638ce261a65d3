import type { Unit } from '../platform/index.js';
import { lookEarlier, selectLiveForUpdate, type LiveRow } from './live.sql.js';
import { liveFigure, nextSilence, type CountInForce } from './rules/live-state.js';
import { settleLive } from './settle-live.js';
import { groupedBy, storeLive } from './store-live.js';

export type { LiveRow } from './live.sql.js';

/**
 * The rows of these facilities, locked in the order of their key. One that has none yet, because the boundary clock has
 * not come to it, is settled first; ids that name no facility are simply absent.
 */
export async function lockLive(unit: Unit, facilityIds: readonly string[]): Promise<readonly LiveRow[]> {
  const rows = await selectLiveForUpdate(unit, facilityIds);
  const known = new Set(rows.map(row => row.facilityId));
  const strangers = [...new Set(facilityIds)].filter(id => !known.has(id));
  if (strangers.length === 0 || !(await settleLive(unit, strangers))) return rows;
  return selectLiveForUpdate(unit, facilityIds);
}

/**
 * Writes rows whose counts changed: `changed` holds those, `all` every locked row of their facilities. Answers the new
 * version of each facility whose figures changed.
 */
export async function storeCounts(unit: Unit, all: readonly LiveRow[], changed: ReadonlyMap<LiveRow, readonly CountInForce[]>): Promise<ReadonlyMap<string, number>> {
  const touched = new Set([...changed.keys()].map(row => row.facilityId));
  await lookEarlier(unit, [...changed].flatMap(([{ facilityId, counts }, next]) => earlierLook(facilityId, { before: nextSilence(counts, unit.now), after: nextSilence(next, unit.now) })));
  return storeLive(unit, groupedBy(all.filter(row => touched.has(row.facilityId))).map(rows => ({
    rows: rows.map(row => ({ ...row, known: row, lent: null, counts: changed.get(row) ?? row.counts, isTouched: changed.has(row), figure: changed.has(row) ? liveFigure(row.lent, changed.get(row)!, unit.now) : row.figure })),
    routing: null,
  })));
}

/** A facility is looked at no later than its next count falls silent; a count that only moves that further out changes nothing. */
function earlierLook(facilityId: string, silence: { readonly before: number | null; readonly after: number | null }): ReadonlyArray<{ readonly facilityId: string; readonly lookAt: number }> {
  if (silence.after === null || (silence.before !== null && silence.before <= silence.after)) return [];
  return [{ facilityId, lookAt: silence.after }];
}
