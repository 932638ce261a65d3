import { done, isRefusal, problem, reasonProblem, refuse, type Outcome } from '../kernel/index.js';
import { transaction, type RequestScope } from '../platform/index.js';
import { facilityForChange, type FacilityChange } from './facility-for-change.js';
import type { SpaceClass } from './rules/words.js';
import { upsertSearch } from './search.sql.js';
import { capacitiesOf, storeOutOfService } from './zones.sql.js';

export interface PutOutOfService extends FacilityChange {
  readonly zoneId: string;
  readonly spaceClass: SpaceClass;
  /** How many are out of service from now on; 0: all are back. */
  readonly spaces: number;
  readonly reason: string;
  readonly idempotencyKey: string;
}

/** Takes spaces of a class out of service or back: a faulty device's spaces leave availability at once (4.5-2). */
export function putOutOfService(scope: RequestScope, input: PutOutOfService): Promise<Outcome<{ readonly facilityId: string }>> {
  return transaction(scope, async unit => {
    const facility = await facilityForChange(unit, input);
    if (isRefusal(facility)) return facility;
    const unexplained = reasonProblem(input.reason);
    if (unexplained) return refuse(unexplained);
    const capacity = (await capacitiesOf(unit, [facility.id])).find(row => row.zoneId === input.zoneId && row.spaceClass === input.spaceClass);
    if (!capacity) {
      return refuse(problem('CLASS_ABSENT', { zh: `该分区没有 ${input.spaceClass} 泊位`, en: `this zone has no spaces of the class ${input.spaceClass}`, field: 'spaceClass' }));
    }
    if (!Number.isInteger(input.spaces) || input.spaces < 0 || input.spaces > capacity.total) {
      return refuse(problem('OUT_OF_RANGE', { zh: `停用数须为 0 到 ${capacity.total}，收到 ${input.spaces}`, en: `between 0 and ${capacity.total} spaces can be out of service, got ${input.spaces}`, field: 'spaces' }));
    }

    await storeOutOfService(unit, { capacityId: capacity.id, spaces: input.spaces, reason: input.reason, at: unit.now });
    await upsertSearch(unit, [facility.id]);
    unit.record({ action: 'facility:write', objectType: 'facility', objectId: facility.id, reason: input.reason, details: { act: 'outOfService', zoneId: input.zoneId, spaceClass: input.spaceClass, from: capacity.outOfService, to: input.spaces } });
    // A faulty space is a fact and leaves at once: bookings that counted on it are moved or refunded, never in its way (4.5-2, P9).
    unit.announce('facility.lendingChanged', { facilityIds: [facility.id], bookings: 'REVOKE', reason: input.reason });
    return done({ facilityId: facility.id });
  }, { operation: 'putOutOfService', key: input.idempotencyKey, input });
}
