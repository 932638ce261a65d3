import type { ReachPart } from '../../identity/index.js';
import { newId, one, type Sql } from '../../platform/index.js';
import type { PaymentFindingKind, PaymentFindingResolution, PaymentFindingState, SettledBy, SettlementSource } from '../rules/payment-finding.js';
import type { ProviderName } from './provider.js';

export interface NewPaymentFinding {
  readonly provider: ProviderName;
  readonly kind: PaymentFindingKind;
  /** The order or refund number as the provider told it. */
  readonly subject: string;
  readonly paymentId: string | null;
  readonly details: object;
}

/** What the provider told, by its own number, its state and its amount: another one of the same order or refund is another finding. */
function toldIn(details: { readonly told?: object }): string {
  const { reference, state, amountFen } = (details.told ?? details) as { readonly reference?: string | null; readonly state?: string; readonly amountFen?: number | null };
  return [reference, state, amountFen].filter(each => each != null).join(' ');
}

/** Keeps what does not add up; the same told again counts. */
export async function insertPaymentFinding(sql: Sql, finding: NewPaymentFinding, now: number): Promise<void> {
  await sql.query(
    `insert into payment_finding (id, provider, kind, subject, told, payment_id, details, recorded_at)
     values ($1, $2, $3, $4, $8, $5, $6, to_timestamp($7 / 1000.0))
     on conflict (provider, kind, subject, told) do update set times = payment_finding.times + 1`,
    [newId('paymentFinding', now), finding.provider, finding.kind, finding.subject, finding.paymentId, JSON.stringify(finding.details), now, toldIn(finding.details)],
  );
}

export interface PaymentFindingRow extends NewPaymentFinding {
  readonly id: string;
  readonly details: { readonly told?: Readonly<Record<string, unknown>> } & Readonly<Record<string, unknown>>;
  readonly times: number;
  readonly state: PaymentFindingState;
  readonly resolution: PaymentFindingResolution | null;
  readonly note: string | null;
  readonly refundId: string | null;
  readonly settledFrom: SettlementSource | null;
  readonly settledPartyId: string | null;
  readonly recordedAt: number;
  readonly resolvedAt: number | null;
  readonly resolvedBy: string | null;
}

const COLUMNS = `n.id, n.provider, n.kind, n.subject, n.payment_id as "paymentId", n.times, n.details, n.state, n.resolution, n.note, n.refund_id as "refundId", n.settled_from as "settledFrom", n.settled_party_id as "settledPartyId",
  epoch_ms(n.recorded_at) as "recordedAt", epoch_ms(n.resolved_at) as "resolvedAt", n.resolved_by as "resolvedBy"`;

/** The findings of payments, the oldest first; by `payment_finding_payment`. */
export function findingsOfPayments(sql: Sql, paymentIds: readonly string[]): Promise<PaymentFindingRow[]> {
  return sql.query<PaymentFindingRow>(`select ${COLUMNS} from payment_finding n where n.payment_id = any($1::text[]) order by n.id`, [paymentIds]);
}

/** By the primary key. */
export function findingsById(sql: Sql, ids: readonly string[]): Promise<PaymentFindingRow[]> {
  return sql.query<PaymentFindingRow>(`select ${COLUMNS} from payment_finding n where n.id = any($1::text[])`, [ids]);
}

/** By the primary key, held until the end of the transaction: after its charge and its payment, as whoever finds it does. */
export async function lockPaymentFinding(sql: Sql, id: string): Promise<PaymentFindingRow | null> {
  const [row] = await sql.query<PaymentFindingRow>(`select ${COLUMNS} from payment_finding n where n.id = $1 for update`, [id]);
  return row ?? null;
}

/** Writes how a locked finding was worked off. */
export async function setResolution(sql: Sql, id: string, done: { readonly resolution: PaymentFindingResolution; readonly note: string; readonly refundId: string | null; readonly settledBy: SettledBy | null; readonly resolvedBy: string }, now: number): Promise<void> {
  await sql.query(
    `update payment_finding set state = 'RESOLVED', resolution = $2, note = $3, refund_id = $4, settled_from = $5, settled_party_id = $6, resolved_by = $7, resolved_at = to_timestamp($8 / 1000.0) where id = $1`,
    [id, done.resolution, done.note, done.refundId, done.settledBy?.source ?? null, done.settledBy?.partyId ?? null, done.resolvedBy, now],
  );
}

export interface PaymentFindingFilter {
  readonly states: readonly PaymentFindingState[] | null;
  readonly kinds: readonly PaymentFindingKind[] | null;
  readonly provider: ProviderName | null;
}

const FROM = `payment_finding n
  left join payment p on p.id = n.payment_id
  left join charge c on c.city = p.city and c.id = p.charge_id
  left join facility f on f.city = c.city and f.id = c.facility_id
  left join jurisdiction j on j.id = f.jurisdiction_id
  left join jurisdiction u on u.id = f.reporting_unit_id`;

/** Whose it is to see, as of its payment; what is of no payment is of nobody's facility, and only a right that nothing narrows reaches it. The rows of `reachOf`. */
const MATCHING = `exists (
    select from jsonb_to_recordset($1::jsonb) as r ("partyId" text, codes text)
    where (r."partyId" is null or r."partyId" in (c.payer_id, f.owner_party_id, f.manager_party_id, f.operator_party_id)) and (r.codes is null or j.code like r.codes or u.code like r.codes))
  and ($2::text[] is null or n.state = any($2))
  and ($3::text[] is null or n.kind = any($3))
  and ($4::text is null or n.provider = $4)`;

const parametersOf = (reach: readonly ReachPart[], { states, kinds, provider }: PaymentFindingFilter): readonly unknown[] => [JSON.stringify(reach), states, kinds, provider];

/** A page, the newest first; by the primary key, or `payment_finding_open`, then `payment_id` and `charge_id`. */
export function listPaymentFindings(sql: Sql, reach: readonly ReachPart[], filter: PaymentFindingFilter, page: { readonly after: string | null; readonly limit: number }): Promise<PaymentFindingRow[]> {
  return sql.query<PaymentFindingRow>(`select ${COLUMNS} from ${FROM} where ${MATCHING} and ($5::text is null or n.id < $5) order by n.id desc limit $6`, [...parametersOf(reach, filter), page.after, page.limit]);
}

export async function countPaymentFindings(sql: Sql, reach: readonly ReachPart[], filter: PaymentFindingFilter): Promise<number> {
  return (await one<{ count: number }>(sql, `select count(*)::int as count from ${FROM} where ${MATCHING}`, parametersOf(reach, filter))).count;
}
