import type { Sql } from '../platform/index.js';
import type { LedgerTransaction } from './ledger.sql.js';
import type { ChargeLine, ChargePurpose, ChargeState } from './rules/charge.js';
import type { RevenueKind, RevenueShare, RevenueSource } from './rules/split-revenue.js';

/** A part of a charge as it was split when it was opened. */
export interface ChargeShare {
  readonly accountId: string;
  readonly partyId: string | null;
  readonly basisPoints: number;
}

export interface ChargeRow {
  readonly city: string;
  readonly id: string;
  readonly causeKind: string;
  readonly causeId: string;
  readonly purpose: ChargePurpose;
  readonly facilityId: string;
  readonly payerId: string | null;
  readonly revenueKind: RevenueKind;
  readonly shares: readonly ChargeShare[];
  readonly lines: readonly ChargeLine[];
  readonly amountFen: number;
  readonly paidFen: number;
  readonly refundedFen: number;
  readonly state: ChargeState;
  /** Epoch ms, as every instant here. */
  readonly openedAt: number;
  readonly dueAt: number;
  readonly paidAt: number | null;
  readonly stateSince: number;
}

const COLUMNS = `c.city, c.id, c.cause_kind as "causeKind", c.cause_id as "causeId", c.purpose, c.facility_id as "facilityId", c.payer_id as "payerId", c.revenue_kind as "revenueKind", c.shares, c.lines,
  c.amount_fen::float8 as "amountFen", c.paid_fen::float8 as "paidFen", c.refunded_fen::float8 as "refundedFen", c.state,
  epoch_ms(c.opened_at) as "openedAt", epoch_ms(c.due_at) as "dueAt", epoch_ms(c.paid_at) as "paidAt", epoch_ms(c.state_since) as "stateSince"`;

/** Whose facilities these are, for their money, with the rule in force at an instant: the facility's own before its owner's. By facility_id, revenue_rule_facility and revenue_rule_party. */
export function listRevenueSources(sql: Sql, facilityIds: readonly string[], at: number): Promise<Array<RevenueSource & { readonly city: string }>> {
  return sql.query<RevenueSource & { readonly city: string; readonly rule: { readonly kind: 'AGREED' | 'COST_SHARING'; readonly shares: readonly RevenueShare[] } | null }>(
    `select f.city, f.id as "facilityId", f.category, f.ownership, earns_for_treasury(f.id) as "earnsForTreasury",
       f.owner_party_id as "ownerId", f.manager_party_id as "managerId", f.operator_party_id as "operatorId", r.rule
     from facility f
     left join lateral (
       select jsonb_build_object('kind', r.kind, 'shares', r.shares) as rule
       from revenue_rule r
       where (r.facility_id = f.id or (r.party_id = f.owner_party_id and r.city = f.city))
         and r.valid_from <= to_timestamp($2 / 1000.0) and coalesce(r.valid_until, 'infinity') > to_timestamp($2 / 1000.0)
       order by r.facility_id is null
       limit 1) r on true
     where f.id = any($1)`,
    [facilityIds, at],
  );
}

export async function insertCharges(sql: Sql, charges: readonly ChargeRow[]): Promise<void> {
  await sql.query(
    `insert into charge (city, id, cause_kind, cause_id, purpose, facility_id, payer_id, revenue_kind, shares, lines, amount_fen, state, opened_at, due_at, state_since)
     select n.city, n.id, n."causeKind", n."causeId", n.purpose, n."facilityId", n."payerId", n."revenueKind", n.shares, n.lines, n."amountFen", n.state,
       to_timestamp(n."openedAt" / 1000.0), to_timestamp(n."dueAt" / 1000.0), to_timestamp(n."stateSince" / 1000.0)
     from jsonb_to_recordset($1::jsonb) as n (city text, id text, "causeKind" text, "causeId" text, purpose text, "facilityId" text, "payerId" text, "revenueKind" text, shares jsonb, lines jsonb,
       "amountFen" bigint, state text, "openedAt" float8, "dueAt" float8, "stateSince" float8)`,
    [JSON.stringify(charges)],
  );
}

/** Charges by id, in any order. By charge_id. */
export function findCharges(sql: Sql, ids: readonly string[]): Promise<ChargeRow[]> {
  return sql.query<ChargeRow>(`select ${COLUMNS} from charge c where c.id = any($1)`, [ids]);
}

