import { problem, type Problem, type Span } from '../../kernel/index.js';
import { STANDING, type ReservationState } from './lifecycle.js';
import { spanText } from './span-text.js';

/** A stay of one vehicle by a reservation; of several vehicles there is one each. */
export interface VehicleStay extends Span {
  readonly reservationId: string;
  readonly seriesId: string | null;
  readonly partyId: string;
  readonly facilityId: string;
  readonly zoneName: string;
  readonly state: ReservationState;
  /** Since when it is in its state. */
  readonly stateSince: number;
  /** The keyed hash of its number alone. */
  readonly hash: string;
  /** The vehicle as vehicles are told apart: by number and colour (I2). */
  readonly vehicle: string;
}

/** Where and when somebody wants vehicles to stand. */
export interface WantedPlace {
  readonly partyId: string;
  /** The series that it is booked with, all of which may still come to nothing; null where it is none. */
  readonly seriesId: string | null;
  readonly facilityId: string;
  readonly during: Span;
  readonly vehicles: ReadonlyArray<{ readonly hash: string; readonly vehicle: string; readonly masked: string }>;
  /** What of the input is about it. */
  readonly field: 'plates' | 'quoteId';
}

const isIn = ({ state }: Pick<VehicleStay, 'state'>): boolean => state === 'CHECKED_IN' || state === 'OVERSTAYED';

/** The time that a stay takes: whoever is in takes it until now, whatever was booked, and whoever has left does not take it any more. */
export function takenBy(stay: Pick<VehicleStay, 'state' | 'stateSince' | 'startsAt' | 'endsAt'>, now: number): Span {
  const { state, stateSince, startsAt, endsAt } = stay;
  return { startsAt, endsAt: state === 'COMPLETED' ? stateSince : isIn(stay) ? Math.max(endsAt, now + 1) : endsAt };
}

/**
 * A vehicle stands in one place: why its party cannot book it for where it stands already, naming the reservation. At one
 * facility the number alone counts: a booking may name no colour, and a gate may see none. Another party's booking is never
 * in the way, and a refusal never tells of one (P10): whoever mistypes a plate would keep its owner out, and whoever knows
 * one would find out where it is booked. Between parties the gate decides (`booked-first.ts`). What it is compared with
 * never holds the reservation itself.
 */
export function placeProblems({ partyId, facilityId, during, vehicles, field }: WantedPlace, stays: readonly VehicleStay[], now: number): readonly Problem[] {
  const inTheWay = stays.filter(stay => STANDING.includes(stay.state) && meets(takenBy(stay, now), during)).sort((one, other) => one.startsAt - other.startsAt);
  return vehicles.flatMap(({ hash, vehicle, masked }) => {
    const isSame = (stay: VehicleStay): boolean => (stay.facilityId === facilityId ? stay.hash === hash : stay.vehicle === vehicle);
    const own = inTheWay.find(stay => stay.partyId === partyId && isSame(stay));
    return own ? [bookedProblem(own, masked, field)] : [];
  });
}

function bookedProblem({ reservationId, startsAt, endsAt, zoneName }: VehicleStay, masked: string, field: string): Problem {
  const span = spanText({ startsAt, endsAt }, zoneName);
  return problem('VEHICLE_BOOKED', { zh: `车辆 ${masked} 已有预约 ${reservationId}（${span}），同一时间只能停一处`, en: `the vehicle ${masked} has the reservation ${reservationId} already (${span}), and stands in one place at a time`, field, data: { reservationId, during: { startsAt, endsAt } } });
}

function meets(one: Span, other: Span): boolean {
  return one.startsAt < other.endsAt && other.startsAt < one.endsAt;
}
