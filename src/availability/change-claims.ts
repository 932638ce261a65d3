import { done, problem, refuse, type Outcome } from '../kernel/index.js';
import type { Unit } from '../platform/index.js';
import type { ClaimRelease } from './claim.js';
import { facilitiesOfClaims, listClaims, type ClaimRow } from './claim.sql.js';
import { ClaimDesk } from './claim-desk.js';
import { spanOf, stands } from './claim-spaces.js';
import { confirmHolds, lookAtClaims, putTakenUp } from './claim-writes.sql.js';

/** Makes holds claims for good, in the order of the ids: HOLD_EXPIRED where the hold has ended by its time (2.6-5). A claim for good stays one. */
export async function confirmClaims(unit: Unit, claimIds: readonly string[]): Promise<ReadonlyArray<Outcome<void>>> {
  const { desk, claims } = await deskOf(unit, claimIds);
  // By the time at which the lock was given: who had it before may have found a hold ended, and promised its spaces again,
  // while this unit waited with an instant at which it still stood.
  const now = Math.max(unit.now, unit.scope.clock.now());
  const confirmed = new Set<string>();
  const outcomes = claimIds.map((id): Outcome<void> => {
    const claim = claims.get(id);
    if (!claim) return refuse(problem('CLAIM_UNKNOWN', { zh: `没有占用承诺 ${id}`, en: `there is no claim ${id}` }));
    if (!stands(claim, now)) {
      return claim.heldUntil === null
        ? refuse(problem('CLAIM_ENDED', { zh: `占用承诺 ${id} 已终止`, en: `the claim ${id} has ended` }))
        : refuse(problem('HOLD_EXPIRED', { zh: '保留时间已过，泊位已释放', en: 'the hold has ended; its spaces are free for others', data: { heldUntil: claim.heldUntil } }));
    }
    if (claim.heldUntil !== null && !confirmed.has(id)) {
      desk.confirm(claim);
      confirmed.add(id);
    }
    return done(undefined);
  });
  await confirmHolds(unit, [...confirmed]);
  await desk.close();
  return outcomes;
}

/** Gives claims back, all or what lies after an instant; one that has ended, or is unknown, stays as it is. */
export async function releaseSpaces(unit: Unit, releases: readonly ClaimRelease[]): Promise<void> {
  const { desk, claims } = await deskOf(unit, releases.map(release => release.claimId));
  for (const { claimId, from = null, reason } of releases) {
    const claim = claims.get(claimId);
    if (!claim || claim.endedAt !== null) continue;
    if (from === null || from <= claim.exactStartsAt) {
      desk.giveBack(claim, reason);
      claims.delete(claimId);
    } else if (from < claim.exactEndsAt) {
      claims.set(claimId, desk.giveBack(claim, reason, from));
    }
  }
  await desk.close();
}

/** Notes that the vehicles of a claim are in: they are counted where they stand, and awaited no more. `at` null: they were others, and are awaited again. */
export async function takeUpClaim(unit: Unit, { claimId, at }: { readonly claimId: string; readonly at: number | null }): Promise<void> {
  const [claim] = await listClaims(unit, [claimId]);
  if (!claim || !(await putTakenUp(unit, claimId, at))) return;
  lookAtClaims(unit, [{ city: claim.city, facilityId: claim.facilityId, lookAt: unit.now }]);
}

/** The desk with these claims' facilities locked, and the claims as they stand under that lock. */
export async function deskOf(unit: Unit, claimIds: readonly string[]): Promise<{ readonly desk: ClaimDesk; readonly claims: Map<string, ClaimRow> }> {
  const ids = [...new Set(claimIds)];
  const desk = await ClaimDesk.open(unit, ids.length === 0 ? [] : await facilitiesOfClaims(unit, ids));
  const claims = new Map((ids.length === 0 ? [] : await listClaims(unit, ids)).map(claim => [claim.id, claim]));
  if (claims.size > 0) await desk.read(spanOf([...claims.values()]));
  return { desk, claims };
}

/** Locks the claims of facilities until the commit, in the order of their ids, and reads what they lend right behind the lock: for whoever claims or gives back there once more is known. */
export function lockClaims(unit: Unit, facilityIds: readonly string[]): Promise<ClaimDesk> {
  return ClaimDesk.open(unit, facilityIds);
}
