import type { Sql } from '../platform/index.js';

/** A key as `authenticate` needs it. Instants are epoch ms, the hash is hexadecimal. */
export interface KeyRow {
  readonly id: string;
  readonly partyId: string;
  readonly secretHash: string;
  readonly scopes: readonly string[];
  readonly reach: 'PARTY' | 'JURISDICTION' | 'PLATFORM';
  readonly jurisdictionCode: string | null;
  readonly limitClass: 'KEY' | 'OPERATOR' | 'AUTHORITY' | 'BENCH';
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  readonly lastUsedAt: number | null;
}

/** By the unique index on shown_prefix. */
export async function findKeyByPrefix(sql: Sql, shownPrefix: string): Promise<KeyRow | null> {
  const rows = await sql.query<KeyRow>(
    `select id, party_id as "partyId", encode(secret_hash, 'hex') as "secretHash", scopes, reach, jurisdiction_code as "jurisdictionCode",
            limit_class as "limitClass", epoch_ms(expires_at) as "expiresAt", epoch_ms(revoked_at) as "revokedAt", epoch_ms(last_used_at) as "lastUsedAt"
     from api_key
     where shown_prefix = $1`,
    [shownPrefix],
  );
  return rows[0] ?? null;
}

/** Notes that a key was used, at most once a minute however many servers see it. */
export async function noteKeyUse(sql: Sql, id: string, now: number): Promise<void> {
  await sql.query(
    `update api_key set last_used_at = to_timestamp($2 / 1000.0)
     where id = $1 and (last_used_at is null or last_used_at <= to_timestamp($2 / 1000.0) - interval '1 minute')`,
    [id, now],
  );
}

/** Whether a party acts for a driver at an instant: by the index membership_of_member. */
export async function actsForDriver(sql: Sql, { appId, driverId, at }: { readonly appId: string; readonly driverId: string; readonly at: number }): Promise<boolean> {
  const rows = await sql.query(
    `select 1 as one from membership
     where member_party_id = $1 and party_id = $2 and role = 'DRIVER'
       and starts_at <= to_timestamp($3 / 1000.0) and (ends_at is null or ends_at > to_timestamp($3 / 1000.0))
     limit 1`,
    [appId, driverId, at],
  );
  return rows.length > 0;
}

/** The party behind a token, once for every membership in force, and once with nulls where there is none. */
export interface SubjectRow {
  readonly actorId: string;
  readonly actorKind: string;
  readonly partyId: string | null;
  readonly role: string | null;
  readonly jurisdictionCode: string | null;
}

/** By the unique constraint party_of_source or the primary key, then the index membership_of_member. */
export function listSubjectMemberships(sql: Sql, subject: { readonly issuer: string; readonly subject: string; readonly at: number }): Promise<SubjectRow[]> {
  return sql.query<SubjectRow>(
    `select p.id as "actorId", p.kind as "actorKind", m.party_id as "partyId", m.role, m.jurisdiction_code as "jurisdictionCode"
     from party p
     left join membership m
       on m.member_party_id = p.id
       and m.starts_at <= to_timestamp($3 / 1000.0)
       and (m.ends_at is null or m.ends_at > to_timestamp($3 / 1000.0))
     where p.id = coalesce((select id from party where source = $1 and code = $2), $2)
     order by m.id`,
    [subject.issuer, subject.subject, subject.at],
  );
}
