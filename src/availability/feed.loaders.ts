import { reachOf } from '../identity/index.js';
import { defineLoader } from '../platform/index.js';
import { feedsById, findingsById, type FeedRow, type FindingRow } from './feed-reads.sql.js';
import { OccupancyFeed, OccupancyFinding } from './feed.type.js';
import type { ReportReason } from './rules/report-verdict.js';

/** A feed, to whoever reads or reports for its party; null for anybody else. */
export const FEED_BY_ID = defineLoader<string, OccupancyFeed | null>('FEED_BY_ID', async (scope, ids) => {
  const rows = new Map((await feedsById(scope.database, [...reachOf(scope.viewer, 'occupancy:read'), ...reachOf(scope.viewer, 'occupancy:report')], ids)).map(row => [row.id, row]));
  return ids.map(id => (rows.has(id) ? feedOf(rows.get(id)!) : null));
});

/** A finding, to whoever reaches its feed's party or, by jurisdiction, its facility. */
export const FINDING_BY_ID = defineLoader<string, OccupancyFinding | null>('FINDING_BY_ID', async (scope, ids) => {
  const rows = new Map((await findingsById(scope.database, reachOf(scope.viewer, 'occupancy:read'), ids)).map(row => [row.id, row]));
  return ids.map(id => (rows.has(id) ? findingOf(rows.get(id)!) : null));
});

export function feedOf({ accepted, ignored, quarantined, ...row }: FeedRow): OccupancyFeed {
  return Object.assign(new OccupancyFeed(), { ...row, accepted: Number(accepted), ignored: Number(ignored), quarantined: Number(quarantined) });
}

export function findingOf({ reason, ...row }: FindingRow): OccupancyFinding {
  return Object.assign(new OccupancyFinding(), { ...row, reason: reason as ReportReason | null });
}
