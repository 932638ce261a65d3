import type { Sql } from '../platform/index.js';
import type { KeyLimitClass, Reach } from './rules/api-key.js';
import type { ReachPart } from './rules/reach.js';

export interface NewKey {
  readonly id: string;
  readonly partyId: string;
  readonly name: string;
  readonly shownPrefix: string;
  readonly secretHash: Buffer;
  readonly scopes: readonly string[];
  readonly reach: Reach;
  readonly jurisdictionCode: string | null;
  readonly limitClass: KeyLimitClass;
  readonly expiresAt: number | null;
  readonly rotatedFromId: string | null;
}

/** Writes a key. False where the one it replaces has been replaced already: the unique constraint on rotated_from_id decides. */
export async function insertKey(sql: Sql, key: NewKey, now: number): Promise<boolean> {
  const rows = await sql.query(
    `insert into api_key (id, party_id, name, shown_prefix, secret_hash, scopes, reach, jurisdiction_code, limit_class, issued_at, expires_at, rotated_from_id)
     values ($1, $2, $3, $4, decode($5, 'hex'), $6, $7, $8, $9, to_timestamp($10 / 1000.0), to_timestamp($11 / 1000.0), $12)
     on conflict (rotated_from_id) do nothing
     returning id`,
    [key.id, key.partyId, key.name, key.shownPrefix, key.secretHash.toString('hex'), key.scopes, key.reach, key.jurisdictionCode, key.limitClass, now, key.expiresAt, key.rotatedFromId],
  );
  return rows.length === 1;
}

export interface StoredKey extends Omit<NewKey, 'secretHash' | 'shownPrefix' | 'rotatedFromId'> {
  readonly issuedAt: number;
  readonly revokedAt: number | null;
  readonly partyJurisdictionCode: string | null;
}

/** By the primary key; locked until the end of the transaction. */
export async function findKeyForUpdate(sql: Sql, id: string): Promise<StoredKey | null> {
  const rows = await sql.query<StoredKey>(
    `select k.id, k.party_id as "partyId", k.name, k.scopes, k.reach, k.jurisdiction_code as "jurisdictionCode", k.limit_class as "limitClass",
            epoch_ms(k.issued_at) as "issuedAt", epoch_ms(k.expires_at) as "expiresAt", epoch_ms(k.revoked_at) as "revokedAt",
            p.jurisdiction_code as "partyJurisdictionCode"
     from api_key k join party p on p.id = k.party_id
     where k.id = $1
     for update of k`,
    [id],
  );
  return rows[0] ?? null;
}

/** Lets a replaced key live until then, never longer than it would have. */
export async function shortenKey(sql: Sql, id: string, until: number): Promise<void> {
  await sql.query(`update api_key set expires_at = least(coalesce(expires_at, 'infinity'), to_timestamp($2 / 1000.0)) where id = $1`, [id, until]);
}

/** Revokes a key with all that were rotated out of it: whoever stole the first may have made the others. Answers their ids. */
export async function revokeKeyFamily(sql: Sql, id: string, now: number): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    `with recursive family as (
       select id from api_key where id = $1
       union all
       select k.id from api_key k join family f on k.rotated_from_id = f.id
     )
     update api_key set revoked_at = to_timestamp($2 / 1000.0)
     where id in (select id from family) and revoked_at is null
     returning id`,
    [id, now],
  );
  return rows.map(row => row.id);
}

export async function updateLimitClass(sql: Sql, id: string, limitClass: KeyLimitClass): Promise<boolean> {
  return (await sql.query('update api_key set limit_class = $2 where id = $1 returning id', [id, limitClass])).length === 1;
}

const WITHIN_REACH = `exists (
  select from jsonb_to_recordset($1::jsonb) as r ("partyId" text, codes text)
  where (r."partyId" is null or r."partyId" = p.id) and (r.codes is null or p.jurisdiction_code like r.codes))
  and ($2::text is null or k.party_id = $2)`;

/** A page of ids in the order of the primary key; the index api_key_of_party serves one party's. */
export async function listKeyIds(sql: Sql, reach: readonly ReachPart[], partyId: string | null, page: { readonly after: string | null; readonly limit: number }): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    `select k.id from api_key k join party p on p.id = k.party_id
     where ${WITHIN_REACH} and ($3::text is null or k.id > $3)
     order by k.id
     limit $4`,
    [JSON.stringify(reach), partyId, page.after, page.limit],
  );
  return rows.map(row => row.id);
}

export async function countKeys(sql: Sql, reach: readonly ReachPart[], partyId: string | null): Promise<number> {
  const rows = await sql.query<{ count: number }>(`select count(*)::int as count from api_key k join party p on p.id = k.party_id where ${WITHIN_REACH}`, [JSON.stringify(reach), partyId]);
  return rows[0]?.count ?? 0;
}
