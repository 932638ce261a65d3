import { problem, type Problem } from '../../kernel/index.js';
import type { ReservationState } from './lifecycle.js';
import { placeProblems, takenBy, type VehicleStay, type WantedPlace } from './one-place.js';
import { spanText } from './span-text.js';

const MINUTE_MS = 60_000;
/** Stays of a vehicle at one place that lie closer together than this are one stay to its free minutes. */
export const APART_MINUTES = 60;

/** Stays that took place, or will. */
const STAYED: readonly ReservationState[] = ['HELD', 'CONFIRMED', 'CHECKED_IN', 'OVERSTAYED', 'COMPLETED'];

/** A price as far as its free minutes go. */
export interface PricedStay {
  readonly lines: ReadonlyArray<{ readonly rule: string }>;
}

export const usesFreeMinutes = ({ lines }: PricedStay): boolean => lines.some(line => line.rule === 'FREE_MINUTES');

/**
 * Free minutes are had once a stay: whoever books one stay as several, so close together that nobody leaves
 * between them, is to change the earlier reservation. Null where the price has none, or the party's next stay with one of
 * these vehicles here is an hour away. What it is compared with never holds the reservation itself.
 */
export function freeMinutesProblem({ partyId, facilityId, during, vehicles, field }: WantedPlace, price: PricedStay, stays: readonly VehicleStay[], now: number): Problem | null {
  if (!usesFreeMinutes(price)) return null;
  const own = stays.filter(stay => stay.partyId === partyId && stay.facilityId === facilityId && STAYED.includes(stay.state) && vehicles.some(({ vehicle }) => vehicle === stay.vehicle));
  const near = own.map(stay => ({ stay, taken: takenBy(stay, now) })).find(({ taken }) => Math.max(during.startsAt - taken.endsAt, taken.startsAt - during.endsAt) < APART_MINUTES * MINUTE_MS);
  if (!near) return null;
  const { reservationId, startsAt, endsAt, zoneName } = near.stay;
  const span = spanText({ startsAt, endsAt }, zoneName);
  return problem('STAY_TO_BE_EXTENDED', {
    zh: `同一车辆在该处相隔不足 ${APART_MINUTES} 分钟已有预约 ${reservationId}（${span}），免费时长只计一次：请变更该预约，或相隔 ${APART_MINUTES} 分钟以上`,
    en: `the vehicle has the reservation ${reservationId} here less than ${APART_MINUTES} minutes away (${span}), and free minutes are had once: change that reservation, or keep ${APART_MINUTES} minutes between them`,
    field, data: { reservationId, during: { startsAt, endsAt }, apartMinutes: APART_MINUTES },
  });
}

/** Everything that speaks against a stay of these vehicles then and there: where they stand already, and what they were given free. */
export function vehicleProblems(place: WantedPlace, price: PricedStay, stays: readonly VehicleStay[], now: number): readonly Problem[] {
  const found = placeProblems(place, stays, now);
  const free = found.length > 0 ? null : freeMinutesProblem(place, price, stays, now);
  return free ? [free] : found;
}
