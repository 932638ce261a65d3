import { defineMigration } from '../src/platform/migration.js';

const foundations = `
create extension if not exists postgis;
create extension if not exists btree_gist;
create extension if not exists pg_trgm;

create domain type_id as text collate "C" check (value ~ '^[a-z]{3}_[0-7][0-9a-hjkmnp-tv-z]{25}$');

create function epoch_ms(instant timestamptz) returns float8 language sql immutable strict parallel safe
  as $$ select round(extract(epoch from instant) * 1000)::float8 $$;
`;

// Versions: every table registered with keep_versions() has a twin "<table>_version" with the same columns, a *valid*
// range (when the fact held in the world, from the row's valid_from on) and a *recorded* range (when we believed it).
// Statement triggers keep the twin, so that no writer can forget it; an exclusion constraint keeps it free of overlap.
const versions = `
create function keep_versions(versioned regclass) returns void language plpgsql as $$
declare
  name text := versioned::text;
begin
  execute format('create table %I (like %I)', name || '_version', name);
  execute format(
    'alter table %I
       add column valid_during tstzrange not null,
       add column recorded_during tstzrange not null,
       add constraint %I exclude using gist (id with =, valid_during with &&, recorded_during with &&)',
    name || '_version', name || '_version_no_overlap');
  execute format('create trigger keep_versions_insert after insert on %I referencing new table as new_rows
                  for each statement execute function keep_versions_written()', name);
  execute format('create trigger keep_versions_update after update on %I referencing new table as new_rows
                  for each statement execute function keep_versions_written()', name);
  execute format('create trigger keep_versions_delete after delete on %I referencing old table as old_rows
                  for each statement execute function keep_versions_deleted()', name);
end $$;

-- Ends the belief in what is superseded and returns the instant at which it ended. That is the transaction's own
-- instant, except where a transaction that began later has already recorded something: then just after it.
create function keep_versions_close(version_table text, ids text[], from_instants timestamptz[])
returns timestamptz language plpgsql as $$
declare
  columns text;
  recorded_at timestamptz := now();
  newest timestamptz;
begin
  select string_agg(quote_ident(attname), ', ') into columns
  from pg_attribute
  where attrelid = version_table::regclass and attnum > 0 and not attisdropped
    and attname not in ('valid_during', 'recorded_during');
  -- What was believed until now about the time after each from_instant is no longer believed …
  execute format(
    'create temporary table superseded_versions on commit drop as
       select v.*, c.from_instant from %I v
       join unnest($1::text[], $2::timestamptz[]) as c (id, from_instant) on c.id = v.id
       where upper_inf(v.recorded_during) and v.valid_during && tstzrange(c.from_instant, null)', version_table)
    using ids, from_instants;
  select max(lower(recorded_during)) into newest from superseded_versions;
  if newest > recorded_at then recorded_at := newest + interval '1 microsecond'; end if;
  execute format(
    'delete from %I v using superseded_versions s
     where v.id = s.id and v.valid_during = s.valid_during and v.recorded_during = s.recorded_during
       and lower(v.recorded_during) >= $1', version_table) using recorded_at;
  execute format(
    'update %I v set recorded_during = tstzrange(lower(v.recorded_during), $1)
     from superseded_versions s
     where v.id = s.id and v.valid_during = s.valid_during and v.recorded_during = s.recorded_during', version_table)
    using recorded_at;
  -- … but its part before that instant still is.
  execute format(
    'insert into %I (%s, valid_during, recorded_during)
     select %s, tstzrange(lower(valid_during), from_instant), tstzrange($1, null)
     from superseded_versions where lower(valid_during) < from_instant', version_table, columns, columns) using recorded_at;
  drop table superseded_versions;
  return recorded_at;
end $$;

create function keep_versions_written() returns trigger language plpgsql as $$
declare
  version_table text := tg_table_name || '_version';
  columns text;
  ids text[];
  from_instants timestamptz[];
  recorded_at timestamptz := now();
begin
  select string_agg(quote_ident(attname), ', ') into columns
  from pg_attribute where attrelid = tg_relid and attnum > 0 and not attisdropped;
  if tg_op = 'UPDATE' then
    select array_agg(id::text), array_agg(valid_from) into ids, from_instants from new_rows;
    if ids is null then return null; end if;
    recorded_at := keep_versions_close(version_table, ids, from_instants);
  end if;
  execute format('insert into %I (%s, valid_during, recorded_during)
                  select %s, tstzrange(valid_from, null), tstzrange($1, null) from new_rows', version_table, columns, columns)
    using recorded_at;
  return null;
end $$;

create function keep_versions_deleted() returns trigger language plpgsql as $$
declare
  ids text[];
begin
  select array_agg(id::text) into ids from old_rows;
  if ids is null then return null; end if;
  perform keep_versions_close(tg_table_name || '_version', ids, array_fill(now(), array[cardinality(ids)]));
  return null;
end $$;
`;

