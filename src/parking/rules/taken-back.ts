import { problem, type Problem } from '../../kernel/index.js';
import type { ReservationState } from './lifecycle.js';
import type { RevocationState } from './revocation-lifecycle.js';

/** What became of a promise whose spaces are not lent any more. */
export interface TakenBack {
  readonly claimId: string;
  readonly state: RevocationState;
}

/**
 * Whether a reservation is no longer what was booked, though its driver changed nothing (P9): its spaces are being taken
 * back, or it was moved elsewhere. Cancelling or changing it then costs no fee. What is undecided about a claim that the
 * driver has given up since is about that claim alone.
 */
export function wasTakenBack({ claimId }: Pick<TakenBack, 'claimId'>, revocations: readonly TakenBack[]): boolean {
  return revocations.some(each => each.state === 'MOVED' || (each.state === 'PENDING' && each.claimId === claimId));
}

/** Why no fee is taken for a reservation whose spaces are being taken back, by whoever did not know of it yet; null where they are not. */
export function takenBackProblem({ id, claimId }: { readonly id: string; readonly claimId: string }, revocations: readonly TakenBack[]): Problem | null {
  if (!revocations.some(each => each.state === 'PENDING' && each.claimId === claimId)) return null;
  return problem('SPACES_TAKEN_BACK', { zh: `预约 ${id} 的泊位正被收回，不再收费：请重新提交`, en: `the spaces of the reservation ${id} are being taken back, and no fee is taken any more: ask again` });
}

const USED: readonly ReservationState[] = ['CHECKED_IN', 'OVERSTAYED', 'COMPLETED'];

/**
 * Whether a promise was broken whose booking was no longer there when its revocation came to be decided (3.2-7, P9). A
 * revocation begins for what stands at that instant, under the lock of its claims: what its driver did afterwards, to
 * cancel or to change, does not unmake the breach, and no breach depends on how soon a job comes. Whose vehicle came in
 * where it had booked was provided with a space.
 */
export function wasBroken(booking: { readonly state: ReservationState; readonly facilityId: string }, takenBackAt: { readonly facilityId: string }): boolean {
  return !(USED.includes(booking.state) && booking.facilityId === takenBackAt.facilityId);
}
