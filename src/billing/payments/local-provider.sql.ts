import type { Sql } from '../../platform/index.js';

export interface LocalOrder {
  readonly orderNumber: string;
  readonly amountFen: number;
  readonly currency: string;
  readonly description: string;
  readonly state: 'NOTPAY' | 'SUCCESS' | 'CLOSED';
  readonly reference: string | null;
  readonly expiresAt: number;
  readonly paidAt: number | null;
  readonly notifyUrl: string | null;
}

const ORDER = `order_number as "orderNumber", amount_fen::float8 as "amountFen", currency, description, state, reference,
  epoch_ms(expires_at) as "expiresAt", epoch_ms(paid_at) as "paidAt", notify_url as "notifyUrl"`;

/** Opens an order, or answers the one that has its number already; by the primary key. */
export async function openLocalOrder(sql: Sql, order: Pick<LocalOrder, 'orderNumber' | 'amountFen' | 'description' | 'expiresAt'>): Promise<LocalOrder> {
  await sql.query(
    `insert into local_order (order_number, amount_fen, currency, description, state, expires_at)
     values ($1, $2, 'CNY', $3, 'NOTPAY', to_timestamp($4 / 1000.0))
     on conflict (order_number) do nothing`,
    [order.orderNumber, order.amountFen, order.description, order.expiresAt],
  );
  return (await findLocalOrder(sql, order.orderNumber))!;
}

export async function findLocalOrder(sql: Sql, orderNumber: string): Promise<LocalOrder | null> {
  const [row] = await sql.query<LocalOrder>(`select ${ORDER} from local_order where order_number = $1`, [orderNumber]);
  return row ?? null;
}

/** Pays an order that can be paid, once; null where it cannot. */
export async function payLocalOrder(sql: Sql, { orderNumber, reference, now, notifyUrl }: { readonly orderNumber: string; readonly reference: string; readonly now: number; readonly notifyUrl: string }): Promise<LocalOrder | null> {
  const [row] = await sql.query<LocalOrder>(
    `update local_order
     set state = 'SUCCESS', reference = $2, paid_at = to_timestamp($3::float8 / 1000.0), notify_url = $4
     where order_number = $1 and state = 'NOTPAY' and expires_at > to_timestamp($3::float8 / 1000.0)
     returning ${ORDER}`,
    [orderNumber, reference, now, notifyUrl],
  );
  return row ?? null;
}

export async function closeLocalOrder(sql: Sql, orderNumber: string): Promise<void> {
  await sql.query(`update local_order set state = 'CLOSED' where order_number = $1 and state = 'NOTPAY'`, [orderNumber]);
}

export interface LocalRefund {
  readonly refundNumber: string;
  readonly orderNumber: string;
  readonly amountFen: number;
  readonly state: 'PROCESSING' | 'SUCCESS' | 'ABNORMAL' | 'CLOSED';
  readonly reference: string;
  readonly endedAt: number | null;
}

const REFUND = `refund_number as "refundNumber", order_number as "orderNumber", amount_fen::float8 as "amountFen", state, reference, epoch_ms(ended_at) as "endedAt"`;

/**
 * Refunds a part of a paid order, one refund a number; false where the number is new and less than that is left. The
 * order's row is locked first: two refunds of one order are counted one after the other.
 */
export async function openLocalRefund(sql: Sql, refund: LocalRefund): Promise<boolean> {
  await sql.query('select from local_order where order_number = $1 for update', [refund.orderNumber]);
  const written = await sql.query(
    `insert into local_refund (refund_number, order_number, amount_fen, state, reference, ended_at)
     select $1, o.order_number, $3::bigint, $4, $5, to_timestamp($6 / 1000.0)
     from local_order o
     where o.order_number = $2 and o.state = 'SUCCESS'
       and o.amount_fen >= $3::bigint + coalesce((select sum(r.amount_fen) from local_refund r where r.order_number = o.order_number and r.state <> 'CLOSED' and r.refund_number <> $1), 0)
     on conflict (refund_number) do nothing
     returning refund_number`,
    [refund.refundNumber, refund.orderNumber, refund.amountFen, refund.state, refund.reference, refund.endedAt],
  );
  return written.length > 0;
}

export async function findLocalRefund(sql: Sql, refundNumber: string): Promise<LocalRefund | null> {
  const [row] = await sql.query<LocalRefund>(`select ${REFUND} from local_refund where refund_number = $1`, [refundNumber]);
  return row ?? null;
}

export async function endLocalRefund(sql: Sql, refundNumber: string, state: LocalRefund['state'], now: number): Promise<void> {
  await sql.query('update local_refund set state = $2, ended_at = to_timestamp($3 / 1000.0) where refund_number = $1', [refundNumber, state, now]);
}

export interface LocalNotice {
  readonly id: string;
  readonly notifyUrl: string;
  readonly eventType: string;
  readonly body: string;
  readonly isForged: boolean;
  readonly attemptCount: number;
}

export async function insertLocalNotice(sql: Sql, notice: Omit<LocalNotice, 'attemptCount'> & { readonly deliverAt: number }): Promise<void> {
  await sql.query(
    `insert into local_notice (id, notify_url, event_type, body, is_forged, deliver_at) values ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0))`,
    [notice.id, notice.notifyUrl, notice.eventType, notice.body, notice.isForged, notice.deliverAt],
  );
}

/** Takes the notices that are due and puts their next delivery off; by `local_notice_due`. */
export function leaseLocalNotices(sql: Sql, { now, againAt, limit }: { readonly now: number; readonly againAt: number; readonly limit: number }): Promise<LocalNotice[]> {
  return sql.query<LocalNotice>(
    `with due as (
       update local_notice
       set deliver_at = to_timestamp($2 / 1000.0), attempt_count = attempt_count + 1
       where id in (select id from local_notice where delivered_at is null and attempt_count < 15 and deliver_at <= to_timestamp($1 / 1000.0) order by deliver_at, id limit $3 for update skip locked)
       returning id, notify_url as "notifyUrl", event_type as "eventType", body, is_forged as "isForged", attempt_count as "attemptCount")
     select * from due order by id`,
    [now, againAt, limit],
  );
}

export async function markLocalNoticeDelivered(sql: Sql, id: string, now: number): Promise<void> {
  await sql.query('update local_notice set delivered_at = to_timestamp($2 / 1000.0) where id = $1', [id, now]);
}
