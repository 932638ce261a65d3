import { done, isRefusal, problem, reasonProblem, refuse, type Outcome } from '../kernel/index.js';
import { transaction, type RequestScope } from '../platform/index.js';
import type { BookingsChoice } from './bookings-in-the-way.type.js';
import { storeStatus } from './facilities.sql.js';
import { facilityForChange, type FacilityChange } from './facility-for-change.js';
import { changeStatus, type FacilityStatusEvent } from './rules/status.js';
import { upsertSearch } from './search.sql.js';

export interface ChangeFacilityStatus extends FacilityChange {
  readonly event: FacilityStatusEvent;
  readonly reason: string;
  /** Epoch ms, not in the future; null: now. */
  readonly since?: number | null;
  readonly acceptance?: { readonly reference: string; readonly acceptedOn?: string | null } | null;
  /** What becomes of bookings that it would break; null: the change is refused (P9, C6). */
  readonly bookings?: BookingsChoice | null;
  readonly idempotencyKey: string;
}

/** Moves a facility along its life; its spaces begin to count when it opens (3.6-4), and it opens only once accepted (4.5-1). */
export function changeFacilityStatus(scope: RequestScope, input: ChangeFacilityStatus): Promise<Outcome<{ readonly facilityId: string }>> {
  return transaction(scope, async unit => {
    const facility = await facilityForChange(unit, input);
    if (isRefusal(facility)) return facility;
    const unexplained = reasonProblem(input.reason);
    if (unexplained) return refuse(unexplained);
    const reference = input.acceptance?.reference ?? facility.acceptanceReference;
    const next = changeStatus(facility.status, input.event, { acceptanceRequired: facility.acceptanceRequired, acceptanceReference: reference });
    if (isRefusal(next)) return next;
    const at = input.since ?? unit.now;
    if (at > unit.now || at < facility.statusSince) {
      return refuse(problem('SINCE_OUT_OF_ORDER', { zh: '生效时刻须不早于上次状态变更、不晚于现在', en: 'a change takes effect no earlier than the one before it and no later than now', field: 'since' }));
    }

    await storeStatus(unit, { id: facility.id, status: next.value, reason: input.reason, at, acceptanceReference: input.acceptance?.reference ?? null, acceptedOn: input.acceptance?.acceptedOn ?? null });
    await upsertSearch(unit, [facility.id]);
    unit.record({ action: 'facility:write', objectType: 'facility', objectId: facility.id, reason: input.reason, details: { act: 'status', from: facility.status, to: next.value } });
    unit.announce('facility.statusChanged', { facilityId: facility.id, from: facility.status, to: next.value, at });
    unit.announce('facility.lendingChanged', { facilityIds: [facility.id], bookings: input.bookings ?? 'REFUSE', reason: input.reason });
    return done({ facilityId: facility.id });
  }, { operation: 'changeFacilityStatus', key: input.idempotencyKey, input });
}
