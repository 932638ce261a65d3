import type { Room, Services } from '../platform/index.js';
import { turnBoundaries } from './boundary-clock.js';
import { forgetClaimDays } from './forget-claim-days.js';
import { endExpiredHolds } from './end-holds.js';
import { keepOccupancyDays } from './keep-days.js';
import { FEED_BY_ID, FINDING_BY_ID } from './feed.loaders.js';
import { OccupancyFeedResolver, OccupancyFindingResolver } from './feed.resolver.js';
import { OccupancyFeed, OccupancyFinding } from './feed.type.js';
import { AVAILABILITY_REFUSALS } from './refusals.js';
import { RecordVehicleEventsResolver, ReportOccupancyResolver, ReportSpaceStatesResolver } from './report.resolver.js';
import { forgetOldFindings, watchFeeds } from './watch-feeds.js';
import { SpaceLedgerResolver } from './space-ledger.resolver.js';
import { FacilityLiveResolver, WatchResolver } from './watch.resolver.js';
import { stopWatch } from './watch.js';

export { claimSpaces } from './claim-spaces.js';
export { confirmClaims, lockClaims, releaseSpaces, takeUpClaim } from './change-claims.js';
export type { ClaimDesk } from './claim-desk.js';
export { decideStay } from './decide-stay.js';
export { overcommitments } from './overcommitments.js';
export type * from './claim.js';
export type { Check, CheckedStay, StayWindow } from './rules/check.js';
export { recordVehicleEvents, reportOccupancy, reportSpaceStates } from './report-occupancy.js';
export { declareOccupancyFeed } from './declare-feed.js';
export { feedsByState } from './watch-feeds.js';
export { Availability, AvailabilitySource, AvailabilityState } from './availability.type.js';
export { compileReports } from './compile-reports.js';
export { compileWatch } from './compile-watch.js';
export type { CompiledWatch } from './compile-watch.js';
export type { WatchArguments } from './watch-availability.js';
export type { EventBundle, WatchEvent } from './watch-event.js';
export type { Outlet, Watcher } from './watcher.js';
export { listPromises, nothingPromised } from './promise-book.js';
export type { Promises } from './promise-book.js';
export { FacilityTimeline, coveringPieces, lessPromised } from './facility-timeline.js';
export type { Lending, LendingFacts, LentPiece, LentWindow, ZoneCapacity } from './facility-timeline.js';
export { ANY_DRIVER, audienceProblem, creditProblem } from './rules/audience.js';
export type { Asker } from './rules/audience.js';
export { decide } from './rules/decide.js';
export type { Ask, Decision, Pool } from './rules/decide.js';
export { lentSteps } from './rules/lent-steps.js';
export { lendingFactsOf, zoneOfRow } from './lending-row.js';
export type { LendingRow } from './lending-row.js';

/** What the days of reports and changes need before the first of them is written. */
const daysStarter = async (services: Services): Promise<readonly string[]> => {
  await keepOccupancyDays(services);
  return [];
};

/** What is left: reports, live state, the change log, the watch, and the one decision over windows. */
export const availabilityRoom: Room = {
  name: 'availability',
  entities: [],
  resolvers: [WatchResolver, FacilityLiveResolver, SpaceLedgerResolver, ReportOccupancyResolver, RecordVehicleEventsResolver, ReportSpaceStatesResolver, OccupancyFeedResolver, OccupancyFindingResolver],
  orphanedTypes: [OccupancyFeed, OccupancyFinding],
  refusals: AVAILABILITY_REFUSALS,
  nodes: [
    { kind: 'occupancyFeed', loader: FEED_BY_ID },
    { kind: 'occupancyFinding', loader: FINDING_BY_ID },
  ],
  jobs: [
    // A turn that finds nothing due costs one look at an index; one server of all looks at a time.
    { name: 'turn-boundaries', everyMs: 200, isSingle: false, run: turnBoundaries },
    { name: 'end-expired-holds', everyMs: 1_000, isSingle: true, run: endExpiredHolds },
    { name: 'keep-occupancy-days', everyMs: 3_600_000, isSingle: true, run: keepOccupancyDays },
    { name: 'watch-feeds', everyMs: 5_000, isSingle: true, run: watchFeeds },
    { name: 'forget-old-findings', everyMs: 3_600_000, isSingle: true, run: forgetOldFindings },
    { name: 'forget-claim-days', everyMs: 3_600_000, isSingle: true, run: forgetClaimDays },
  ],
  starters: [daysStarter],
  stop: stopWatch,
};
