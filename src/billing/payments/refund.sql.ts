import type { Sql } from '../../platform/index.js';
import type { RefundState } from '../rules/payment-lifecycle.js';

export interface RefundRow {
  readonly city: string;
  readonly id: string;
  readonly paymentId: string;
  /** By which the provider knows the order that its payment came by. */
  readonly orderNumber: string;
  readonly chargeId: string;
  readonly amountFen: number;
  readonly reason: string;
  readonly state: RefundState;
  /** Which sending it is at, from 1: each has a number of its own. */
  readonly attempt: number;
  /** The attempt that paid first; null where none has. Another one that may pay as well is asked for, and never sent again. */
  readonly paidAttempt: number | null;
  readonly attemptCount: number;
  readonly sentAt: number | null;
  readonly endedAt: number | null;
  readonly failure: string | null;
  readonly providerReference: string | null;
  readonly createdAt: number;
}

const COLUMNS = `city, id, payment_id as "paymentId", coalesce((select p.order_of from payment p where p.city = refund.city and p.id = refund.payment_id), payment_id) as "orderNumber", charge_id as "chargeId", amount_fen::float8 as "amountFen", reason, state, attempt, paid_attempt as "paidAttempt", attempt_count as "attemptCount",
  epoch_ms(sent_at) as "sentAt", epoch_ms(ended_at) as "endedAt", failure, provider_reference as "providerReference", epoch_ms(created_at) as "createdAt"`;

/** The refunds of payments, the oldest first; by `refund_payment`. */
export function refundsOfPayments(sql: Sql, paymentIds: readonly string[]): Promise<RefundRow[]> {
  return sql.query<RefundRow>(`select ${COLUMNS} from refund where payment_id = any($1::text[]) order by payment_id, id`, [paymentIds]);
}

/** By `refund_id`. */
export async function findRefund(sql: Sql, id: string): Promise<RefundRow | null> {
  const [row] = await sql.query<RefundRow>(`select ${COLUMNS} from refund where id = $1`, [id]);
  return row ?? null;
}

/** By `refund_id`, held until the end of the transaction. */
export async function lockRefund(sql: Sql, id: string): Promise<RefundRow | null> {
  const [row] = await sql.query<RefundRow>(`select ${COLUMNS} from refund where id = $1 for update`, [id]);
  return row ?? null;
}

/**
 * Takes the refunds that are due and puts their next turn off by `leaseMs`: nobody sends beside us, and a server that
 * dies while sending is followed by another, with the same number. Of one payment one goes a minute, as providers ask.
 * By `refund_next` and `refund_payment`.
 */
export function leaseRefunds(sql: Sql, { now, leaseMs, limit }: { readonly now: number; readonly leaseMs: number; readonly limit: number }): Promise<RefundRow[]> {
  return sql.query<RefundRow>(
    `update refund
     set next_at = to_timestamp(($1::float8 + $2) / 1000.0), attempt_count = attempt_count + 1,
         sent_at = case state when 'OWED' then to_timestamp($1::float8 / 1000.0) else sent_at end
     where (city, id) in (
       select city, id
       from refund due
       where next_at <= to_timestamp($1::float8 / 1000.0)
         and (state <> 'OWED' or not exists (
           select from refund other
           where other.payment_id = due.payment_id and other.id <> due.id
             and (other.sent_at > to_timestamp($1::float8 / 1000.0) - interval '1 minute' or (other.state = 'OWED' and other.sent_at is null and other.id < due.id and due.sent_at is null))))
       order by next_at
       limit $3
       for update skip locked)
     returning ${COLUMNS}`,
    [now, leaseMs, limit],
  );
}

/** When a refund that has not ended has its next turn, and why the last one did not end it. An attempt that was begun meanwhile is due already, and stays so. */
export async function tryRefundAt(sql: Sql, { id, attempt }: Pick<RefundRow, 'id' | 'attempt'>, at: number, failure: string | null): Promise<void> {
  await sql.query(`update refund set next_at = to_timestamp($3 / 1000.0), failure = $4 where id = $1 and attempt = $2 and state in ('OWED', 'SENT', 'ABNORMAL')`, [id, attempt, at, failure]);
}

/** Writes the state of a locked refund. */
export async function setRefundState(sql: Sql, id: string, { state, reference, endedAt, nextAt, failure, paidAttempt }: { readonly state: RefundState; readonly reference: string | null; readonly endedAt: number | null; readonly nextAt: number | null; readonly failure: string | null; readonly paidAttempt: number | null }): Promise<void> {
  await sql.query(
    `update refund
     set state = $2, provider_reference = coalesce($3, provider_reference), ended_at = to_timestamp($4 / 1000.0), next_at = to_timestamp($5 / 1000.0), failure = $6, paid_attempt = $7
     where id = $1`,
    [id, state, reference, endedAt, nextAt, failure, paidAttempt],
  );
}

/** Puts a locked refund that its provider closed at its next attempt, due at once. */
export async function beginNextAttempt(sql: Sql, id: string, now: number): Promise<void> {
  await sql.query(
    `update refund
     set state = 'OWED', attempt = attempt + 1, attempt_count = 0, sent_at = null, failure = null, provider_reference = null, next_at = to_timestamp($2 / 1000.0)
     where id = $1 and state = 'CLOSED' and paid_attempt is null`,
    [id, now],
  );
}

/** Ends a refund that an earlier attempt has paid, whose further one its provider never heard of; false where it ended otherwise meanwhile. */
export async function endFollowed(sql: Sql, id: string, now: number): Promise<boolean> {
  const rows = await sql.query(`update refund set state = 'DONE', ended_at = to_timestamp($2 / 1000.0), next_at = null, failure = null where id = $1 and state in ('OWED', 'SENT', 'ABNORMAL') and paid_attempt < attempt returning 1`, [id, now]);
  return rows.length > 0;
}
