import type { RequestScope } from '../platform/index.js';
import { decodeCursor, pageOf, pageSize, type Connection } from '../platform/graphql/index.js';
import { countNotices, listNewestNotices } from './notice.sql.js';
import { noticeOf } from './notice.loaders.js';
import type { Notice } from './notice.type.js';
import { ownPartiesWith } from './rules/own-parties.js';

/** What the viewer's own parties were told, the newest first. */
export async function listMyNotices(scope: RequestScope, isUnreadOnly: boolean, { first, after }: { readonly first: number; readonly after: string | null }): Promise<Connection<Notice>> {
  const filter = { partyIds: ownPartiesWith(scope.viewer, 'notice:read'), isUnreadOnly };
  const before = after === null ? null : String(decodeCursor(after, ['string'])[0]);
  const rows = await listNewestNotices(scope.database, filter, { before, limit: pageSize(first) + 1 });
  return pageOf(rows.map(row => noticeOf(scope.services.sealer, row)), { first, after, keyOf: notice => [notice.id], count: () => countNotices(scope.database, filter) });
}
