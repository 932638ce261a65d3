import { badInput } from '../platform/graphql/index.js';
import type { RequestScope } from '../platform/index.js';
import type { FacilityWhere } from '../facilities/index.js';
import { seesExactly } from './disclosure.policy.js';
import { readMissed } from './missed.js';
import { cursorOf } from './rules/watch-cursor.js';
import { cursorGiven, filterOf } from './watch-availability.js';
import type { WatchValue } from './watch-event.js';
import { watchOf } from './watch.js';

const MOST = 1_000;

/**
 * The log from a cursor on, in bulk: every version by itself, as far as the caller may see it. Without a cursor it only
 * says where the log stands: who takes that cursor first and reads the facilities then has missed nothing.
 */
export async function changesSince(scope: RequestScope, ask: { readonly cursor: string | null | undefined; readonly where: FacilityWhere | null; readonly first: number }): Promise<{ readonly events: readonly WatchValue[]; readonly cursor: string; readonly hasMore: boolean }> {
  if (!Number.isInteger(ask.first) || ask.first < 1 || ask.first > MOST) {
    throw badInput({ zh: `first 须在 1 到 ${MOST} 之间，收到 ${ask.first}`, en: `first is 1 to ${MOST}, got ${ask.first}` }, 'first');
  }
  const filter = await filterOf(scope, ask.where);
  const since = ask.cursor == null ? null : cursorGiven(ask.cursor, 'cursor');
  const watch = watchOf(scope.services);
  await watch.start();
  await watch.catchUp();
  if (since === null) return { events: [], cursor: watch.cursor(), hasMore: false };

  const missed = await readMissed(scope.database, watch, { filter, seesExactly: entry => seesExactly(scope.viewer, entry), since, most: ask.first });
  const cursor = cursorOf(missed.until);
  if (missed.lost !== null) return { events: [{ __typename: 'ResyncRequired', cursor, reason: missed.lost }], cursor, hasMore: false };
  return { events: missed.events.map(({ event, merged }) => event.toldAs({ merged, untold: Infinity }).value), cursor, hasMore: missed.hasMore };
}
