import { newId, one, type Sql } from '../../platform/index.js';
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

export type PaymentFindingKind = 'AMOUNT_MISMATCH' | 'CURRENCY_MISMATCH' | 'FOREIGN_ACCOUNT' | 'UNKNOWN_PAYMENT' | 'UNKNOWN_REFUND' | 'UNASKED_MONEY' | 'REFUND_MISMATCH' | 'REFUND_ABNORMAL';

export interface NewPaymentFinding {
  readonly provider: ProviderName;
  readonly kind: PaymentFindingKind;
  /** The order or refund number as the provider told it. */
  readonly subject: string;
  readonly paymentId: string | null;
  readonly details: object;
}

/** Keeps what does not add up; the same of the same number counts. */
export async function insertPaymentFinding(sql: Sql, finding: NewPaymentFinding, now: number): Promise<void> {
  await sql.query(
    `insert into payment_finding (id, provider, kind, subject, payment_id, details, recorded_at)
     values ($1, $2, $3, $4, $5, $6, to_timestamp($7 / 1000.0))
     on conflict (provider, kind, subject) do update set times = payment_finding.times + 1`,
    [newId('paymentFinding', now), finding.provider, finding.kind, finding.subject, finding.paymentId, JSON.stringify(finding.details), now],
  );
}

export interface PaymentFindingRow {
  readonly id: string;
  readonly provider: ProviderName;
  readonly kind: PaymentFindingKind;
  readonly subject: string;
  readonly paymentId: string | null;
  readonly times: number;
  readonly details: object;
  readonly recordedAt: number;
}

const FINDING = `id, provider, kind, subject, payment_id as "paymentId", times, details, epoch_ms(recorded_at) as "recordedAt"`;

/** The findings of payments, the oldest first; by `payment_finding_payment`. */
export function findingsOfPayments(sql: Sql, paymentIds: readonly string[]): Promise<PaymentFindingRow[]> {
  return sql.query<PaymentFindingRow>(`select ${FINDING} from payment_finding where payment_id = any($1::text[]) order by id`, [paymentIds]);
}

/** A page of all findings, the newest first; by the primary key. */
export function listPaymentFindings(sql: Sql, { after, limit }: { readonly after: string | null; readonly limit: number }): Promise<PaymentFindingRow[]> {
  return sql.query<PaymentFindingRow>(`select ${FINDING} from payment_finding where $1::text is null or id < $1 order by id desc limit $2`, [after, limit]);
}

export async function countPaymentFindings(sql: Sql): Promise<number> {
  return (await one<{ count: number }>(sql, 'select count(*)::int as count from payment_finding')).count;
}
