import { may, type Action } from '../identity/index.js';
import type { Viewer } from '../platform/index.js';

/** The parties that a viewer is of and may do this for: bookings are made and watched for oneself, never by a reach over others. */
export function ownPartiesWith(viewer: Viewer, action: Action): readonly string[] {
  return viewer.partyIds.filter(partyId => may(viewer, action, { partyId }));
}

/** Whether a viewer may change a booking of this party. The platform itself may, for its jobs. */
export function mayBookFor(viewer: Viewer, partyId: string): boolean {
  return viewer.kind === 'SYSTEM' || ownPartiesWith(viewer, 'reservation:write').includes(partyId);
}

/** Its own party sees a reservation, and whoever owns, manages or operates the facility that it stands at; plates are masked for both (P10). */
export function maySeeReservation(viewer: Viewer, { partyId, facilityPartyIds }: { readonly partyId: string; readonly facilityPartyIds: readonly string[] }): boolean {
  return may(viewer, 'reservation:read', { partyId: [partyId, ...facilityPartyIds] });
}
