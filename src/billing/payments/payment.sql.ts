import type { Sql, TransactionSql } from '../../platform/index.js';
import type { PaymentState } from '../rules/payment-lifecycle.js';
import type { PayInstructions, PaymentWay, ProviderName } from './provider.js';

export interface PaymentRow {
  readonly city: string;
  readonly id: string;
  readonly chargeId: string;
  readonly payerId: string | null;
  readonly provider: ProviderName;
  readonly way: PaymentWay;
  readonly amountFen: number;
  readonly state: PaymentState;
  readonly instructions: PayInstructions | null;
  readonly expiresAt: number;
  readonly failure: string | null;
  readonly providerReference: string | null;
  readonly paidAt: number | null;
  readonly refundedFen: number;
  readonly askedCount: number;
  readonly createdAt: number;
  /** The payment by whose order it came, as a further transaction of that; null where the order is its own. */
  readonly orderOf: string | null;
}

// float8 holds every whole fen up to 2^53; bigint would come as text.
const COLUMNS = `city, id, charge_id as "chargeId", payer_id as "payerId", provider, way, amount_fen::float8 as "amountFen", state, instructions,
  epoch_ms(expires_at) as "expiresAt", failure, provider_reference as "providerReference", epoch_ms(paid_at) as "paidAt",
  refunded_fen::float8 as "refundedFen", asked_count as "askedCount", epoch_ms(created_at) as "createdAt", order_of as "orderOf"`;

/** By `payment_id`. */
export function paymentsById(sql: Sql, ids: readonly string[]): Promise<PaymentRow[]> {
  return sql.query<PaymentRow>(`select ${COLUMNS} from payment where id = any($1::text[])`, [ids]);
}

/** The payments of charges, the oldest first; by `payment_charge`. */
export function paymentsOfCharges(sql: Sql, chargeIds: readonly string[]): Promise<PaymentRow[]> {
  return sql.query<PaymentRow>(`select ${COLUMNS} from payment where charge_id = any($1::text[]) order by charge_id, id`, [chargeIds]);
}

/** By `payment_id`, held until the end of the transaction. Its charge is locked before it, never after. */
export async function lockPayment(sql: Sql, id: string): Promise<PaymentRow | null> {
  const [row] = await sql.query<PaymentRow>(`select ${COLUMNS} from payment where id = $1 for update`, [id]);
  return row ?? null;
}

/** Whose payment a provider's number of a transaction is; null where it is nobody's yet. By `payment_reference`. */
export async function findPaymentByReference(sql: Sql, provider: ProviderName, reference: string): Promise<string | null> {
  const [row] = await sql.query<{ id: string }>('select id from payment where provider = $1 and provider_reference = $2', [provider, reference]);
  return row?.id ?? null;
}

/** The one payment of a charge that is under way; by `payment_live`. */
export async function livePayment(sql: Sql, chargeId: string): Promise<PaymentRow | null> {
  const [row] = await sql.query<PaymentRow>(`select ${COLUMNS} from payment where charge_id = $1 and state in ('STARTING', 'PENDING')`, [chargeId]);
  return row ?? null;
}

export interface NewPayment {
  readonly city: string;
  readonly id: string;
  readonly chargeId: string;
  readonly payerId: string | null;
  readonly provider: ProviderName;
  readonly way: PaymentWay;
  readonly amountFen: number;
  readonly expiresAt: number;
  readonly askAt: number;
  readonly createdBy: string;
}

export async function insertPayment(sql: Sql, payment: NewPayment, now: number): Promise<void> {
  const { city, id, chargeId, payerId, provider, way, amountFen, expiresAt, askAt, createdBy } = payment;
  await sql.query(
    `insert into payment (city, id, charge_id, payer_id, provider, way, amount_fen, state, expires_at, ask_at, created_at, created_by)
     values ($1, $2, $3, $4, $5, $6, $7, 'STARTING', to_timestamp($8 / 1000.0), to_timestamp($9 / 1000.0), to_timestamp($10 / 1000.0), $11)`,
    [city, id, chargeId, payerId, provider, way, amountFen, expiresAt, askAt, now, createdBy],
  );
}

