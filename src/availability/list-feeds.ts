import { reachOf } from '../identity/index.js';
import type { RequestScope } from '../platform/index.js';
import { decodeCursor, pageOf, pageSize, type Connection } from '../platform/graphql/index.js';
import { countFeeds, countFindings, listFeeds, listFindings, type FindingFilter } from './feed-reads.sql.js';
import { feedOf, findingOf } from './feed.loaders.js';
import type { OccupancyFeed, OccupancyFinding } from './feed.type.js';

interface Page {
  readonly first: number;
  readonly after?: string | null;
}

const idAfter = ({ after }: Page): string | null => (after == null ? null : String(decodeCursor(after, ['string'])[0]));

/** The feeds that the viewer reaches, by id. */
export async function listOccupancyFeeds({ viewer, database }: RequestScope, partyId: string | null, page: Page): Promise<Connection<OccupancyFeed>> {
  const reach = reachOf(viewer, 'occupancy:read');
  const rows = await listFeeds(database, reach, partyId, { after: idAfter(page), limit: pageSize(page.first) + 1 });
  return pageOf(rows.map(feedOf), { first: page.first, after: page.after ?? null, keyOf: feed => [feed.id], count: () => countFeeds(database, reach, partyId) });
}

/** The findings that the viewer reaches, the newest first. */
export async function listOccupancyFindings({ viewer, database }: RequestScope, filter: FindingFilter, page: Page): Promise<Connection<OccupancyFinding>> {
  const reach = reachOf(viewer, 'occupancy:read');
  const rows = await listFindings(database, reach, filter, { after: idAfter(page), limit: pageSize(page.first) + 1 });
  return pageOf(rows.map(findingOf), { first: page.first, after: page.after ?? null, keyOf: finding => [finding.id], count: () => countFindings(database, reach, filter) });
}
