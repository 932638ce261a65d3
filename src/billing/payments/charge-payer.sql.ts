import type { Sql } from '../../platform/index.js';
import type { ChargeState } from '../rules/charge.js';
import type { RevenueKind } from '../rules/split-revenue.js';

/** What of a charge its payment needs to know, and whose it is. */
export interface ChargeToPay {
  readonly city: string;
  readonly id: string;
  readonly facilityId: string;
  readonly facilityName: string;
  readonly payerId: string | null;
  readonly purpose: string;
  readonly revenueKind: RevenueKind;
  readonly state: ChargeState;
  readonly amountFen: number;
  readonly partyIds: readonly string[];
  /** Without the payer. */
  readonly facilityPartyIds: readonly string[];
  readonly jurisdictionCodes: readonly string[];
}

const READ = `
  select c.city, c.id, c.facility_id as "facilityId", f.name as "facilityName", c.payer_id as "payerId", c.purpose, c.revenue_kind as "revenueKind", c.state, c.amount_fen::float8 as "amountFen",
    array_remove(array[c.payer_id, f.owner_party_id, f.manager_party_id, f.operator_party_id]::text[], null) as "partyIds",
    array_remove(array[f.owner_party_id, f.manager_party_id, f.operator_party_id]::text[], null) as "facilityPartyIds", array[j.code, u.code]::text[] as "jurisdictionCodes"
  from charge c
  join facility f on f.city = c.city and f.id = c.facility_id
  join jurisdiction j on j.id = f.jurisdiction_id
  join jurisdiction u on u.id = f.reporting_unit_id`;

/** By `charge_id`. */
export function chargesToPay(sql: Sql, ids: readonly string[]): Promise<ChargeToPay[]> {
  return sql.query<ChargeToPay>(`${READ} where c.id = any($1::text[])`, [ids]);
}

/** By `charge_id`, the charge held until the end of the transaction: before its payments, always. */
export async function lockChargeToPay(sql: Sql, id: string): Promise<ChargeToPay | null> {
  const [row] = await sql.query<ChargeToPay>(`${READ} where c.id = $1 for update of c`, [id]);
  return row ?? null;
}
