import { done, isRefusal, money, problem, refuse, type Outcome } from '../kernel/index.js';
import { tellParties, type NoticeDraft } from '../identity/index.js';
import { newId, type Unit } from '../platform/index.js';
import { accountNamed, accountsNamed } from './accounts.js';
import { findChargeForUpdate, findChargePayment, insertChargePayment, insertChargeRefund, insertReceipt, updateCharge, type ChargeRow } from './charge.sql.js';
import { insertTransactions } from './ledger.sql.js';
import { owedAccounts } from './open-charges.js';
import { recallOrder } from './payments/payment.sql.js';
import { reviewCostSharing } from './review-cost-sharing.js';
import { chargeLifecycle } from './rules/charge.js';
import { postPayment, postReturn } from './rules/postings.js';
import { splitRevenue } from './rules/split-revenue.js';

/** A payment that its provider has proved. */
export interface ProvedPayment {
  readonly chargeId: string;
  readonly paidFen: number;
  readonly provider: string;
  /** The provider's own number of the payment: the same one settles once. */
  readonly providerReference: string;
  /** Epoch ms. */
  readonly paidAt: number;
}

/**
 * Books a proved payment: the charge is PAID and its payees earn it. Money that came and is not owed (the charge was
 * voided, lessened, or paid before) is never lost and never earned: it is owed back at once, and the payer is told how
 * much. The same reference again changes nothing. Announces `billing.chargePaid` and `billing.refundOwed`.
 */
export async function settlePayment(unit: Unit, payment: ProvedPayment): Promise<Outcome<void>> {
  const charge = await findChargeForUpdate(unit, payment.chargeId);
  if (!charge) return refuse(problem('CHARGE_UNKNOWN', { zh: `没有费用 ${payment.chargeId}`, en: `there is no charge ${payment.chargeId}`, field: 'chargeId' }));
  const known = await findChargePayment(unit, { city: charge.city, ...payment });
  if (known) return known.chargeId === charge.id && known.paidFen === payment.paidFen ? done(undefined) : refuse(referenceReused(payment));
  const isOwed = chargeLifecycle.allows(charge.state, 'PAY');
  if (isOwed && payment.paidFen < charge.amountFen) {
    return refuse(problem('PAID_TOO_LITTLE', { zh: `应付 ${charge.amountFen} 分，实付 ${payment.paidFen} 分`, en: `${charge.amountFen} fen are owed, ${payment.paidFen} fen were paid`, field: 'paidFen', clause: '3.5-6' }));
  }
  if (!(await insertChargePayment(unit, { city: charge.city, ...payment }, unit.now))) return refuse(referenceReused(payment));

  const surplusFen = isOwed ? payment.paidFen - charge.amountFen : payment.paidFen;
  if (isOwed) await bookPayment(unit, charge, payment);
  if (surplusFen > 0) await bookReturn(unit, charge, payment, surplusFen);
  return done(undefined);
}

/** Owes back, whole, money that came and can settle nothing, as one that differs from what was asked for: the charge stays as it is. */
export async function returnPayment(unit: Unit, payment: ProvedPayment): Promise<Outcome<{ readonly refundId: string }>> {
  const charge = await findChargeForUpdate(unit, payment.chargeId);
  if (!charge) return refuse(problem('CHARGE_UNKNOWN', { zh: `没有费用 ${payment.chargeId}`, en: `there is no charge ${payment.chargeId}`, field: 'chargeId' }));
  if (!(await insertChargePayment(unit, { city: charge.city, ...payment }, unit.now))) return refuse(referenceReused(payment));
  return done({ refundId: await bookReturn(unit, charge, payment, payment.paidFen) });
}

