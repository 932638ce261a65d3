import { problem, textProblem, type Problem } from '../../kernel/index.js';
import type { BookingTerms } from './booking-terms.js';

const LONGEST_REASON = 200;

/** Why nobody reads such a reason; null where it is short enough, or none. */
export function endReasonProblem(reason: string): Problem | null {
  return textProblem(reason, { zh: '原因', en: 'a reason', field: 'reason', minimum: 0, maximum: LONGEST_REASON, code: 'REASON_INVALID' });
}

/**
 * Where a stay is paid before it is promised, more of it is not promised on trust (P6): what is added is booked by itself.
 * Before is 0 where nothing was paid for what is given up elsewhere. Null where the change costs no more, or stays are
 * paid after them. Example: 15 yuan paid first, 25 asked for: 10 more.
 */
export function unpaidChangeProblem({ payAfterMinutes }: Pick<BookingTerms, 'payAfterMinutes'>, { beforeFen, afterFen }: { readonly beforeFen: number; readonly afterFen: number }): Problem | null {
  const moreFen = afterFen - beforeFen;
  if (payAfterMinutes !== null || moreFen <= 0) return null;
  return problem('PAYMENT_COMES_FIRST', {
    zh: `该处须先付款后成立，变更将多出 ${moreFen} 分：请另行预约所增时段，或取消后重新预约`,
    en: `here a stay is paid before it stands, and the change costs ${moreFen} fen more: book what is added by itself, or cancel and book anew`,
    field: 'quoteId',
    data: { moreFen },
  });
}
