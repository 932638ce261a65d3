import { done, isRefusal, refuse, textProblem, type Outcome } from '../../kernel/index.js';
import { tellParties } from '../../identity/index.js';
import { transaction, type RequestScope, type Unit } from '../../platform/index.js';
import { reservationToChange } from '../change-reservation.js';
import { endReservation, type Ended } from '../end-reservation.js';
import { gateFacilities } from '../gate/gate.sql.js';
import { recordBreach } from './record-breach.js';
import type { ReservationRow } from '../reservation.sql.js';
import { relocationsOf } from '../rules/change-cost.js';
import { notProvidedWords } from '../rules/revoked-words.js';
import { notProvidedProblem } from '../rules/space-not-provided.js';
import { revocationsOf } from './revocation.sql.js';
import { seenAtGate } from './seen-at-gate.sql.js';
import { settleRelocations } from './settle-relocation.js';

export interface ReportSpaceNotProvided {
  readonly reservationId: string;
  readonly reason: string;
  readonly idempotencyKey: string;
}

const REASON = { zh: '原因', en: 'a reason', field: 'reason', minimum: 1, maximum: 200, code: 'REASON_INVALID' } as const;

/**
 * A driver says that the space it booked was not there (P9, 3.2-7). The breach is recorded once, what was paid goes back
 * whole, the space is free for others, and the facility's parties are told: what the driver says is a statement, which
 * they can dispute. Whoever the gate shows in was provided with a space.
 */
export function reportSpaceNotProvided(scope: RequestScope, input: ReportSpaceNotProvided): Promise<Outcome<{ readonly reservationId: string }>> {
  return transaction(scope, async unit => {
    const found = await reservationToChange(unit, { reservationId: input.reservationId, idempotencyKey: input.idempotencyKey });
    if (isRefusal(found)) return found;
    const row = found.value;
    const wordy = textProblem(input.reason, REASON);
    if (wordy) return refuse(wordy);
    const unfit = notProvidedProblem(row, await seenAtGate(unit, row), unit.now);
    if (unfit) return refuse(unfit);

    const reason = input.reason.trim();
    // Who had it moved to where there is no space either owes nothing there.
    const released = await settleRelocations(unit, relocationsOf(row, await revocationsOf(unit, [row.id])), 0, 'NOT_PROVIDED');
    if (isRefusal(released)) return released;
    const ended = await endReservation(unit, row, { event: 'fail', feeFen: 0, purpose: 'CANCELLATION', reason });
    if (isRefusal(ended)) return ended;
    // Asked again under the locks: a vehicle that came in meanwhile has its space.
    const seen = notProvidedProblem(row, await seenAtGate(unit, row), unit.now);
    if (seen) return refuse(seen);
    await recordBreach(unit, { city: row.city, facilityId: row.facilityId, side: 'SUPPLIER', kind: 'SPACE_NOT_PROVIDED', promiseId: row.claimId, reservationId: row.id, sessionId: null, reason, partyId: row.partyId });
    await tell(unit, row, ended.value, reason);
    return done({ reservationId: row.id });
  }, { operation: 'reportSpaceNotProvided', key: input.idempotencyKey, input });
}

async function tell(unit: Unit, row: ReservationRow, { givenBackFen }: Ended, reason: string): Promise<void> {
  const words = notProvidedWords({ reason, givenBackFen });
  const parties = [...(await gateFacilities(unit, [row.facilityId])).flatMap(facility => facility.partyIds), row.partyId];
  await tellParties(unit, parties.map(partyId => ({ partyId, topic: 'reservation.notProvided', subjectKind: 'Reservation', subjectId: row.id, ...words })));
}
