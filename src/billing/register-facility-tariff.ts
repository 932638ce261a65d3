import { done, refuse, type Outcome } from '../kernel/index.js';
import { transaction, type RequestScope } from '../platform/index.js';
import { notFound } from '../platform/graphql/index.js';
import { checkReason } from './change-tariff.js';
import { ensureMaySetPricesOf } from './tariff.policy.js';
import { findFacilitySubject, removeRegisteredTariff, storeRegisteredTariff } from './tariff.sql.js';
import { checkTariffUses } from './usable-tariff.js';

export interface RegisterFacilityTariff {
  readonly facilityId: string;
  /** Null takes the registration away. */
  readonly tariffId?: string | null;
  readonly reason: string;
  readonly idempotencyKey: string;
}

/** Registers by which tariff a facility charges time outside every window (I8). It holds at once; what was quoted stays (I9). */
export function registerFacilityTariff(scope: RequestScope, input: RegisterFacilityTariff): Promise<Outcome<{ readonly facilityId: string; readonly tariffId: string | null }>> {
  return transaction(scope, async unit => {
    const { facilityId, reason } = input;
    const tariffId = input.tariffId ?? null;
    const facility = await findFacilitySubject(unit, facilityId);
    if (!facility) throw notFound('facility', facilityId);
    await ensureMaySetPricesOf(unit, facility);
    const problems = [...checkReason(reason), ...(tariffId === null ? [] : await checkTariffUses(unit, [{ facilityId, tariffId }], 'tariffId'))];
    if (problems.length > 0) return refuse(problems);

    if (tariffId === null) await removeRegisteredTariff(unit, facilityId);
    else await storeRegisteredTariff(unit, { city: facility.city, facilityId, tariffId, reason: reason.trim() }, { now: unit.now, recordedBy: scope.viewer.actorId });
    unit.record({ action: 'tariff:publish', objectType: 'facility', objectId: facilityId, reason: reason.trim(), details: { act: 'registerFacilityTariff', tariffId } });
    unit.announce('tariff.registered', { facilityId, tariffId });
    return done({ facilityId, tariffId });
  }, { operation: 'registerFacilityTariff', key: input.idempotencyKey, input });
}
