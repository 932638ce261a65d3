import { may } from '../../identity/index.js';
import type { Viewer } from '../../platform/index.js';

/** Whose charge it is: its payer's and its facility's parties; and where the facility lies. */
export interface PaymentSubject {
  readonly partyIds: readonly string[];
  readonly jurisdictionCodes: readonly string[];
}

export function maySeePayment(viewer: Viewer, { partyIds, jurisdictionCodes }: PaymentSubject): boolean {
  return may(viewer, 'payment:read', { partyId: partyIds, jurisdictionCode: jurisdictionCodes });
}

/** The payer pays, and whoever runs the facility's desk does for one without a name. */
export function mayPay(viewer: Viewer, { partyIds, jurisdictionCodes }: PaymentSubject): boolean {
  return may(viewer, 'payment:pay', { partyId: partyIds, jurisdictionCode: jurisdictionCodes });
}

/** What belongs to no payment belongs to nobody's facility: whoever may read payments everywhere reads it. */
export function maySeeFindings(viewer: Viewer): boolean {
  return may(viewer, 'payment:read', { partyId: null, jurisdictionCode: null });
}
