import type { Fen } from '../../kernel/index.js';

/** A booking that was moved from one facility to another. */
export interface Relocation {
  readonly side: 'DRIVER' | 'SUPPLIER' | 'NOBODY';
  /** The parties of the facility that took its spaces back, the owner first; none where it has none. */
  readonly fromPartyIds: readonly string[];
  readonly toPartyIds: readonly string[];
  /** What the other place costs more than was agreed. */
  readonly differenceFen: Fen;
}

/**
 * Who owes the difference of a move to the facility that took the booking in; null where nobody does. It is the breach of
 * the supplier that took its spaces back, and never the driver's. Where a vehicle before stayed, or the calendar was
 * published, no supplier broke anything: what is not paid then is the price that the other place did not get. A party
 * owes nothing to itself. Example: 6 yuan agreed, 10 yuan there: the first owner owes 4 yuan to the second facility.
 */
export function relocationDebt({ side, fromPartyIds, toPartyIds, differenceFen }: Relocation): { readonly payerId: string; readonly amountFen: Fen } | null {
  const [payerId] = fromPartyIds;
  if (side !== 'SUPPLIER' || payerId === undefined || payerId === toPartyIds[0] || differenceFen <= 0) return null;
  return { payerId, amountFen: differenceFen };
}
