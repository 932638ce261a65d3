import { defineMigration } from '../src/platform/migration.js';

// One row a facility and class: the figure that is shown, and what it is made of. Locking the rows of a facility in the
// order of their key is the facility's lock; its version is the highest of its rows.
const live = `
create table live_facility (
  city char(6) not null,
  facility_id text collate "C" not null,
  -- When the boundary clock looks at the facility next. A report that moves a boundary further out leaves it alone: the
  -- clock looks once too often rather than that every report moves an indexed instant.
  look_at timestamptz not null,
  -- By what the watch finds the readers of a change; null until the first look.
  routing jsonb,
  primary key (city, facility_id)
);
create unique index live_facility_facility on live_facility (facility_id);
create index live_facility_due on live_facility (look_at);

create table live_availability (
  city char(6) not null,
  facility_id text collate "C" not null,
  space_class text not null check (space_class in ('STANDARD', 'CHARGING', 'ACCESSIBLE', 'LARGE', 'MECHANICAL')),
  state text not null check (state in ('OPEN', 'FULL', 'CLOSED', 'SUSPENDED', 'UNKNOWN')),
  free int check (free >= 0),
  quota int check (quota >= 0),
  capacity int not null check (capacity >= 0),
  occupied int check (occupied >= 0),
  observed_at timestamptz,
  received_at timestamptz,
  stale_after timestamptz,
  source text not null check (source in ('WINDOWS', 'REPORT')),
  reason text,
  -- What the windows lend now, by zone; what the counts in force say, by zone and scope.
  lent jsonb not null,
  counts jsonb not null default '[]',
  version bigint not null check (version > 0),
  changed_at timestamptz not null,
  primary key (city, facility_id, space_class),
  -- A number stands only with OPEN or FULL (P3).
  constraint live_availability_number_with_state check ((free is not null) = (state in ('OPEN', 'FULL')) and (state <> 'FULL' or free = 0) and (state <> 'OPEN' or free > 0)),
  foreign key (city, facility_id) references live_facility (city, facility_id)
) with (fillfactor = 60);
create index live_availability_facility on live_availability (facility_id, space_class);
`;

// The order of the log is the order of the commits: positions are drawn under a lock that is held until the commit, so a
// reader of what stands after a position never skips what commits later (P8). The trigger runs before the first row.
const log = `
create table availability_change (
  position bigint generated always as identity,
  at timestamptz not null,
  city char(6) not null,
  facility_id text collate "C" not null,
  version bigint not null,
  -- The whole availability of the facility, as it is told.
  classes jsonb not null,
  -- What the watch finds readers by, where it changed with this version; null otherwise.
  routing jsonb,
  primary key (position, at)
) partition by range (at);
create index availability_change_facility on availability_change (facility_id, position);

create function availability_change_in_order() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(7142024);
  return null;
end $$;
create trigger availability_change_in_order before insert on availability_change for each statement execute function availability_change_in_order();

-- The position up to which the log has been dropped: who resumes from before it must begin anew.
create table availability_log_floor (
  is_only boolean primary key default true check (is_only),
  position bigint not null
);
insert into availability_log_floor (position) values (0);
`;

const reports = `
-- Feeds are few, and one may tell of facilities in several cities: by id alone.
create table occupancy_feed (
  id type_id primary key,
  party_id type_id not null references party (id),
  name text not null check (length(name) between 1 and 100),
  interval_seconds int not null check (interval_seconds between 1 and 86400),
  last_received_at timestamptz,
  last_observed_at timestamptz,
  accepted bigint not null default 0,
  ignored bigint not null default 0,
  quarantined bigint not null default 0,
  state text not null default 'NEVER_HEARD' check (state in ('NEVER_HEARD', 'HEALTHY', 'SILENT', 'DRIFTING')),
  state_since timestamptz not null,
  -- null where its first report made it.
  declared_at timestamptz,
  -- The hour whose findings are counted, and how many they are: one bad feed must not fill the table.
  findings_hour_at timestamptz,
  findings_in_hour int not null default 0,
  unique (party_id, name)
);

-- Ids that were looked up before, in tables that take thousands of rows a second: plain text, for the domain's check costs more than the row.
create table occupancy_sample (
  city char(6) not null,
  facility_id text collate "C" not null,
  -- 'FACILITY' where the count is of the whole facility.
  zone_key text collate "C" not null,
  space_class text collate "C" not null,
  scope text collate "C" not null check (scope in ('ALL', 'SHARED', 'SPACES')),
  feed_id text collate "C" not null,
  observed_at timestamptz not null,
  sequence bigint not null,
  occupied int,
  free int,
  received_at timestamptz not null,
  constraint occupancy_sample_one_count check (num_nonnulls(occupied, free) = 1),
  primary key (facility_id, observed_at, zone_key, space_class, scope, feed_id, sequence)
) partition by range (observed_at);

create table vehicle_event (
  city char(6) not null,
  facility_id text collate "C" not null,
  zone_key text collate "C" not null,
  space_class text collate "C" not null,
  scope text collate "C" not null check (scope in ('ALL', 'SHARED')),
  feed_id text collate "C" not null,
  event_id text collate "C" not null check (length(event_id) between 1 and 100),
  moved smallint not null check (moved in (-1, 1)),
  observed_at timestamptz not null,
  received_at timestamptz not null,
  primary key (facility_id, observed_at, zone_key, space_class, scope, feed_id, event_id)
) partition by range (observed_at);

-- The counts that vehicles move: any other count needs no look at the events.
create table vehicle_counter (
  city char(6) not null,
  facility_id type_id not null,
  zone_key text not null,
  space_class text not null,
  scope text not null,
  -- Who told the newest event, and answers for the drift.
  feed_id type_id not null,
  last_event_at timestamptz not null,
  is_drifting boolean not null default false,
  primary key (facility_id, zone_key, space_class, scope)
);
create index vehicle_counter_drifting on vehicle_counter (feed_id) where is_drifting;

create table space_state (
  city char(6) not null,
  space_id type_id not null,
  facility_id type_id not null,
  feed_id type_id not null,
  is_occupied boolean not null,
  observed_at timestamptz not null,
  sequence bigint not null,
  received_at timestamptz not null,
  primary key (city, space_id)
);
create index space_state_space on space_state (space_id);

create table occupancy_hour (
  city char(6) not null,
  facility_id text collate "C" not null,
  zone_key text collate "C" not null,
  space_class text collate "C" not null,
  scope text collate "C" not null,
  hour_at timestamptz not null,
  reports int not null,
  occupied_sum bigint not null,
  occupied_reports int not null,
  free_sum bigint not null,
  free_reports int not null,
  least_free int,
  primary key (city, facility_id, hour_at, space_class, zone_key, scope)
) with (fillfactor = 70);

-- What a report contradicts, and what could not be believed, whole as it came.
create table occupancy_finding (
  id type_id primary key,
  -- null where it concerns no facility that we know.
  city char(6),
  kind text not null check (kind in ('ABOVE_CAPACITY', 'DRIFT', 'QUARANTINED', 'SILENT')),
  reason text,
  feed_id type_id not null,
  facility_id type_id,
  observed_at timestamptz,
  recorded_at timestamptz not null,
  -- What is found again and again is one finding that counts; null where each stands for itself.
  subject text,
  times int not null default 1 check (times > 0),
  raw jsonb not null
);
create unique index occupancy_finding_subject on occupancy_finding (feed_id, kind, subject) where subject is not null;
create index occupancy_finding_feed on occupancy_finding (feed_id, id);
create index occupancy_finding_facility on occupancy_finding (facility_id, id);
create index occupancy_finding_recorded on occupancy_finding (recorded_at);
`;

