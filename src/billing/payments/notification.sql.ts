import type { Sql } from '../../platform/index.js';
import type { ProviderName } from './provider.js';

export type NotificationVerdict = 'APPLIED' | 'KNOWN' | 'FINDING' | 'PASSED_OVER';

/**
 * Takes a notification, once for all servers: whoever comes second waits on the primary key until the first has
 * committed, and is told false. The verdict is written at the end of the same transaction.
 */
export async function takeNotificationRow(sql: Sql, { provider, id, eventType, subjectId }: { readonly provider: ProviderName; readonly id: string; readonly eventType: string; readonly subjectId: string | null }, now: number): Promise<boolean> {
  const taken = await sql.query(
    `insert into payment_notification (provider, id, event_type, subject_id, verdict, received_at)
     values ($1, $2, $3, $4, 'PASSED_OVER', to_timestamp($5 / 1000.0))
     on conflict (provider, id) do nothing
     returning id`,
    [provider, id, eventType, subjectId, now],
  );
  return taken.length > 0;
}

export async function setVerdict(sql: Sql, { provider, id }: { readonly provider: ProviderName; readonly id: string }, verdict: NotificationVerdict): Promise<void> {
  await sql.query('update payment_notification set verdict = $3 where provider = $1 and id = $2', [provider, id, verdict]);
}
