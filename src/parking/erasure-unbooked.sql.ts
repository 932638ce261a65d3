import { plates } from '../kernel/index.js';
import type { Sql } from '../platform/index.js';

/** What stands behind the hash in the key of a vehicle that a gate saw. */
const COLOURS = ['-', ...plates.PLATE_COLOURS].map(colour => `'${colour}'`).join(', ');

/**
 * The plates that a party named, the keys by which gates know them in whichever colour, and who named them when: who books
 * with a plate, or is admitted with it by name. A hold that came to nothing names nobody's plate but the party's own.
 */
const NAMED = `plates as materialized (
    select v.plate_hash as hash from reservation r join reservation_vehicle v on v.reservation_id = r.id where r.party_id = $1
    union select m.plate_hash from admitted_vehicle m where m.party_id = $1),
  keys as materialized (select p.hash, p.hash || '/' || c.colour as key from plates p cross join unnest(array[${COLOURS}]) as c (colour)),
  named as materialized (
    select v.plate_hash as hash, v.plate_hash || '/' || v.colour as key, r.party_id, r.created_at as at
    from plates p join reservation_vehicle v on v.plate_hash = p.hash join reservation r on r.id = v.reservation_id
    where r.party_id = $1 or r.state not in ('HELD', 'EXPIRED')
    union all
    select m.plate_hash, m.plate_hash || '/' || coalesce(m.colour, '-'), m.party_id, m.starts_at
    from plates p cross join facility f join admitted_vehicle m on m.facility_id = f.id and m.plate_hash = p.hash
    where m.party_id is not null)`;

interface Seeing {
  readonly facilityId: string;
  readonly key: string;
  readonly at: string;
}

const admittedThen = ({ facilityId, key, at }: Seeing, whose: '=' | '<>'): string => `exists (
    select from admitted_vehicle m
    where m.facility_id = ${facilityId} and m.plate_hash = k.hash and m.party_id ${whose} $1 and m.starts_at <= ${at} and (m.ends_at is null or m.ends_at > ${at})
      and (m.colour is null or ${key} in (k.hash || '/' || m.colour, k.hash || '/-')))`;

/**
 * Whether what a gate saw without a booking was this party's: its facility had admitted the vehicle as the party's own there
 * and then, and as nobody else's. That the party named the plate in a booking proves nothing of it: whoever mistypes a
 * plate, or names another's, takes nothing from the stays of the one whose it is.
 */
const isTheirs = (seen: Seeing): string => `${admittedThen(seen, '=')} and not ${admittedThen(seen, '<>')}`;

const STAY = isTheirs({ facilityId: 's.facility_id', key: 's.plate_key', at: 's.began_at' });
const PASSAGE = isTheirs({ facilityId: 'e.facility_id', key: 'k.key', at: 'e.occurred_at' });

/** A decision without a booking is the party's, too, where it refused one of its bookings, and where the stay that followed became one of a booking. */
const DECISION = `(${isTheirs({ facilityId: 'd.facility_id', key: 'd.plate_key', at: 'd.at' })}
  or (not d.is_admitted and exists (select from jsonb_array_elements(d.reasons) as each join reservation r on r.id = each -> 'data' ->> 'reservationId' where r.party_id = $1))
  or exists (
    select from reservation r join session s on s.reservation_id = r.id
    where r.party_id = $1 and s.facility_id = d.facility_id and s.plate_key = d.plate_key and d.at between s.began_at - interval '1 hour' and coalesce(s.exited_at, s.began_at)))`;

/**
 * Whether a reading that was another vehicle's, or a stay that never was, is to be forgotten with this party: of those who
 * named the plate it is the last before it, or else the first after it, those who named its colour first. Nobody stayed
 * by it, so that nobody loses anything.
 */
const isNamedBy = ({ key, at }: Pick<Seeing, 'key' | 'at'>): string => `(
    select n.party_id from named n where n.hash = k.hash
    order by n.key = ${key} desc, n.at <= ${at} desc, abs(extract(epoch from n.at - ${at})) limit 1) = $1`;

/** A vehicle that is in has to come out yet, and a stay that is not paid for is needed until it is. */
const IS_DONE = `s.state <> 'OPEN' and not s.is_unsettled
  and not exists (select from jsonb_array_elements(s.charges) as each join charge c on c.id = each ->> 'chargeId' where c.state in ('OPEN', 'UNPAID'))`;

// Probed place by place, and what is found is written by its ids: as joins the planner would read whole tables for it.
const STAYS_SEEN = `keys k cross join facility f
  cross join lateral (select s.* from session s where s.facility_id = f.id and s.plate_key = k.key and s.state <> 'VOID' offset 0) as s`;
const PASSAGES_SEEN = `keys k cross join facility f
  cross join lateral (select e.* from gate_event e where e.facility_id = f.id and e.plate_key = k.key offset 0) as e`;

/** The vehicles of a party as gates lock them, wherever one saw them. By reservation_party, session_plate and gate_event_plate. */
export async function vehiclesSeenOf(sql: Sql, partyId: string): Promise<readonly string[]> {
  const rows = await sql.query<{ vehicle: string }>(
    `with ${NAMED}
     select f.id || ' ' || k.key as vehicle from ${STAYS_SEEN}
     union select f.id || ' ' || k.key from ${PASSAGES_SEEN}`,
    [partyId],
  );
  return rows.map(row => row.vehicle);
}

