import type { Sql } from '../platform/index.js';

export interface NewMembership {
  readonly id: string;
  readonly memberPartyId: string;
  readonly partyId: string;
  readonly role: string;
  readonly jurisdictionCode: string | null;
  readonly startsAt: number;
  readonly endsAt: number | null;
}

/** Writes a membership unless the same one holds at some instant of its term: the exclusion constraint membership_once decides. */
export async function insertMembership(sql: Sql, membership: NewMembership): Promise<boolean> {
  const rows = await sql.query(
    `insert into membership (id, member_party_id, party_id, role, jurisdiction_code, starts_at, ends_at, valid_from)
     values ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0), to_timestamp($7 / 1000.0), to_timestamp($6 / 1000.0))
     on conflict do nothing
     returning id`,
    [membership.id, membership.memberPartyId, membership.partyId, membership.role, membership.jurisdictionCode, membership.startsAt, membership.endsAt],
  );
  return rows.length === 1;
}

export interface MembershipRow {
  readonly id: string;
  readonly memberPartyId: string;
  readonly partyId: string;
  readonly role: string;
  readonly jurisdictionCode: string | null;
  readonly startsAt: number;
  readonly endsAt: number | null;
}

/** By the primary key; locked until the end of the transaction. */
export async function findMembershipForUpdate(sql: Sql, id: string): Promise<MembershipRow | null> {
  const rows = await sql.query<MembershipRow>(
    `select id, member_party_id as "memberPartyId", party_id as "partyId", role, jurisdiction_code as "jurisdictionCode",
            epoch_ms(starts_at) as "startsAt", epoch_ms(ends_at) as "endsAt"
     from membership
     where id = $1
     for update`,
    [id],
  );
  return rows[0] ?? null;
}

/** Ends a membership; one that had not begun ends at its beginning, so that its term is empty. */
export async function endMembershipAt(sql: Sql, id: string, at: number): Promise<void> {
  await sql.query(
    `update membership
     set ends_at = greatest(starts_at, to_timestamp($2 / 1000.0)), valid_from = greatest(starts_at, to_timestamp($2 / 1000.0))
     where id = $1`,
    [id, at],
  );
}
