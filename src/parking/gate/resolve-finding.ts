import { done, problem, reasonProblem, refuse, type Outcome } from '../../kernel/index.js';
import { tellParties } from '../../identity/index.js';
import { transaction, type RequestScope, type Unit } from '../../platform/index.js';
import { notFound } from '../../platform/graphql/index.js';
import { noticeOf } from '../reactions.js';
import { besides } from '../rules/booked-first.js';
import { instantText } from '../rules/span-text.js';
import { lockFinding, putResolved, type GateFindingRow } from './finding.sql.js';
import { operatedBy } from './gate.policy.js';
import { gateFacilities, type GateFacility } from './gate.sql.js';
import { sessionsAtTheirs } from './session.sql.js';
import { bookingsOf } from './take-in-early.js';

export interface ResolveGateFinding {
  readonly gateFindingId: string;
  readonly reason: string;
  readonly idempotencyKey: string;
}

/**
 * Closes what a gate found, once a person has looked at it, with the reason (C4, P11). It changes no stay: a misread plate
 * is corrected by `correctPlate`. Where several parties booked a vehicle, those whose bookings still wait for it are told.
 */
export function resolveGateFinding(scope: RequestScope, { idempotencyKey, ...input }: ResolveGateFinding): Promise<Outcome<{ readonly gateFindingId: string }>> {
  return transaction(scope, async unit => {
    const finding = await lockFinding(unit, input.gateFindingId);
    const [facility] = finding ? await gateFacilities(unit, [finding.facilityId]) : [];
    if (!finding || !facility || !(await operatedBy(unit, scope.viewer, [facility])).has(facility.id)) throw notFound('gateFinding', input.gateFindingId);
    const unsaid = reasonProblem(input.reason);
    if (unsaid) return refuse(unsaid);
    if (finding.resolvedAt !== null) return refuse(problem('FINDING_RESOLVED', { zh: `发现 ${finding.id} 已了结`, en: `the finding ${finding.id} is closed already`, field: 'gateFindingId' }));

    const reason = input.reason.trim();
    await putResolved(unit, { id: finding.id, reason, resolvedBy: scope.viewer.actorId }, unit.now);
    if (finding.kind === 'BOOKED_BY_SEVERAL') await tellWhoWaits(unit, finding, facility);
    unit.record({ action: 'gate:operate', objectType: 'gateFinding', objectId: finding.id, reason, details: { act: 'resolveGateFinding', kind: finding.kind, facilityId: finding.facilityId } });
    return done({ gateFindingId: finding.id });
  }, { operation: 'resolveGateFinding', key: idempotencyKey, input });
}

/** Tells the other parties whose bookings of the vehicle still wait for it: until when, and what to do where they mistyped its plate. Whose booking it came by they are not told (P10). */
async function tellWhoWaits(unit: Unit, { sessionId }: GateFindingRow, { id: facilityId, zoneName }: GateFacility): Promise<void> {
  const [session] = sessionId === null ? [] : await sessionsAtTheirs(unit, [sessionId]);
  if (!session) return;
  const bookings = await bookingsOf(unit, facilityId, [session]);
  const own = bookings.find(({ id }) => id === session.reservationId);
  const waiting = own ? besides(own, bookings).filter(({ state }) => state === 'CONFIRMED') : [];
  await tellParties(unit, [...new Map(waiting.map(row => [row.id, row])).values()].map(row => {
    const until = instantText(row.noShowAt, zoneName);
    return noticeOf(row, 'reservation.plateInByAnother', {
      zh: `所登记的号牌已凭其他主体在先的预约入场，设施管理方已核实；本预约仍有效，泊位保留至 ${until}；如号牌有误，请在此之前更正`,
      en: `a plate that you named came in by another party’s booking, which had named it first, and the facility has looked at it; your reservation stands, and its space is kept until ${until}; if the plate was mistyped, name the right one by then`,
    });
  }));
}
