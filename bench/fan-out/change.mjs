/**
 * What every subscriber asks for: nine fields of a change. The floors' messages have the bytes of such an answer, the
 * peer executes the same fields of a schema of its own.
 */
const FIELDS = `__typename
    ... on AvailabilityChange {
      cursor
      coalescedVersions
      availability { facilityId version classes { state free quota observedAt } }
    }`;

export const SUBSCRIPTION = `subscription Watch($where: FacilityWhere) {
  availabilityChanged(where: $where) {
    ${FIELDS}
    ... on AvailabilitySnapshot { isLast facilities { facilityId } }
  }
}`;

/** The peer has no snapshot. */
export const PEER_SUBSCRIPTION = `subscription Watch($where: FacilityWhere) {
  availabilityChanged(where: $where) {
    ${FIELDS}
  }
}`;

/** The channel that the peers hear of a facility by. */
export const channelOf = facilityId => `availability:${facilityId}`;
export const EVERY_CHANNEL = channelOf('*');

/** What is published to the peers: the root value of a subscription, and the place by which boxes are matched. */
export function published({ facilityId, longitude, latitude }, version, cursor, at) {
  const availability = { facilityId, version: String(version), classes: [{ state: 'OPEN', free: freeOf(version), quota: 17, observedAt: new Date(at).toISOString() }] };
  return JSON.stringify({ availabilityChanged: { __typename: 'AvailabilityChange', cursor: String(cursor), coalescedVersions: 0, availability }, place: { longitude, latitude } });
}

/** A number of free spaces that differs from the one before it, so that every report is a change. */
export const freeOf = nth => 1 + (nth % 9);

/** The id of a subscriber's operation: as long for everybody, and everybody's own. */
export const operationId = subscriber => `s${String(subscriber).padStart(7, '0')}`;
