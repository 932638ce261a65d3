import { done } from '../kernel/index.js';
import { RequestScope, transaction, type Services } from '../platform/index.js';
import { systemViewer } from '../identity/index.js';
import { deskOf } from './change-claims.js';
import { findExpiredHolds } from './claim.sql.js';
import { EXPIRED, HOLD_ENDED_TOPIC } from './numbered-spaces.js';

/** Holds of one turn: small enough that nobody waits long for the claims of a facility. */
const MOST_A_TURN = 200;

/**
 * Tidies holds whose instant has come, and announces them: their spaces were free from that instant on, with or without
 * this. Answers how many there were.
 */
export async function endExpiredHolds(services: Services): Promise<number> {
  const scope = new RequestScope(services, systemViewer, 'zh', 'end-holds');
  const due = await findExpiredHolds(services.database, services.clock.now(), MOST_A_TURN);
  if (due.length === 0) return 0;
  const outcome = await transaction(scope, async unit => {
    const { desk, claims } = await deskOf(unit, due);
    // One that was confirmed or given back meanwhile is none of ours.
    const ended = [...claims.values()].filter(claim => claim.endedAt === null && claim.heldUntil !== null && claim.heldUntil <= unit.now);
    for (const claim of ended) desk.giveBack(claim, EXPIRED);
    await desk.close();
    if (ended.length > 0) unit.announce(HOLD_ENDED_TOPIC, { claims: ended.map(({ id, causeKind, causeId }) => ({ claimId: id, causeKind, causeId })) });
    return done(ended.length);
  });
  return outcome.ok ? outcome.value : 0;
}
