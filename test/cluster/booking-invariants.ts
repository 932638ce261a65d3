import { checkLedger } from '../../src/billing/ledger-check.js';
import { verifyAuditChain, type Sql } from '../../src/platform/index.js';
import type { BookedCity } from './booked-city.js';

/**
 * Instants, from now on, at which claims need more than the windows lend, each minute and each beginning of a claim by
 * brute force. Excepted by rule: a booking whose revocation is begun or that is KEPT (P9), and a walk-in that was in
 * before less was lent: both are announced under the lock of the facility's claims, so that their positions are in the
 * order of what happened, as their instants need not be. What is asked for is compared, to the millisecond: claims round it outwards, so they ask no less.
 */
const EXCEEDED = `
  with standing as materialized (
    select c.facility_id, c.cause_kind || ' ' || c.cause_id as cause, c.spaces, c.exact_starts_at, c.exact_ends_at
    from claim c
    where c.ended_at is null and (c.held_until is null or c.held_until > clock_timestamp())
      and not exists (select from revocation v where v.claim_id = c.id and v.side = 'SUPPLIER' and v.state in ('PENDING', 'KEPT'))
      and not (c.cause_kind = 'SESSION' and exists (
        select from outbox_event came join outbox_event less on less.topic = 'facility.lendingChanged' and less.payload -> 'facilityIds' ? c.facility_id and less.position > came.position
        where came.topic = 'session.changed' and came.payload ->> 'sessionId' = c.cause_id))
  ), lent as materialized (
    select w.facility_id, (w.terms -> 'quota' ->> 'STANDARD')::int as spaces,
      (select coalesce(range_agg(tstzrange(x.starts_at, x.ends_at)), '{}') from window_suspension x where x.facility_id = w.facility_id and x.lifted_at is null) as suspended
    from sharing_window w where w.status = 'PUBLISHED'
  ), instants as materialized (
    select f.id as facility_id, m.at from facility f, generate_series(clock_timestamp(), clock_timestamp() + interval '6 hours', interval '1 minute') as m(at)
    union
    select s.facility_id, s.exact_starts_at from standing s where s.exact_starts_at > clock_timestamp()
  )
  select i.facility_id as "facilityId", i.at::text, l.spaces as lent, l.suspended @> i.at as "isSuspended", sum(s.spaces)::int as claimed,
    array_agg(s.cause || ' ' || s.spaces) as causes
  from instants i
  join lent l on l.facility_id = i.facility_id
  join standing s on s.facility_id = i.facility_id and s.exact_starts_at <= i.at and i.at < s.exact_ends_at
  group by i.facility_id, i.at, l.spaces, l.suspended
  having sum(s.spaces) > case when l.suspended @> i.at then 0 else l.spaces end
  order by i.facility_id, i.at
  limit 5`;

export function exceededInstants(sql: Sql): Promise<object[]> {
  return sql.query(EXCEEDED);
}

