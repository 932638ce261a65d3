import { defineMigration } from '../src/platform/migration.js';

const tables = `
-- Locking a facility's head is the lock of its claims. Stamps come from a sequence, so that none ever names two states,
-- not even where a transaction was rolled back: what a process keeps of a facility's claims is true while its stamp stands here.
create sequence claim_stamp;
create table claim_head (
  facility_id type_id primary key,
  version bigint not null
) with (fillfactor = 50);

create table claim (
  city char(6) not null,
  id type_id not null,
  facility_id text collate "C" not null,
  zone_id text collate "C" not null,
  space_class text not null check (space_class in ('STANDARD', 'CHARGING', 'ACCESSIBLE', 'LARGE', 'MECHANICAL')),
  -- null: any space of the pool.
  space_id text collate "C",
  spaces int not null check (spaces > 0),
  -- Rounded outwards to five minutes: what the counters count.
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  -- What was asked for: what must be lent.
  exact_starts_at timestamptz not null,
  exact_ends_at timestamptz not null,
  -- Whom it is for, as far as the windows ask: for which windows it counts.
  eligibility text collate "C" not null,
  cause_kind text not null check (cause_kind in ('RESERVATION', 'AGREEMENT', 'SESSION')),
  cause_id text collate "C" not null,
  -- A hold ends at this instant though nobody writes anything; null: no hold.
  held_until timestamptz,
  taken_up_at timestamptz,
  ended_at timestamptz,
  end_reason text,
  created_at timestamptz not null,
  primary key (city, id),
  constraint claim_grain check (starts_at <= exact_starts_at and exact_starts_at < exact_ends_at and exact_ends_at <= ends_at
    and mod(extract(epoch from starts_at), 300) = 0 and mod(extract(epoch from ends_at), 300) = 0),
  constraint claim_numbered_is_one check (space_id is null or spaces = 1),
  constraint claim_end_has_a_reason check (ended_at is null or end_reason is not null),
  -- A numbered space is promised once, whoever writes (P1).
  constraint claim_space_once exclude using gist (space_id with =, tstzrange(starts_at, ends_at) with &&) where (space_id is not null and ended_at is null)
);
create index claim_id on claim (id);
create index claim_of_facility on claim (facility_id, ends_at) where ended_at is null;
create index claim_present on claim (facility_id, ends_at) where ended_at is null and taken_up_at is not null;
create index claim_held on claim (facility_id, held_until) where ended_at is null and held_until is not null;
create index claim_hold_ends on claim (held_until) where ended_at is null and held_until is not null;

-- How many spaces are promised without an expiry, by five minutes of a day in UTC. Written under the facility's head.
create table claim_day (
  city char(6) not null,
  facility_id text collate "C" not null,
  zone_id text collate "C" not null,
  space_class text collate "C" not null,
  eligibility text collate "C" not null,
  day date not null,
  claimed int[] not null check (cardinality(claimed) = 288 and 0 <= all(claimed)),
  primary key (facility_id, day, zone_id, space_class, eligibility)
) with (fillfactor = 50);
`;

// Whoever changes what a facility is or lends waits for who claims there, and the other way about: between reading what
// is lent and claiming it, nothing slips past. A head that is not there yet is made under a lock of the search row.
const hooks = `
create function claim_head_waits() returns trigger language plpgsql as $$
begin
  perform from claim_head where facility_id in (select facility_id from new_rows) order by facility_id for update;
  return null;
end $$;
create trigger claim_head_waits after update on facility_search referencing new table as new_rows
  for each statement execute function claim_head_waits();
`;

// What is lent is kept with what is promised of it, beside each live figure.
const live = `
update live_availability set lent = jsonb_set(lent, '{zones}', coalesce((select jsonb_agg(z || '{"claimed": 0, "awaited": 0}') from jsonb_array_elements(lent -> 'zones') as z), '[]'));
`;

export const claims = defineMigration(
  '20261122000510-claims',
  [tables, hooks, live],
  ['drop trigger claim_head_waits on facility_search', 'drop function claim_head_waits', 'drop table claim_day, claim, claim_head', 'drop sequence claim_stamp'],
);
