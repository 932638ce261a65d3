import { counted, money, problem, type Problem } from '../../kernel/index.js';

/** A fee as a share of the price and a fixed part; both may be 0. */
export interface FeeTerms {
  readonly percent: number;
  readonly fen: number;
}

/** What staying beyond the end costs: the tariff's price of the time beyond, by a percentage, and so much an hour begun. */
export interface OverstayTerms {
  /** Minutes beyond the end that cost nothing. */
  readonly graceMinutes: number;
  readonly tariffPercent: number;
  readonly fenPerHour: number;
}

/** On what terms a facility takes reservations (P12: data, by city or facility). */
export interface BookingTerms {
  /** How long a quote holds. */
  readonly quoteMinutes: number;
  /** How long spaces are held for a payment. */
  readonly holdMinutes: number;
  /** How long before the start the gate lets in. */
  readonly earlyStartMinutes: number;
  /** How long after the end the gate lets out without overstay being recorded. */
  readonly lateStopMinutes: number;
  /** How long after the start a vehicle is waited for. */
  readonly noShowAfterMinutes: number;
  /** Until how long before the start cancelling and changing cost nothing. */
  readonly cancelUntilMinutes: number;
  readonly cancelFee: FeeTerms;
  readonly noShowFee: FeeTerms;
  readonly overstay: OverstayTerms;
  readonly shortestStayMinutes: number;
  readonly longestStayMinutes: number;
  readonly mostDaysAhead: number;
  /** How long after the stay's end it is to be paid; null: before it, within the hold. */
  readonly payAfterMinutes: number | null;
}

/** What holds where neither the facility nor its city has set terms. */
export const DEFAULT_TERMS: BookingTerms = {
  quoteMinutes: 10,
  holdMinutes: 15,
  earlyStartMinutes: 15,
  lateStopMinutes: 15,
  noShowAfterMinutes: 60,
  cancelUntilMinutes: 30,
  cancelFee: { percent: 20, fen: 0 },
  noShowFee: { percent: 100, fen: 0 },
  overstay: { graceMinutes: 15, tariffPercent: 150, fenPerHour: 0 },
  shortestStayMinutes: 15,
  longestStayMinutes: 10_080,
  mostDaysAhead: 60,
  payAfterMinutes: null,
};

const DAY = 1_440;
const RANGES: ReadonlyArray<readonly [path: string, of: (terms: BookingTerms) => number | null, least: number, most: number]> = [
  ['quoteMinutes', terms => terms.quoteMinutes, 1, DAY],
  ['holdMinutes', terms => terms.holdMinutes, 1, DAY],
  ['earlyStartMinutes', terms => terms.earlyStartMinutes, 0, 4 * 60],
  ['lateStopMinutes', terms => terms.lateStopMinutes, 0, 4 * 60],
  ['noShowAfterMinutes', terms => terms.noShowAfterMinutes, 5, 31 * DAY],
  ['cancelUntilMinutes', terms => terms.cancelUntilMinutes, 0, 31 * DAY],
  ['cancelFee.percent', terms => terms.cancelFee.percent, 0, 100],
  ['cancelFee.fen', terms => terms.cancelFee.fen, 0, 100_000],
  ['noShowFee.percent', terms => terms.noShowFee.percent, 0, 100],
  ['noShowFee.fen', terms => terms.noShowFee.fen, 0, 100_000],
  ['overstay.graceMinutes', terms => terms.overstay.graceMinutes, 0, DAY],
  ['overstay.tariffPercent', terms => terms.overstay.tariffPercent, 0, 1_000],
  ['overstay.fenPerHour', terms => terms.overstay.fenPerHour, 0, 100_000],
  ['shortestStayMinutes', terms => terms.shortestStayMinutes, 5, DAY],
  ['longestStayMinutes', terms => terms.longestStayMinutes, 30, 92 * DAY],
  ['mostDaysAhead', terms => terms.mostDaysAhead, 1, 366],
  ['payAfterMinutes', terms => terms.payAfterMinutes, 0, 92 * DAY],
];

/** Every term that lies outside what can be meant, each under its own path. */
export function checkTerms(terms: BookingTerms): readonly Problem[] {
  const found = RANGES.flatMap(([path, of, least, most]) => {
    const value = of(terms);
    if (value === null || (Number.isInteger(value) && value >= least && value <= most)) return [];
    return [problem('TERMS_OUT_OF_RANGE', { zh: `${path} 须为 ${least}–${most} 的整数，收到 ${value}`, en: `${path} is a whole number of ${least} to ${most}, got ${value}`, field: path, data: { least, most } })];
  });
  const { shortestStayMinutes, longestStayMinutes } = terms;
  if (found.length > 0 || shortestStayMinutes <= longestStayMinutes) return found;
  return [problem('TERMS_OUT_OF_RANGE', { zh: `最短停放 ${shortestStayMinutes} 分钟长于最长 ${longestStayMinutes} 分钟`, en: `the shortest stay of ${counted(shortestStayMinutes, 'minute')} is longer than the longest of ${longestStayMinutes}`, field: 'shortestStayMinutes', data: { least: 5, most: longestStayMinutes } })];
}

/** Terms as they were stored, with the default of what was no term yet when they were. */
export function wholeTerms(stored: Partial<BookingTerms>): BookingTerms {
  return { ...DEFAULT_TERMS, ...stored };
}

/** A fee upon a price, in whole fen, half a fen upwards: 20 % of 1,250 fen and 100 fen are 350. */
export function feeOf({ percent, fen }: FeeTerms, amountFen: number): number {
  return money.add(money.multiply(amountFen, { numerator: percent, denominator: 100 }, 'HALF_UP'), fen);
}
