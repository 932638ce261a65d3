import { problem, type Problem, type Span } from '../../kernel/index.js';
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
 * Free minutes are had once a stay: where a party books one stay as several, so close together that nobody leaves between
 * them, its own earlier reservation is to be changed; of a night that is only being booked with it, its interval is named.
 * Of another party's booking nothing is told here (P10): where its vehicle comes by both, the gate finds it.
 * Null where the price has none, or the next stay here of one of these numbers is an hour away. What it is compared with
 * never holds the reservation itself.
 */
export function freeMinutesProblem({ partyId, seriesId, facilityId, during, vehicles, field }: WantedPlace, price: PricedStay, stays: readonly VehicleStay[], now: number): Problem | null {
  if (!usesFreeMinutes(price)) return null;
  const isNear = (taken: Span): boolean => Math.max(during.startsAt - taken.endsAt, taken.startsAt - during.endsAt) < APART_MINUTES * MINUTE_MS;
  const own = stays.filter(stay => stay.partyId === partyId && stay.facilityId === facilityId && STAYED.includes(stay.state) && vehicles.some(({ hash }) => hash === stay.hash) && isNear(takenBy(stay, now)));
  if (own.length === 0) return null;
  const booked = own.find(stay => seriesId === null || stay.seriesId !== seriesId);
  if (booked) return extendProblem(booked, field);
  return nightProblem(own[0]!, field);
}

function nightProblem({ startsAt, endsAt, zoneName }: VehicleStay, field: string): Problem {
  const span = spanText({ startsAt, endsAt }, zoneName);
  return problem('NIGHTS_TOO_CLOSE', {
    zh: `与同次连续预约的 ${span} 相隔不足 ${APART_MINUTES} 分钟，免费时长只计一次：请使各次相隔 ${APART_MINUTES} 分钟以上`,
    en: `less than ${APART_MINUTES} minutes lie between it and ${span} of the same series, and free minutes are had once: keep ${APART_MINUTES} minutes between its stays`,
    field, data: { during: { startsAt, endsAt }, apartMinutes: APART_MINUTES },
  });
}

function extendProblem({ reservationId, startsAt, endsAt, zoneName }: VehicleStay, field: string): Problem {
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
