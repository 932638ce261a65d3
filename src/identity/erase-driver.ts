import { done, reasonProblem, refuse, type Outcome } from '../kernel/index.js';
import type { Reaction, RequestScope } from '../platform/index.js';
import { notFound } from '../platform/graphql/index.js';
import { ensureMay } from './allow.js';
import { endingRights } from './beliefs.js';
import { endMembershipsOf, eraseParty, eraseKeysOf, findPersonForErasure } from './erasure.sql.js';
import { deleteNoticesOf } from './notice.sql.js';

export interface EraseDriver {
  readonly partyId: string;
  readonly reason: string;
  readonly idempotencyKey: string;
}

/** What the rooms above are asked with: each refuses while something is open, and else destroys what it keeps of the person. */
const ERASING_TOPIC = 'driver.erasing';
const ERASED_TOPIC = 'driver.erased';

/**
 * Destroys what is kept of a person who asks for it (PIPL, Article 47): name, phone and plates with all that finds them,
 * also where a gate saw them without a booking, notices, and every way to act. What was paid, and the audit, stay by the id alone. Refused while bookings are open or
 * charges unpaid; a second time it changes nothing.
 */
export function eraseDriver(scope: RequestScope, { idempotencyKey, ...input }: EraseDriver): Promise<Outcome<{ readonly partyId: string }>> {
  return endingRights(scope, async (unit, ended) => {
    ensureMay(scope.viewer, 'driver:erase');
    const person = await findPersonForErasure(unit, input.partyId);
    if (!person) throw notFound('party', input.partyId);
    ensureMay(scope.viewer, 'driver:erase', { partyId: person.id, jurisdictionCode: person.jurisdictionCode }, { what: 'party', id: person.id });
    if (person.isErased) return done({ partyId: person.id });
    const unexplained = reasonProblem(input.reason);
    if (unexplained) return refuse(unexplained);
    unit.record({ action: 'driver:erase', objectType: 'party', objectId: person.id, reason: input.reason.trim() });
    unit.announce(ERASING_TOPIC, { partyId: person.id });
    ended.push(person.id);
    return done({ partyId: person.id });
  }, { operation: 'eraseDriver', key: idempotencyKey, input });
}

interface Erased {
  readonly partyId: string;
}

/** Has the rooms above go first: whoever books holds its own locks before it tells a party of it, and this one's comes last. */
const othersFirst: Reaction = {
  topic: ERASING_TOPIC,
  async react(unit, payloads) {
    for (const { partyId } of payloads as readonly Erased[]) unit.announce(ERASED_TOPIC, { partyId });
    return null;
  },
};

const eraseOwn: Reaction = {
  topic: ERASED_TOPIC,
  async react(unit, payloads) {
    for (const { partyId } of payloads as readonly Erased[]) {
      await endMembershipsOf(unit, partyId, unit.now);
      await eraseKeysOf(unit, partyId, unit.now);
      await deleteNoticesOf(unit, partyId);
      await eraseParty(unit, partyId, unit.now);
    }
    return null;
  },
};

export const erasureReactions: readonly Reaction[] = [othersFirst, eraseOwn];
