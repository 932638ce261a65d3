import { may, type Subject } from '../../identity/index.js';
import { assertNever } from '../../kernel/index.js';
import type { Viewer } from '../../platform/index.js';
import type { SettlementSource } from '../rules/payment-finding.js';

/** Whose charge it is: its payer's and its facility's parties, and the latter alone; and where the facility lies. */
export interface PaymentSubject {
  readonly partyIds: readonly string[];
  readonly facilityPartyIds: readonly string[];
  readonly jurisdictionCodes: readonly string[];
}

export function maySeePayment(viewer: Viewer, { partyIds, jurisdictionCodes }: PaymentSubject): boolean {
  return may(viewer, 'payment:read', { partyId: partyIds, jurisdictionCode: jurisdictionCodes });
}

/** The payer pays, and whoever runs the facility's desk does for one without a name. */
export function mayPay(viewer: Viewer, { partyIds, jurisdictionCodes }: PaymentSubject): boolean {
  return may(viewer, 'payment:pay', { partyId: partyIds, jurisdictionCode: jurisdictionCodes });
}

/** A finding is seen with its payment. What is of no payment is of nobody's facility: whoever may read payments everywhere reads it. */
export function maySeeFinding(viewer: Viewer, subject: PaymentSubject | null): boolean {
  return subject === null ? may(viewer, 'payment:read', {}) : maySeePayment(viewer, subject);
}

/** What was written about a finding is for those in whose books the money is missing, not for the payer. */
export function mayReadNote(viewer: Viewer, subject: PaymentSubject | null): boolean {
  return may(viewer, 'payment:read', bookedBy(subject));
}

/** A finding is worked off by whoever answers for the facility's money, never by its payer; one that is of no payment, by the platform. */
export function mayResolveFinding(viewer: Viewer, subject: PaymentSubject | null): boolean {
  return may(viewer, 'payment:resolve', bookedBy(subject));
}

/**
 * Who may say by whose money something was settled outside this system: the platform of its own account with the provider, the offices
 * of the place of the treasury's and of a party's, because what a party is said to have given back is paid out to it. What a party says
 * that it holds of money that came back is against itself: its own word is enough.
 */
export function maySayWhoSettled(viewer: Viewer, source: SettlementSource, { subject, cameBack }: { readonly subject: PaymentSubject; readonly cameBack: boolean }): boolean {
  switch (source) {
    case 'PROVIDER': return may(viewer, 'payment:resolve', {});
    case 'TREASURY': return may(viewer, 'payment:resolve', { jurisdictionCode: subject.jurisdictionCodes });
    case 'PARTY': return cameBack ? mayResolveFinding(viewer, subject) : may(viewer, 'payment:resolve', { jurisdictionCode: subject.jurisdictionCodes });
    default: return assertNever(source);
  }
}

/** What is written off the platform bears: nobody else gives up its money. */
export function mayWriteOff(viewer: Viewer): boolean {
  return may(viewer, 'payment:resolve', {});
}

function bookedBy(subject: PaymentSubject | null): Subject {
  return subject === null ? {} : { partyId: subject.facilityPartyIds, jurisdictionCode: subject.jurisdictionCodes };
}
