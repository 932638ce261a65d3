import type { PlateColour } from '../../kernel/index.js';
import type { Sql } from '../../platform/index.js';
import { RESERVATION_COLUMNS, type ReservationRow } from '../reservation.sql.js';
import type { GateBasis } from '../rules/admission.js';

/** A facility as its gate needs it. */
export interface GateFacility {
  readonly id: string;
  readonly city: string;
  readonly partyIds: readonly string[];
  readonly jurisdictionCodes: readonly string[];
  readonly zoneName: string;
}

/** By facility_search_facility. */
export function gateFacilities(sql: Sql, ids: readonly string[]): Promise<GateFacility[]> {
  return sql.query<GateFacility>(
    `select f.id, f.city, array_remove(array[f.owner_party_id, f.manager_party_id, f.operator_party_id]::text[], null) as "partyIds", s.jurisdiction_codes as "jurisdictionCodes", f.zone_name as "zoneName"
     from facility_search s
     join facility f on f.city = s.city and f.id = s.facility_id
     where s.facility_id = any($1::text[])`,
    [ids],
  );
}

/** One vehicle at one facility around an instant, or for as long as it was there. */
export interface VehicleAt {
  readonly facilityId: string;
  readonly plateHash: string;
  readonly at: number;
  readonly until?: number;
}

/** A reservation of a vehicle, and how many of its vehicles are in. */
export interface BookedRow extends ReservationRow {
  readonly plateHash: string;
  readonly colour: PlateColour | null;
  /** Since when the vehicle is named for it. */
  readonly namedAt: number;
  /** The keys of its vehicles that are in. */
  readonly inside: readonly string[];
  /** Its stays that an exit ended, the first to leave first. */
  readonly over: ReadonlyArray<{ readonly sessionId: string; readonly plateKey: string; readonly leftAt: number }>;
}

/** The most that a reservation may begin earlier or end later than an instant and still matter to the gate: terms allow 4 hours. */
const AROUND = `interval '4 hours 1 minute'`;

/**
 * The reservations of vehicles at facilities around an instant, or a stay, in whichever state but those that never held. `plates`:
 * every hash that is asked for, suggestions included. By reservation_vehicle_plate, reservation_id and session_reservation.
 */
export function reservationsOfVehicles(sql: Sql, asked: readonly VehicleAt[]): Promise<BookedRow[]> {
  return sql.query<BookedRow>(
    `select distinct on (r.id, v.plate_hash, v.colour) ${RESERVATION_COLUMNS}, v.plate_hash as "plateHash", v.colour, epoch_ms(coalesce(v.named_at, r.created_at)) as "namedAt",
       came.inside, came.over
     from jsonb_to_recordset($1::jsonb) as a ("facilityId" text, "plateHash" text, at float8, until float8)
     join reservation_vehicle v on v.plate_hash = a."plateHash"
     join reservation r on r.id = v.reservation_id
     cross join lateral (
       select coalesce(array_agg(s.plate_key) filter (where s.state = 'OPEN'), '{}') as inside,
         coalesce(jsonb_agg(jsonb_build_object('sessionId', s.id, 'plateKey', s.plate_key, 'leftAt', epoch_ms(s.exited_at)) order by s.exited_at) filter (where s.state = 'ENDED' and s.exit_event_id is not null), '[]') as over
       from session s
       where s.reservation_id = r.id
     ) as came
     where r.facility_id = a."facilityId" and r.starts_at - ${AROUND} <= to_timestamp(coalesce(a.until, a.at) / 1000.0) and r.ends_at + ${AROUND} > to_timestamp(a.at / 1000.0)
       and r.state <> 'EXPIRED' and r.state <> 'CANCELLED'
     order by r.id, v.plate_hash, v.colour`,
    [JSON.stringify(asked)],
  );
}

/** A vehicle that a window's audience names. */
export interface AdmittedRow {
  readonly id: string;
  readonly facilityId: string;
  readonly audience: 'RESIDENTS' | 'AGREEMENT_HOLDERS';
  readonly plateHash: string;
  readonly colour: PlateColour | null;
  readonly maskedPlate: string;
  readonly agreementId: string | null;
  readonly claimId: string | null;
  readonly startsAt: number;
  readonly endsAt: number | null;
}

const ADMITTED = `m.id, m.facility_id as "facilityId", m.audience, m.plate_hash as "plateHash", m.colour, m.masked_plate as "maskedPlate", m.agreement_id as "agreementId",
  m.claim_id as "claimId", epoch_ms(m.starts_at) as "startsAt", epoch_ms(m.ends_at) as "endsAt"`;

