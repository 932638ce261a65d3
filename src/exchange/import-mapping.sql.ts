import type { Sql } from '../platform/index.js';
import type { ImportKindName } from './import-kind.js';

export interface MappingRow {
  readonly name: string;
  readonly kind: ImportKindName;
  readonly content: string;
  readonly actorId: string;
}

export async function findMapping(sql: Sql, name: string): Promise<MappingRow | null> {
  const [row] = await sql.query<MappingRow>('select name, kind, content, actor_id as "actorId" from import_mapping where name = $1', [name]);
  return row ?? null;
}

/** Stores a mapping under its name; false where the name is another's. */
export async function putMapping(sql: Sql, row: MappingRow & { readonly sha256: string; readonly now: number }): Promise<boolean> {
  const stored = await sql.query(
    `insert into import_mapping (name, kind, content, content_sha256, actor_id, recorded_at)
     values ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0))
     on conflict (name) do update set kind = excluded.kind, content = excluded.content, content_sha256 = excluded.content_sha256, recorded_at = excluded.recorded_at
       where import_mapping.actor_id = excluded.actor_id
     returning name`,
    [row.name, row.kind, row.content, row.sha256, row.actorId, row.now],
  );
  return stored.length === 1;
}
