import { done, isRefusal, money, refuse, type Outcome } from '../kernel/index.js';
import { findCharges, openCharges, type ChargeDraft, type Quote } from '../billing/index.js';
import type { Unit } from '../platform/index.js';
import { FEE_DUE_MS, bringDown } from './end-reservation.js';
import { quotedStayOf } from './quote-stay.js';
import type { ReservationCharge, ReservationRow } from './reservation.sql.js';
import { unpaidChangeProblem } from './rules/change-check.js';

const MINUTE_MS = 60_000;
const REASON = '预约变更的差额。The difference of a change.';

/** What a changed reservation costs its driver. */
export interface ChangedPrice {
  readonly amountFen: number;
  /** The fees of all its changes, that of this one among them. */
  readonly feeFen: number;
  /** The fee of this one. */
  readonly changeFeeFen: number;
}

/** What became of the charges of a changed reservation. */
export interface Recharged {
  readonly charges: readonly ReservationCharge[];
  readonly onTopFen: number;
  readonly givenBackFen: number;
  readonly lessenedFen: number;
}

const sumOf = (charges: readonly ReservationCharge[]): number => money.add(0, ...charges.map(({ amountFen }) => amountFen));

/**
 * Brings the charges of a reservation to what its change costs: what is too much is taken off, what is missing is charged
 * on top, the fee as a fee and where the promise was given up, the price where the vehicle will stand. What nobody has
 * paid yet at a place that is left is owed there no more; what was paid stays with whoever it came in for (3.5-6).
 */
export async function rechargeChanged(unit: Unit, row: ReservationRow, quote: Quote, price: ChangedPrice): Promise<Outcome<Recharged>> {
  const isUnpaid = quote.facilityId !== row.facilityId && (await nothingIsPaid(unit, row.charges));
  const comesFirst = unpaidChangeProblem(quotedStayOf(quote).terms, { beforeFen: isUnpaid ? 0 : row.amountFen, afterFen: price.amountFen });
  if (comesFirst) return refuse(comesFirst);
  const isLeft = isUnpaid && row.feeFen === null;
  const chargedFen = sumOf(row.charges);
  const owedFen = money.add(price.amountFen, price.feeFen);
  const brought = isLeft || owedFen < chargedFen ? await bringDown(unit, row, { feeFen: isLeft ? 0 : owedFen, purpose: 'CANCELLATION', reason: REASON }) : done({ charges: row.charges, givenBackFen: 0 });
  if (isRefusal(brought)) return brought;
  const { charges, givenBackFen } = brought.value;
  const missingFen = Math.max(0, owedFen - sumOf(charges));
  const feeFen = Math.min(price.changeFeeFen, missingFen);
  const drafts = [...stayDrafts(unit, row, quote, missingFen - feeFen), ...feeDrafts(unit, row, feeFen)];
  const chargeIds = await openCharges(unit, drafts);
  const changedFen = owedFen - chargedFen;
  return done({
    charges: [...charges, ...drafts.map(({ amountFen }, nth) => ({ chargeId: chargeIds[nth]!, amountFen }))],
    onTopFen: Math.max(0, changedFen), givenBackFen, lessenedFen: Math.max(0, -changedFen - givenBackFen),
  });
}

async function nothingIsPaid(unit: Unit, charges: readonly ReservationCharge[]): Promise<boolean> {
  const standing = charges.filter(({ amountFen }) => amountFen > 0);
  if (standing.length === 0) return false;
  return (await findCharges(unit, standing.map(({ chargeId }) => chargeId))).every(({ state }) => state === 'OPEN' || state === 'UNPAID');
}

function stayDrafts(unit: Unit, row: ReservationRow, quote: Quote, amountFen: number): readonly ChargeDraft[] {
  if (amountFen === 0) return [];
  const { payAfterMinutes, holdMinutes } = quotedStayOf(quote).terms;
  return [{
    cause: { kind: 'RESERVATION', id: row.id }, facilityId: quote.facilityId, payerId: row.partyId, purpose: 'STAY', amountFen,
    lines: [{ zh: '停车费：预约变更的差额', en: 'parking: the difference of a change', amountFen, ...quote.during }],
    dueAt: payAfterMinutes === null ? unit.now + holdMinutes * MINUTE_MS : quote.during.endsAt + payAfterMinutes * MINUTE_MS,
  }];
}

function feeDrafts(unit: Unit, row: ReservationRow, amountFen: number): readonly ChargeDraft[] {
  if (amountFen === 0) return [];
  return [{
    cause: { kind: 'RESERVATION', id: row.id }, facilityId: row.facilityId, payerId: row.partyId, purpose: 'CANCELLATION', amountFen,
    lines: [{ zh: '变更费：逾期变更预约', en: 'fee for changing a reservation late', amountFen }], dueAt: unit.now + FEE_DUE_MS,
  }];
}
