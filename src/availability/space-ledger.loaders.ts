import { defineLoader } from '../platform/index.js';
import { workCalendar, type SpaceClass } from '../sharing/index.js';
import { listLendings, listPromised } from './claim.sql.js';
import { seesExactly } from './disclosure.policy.js';
import { mostOf } from './facility-timeline.js';
import { LendingShelf, horizonOf, type KnownLending } from './lending-shelf.js';
import { listStanding } from './live.sql.js';
import { PromiseBook, booksOf } from './promise-book.js';
import { DAY_MS } from './rules/claim-grain.js';
import { lentSteps, stepAt } from './rules/lent-steps.js';
import { spaceLedger, type SpaceLedgerFigures } from './rules/space-ledger.js';
import { entryOf } from './watch-event.js';

/** Which ledger is asked for. */
export interface LedgerKey {
  readonly facilityId: string;
  readonly at: number;
  readonly spaceClass: SpaceClass;
}

/** Where the spaces of facilities stand, in as many statements for many as for one; null where exact figures are not for this viewer. */
export const SPACE_LEDGER = defineLoader<LedgerKey, SpaceLedgerFigures | null>('SPACE_LEDGER', async (scope, keys) => {
  const { database, clock, viewer } = scope;
  const now = clock.now();
  const calendar = await workCalendar(scope);
  const ids = [...new Set(keys.map(key => key.facilityId))].sort();
  const shown = new Set((await listStanding(database, ids)).filter(row => seesExactly(viewer, entryOf(row))).map(row => row.facilityId));
  const shelf = new LendingShelf(database);
  const known = new Map((await listLendings(database, shelf.versionsOf(ids))).flatMap(row => shelf.put(row) ?? []).map(each => [each.id, each]));
  const [from, until] = [Math.min(...keys.map(key => key.at)), Math.max(...keys.map(key => key.at))];
  const books = booksOf(await listPromised(database, ids, { from: Math.floor(from / DAY_MS), until: Math.floor(until / DAY_MS) + 1 }, now));
  return keys.map(key => {
    const lending = known.get(key.facilityId);
    if (!lending || !shown.has(key.facilityId)) return null;
    const { timeline } = lending.timeline(horizonOf({ startsAt: key.at, endsAt: key.at + 1 }, 0), calendar);
    return figuresAt(key, lending, timeline, books.get(key.facilityId)?.book ?? new PromiseBook(), now);
  });
});

function figuresAt({ at, spaceClass }: LedgerKey, { facts }: KnownLending, timeline: ReturnType<KnownLending['timeline']>['timeline'], book: PromiseBook, now: number): SpaceLedgerFigures {
  const shares = new Map(timeline.shares(spaceClass, now).map(pool => [pool.zoneId, pool]));
  return spaceLedger(facts.capacities.filter(capacity => capacity.spaceClass === spaceClass).map(capacity => {
    const steps = lentSteps(shares.get(capacity.zoneId)?.shares ?? [], mostOf(capacity));
    return { ...capacity, lent: steps.lent[stepAt(steps, at)] ?? 0, ...book.spacesAt(at, now, capacity.zoneId, spaceClass) };
  }));
}
