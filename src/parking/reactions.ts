import { isRefusal } from '../kernel/index.js';
import { confirmClaims } from '../availability/index.js';
import { refundCharge } from '../billing/index.js';
import { tellParties, type NoticeDraft } from '../identity/index.js';
import type { Reaction, Unit } from '../platform/index.js';
import { reservationsById, type ReservationRow } from './reservation.sql.js';
import type { ReservationEvent } from './rules/lifecycle.js';
import { changedBy, lockReservations, storeChanged } from './store-reservations.js';
import { tellConfirmed } from './tell-confirmed.js';

interface ChargePaid {
  readonly chargeId: string;
  readonly cause: { readonly kind: string; readonly id: string };
}

interface HoldEnded {
  readonly claims: ReadonlyArray<{ readonly claimId: string; readonly causeKind: string; readonly causeId: string }>;
}

/** A payment confirms what is held for it; one that comes after the hold has ended is given back whole (C8). */
export const confirmPaid: Reaction = {
  topic: 'billing.chargePaid',
  async react(unit, payloads) {
    const paid = (payloads as readonly ChargePaid[]).filter(({ cause }) => cause.kind === 'RESERVATION');
    const rows = new Map((await reservationsById(unit, paid.map(({ cause }) => cause.id))).map(row => [row.id, row]));
    const held = [...rows.values()].filter(row => row.state === 'HELD');
    const confirmed = new Set<string>();
    if (held.length > 0) (await confirmClaims(unit, held.map(row => row.claimId))).forEach((outcome, nth) => isRefusal(outcome) || confirmed.add(held[nth]!.id));
    const locked = await lockReservations(unit, [...rows.keys()]);
    // The claim's lock was waited for: what stands now is what counts.
    const nowHeld = [...locked.values()].filter(row => row.state === 'HELD');
    await tellConfirmed(unit, await advance(unit, 'pay', nowHeld.filter(row => confirmed.has(row.id))));
    await advance(unit, 'expire', nowHeld.filter(row => !confirmed.has(row.id)), HOLD_ENDED);
    for (const { chargeId, cause } of paid) {
      const row = locked.get(cause.id);
      const charge = row?.charges.find(each => each.chargeId === chargeId);
      if (!row || !charge || confirmed.has(row.id) || !['HELD', 'EXPIRED'].includes(row.state)) continue;
      const refunded = await refundCharge(unit, { chargeId, amountFen: charge.amountFen, reason: '付款晚于保留期限，全额退还。Paid after the hold had ended: given back whole.' });
      if (isRefusal(refunded)) return refunded;
      await tellParties(unit, [noticeOf(row, 'reservation.paidLate', { zh: '付款晚于保留期限，预约未成立，款项将全额退还', en: 'your payment came after the hold had ended: there is no reservation, and it is given back whole' })]);
    }
    return null;
  },
};

/** A hold that ended leaves no reservation. Its charge is voided by a job: here the claims are locked, and a payment locks them after the charge. */
export const expireHolds: Reaction = {
  topic: 'claim.holdEnded',
  async react(unit, payloads) {
    const ids = (payloads as readonly HoldEnded[]).flatMap(({ claims }) => claims.filter(claim => claim.causeKind === 'RESERVATION').map(claim => claim.causeId));
    const claimIds = new Set((payloads as readonly HoldEnded[]).flatMap(({ claims }) => claims.map(claim => claim.claimId)));
    const rows = [...(await lockReservations(unit, [...new Set(ids)])).values()].filter(row => row.state === 'HELD' && claimIds.has(row.claimId));
    await advance(unit, 'expire', rows, HOLD_ENDED);
    await tellParties(unit, rows.map(row => noticeOf(row, 'reservation.expired', { zh: '保留期限内未付款，预约已失效，泊位已释放', en: 'the hold ended without a payment: the spaces are free for others' })));
    return null;
  },
};

const HOLD_ENDED = '保留期限内未付款。Not paid within the hold.';

/** Moves locked reservations on by an event that their state allows, and answers them as they are then. */
async function advance(unit: Unit, event: ReservationEvent, rows: readonly ReservationRow[], reason: string | null = null): Promise<readonly ReservationRow[]> {
  if (rows.length === 0) return [];
  const moved = rows.map(row => {
    const next = changedBy(row, event, unit.now, { reason });
    if (isRefusal(next)) throw new Error(next.problems[0].en);
    return next.value;
  });
  await storeChanged(unit, event, moved);
  return moved;
}

export function noticeOf({ id, partyId }: ReservationRow, topic: string, text: { readonly zh: string; readonly en: string }): NoticeDraft {
  return { partyId, topic, subjectKind: 'Reservation', subjectId: id, ...text };
}
