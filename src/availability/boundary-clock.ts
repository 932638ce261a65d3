import { done } from '../kernel/index.js';
import { RequestScope, transaction, type Services } from '../platform/index.js';
import { systemViewer } from '../identity/index.js';
import { workCalendarWithin } from '../sharing/index.js';
import { findNextLook, listDue, lockDue, tryBoundaryLock } from './live.sql.js';
import { settleDue } from './settle-live.js';

/** Facilities of one look: small enough that reports never wait long for their rows. */
const MOST_A_LOOK = 500;

/**
 * Turns windows that open and close, figures that fall silent and attributes that changed into changes, for all that is
 * due at this instant. One server of all looks at a time, and the look commits with what it found: after a stop or a
 * crash the next look catches up. Answers how many facilities were looked at.
 */
export async function turnBoundaries(services: Services): Promise<number> {
  let looked = 0;
  for (;;) {
    const turned = await lookOnce(services);
    looked += turned;
    if (turned < MOST_A_LOOK) return looked;
  }
}

async function lookOnce(services: Services): Promise<number> {
  const next = await findNextLook(services.database);
  if (next === null || next > services.clock.now()) return 0;
  const outcome = await transaction(new RequestScope(services, systemViewer, 'zh', 'boundary-clock'), async unit => {
    if (!(await tryBoundaryLock(unit))) return done(0);
    const calendar = await workCalendarWithin(unit);
    const due = await listDue(unit, await lockDue(unit, { now: unit.now, most: MOST_A_LOOK }));
    await settleDue(unit, due, calendar);
    return done(due.length);
  });
  return outcome.ok ? outcome.value : 0;
}
