import { createHash } from 'node:crypto';
import { conflict } from './graphql/faults.js';
import type { Sql } from './sql.js';

/** What makes a retry recognisable: who calls which mutation with which key, and the input it stands for. */
export interface Idempotency {
  readonly actorId: string;
  readonly operation: string;
  readonly key: string;
  readonly input: unknown;
}

/** How long a second call waits for the first one that still runs. */
const WAIT = '5s';

/**
 * Claims the key in the effect's own transaction. A concurrent call with the same key waits here, on the primary key,
 * until the first one commits or rolls back. Returns the first answer, or null where this call is the first.
 */
export async function claimKey(sql: Sql, call: Idempotency, now: number): Promise<{ readonly answer: unknown } | null> {
  const inputHash = createHash('sha256').update(canonicalJson(call.input)).digest();
  await sql.query(`select set_config('lock_timeout', $1, true)`, [WAIT]);
  const claimed = await sql
    .query(
      `insert into idempotency_record (actor_id, operation, key, input_hash, created_at)
       values ($1, $2, $3, $4, to_timestamp($5 / 1000.0))
       on conflict (actor_id, operation, key) do nothing
       returning key`,
      [call.actorId, call.operation, call.key, inputHash, now],
    )
    .catch((error: { code?: string }) => {
      if (error.code !== '55P03') throw error;
      throw conflict('IN_PROGRESS', { zh: `幂等键 ${call.key} 的首次请求仍在处理`, en: `the first call with the idempotency key ${call.key} is still running` });
    });
  await sql.query(`select set_config('lock_timeout', '0', true)`);
  if (claimed.length > 0) return null;

  const [known] = await sql.query<{ same_input: boolean; answer: unknown }>(
    `select input_hash = $4 as same_input, answer from idempotency_record where actor_id = $1 and operation = $2 and key = $3`,
    [call.actorId, call.operation, call.key, inputHash],
  );
  if (!known?.same_input) {
    throw conflict('KEY_REUSED', { zh: `幂等键 ${call.key} 已用于另一输入`, en: `the idempotency key ${call.key} was used with another input` });
  }
  return { answer: known.answer };
}

/** Keeps the answer beside its key, in the same transaction. */
export async function keepAnswer(sql: Sql, call: Idempotency, answer: unknown): Promise<void> {
  await sql.query(`update idempotency_record set answer = $4 where actor_id = $1 and operation = $2 and key = $3`, [
    call.actorId,
    call.operation,
    call.key,
    JSON.stringify(answer ?? null),
  ]);
}

/** Forgets keys older than the promised 72 hours; a job calls it. */
export async function forgetOldKeys(sql: Sql, now: number): Promise<number> {
  const rows = await sql.query(`delete from idempotency_record where created_at < to_timestamp($1 / 1000.0) - interval '72 hours' returning key`, [now]);
  return rows.length;
}

/** JSON with sorted keys, so that the order in which a client writes its fields makes no difference. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value instanceof Date) return JSON.stringify(value);
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, part]) => part !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([name, part]) => `${JSON.stringify(name)}:${canonicalJson(part)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
