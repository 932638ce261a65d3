import type { PlateColour } from '../../kernel/index.js';
import { facilitiesOfSql, type SpaceClass } from '../../facilities/index.js';
import type { Sql } from '../../platform/index.js';
import type { ReservationCharge } from '../reservation.sql.js';
import type { GateBasis } from '../rules/admission.js';
import type { SessionState } from '../rules/session-lifecycle.js';
import type { WindowPart } from '../rules/stay-parts.js';
import { RETOLD, type Retold } from './event.sql.js';

/** One vehicle's stay as it is stored; instants are epoch milliseconds. */
export interface SessionRow {
  readonly city: string;
  readonly id: string;
  readonly facilityId: string;
  readonly plateKey: string;
  readonly maskedPlate: string;
  readonly colour: PlateColour | null;
  readonly spaceClass: SpaceClass;
  readonly state: SessionState;
  readonly basis: GateBasis;
  readonly reservationId: string | null;
  readonly agreementId: string | null;
  readonly claimId: string | null;
  readonly claimedUntil: number | null;
  readonly parts: readonly WindowPart[];
  readonly entryEventId: string | null;
  readonly exitEventId: string | null;
  readonly enteredAt: number | null;
  readonly exitedAt: number | null;
  readonly beganAt: number;
  readonly overstayedSince: number | null;
  /** Until when it stood there by bookings before its own; null where it came by its own, or by none. */
  readonly bookedUntil: number | null;
  readonly amountFen: number | null;
  readonly charges: readonly ReservationCharge[];
  readonly isUnsettled: boolean;
  readonly version: number;
  readonly createdAt: number;
  readonly changedAt: number;
}

export const SESSION_COLUMNS = `s.city, s.id, s.facility_id as "facilityId", s.plate_key as "plateKey", s.masked_plate as "maskedPlate", s.colour, s.space_class as "spaceClass", s.state, s.basis,
  s.reservation_id as "reservationId", s.agreement_id as "agreementId", s.claim_id as "claimId", epoch_ms(s.claimed_until) as "claimedUntil", s.parts, s.entry_event_id as "entryEventId",
  s.exit_event_id as "exitEventId", epoch_ms(s.entered_at) as "enteredAt", epoch_ms(s.exited_at) as "exitedAt", epoch_ms(s.began_at) as "beganAt", epoch_ms(s.overstayed_since) as "overstayedSince", epoch_ms(s.booked_until) as "bookedUntil",
  s.amount_fen::float8 as "amountFen", s.charges, s.is_unsettled as "isUnsettled", s.version, epoch_ms(s.created_at) as "createdAt", epoch_ms(s.changed_at) as "changedAt"`;

/** The sessions of vehicles from which on their history is told anew. By session_plate. */
export function sessionsOfVehicles(sql: Sql, asked: readonly Retold[]): Promise<SessionRow[]> {
  return sql.query<SessionRow>(
    `select ${SESSION_COLUMNS} from ${RETOLD}
     join session s on s.facility_id = a."facilityId" and s.plate_key = a."plateKey" and s.state <> 'VOID' and s.began_at >= anchor.at`,
    [JSON.stringify(asked)],
  );
}

const ROWS = `jsonb_to_recordset($1::jsonb) as n (city text, id text, "facilityId" text, "plateKey" text, "maskedPlate" text, colour text, "spaceClass" text, state text, basis text, "reservationId" text,
  "agreementId" text, "claimId" text, "claimedUntil" float8, parts jsonb, "entryEventId" text, "exitEventId" text, "enteredAt" float8, "exitedAt" float8, "beganAt" float8, "overstayedSince" float8, "bookedUntil" float8,
  "amountFen" bigint, charges jsonb, "isUnsettled" boolean, version int, "createdAt" float8, "changedAt" float8)`;

