import { RETENTION, type Services } from '../platform/index.js';
import { deleteClaimDays } from './claim-writes.sql.js';
import { DAY_MS } from './rules/claim-grain.js';

/** Rows of one statement, and of one turn of the job. */
const AT_ONCE = 1_000;
const MOST_A_TURN = 50_000;

/**
 * Forgets the counters of days that are past; the claims themselves stay. It takes no lock of a facility, because nobody
 * counts on those days any more (`countedPart`), a day of clocks' difference included. Answers how many rows went.
 */
export async function forgetClaimDays({ database, clock }: Services): Promise<number> {
  const today = Math.floor(clock.now() / DAY_MS);
  let forgotten = 0;
  while (forgotten < MOST_A_TURN) {
    const deleted = await deleteClaimDays(database, today - RETENTION.claimCounters.days, AT_ONCE);
    forgotten += deleted;
    if (deleted < AT_ONCE) break;
  }
  return forgotten;
}
