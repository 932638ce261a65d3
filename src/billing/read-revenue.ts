import { may } from '../identity/index.js';
import type { RequestScope } from '../platform/index.js';
import { listRevenueSources } from './charge.sql.js';
import { findCostSharingFinding, listMoneySubjects, listRevenueRules, readCostSharing } from './revenue.sql.js';
import type { CostSharing, FacilityRevenue } from './revenue.type.js';
import { revenueKindOf } from './rules/split-revenue.js';

/** Where a facility's money goes; null where the viewer may not see its accounts. */
export async function facilityRevenue(scope: RequestScope, facilityId: string): Promise<FacilityRevenue | null> {
  if (!(await maySeeMoney(scope, facilityId))) return null;
  const [source] = await listRevenueSources(scope.database, [facilityId], scope.clock.now());
  if (!source) return null;
  return { kind: revenueKindOf(source), rules: source.earnsForTreasury ? [] : await listRevenueRules(scope.database, facilityId) };
}

/** A year's receipts and costs of a facility without profit; null for one that has another purpose, or where the viewer may not see its accounts. */
export async function costSharing(scope: RequestScope, facilityId: string, year: number): Promise<CostSharing | null> {
  if (!(await maySeeMoney(scope, facilityId))) return null;
  const [source] = await listRevenueSources(scope.database, [facilityId], scope.clock.now());
  if (!source || revenueKindOf(source) !== 'COST_SHARING') return null;
  const finding = await findCostSharingFinding(scope.database, facilityId, year);
  return { year, ...(await readCostSharing(scope.database, facilityId, year)), exceededAt: finding?.raisedAt ?? null, resolvedAt: finding?.resolvedAt ?? null };
}

async function maySeeMoney({ database, viewer }: RequestScope, facilityId: string): Promise<boolean> {
  const [subject] = await listMoneySubjects(database, [facilityId]);
  return subject !== undefined && may(viewer, 'settlement:read', { partyId: subject.partyIds, jurisdictionCode: subject.jurisdictionCodes });
}
