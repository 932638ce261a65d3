import { defineLoader, type RequestScope } from '../../platform/index.js';
import type { KeptFinding } from './finding.sql.js';
import { decisionsById, type GateDecisionRow } from './gate.sql.js';
import { maySeeGate } from './gate.policy.js';
import { GateDecision, GateFinding } from './gate.type.js';
import { sessionsAtTheirs, type SessionRow } from './session.sql.js';
import { Session } from './session.type.js';
import { suggestionBinding } from './vehicle-key.js';

/** A decision as whoever runs the facility may see it; null for anybody else. */
export const GATE_DECISION_BY_ID = defineLoader<string, GateDecision | null>('GATE_DECISION_BY_ID', async (scope, ids) => {
  const rows = ids.length === 0 ? [] : await decisionsById(scope.database, ids);
  const seen = new Map(rows.filter(row => maySeeGate(scope.viewer, row)).map(row => [row.id, decisionOf(scope, row)]));
  return ids.map(id => seen.get(id) ?? null);
});

/** A session as the facility's parties, or the party of its reservation, may see it; null for anybody else. */
export const SESSION_BY_ID = defineLoader<string, Session | null>('SESSION_BY_ID', async (scope, ids) => {
  const rows = ids.length === 0 ? [] : await sessionsAtTheirs(scope.database, ids);
  const seen = new Map(rows.filter(row => maySeeGate(scope.viewer, row)).map(row => [row.id, sessionOf(row)]));
  return ids.map(id => seen.get(id) ?? null);
});

/** A row as the schema shows it. Whoever made it has shown that the caller may see it. */
export function decisionOf(scope: RequestScope, row: GateDecisionRow): GateDecision {
  const { id, facilityId, reservationId, isAdmitted, basis, rule, at, until, maskedPlate: plate, claimId, agreementId, windowIds } = row;
  const suggestedPlates = row.sealedSuggestions === null ? [] : (JSON.parse(scope.services.sealer.open(row.sealedSuggestions, suggestionBinding(id))) as string[]);
  const reasons = row.reasons.map(({ code, zh, en, clause }) => ({ code, message: scope.say({ zh, en }), clause }));
  return Object.assign(new GateDecision(), { id, facilityId, reservationId, isAdmitted, basis, rule, reasons, at, until, plate, claimId, agreementId, windowIds, suggestedPlates });
}

export function findingOf(scope: RequestScope, { id, kind, gateEventId, sessionId, facilityId, foundAt, resolvedAt, reason, zh, en }: KeptFinding): GateFinding {
  return Object.assign(new GateFinding(), { id, kind, gateEventId, sessionId, facilityId, foundAt, resolvedAt, reason, message: scope.say({ zh, en }) });
}

export function sessionOf(row: SessionRow): Session {
  const { id, facilityId, reservationId, basis, state, maskedPlate: plate, colour, spaceClass, enteredAt, exitedAt, exitEventId, overstayedSince, claimedUntil, amountFen, charges, agreementId } = row;
  return Object.assign(new Session(), { id, facilityId, reservationId, basis, state, plate, colour, spaceClass, enteredAt, exitedAt, isExitTold: exitEventId !== null, overstayedSince, claimedUntil, amountFen, chargeIds: charges.map(charge => charge.chargeId), agreementId });
}
