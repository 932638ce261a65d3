import { done, type Outcome } from '../kernel/index.js';
import { RequestScope, transaction, type Services, type Sql } from '../platform/index.js';
import { systemViewer } from '../identity/index.js';
import { listUnpaidCharges, lockChargesPastDue, markChargesUnpaid, type ChargeRow } from './charge.sql.js';

const AT_ONCE = 500;

/** Marks charges UNPAID once they are past due, a bounded number a transaction, until none is left; answers how many. Announces `billing.chargeUnpaid` for what keeps account of conduct. */
export async function markUnpaidCharges(services: Services): Promise<number> {
  const scope = new RequestScope(services, systemViewer, 'zh', 'job mark-unpaid-charges');
  let total = 0;
  for (;;) {
    const outcome: Outcome<number> = await transaction(scope, async unit => {
      const charges = await lockChargesPastDue(unit, unit.now, AT_ONCE);
      if (charges.length === 0) return done(0);
      await markChargesUnpaid(unit, charges.map(charge => charge.id), unit.now);
      for (const charge of charges) {
        unit.record({ action: 'charge:settle', objectType: 'charge', objectId: charge.id, details: { event: 'PASS_DUE', dueAt: charge.dueAt } });
        unit.announce('billing.chargeUnpaid', { chargeId: charge.id, cause: { kind: charge.causeKind, id: charge.causeId }, facilityId: charge.facilityId, payerId: charge.payerId, amountFen: charge.amountFen, dueAt: charge.dueAt });
      }
      return done(charges.length);
    });
    if (!outcome.ok) throw new Error(outcome.problems[0].en);
    total += outcome.value;
    if (outcome.value < AT_ONCE) return total;
  }
}

/** What parties owe past due, the longest first, at most 1,000: for whoever decides whom to lend to. */
export function unpaidCharges(sql: Sql, payerIds: readonly string[]): Promise<ChargeRow[]> {
  return listUnpaidCharges(sql, payerIds);
}
