import { newId, type Unit } from '../platform/index.js';
import { accountsNamed } from './accounts.js';
import { updateCharge, type ChargeRow } from './charge.sql.js';
import { insertTransactions } from './ledger.sql.js';
import { owedAccounts } from './open-charges.js';
import { recallOrder } from './payments/payment.sql.js';
import type { ChargeState } from './rules/charge.js';
import { postLessening } from './rules/postings.js';

/** Takes an amount off a locked charge that nobody has paid: it is owed no more. An order that asks for it is closed by a job, for no provider is called inside a transaction. */
export async function lessen(unit: Unit, charge: ChargeRow, { amountFen, state }: { readonly amountFen: number; readonly state: ChargeState }): Promise<void> {
  const { city, id: chargeId, facilityId } = charge;
  await updateCharge(unit, { ...charge, amountFen: charge.amountFen - amountFen, state, stateSince: state === charge.state ? charge.stateSince : unit.now });
  recallOrder(unit, chargeId, unit.now);
  const [receivable, awaited] = owedAccounts(city, facilityId);
  const accountOf = await accountsNamed(unit, [receivable, awaited]);
  const postings = postLessening({ receivable: accountOf(receivable), awaited: accountOf(awaited) }, amountFen);
  await insertTransactions(unit, [{ city, id: newId('ledgerTransaction', unit.now), kind: 'LESSEN', amountFen, chargeId, refundId: null, batchId: null, postings }], unit.now);
  if (state === 'VOID') unit.announce('billing.chargeVoided', { chargeId, cause: { kind: charge.causeKind, id: charge.causeId } });
}
