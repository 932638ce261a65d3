/** What of a provider's word is compared with our own payment. */
export interface ToldPayment {
  readonly amountFen: number | null;
  readonly currency: string | null;
  readonly isOurs: boolean;
  readonly reference: string | null;
  readonly paidAt: number | null;
}

export type ProofFlaw = 'FOREIGN_ACCOUNT' | 'CURRENCY_MISMATCH' | 'AMOUNT_MISMATCH';

/**
 * Whether a provider's word proves a payment: the money must be in our account, in yuan, and exactly what was asked for.
 * What the provider leaves unsaid is a flaw, never assumed.
 */
export function flawOfProof(asked: { readonly amountFen: number }, told: ToldPayment): ProofFlaw | null {
  if (!told.isOurs) return 'FOREIGN_ACCOUNT';
  if (told.currency !== 'CNY') return 'CURRENCY_MISMATCH';
  if (told.amountFen !== asked.amountFen || told.reference === null || told.paidAt === null) return 'AMOUNT_MISMATCH';
  return null;
}
