import { newId } from './ids.js';
import type { TransactionSql } from './sql.js';

/** Writes announcements into the outbox, in the transaction of what they announce. A relay delivers them after the commit. */
export function insertOutbox(sql: TransactionSql, announcements: ReadonlyArray<{ readonly topic: string; readonly payload: object }>, now: number): void {
  sql.write(
    `insert into outbox_event (id, topic, payload, announced_at)
     select e.id, e.topic, e.payload, to_timestamp($2 / 1000.0)
     from jsonb_to_recordset($1::jsonb) as e (id text, topic text, payload jsonb)`,
    [JSON.stringify(announcements.map(({ topic, payload }) => ({ id: newId('outboxEvent', now), topic, payload }))), now],
  );
}
