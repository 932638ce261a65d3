import type { Sql } from '../platform/index.js';
import type { PartyFacts } from './rules/party.js';
import type { ReachPart } from './rules/reach.js';

export interface NewParty extends Omit<PartyFacts, 'name' | 'phone'> {
  readonly id: string;
  readonly name: string | null;
  readonly sealedName: string | null;
  readonly sealedPhone: string | null;
  readonly phoneHash: string | null;
}

/** Writes a party unless its credit code or its code at its source is taken; the two unique constraints decide, also between two writers at once. */
export async function insertParty(sql: Sql, party: NewParty, now: number): Promise<boolean> {
  const rows = await sql.query(
    `insert into party (id, kind, department, name, sealed_name, sealed_phone, phone_hash, credit_code, credit_code_verdict,
                        jurisdiction_code, source, code, valid_from, registered_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, to_timestamp($13 / 1000.0), to_timestamp($13 / 1000.0))
     on conflict do nothing
     returning id`,
    [party.id, party.kind, party.department, party.name, party.sealedName, party.sealedPhone, party.phoneHash, party.creditCode, party.creditCodeVerdict, party.jurisdictionCode, party.source, party.code, now],
  );
  return rows.length === 1;
}

/** Which party holds a credit code or a source's code. By the two unique constraints. */
export async function findPartyTaking(sql: Sql, { creditCode, source, code }: { creditCode: string | null; source: string | null; code: string | null }): Promise<{ readonly id: string; readonly byCreditCode: boolean } | null> {
  const rows = await sql.query<{ id: string; byCreditCode: boolean }>(
    `select id, coalesce(credit_code = $1, false) as "byCreditCode"
     from party
     where credit_code = $1 or (source = $2 and code = $3)
     order by 2 desc
     limit 1`,
    [creditCode, source, code],
  );
  return rows[0] ?? null;
}

/** What the rules ask of a party, without opening anything sealed. */
export interface PartyHead {
  readonly id: string;
  readonly kind: PartyFacts['kind'];
  readonly jurisdictionCode: string | null;
  /** Null for a person, whose name is sealed. */
  readonly name: string | null;
}

/** By the primary key; locked against a change until the end of the transaction. */
export function listPartyHeadsForShare(sql: Sql, ids: readonly string[]): Promise<PartyHead[]> {
  return sql.query<PartyHead>(`select id, kind, jurisdiction_code as "jurisdictionCode", name from party where id = any($1) for share`, [ids]);
}

/** The person that was registered by a source's code and not erased since, locked against its erasure and a second registration until the commit. By party_of_source. */
export async function findPersonOfSourceForUpdate(sql: Sql, { source, code }: { readonly source: string | null; readonly code: string | null }): Promise<{ readonly id: string; readonly sealedName: string } | null> {
  const [row] = await sql.query<{ id: string; sealedName: string }>(
    `select id, sealed_name as "sealedName" from party where source = $1 and code = $2 and kind = 'PERSON' for no key update`,
    [source, code],
  );
  return row ?? null;
}

/** Gives a person another name; the versions keep the one before, sealed as it was. By the primary key. */
export async function renamePerson(sql: Sql, id: string, sealedName: string, now: number): Promise<void> {
  await sql.query(`update party set sealed_name = $2, valid_from = greatest(valid_from, to_timestamp($3 / 1000.0)) where id = $1`, [id, sealedName, now]);
}

export interface PartyFilter {
  readonly kinds: readonly string[] | null;
  readonly department: string | null;
  readonly nameContains: string | null;
  /** A LIKE pattern. */
  readonly jurisdictionCodes: string | null;
  readonly creditCode: string | null;
  readonly phoneHash: string | null;
}

/** What a viewer reaches, joined to every list: the rows of `reachOf`. */
const WITHIN_REACH = `exists (
  select from jsonb_to_recordset($1::jsonb) as r ("partyId" text, codes text)
  where (r."partyId" is null or r."partyId" = p.id) and (r.codes is null or p.jurisdiction_code like r.codes))`;

const MATCHING = `${WITHIN_REACH}
  and ($2::text[] is null or p.kind = any($2))
  and ($3::text is null or p.department = $3)
  and ($4::text is null or p.name ilike '%' || $4 || '%')
  and ($5::text is null or p.jurisdiction_code like $5)
  and ($6::text is null or p.credit_code = $6)
  and ($7::text is null or p.phone_hash = $7)`;

function parametersOf(reach: readonly ReachPart[], filter: PartyFilter): readonly unknown[] {
  const literalName = filter.nameContains?.replace(/[\\%_]/g, character => `\\${character}`) ?? null;
  return [JSON.stringify(reach), filter.kinds, filter.department, literalName, filter.jurisdictionCodes, filter.creditCode, filter.phoneHash];
}

/** A page of ids in the order of the primary key; party_name, party_in_jurisdiction or party_phone narrow it. */
export async function listPartyIds(sql: Sql, reach: readonly ReachPart[], filter: PartyFilter, page: { readonly after: string | null; readonly limit: number }): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    `select p.id from party p
     where ${MATCHING} and ($8::text is null or p.id > $8)
     order by p.id
     limit $9`,
    [...parametersOf(reach, filter), page.after, page.limit],
  );
  return rows.map(row => row.id);
}

export async function countParties(sql: Sql, reach: readonly ReachPart[], filter: PartyFilter): Promise<number> {
  const rows = await sql.query<{ count: number }>(`select count(*)::int as count from party p where ${MATCHING}`, parametersOf(reach, filter));
  return rows[0]?.count ?? 0;
}
