import { done, isRefusal, money, problem, refuse, type Outcome } from '../kernel/index.js';
import { newId, type Unit } from '../platform/index.js';
import { accountNamed, accountsNamed } from './accounts.js';
import { findChargeForUpdate, findPaymentOfCharge, findRestOfCharge, insertChargeRefund, updateCharge, type ChargeRow } from './charge.sql.js';
import { reverseInvoiceOf } from './invoice.sql.js';
import { insertTransactions, listPayeeParts } from './ledger.sql.js';
import { lessen } from './lessen-charge.js';
import { chargeLifecycle, eventOfLessening, type ChargeState } from './rules/charge.js';
import { postRefund, type PayeePart } from './rules/postings.js';
import { splitRefund } from './rules/split-revenue.js';

export interface RefundCharge {
  readonly chargeId: string;
  /** Above 0, and at most what is owed or was paid and not given back. */
  readonly amountFen: number;
  readonly reason: string;
}

/** What became of an amount that was taken off. */
export interface TakenOffCharge {
  /** The refund that is owed, the first where there are several; null where nothing of it had been paid. */
  readonly refundId: string | null;
  /** What of it had been paid, and goes back; the rest is owed no more. */
  readonly givenBackFen: number;
}

/**
 * Takes an amount off a charge. Before payment it lessens it, or voids it where nothing is left; after, a refund is owed,
 * which `billing.refundOwed` hands to whoever sends it. What came in for the treasury stays remitted whole: its refund is
 * a claim on the treasury (3.5-6). Where a charge was paid with less, its rest is part of it, for whoever opened the charge
 * knows of no rest; what nobody has paid is taken off first, so that nobody is given back what it still owes.
 */
export async function refundCharge(unit: Unit, { chargeId, amountFen, reason }: RefundCharge): Promise<Outcome<TakenOffCharge>> {
  const parts = await lockWithRests(unit, chargeId);
  if (parts.length === 0) return refuse(problem('CHARGE_UNKNOWN', { zh: `没有费用 ${chargeId}`, en: `there is no charge ${chargeId}`, field: 'chargeId' }));
  const mostFen = money.add(...parts.map(leftOf));
  if (amountFen <= 0 || (amountFen > mostFen && mostFen > 0)) {
    return refuse(problem('REFUND_OUT_OF_RANGE', { zh: `可退减 1–${mostFen} 分，请求 ${amountFen} 分`, en: `1 to ${mostFen} fen can be taken off, ${amountFen} fen were asked for`, field: 'amountFen', data: { mostFen } }));
  }
  if (mostFen === 0) return takeOff(unit, parts[0]!, { amountFen, reason });
  let taken: TakenOffCharge = { refundId: null, givenBackFen: 0 };
  let toTakeFen = amountFen;
  for (const part of [...parts.filter(isUnpaid).reverse(), ...parts.filter(each => !isUnpaid(each))]) {
    const partFen = Math.min(toTakeFen, leftOf(part));
    if (partFen === 0) continue;
    const off = await takeOff(unit, part, { amountFen: partFen, reason });
    if (isRefusal(off)) return off;
    taken = { refundId: taken.refundId ?? off.value.refundId, givenBackFen: money.add(taken.givenBackFen, off.value.givenBackFen) };
    toTakeFen -= partFen;
  }
  return done(taken);
}

const leftOf = ({ amountFen, refundedFen }: ChargeRow): number => amountFen - refundedFen;
const isUnpaid = ({ state }: ChargeRow): boolean => chargeLifecycle.allows(state, 'PAY');

/** A charge, its rest, and the rest of that, each locked before the next. */
async function lockWithRests(unit: Unit, chargeId: string): Promise<readonly ChargeRow[]> {
  const parts: ChargeRow[] = [];
  for (let id: string | null = chargeId; id !== null;) {
    const part: ChargeRow | null = await findChargeForUpdate(unit, id);
    if (!part) break;
    parts.push(part);
    id = await findRestOfCharge(unit, part);
  }
  return parts;
}

async function takeOff(unit: Unit, charge: ChargeRow, { amountFen, reason }: Pick<RefundCharge, 'amountFen' | 'reason'>): Promise<Outcome<TakenOffCharge>> {
  const event = eventOfLessening(charge, amountFen);
  const state = chargeLifecycle.transition(charge.state, event);
  if (isRefusal(state)) return state;
  unit.record({ action: 'charge:refund', objectType: 'charge', objectId: charge.id, reason, details: { amountFen, event } });
  if (event === 'VOID' || event === 'LESSEN') {
    await lessen(unit, charge, { amountFen, state: state.value });
    return done({ refundId: null, givenBackFen: 0 });
  }
  return done({ refundId: await refund(unit, charge, { amountFen, reason, state: state.value }), givenBackFen: amountFen });
}

async function refund(unit: Unit, charge: ChargeRow, { amountFen, reason, state }: { readonly amountFen: number; readonly reason: string; readonly state: ChargeState }): Promise<string> {
  const { city, id: chargeId } = charge;
  const payment = await findPaymentOfCharge(unit, chargeId);
  if (!payment) throw new Error(`the charge ${chargeId} is ${charge.state} without a receipt`);
  await updateCharge(unit, { ...charge, refundedFen: charge.refundedFen + amountFen, state, stateSince: unit.now });
  const owed = accountNamed(city, 'REFUND_OWED');
  const claim = accountNamed(city, 'TREASURY_CLAIM', claimantOf(charge));
  const accountOf = await accountsNamed(unit, charge.revenueKind === 'TREASURY' ? [owed, claim] : [owed]);
  const parts = charge.revenueKind === 'TREASURY' ? [{ accountId: accountOf(claim), amountFen }] : await partsGivenBack(unit, chargeId, amountFen);
  const row = { city, id: newId('refund', unit.now), chargeId, ...payment, amountFen, reason };
  await insertChargeRefund(unit, row, unit.now);
  await insertTransactions(unit, [{ city, id: newId('ledgerTransaction', unit.now), kind: 'REFUND', amountFen, chargeId, refundId: row.id, batchId: null, postings: postRefund(accountOf(owed), parts) }], unit.now);
  await reverseInvoiceOf(unit, chargeId, unit.now);
  unit.announce('billing.refundOwed', { refundId: row.id, chargeId, ...payment, amountFen, cause: 'CHARGE', reason });
  return row.id;
}

/** Whose income it was: the owner, or the facility where none is known. */
function claimantOf({ shares, facilityId }: ChargeRow): { readonly partyId: string | null; readonly facilityId: string | null } {
  const partyId = shares[0]!.partyId;
  return { partyId, facilityId: partyId === null ? facilityId : null };
}

async function partsGivenBack(unit: Unit, chargeId: string, amountFen: number): Promise<readonly PayeePart[]> {
  const left = await listPayeeParts(unit, chargeId);
  const amounts = splitRefund(amountFen, left.map(part => part.amountFen));
  return left.map(({ accountId }, index) => ({ accountId, amountFen: amounts[index]! }));
}