export async function insertSessions(sql: Sql, rows: readonly SessionRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql.query(
    `insert into session (city, id, facility_id, plate_key, masked_plate, colour, space_class, state, basis, reservation_id, agreement_id, claim_id, claimed_until, parts, entry_event_id, exit_event_id, entered_at,
       exited_at, began_at, overstayed_since, booked_until, amount_fen, charges, is_unsettled, version, created_at, changed_at)
     select n.city, n.id, n."facilityId", n."plateKey", n."maskedPlate", n.colour, n."spaceClass", n.state, n.basis, n."reservationId", n."agreementId", n."claimId", to_timestamp(n."claimedUntil" / 1000.0), n.parts,
       n."entryEventId", n."exitEventId", to_timestamp(n."enteredAt" / 1000.0), to_timestamp(n."exitedAt" / 1000.0), to_timestamp(n."beganAt" / 1000.0), to_timestamp(n."overstayedSince" / 1000.0), to_timestamp(n."bookedUntil" / 1000.0), n."amountFen",
       n.charges, n."isUnsettled", n.version, to_timestamp(n."createdAt" / 1000.0), to_timestamp(n."changedAt" / 1000.0)
     from ${ROWS}`,
    [JSON.stringify(rows)],
  );
}

/** Writes sessions that have changed; what ends is written before what opens, so that a vehicle is never in twice. By session_id. */
export async function updateSessions(sql: Sql, rows: readonly SessionRow[]): Promise<void> {
  for (const part of [rows.filter(row => row.state !== 'OPEN'), rows.filter(row => row.state === 'OPEN')]) {
    if (part.length === 0) continue;
    await sql.query(
      `update session s set masked_plate = n."maskedPlate", state = n.state, basis = n.basis, reservation_id = n."reservationId", agreement_id = n."agreementId", claim_id = n."claimId",
         claimed_until = to_timestamp(n."claimedUntil" / 1000.0), parts = n.parts, entry_event_id = n."entryEventId", exit_event_id = n."exitEventId", entered_at = to_timestamp(n."enteredAt" / 1000.0),
         exited_at = to_timestamp(n."exitedAt" / 1000.0), began_at = to_timestamp(n."beganAt" / 1000.0), overstayed_since = to_timestamp(n."overstayedSince" / 1000.0), booked_until = to_timestamp(n."bookedUntil" / 1000.0), amount_fen = n."amountFen",
         charges = n.charges, is_unsettled = n."isUnsettled", version = n.version, changed_at = to_timestamp(n."changedAt" / 1000.0)
       from ${ROWS} where s.id = n.id`,
      [JSON.stringify(part)],
    );
  }
}

/** How many vehicles of reservations are in, and how many have left. By session_reservation. */
export function vehiclesOfReservations(sql: Sql, reservationIds: readonly string[]): Promise<Array<{ readonly reservationId: string; readonly inside: number; readonly left: number }>> {
  return sql.query(
    `select s.reservation_id as "reservationId", (count(*) filter (where s.state = 'OPEN'))::int as inside, (count(distinct s.plate_key) filter (where s.state = 'ENDED'))::int as left
     from session s where s.reservation_id = any($1::text[]) and s.state <> 'VOID' group by 1`,
    [reservationIds],
  );
}

/**
 * The vehicles of a booking that are in at its facility without it: by none and not by an agreement, or by another booking
 * that is over. The first that came first. By reservation_vehicle_reservation and session_open_once.
 */
export function vehiclesWaiting(sql: Sql, { id, facilityId }: { readonly id: string; readonly facilityId: string }, now: number): Promise<SessionRow[]> {
  return sql.query<SessionRow>(
    `select ${SESSION_COLUMNS} from session s
     where s.facility_id = $2 and s.state = 'OPEN'
       and ((s.reservation_id is null and s.basis in ('WALK_IN', 'RESIDENT'))
         or exists (select from reservation p where p.id = s.reservation_id and p.id <> $1 and p.state in ('CHECKED_IN', 'OVERSTAYED', 'NO_SHOW') and p.ends_at <= to_timestamp($3 / 1000.0)))
       and s.plate_key in (select unnest(array[v.plate_hash || '/' || v.colour, v.plate_hash || '/-']) from reservation_vehicle v where v.reservation_id = $1)
     order by s.entered_at, s.id`,
    [id, facilityId, now],
  );
}

