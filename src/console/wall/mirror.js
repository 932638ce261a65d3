/**
 * @typedef {'OPEN' | 'FULL' | 'CLOSED' | 'SUSPENDED' | 'UNKNOWN'} State
 * @typedef {{ spaceClass: string, state: State, free: number | null, freeBand: 'NONE' | 'FEW' | 'SOME' | 'MANY' | null, quota: number | null, capacity: number, observedAt: string | null, staleAfter: string | null, source: 'WINDOWS' | 'REPORT', reason: string | null }} LiveAvailability
 * @typedef {{ facilityId: string, version: string, changedAt: string, precision: 'EXACT' | 'BANDED', classes: readonly LiveAvailability[] }} FacilityAvailability
 * @typedef {{ __typename: 'AvailabilitySnapshot', cursor: string, part: number, isLast: boolean, facilities: readonly FacilityAvailability[] }} Snapshot
 * @typedef {{ __typename: 'AvailabilityChange', cursor: string, coalescedVersions: number, availability: FacilityAvailability }} Change
 * @typedef {{ __typename: 'FacilityLeft', cursor: string, facilityId: string }} Left
 * @typedef {{ __typename: 'ResyncRequired', cursor: string, reason: string }} Resync
 * @typedef {Snapshot | Change | Left | Resync} LiveEvent
 */

/**
 * The state of every watched facility as the stream tells it, and the cursor to resume from (P8). It also checks the
 * promise: versions of a facility follow each other without a hole, unless the stream says how many it merged.
 */
export class Mirror {
  /** @type {Map<string, FacilityAvailability>} */
  facilities = new Map();
  /** Where to resume; null until a first snapshot is whole. @type {string | null} */
  cursor = null;
  /** True from the first whole snapshot on. */
  isWhole = false;
  /** Versions that neither came nor were said to be merged: 0, or the server broke its word. */
  missedVersions = 0;
  /** Versions that the server merged into later ones, with notice. */
  mergedVersions = 0;
  /** How often a fresh snapshot had to take the place of what was missed. */
  resyncs = 0;
  /** The facilities told so far by the snapshot that is under way. @type {Set<string> | null} */
  #told = null;

  /**
   * Takes one event and answers the ids of the facilities that it touched.
   * @param {LiveEvent} event
   * @returns {readonly string[]}
   */
  apply(event) {
    switch (event.__typename) {
      case 'AvailabilitySnapshot':
        return this.#snapshot(event);
      case 'AvailabilityChange':
        return this.#change(event);
      case 'FacilityLeft':
        this.cursor = event.cursor;
        return this.facilities.delete(event.facilityId) ? [event.facilityId] : [];
      case 'ResyncRequired':
        this.resyncs += 1;
        this.cursor = null;
        this.#told = null;
        return [];
      default:
        // The schema may grow: an event of a kind that we do not know changes nothing that we show.
        return [];
    }
  }

  /** The connection broke: half a snapshot is none, and the next one begins anew. */
  interrupt() {
    this.#told = null;
  }

  /**
   * Half a snapshot is no place to resume from: its cursor counts only once its last part is here.
   * @param {Snapshot} event
   */
  #snapshot({ cursor, isLast, facilities }) {
    this.#told ??= new Set();
    const touched = facilities.map(({ facilityId }) => facilityId);
    for (const each of facilities) {
      this.facilities.set(each.facilityId, each);
      this.#told.add(each.facilityId);
    }
    if (!isLast) return touched;
    const told = this.#told;
    const gone = [...this.facilities.keys()].filter(id => !told.has(id));
    for (const id of gone) this.facilities.delete(id);
    this.#told = null;
    this.cursor = cursor;
    this.isWhole = true;
    return [...touched, ...gone];
  }

  /** @param {Change} event */
  #change({ cursor, availability, coalescedVersions }) {
    const known = this.facilities.get(availability.facilityId);
    this.mergedVersions += coalescedVersions;
    // What is banded is told only when its band moves: its versions may skip, and nobody outside may count them.
    if (known && known.precision === 'EXACT' && availability.precision === 'EXACT') {
      const unseen = BigInt(availability.version) - BigInt(known.version) - 1n - BigInt(coalescedVersions);
      if (unseen > 0n) this.missedVersions += Number(unseen);
    }
    this.facilities.set(availability.facilityId, availability);
    this.cursor = cursor;
    return [availability.facilityId];
  }
}
