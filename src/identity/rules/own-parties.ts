import type { Action } from './actions.js';
import type { GrantHolder } from './may.js';

/**
 * The parties that a viewer is, or is a member of, and may do this for. What is said to a party is its own: a right that
 * reaches a jurisdiction opens the notices of no party in it.
 */
export function ownPartiesWith(viewer: GrantHolder & { readonly partyIds: readonly string[] }, action: Action): readonly string[] {
  return viewer.partyIds.filter(id => viewer.grants.some(grant => (grant.action === '*' || grant.action === action) && (grant.partyId === null || grant.partyId === id)));
}
