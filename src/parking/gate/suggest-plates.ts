import { plates } from '../../kernel/index.js';
import { SealBroken, type Sealer, type Sql } from '../../platform/index.js';
import { bookedProblem } from '../rules/admission.js';
import { openPlate } from '../seal-plates.js';
import { expectedVehicles, type Readings } from './suggest.sql.js';

/** A reading at a gate that no booking fits. */
export interface Reading {
  readonly facilityId: string;
  readonly number: string;
  readonly at: number;
}

/** As many are shown for one reading, the nearest first. */
const MOST_SUGGESTED = 5;

/**
 * The plates one character away from readings, whose vehicle may come in by a reservation there and then: suggested, never
 * matched (I2). The numbers are sealed: by what is shown of them most are left out, and only the others are opened.
 */
export async function suggestBooked(sql: Sql, sealer: Sealer, readings: readonly Reading[]): Promise<ReadonlyMap<Reading, readonly string[]>> {
  if (readings.length === 0) return new Map();
  const expected = Map.groupBy(await expectedVehicles(sql, askedOf(readings)), vehicle => vehicle.facilityId);
  const opened = new Map<string, string | null>();
  return new Map(readings.map(reading => {
    const { facilityId, number, at } = reading;
    const near = (expected.get(facilityId) ?? [])
      .filter(vehicle => plates.mayBeMisread(number, vehicle.maskedPlate) && bookedProblem(vehicle, at, 0) === null)
      .flatMap(vehicle => {
        const key = `${vehicle.reservationId}/${vehicle.position}`;
        if (!opened.has(key)) opened.set(key, opens(() => openPlate(sealer, vehicle)));
        return opened.get(key) ?? [];
      });
    return [reading, nearest(number, near)];
  }));
}

/** Which numbers a reading may have meant, look-alikes first. */
export function nearest(read: string, numbers: readonly string[]): readonly string[] {
  return [...new Set(numbers)]
    .flatMap(number => {
      const apart = plates.misreading(read, number);
      return apart === null ? [] : [{ number, apart }];
    })
    .sort((one, other) => one.apart - other.apart || (one.number < other.number ? -1 : 1))
    .slice(0, MOST_SUGGESTED)
    .map(({ number }) => number);
}

/** What is asked for all readings together. */
export function askedOf(readings: readonly Reading[]): Readings {
  const numbers = [...new Set(readings.map(({ number }) => number))].map(number => [...number]);
  return {
    facilityIds: [...new Set(readings.map(({ facilityId }) => facilityId))], from: Math.min(...readings.map(({ at }) => at)), until: Math.max(...readings.map(({ at }) => at)),
    heads: [...new Set(numbers.flatMap(headsOf))], nearHeads: [...new Set(numbers.flatMap(nearHeadsOf))], tails: ['*', ...new Set(numbers.map(number => number.at(-1)!))],
  };
}

/** How the first three characters may be shown: of some numbers fewer are. */
function headsOf(number: readonly string[]): readonly string[] {
  return [3, 2, 1].map(shown => number.slice(0, shown).join('') + '*'.repeat(3 - shown));
}

/** What the first three may have been: one of them another, one dropped, or one of the first four too many. */
function nearHeadsOf(number: readonly string[]): readonly string[] {
  const [one = '', two = '', three = '', four = ''] = number.slice(0, 4).map(character => character.replace(/[\\%_]/u, String.raw`\$&`));
  const other = [['_', two, three], [one, '_', three], [one, two, '_']];
  const dropped = [['_', one, two], [one, '_', two]];
  const added = [[two, three, four], [one, three, four], [one, two, four]];
  return [...other, ...dropped, ...added].flatMap(([a, b, c]) => [`${a}${b}${c}`, `${a}${b}*`, `${a}**`]);
}

/** A number that does not open, as after a lost key, is no reason to keep anybody else's vehicle at the gate. */
function opens(open: () => string): string | null {
  try {
    return open();
  } catch (error) {
    if (error instanceof SealBroken) return null;
    throw error;
  }
}
