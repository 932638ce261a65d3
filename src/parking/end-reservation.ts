import { done, isRefusal, money, problem, refuse, type Outcome, type Problem } from '../kernel/index.js';
import { releaseSpaces } from '../availability/index.js';
import { openCharges, refundCharge, type ChargePurpose } from '../billing/index.js';
import type { Unit } from '../platform/index.js';
import type { ReservationCharge, ReservationRow } from './reservation.sql.js';
import type { ReservationEvent } from './rules/lifecycle.js';
import { settleTo } from './rules/settle-end.js';
import { changedBy, lockReservations, storeChanged } from './store-reservations.js';

/** How a reservation ends before its stay: by which event, at what cost, and why. */
export interface Ending {
  readonly event: ReservationEvent;
  readonly feeFen: number;
  /** What a fee on top of what was charged is called. */
  readonly purpose: Extract<ChargePurpose, 'CANCELLATION' | 'NO_SHOW'>;
  readonly reason: string;
}

/** An ended reservation, and what goes back of what had been paid for it. */
export interface Ended extends ReservationRow {
  readonly givenBackFen: number;
}

/**
 * Ends a reservation that was read without a lock: its charges come down to the fee, its spaces go back, its row says
 * why. Charges are locked first and the row last, as everywhere; who changed it in between is told to read again.
 */
export async function endReservation(unit: Unit, row: ReservationRow, { event, feeFen, purpose, reason }: Ending): Promise<Outcome<Ended>> {
  const ended = changedBy(row, event, unit.now, { reason, feeFen: feeFen > 0 ? feeFen : null });
  if (isRefusal(ended)) return ended;
  const brought = await bringDown(unit, row, { feeFen, purpose, reason });
  if (isRefusal(brought)) return brought;
  const { charges, givenBackFen } = brought.value;
  await releaseSpaces(unit, [{ claimId: row.claimId, reason: event }]);
  const locked = await lockUnchanged(unit, row);
  if (isRefusal(locked)) return locked;
  const stored = { ...ended.value, charges };
  await storeChanged(unit, event, [stored], { feeFen });
  return done({ ...stored, givenBackFen });
}

/** What became of the charges of a reservation. */
export interface BroughtDown {
  /** A charge of which nothing stands stays among them with 0 fen: whoever asks for the money of an ended reservation is still led to it. */
  readonly charges: readonly ReservationCharge[];
  /** What goes back of what had been paid: what was taken off a charge that nobody had paid is no part of it. */
  readonly givenBackFen: number;
}

/** Takes off the charges of a reservation what is above a fee, or charges what of it they do not reach; answers what stands of them, and what goes back: for whoever tells the parties. */
export async function bringDown(unit: Unit, row: ReservationRow, { feeFen, purpose, reason }: Pick<Ending, 'feeFen' | 'purpose' | 'reason'>): Promise<Outcome<BroughtDown>> {
  const { takenOff, left, onTopFen } = settleTo(feeFen, row.charges);
  let givenBackFen = 0;
  for (const { chargeId, amountFen } of takenOff) {
    const refunded = await refundCharge(unit, { chargeId, amountFen, reason });
    if (isRefusal(refunded)) return refunded;
    givenBackFen = money.add(givenBackFen, refunded.value.givenBackFen);
  }
  const charges = row.charges.map(({ chargeId }) => ({ chargeId, amountFen: left.find(charge => charge.chargeId === chargeId)?.amountFen ?? 0 }));
  if (onTopFen === 0) return done({ charges, givenBackFen });
  const words = purpose === 'NO_SHOW' ? { zh: '未到场费', en: 'fee for not coming' } : { zh: '取消费', en: 'fee for a late cancellation' };
  const [chargeId] = await openCharges(unit, [{
    cause: { kind: 'RESERVATION', id: row.id }, facilityId: row.facilityId, payerId: row.partyId, lines: [{ ...words, amountFen: onTopFen }], amountFen: onTopFen, purpose, dueAt: unit.now + FEE_DUE_MS,
  }]);
  return done({ charges: [...charges, { chargeId: chargeId!, amountFen: onTopFen }], givenBackFen });
}

/** Within a week a fee is to be paid. */
export const FEE_DUE_MS = 7 * 86_400_000;

/** Locks a reservation that was read before; a refusal where somebody changed it meanwhile (I18). */
export async function lockUnchanged(unit: Unit, row: ReservationRow): Promise<Outcome<void>> {
  const locked = (await lockReservations(unit, [row.id])).get(row.id);
  return locked?.version === row.version ? done(undefined) : refuse(versionMoved(locked?.version ?? row.version, String(row.version)));
}

export function versionMoved(current: number, expected: string): Problem {
  return problem('VERSION_MOVED', {
    zh: `预约已是第 ${current} 版，请求依据第 ${expected.slice(0, 20)} 版：请重新读取`,
    en: `the reservation is version ${current} by now, the request was made upon ${expected.slice(0, 20)}: read it again`,
    field: 'expectedVersion',
    data: { currentVersion: String(current) },
  });
}
