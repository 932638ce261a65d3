import { done, problem, refuse, type Outcome } from '../kernel/index.js';
import { transaction, type RequestScope } from '../platform/index.js';
import { declareFeed } from './feed.sql.js';
import { ensureFeedName, reportingParty } from './report-occupancy.js';

export interface DeclareFeed {
  /** null for the caller's only one. */
  readonly partyId?: string | null;
  readonly feed: string;
  readonly intervalSeconds: number;
  readonly idempotencyKey?: string | null;
}

const LONGEST_SECONDS = 86_400;

/** Declares how often a feed reports, from its next report on: three intervals without any, and its counts are UNKNOWN (P3). */
export async function declareOccupancyFeed(scope: RequestScope, { partyId = null, feed, intervalSeconds, idempotencyKey = null }: DeclareFeed): Promise<Outcome<{ readonly feedId: string }>> {
  ensureFeedName(feed);
  const ownerId = await reportingParty(scope, partyId);
  if (!Number.isInteger(intervalSeconds) || intervalSeconds < 1 || intervalSeconds > LONGEST_SECONDS) {
    return refuse(problem('INTERVAL_OUT_OF_RANGE', { zh: `间隔须为 1–${LONGEST_SECONDS} 秒，收到 ${intervalSeconds}`, en: `an interval has 1 to ${LONGEST_SECONDS} s; this has ${intervalSeconds}`, field: 'intervalSeconds' }));
  }
  return transaction(scope, async unit => {
    const feedId = await declareFeed(unit, { partyId: ownerId, name: feed, intervalSeconds }, unit.now);
    unit.record({ action: 'occupancy:report', objectType: 'OccupancyFeed', objectId: feedId, details: { name: feed, intervalSeconds } });
    return done({ feedId });
  }, { operation: 'declareOccupancyFeed', key: idempotencyKey, input: { partyId, feed, intervalSeconds } });
}
