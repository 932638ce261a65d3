import type { Unit } from '../platform/index.js';
import { putSearchWindows, type BookingsChoice } from '../facilities/index.js';
import { listSearchWindows } from './suspensions.sql.js';

/** What becomes of bookings that a change breaks, and why: handed on to the room that keeps bookings (P9). */
export interface ForBookings {
  readonly bookings: BookingsChoice;
  readonly reason: string | null;
}

/** Writes the published windows of facilities into their search rows, in the transaction that changed them (P2). */
export async function refreshSearch(unit: Unit, facilityIds: readonly string[], { bookings, reason }: ForBookings = { bookings: 'REFUSE', reason: null }): Promise<void> {
  if (facilityIds.length === 0) return;
  await putSearchWindows(unit, await listSearchWindows(unit, facilityIds, unit.now));
  unit.announce('facility.lendingChanged', { facilityIds, bookings, reason });
}
