import type { Sql } from '../platform/index.js';
import type { RevenueShare } from './rules/split-revenue.js';

/** Makes the reviews of one facility take turns until the commit, and answers its time zone. By facility_id. */
export async function lockCostSharing(sql: Sql, facilityId: string): Promise<{ readonly zoneName: string }> {
  await sql.query(`select pg_advisory_xact_lock(hashtextextended('cost sharing ' || $1, 0))`, [facilityId]);
  const [row] = await sql.query<{ zoneName: string }>(`select zone_name as "zoneName" from facility where id = $1`, [facilityId]);
  return row!;
}

/** What a facility took in to share its costs and has not given back, and what it recorded as spent, in a year of its own calendar. By ledger_account_facility, ledger_posting_account and management_cost_facility. */
export async function readCostSharing(sql: Sql, facilityId: string, year: number): Promise<{ readonly receiptsFen: number; readonly costsFen: number }> {
  const [row] = await sql.query<{ receiptsFen: number; costsFen: number }>(
    `select
       (select coalesce(-sum(p.amount_fen), 0)::float8
        from ledger_account a
        join ledger_posting p on p.city = a.city and p.account_id = a.id
        join ledger_transaction t on t.city = p.city and t.id = p.transaction_id
        where a.facility_id = f.id and a.kind = 'COST_SHARING' and t.kind in ('PAYMENT', 'REFUND')
          and extract(year from t.at at time zone f.zone_name) = $2) as "receiptsFen",
       (select coalesce(sum(m.amount_fen), 0)::float8 from management_cost m where m.facility_id = f.id and m.year = $2) as "costsFen"
     from facility f
     where f.id = $1`,
    [facilityId, year],
  );
  return row!;
}

export interface CostSharingRow {
  readonly city: string;
  readonly facilityId: string;
  readonly year: number;
  readonly receiptsFen: number;
  readonly costsFen: number;
}

/** Raises, renews or ends the finding of a year; true where it was raised just now. By the primary key. */
export async function putCostSharingFinding(sql: Sql, { city, facilityId, year, receiptsFen, costsFen }: CostSharingRow, now: number): Promise<boolean> {
  if (receiptsFen <= costsFen) {
    await sql.query(
      `update cost_sharing_finding set receipts_fen = $4, costs_fen = $5, resolved_at = to_timestamp($6 / 1000.0)
       where city = $1 and facility_id = $2 and year = $3 and resolved_at is null`,
      [city, facilityId, year, receiptsFen, costsFen, now],
    );
    return false;
  }
  const [before] = await sql.query(`select 1 as one from cost_sharing_finding where city = $1 and facility_id = $2 and year = $3 and resolved_at is null`, [city, facilityId, year]);
  await sql.query(
    `insert into cost_sharing_finding (city, facility_id, year, receipts_fen, costs_fen, raised_at)
     values ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0))
     on conflict (city, facility_id, year) do update set receipts_fen = excluded.receipts_fen, costs_fen = excluded.costs_fen,
       raised_at = case when cost_sharing_finding.resolved_at is null then cost_sharing_finding.raised_at else excluded.raised_at end, resolved_at = null`,
    [city, facilityId, year, receiptsFen, costsFen, now],
  );
  return before === undefined;
}

/** The finding of a year as it stands; null where there never was one. */
export async function findCostSharingFinding(sql: Sql, facilityId: string, year: number): Promise<{ readonly raisedAt: number; readonly resolvedAt: number | null } | null> {
  const [row] = await sql.query<{ raisedAt: number; resolvedAt: number | null }>(
    `select epoch_ms(raised_at) as "raisedAt", epoch_ms(resolved_at) as "resolvedAt" from cost_sharing_finding where facility_id = $1 and year = $2`,
    [facilityId, year],
  );
  return row ?? null;
}

/** Whose a facility is and where it lies, for rights over its money. */
export interface MoneySubject {
  readonly facilityId: string;
  readonly city: string;
  readonly category: string;
  readonly ownership: string | null;
  readonly earnsForTreasury: boolean;
  readonly partyIds: readonly string[];
  /** Of its division and of its reporting unit. */
  readonly jurisdictionCodes: readonly string[];
}

/** By facility_id. */
export function listMoneySubjects(sql: Sql, facilityIds: readonly string[]): Promise<MoneySubject[]> {
  return sql.query<MoneySubject>(
    `select f.id as "facilityId", f.city, f.category, f.ownership, earns_for_treasury(f.id) as "earnsForTreasury",
       array_remove(array[f.owner_party_id, f.manager_party_id, f.operator_party_id]::text[], null) as "partyIds", array[j.code, u.code]::text[] as "jurisdictionCodes"
     from facility f
     join jurisdiction j on j.id = f.jurisdiction_id
     join jurisdiction u on u.id = f.reporting_unit_id
     where f.id = any($1)`,
    [facilityIds],
  );
}

