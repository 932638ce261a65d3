import type { Unit } from '../platform/index.js';
import { workCalendarWithin } from '../sharing/index.js';
import type { Overcommitment } from './claim.js';
import { spanOf } from './claim-spaces.js';
import { listLendings, listStandingClaims, lockClaimHeads, type ClaimRow } from './claim.sql.js';
import { mostOf } from './facility-timeline.js';
import { LendingShelf, horizonOf, type KnownLending } from './lending-shelf.js';
import { overcommittedSpans } from './rules/overcommitted.js';

/**
 * Where these facilities have promised more than they lend, from an instant on, with the claims that could give way,
 * newest first (P9, 4.5-7): for whoever cut, suspended or lost what was lent. The claims are locked meanwhile.
 */
export async function overcommitments(unit: Unit, facilityIds: readonly string[], from: number): Promise<readonly Overcommitment[]> {
  const calendar = await workCalendarWithin(unit);
  const ids = (await lockClaimHeads(unit, [...new Set(facilityIds)].sort())).map(head => head.id);
  const claims = ids.length === 0 ? [] : await listStandingClaims(unit, ids, from, unit.now);
  if (claims.length === 0) return [];
  const shelf = new LendingShelf(unit.scope.database);
  const lendings = (await listLendings(unit, shelf.versionsOf(ids))).flatMap(row => shelf.put(row) ?? []);
  return lendings.flatMap(known => {
    const own = claims.filter(claim => claim.facilityId === known.id).map(claim => ({ ...claim, startsAt: Math.max(claim.exactStartsAt, from), endsAt: claim.exactEndsAt })).filter(claim => claim.startsAt < claim.endsAt);
    if (own.length === 0) return [];
    const { timeline } = known.timeline(horizonOf(spanOf(own), 0), calendar);
    return [...new Set(own.map(claim => claim.spaceClass))].sort().flatMap(spaceClass => {
      const ofClass = own.filter(claim => claim.spaceClass === spaceClass);
      const pools = new Map(timeline.shares(spaceClass, unit.now).map(pool => [pool.zoneId, pool]));
      return [...new Set(ofClass.map(claim => claim.zoneId))].sort().flatMap(zoneId => inPool(known, pools.get(zoneId), ofClass.filter(claim => claim.zoneId === zoneId), from));
    });
  });
}

type Pool = ReturnType<ReturnType<KnownLending['timeline']>['timeline']['shares']>[number];

function inPool({ id }: KnownLending, pool: Pool | undefined, claims: readonly ClaimRow[], from: number): readonly Overcommitment[] {
  const byId = new Map(claims.map(claim => [claim.id, claim]));
  const { zoneId, spaceClass } = claims[0]!;
  const opensTo = new Map([...new Set(claims.map(claim => claim.eligibility))].map(eligibility => [eligibility, pool?.opensTo(eligibility) ?? []]));
  const spans = overcommittedSpans({
    shares: pool?.shares ?? [], windows: pool?.inZone.length ?? 0, mostSpaces: pool ? mostOf(pool.capacity) : 0, from,
    claims: claims.map(claim => ({ id: claim.id, startsAt: claim.startsAt, endsAt: claim.endsAt, spaces: claim.spaces, opens: opensTo.get(claim.eligibility)! })),
  });
  return spans.map(({ startsAt, endsAt, missing, claimIds }) => ({
    facilityId: id, zoneId, spaceClass, during: { startsAt, endsAt }, missing,
    claims: claimIds.map(claimId => {
      const { causeKind, causeId, spaces, exactStartsAt, exactEndsAt } = byId.get(claimId)!;
      return { claimId, cause: { kind: causeKind, id: causeId }, spaces, during: { startsAt: exactStartsAt, endsAt: exactEndsAt } };
    }),
  }));
}