async function bookPayment(unit: Unit, charge: ChargeRow, { provider, providerReference, paidAt }: ProvedPayment): Promise<void> {
  const { city, id: chargeId, amountFen, facilityId } = charge;
  const state = chargeLifecycle.transition(charge.state, 'PAY');
  if (isRefusal(state)) throw new Error(state.problems[0].en);
  await updateCharge(unit, { ...charge, state: state.value, paidFen: amountFen, paidAt, stateSince: unit.now });
  // Another order of the same charge, as one that was begun while this money was in dispute, is closed: nobody pays it as well.
  recallOrder(unit, chargeId, unit.now);
  const [receivable, awaited] = owedAccounts(city, facilityId);
  const clearing = accountNamed(city, 'CLEARING', { provider });
  const accountOf = await accountsNamed(unit, [receivable, awaited, clearing]);
  const amounts = splitRevenue(amountFen, charge.shares);
  const parts = charge.shares.map(({ accountId }, index) => ({ accountId, amountFen: amounts[index]! }));
  const postings = postPayment({ receivable: accountOf(receivable), awaited: accountOf(awaited) }, accountOf(clearing), parts);
  await insertTransactions(unit, [{ city, id: newId('ledgerTransaction', unit.now), kind: 'PAYMENT', amountFen, chargeId, refundId: null, batchId: null, postings }], unit.now);
  await insertReceipt(unit, { city, id: newId('receipt', unit.now), chargeId, amountFen, provider, providerReference }, unit.now);
  if (charge.revenueKind === 'COST_SHARING') await reviewCostSharing(unit, city, facilityId);
  unit.record({ action: 'charge:settle', objectType: 'charge', objectId: chargeId, details: { amountFen, provider, providerReference } });
  unit.announce('billing.chargePaid', { chargeId, cause: { kind: charge.causeKind, id: charge.causeId } });
}

async function bookReturn(unit: Unit, charge: ChargeRow, { provider, providerReference }: ProvedPayment, amountFen: number): Promise<string> {
  const { city, id: chargeId } = charge;
  const names = [accountNamed(city, 'CLEARING', { provider }), accountNamed(city, 'REFUND_OWED')] as const;
  const accountOf = await accountsNamed(unit, names);
  const refund = { city, id: newId('refund', unit.now), chargeId, provider, providerReference, amountFen, reason: '所付款项无应付费用。Money came that no charge asked for.' };
  await insertChargeRefund(unit, refund, unit.now);
  await insertTransactions(unit, [{ city, id: newId('ledgerTransaction', unit.now), kind: 'RETURN', amountFen, chargeId, refundId: refund.id, batchId: null, postings: postReturn(accountOf(names[0]), accountOf(names[1]), amountFen) }], unit.now);
  unit.record({ action: 'charge:refund', objectType: 'charge', objectId: chargeId, reason: refund.reason, details: { refundId: refund.id, amountFen, cause: 'SURPLUS' } });
  unit.announce('billing.refundOwed', { refundId: refund.id, chargeId, provider, providerReference, amountFen, cause: 'SURPLUS', reason: refund.reason });
  if (charge.payerId !== null) await tellParties(unit, [noticeOf(charge, charge.payerId, amountFen)]);
  return refund.id;
}

/** Whoever was told that nothing is taken learns that something came nevertheless, and that all of it goes back. */
function noticeOf({ id, state }: ChargeRow, partyId: string, amountFen: number): NoticeDraft {
  const yuan = money.yuanDigits(amountFen);
  const text = state === 'VOID'
    ? { zh: `费用已作废，收到的 ${yuan} 元将全额退还`, en: `the charge is void: the ${yuan} yuan that came in are given back whole` }
    : { zh: `超出应付而多收的 ${yuan} 元将全额退还`, en: `${yuan} yuan more than was owed came in: they are given back whole` };
  return { partyId, topic: 'charge.givenBack', subjectKind: 'Charge', subjectId: id, ...text };
}

function referenceReused({ provider, providerReference }: ProvedPayment) {
  return problem('PAYMENT_REFERENCE_REUSED', { zh: `支付流水 ${provider} ${providerReference} 已入账于另一费用或金额`, en: `the payment ${provider} ${providerReference} is booked for another charge or amount`, field: 'providerReference' });
}
