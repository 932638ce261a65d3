import type { BookingTerms } from './booking-terms.js';
import { feeOf } from './booking-terms.js';

const MINUTE_MS = 60_000;

/** What of a reservation a fee is reckoned from. */
export interface EndedStay {
  readonly startsAt: number;
  readonly amountFen: number;
  readonly terms: BookingTerms;
}

/** What cancelling costs: nothing until so long before the start, the agreed fee after it. */
export function cancelFeeOf({ startsAt, amountFen, terms }: EndedStay, at: number): number {
  return at <= startsAt - terms.cancelUntilMinutes * MINUTE_MS ? 0 : feeOf(terms.cancelFee, amountFen);
}

/** What not coming costs. */
export function noShowFeeOf({ amountFen, terms }: EndedStay): number {
  return feeOf(terms.noShowFee, amountFen);
}

/** A charge, and how much of it is given back. */
export interface TakenOff {
  readonly chargeId: string;
  readonly amountFen: number;
}

/**
 * Brings what was charged down to a fee: what is above it is taken off the charges, the newest first; what the charges do
 * not reach is charged on top. Charged 1,000 and 300 against a fee of 200: 300 and 800 are taken off, nothing is added.
 */
export function settleTo(feeFen: number, charges: readonly TakenOff[]): { readonly takenOff: readonly TakenOff[]; readonly left: readonly TakenOff[]; readonly onTopFen: number } {
  let keep = feeFen;
  const left: TakenOff[] = [];
  const takenOff: TakenOff[] = [];
  for (const { chargeId, amountFen } of charges) {
    const kept = Math.min(keep, amountFen);
    keep -= kept;
    if (kept > 0) left.push({ chargeId, amountFen: kept });
    if (kept < amountFen) takenOff.unshift({ chargeId, amountFen: amountFen - kept });
  }
  return { takenOff, left, onTopFen: keep };
}

/** What a reservation occupies. */
export interface Occupied {
  readonly facilityId: string;
  readonly spaceClass: string;
  readonly spaceId: string | null;
  readonly spaces: number;
  readonly startsAt: number;
  readonly endsAt: number;
}

/** Whether a change gives back something that was promised: then it costs after the deadline what cancelling costs. */
export function givesUp(before: Occupied, after: Occupied): boolean {
  return (
    after.facilityId !== before.facilityId || after.spaceClass !== before.spaceClass || (before.spaceId !== null && after.spaceId !== before.spaceId) ||
    after.spaces < before.spaces || after.startsAt > before.startsAt || after.endsAt < before.endsAt
  );
}
