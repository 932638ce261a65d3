import { counted, problem, type Problem } from '../../kernel/index.js';

const MINUTE_MS = 60_000;

/** What of a kept quote decides whether it can be used. */
export interface KeptQuote {
  readonly id: string;
  /** The reservation that it would change; null: a new one. */
  readonly changes: string | null;
  readonly expiresAt: number;
}

/** Why a quote cannot be booked now; null where it can (I9). `quote`: null where the caller's parties have none of this id; `usedBy`: the reservation that it stands behind. */
export function quoteProblem(quoteId: string, quote: KeptQuote | null, usedBy: string | null, now: number): Problem | null {
  if (quote === null) return problem('QUOTE_UNKNOWN', { zh: `没有本主体的报价 ${quoteId.slice(0, 40)}`, en: `the party has no quote ${quoteId.slice(0, 40)}`, field: 'quoteId' });
  if (quote.changes !== null) return problem('QUOTE_OF_A_CHANGE', { zh: '该报价用于变更已有预约，请用 changeReservation', en: 'the quote is for changing a reservation: use changeReservation', field: 'quoteId', data: { reservationId: quote.changes } });
  return usedProblem(usedBy) ?? expiredProblem(quote, now);
}

/** Why a quote cannot change a reservation now; null where it can. `quote`: null where the reservation's party has none of this id. */
export function changeQuoteProblem(quoteId: string, quote: KeptQuote | null, reservationId: string, usedBy: string | null, now: number): Problem | null {
  if (quote?.changes !== reservationId) return problem('QUOTE_UNKNOWN', { zh: `没有为变更该预约而作的报价 ${quoteId.slice(0, 40)}`, en: `there is no quote ${quoteId.slice(0, 40)} for changing this reservation`, field: 'quoteId' });
  return usedProblem(usedBy) ?? expiredProblem(quote, now);
}

function usedProblem(usedBy: string | null): Problem | null {
  return usedBy === null ? null : problem('QUOTE_USED', { zh: `报价已用于预约 ${usedBy}`, en: `the quote was used for the reservation ${usedBy}`, field: 'quoteId', data: { reservationId: usedBy } });
}

/** At its very last instant a quote no longer holds. */
function expiredProblem({ expiresAt }: KeptQuote, now: number): Problem | null {
  if (expiresAt > now) return null;
  const minutes = Math.ceil((now - expiresAt) / MINUTE_MS);
  return problem('QUOTE_EXPIRED', { zh: `报价已于 ${minutes} 分钟前失效`, en: `the quote ended ${counted(minutes, 'minute')} ago`, field: 'quoteId', data: { expiredAt: expiresAt } });
}