/** A charge, locked until the commit: paying, refunding and falling due take turns. By charge_id. */
export async function findChargeForUpdate(sql: Sql, id: string): Promise<ChargeRow | null> {
  const [row] = await sql.query<ChargeRow>(`select ${COLUMNS} from charge c where c.id = $1 for update`, [id]);
  return row ?? null;
}

/** Stores what a charge became; the guard of the table lets only these move. */
export async function updateCharge(sql: Sql, charge: ChargeRow): Promise<void> {
  await sql.query(
    `update charge set amount_fen = $3, paid_fen = $4, refunded_fen = $5, state = $6, paid_at = to_timestamp($7 / 1000.0), state_since = to_timestamp($8 / 1000.0)
     where city = $1 and id = $2`,
    [charge.city, charge.id, charge.amountFen, charge.paidFen, charge.refundedFen, charge.state, charge.paidAt, charge.stateSince],
  );
}

export interface ChargePaymentRow {
  readonly city: string;
  readonly provider: string;
  readonly providerReference: string;
  readonly chargeId: string;
  readonly paidFen: number;
  readonly paidAt: number;
}

/** Notes a payment by its provider's reference; false where it is known already, and then nothing is written. By the primary key of charge_payment. */
export async function insertChargePayment(sql: Sql, payment: ChargePaymentRow, now: number): Promise<boolean> {
  const rows = await sql.query(
    `insert into charge_payment (city, provider, provider_reference, charge_id, paid_fen, paid_at, recorded_at)
     values ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0), to_timestamp($7 / 1000.0))
     on conflict do nothing
     returning 1 as one`,
    [payment.city, payment.provider, payment.providerReference, payment.chargeId, payment.paidFen, payment.paidAt, now],
  );
  return rows.length === 1;
}

/** A payment by its reference. By the primary key of charge_payment. */
export async function findChargePayment(sql: Sql, { city, provider, providerReference }: Pick<ChargePaymentRow, 'city' | 'provider' | 'providerReference'>): Promise<ChargePaymentRow | null> {
  const [row] = await sql.query<ChargePaymentRow>(
    `select city, provider, provider_reference as "providerReference", charge_id as "chargeId", paid_fen::float8 as "paidFen", epoch_ms(paid_at) as "paidAt"
     from charge_payment where city = $1 and provider = $2 and provider_reference = $3`,
    [city, provider, providerReference],
  );
  return row ?? null;
}

export interface ChargeRefundRow {
  readonly city: string;
  readonly id: string;
  readonly chargeId: string;
  readonly provider: string;
  readonly providerReference: string;
  readonly amountFen: number;
  readonly reason: string;
}

export async function insertChargeRefund(sql: Sql, refund: ChargeRefundRow, now: number): Promise<void> {
  await sql.query(
    `insert into charge_refund (city, id, charge_id, provider, provider_reference, amount_fen, reason, owed_at)
     values ($1, $2, $3, $4, $5, $6, $7, to_timestamp($8 / 1000.0))`,
    [refund.city, refund.id, refund.chargeId, refund.provider, refund.providerReference, refund.amountFen, refund.reason, now],
  );
}

/** A refund that is owed, locked until the commit. By charge_refund_id. */
export async function findChargeRefundForUpdate(sql: Sql, id: string): Promise<ChargeRefundRow | null> {
  const [row] = await sql.query<ChargeRefundRow>(
    `select r.city, r.id, r.charge_id as "chargeId", r.provider, r.provider_reference as "providerReference", r.amount_fen::float8 as "amountFen", r.reason
     from charge_refund r where r.id = $1 for no key update`,
    [id],
  );
  return row ?? null;
}

/** Whether the ledger knows that a refund was given back, by its provider or elsewhere. Asked after its lock, as below. By ledger_transaction_discharged_once. */
export async function isDischarged(sql: Sql, { city, id }: Pick<ChargeRefundRow, 'city' | 'id'>): Promise<boolean> {
  return (await sql.query(`select 1 as one from ledger_transaction t where t.city = $1 and t.refund_id = $2 and t.kind in ('REFUND_SENT', 'REFUND_SETTLED')`, [city, id])).length > 0;
}

/** Whether the ledger has an entry of a refund, of an attempt where one is told. Asked after its lock, in a statement of its own: one that waited for the lock would answer from before it. By ledger_transaction_refund_once. */
export async function isPostedOfRefund(sql: Sql, { city, id }: Pick<ChargeRefundRow, 'city' | 'id'>, { kinds, attempt }: { readonly kinds: ReadonlyArray<LedgerTransaction['kind']>; readonly attempt: number | null }): Promise<boolean> {
  return (await sql.query(`select 1 as one from ledger_transaction t where t.city = $1 and t.refund_id = $2 and t.kind = any($3) and t.attempt is not distinct from $4`, [city, id, kinds, attempt])).length > 0;
}