/** Writes another transaction of an order as a payment of its own, proved. The provider's number of it is one payment's alone: `payment_reference`. */
export async function insertFurtherPayment(sql: Sql, further: { readonly id: string; readonly orderOf: string; readonly amountFen: number; readonly reference: string; readonly paidAt: number; readonly createdBy: string }, now: number): Promise<void> {
  const { id, orderOf, amountFen, reference, paidAt, createdBy } = further;
  await sql.query(
    `insert into payment (city, id, charge_id, payer_id, provider, way, amount_fen, state, expires_at, provider_reference, paid_at, created_at, created_by, order_of)
     select o.city, $2, o.charge_id, o.payer_id, o.provider, o.way, $3, 'PAID', o.expires_at, $4, to_timestamp($5 / 1000.0), to_timestamp($6 / 1000.0), $7, o.id
     from payment o where o.id = $1`,
    [orderOf, id, amountFen, reference, paidAt, now, createdBy],
  );
}

/** The provider's number of a payment's transaction where its order number alone does not say which is meant: another transaction or amount was told of it. By `payment_finding_payment`. */
export async function transactionToName(sql: Sql, { id, orderOf, providerReference }: PaymentRow): Promise<string | null> {
  const told = await sql.query(`select 1 as one from payment_finding where payment_id = $1 and kind = 'AMOUNT_MISMATCH' limit 1`, [orderOf ?? id]);
  return told.length > 0 ? providerReference : null;
}

/** Keeps what the payer's device needs. A notification that was faster is left alone. By `payment_id`. */
export async function offerPayment(sql: Sql, id: string, instructions: PayInstructions): Promise<void> {
  await sql.query(
    `update payment
     set instructions = $2, state = case state when 'STARTING' then 'PENDING' else state end
     where id = $1 and instructions is null`,
    [id, JSON.stringify(instructions)],
  );
}

/** Ends a payment that is locked, without money. */
export async function endPaymentRow(sql: Sql, id: string, state: 'CLOSED' | 'FAILED' | 'DISPUTED', failure: string | null): Promise<void> {
  await sql.query(`update payment set state = $2, failure = $3, ask_at = null where id = $1`, [id, state, failure]);
}

/** Marks a locked payment paid, by as much as came. The provider's number of the transaction is one payment's alone: `payment_reference`. */
export async function markPaid(sql: Sql, id: string, proof: { readonly amountFen: number; readonly reference: string; readonly paidAt: number }): Promise<void> {
  await sql.query(
    `update payment set state = 'PAID', amount_fen = $4, provider_reference = $2, paid_at = to_timestamp($3 / 1000.0), failure = null, ask_at = null where id = $1`,
    [id, proof.reference, proof.paidAt, proof.amountFen],
  );
}

/**
 * Takes what is due to be asked for and puts its next question off by `leaseMs`, so that nobody asks beside us and a
 * server that dies while asking is followed by another. By `payment_ask`.
 */
export function leaseQuestions(sql: Sql, { now, leaseMs, limit }: { readonly now: number; readonly leaseMs: number; readonly limit: number }): Promise<PaymentRow[]> {
  return sql.query<PaymentRow>(
    `update payment
     set ask_at = to_timestamp(($1::float8 + $2) / 1000.0), asked_count = asked_count + 1
     where (city, id) in (select city, id from payment where ask_at <= to_timestamp($1::float8 / 1000.0) order by ask_at limit $3 for update skip locked)
     returning ${COLUMNS}`,
    [now, leaseMs, limit],
  );
}

/** When it is asked for next, where it is still under way. One that was recalled meanwhile is due already, and stays so. */
export async function askAgainAt(sql: Sql, id: string, at: number, now: number): Promise<void> {
  await sql.query(`update payment set ask_at = to_timestamp($2 / 1000.0) where id = $1 and state in ('STARTING', 'PENDING') and ask_at > to_timestamp($3 / 1000.0)`, [id, at, now]);
}

/** Has the provider asked at once for what a charge has under way, which asks for more than is owed now: its order is closed then. By payment_live. */
export function recallOrder(sql: TransactionSql, chargeId: string, now: number): void {
  sql.write(`update payment set ask_at = to_timestamp($2 / 1000.0) where charge_id = $1 and state in ('STARTING', 'PENDING')`, [chargeId, now]);
}