/**
 * Whether a vehicle of a booking was in at its facility by another party's booking once its own had begun; IS_IN where it
 * still is, and that booking ends before its own, so that it goes on by its own. By reservation_vehicle_reservation and session_plate.
 */
export async function cameByAnother(sql: Sql, { id, facilityId, partyId, startsAt, endsAt }: { readonly id: string; readonly facilityId: string; readonly partyId: string; readonly startsAt: number; readonly endsAt: number }): Promise<'NO' | 'CAME' | 'IS_IN'> {
  const [found] = await sql.query<{ isIn: boolean | null }>(
    `select bool_or(s.state = 'OPEN' and r.state in ('CHECKED_IN', 'OVERSTAYED') and r.ends_at < to_timestamp($5 / 1000.0)) as "isIn"
     from session s join reservation r on r.id = s.reservation_id
     where s.facility_id = $2 and s.state <> 'VOID' and r.party_id <> $3 and (s.exited_at is null or s.exited_at > to_timestamp($4 / 1000.0))
       and s.plate_key in (select unnest(array[v.plate_hash || '/' || v.colour, v.plate_hash || '/-']) from reservation_vehicle v where v.reservation_id = $1)`,
    [id, facilityId, partyId, startsAt, endsAt],
  );
  return found!.isIn === null ? 'NO' : found!.isIn ? 'IS_IN' : 'CAME';
}

/** By session_id. Locked until the commit. */
export function lockSessions(sql: Sql, ids: readonly string[]): Promise<SessionRow[]> {
  return sql.query<SessionRow>(`select ${SESSION_COLUMNS} from session s where s.id = any($1::text[]) order by s.id for update`, [ids]);
}

/** Sessions with the parties of their facilities, and of the reservation where there is one. By session_id. */
export function sessionsAtTheirs(sql: Sql, ids: readonly string[]): Promise<Array<SessionRow & { readonly facilityPartyIds: readonly string[]; readonly partyId: string | null }>> {
  return sql.query(
    `select ${SESSION_COLUMNS}, array_remove(array[f.owner_party_id, f.manager_party_id, f.operator_party_id]::text[], null) as "facilityPartyIds", r.party_id as "partyId"
     from session s
     join facility f on f.city = s.city and f.id = s.facility_id
     left join reservation r on r.id = s.reservation_id
     where s.id = any($1::text[])`,
    [ids],
  );
}

export interface SessionFilter {
  readonly facilityId: string | null;
  readonly reservationId: string | null;
  readonly states: readonly SessionState[] | null;
  /** Stays that began in [from, until). */
  readonly from: number | null;
  readonly until: number | null;
}

const MATCHING = `($1::text[] is null or s.facility_id = any(array(${facilitiesOfSql('$1')})) or s.reservation_id = any(array(select r.id from reservation r where r.party_id = any($1))))
  and ($2::text is null or s.facility_id = $2)
  and ($3::text is null or s.reservation_id = $3)
  and (($4::text[] is null and s.state <> 'VOID') or s.state = any($4))
  and ($5::float8 is null or s.began_at >= to_timestamp($5 / 1000.0))
  and ($6::float8 is null or s.began_at < to_timestamp($6 / 1000.0))`;

const parametersOf = (partyIds: readonly string[] | null, { facilityId, reservationId, states, from, until }: SessionFilter): readonly unknown[] => [partyIds, facilityId, reservationId, states, from, until];

/** A page of sessions, the newest first. By session_facility, and session_reservation and reservation_party. */
export function listSessionRows(sql: Sql, partyIds: readonly string[] | null, filter: SessionFilter, page: { readonly after: string | null; readonly limit: number }): Promise<SessionRow[]> {
  return sql.query<SessionRow>(
    `select ${SESSION_COLUMNS} from session s where ${MATCHING} and ($7::text is null or s.id < $7) order by s.id desc limit $8`,
    [...parametersOf(partyIds, filter), page.after, page.limit],
  );
}

export async function countSessions(sql: Sql, partyIds: readonly string[] | null, filter: SessionFilter): Promise<number> {
  const [row] = await sql.query<{ count: number }>(`select count(*)::int as count from session s where ${MATCHING}`, parametersOf(partyIds, filter));
  return row!.count;
}
