import type { Sql } from '../platform/index.js';
import type { Power } from './rules/delegation.js';

export interface DelegationRow {
  readonly id: string;
  readonly principalPartyId: string;
  readonly agentPartyId: string;
  readonly powers: readonly Power[];
  readonly startsAt: number;
  readonly endsAt: number;
  readonly procurementReference: string | null;
}

const COLUMNS = `id, principal_party_id as "principalPartyId", agent_party_id as "agentPartyId", powers,
  epoch_ms(starts_at) as "startsAt", epoch_ms(ends_at) as "endsAt", procurement_reference as "procurementReference"`;

export async function insertDelegation(sql: Sql, delegation: DelegationRow, now: number): Promise<void> {
  await sql.query(
    `insert into delegation (id, principal_party_id, agent_party_id, powers, starts_at, ends_at, procurement_reference, valid_from)
     values ($1, $2, $3, $4, to_timestamp($5 / 1000.0), to_timestamp($6 / 1000.0), $7, to_timestamp($8 / 1000.0))`,
    [delegation.id, delegation.principalPartyId, delegation.agentPartyId, delegation.powers, delegation.startsAt, delegation.endsAt, delegation.procurementReference, now],
  );
}

/** By the primary key; locked until the end of the transaction. */
export async function findDelegationForUpdate(sql: Sql, id: string): Promise<DelegationRow | null> {
  const rows = await sql.query<DelegationRow>(`select ${COLUMNS} from delegation where id = $1 for update`, [id]);
  return rows[0] ?? null;
}

export async function endDelegationAt(sql: Sql, id: string, at: number): Promise<void> {
  await sql.query(
    `update delegation
     set ends_at = greatest(starts_at, to_timestamp($2 / 1000.0)), valid_from = greatest(valid_from, to_timestamp($2 / 1000.0))
     where id = $1`,
    [id, at],
  );
}

/** Every delegation between these parties whose term includes the instant. By the index delegation_of_agent; locked against its end until the commit. */
export function listDelegationsInForce(sql: Sql, between: { readonly principalIds: readonly string[]; readonly agentIds: readonly string[]; readonly at: number }): Promise<DelegationRow[]> {
  return sql.query<DelegationRow>(
    `select ${COLUMNS} from delegation
     where agent_party_id = any($1) and principal_party_id = any($2)
       and starts_at <= to_timestamp($3 / 1000.0) and ends_at > to_timestamp($3 / 1000.0)
     order by ends_at desc
     for share`,
    [between.agentIds, between.principalIds, between.at],
  );
}
