import { defineLoader, type Sealer } from '../platform/index.js';
import { listNotices, type NoticeRow } from './notice.sql.js';
import { Notice } from './notice.type.js';
import { ownPartiesWith } from './rules/own-parties.js';
import { openNotice } from './tell-parties.js';

/** A notice, to the party that was told and to nobody else, whatever the right. */
export const noticeLoader = defineLoader<string, Notice | null>('notice', async (scope, ids) => {
  const rows = await listNotices(scope.database, ids, ownPartiesWith(scope.viewer, 'notice:read'));
  const byId = new Map(rows.map(row => [row.id, row]));
  return ids.map(id => (byId.has(id) ? noticeOf(scope.services.sealer, byId.get(id)!) : null));
});

/** The row as its party sees it. */
export function noticeOf(sealer: Sealer, row: NoticeRow): Notice {
  const { sealedText: _sealedText, ...facts } = row;
  return Object.assign(new Notice(), { ...facts, words: openNotice(sealer, row) });
}
