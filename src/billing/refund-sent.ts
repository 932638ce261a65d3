import { done, problem, refuse, type Outcome } from '../kernel/index.js';
import { newId, type Unit } from '../platform/index.js';
import { accountNamed, accountsNamed } from './accounts.js';
import { findChargeRefundForUpdate, isDischarged, isPostedOfRefund, type ChargeRefundRow } from './charge.sql.js';
import { claimAccountOfRefund, insertTransactions } from './ledger.sql.js';
import type { SettledBy } from './rules/payment-finding.js';
import { postRecovered, postRefundSent, postRefundSettled } from './rules/postings.js';

/** How what was paid twice ends. */
const OVERPAID_ENDS = ['OVERPAID_RECOVERED', 'OVERPAID_WRITTEN_OFF'] as const;

/** Books that the provider has sent a refund. The same one again changes nothing. */
export async function refundSent(unit: Unit, { refundId }: { readonly refundId: string }): Promise<Outcome<void>> {
  const owed = await findChargeRefundForUpdate(unit, refundId);
  if (!owed) return refuse(problem('REFUND_UNKNOWN', { zh: `没有退款 ${refundId}`, en: `there is no refund ${refundId}`, field: 'refundId' }));
  if (await isDischarged(unit, owed)) return done(undefined);
  const { city, chargeId, amountFen, provider } = owed;
  const names = [accountNamed(city, 'CLEARING', { provider }), accountNamed(city, 'REFUND_OWED')] as const;
  const accountOf = await accountsNamed(unit, names);
  await insertTransactions(unit, [{ city, id: newId('ledgerTransaction', unit.now), kind: 'REFUND_SENT', amountFen, chargeId, refundId, batchId: null, postings: postRefundSent(accountOf(names[0]), accountOf(names[1]), amountFen) }], unit.now);
  unit.record({ action: 'charge:refund', objectType: 'charge', objectId: chargeId, details: { refundId, amountFen, event: 'SENT' } });
  unit.announce('billing.refundSent', { refundId, chargeId, amountFen });
  return done(undefined);
}

/**
 * Books that the provider has sent by another attempt what was discharged already: the payer got it twice and owes it back, and no
 * payee and no treasury bears it (3.5-6). False where this attempt is booked already.
 */
export async function refundSentAgain(unit: Unit, { refundId, attempt }: { readonly refundId: string; readonly attempt: number }): Promise<boolean> {
  const owed = (await findChargeRefundForUpdate(unit, refundId))!;
  if (await isPostedOfRefund(unit, owed, { kinds: ['REFUND_AGAIN'], attempt })) return false;
  const { city, chargeId, amountFen, provider } = owed;
  const names = [accountNamed(city, 'CLEARING', { provider }), accountNamed(city, 'OVERPAID')] as const;
  const accountOf = await accountsNamed(unit, names);
  await insertTransactions(unit, [{ city, id: newId('ledgerTransaction', unit.now), kind: 'REFUND_AGAIN', amountFen, chargeId, refundId, batchId: null, attempt, postings: postRefundSent(accountOf(names[0]), accountOf(names[1]), amountFen) }], unit.now);
  unit.record({ action: 'charge:refund', objectType: 'charge', objectId: chargeId, details: { refundId, amountFen, attempt, event: 'SENT_AGAIN' } });
  unit.announce('billing.refundPaidTwice', { refundId, chargeId, amountFen, attempt });
  return true;
}

/**
 * Books what was done about a refund outside the provider's way: by whose money it was given back, or, of an attempt that paid twice,
 * where that came back. False where the ledger has it already, or where the treasury was asked to bear none of it.
 */
export async function postedElsewhere(unit: Unit, { refundId, attempt, settledBy }: { readonly refundId: string; readonly attempt: number | null; readonly settledBy: SettledBy }): Promise<boolean> {
  const owed = (await findChargeRefundForUpdate(unit, refundId))!;
  const { city, chargeId, amountFen } = owed;
  const isKnown = attempt === null ? await isDischarged(unit, owed) : await isPostedOfRefund(unit, owed, { kinds: OVERPAID_ENDS, attempt });
  const source = await sourceAccount(unit, owed, settledBy);
  if (isKnown || source === null) return false;
  const counter = accountNamed(city, attempt === null ? 'REFUND_OWED' : 'OVERPAID');
  const counterId = (await accountsNamed(unit, [counter]))(counter);
  const kind = attempt === null ? 'REFUND_SETTLED' : 'OVERPAID_RECOVERED';
  const postings = attempt === null ? postRefundSettled(source, counterId, amountFen) : postRecovered(source, counterId, amountFen);
  await insertTransactions(unit, [{ city, id: newId('ledgerTransaction', unit.now), kind, amountFen, chargeId, refundId, batchId: null, attempt, postings }], unit.now);
  unit.record({ action: 'charge:refund', objectType: 'charge', objectId: chargeId, details: { refundId, amountFen, attempt, event: kind, ...settledBy } });
  unit.announce(attempt === null ? 'billing.refundSettled' : 'billing.overpaidRecovered', { refundId, chargeId, amountFen, ...settledBy });
  return true;
}

/** Books that what an attempt paid twice is given up: the platform bears it, and no payee and no treasury. False where it has ended already. */
export async function overpaidWrittenOff(unit: Unit, { refundId, attempt }: { readonly refundId: string; readonly attempt: number }): Promise<boolean> {
  const owed = (await findChargeRefundForUpdate(unit, refundId))!;
  if (await isPostedOfRefund(unit, owed, { kinds: OVERPAID_ENDS, attempt })) return false;
  const { city, chargeId, amountFen } = owed;
  const names = [accountNamed(city, 'WRITTEN_OFF'), accountNamed(city, 'OVERPAID')] as const;
  const accountOf = await accountsNamed(unit, names);
  const kind = 'OVERPAID_WRITTEN_OFF';
  await insertTransactions(unit, [{ city, id: newId('ledgerTransaction', unit.now), kind, amountFen, chargeId, refundId, batchId: null, attempt, postings: postRecovered(accountOf(names[0]), accountOf(names[1]), amountFen) }], unit.now);
  unit.record({ action: 'charge:refund', objectType: 'charge', objectId: chargeId, details: { refundId, amountFen, attempt, event: kind } });
  unit.announce('billing.overpaidWrittenOff', { refundId, chargeId, amountFen });
  return true;
}

/** Where the money came from, or came back to; null where a refund has no claim on the treasury. */
async function sourceAccount(unit: Unit, owed: ChargeRefundRow, { source, partyId }: SettledBy): Promise<string | null> {
  if (source === 'TREASURY') return claimAccountOfRefund(unit, owed);
  const name = source === 'PROVIDER' ? accountNamed(owed.city, 'CLEARING', { provider: owed.provider }) : accountNamed(owed.city, 'ADVANCED', { partyId: partyId! });
  return (await accountsNamed(unit, [name]))(name);
}
