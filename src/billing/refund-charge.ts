import { done, isRefusal, problem, refuse, type Outcome } from '../kernel/index.js';
import { newId, type Unit } from '../platform/index.js';
import { accountNamed, accountsNamed } from './accounts.js';
import { findChargeForUpdate, findChargeRefundForUpdate, findPaymentOfCharge, insertChargeRefund, isRefundSent, updateCharge, type ChargeRow } from './charge.sql.js';
import { reverseInvoiceOf } from './invoice.sql.js';
import { insertTransactions, listPayeeParts } from './ledger.sql.js';
import { owedAccounts } from './open-charges.js';
import { chargeLifecycle, eventOfLessening, type ChargeState } from './rules/charge.js';
import { postLessening, postRefund, postRefundSent, type PayeePart } from './rules/postings.js';
import { splitRefund } from './rules/split-revenue.js';

export interface RefundCharge {
  readonly chargeId: string;
  /** Above 0, and at most what is owed or was paid and not given back. */
  readonly amountFen: number;
  readonly reason: string;
}

/**
 * Takes an amount off a charge. Before payment it lessens it, or voids it where nothing is left; after, a refund is owed,
 * which `billing.refundOwed` hands to whoever sends it. What came in for the treasury stays remitted whole: its refund is
 * a claim on the treasury (3.5-6).
 */
export async function refundCharge(unit: Unit, { chargeId, amountFen, reason }: RefundCharge): Promise<Outcome<{ readonly refundId: string | null }>> {
  const charge = await findChargeForUpdate(unit, chargeId);
  if (!charge) return refuse(problem('CHARGE_UNKNOWN', { zh: `没有费用 ${chargeId}`, en: `there is no charge ${chargeId}`, field: 'chargeId' }));
  const mostFen = charge.amountFen - charge.refundedFen;
  if (amountFen <= 0 || (amountFen > mostFen && mostFen > 0)) {
    return refuse(problem('REFUND_OUT_OF_RANGE', { zh: `可退减 1–${mostFen} 分，请求 ${amountFen} 分`, en: `1 to ${mostFen} fen can be taken off, ${amountFen} fen were asked for`, field: 'amountFen', data: { mostFen } }));
  }
  const event = eventOfLessening(charge, amountFen);
  const state = chargeLifecycle.transition(charge.state, event);
  if (isRefusal(state)) return state;
  unit.record({ action: 'charge:refund', objectType: 'charge', objectId: charge.id, reason, details: { amountFen, event } });
  if (event === 'VOID' || event === 'LESSEN') {
    await lessen(unit, charge, { amountFen, state: state.value });
    return done({ refundId: null });
  }
  return done({ refundId: await refund(unit, charge, { amountFen, reason, state: state.value }) });
}

async function lessen(unit: Unit, charge: ChargeRow, { amountFen, state }: { readonly amountFen: number; readonly state: ChargeState }): Promise<void> {
  const { city, id: chargeId, facilityId } = charge;
  await updateCharge(unit, { ...charge, amountFen: charge.amountFen - amountFen, state, stateSince: state === charge.state ? charge.stateSince : unit.now });
  const [receivable, awaited] = owedAccounts(city, facilityId);
  const accountOf = await accountsNamed(unit, [receivable, awaited]);
  const postings = postLessening({ receivable: accountOf(receivable), awaited: accountOf(awaited) }, amountFen);
  await insertTransactions(unit, [{ city, id: newId('ledgerTransaction', unit.now), kind: 'LESSEN', amountFen, chargeId, refundId: null, batchId: null, postings }], unit.now);
  if (state === 'VOID') unit.announce('billing.chargeVoided', { chargeId, cause: { kind: charge.causeKind, id: charge.causeId } });
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

/** Books that the provider has sent a refund. The same one again changes nothing. */
export async function refundSent(unit: Unit, { refundId }: { readonly refundId: string }): Promise<Outcome<void>> {
  const owed = await findChargeRefundForUpdate(unit, refundId);
  if (!owed) return refuse(problem('REFUND_UNKNOWN', { zh: `没有退款 ${refundId}`, en: `there is no refund ${refundId}`, field: 'refundId' }));
  if (await isRefundSent(unit, owed)) return done(undefined);
  const { city, chargeId, amountFen, provider } = owed;
  const names = [accountNamed(city, 'CLEARING', { provider }), accountNamed(city, 'REFUND_OWED')] as const;
  const accountOf = await accountsNamed(unit, names);
  await insertTransactions(unit, [{ city, id: newId('ledgerTransaction', unit.now), kind: 'REFUND_SENT', amountFen, chargeId, refundId, batchId: null, postings: postRefundSent(accountOf(names[0]), accountOf(names[1]), amountFen) }], unit.now);
  unit.record({ action: 'charge:refund', objectType: 'charge', objectId: chargeId, details: { refundId, amountFen, event: 'SENT' } });
  unit.announce('billing.refundSent', { refundId, chargeId, amountFen });
  return done(undefined);
}
