import { isAction, type Action } from './actions.js';
import { codesWithin } from './jurisdiction-scope.js';
import type { GrantHolder } from './may.js';
import { ROLES, actionsOf, type Role } from './roles.js';
import type { Reach } from './api-key.js';

/** One part of what a viewer reaches: of this party (null: any) and in the jurisdictions whose codes are LIKE this (null: anywhere). */
export interface ReachPart {
  readonly partyId: string | null;
  readonly codes: string | null;
}

/** All that a viewer reaches with an action, for the filter of a list: the same decision as `may`, as rows. Empty: nothing. */
export function reachOf(viewer: GrantHolder, action: Action): readonly ReachPart[] {
  return viewer.grants.flatMap((grant): ReachPart[] => {
    if (grant.action !== '*' && grant.action !== action) return [];
    if (grant.jurisdictionCode === null) return [{ partyId: grant.partyId, codes: null }];
    const codes = codesWithin(grant.jurisdictionCode);
    return codes === null ? [] : [{ partyId: grant.partyId, codes }];
  });
}

interface GivenGrant {
  readonly action: string;
  readonly partyId: string | null;
  readonly jurisdictionCode: string | null;
}

/** What a membership in force gives: its role's actions, within its party, its jurisdiction, or everywhere. */
export function grantsOfMembership(membership: { readonly role: Role; readonly partyId: string; readonly jurisdictionCode: string | null }): readonly GivenGrant[] {
  const { role, partyId, jurisdictionCode } = membership;
  const { scope } = ROLES[role];
  // A role of government without its jurisdiction reaches nothing: the check of addMembership is not the only one.
  if (scope === 'JURISDICTION' && jurisdictionCode === null) return [];
  return actionsOf(role).map(action => ({ action, partyId: scope === 'PARTY' ? partyId : null, jurisdictionCode: scope === 'JURISDICTION' ? jurisdictionCode : null }));
}

/** What a key gives. Whatever its scopes, it may be rotated by itself: the last grant names the key where a party stands, and so reaches nothing else. */
export function grantsOfKey(key: { readonly id: string; readonly partyId: string; readonly scopes: readonly string[]; readonly reach: Reach; readonly jurisdictionCode: string | null }): readonly GivenGrant[] {
  const given = key.scopes.filter(isAction).map(action => ({
    action,
    partyId: key.reach === 'PARTY' ? key.partyId : null,
    jurisdictionCode: key.reach === 'JURISDICTION' ? key.jurisdictionCode : null,
  }));
  const usable = key.reach === 'JURISDICTION' && key.jurisdictionCode === null ? [] : given;
  return [...usable, { action: 'key:rotate', partyId: key.id, jurisdictionCode: null }];
}

/** What an app may do for a driver that it signed up: what a driver may do, as far as the app's key goes, and for that driver alone. */
export function grantsForDriver(key: { readonly scopes: readonly string[] }, driverId: string): readonly GivenGrant[] {
  return ROLES.DRIVER.actions.filter(action => key.scopes.includes(action)).map(action => ({ action, partyId: driverId, jurisdictionCode: null }));
}

/** The class of limits of a person or an officer who comes with a token: the largest that a role of theirs gives. */
export function limitClassOf(roles: readonly Role[]): 'KEY' | 'OPERATOR' | 'AUTHORITY' {
  const families = roles.map(role => ROLES[role].family);
  if (families.includes('GOVERNMENT')) return 'AUTHORITY';
  return roles.includes('FACILITY_OPERATOR') ? 'OPERATOR' : 'KEY';
}