const audit = `
create table audit_entry (
  sequence bigint generated always as identity,
  id type_id not null,
  at timestamptz not null,
  day date not null,
  actor_id text not null,
  -- Which of the actor's keys acted; null for any other caller. Not a reference: the log outlives what it names.
  key_id text,
  source text not null,
  trace_id text not null,
  action text not null,
  object_type text not null,
  object_id text not null,
  succeeded boolean not null,
  reason text,
  details jsonb check (jsonb_typeof(details) = 'object'),
  previous_hash bytea not null,
  hash bytea not null,
  primary key (day, sequence),
  unique (day, id)
);
create index audit_entry_object on audit_entry (object_type, object_id, at);
create index audit_entry_actor on audit_entry (actor_id, at);

create function audit_entry_text(e audit_entry) returns text language sql stable as $$
  -- Quoted and typed, so that no two lines read alike: with a separator, a text that holds it could move from one column to the next.
  select jsonb_build_array(e.sequence, e.id, extract(epoch from e.at), e.actor_id, e.key_id, e.source, e.trace_id, e.action, e.object_type, e.object_id,
                           e.succeeded, e.reason, e.details)::text
$$;

create function audit_entry_chain() returns trigger language plpgsql as $$
begin
  -- The chain is serial: the lock is held until the commit, and is therefore taken last in every transaction.
  perform pg_advisory_xact_lock(7142023);
  new.day := (new.at at time zone 'Asia/Shanghai')::date;
  -- The number is drawn again under the lock, so that the chain's order and the numbers' order are one.
  new.sequence := nextval(pg_get_serial_sequence('audit_entry', 'sequence'));
  select e.hash into new.previous_hash from audit_entry e where e.day = new.day order by e.sequence desc limit 1;
  new.previous_hash := coalesce(new.previous_hash, sha256(convert_to('day ' || new.day, 'UTF8')));
  new.hash := sha256(new.previous_hash || convert_to(audit_entry_text(new), 'UTF8'));
  return new;
end $$;
create trigger audit_entry_chain before insert on audit_entry for each row execute function audit_entry_chain();

create function audit_entry_immutable() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is only ever appended to' using errcode = 'restrict_violation';
end $$;
create trigger audit_entry_immutable before update or delete on audit_entry for each row execute function audit_entry_immutable();
create trigger audit_entry_no_truncate before truncate on audit_entry for each statement execute function audit_entry_immutable();
`;

const outbox = `
create table outbox_event (
  id type_id primary key,
  position bigint generated always as identity unique,
  topic text not null,
  payload jsonb not null,
  announced_at timestamptz not null,
  delivered_at timestamptz
);
create index outbox_event_waiting on outbox_event (position) where delivered_at is null;
`;

const idempotency = `
create table idempotency_record (
  actor_id text not null,
  operation text not null,
  key text not null check (length(key) between 1 and 255),
  input_hash bytea not null,
  answer jsonb,
  created_at timestamptz not null,
  primary key (actor_id, operation, key)
);
create index idempotency_record_age on idempotency_record (created_at);
`;

export const platform = defineMigration(
  '20261122000100-platform',
  [foundations, versions, audit, outbox, idempotency],
  [
    `drop table idempotency_record, outbox_event, audit_entry`,
    `drop function audit_entry_immutable, audit_entry_chain, audit_entry_text`,
    `drop function keep_versions, keep_versions_written, keep_versions_deleted, keep_versions_close`,
    `drop function epoch_ms`,
    `drop domain type_id`,
  ],
);
