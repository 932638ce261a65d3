import { one, type Sql } from '../../platform/index.js';
import type { ReservationRow } from '../reservation.sql.js';
import type { SeenAtGate } from '../rules/space-not-provided.js';

/** What the gate of its facility knows of the vehicles of a reservation. By session_open_once and gate_decision_refused. */
export async function seenAtGate(sql: Sql, { id, facilityId, startsAt, endsAt, terms }: ReservationRow): Promise<SeenAtGate> {
  return one<SeenAtGate>(
    sql,
    `with theirs as (select unnest(array[v.plate_hash || '/' || v.colour, v.plate_hash || '/-']) as key from reservation_vehicle v where v.reservation_id = $1)
     select exists (select from theirs t join session s on s.facility_id = $2 and s.plate_key = t.key and s.state = 'OPEN') as "isIn",
       exists (select from theirs t join gate_decision d on d.facility_id = $2 and d.plate_key = t.key and not d.is_admitted
         and d.at >= to_timestamp($3 / 1000.0) and d.at < to_timestamp($4 / 1000.0)) as "wasTurnedAway"`,
    [id, facilityId, startsAt - terms.earlyStartMinutes * 60_000, endsAt],
  );
}
