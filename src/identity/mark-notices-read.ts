import { done, problem, refuse, type Outcome } from '../kernel/index.js';
import { transaction, type RequestScope } from '../platform/index.js';
import { badInput } from '../platform/graphql/index.js';
import { markRead } from './notice.sql.js';
import { ownPartiesWith } from './rules/own-parties.js';

const MOST_AT_ONCE = 100;

export interface MarkNoticesRead {
  readonly noticeIds: readonly string[];
  readonly idempotencyKey: string;
}

/** Notes that notices were read: all of them, or none where one is not the caller's. One that was read keeps its instant. */
export function markNoticesRead(scope: RequestScope, input: MarkNoticesRead): Promise<Outcome<{ readonly noticeIds: readonly string[] }>> {
  const noticeIds = [...new Set(input.noticeIds)];
  if (noticeIds.length < 1 || noticeIds.length > MOST_AT_ONCE) {
    throw badInput({ zh: `noticeIds 须为 1–${MOST_AT_ONCE} 条，收到 ${noticeIds.length} 条`, en: `noticeIds has 1 to ${MOST_AT_ONCE} notices; this has ${noticeIds.length}` }, 'input.noticeIds');
  }
  return transaction(scope, async unit => {
    const theirs = new Set(await markRead(unit, noticeIds, ownPartiesWith(scope.viewer, 'notice:read'), unit.now));
    const unknown = noticeIds.filter(id => !theirs.has(id));
    if (unknown.length === 0) return done({ noticeIds });
    return refuse(unknown.map(id => problem('NOTICE_UNKNOWN', { zh: `没有发给您的通知 ${id.slice(0, 40)}`, en: `there is no notice ${id.slice(0, 40)} to you`, field: `noticeIds[${input.noticeIds.indexOf(id)}]` })));
  }, { operation: 'markNoticesRead', key: input.idempotencyKey, input: { noticeIds } });
}
