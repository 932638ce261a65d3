import type { Unit } from '../platform/index.js';
import { notFound } from '../platform/graphql/index.js';
import { listPartyHeadsForShare, type PartyHead } from './party.sql.js';

/** Reads parties that a use case names, in the order asked for; throws NOT_FOUND for the first that does not exist. */
export async function getParties(unit: Unit, ids: readonly string[]): Promise<readonly PartyHead[]> {
  const found = new Map((await listPartyHeadsForShare(unit, ids)).map(party => [party.id, party]));
  return ids.map(id => {
    const party = found.get(id);
    if (!party) throw notFound('party', id);
    return party;
  });
}
