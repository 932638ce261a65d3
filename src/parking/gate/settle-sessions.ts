import { done, isRefusal, problem, refuse, type Outcome } from '../../kernel/index.js';
import { openCharges, refundCharge } from '../../billing/index.js';
import { systemViewer } from '../../identity/index.js';
import { RequestScope, transaction, type Services, type Unit } from '../../platform/index.js';
import type { ReservationCharge } from '../reservation.sql.js';
import { settleTo } from '../rules/settle-end.js';
import { sessionsToSettle } from './overstay.sql.js';
import { lockSessions, updateSessions, type SessionRow } from './session.sql.js';

const AT_ONCE = 100;
const DUE_MS = 86_400_000;

/**
 * Brings what was charged for sessions to what they cost by now, where a late event or a correction told another story.
 * By itself, because a charge is locked before all else. Answers how many.
 */
export async function settleSessions(services: Services): Promise<number> {
  const scope = new RequestScope(services, systemViewer, 'zh', 'job settle-sessions');
  let settled = 0;
  for (const session of await sessionsToSettle(services.database, AT_ONCE)) {
    const outcome = await transaction(scope, async unit => {
      const charges = await recharge(unit, session);
      if (isRefusal(charges)) return charges;
      const [locked] = await lockSessions(unit, [session.id]);
      // Another event came meanwhile: what it costs is asked again with the next run.
      if (locked!.version !== session.version) return refuse(problem('VERSION_MOVED', { zh: '停车记录已变化', en: 'the session changed meanwhile' }));
      await updateSessions(unit, [{ ...session, charges: charges.value, isUnsettled: false, version: session.version + 1, changedAt: unit.now }]);
      return done(null);
    });
    if (!isRefusal(outcome)) settled += 1;
  }
  return settled;
}

async function recharge(unit: Unit, session: SessionRow): Promise<Outcome<readonly ReservationCharge[]>> {
  const { takenOff, left, onTopFen } = settleTo(session.state === 'ENDED' ? (session.amountFen ?? 0) : 0, session.charges);
  for (const { chargeId, amountFen } of takenOff) {
    const refunded = await refundCharge(unit, { chargeId, amountFen, reason: '进出记录更正后的差额。The difference after entries and exits were corrected.' });
    if (isRefusal(refunded)) return refunded;
  }
  if (onTopFen === 0) return done(left);
  const [chargeId] = await openCharges(unit, [{
    cause: { kind: 'SESSION', id: session.id }, facilityId: session.facilityId, payerId: null, lines: [{ zh: '停车费：进出记录更正后的差额', en: 'parking: the difference after entries and exits were corrected', amountFen: onTopFen }],
    amountFen: onTopFen, purpose: session.basis === 'RESERVATION' ? 'OVERSTAY' : 'STAY', dueAt: unit.now + DUE_MS,
  }]);
  return done([...left, { chargeId: chargeId!, amountFen: onTopFen }]);
}
