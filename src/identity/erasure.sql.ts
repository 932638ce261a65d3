import type { Sql } from '../platform/index.js';

/** A person, locked against all who change it until the commit; who merely refers to it does not wait. By the primary key. */
export async function findPersonForErasure(sql: Sql, id: string): Promise<{ readonly id: string; readonly jurisdictionCode: string | null; readonly isErased: boolean } | null> {
  const [row] = await sql.query<{ id: string; jurisdictionCode: string | null; isErased: boolean }>(
    `select id, jurisdiction_code as "jurisdictionCode", erased_at is not null as "isErased" from party where id = $1 and kind = 'PERSON' for no key update`,
    [id],
  );
  return row ?? null;
}

/** Ends all that the party holds in others, and others in it. By membership_of_member and membership_of_party. */
export async function endMembershipsOf(sql: Sql, partyId: string, now: number): Promise<void> {
  await sql.query(
    `update membership
     set ends_at = greatest(starts_at, to_timestamp($2 / 1000.0)), valid_from = greatest(starts_at, to_timestamp($2 / 1000.0))
     where (member_party_id = $1 or party_id = $1) and (ends_at is null or ends_at > to_timestamp($2 / 1000.0))`,
    [partyId, now],
  );
}

/** Revokes the party's keys, whose names it chose itself. By api_key_of_party. */
export async function eraseKeysOf(sql: Sql, partyId: string, now: number): Promise<void> {
  await sql.query(`update api_key set revoked_at = coalesce(revoked_at, to_timestamp($2 / 1000.0)), name = 'erased' where party_id = $1`, [partyId, now]);
}

/** Leaves the id of a person, now and in every version. By the primary key and party_version_no_overlap. */
export async function eraseParty(sql: Sql, id: string, now: number): Promise<void> {
  const nothing = 'sealed_name = null, sealed_phone = null, phone_hash = null, source = null, code = null';
  await sql.query(`update party set ${nothing}, erased_at = to_timestamp($2 / 1000.0), valid_from = greatest(valid_from, to_timestamp($2 / 1000.0)) where id = $1`, [id, now]);
  await sql.query(`update party_version set ${nothing} where id = $1`, [id]);
}
