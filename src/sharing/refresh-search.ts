import type { Unit } from '../platform/index.js';
import { putSearchWindows } from '../facilities/index.js';
import { listSearchWindows } from './suspensions.sql.js';

/** Writes the published windows of facilities into their search rows, in the transaction that changed them (P2). */
export async function refreshSearch(unit: Unit, facilityIds: readonly string[]): Promise<void> {
  if (facilityIds.length === 0) return;
  await putSearchWindows(unit, await listSearchWindows(unit, facilityIds, unit.now));
  unit.announce('facility.lendingChanged', { facilityIds });
}
