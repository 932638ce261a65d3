import type { WorkCalendar } from '../kernel/index.js';
import { putLentPeaks } from '../facilities/index.js';
import type { Unit } from '../platform/index.js';
import { bearersIn, patternOf, type Lender, type LendingZone } from './lenders.js';
import { lentPeak } from './rules/lent-peak.js';
import { SPACE_CLASSES, type Quota } from './rules/window.js';

/**
 * Tells the register of facilities what its zones lend at most, under their locks and in the transaction that changed
 * it: from then on the database refuses to let their shareable capacity fall below it (P1, C6).
 */
export async function refreshLentPeaks(unit: Unit, lenders: readonly Lender[], calendar: WorkCalendar): Promise<void> {
  await putLentPeaks(unit, lenders.flatMap(lender => lender.zones.flatMap(zone => {
    const peak = peakIn(lender, zone, calendar);
    // Whoever publishes was judged to fit. Only a notice of the calendar can bring windows to more, and cannot be refused.
    return SPACE_CLASSES.map(spaceClass => ({ zoneId: zone.id, spaceClass, spaces: Math.min(peak[spaceClass], zone.shareable[spaceClass]) }));
  })));
}

function peakIn(lender: Lender, zone: LendingZone, calendar: WorkCalendar): Quota {
  return lentPeak(bearersIn(lender, zone), lender.onDay, patternOf(lender, calendar));
}