// A function that its caller's plan takes in whole: as 'immutable' it was called once a value, at some five microseconds.
const instants = `
create or replace function epoch_ms(instant timestamptz) returns float8 language sql stable strict parallel safe
  as $$ select round(date_part('epoch', instant) * 1000) $$;
`;

// Days of a table that is partitioned by them, in UTC: made ahead, dropped when they are past keeping.
const partitions = `
create function make_days_of(parent regclass, from_day date, until_day date) returns int language plpgsql as $$
declare
  day date := from_day;
  name text;
  made int := 0;
begin
  while day < until_day loop
    name := format('%s_%s', parent, to_char(day, 'YYYYMMDD'));
    if to_regclass(name) is null then
      execute format('create table %I partition of %s for values from (%L) to (%L)', name, parent, (day::timestamp at time zone 'UTC'), ((day + 1)::timestamp at time zone 'UTC'));
      made := made + 1;
    end if;
    day := day + 1;
  end loop;
  return made;
end $$;

create function drop_days_of(parent regclass, before_day date) returns int language plpgsql as $$
declare
  name text;
  dropped int := 0;
begin
  for name in
    -- A plan may ask the condition of every relation there is, also of those whose names end in no date: only a case holds it back.
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = parent and case when c.relname ~ '_[0-9]{8}$' then to_date(right(c.relname, 8), 'YYYYMMDD') < before_day end
    order by c.relname
  loop
    execute format('drop table %I', name);
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;
`;

// Whoever changes what a facility is or lends makes the clock look at it at once; no writer can forget it.
const hooks = `
create function live_facility_is_due() returns trigger language plpgsql as $$
begin
  insert into live_facility (city, facility_id, look_at)
  select city, facility_id, '-infinity' from new_rows order by facility_id
  on conflict (city, facility_id) do update set look_at = '-infinity' where live_facility.look_at <> '-infinity';
  return null;
end $$;
create trigger live_facility_is_due_insert after insert on facility_search referencing new table as new_rows
  for each statement execute function live_facility_is_due();
create trigger live_facility_is_due_update after update on facility_search referencing new table as new_rows
  for each statement execute function live_facility_is_due();

create function live_facilities_are_due() returns trigger language plpgsql as $$
begin
  update live_facility set look_at = '-infinity' where look_at <> '-infinity';
  return null;
end $$;
create trigger live_facilities_are_due after insert on work_calendar_notice for each statement execute function live_facilities_are_due();

insert into live_facility (city, facility_id, look_at) select city, facility_id, '-infinity' from facility_search;
`;

export const availability = defineMigration(
  '20261122000500-availability',
  [instants, live, log, reports, partitions, hooks],
  [
    'drop trigger live_facilities_are_due on work_calendar_notice',
    'drop trigger live_facility_is_due_insert on facility_search',
    'drop trigger live_facility_is_due_update on facility_search',
    'drop function live_facility_is_due, live_facilities_are_due, make_days_of, drop_days_of',
    'drop table occupancy_finding, occupancy_hour, space_state, vehicle_counter, vehicle_event, occupancy_sample, occupancy_feed',
    'drop table availability_log_floor, availability_change, live_availability, live_facility',
    'drop function availability_change_in_order',
    `create or replace function epoch_ms(instant timestamptz) returns float8 language sql immutable strict parallel safe as $$ select round(extract(epoch from instant) * 1000)::float8 $$`,
  ],
);