/** The admissions that hold for vehicles at an instant. By admitted_vehicle_plate. */
export function admissionsOfVehicles(sql: Sql, asked: readonly VehicleAt[]): Promise<AdmittedRow[]> {
  return sql.query<AdmittedRow>(
    `select distinct ${ADMITTED}
     from jsonb_to_recordset($1::jsonb) as a ("facilityId" text, "plateHash" text, at float8)
     join admitted_vehicle m on m.facility_id = a."facilityId" and m.plate_hash = a."plateHash"
     where m.starts_at <= to_timestamp(a.at / 1000.0) and (m.ends_at is null or m.ends_at > to_timestamp(a.at / 1000.0))`,
    [JSON.stringify(asked)],
  );
}

/** An admission as it is recorded: the gate asks nothing of its party. */
export interface NewAdmission extends AdmittedRow {
  readonly city: string;
  readonly partyId: string | null;
}

export async function insertAdmissions(sql: Sql, rows: readonly NewAdmission[], { now, recordedBy }: { readonly now: number; readonly recordedBy: string }): Promise<void> {
  await sql.query(
    `insert into admitted_vehicle (city, id, facility_id, audience, plate_hash, colour, masked_plate, agreement_id, party_id, claim_id, starts_at, ends_at, recorded_at, recorded_by)
     select n.city, n.id, n."facilityId", n.audience, n."plateHash", n.colour, n."maskedPlate", n."agreementId", n."partyId", n."claimId", to_timestamp(n."startsAt" / 1000.0), to_timestamp(n."endsAt" / 1000.0),
       to_timestamp($2 / 1000.0), $3
     from jsonb_to_recordset($1::jsonb) as n (city text, id text, "facilityId" text, audience text, "plateHash" text, colour text, "maskedPlate" text, "agreementId" text, "partyId" text, "claimId" text, "startsAt" float8, "endsAt" float8)`,
    [JSON.stringify(rows), now, recordedBy],
  );
}

/** A reason of a decision, in both languages. */
export interface StoredReason {
  readonly code: string;
  readonly zh: string;
  readonly en: string;
  readonly clause: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A decision of the gate as it is stored: never changed, so that it can be cited. */
export interface GateDecisionRow {
  readonly city: string;
  readonly id: string;
  readonly facilityId: string;
  readonly plateKey: string;
  readonly maskedPlate: string;
  readonly at: number;
  readonly decidedAt: number;
  readonly isAdmitted: boolean;
  readonly basis: GateBasis | null;
  readonly rule: string;
  readonly reasons: readonly StoredReason[];
  readonly reservationId: string | null;
  readonly claimId: string | null;
  readonly agreementId: string | null;
  readonly zoneId: string | null;
  readonly windowIds: readonly string[];
  readonly until: number | null;
  readonly sealedSuggestions: string | null;
  readonly decidedBy: string;
}

export async function insertDecisions(sql: Sql, rows: readonly GateDecisionRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql.query(
    `insert into gate_decision (city, id, facility_id, plate_key, masked_plate, at, decided_at, is_admitted, basis, rule, reasons, reservation_id, claim_id, agreement_id, zone_id, window_ids, until, sealed_suggestions, decided_by)
     select n.city, n.id, n."facilityId", n."plateKey", n."maskedPlate", to_timestamp(n.at / 1000.0), to_timestamp(n."decidedAt" / 1000.0), n."isAdmitted", n.basis, n.rule, n.reasons, n."reservationId",
       n."claimId", n."agreementId", n."zoneId", n."windowIds", to_timestamp(n.until / 1000.0), n."sealedSuggestions", n."decidedBy"
     from jsonb_to_recordset($1::jsonb) as n (city text, id text, "facilityId" text, "plateKey" text, "maskedPlate" text, at float8, "decidedAt" float8, "isAdmitted" boolean, basis text, rule text, reasons jsonb,
       "reservationId" text, "claimId" text, "agreementId" text, "zoneId" text, "windowIds" text[], until float8, "sealedSuggestions" text, "decidedBy" text)`,
    [JSON.stringify(rows)],
  );
}

/** Decisions with the parties of their facilities. By gate_decision_id. */
export function decisionsById(sql: Sql, ids: readonly string[]): Promise<Array<GateDecisionRow & { readonly facilityPartyIds: readonly string[] }>> {
  return sql.query(
    `select d.city, d.id, d.facility_id as "facilityId", d.plate_key as "plateKey", d.masked_plate as "maskedPlate", epoch_ms(d.at) as at, epoch_ms(d.decided_at) as "decidedAt", d.is_admitted as "isAdmitted", d.basis,
       d.rule, d.reasons, d.reservation_id as "reservationId", d.claim_id as "claimId", d.agreement_id as "agreementId", d.zone_id as "zoneId", d.window_ids as "windowIds", epoch_ms(d.until) as until,
       d.sealed_suggestions as "sealedSuggestions", d.decided_by as "decidedBy", array_remove(array[f.owner_party_id, f.manager_party_id, f.operator_party_id]::text[], null) as "facilityPartyIds"
     from gate_decision d
     join facility f on f.city = d.city and f.id = d.facility_id
     where d.id = any($1::text[])`,
    [ids],
  );
}
