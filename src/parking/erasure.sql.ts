import type { Sql } from '../platform/index.js';

const MOST_NAMED = 20;

/** The first of a party's reservations that have not ended, or whose stay is not settled, and of the facilities that are its own. By reservation_party, session_reservation, facility_owner, facility_manager and facility_operator. */
export async function openBookingsOf(sql: Sql, partyId: string): Promise<{ readonly reservationIds: readonly string[]; readonly facilityIds: readonly string[] }> {
  const [row] = await sql.query<{ reservationIds: string[]; facilityIds: string[] }>(
    `select array(
         select r.id::text from reservation r
         where r.party_id = $1 and (r.state in ('HELD', 'CONFIRMED', 'CHECKED_IN', 'OVERSTAYED')
           or exists (select from session s where s.reservation_id = r.id and (s.state = 'OPEN' or s.is_unsettled)))
         order by r.id limit ${MOST_NAMED}) as "reservationIds",
       array(select f.id::text from facility f where f.owner_party_id = $1 or f.manager_party_id = $1 or f.operator_party_id = $1 order by f.id limit ${MOST_NAMED}) as "facilityIds"`,
    [partyId],
  );
  return row!;
}

/**
 * Takes the plates from all that stands by a party's reservations, and from the vehicles that were admitted as its own,
 * which are so no more. What the gate read of one stay keeps one key that is nobody's, so that the entry still finds its
 * exit. By reservation_party, reservation_vehicle_reservation, session_reservation, gate_event_plate,
 * plate_correction_event, gate_decision_reservation and admitted_vehicle_party.
 */
export async function eraseVehiclesOf(sql: Sql, partyId: string, now: number): Promise<void> {
  await sql.query(
    `with booked as materialized (select r.id from reservation r where r.party_id = $1),
       stayed as materialized (
         select s.city, s.id, s.facility_id, s.plate_key, s.entry_event_id, s.exit_event_id, s.began_at, coalesce(s.exited_at, s.began_at) as ended_at
         from session s where s.reservation_id in (select id from booked)),
       told as materialized (
         select distinct on (e.id) e.city, e.id, s.id as session_id
         from stayed s
         join gate_event e on e.facility_id = s.facility_id and e.plate_key = s.plate_key and e.occurred_at between s.began_at - interval '1 day' and s.ended_at + interval '1 day'
           and (e.id in (s.entry_event_id, s.exit_event_id) or e.session_id = s.id or e.occurred_at between s.began_at and s.ended_at)
         order by e.id, e.session_id = s.id desc nulls last),
       vehicles as (delete from reservation_vehicle v using booked b where v.reservation_id = b.id),
       admitted as (
         update admitted_vehicle m set plate_hash = 'erased', masked_plate = '***', ends_at = greatest(m.starts_at, least(m.ends_at, to_timestamp($2 / 1000.0))) where m.party_id = $1),
       decisions as (update gate_decision d set plate_key = 'erased', masked_plate = '***', sealed_suggestions = null where d.reservation_id in (select id from booked)),
       events as (
         update gate_event e set plate_key = 'erased/' || t.session_id, read_key = 'erased/' || t.session_id, plate_hash = 'erased', sealed_plate = 'erased', masked_plate = '***'
         from told t where e.city = t.city and e.id = t.id),
       corrections as (
         update plate_correction c set from_key = 'erased/' || t.session_id, to_key = 'erased/' || t.session_id
         from told t where c.gate_event_id = t.id)
     update session s set plate_key = 'erased/' || g.id, masked_plate = '***' from stayed g where s.city = g.city and s.id = g.id`,
    [partyId, now],
  );
}
