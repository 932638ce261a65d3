import type { SpaceClass } from '../facilities/index.js';
import type { Sql } from '../platform/index.js';
import type { StayPrice } from './rules/stay-price.js';

/** A quote as it stands in its table; instants in epoch ms. */
export interface QuoteRow {
  readonly id: string;
  readonly facilityId: string;
  readonly zoneId: string | null;
  readonly windowIds: readonly string[];
  readonly spaceClass: SpaceClass;
  readonly spaces: number;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly holderId: string | null;
  readonly price: StayPrice;
  readonly details: Readonly<Record<string, unknown>>;
  readonly madeAt: number;
  readonly expiresAt: number;
}

/** Stores quotes, all in one statement; their city is that of their facility (facility_id). */
export async function insertQuotes(sql: Sql, rows: readonly QuoteRow[]): Promise<void> {
  await sql.query(
    `insert into quote (city, id, facility_id, zone_id, window_ids, space_class, spaces, starts_at, ends_at, holder_party_id, price, amount_fen, details, made_at, expires_at)
     select f.city, q.id, q."facilityId", q."zoneId", array(select jsonb_array_elements_text(q."windowIds")), q."spaceClass", q.spaces,
       to_timestamp(q."startsAt" / 1000.0), to_timestamp(q."endsAt" / 1000.0), q."holderId", q.price, (q.price ->> 'amountFen')::bigint, q.details,
       to_timestamp(q."madeAt" / 1000.0), to_timestamp(q."expiresAt" / 1000.0)
     from jsonb_to_recordset($1::jsonb) as q (id text, "facilityId" text, "zoneId" text, "windowIds" jsonb, "spaceClass" text, spaces int,
       "startsAt" float8, "endsAt" float8, "holderId" text, price jsonb, details jsonb, "madeAt" float8, "expiresAt" float8)
     join facility f on f.id = q."facilityId"`,
    [JSON.stringify(rows)],
  );
}

/** Quotes by id. A row never changes, so none is locked. By quote_id. */
export function findQuotes(sql: Sql, ids: readonly string[]): Promise<QuoteRow[]> {
  return sql.query<QuoteRow>(
    `select q.id, q.facility_id as "facilityId", q.zone_id as "zoneId", q.window_ids as "windowIds", q.space_class as "spaceClass", q.spaces,
       epoch_ms(q.starts_at) as "startsAt", epoch_ms(q.ends_at) as "endsAt", q.holder_party_id as "holderId", q.price, q.details,
       epoch_ms(q.made_at) as "madeAt", epoch_ms(q.expires_at) as "expiresAt"
     from quote q
     where q.id = any($1)`,
    [ids],
  );
}

/** Ids of quotes that were made before a bound, in the order of their making. By quote_id. */
export async function listOldQuoteIds(sql: Sql, { after, bound, limit }: { readonly after: string | null; readonly bound: string; readonly limit: number }): Promise<string[]> {
  const rows = await sql.query<{ id: string }>('select q.id from quote q where q.id < $1 and ($2::text is null or q.id > $2) order by q.id limit $3', [bound, after, limit]);
  return rows.map(row => row.id);
}

/** Deletes those of these quotes that ran out before an instant; answers how many. By quote_id. */
export async function deleteQuotes(sql: Sql, ids: readonly string[], before: number): Promise<number> {
  if (ids.length === 0) return 0;
  return (await sql.query('delete from quote where id = any($1) and expires_at < to_timestamp($2 / 1000.0) returning id', [ids, before])).length;
}

/** Deletes what was quoted to a party. By quote_holder. */
export async function deleteQuotesOf(sql: Sql, holderId: string): Promise<void> {
  await sql.query('delete from quote where holder_party_id = $1', [holderId]);
}
