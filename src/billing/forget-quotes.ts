import { keptSince, newId, type Database, type Services, type Sql } from '../platform/index.js';
import { deleteQuotes, listOldQuoteIds } from './quotes.sql.js';

/** Looked at in one transaction, and in one turn of the job: whatever waits, nobody waits long for it. */
const AT_ONCE = 1_000;
const MOST_A_TURN = 50_000;

/** Up to where each city's quotes were looked at: those that are kept are not asked for again at once. */
const lookedAt = new WeakMap<Database, string>();

/**
 * Forgets quotes that ran out long ago, except those that `inUse` names: a room above books by them, and only it knows.
 * A quote that has run out can be used by nobody any more, so that none is taken from under a booking. Goes on from where
 * it was, and from the beginning once it is through, for a booking that changed left its first quote behind. Answers how many.
 */
export async function forgetQuotes({ database, clock }: Services, inUse: (sql: Sql, ids: readonly string[]) => Promise<ReadonlySet<string>>): Promise<number> {
  const before = keptSince('quotes', clock.now());
  // Ids are in the order of their making, and nothing runs out before it is made.
  const bound = newId('quote', before);
  let forgotten = 0;
  for (let seen = 0; seen < MOST_A_TURN; seen += AT_ONCE) {
    const ids = await database.transactional(async (_em, sql) => {
      const old = await listOldQuoteIds(sql, { after: lookedAt.get(database) ?? null, bound, limit: AT_ONCE });
      const kept = old.length === 0 ? new Set<string>() : await inUse(sql, old);
      forgotten += await deleteQuotes(sql, old.filter(id => !kept.has(id)), before);
      return old;
    });
    if (ids.length < AT_ONCE) {
      lookedAt.delete(database);
      break;
    }
    lookedAt.set(database, ids.at(-1)!);
  }
  return forgotten;
}
