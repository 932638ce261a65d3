import type { Sql } from '../platform/index.js';
import type { Proof } from './rules/publish.js';

export interface ProofRow {
  readonly id: string;
  readonly city: string;
  readonly facilityId: string;
  readonly kind: Proof['kind'];
  /** The proof as the rules read it, without its kind. */
  readonly result: Readonly<Record<string, unknown>>;
  readonly checkedBy: string;
  readonly checkedOn: string;
}

/** The checks that stand for these facilities, one of a kind. By window_proof_facility. */
export function listProofs(sql: Sql, facilityIds: readonly string[]): Promise<ProofRow[]> {
  return sql.query<ProofRow>(
    `select p.id, p.city, p.facility_id as "facilityId", p.kind, p.result, p.checked_by as "checkedBy", p.checked_on::text as "checkedOn"
     from window_proof p where p.facility_id = any($1) order by p.id`,
    [facilityIds],
  );
}

/** Puts the newest check of a kind in the place of the one before, whose version is kept; answers the id that it has. */
export async function storeProof(sql: Sql, proof: ProofRow, { now, recordedBy }: { readonly now: number; readonly recordedBy: string }): Promise<string> {
  const [row] = await sql.query<{ id: string }>(
    `insert into window_proof (city, id, facility_id, kind, result, checked_by, checked_on, recorded_at, recorded_by, valid_from)
     values ($1, $2, $3, $4, $5, $6, $7, to_timestamp($8 / 1000.0), $9, to_timestamp($8 / 1000.0))
     on conflict (city, facility_id, kind) do update set result = excluded.result, checked_by = excluded.checked_by, checked_on = excluded.checked_on,
       recorded_at = excluded.recorded_at, recorded_by = excluded.recorded_by, valid_from = excluded.valid_from
     returning id`,
    [proof.city, proof.id, proof.facilityId, proof.kind, JSON.stringify(proof.result), proof.checkedBy, proof.checkedOn, now, recordedBy],
  );
  return row!.id;
}