/** Each answers the rows that contradict it; the name is what must hold. */
const INVARIANTS: Readonly<Record<string, string>> = {
  'the counters are the sums of the claims that stand for good': `
    with told as (
      select d.facility_id, d.zone_id, d.space_class, d.eligibility, d.day + (b.nth - 1) * interval '5 minutes' as at, b.n
      from claim_day d, unnest(d.claimed) with ordinality as b(n, nth) where b.n > 0
    ), summed as (
      select c.facility_id, c.zone_id, c.space_class, c.eligibility, b.at at time zone 'UTC' as at, sum(c.spaces)::int as n
      from claim c, generate_series(c.starts_at, c.ends_at - interval '5 minutes', interval '5 minutes') as b(at)
      where c.ended_at is null and c.held_until is null
      group by 1, 2, 3, 4, 5
    )
    select * from told full join summed using (facility_id, zone_id, space_class, eligibility, at) where told.n is distinct from summed.n`,
  'no hold is left that has ended': `select id, held_until from claim where ended_at is null and held_until <= now()`,
  'a reservation stands by its claim, and ends with it': `
    select r.id, r.state, r.held_until, c.held_until as claim_held, c.ended_at from reservation r left join claim c on c.id = r.claim_id
    where c.id is null or c.cause_id <> r.id or c.spaces <> r.spaces or case
      when r.state = 'HELD' then c.ended_at is not null or c.held_until is distinct from r.held_until
      when r.state in ('CONFIRMED', 'CHECKED_IN', 'OVERSTAYED') then c.ended_at is not null or c.held_until is not null or (c.exact_starts_at, c.exact_ends_at) <> (r.starts_at, r.ends_at)
      when r.state = 'COMPLETED' then c.held_until is not null
      else c.ended_at is null end`,
  'a claim that stands is the one of what it was made for': `
    select c.id, c.cause_kind, c.cause_id from claim c
    where c.ended_at is null and not exists (select from reservation r where r.claim_id = c.id) and not exists (select from session s where s.claim_id = c.id)`,
  'what was charged for a reservation is what it costs by its state': `
    select r.id, r.state, r.amount_fen, r.fee_fen, s.owed, r.charges from reservation r
    join lateral (select coalesce(sum(case when h.state = 'VOID' then 0 else h.amount_fen - h.refunded_fen end), 0) as owed from charge h where h.cause_kind = 'RESERVATION' and h.cause_id = r.id) s on true
    where s.owed <> case when r.state in ('CANCELLED', 'NO_SHOW') then coalesce(r.fee_fen, 0) when r.state = 'EXPIRED' then 0 else r.amount_fen + coalesce(r.fee_fen, 0) end
      or s.owed <> (select coalesce(sum((e ->> 'amountFen')::bigint), 0) from jsonb_array_elements(r.charges) e)`,
  'nobody stands by a payment that was never made, and nobody who paid is only held for': `
    select r.id, r.state from reservation r where r.state = 'HELD' and exists (select from charge h where h.cause_id = r.id and h.state not in ('OPEN', 'UNPAID'))`,
  'a payment is settled once': 'select charge_id from charge_payment group by charge_id, provider_reference having count(*) > 1',
  'every change of a reservation was announced, once (G6)': `
    select n.reservation_id, n.version, count(e.id)::int as events from (select distinct reservation_id, version from reservation_change) n
    left join outbox_event e on e.topic = 'reservation.changed' and e.payload ->> 'reservationId' = n.reservation_id and e.payload ->> 'version' = n.version::text
    group by 1, 2 having count(e.id) <> 1`,
  'nothing was announced that did not happen': `
    select e.id from outbox_event e left join reservation_change n on n.reservation_id = e.payload ->> 'reservationId' and n.version::text = e.payload ->> 'version' where e.topic = 'reservation.changed' and n.position is null`,
  'every change of a reservation is in the audit log (G6)': `
    select distinct n.reservation_id, n.version from reservation_change n
    where not exists (select from audit_entry a where a.object_type = 'reservation' and a.object_id = n.reservation_id and a.details ->> 'version' = n.version::text)`,
  'every charge that was paid or given back is in the audit log (G6)': `
    select h.id from charge h where h.state in ('PAID', 'PART_REFUNDED', 'REFUNDED') and not exists (select from audit_entry a where a.object_id = h.id and a.action = 'charge:settle')
      or h.refunded_fen > 0 and not exists (select from audit_entry a where a.object_id = h.id and a.action = 'charge:refund')`,
  'a vehicle that is in stands in one session': `select facility_id, plate_key from session where state = 'OPEN' group by 1, 2 having count(*) > 1`,
};

/** Everything that must hold of a city once nothing is under way any more: the invariants that do not, each with its first rows. */
export async function brokenInvariants({ database }: BookedCity): Promise<Record<string, unknown>> {
  const broken: Record<string, unknown> = {};
  for (const [name, statement] of Object.entries(INVARIANTS)) {
    const rows = await database.query(`select * from (${statement}) as found limit 3`);
    if (rows.length > 0) broken[name] = rows;
  }
  const exceeded = await exceededInstants(database);
  if (exceeded.length > 0) broken['no quota is exceeded at any instant'] = exceeded;
  const { isSound, sumFen, differences } = await checkLedger(database);
  if (!isSound) broken['the ledger sums to zero, whole and by account'] = { sumFen, differences };
  const { brokenAt } = await verifyAuditChain(database);
  if (brokenAt) broken['the audit chain verifies'] = brokenAt;
  const [state] = await database.query<{ deadlocks: number }>('select deadlocks::int from pg_stat_database where datname = current_database()');
  if (state!.deadlocks > 0) broken['nobody ran into a deadlock'] = state;
  return broken;
}

/** What is still under way of itself: holds to end, revocations to decide, money to send. */
export const UNDER_WAY = `
  select (select count(*) from claim where ended_at is null and held_until is not null)::int as holds,
    (select count(*) from reservation where state = 'EXPIRED' and charges @@ '$[*].amountFen > 0')::int as "chargesToVoid",
    (select count(*) from revocation where state = 'PENDING')::int as revocations,
    (select count(*) from payment p join local_order o on o.order_number = p.id where p.state in ('STARTING', 'PENDING') and o.state = 'SUCCESS')::int as payments,
    (select count(*) from refund where state in ('OWED', 'SENT'))::int as refunds,
    (select count(*) from session where is_unsettled)::int as sessions`;
