import type { RequestScope } from '../platform/index.js';
import { formatInstant } from '../platform/graphql/index.js';
import type { Exception, ReportAnswer } from './report-intake.js';
import type { ReportOccupancyPayload, ReportReceipt } from './report.type.js';
import { reportMessage } from './rules/report-words.js';
import { VERDICT_OF, type PlaceTold, type ReportVerdict } from './rules/report-verdict.js';

/** An answer with what it is about: all that a payload of the schema is made of. */
export interface Reported {
  readonly told: readonly PlaceTold[];
  readonly exceptions: readonly Exception[];
}

/** How many reports had each verdict. */
export function talliesOf(told: readonly PlaceTold[], { exceptions }: ReportAnswer): { readonly accepted: number; readonly ignored: number; readonly quarantined: number } {
  let ignored = 0;
  let quarantined = 0;
  for (const [, reason] of exceptions) {
    if (VERDICT_OF[reason] === 'IGNORED') ignored += 1;
    else if (VERDICT_OF[reason] === 'QUARANTINED') quarantined += 1;
  }
  return { accepted: told.length - ignored - quarantined, ignored, quarantined };
}

/** The receipts of these verdicts (null: of all) in the order of the input, worded for the caller. */
export function receiptsOf(scope: RequestScope, { told, exceptions }: Reported, verdicts: readonly ReportVerdict[] | null): ReportReceipt[] {
  const wanted = (verdict: ReportVerdict): boolean => verdicts === null || verdicts.includes(verdict);
  const remarked = exceptions.filter(([, reason]) => wanted(VERDICT_OF[reason])).map(([index, reason, detail]): ReportReceipt => ({
    index, verdict: VERDICT_OF[reason], reason, message: scope.say(reportMessage(reason, detail, thingOf(told[index]!))),
  }));
  if (!wanted('ACCEPTED')) return remarked;
  const indexes = new Set(exceptions.map(([index]) => index));
  const plain = told.flatMap((_, index): ReportReceipt[] => (indexes.has(index) ? [] : [{ index, verdict: 'ACCEPTED', reason: null, message: null }]));
  return remarked.length === 0 ? plain : [...remarked, ...plain].sort((a, b) => a.index - b.index);
}

interface AnyTold extends PlaceTold {
  readonly spaceClass?: string;
  readonly number?: string;
  readonly occupied?: number | null;
  readonly free?: number | null;
  readonly sequence?: number;
  readonly eventId?: string;
}

function thingOf(told: AnyTold): Parameters<typeof reportMessage>[2] {
  return {
    facility: told.facilityId ?? told.facilityCode ?? null,
    zone: told.zoneCode ?? null,
    spaceClass: told.spaceClass ?? null,
    number: told.number ?? null,
    count: told.occupied ?? told.free ?? null,
    sequence: told.eventId ?? told.sequence ?? null,
    observedAt: formatInstant(told.observedAt),
  };
}

/** The payload of an answer: what it counts, and what its receipts are made of when they are asked for. */
export function payloadOf<Payload extends ReportOccupancyPayload>(payload: Payload, told: readonly PlaceTold[], answer: ReportAnswer): Payload {
  return Object.assign(payload, talliesOf(told, answer), { told, exceptions: answer.exceptions, userErrors: [] });
}
