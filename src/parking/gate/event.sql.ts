import type { PlateColour } from '../../kernel/index.js';
import type { SpaceClass } from '../../facilities/index.js';
import type { Sql } from '../../platform/index.js';
import type { EventVerdict } from '../rules/fold-stays.js';

export type Arrival = 'LIVE' | 'LATE' | 'OUT_OF_ORDER';

/** What a gate told, as it is kept: what happened never changes, what it comes to may. */
export interface GateEventRow {
  readonly city: string;
  readonly id: string;
  readonly facilityId: string;
  readonly gate: string;
  readonly eventId: string;
  readonly kind: 'ENTRY' | 'EXIT';
  readonly occurredAt: number;
  readonly receivedAt: number;
  readonly arrival: Arrival;
  readonly plateKey: string;
  readonly readKey: string;
  readonly plateHash: string;
  readonly colour: PlateColour | null;
  readonly sealedPlate: string;
  readonly maskedPlate: string;
  readonly spaceClass: SpaceClass;
  readonly verdict: EventVerdict;
  readonly sessionId: string | null;
  readonly recordedBy: string;
}

const COLUMNS = `e.city, e.id, e.facility_id as "facilityId", e.gate, e.event_id as "eventId", e.kind, epoch_ms(e.occurred_at) as "occurredAt", epoch_ms(e.received_at) as "receivedAt", e.arrival,
  e.plate_key as "plateKey", e.read_key as "readKey", e.plate_hash as "plateHash", e.colour, e.sealed_plate as "sealedPlate", e.masked_plate as "maskedPlate", e.space_class as "spaceClass", e.verdict,
  e.session_id as "sessionId", e.recorded_by as "recordedBy"`;

/** One at a time tells of a vehicle at a facility: its stays are reckoned from all that was told. In the order of the keys, before every other lock. */
export async function lockVehicles(sql: Sql, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await sql.query(`select pg_advisory_xact_lock(hashtextextended('gate:' || k.key, 0)) from (select key from unnest($1::text[]) as key order by hashtextextended('gate:' || key, 0)) as k`, [[...new Set(keys)]]);
}

/** Events that were told before, by the gate's own numbers. By gate_event_once. */
export function eventsByNumber(sql: Sql, asked: ReadonlyArray<{ readonly facilityId: string; readonly gate: string; readonly eventId: string }>): Promise<GateEventRow[]> {
  return sql.query<GateEventRow>(
    `select ${COLUMNS} from jsonb_to_recordset($1::jsonb) as a ("facilityId" text, gate text, "eventId" text)
     join gate_event e on e.facility_id = a."facilityId" and e.gate = a.gate and e.event_id = a."eventId"`,
    [JSON.stringify(asked)],
  );
}

/** By gate_event_id. */
export function eventsById(sql: Sql, ids: readonly string[]): Promise<GateEventRow[]> {
  return sql.query<GateEventRow>(`select ${COLUMNS} from gate_event e where e.id = any($1::text[])`, [ids]);
}

/** A vehicle, and from when on its history is told anew. */
export interface Retold {
  readonly facilityId: string;
  readonly plateKey: string;
  readonly from: number;
}

// From the session before what is told anew, which it may end; whatever stands at the very instant is told anew with it.
export const RETOLD = `jsonb_to_recordset($1::jsonb) as a ("facilityId" text, "plateKey" text, "from" float8)
     cross join lateral (
       select coalesce((
         select p.began_at from session p
         where p.facility_id = a."facilityId" and p.plate_key = a."plateKey" and p.state <> 'VOID' and p.began_at < to_timestamp(a."from" / 1000.0)
         order by p.began_at desc limit 1
       ), '-infinity'::timestamptz) as at
     ) as anchor`;

/** By gate_event_plate. */
export function eventsOfVehicles(sql: Sql, asked: readonly Retold[]): Promise<GateEventRow[]> {
  return sql.query<GateEventRow>(
    `select ${COLUMNS} from ${RETOLD}
     join gate_event e on e.facility_id = a."facilityId" and e.plate_key = a."plateKey" and e.occurred_at >= anchor.at`,
    [JSON.stringify(asked)],
  );
}

export async function insertEvents(sql: Sql, rows: readonly GateEventRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql.query(
    `insert into gate_event (city, id, facility_id, gate, event_id, kind, occurred_at, received_at, arrival, plate_key, read_key, plate_hash, colour, sealed_plate, masked_plate, space_class, verdict, session_id, recorded_by)
     select n.city, n.id, n."facilityId", n.gate, n."eventId", n.kind, to_timestamp(n."occurredAt" / 1000.0), to_timestamp(n."receivedAt" / 1000.0), n.arrival, n."plateKey", n."readKey", n."plateHash", n.colour,
       n."sealedPlate", n."maskedPlate", n."spaceClass", n.verdict, n."sessionId", n."recordedBy"
     from jsonb_to_recordset($1::jsonb) as n (city text, id text, "facilityId" text, gate text, "eventId" text, kind text, "occurredAt" float8, "receivedAt" float8, arrival text, "plateKey" text, "readKey" text,
       "plateHash" text, colour text, "sealedPlate" text, "maskedPlate" text, "spaceClass" text, verdict text, "sessionId" text, "recordedBy" text)`,
    [JSON.stringify(rows)],
  );
}

/** What events come to, after their vehicle's history was told anew. By gate_event_id. */
export async function putVerdicts(sql: Sql, rows: ReadonlyArray<Pick<GateEventRow, 'id' | 'verdict' | 'sessionId'>>): Promise<void> {
  if (rows.length === 0) return;
  await sql.query(
    `update gate_event e set verdict = n.verdict, session_id = n."sessionId"
     from jsonb_to_recordset($1::jsonb) as n (id text, verdict text, "sessionId" text) where e.id = n.id`,
    [JSON.stringify(rows)],
  );
}

/** Another vehicle it was: what was read stays beside it (I2). */
export async function putPlate(sql: Sql, row: Pick<GateEventRow, 'id' | 'plateKey' | 'plateHash' | 'colour' | 'sealedPlate' | 'maskedPlate'>): Promise<void> {
  await sql.query(
    `update gate_event set plate_key = $2, plate_hash = $3, colour = $4, sealed_plate = $5, masked_plate = $6, session_id = null where id = $1`,
    [row.id, row.plateKey, row.plateHash, row.colour, row.sealedPlate, row.maskedPlate],
  );
}

export async function insertCorrection(sql: Sql, row: { readonly city: string; readonly id: string; readonly gateEventId: string; readonly fromKey: string; readonly toKey: string; readonly reason: string; readonly correctedBy: string }, now: number): Promise<void> {
  await sql.query(
    `insert into plate_correction (city, id, gate_event_id, from_key, to_key, reason, corrected_at, corrected_by) values ($1, $2, $3, $4, $5, $6, to_timestamp($7 / 1000.0), $8)`,
    [row.city, row.id, row.gateEventId, row.fromKey, row.toKey, row.reason, now, row.correctedBy],
  );
}