export async function insertManagementCost(sql: Sql, cost: { readonly city: string; readonly id: string; readonly facilityId: string; readonly year: number; readonly amountFen: number; readonly what: string; readonly evidence: string }, { now, recordedBy }: { readonly now: number; readonly recordedBy: string }): Promise<void> {
  await sql.query(
    `insert into management_cost (city, id, facility_id, year, amount_fen, what, evidence, recorded_at, recorded_by)
     values ($1, $2, $3, $4, $5, $6, $7, to_timestamp($8 / 1000.0), $9)`,
    [cost.city, cost.id, cost.facilityId, cost.year, cost.amountFen, cost.what, cost.evidence, now, recordedBy],
  );
}

export interface RevenueRuleRow {
  readonly city: string;
  readonly id: string;
  readonly facilityId: string | null;
  readonly partyId: string | null;
  readonly kind: 'AGREED' | 'COST_SHARING';
  readonly shares: readonly RevenueShare[];
  readonly legalBasis: string;
  /** Epoch ms. */
  readonly validFrom: number;
  readonly validUntil: number | null;
  readonly recordedAt: number;
}

/** Keeps others from changing a facility's rules until the commit: where there is none yet, no row could be locked. */
export async function lockRevenueRules(sql: Sql, facilityId: string): Promise<void> {
  await sql.query(`select pg_advisory_xact_lock(hashtextextended('revenue-rules:' || $1, 0))`, [facilityId]);
}

/** Ends the rules of a scope that reach into the new one's time: the newer agreement rules from its first instant on. By revenue_rule_facility or revenue_rule_party. */
export async function endRevenueRules(sql: Sql, { city, facilityId, partyId, validFrom }: Pick<RevenueRuleRow, 'city' | 'facilityId' | 'partyId' | 'validFrom'>): Promise<void> {
  await sql.query(
    `update revenue_rule set valid_until = to_timestamp($4 / 1000.0)
     where city = $1 and (facility_id = $2 or party_id = $3) and valid_from < to_timestamp($4 / 1000.0) and coalesce(valid_until, 'infinity') > to_timestamp($4 / 1000.0)`,
    [city, facilityId, partyId, validFrom],
  );
}

/** Whether a rule of the scope begins at or after an instant, before another. */
export async function hasRevenueRuleWithin(sql: Sql, { city, facilityId, partyId, validFrom, validUntil }: Pick<RevenueRuleRow, 'city' | 'facilityId' | 'partyId' | 'validFrom' | 'validUntil'>): Promise<boolean> {
  const rows = await sql.query(
    `select 1 as one from revenue_rule
     where city = $1 and (facility_id = $2 or party_id = $3) and valid_from >= to_timestamp($4 / 1000.0) and valid_from < coalesce(to_timestamp($5 / 1000.0), 'infinity')
     limit 1`,
    [city, facilityId, partyId, validFrom, validUntil],
  );
  return rows.length > 0;
}

export async function insertRevenueRule(sql: Sql, rule: RevenueRuleRow, recordedBy: string): Promise<void> {
  await sql.query(
    `insert into revenue_rule (city, id, facility_id, party_id, kind, shares, legal_basis, valid_from, valid_until, recorded_at, recorded_by)
     values ($1, $2, $3, $4, $5, $6::jsonb, $7, to_timestamp($8 / 1000.0), to_timestamp($9 / 1000.0), to_timestamp($10 / 1000.0), $11)`,
    [rule.city, rule.id, rule.facilityId, rule.partyId, rule.kind, JSON.stringify(rule.shares), rule.legalBasis, rule.validFrom, rule.validUntil, rule.recordedAt, recordedBy],
  );
}

/** The rules of a facility and of its owner, the newest first. By revenue_rule_facility and revenue_rule_party. */
export function listRevenueRules(sql: Sql, facilityId: string): Promise<RevenueRuleRow[]> {
  return sql.query<RevenueRuleRow>(
    `select r.city, r.id, r.facility_id as "facilityId", r.party_id as "partyId", r.kind, r.shares, r.legal_basis as "legalBasis",
       epoch_ms(r.valid_from) as "validFrom", epoch_ms(r.valid_until) as "validUntil", epoch_ms(r.recorded_at) as "recordedAt"
     from facility f
     join revenue_rule r on r.facility_id = f.id or (r.party_id = f.owner_party_id and r.city = f.city)
     where f.id = $1
     order by r.valid_from desc, r.id
     limit 100`,
    [facilityId],
  );
}
