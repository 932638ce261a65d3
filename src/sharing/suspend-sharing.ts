import { done, problem, refuse, type Outcome } from '../kernel/index.js';
import { newId, transaction, type RequestScope, type Unit } from '../platform/index.js';
import { findCityOf } from '../facilities/index.js';
import { ensureMay, type Named } from '../identity/index.js';
import { notFound } from '../platform/graphql/index.js';
import { refreshSearch } from './refresh-search.js';
import { checkReason } from './rules/reason-check.js';
import { findSuspendedFacility, findSuspensionForUpdate, insertSuspension, liftSuspensionAt, lockLendersWithin } from './suspensions.sql.js';

/** Exactly one of the three. */
export interface SuspensionScope {
  readonly windowId?: string | null;
  readonly facilityId?: string | null;
  readonly jurisdictionCode?: string | null;
}

export interface SuspendSharing {
  readonly scope: SuspensionScope;
  /** Epoch ms, not in the past; null: now. */
  readonly startsAt?: number | null;
  /** Epoch ms; null while no end is known. */
  readonly endsAt?: number | null;
  readonly reason: string;
  readonly idempotencyKey: string;
}

type SuspensionId = { readonly suspensionId: string };

/**
 * Stops lending in an emergency: of one window, one facility, or everything in a jurisdiction, above every other rule
 * (4.5-7, P4). Windows published later fall under it as well. It can be lifted; its history stays.
 */
export function suspendSharing(scope: RequestScope, input: SuspendSharing): Promise<Outcome<SuspensionId>> {
  return transaction(scope, async unit => {
    const { city, facilityIds } = await holdScope(unit, input.scope);
    const startsAt = input.startsAt ?? unit.now;
    const endsAt = input.endsAt ?? null;
    const problems = [
      ...checkReason(input.reason, { zh: '紧急暂停', en: 'a suspension', clause: '4.5-7' }),
      ...(startsAt < unit.now ? [problem('STARTS_IN_THE_PAST', { zh: '暂停不能始于过去', en: 'a suspension does not start in the past', field: 'startsAt' })] : []),
      ...(endsAt !== null && endsAt <= startsAt ? [problem('INTERVAL_EMPTY', { zh: '暂停的结束须晚于开始', en: 'a suspension must end after it starts', field: 'endsAt' })] : []),
    ];
    if (problems.length > 0) return refuse(problems);

    const id = newId('suspension', unit.now);
    const { windowId = null, facilityId = null, jurisdictionCode = null } = input.scope;
    await insertSuspension(unit, { id, city, windowId, facilityId, jurisdictionCode, startsAt, endsAt, liftedAt: null, reason: input.reason.trim() }, { now: unit.now, declaredBy: scope.viewer.actorId });
    await refreshSearch(unit, facilityIds, { bookings: 'REVOKE', reason: input.reason.trim() });
    unit.record({ action: 'window:suspend', objectType: 'suspension', objectId: id, reason: input.reason, details: { act: 'suspend', ...input.scope, startsAt, endsAt, facilities: facilityIds.length } });
    unit.announce('sharing.suspended', { suspensionId: id, ...input.scope, startsAt, endsAt });
    return done({ suspensionId: id });
  }, { operation: 'suspendSharing', key: input.idempotencyKey, input });
}

/** Ends a suspension now; one that has not begun never does. */
export function liftSuspension(scope: RequestScope, input: { readonly suspensionId: string; readonly reason: string; readonly idempotencyKey: string }): Promise<Outcome<SuspensionId>> {
  return transaction(scope, async unit => {
    const suspension = await findSuspensionForUpdate(unit, input.suspensionId);
    if (!suspension) throw notFound('suspension', input.suspensionId);
    const { facilityIds } = await holdScope(unit, suspension, { what: 'suspension', id: suspension.id });
    const unexplained = checkReason(input.reason, { zh: '解除紧急暂停', en: 'lifting a suspension', clause: '4.5-7' });
    if (unexplained.length > 0) return refuse(unexplained);
    const endedAt = Math.min(suspension.endsAt ?? Number.POSITIVE_INFINITY, suspension.liftedAt ?? Number.POSITIVE_INFINITY);
    if (endedAt <= unit.now) return refuse(problem('SUSPENSION_ENDED', { zh: '该紧急暂停已经结束', en: 'this suspension has ended already', field: 'suspensionId', clause: '4.5-7' }));

    await liftSuspensionAt(unit, suspension.id, { now: unit.now, reason: input.reason.trim() });
    await refreshSearch(unit, facilityIds);
    unit.record({ action: 'window:suspend', objectType: 'suspension', objectId: suspension.id, reason: input.reason, details: { act: 'lift' } });
    unit.announce('sharing.suspensionLifted', { suspensionId: suspension.id });
    return done({ suspensionId: suspension.id });
  }, { operation: 'liftSuspension', key: input.idempotencyKey, input });
}

/** Locks what a suspension takes hold of, once the caller may: its parties and offices for one facility, its offices alone for a jurisdiction. */
async function holdScope(unit: Unit, { windowId = null, facilityId = null, jurisdictionCode = null }: SuspensionScope, named?: Named): Promise<{ readonly city: string; readonly facilityIds: readonly string[] }> {
  const { viewer } = unit.scope;
  if (jurisdictionCode !== null) {
    const city = await findCityOf(unit, jurisdictionCode);
    if (city === null) throw notFound('jurisdiction', jurisdictionCode);
    ensureMay(viewer, 'window:suspend', { jurisdictionCode }, named);
    return { city, facilityIds: await lockLendersWithin(unit, jurisdictionCode) };
  }
  const held = await findSuspendedFacility(unit, { windowId, facilityId });
  if (!held) throw notFound(windowId === null ? 'facility' : 'window', windowId ?? facilityId ?? '');
  ensureMay(viewer, 'window:suspend', { partyId: held.partyIds, jurisdictionCode: held.jurisdictionCodes }, named);
  return { city: held.city, facilityIds: [held.facilityId] };
}
