import type { TransactionSql } from './sql.js';

/** What a key of the city made of a known text, when it was used for the first time. */
export interface KeyProofRow {
  readonly variable: 'SEALING_KEYS' | 'LOOKUP_KEY';
  /** Which of several keys; empty for the only one. */
  readonly keyId: string;
  readonly proof: string;
}

/** Every proof there is, one row a key; of two servers that start at once one waits for the other. */
export async function readKeyProofs(sql: TransactionSql): Promise<readonly KeyProofRow[]> {
  await sql.query('lock table key_proof in exclusive mode');
  return sql.query<KeyProofRow>('select variable, key_id as "keyId", proof from key_proof order by variable, key_id');
}

/** Keeps the proofs of keys that are used for the first time. */
export async function insertKeyProofs(sql: TransactionSql, rows: readonly KeyProofRow[]): Promise<void> {
  await sql.query('insert into key_proof (variable, key_id, proof) select * from unnest($1::text[], $2::text[], $3::text[])', [
    rows.map(row => row.variable), rows.map(row => row.keyId), rows.map(row => row.proof),
  ]);
}
