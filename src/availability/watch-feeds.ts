import { done } from '../kernel/index.js';
import { systemViewer } from '../identity/index.js';
import { RequestScope, keptSince, transaction, type Services } from '../platform/index.js';
import { formatInstant } from '../platform/graphql/index.js';
import { countFeedsByState, listFeedsToWatch, putFeedStates } from './feed.sql.js';
import { forgetFindings, insertFindings } from './finding.sql.js';
import { alertOf, feedStateAt, type FeedState } from './rules/feed-alert.js';


/**
 * Judges every feed at this instant, and tells of those that fell silent, drift, or recovered (G9). Runs every few
 * seconds on one server of all; a second one that did the same would find nothing to change.
 */
export async function watchFeeds(services: Services): Promise<void> {
  await transaction(new RequestScope(services, systemViewer, 'zh', 'watch-feeds'), async unit => {
    const feeds = await listFeedsToWatch(unit);
    const changes = feeds.map(feed => ({ feed, id: feed.id, from: feed.state, to: feedStateAt(feed, unit.now) })).filter(({ from, to }) => from !== to);
    if (changes.length === 0) return done(null);
    const written = await putFeedStates(unit, changes.map(({ id, from, to }) => ({ id, from, to })), unit.now);
    const news = changes.filter(({ id }) => written.has(id)).flatMap(({ feed, from, to }) => {
      const alert = alertOf(from, to);
      return alert ? [{ feed, alert }] : [];
    });
    for (const { feed: { id, partyId, name, lastReceivedAt }, alert } of news) unit.announce(`occupancy.feed-${alert}`, { feedId: id, partyId, name, lastReceivedAt, at: unit.now });
    const silent = news.filter(({ alert }) => alert === 'silent').map(({ feed }) => feed);
    await insertFindings(unit, silent.map(({ id, lastReceivedAt, intervalSeconds }) => ({
      kind: 'SILENT', reason: null, feedId: id, city: null, facilityId: null, observedAt: null, subject: null, times: 1, raw: { lastReceivedAt: formatInstant(lastReceivedAt!), intervalSeconds },
    })), unit.now);
    return done(null);
  });
}

/** How many feeds are in each state: what a gauge shows, and an alert rule watches. */
export function feedsByState(services: Services): Promise<Readonly<Record<FeedState, number>>> {
  return countFeedsByState(services.database);
}

/** Forgets what was found long ago. */
export function forgetOldFindings(services: Services): Promise<number> {
  return forgetFindings(services.database, keptSince('occupancyFindings', services.clock.now()));
}
