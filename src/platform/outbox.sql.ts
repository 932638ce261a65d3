import { newId } from './ids.js';
import { keptSince } from './retention.js';
import type { Sql, TransactionSql } from './sql.js';

/** More than are announced between two turns of the job in a city of a million spaces. */
const FORGOTTEN_A_TURN = 20_000;

/** Writes announcements into the outbox, in the transaction of what they announce. A relay delivers them after the commit. */
export function insertOutbox(sql: TransactionSql, announcements: ReadonlyArray<{ readonly topic: string; readonly payload: object }>, now: number): void {
  sql.write(
    `insert into outbox_event (id, topic, payload, announced_at)
     select e.id, e.topic, e.payload, to_timestamp($2 / 1000.0)
     from jsonb_to_recordset($1::jsonb) as e (id text, topic text, payload jsonb)`,
    [JSON.stringify(announcements.map(({ topic, payload }) => ({ id: newId('outboxEvent', now), topic, payload }))), now],
  );
}

/** Forgets a bounded number of announcements that are older than they are kept, the oldest first; a job calls it. By outbox_event_position_key. */
export async function forgetAnnouncements(sql: Sql, now: number, most = FORGOTTEN_A_TURN): Promise<number> {
  const rows = await sql.query(
    `delete from outbox_event where position in (select position from outbox_event order by position limit $2) and announced_at < to_timestamp($1 / 1000.0) returning 1`,
    [keptSince('announcements', now), most],
  );
  return rows.length;
}
