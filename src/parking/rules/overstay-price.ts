import { money, type Span } from '../../kernel/index.js';
import type { BookingTerms } from './booking-terms.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

type Clause = Pick<BookingTerms, 'lateStopMinutes' | 'overstay'>;

/** Since when a vehicle that is in overstays: so long after the end as the terms let it out (C9). */
export function overstaysFrom(endsAt: number, { lateStopMinutes, overstay }: Clause): number {
  return endsAt + Math.max(lateStopMinutes, overstay.graceMinutes) * MINUTE_MS;
}

/** The time beyond the end that costs something: from the end of the grace on; null where the vehicle left in time. */
export function overstayOf(endsAt: number, leftAt: number, terms: Clause): Span | null {
  if (leftAt <= overstaysFrom(endsAt, terms)) return null;
  return { startsAt: endsAt + terms.overstay.graceMinutes * MINUTE_MS, endsAt: leftAt };
}

/** What it costs by its clause: the tariff's price by a percentage, and so much an hour begun. 300 fen at 150 % and two hours begun at 100 fen are 650. */
export function overstayFen(tariffFen: number, { startsAt, endsAt }: Span, { overstay }: Clause): number {
  const hours = Math.ceil((endsAt - startsAt) / HOUR_MS);
  return money.add(money.multiply(tariffFen, { numerator: overstay.tariffPercent, denominator: 100 }, 'HALF_UP'), hours * overstay.fenPerHour);
}
