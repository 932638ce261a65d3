import { may } from '../identity/index.js';
import type { Viewer } from '../platform/index.js';

/** Whose a facility is, and every code under which it lies: its division's own path and its reporting unit. */
export interface FacilitySubject {
  readonly partyIds: readonly string[];
  readonly jurisdictionCodes: readonly string[];
}

/** Members of its owner, manager or operator may change a facility, and the offices in whose jurisdiction it lies (3.6-3). */
export function mayWriteFacility(viewer: Viewer, subject: FacilitySubject): boolean {
  return maySomewhere(viewer, 'facility:write', subject);
}

/** The exact place of a restricted facility is for those who run or oversee it; the public sees its entrance (G9). */
export function maySeeExactPlace(viewer: Viewer, facility: { readonly isRestricted: boolean }, subject: FacilitySubject): boolean {
  return !facility.isRestricted || maySomewhere(viewer, 'facility:write', subject);
}

/** Jurisdictions, development zones and key places are kept by the offices in whose jurisdiction they lie. */
export function mayWriteJurisdiction(viewer: Viewer, jurisdictionCodes: readonly string[]): boolean {
  return maySomewhere(viewer, 'jurisdiction:write', { partyIds: [], jurisdictionCodes });
}

function maySomewhere(viewer: Viewer, action: 'facility:write' | 'jurisdiction:write', { partyIds, jurisdictionCodes }: FacilitySubject): boolean {
  return may(viewer, action, { partyId: partyIds, jurisdictionCode: jurisdictionCodes });
}
