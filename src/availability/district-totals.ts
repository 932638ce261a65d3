import { jurisdictionCodeOf } from '../facilities/index.js';
import { may } from '../identity/index.js';
import { notFound } from '../platform/graphql/index.js';
import { EventQueue, type RequestScope } from '../platform/index.js';
import type { DistrictTotals } from './live.type.js';
import { intervalGiven } from './watch-availability.js';
import { watchOf } from './watch.js';

const LEAST_INTERVAL_MS = 1_000;

/** What the facilities of a jurisdiction add up to now, as far as the caller may see their numbers. */
export async function findDistrictTotals(scope: RequestScope, jurisdictionId: string): Promise<DistrictTotals> {
  const { tell } = await totalsOf(scope, jurisdictionId);
  await watchOf(scope.services).catchUp();
  return tell();
}

/** The totals of a jurisdiction, and then each change of them. */
export async function watchDistrictTotals(scope: RequestScope, { jurisdictionId, minIntervalMs }: { readonly jurisdictionId: string; readonly minIntervalMs?: number | null }): Promise<AsyncIterable<DistrictTotals>> {
  const everyMs = Math.max(LEAST_INTERVAL_MS, intervalGiven(minIntervalMs));
  const { tell, revision } = await totalsOf(scope, jurisdictionId);
  let told = revision();
  const queue = new EventQueue<DistrictTotals>(1, { onRoom: () => undefined, onEnd: () => clearInterval(timer) });
  const timer = setInterval(() => {
    // A reader that is slow gets the newest totals when it comes back for more.
    if (queue.isFull || revision() === told) return;
    told = revision();
    queue.push(tell());
  }, everyMs).unref();
  queue.push(tell());
  return queue;
}

async function totalsOf(scope: RequestScope, jurisdictionId: string): Promise<{ readonly tell: () => DistrictTotals; readonly revision: () => number }> {
  const jurisdictionCode = await jurisdictionCodeOf(scope.database, jurisdictionId);
  if (jurisdictionCode === null) throw notFound('jurisdiction', jurisdictionId);
  const watch = watchOf(scope.services);
  await watch.start();
  const book = may(scope.viewer, 'availability:read-exact', { jurisdictionCode }) ? watch.totals.exact : watch.totals.public;
  return {
    revision: () => book.of(jurisdictionCode).revision,
    tell: () => {
      const { withheld, ...totals } = book.of(jurisdictionCode).totals;
      return { jurisdictionId, at: scope.clock.now(), ...totals, withheldFacilities: withheld };
    },
  };
}
