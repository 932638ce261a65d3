import { hash } from 'node:crypto';
import { conflict, type Fault } from './graphql/faults.js';
import { keptSince } from './retention.js';
import type { Sql, TransactionSql } from './sql.js';

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
  const inputHash = hashOf(call.input);
  // One round trip: each is on its way behind the one before it.
  const [, claimed] = await Promise.all([
    sql.query(`select set_config('lock_timeout', $1, true)`, [WAIT]),
    sql.query(
      `insert into idempotency_record (actor_id, operation, key, input_hash, created_at)
       values ($1, $2, $3, $4, to_timestamp($5 / 1000.0))
       on conflict (actor_id, operation, key) do nothing
       returning key`,
      [call.actorId, call.operation, call.key, inputHash, now],
    ),
    sql.query(`select set_config('lock_timeout', '0', true)`),
  ]).catch((error: { code?: string }) => {
    if (error.code !== '55P03') throw error;
    throw inProgress(call.key);
  });
  if (claimed.length > 0) return null;

  const [known] = await sql.query<{ same_input: boolean; answer: unknown }>(
    `select input_hash = $4 as same_input, answer from idempotency_record where actor_id = $1 and operation = $2 and key = $3`,
    [call.actorId, call.operation, call.key, inputHash],
  );
  if (!known?.same_input) throw keyReused(call.key);
  return { answer: known.answer };
}

function hashOf(input: unknown): Buffer {
  return hash('sha256', canonicalJson(input), 'buffer');
}

/** A call's hash is asked for when its key is claimed and when its answer is kept. */
const hexOf = new WeakMap<Idempotency, string>();

function hashHexOf(call: Idempotency): string {
  let hex = hexOf.get(call);
  if (hex === undefined) hexOf.set(call, (hex = hashOf(call.input).toString('hex')));
  return hex;
}

export function inProgress(key: string): Fault {
  return conflict('IN_PROGRESS', { zh: `幂等键 ${key} 的首次请求仍在处理`, en: `the first call with the idempotency key ${key} is still running` });
}

export function keyReused(key: string): Fault {
  return conflict('KEY_REUSED', { zh: `幂等键 ${key} 已用于另一输入`, en: `the idempotency key ${key} was used with another input` });
}

/** Keeps the answer beside its key, in the same transaction. */
export function keepAnswer(sql: TransactionSql, call: Idempotency, answer: unknown): void {
  sql.write(`update idempotency_record set answer = $4 where actor_id = $1 and operation = $2 and key = $3`, [
    call.actorId,
    call.operation,
    call.key,
    JSON.stringify(answer ?? null),
  ]);
}

/** More than one minute's calls of a city. */
const FORGOTTEN_A_TURN = 50_000;

/** Forgets a bounded number of keys older than the promised 72 hours, the oldest first; a job calls it. By idempotency_record_age. */
export async function forgetOldKeys(sql: Sql, now: number, most = FORGOTTEN_A_TURN): Promise<number> {
  const rows = await sql.query(
    `delete from idempotency_record r
     using (select actor_id, operation, key from idempotency_record where created_at < to_timestamp($1 / 1000.0) order by created_at limit $2) old
     where (r.actor_id, r.operation, r.key) = (old.actor_id, old.operation, old.key)
     returning 1`,
    [keptSince('idempotencyKeys', now), most],
  );
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

/** Where a call of several stands that are claimed together: new and ours, answered before, at work elsewhere, or its key used otherwise. */
export type Claim = { readonly kind: 'OURS' } | { readonly kind: 'ANSWERED'; readonly answer: unknown } | { readonly kind: 'BUSY' } | { readonly kind: 'REUSED' };

const LOCKS = `(
  select c.position, hashtextextended(c."actorId" || chr(31) || c.operation || chr(31) || c.key, 1) as lock
  from jsonb_to_recordset($1::jsonb) as c (position int, "actorId" text, operation text, key text)
  order by c.position offset 0
) as wanted`;

/**
 * Claims the keys of several calls that will be answered in one transaction. The key's advisory lock is what keeps two
 * first calls apart until the commit, and it is only tried: a key that is at work elsewhere holds up nobody else. A
 * patient claim, of one call alone, waits for it. The record is written with the answer, by `keepAnswers`.
 */
export async function claimKeys(sql: Sql, calls: readonly Idempotency[], isPatient: boolean): Promise<readonly Claim[]> {
  const wanted = JSON.stringify(calls.map((call, position) => ({ position, actorId: call.actorId, operation: call.operation, key: call.key, hash: hashHexOf(call) })));
  const locking = sql.query<{ isOurs: boolean }>(`select pg_try_advisory_xact_lock(lock) as "isOurs" from ${LOCKS} order by position`, [wanted]);
  // Patience waits for whoever is at work before it looks; else the look is on its way behind the locks already.
  const isBusy = isPatient && (await locking).some(({ isOurs }) => !isOurs);
  if (isBusy) {
    await sql.query(`select set_config('lock_timeout', $1, true)`, [WAIT]);
    await sql.query(`select pg_advisory_xact_lock(lock) from ${LOCKS}`, [wanted]).catch((error: { code?: string }) => {
      if (error.code !== '55P03') throw error;
      throw inProgress(calls[0]!.key);
    });
    await sql.query(`select set_config('lock_timeout', '0', true)`);
  }
  // A statement of its own: its snapshot is taken after the locks, so that it sees whoever committed before them. One look
  // at the primary key for each: as a join it would read every key of an actor who has thousands.
  const looking = sql.query<{ position: number; isSame: boolean; answer: unknown }>(
    `select c.position, r.input_hash = decode(c.hash, 'hex') as "isSame", r.answer
     from jsonb_to_recordset($1::jsonb) as c (position int, "actorId" text, operation text, key text, hash text)
     cross join lateral (
       select k.input_hash, k.answer from idempotency_record k where k.actor_id = c."actorId" and k.operation = c.operation and k.key = c.key limit 1
     ) as r`,
    [wanted],
  );
  const [locks, known] = await Promise.all([locking, looking]);
  const claims: Claim[] = locks.map(({ isOurs }) => ({ kind: isOurs || isPatient ? 'OURS' : 'BUSY' }));
  for (const { position, isSame, answer } of known) claims[position] = isSame ? { kind: 'ANSWERED', answer } : { kind: 'REUSED' };
  return claims;
}

/** Keeps the answers of calls that were claimed together, in the same transaction. */
export function keepAnswers(sql: TransactionSql, answered: ReadonlyArray<{ readonly call: Idempotency; readonly answer: unknown }>, now: number): void {
  if (answered.length === 0) return;
  sql.write(
    `insert into idempotency_record (actor_id, operation, key, input_hash, answer, created_at)
     select c."actorId", c.operation, c.key, decode(c.hash, 'hex'), c.answer, to_timestamp($2 / 1000.0)
     from jsonb_to_recordset($1::jsonb) as c ("actorId" text, operation text, key text, hash text, answer jsonb)
     order by c."actorId", c.operation, c.key`,
    [JSON.stringify(answered.map(({ call, answer }) => ({ actorId: call.actorId, operation: call.operation, key: call.key, hash: hashHexOf(call), answer: answer ?? null }))), now],
  );
}