export async function insertReceipt(sql: Sql, receipt: { readonly city: string; readonly id: string; readonly chargeId: string; readonly amountFen: number; readonly provider: string; readonly providerReference: string }, now: number): Promise<void> {
  await sql.query(
    `insert into receipt (city, id, charge_id, amount_fen, provider, provider_reference, issued_at) values ($1, $2, $3, $4, $5, $6, to_timestamp($7 / 1000.0))`,
    [receipt.city, receipt.id, receipt.chargeId, receipt.amountFen, receipt.provider, receipt.providerReference, now],
  );
}

/** The payment by which a charge was paid. By receipt_charge. */
export async function findPaymentOfCharge(sql: Sql, chargeId: string): Promise<{ readonly provider: string; readonly providerReference: string } | null> {
  const [row] = await sql.query<{ provider: string; providerReference: string }>(`select provider, provider_reference as "providerReference" from receipt where charge_id = $1`, [chargeId]);
  return row ?? null;
}

/** Whether money that came for a charge is in dispute: nobody is dunned for what lies with us and may be the payment. By payment_charge and payment_finding_payment. */
const IN_DISPUTE = `exists (
  select from payment p join payment_finding n on n.payment_id = p.id and n.state = 'OPEN'
  where p.charge_id = c.id and (p.state = 'DISPUTED' or n.kind = 'AMOUNT_MISMATCH'))`;

/** Takes charges past due, those longest due first, out of the hands of nobody who pays just now; what came for them and is in dispute keeps them from falling due. By charge_due. */
export function lockChargesPastDue(sql: Sql, now: number, limit: number): Promise<ChargeRow[]> {
  return sql.query<ChargeRow>(
    `select ${COLUMNS} from charge c
     where c.state = 'OPEN' and c.due_at < to_timestamp($1 / 1000.0) and not ${IN_DISPUTE}
     order by c.due_at
     limit $2
     for update skip locked`,
    [now, limit],
  );
}

export async function markChargesUnpaid(sql: Sql, ids: readonly string[], now: number): Promise<void> {
  await sql.query(`update charge set state = 'UNPAID', state_since = to_timestamp($2 / 1000.0) where id = any($1) and state = 'OPEN'`, [ids, now]);
}

/** What parties owe past due, the longest first, without what is in dispute. By charge_unpaid. */
export function listUnpaidCharges(sql: Sql, payerIds: readonly string[]): Promise<ChargeRow[]> {
  return sql.query<ChargeRow>(`select ${COLUMNS} from charge c where c.state = 'UNPAID' and c.payer_id = any($1) and not ${IN_DISPUTE} order by c.due_at, c.id limit 1000`, [payerIds]);
}

/** Charges of causes. By charge_cause. */
export function listChargesOfCauses(sql: Sql, causeKind: string, causeIds: readonly string[]): Promise<ChargeRow[]> {
  return sql.query<ChargeRow>(`select ${COLUMNS} from charge c where c.cause_kind = $1 and c.cause_id = any($2) order by c.id`, [causeKind, causeIds]);
}

/** Keeps an open charge from falling due before an instant. By charge_id. */
export async function deferDue(sql: Sql, chargeId: string, until: number): Promise<void> {
  await sql.query(`update charge set due_at = greatest(due_at, to_timestamp($2 / 1000.0)) where id = $1 and state = 'OPEN'`, [chargeId, until]);
}

export async function insertChargeRest(sql: Sql, { city, chargeId, restId }: { readonly city: string; readonly chargeId: string; readonly restId: string }): Promise<void> {
  await sql.query('insert into charge_rest (city, charge_id, rest_id) values ($1, $2, $3)', [city, chargeId, restId]);
}

/** The charge of what was missing when a charge was paid with less; null for none. By the primary key of charge_rest. */
export async function findRestOfCharge(sql: Sql, { city, id }: Pick<ChargeRow, 'city' | 'id'>): Promise<string | null> {
  const [row] = await sql.query<{ id: string }>('select rest_id as id from charge_rest where city = $1 and charge_id = $2', [city, id]);
  return row?.id ?? null;
}
