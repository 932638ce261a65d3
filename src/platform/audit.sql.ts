import type { TransactionSql } from './sql.js';

/** One line of the audit log. Never holds a personal field in clear: objects are named by id. */
export interface AuditFact {
  readonly id: string;
  /** Epoch ms. */
  readonly at: number;
  readonly actorId: string;
  /** The API key that acted; null for any other caller. */
  readonly keyId: string | null;
  /** How the actor came in: the viewer's kind. */
  readonly source: string;
  readonly traceId: string;
  /** The action, named as in the list of actions: `window:publish`. */
  readonly action: string;
  readonly objectType: string;
  readonly objectId: string;
  /** False where the attempt was refused or failed. */
  readonly succeeded?: boolean;
  /** Why it was done, in the actor's words, or why it was refused. */
  readonly reason?: string | null;
  readonly details?: object | null;
}

/** Appends facts; a trigger chains each to the one before it of the same day, under a lock that lasts until the commit. */
export function appendAudit(sql: TransactionSql, facts: readonly AuditFact[]): void {
  sql.write(
    `insert into audit_entry (id, at, actor_id, key_id, source, trace_id, action, object_type, object_id, succeeded, reason, details)
     select f.id, to_timestamp(f.at / 1000.0), f."actorId", f."keyId", f.source, f."traceId", f.action, f."objectType", f."objectId",
            coalesce(f.succeeded, true), f.reason, f.details
     from jsonb_to_recordset($1::jsonb) as f
       (id text, at float8, "actorId" text, "keyId" text, source text, "traceId" text, action text, "objectType" text, "objectId" text,
        succeeded boolean, reason text, details jsonb, position int)
     order by f.position`,
    [JSON.stringify(facts.map((fact, position) => ({ ...fact, position })))],
  );
}
