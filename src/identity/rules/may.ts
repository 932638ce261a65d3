import { ACTIONS, type Action } from './actions.js';
import { liesWithin } from './jurisdiction-scope.js';

/** What a viewer holds, as far as permission is concerned. */
export interface GrantHolder {
  readonly grants: ReadonlyArray<{ readonly action: string; readonly partyId: string | null; readonly jurisdictionCode: string | null }>;
}

/** Whose thing it is and where it lies. Several parties (owner, manager, operator), or several codes (division, development zone), mean: any of them. */
export interface Subject {
  readonly partyId?: string | readonly string[] | null;
  readonly jurisdictionCode?: string | readonly string[] | null;
}

/**
 * Whether the viewer may do this. Without a subject: whether somewhere, for somebody; that is the check of a root
 * field. With a subject, a grant limited to a party or a jurisdiction needs the subject to name it: what the subject
 * leaves unsaid is refused, never assumed.
 */
export function may(viewer: GrantHolder, action: Action, subject?: Subject): boolean {
  if (ACTIONS[action].anonymous) return true;
  return viewer.grants.some(grant => {
    if (grant.action !== '*' && grant.action !== action) return false;
    if (subject === undefined) return true;
    return isOfParty(grant.partyId, subject.partyId) && isInJurisdiction(grant.jurisdictionCode, subject.jurisdictionCode);
  });
}

function isOfParty(granted: string | null, asked: Subject['partyId']): boolean {
  if (granted === null) return true;
  if (asked === undefined || asked === null) return false;
  return typeof asked === 'string' ? asked === granted : asked.includes(granted);
}

function isInJurisdiction(granted: string | null, asked: Subject['jurisdictionCode']): boolean {
  if (granted === null) return true;
  if (asked === undefined || asked === null) return false;
  return typeof asked === 'string' ? liesWithin(asked, granted) : asked.some(code => liesWithin(code, granted));
}
