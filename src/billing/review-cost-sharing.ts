import type { Unit } from '../platform/index.js';
import { lockCostSharing, putCostSharingFinding, readCostSharing } from './revenue.sql.js';

/**
 * Compares what a facility without profit took in this year with what it recorded as spent (3.5-5). Receipts above recorded
 * cost are a finding, which ends when costs cover them again. Done with every payment, cost and closed day. The facility's reviews take turns, so that of two payments one
 * sees the other.
 */
export async function reviewCostSharing(unit: Unit, city: string, facilityId: string, inYear?: number): Promise<void> {
  const { zoneName } = await lockCostSharing(unit, facilityId);
  const year = inYear ?? Temporal.Instant.fromEpochMilliseconds(unit.now).toZonedDateTimeISO(zoneName).year;
  const { receiptsFen, costsFen } = await readCostSharing(unit, facilityId, year);
  const isRaised = await putCostSharingFinding(unit, { city, facilityId, year, receiptsFen, costsFen }, unit.now);
  if (isRaised) unit.announce('billing.costSharingExceeded', { facilityId, year, receiptsFen, costsFen });
}
