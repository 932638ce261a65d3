import { defineLifecycle, money, type Fen } from '../../kernel/index.js';

/** Why something is owed. */
export const CHARGE_PURPOSE_WORDS = {
  STAY: '停车费。For a stay.',
  OVERSTAY: '超时停放费（P9）。For staying longer than was promised.',
  CANCELLATION: '取消费，或逾期变更费。For a late cancellation, or a late change.',
  NO_SHOW: '未到场费。For a booking that nobody took up.',
  AGREEMENT: '协议费用（3.2-5）。By an agreement.',
  RELOCATION: '改址差额，由收回泊位的供给方承担（P9）。What another place costs more for a booking that was moved there, owed by the supplier that took its spaces back.',
} as const;
export type ChargePurpose = keyof typeof CHARGE_PURPOSE_WORDS;

export const CHARGE_STATE_WORDS = {
  OPEN: '待付；所付款项有争议而未处理的，过期也仍为待付。Owed, and not due yet, or past due while money that came for it is in dispute.',
  UNPAID: '逾期未付。Owed, and past due.',
  PAID: '已付。Paid whole.',
  PART_REFUNDED: '部分退款。Paid, and part of it given back.',
  REFUNDED: '已全额退款。Paid, and all of it given back.',
  VOID: '作废：不再应付；作废时在途的付款到账后全额退还，计入 paidFen 与 refundedFen。Nothing is owed any more; a payment that was under way is given back whole, and stands in paidFen and refundedFen.',
} as const;
export type ChargeState = keyof typeof CHARGE_STATE_WORDS;
export type ChargeEvent = 'PAY' | 'LESSEN' | 'VOID' | 'PASS_DUE' | 'REFUND_PART' | 'REFUND_ALL';

/** The life of a charge (P11). It is never raised: what comes on top is a charge of its own. */
export const chargeLifecycle = defineLifecycle<ChargeState, ChargeEvent>({ zh: '费用', en: 'charge' }, 'OPEN', {
  OPEN: { PAY: 'PAID', LESSEN: 'OPEN', VOID: 'VOID', PASS_DUE: 'UNPAID' },
  UNPAID: { PAY: 'PAID', LESSEN: 'UNPAID', VOID: 'VOID' },
  PAID: { REFUND_PART: 'PART_REFUNDED', REFUND_ALL: 'REFUNDED' },
  PART_REFUNDED: { REFUND_PART: 'PART_REFUNDED', REFUND_ALL: 'REFUNDED' },
  REFUNDED: {},
  VOID: {},
});

/** One line of a charge, in words for a receipt. A cap or a discount is a line below zero. */
export interface ChargeLine {
  readonly zh: string;
  readonly en: string;
  readonly amountFen: Fen;
  /** Epoch ms; null or absent where the line is of no stretch of time. */
  readonly startsAt?: number | null;
  readonly endsAt?: number | null;
}

/** Throws unless the lines sum to the amount and the amount is above zero: a total that is not the sum of its lines is a defect of whoever priced it. */
export function ensureAddsUp(amountFen: Fen, lines: readonly ChargeLine[]): void {
  const sum = money.add(...lines.map(line => line.amountFen));
  if (sum !== amountFen || amountFen <= 0) throw new RangeError(`a charge of ${amountFen} fen has lines of ${sum} fen; it is above 0 and the sum of its lines`);
}

/** What giving back or taking off an amount does: before payment it lessens or voids, after it refunds a part or all. */
export function eventOfLessening(charge: { readonly state: ChargeState; readonly amountFen: Fen; readonly refundedFen: Fen }, amountFen: Fen): ChargeEvent {
  const isPaid = charge.state === 'PAID' || charge.state === 'PART_REFUNDED' || charge.state === 'REFUNDED';
  const isAll = amountFen === charge.amountFen - charge.refundedFen;
  if (isPaid) return isAll ? 'REFUND_ALL' : 'REFUND_PART';
  return isAll ? 'VOID' : 'LESSEN';
}
