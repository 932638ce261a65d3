import { isSilent, mannerOf, occupiedAt, type Busy, type CityTime } from './traffic.js';

/** A count of a facility's class, as reportOccupancy takes it. */
export interface FedCount {
  readonly facilityCode: string;
  readonly spaceClass: string;
  readonly occupied: number;
}

/** A vehicle between two counts, as recordVehicleEvents takes it. */
export interface FedEvent {
  readonly facilityCode: string;
  readonly spaceClass: string;
  readonly direction: 'ENTRY' | 'EXIT';
}

/** What one round of the feed tells. */
export interface Round {
  readonly counts: readonly FedCount[];
  readonly events: readonly FedEvent[];
}

/** Every so many rounds whoever tells vehicles tells a count as well, so that a lost one does not stay lost (C3). */
const COUNT_EVERY = 10;

/**
 * What the facilities tell at a simulated instant, given what they told before; whoever has told nothing yet begins with
 * a count. `told` is what each class stands at by what was told, and the answer says what it stands at now.
 */
export function roundOf(facilities: readonly Busy[], { round, instant, city, told }: { readonly round: number; readonly instant: number; readonly city: CityTime; readonly told: ReadonlyMap<string, number> }): Round & { readonly stands: ReadonlyMap<string, number> } {
  const counts: FedCount[] = [];
  const events: FedEvent[] = [];
  const stands = new Map(told);
  for (const facility of facilities) {
    if (isSilent(facility.code, instant)) continue;
    for (const capacity of facility.capacity) {
      const { code: facilityCode } = facility;
      const { spaceClass } = capacity;
      const occupied = occupiedAt(facility, capacity, instant, city);
      const key = `${facilityCode} ${spaceClass}`;
      const before = told.get(key);
      stands.set(key, occupied);
      if (mannerOf(facilityCode) !== 'EVENTS' || before === undefined || round % COUNT_EVERY === 0) counts.push({ facilityCode, spaceClass, occupied });
      else events.push(...Array.from({ length: Math.abs(occupied - before) }, (): FedEvent => ({ facilityCode, spaceClass, direction: occupied > before ? 'ENTRY' : 'EXIT' })));
    }
  }
  return { counts, events, stands };
}
