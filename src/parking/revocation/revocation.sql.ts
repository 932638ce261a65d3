import type { Sql } from '../../platform/index.js';
import type { RevocationState } from '../rules/revocation-lifecycle.js';

/** A booking whose spaces are not lent any more, and what becomes of it. */
export interface RevocationRow {
  readonly city: string;
  readonly id: string;
  readonly reservationId: string;
  readonly claimId: string;
  readonly facilityId: string;
  /** Whose breach it is: the supplier's that took spaces back, or the driver's that stays in one; nobody's where the calendar of a provisional date was published. */
  readonly side: 'DRIVER' | 'SUPPLIER' | 'NOBODY';
  readonly reason: string;
  readonly state: RevocationState;
  readonly movedToFacilityId: string | null;
  readonly supplierFen: number | null;
  readonly createdAt: number;
  readonly decidedAt: number | null;
}

const COLUMNS = `v.city, v.id, v.reservation_id as "reservationId", v.claim_id as "claimId", v.facility_id as "facilityId", v.side, v.reason, v.state, v.moved_to_facility_id as "movedToFacilityId",
  v.supplier_fen::float8 as "supplierFen", epoch_ms(v.created_at) as "createdAt", epoch_ms(v.decided_at) as "decidedAt"`;

/** One a claim, but for those that lapsed, whose claims stand as before: who comes second finds it begun. */
export async function beginRevocations(sql: Sql, rows: readonly RevocationRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql.query(
    `insert into revocation (city, id, reservation_id, claim_id, facility_id, side, reason, state, created_at)
     select n.city, n.id, n."reservationId", n."claimId", n."facilityId", n.side, n.reason, n.state, to_timestamp(n."createdAt" / 1000.0)
     from jsonb_to_recordset($1::jsonb) as n (city text, id text, "reservationId" text, "claimId" text, "facilityId" text, side text, reason text, state text, "createdAt" float8)
     on conflict (claim_id) where state <> 'LAPSED' do nothing`,
    [JSON.stringify(rows)],
  );
}

/** The oldest that nobody has decided yet. By revocation_pending. */
export function pendingRevocations(sql: Sql, limit: number): Promise<RevocationRow[]> {
  return sql.query<RevocationRow>(`select ${COLUMNS} from revocation v where v.state = 'PENDING' order by v.id limit $1`, [limit]);
}

/** Decides one that is pending, exactly once: false where somebody else has. */
export async function decideRevocation(sql: Sql, { id, state, movedToFacilityId, supplierFen }: Pick<RevocationRow, 'id' | 'state' | 'movedToFacilityId' | 'supplierFen'>, now: number): Promise<boolean> {
  const rows = await sql.query(
    `update revocation set state = $2, moved_to_facility_id = $3, supplier_fen = $4, decided_at = to_timestamp($5 / 1000.0) where id = $1 and state = 'PENDING' returning id`,
    [id, state, movedToFacilityId, supplierFen, now],
  );
  return rows.length === 1;
}

/** Claims of which something says already what becomes of them. By revocation_once. */
export async function decidedClaims(sql: Sql, claimIds: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await sql.query<{ claimId: string }>('select claim_id as "claimId" from revocation where claim_id = any($1::text[]) and state <> \'LAPSED\'', [claimIds]);
  return new Set(rows.map(row => row.claimId));
}

/** What became of reservations, the newest first. By revocation_reservation. */
export function revocationsOf(sql: Sql, reservationIds: readonly string[]): Promise<RevocationRow[]> {
  return sql.query<RevocationRow>(`select ${COLUMNS} from revocation v where v.reservation_id = any($1::text[]) order by v.id desc`, [reservationIds]);
}

/** What the other place still costs more, after the driver's own change. By revocation_id. */
export async function putSupplierFen(sql: Sql, id: string, supplierFen: number): Promise<void> {
  await sql.query('update revocation set supplier_fen = $2 where id = $1', [id, supplierFen]);
}

/** A promise that was not kept. */
export interface BreachRow {
  readonly city: string;
  readonly id: string;
  readonly facilityId: string;
  readonly side: 'DRIVER' | 'SUPPLIER';
  readonly kind: 'OVERSTAY' | 'REVOCATION' | 'SPACE_NOT_PROVIDED';
  readonly promiseId: string;
  readonly reservationId: string | null;
  readonly sessionId: string | null;
  readonly reason: string;
}

/** Whether the driver of a promise has said already that its space was not there. By breach_once. */
export async function saidNotProvided(sql: Sql, claimId: string): Promise<boolean> {
  return (await sql.query(`select 1 from breach where kind = 'SPACE_NOT_PROVIDED' and promise_id = $1 and withdrawn_at is null`, [claimId])).length > 0;
}

/** Records a breach once a promise; false where it stands already. */
export async function insertBreach(sql: Sql, row: BreachRow, now: number): Promise<boolean> {
  const rows = await sql.query(
    `insert into breach (city, id, facility_id, side, kind, promise_id, reservation_id, session_id, reason, recorded_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, to_timestamp($10 / 1000.0))
     on conflict (kind, promise_id) where withdrawn_at is null do nothing returning id`,
    [row.city, row.id, row.facilityId, row.side, row.kind, row.promiseId, row.reservationId, row.sessionId, row.reason, now],
  );
  return rows.length === 1;
}

/** Withdraws the breach of a promise that stands; null where none does. By breach_once. */
export async function putBreachWithdrawn(sql: Sql, { kind, promiseId, reason }: Pick<BreachRow, 'kind' | 'promiseId' | 'reason'>, now: number): Promise<Pick<BreachRow, 'id' | 'facilityId' | 'reservationId'> | null> {
  const [row] = await sql.query<Pick<BreachRow, 'id' | 'facilityId' | 'reservationId'>>(
    `update breach set withdrawn_at = to_timestamp($4 / 1000.0), withdrawn_reason = $3 where kind = $1 and promise_id = $2 and withdrawn_at is null
     returning id, facility_id as "facilityId", reservation_id as "reservationId"`,
    [kind, promiseId, reason, now],
  );
  return row ?? null;
}

/** Who is to be led elsewhere because of a vehicle that stays in a pool, or in one numbered space, and was not yet. By revocation_pending. */
export function pendingReroutes(sql: Sql, { facilityId, zoneId, spaceClass, spaceId }: { readonly facilityId: string; readonly zoneId: string; readonly spaceClass: string; readonly spaceId: string | null }): Promise<RevocationRow[]> {
  return sql.query<RevocationRow>(
    `select ${COLUMNS} from revocation v join reservation r on r.id = v.reservation_id
     where v.state = 'PENDING' and v.side = 'DRIVER' and v.facility_id = $1 and r.zone_id = $2 and r.space_class = $3 and ($4::text is null or r.space_id = $4)
     order by v.id`,
    [facilityId, zoneId, spaceClass, spaceId],
  );
}
