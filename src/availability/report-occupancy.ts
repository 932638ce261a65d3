import { hash } from 'node:crypto';
import { partyLoader, reachOf, systemViewer } from '../identity/index.js';
import { Gatherer, isId, type Gathered, type RequestScope, type Unit } from '../platform/index.js';
import { badInput, forbidden, notFound } from '../platform/graphql/index.js';
import { takeCounts } from './report-counts.js';
import { takeEvents } from './report-events.js';
import type { ReportAnswer, ReportCall } from './report-intake.js';
import { takeSpaceStates } from './report-spaces.js';
import type { CountTold, EventTold, PlaceTold, SpaceTold } from './rules/report-verdict.js';

/** The most reports of one call. */
export const REPORTS_A_CALL = 1_000;
const FEED_NAME_MAXIMUM = 100;
/** While the database writes the reports of one transaction, those of the next are judged. */
const LANES = 2;

/** A call as a caller makes it, whatever it reports. */
export interface ReportingInput<Told> {
  readonly feed?: string;
  readonly register?: string | null;
  readonly partyId?: string | null;
  readonly told: readonly Told[];
  readonly idempotencyKey: string;
}

/** Reports counts: one bad report never sinks its neighbours, and a repeated call happens once (2.2-5, G7, G8). */
export const reportOccupancy = reporter<CountTold>('reportOccupancy', 'reports', takeCounts);

/** Reports vehicles that came and left, which move the counts between two absolute ones (C3). */
export const recordVehicleEvents = reporter<EventTold>('recordVehicleEvents', 'events', takeEvents);

/** Reports the states of numbered spaces; complete zones become counts. */
export const reportSpaceStates = reporter<SpaceTold>('reportSpaceStates', 'states', takeSpaceStates);

/** One way in for each kind of report: calls that arrive together are written together. */
function reporter<Told extends PlaceTold>(operation: string, field: string, work: (unit: Unit, parts: ReadonlyArray<Gathered<ReportCall<Told>>>) => Promise<ReportAnswer[]>) {
  const gatherer = new Gatherer<ReportCall<Told>, ReportAnswer>({ maximum: ({ configuration }) => configuration.REPORTS_A_TRANSACTION, lanes: LANES, viewer: systemViewer, work });
  return async (scope: RequestScope, input: ReportingInput<Told>): Promise<ReportAnswer> => {
    const { viewer, services } = scope;
    const { told, feed = 'default', register = null } = input;
    if (told.length > REPORTS_A_CALL) throw badInput({ zh: `一次至多 ${REPORTS_A_CALL} 条，收到 ${told.length} 条`, en: `too many: at most ${REPORTS_A_CALL} at once, got ${told.length}` }, `input.${field}`);
    ensureFeedName(feed);
    const call: ReportCall<Told> = { partyId: await reportingParty(scope, input.partyId ?? null), feed, register, told };
    // The schema gives the fields of an input in its own order, so equal inputs are equal texts.
    const digest = hash('sha256', JSON.stringify(call), 'base64');
    return gatherer.run(services, { viewer, item: call, weight: told.length, retry: { operation, key: input.idempotencyKey, input: digest } });
  };
}

export function ensureFeedName(feed: string): void {
  if (feed.length >= 1 && feed.length <= FEED_NAME_MAXIMUM) return;
  throw badInput({ zh: `来源名称须为 1–${FEED_NAME_MAXIMUM} 个字符，收到 ${feed.length} 个`, en: `the name of a feed has 1 to ${FEED_NAME_MAXIMUM} characters; this has ${feed.length}` }, 'input.feed');
}

/** The party that is reported for: one of the viewer's own for which it may report. The platform itself reports for any. */
export async function reportingParty(scope: RequestScope, asked: string | null): Promise<string> {
  const { viewer } = scope;
  const parties = viewer.partyIds;
  if (asked === null && parties.length !== 1) {
    throw badInput({ zh: `调用方属于 ${parties.length} 个主体，须给出 partyId`, en: `the caller is of ${parties.length} parties: give partyId` }, 'input.partyId');
  }
  const partyId = asked ?? parties[0]!;
  const isOwn = parties.includes(partyId);
  if ((!isOwn && viewer.kind !== 'SYSTEM') || !reachOf(viewer, 'occupancy:report').some(part => part.partyId === null || part.partyId === partyId)) throw forbidden('occupancy:report');
  if (!isOwn && !(isId('party', partyId) && (await scope.load(partyLoader, partyId)))) throw notFound('party', partyId);
  return partyId;
}
