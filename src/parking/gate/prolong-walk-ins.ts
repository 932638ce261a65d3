import { done, isRefusal } from '../../kernel/index.js';
import { claimSpaces, lockClaims, takeUpClaim } from '../../availability/index.js';
import { systemViewer } from '../../identity/index.js';
import { RequestScope, transaction, type Services, type Unit } from '../../platform/index.js';
import { WALK_IN_MINUTES } from './decide-entry.js';
import { lockVehicles } from './event.sql.js';
import { walkInsEnding } from './overstay.sql.js';
import { lockSessions, updateSessions, type SessionRow } from './session.sql.js';
import { claimOf, withParts } from './settle-stays.js';

const AT_ONCE = 100;
/** How long before its claimed time ends a vehicle is given another hour. */
const BEFORE_MS = 2 * 60_000;

/**
 * Gives vehicles without a reservation another hour, as long as spaces are lent that nobody was promised; else they
 * overstay what they were lent, and the facility's own tariff holds from there (I8). Answers how many were prolonged.
 */
export async function prolongWalkIns(services: Services): Promise<number> {
  const scope = new RequestScope(services, systemViewer, 'zh', 'job prolong-walk-ins');
  let prolonged = 0;
  for (const session of await walkInsEnding(services.database, services.clock.now() + BEFORE_MS, AT_ONCE)) {
    const outcome = await transaction(scope, async unit => done(await prolong(unit, session)));
    if (!isRefusal(outcome) && outcome.value) prolonged += 1;
  }
  return prolonged;
}

async function prolong(unit: Unit, seen: SessionRow): Promise<boolean> {
  await lockVehicles(unit, [`${seen.facilityId} ${seen.plateKey}`]);
  await lockClaims(unit, [seen.facilityId]);
  const [session] = await lockSessions(unit, [seen.id]);
  if (session?.state !== 'OPEN' || session.claimId === null || session.version !== seen.version) return false;
  const until = Math.max(session.claimedUntil!, unit.now) + WALK_IN_MINUTES * 60_000;
  const changed = { ...session, version: session.version + 1, changedAt: unit.now };
  const [claim] = await claimSpaces(unit, [claimOf(session, until)]);
  if (isRefusal(claim!)) {
    if (unit.now >= session.claimedUntil!) await updateSessions(unit, [{ ...changed, overstayedSince: session.claimedUntil }]);
    return false;
  }
  await takeUpClaim(unit, { claimId: claim!.value.claimId, at: session.enteredAt! });
  await updateSessions(unit, await withParts(unit, [{ ...changed, claimId: claim!.value.claimId, claimedUntil: until }]));
  return true;
}