interface Seen {
  readonly stayIds: readonly string[];
  /** Each with what it stands by: its stay, or nothing but itself. */
  readonly passages: ReadonlyArray<{ readonly id: string; readonly standing: string }>;
}

/**
 * Takes the plates that a party named from what gates saw of them without a booking: stays that are over and paid for, where
 * the vehicle was admitted as the party's own, with their passages; decisions; and what was misread as one of them. The
 * rows stay, as nobody's. Every other stay by the same plate stays whole. Before the bookings lose their vehicles, by
 * which all of it is found.
 */
export async function eraseUnbookedOf(sql: Sql, partyId: string): Promise<void> {
  const { stayIds, passages } = await seenOf(sql, partyId);
  await eraseDecisionsAndReadings(sql, partyId);
  await sql.query(
    `with told as materialized (select t.id, 'erased/' || t.standing as key from jsonb_to_recordset($1::jsonb) as t (id text, standing text)),
       corrections as (update plate_correction c set from_key = t.key, to_key = t.key from told t where c.gate_event_id = t.id)
     update gate_event e set plate_key = t.key, read_key = t.key, plate_hash = 'erased', sealed_plate = 'erased', masked_plate = '***' from told t where e.id = t.id`,
    [JSON.stringify(passages)],
  );
  await sql.query(`update session s set plate_key = 'erased/' || s.id, masked_plate = '***' where s.id = any($1::text[])`, [stayIds]);
}

/** By reservation_party, session_plate, session_void and gate_event_plate. */
async function seenOf(sql: Sql, partyId: string): Promise<Seen> {
  const [row] = await sql.query<Seen>(
    `with ${NAMED},
       stays as materialized (
         select s.id from ${STAYS_SEEN} where s.reservation_id is null and ${IS_DONE} and ${STAY}
         union all
         select s.id from keys k join session s on s.plate_key = k.key and s.state = 'VOID' where s.reservation_id is null and ${isNamedBy({ key: 's.plate_key', at: 's.began_at' })}),
       passages as materialized (
         select e.id, coalesce(t.id, e.id) as standing from ${PASSAGES_SEEN} left join stays t on t.id = e.session_id
         where t.id is not null or (e.session_id is null and ${PASSAGE}))
     select (select coalesce(jsonb_agg(t.id), '[]') from stays t) as "stayIds",
       (select coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'standing', p.standing)), '[]') from passages p) as passages`,
    [partyId],
  );
  return row!;
}

/** Decisions without a booking, and what a camera misread as one of the plates: the vehicle that it was keeps what is its own. By gate_decision_unbooked and gate_event_id; corrections are few, and read whole. */
async function eraseDecisionsAndReadings(sql: Sql, partyId: string): Promise<void> {
  await sql.query(
    `with ${NAMED},
       decisions as (
         update gate_decision d set plate_key = 'erased', masked_plate = '***', sealed_suggestions = null
         from keys k where d.plate_key = k.key and d.reservation_id is null and ${DECISION}),
       misread as (
         update plate_correction c
         set from_key = case when c.from_key in (select key from keys) then 'erased/' || e.id else c.from_key end,
             to_key = case when c.to_key in (select key from keys) then 'erased/' || e.id else c.to_key end
         from keys k, gate_event e
         where e.id = c.gate_event_id and k.key in (c.from_key, c.to_key) and e.plate_key not in (select key from keys) and ${isNamedBy({ key: 'k.key', at: 'e.occurred_at' })}
         returning e.city, e.id)
     update gate_event e set read_key = 'erased/' || e.id from misread m where e.city = m.city and e.id = m.id and e.read_key in (select key from keys)`,
    [partyId],
  );
}

/** The hashes of the plates that a party named. By reservation_party and admitted_vehicle_party. */
export async function plateHashesOf(sql: Sql, partyId: string): Promise<readonly string[]> {
  return (await sql.query<{ hash: string }>(`with ${NAMED} select hash from plates`, [partyId])).map(row => row.hash);
}

export interface Suggested {
  readonly id: string;
  /** Null: no reading is left. */
  readonly sealedSuggestions: string | null;
}

/** What gates suggested around a party's stays: one of the readings may be its plate. Bookings matter to a gate for 4 hours around them. By reservation_party and gate_decision_suggested. */
export function suggestedAround(sql: Sql, partyId: string): Promise<Array<Suggested & { readonly sealedSuggestions: string }>> {
  return sql.query(
    `select distinct d.id, d.sealed_suggestions as "sealedSuggestions" from reservation r
     join gate_decision d on d.facility_id = r.facility_id and d.at between r.starts_at - interval '5 hours' and r.ends_at + interval '5 hours'
     where r.party_id = $1 and d.sealed_suggestions is not null`,
    [partyId],
  );
}

/** By gate_decision_id. */
export async function putSuggestions(sql: Sql, rows: readonly Suggested[]): Promise<void> {
  await sql.query(
    `update gate_decision d set sealed_suggestions = n."sealedSuggestions" from jsonb_to_recordset($1::jsonb) as n (id text, "sealedSuggestions" text) where d.id = n.id`,
    [JSON.stringify(rows)],
  );
}
