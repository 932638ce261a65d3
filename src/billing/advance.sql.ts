import type { Sql } from '../platform/index.js';

/** What a party gave back of its own money, or holds of what a payer returned, and no account that is paid out has yet. */
export interface AdvanceRow {
  readonly city: string;
  readonly accountId: string;
  readonly partyId: string;
  readonly refundId: string;
  readonly chargeId: string;
  /** The attempt that paid twice; null where a refund was given back. */
  readonly attempt: number | null;
  /** Above zero what is owed to the party, below what it holds. */
  readonly owedFen: number;
  /** Epoch ms. */
  readonly bookedAt: number;
}

/**
 * The oldest first. What was given back of the treasury's waits for the treasury (3.5-6), and what is held by a party to which nothing is
 * paid out, for that party. By ledger_account_advanced, ledger_posting_account and ledger_transaction_refund_once.
 */
export function listUnsettledAdvances(sql: Sql, limit: number): Promise<AdvanceRow[]> {
  return sql.query<AdvanceRow>(
    `select a.city, a.id as "accountId", a.party_id as "partyId", t.refund_id as "refundId", t.charge_id as "chargeId", t.attempt, (-p.amount_fen)::float8 as "owedFen", epoch_ms(t.at) as "bookedAt"
     from ledger_account a
     join ledger_posting p on p.city = a.city and p.account_id = a.id
     join ledger_transaction t on t.city = p.city and t.id = p.transaction_id and t.kind in ('REFUND_SETTLED', 'OVERPAID_RECOVERED')
     join charge c on c.city = t.city and c.id = t.charge_id
     where a.kind = 'ADVANCED' and c.revenue_kind <> 'TREASURY'
       and not exists (select from ledger_transaction s where s.city = t.city and s.refund_id = t.refund_id and s.kind = 'ADVANCE_SETTLED' and s.attempt is not distinct from t.attempt)
       and (p.amount_fen < 0 or exists (select from ledger_account o where o.city = a.city and o.kind = 'PAYABLE' and o.party_id = a.party_id and o.facility_id is null))
     order by t.at, t.id
     limit $1`,
    [limit],
  );
}
