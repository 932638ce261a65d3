import type { RevocationState } from './revocation-lifecycle.js';

/** What became of a promise whose spaces are not lent any more. */
export interface TakenBack {
  readonly claimId: string;
  readonly state: RevocationState;
}

/**
 * Whether a reservation is no longer what was booked, though its driver changed nothing (P9): its spaces are being taken
 * back, or it was moved elsewhere. Cancelling it then costs nothing. What is undecided about a claim that the driver has
 * given up since is about that claim alone.
 */
export function wasTakenBack({ claimId }: Pick<TakenBack, 'claimId'>, revocations: readonly TakenBack[]): boolean {
  return revocations.some(each => each.state === 'MOVED' || (each.state === 'PENDING' && each.claimId === claimId));
}
