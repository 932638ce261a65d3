import { defineMigration } from '../src/platform/migration.js';

// The calendar is data (T6–T8): every notice keeps its own rows, so that a later one overrides an earlier one date by date.
const calendar = `
create table work_calendar_notice (
  notice_id text primary key check (length(notice_id) between 1 and 60),
  year int not null check (year between 1949 and 2200),
  published_on date not null,
  title text not null,
  recorded_at timestamptz not null
);

create table work_calendar_day (
  notice_id text not null references work_calendar_notice (notice_id),
  day date not null,
  day_type text not null check (day_type in ('WORKDAY', 'REST', 'HOLIDAY', 'MAKEUP_WORKDAY')),
  name text not null,
  primary key (notice_id, day)
);
`;

// What is searched and joined stands in columns of its own; the rest of the terms is one document (terms-codec.ts).
const windows = `
create table sharing_window (
  city char(6) not null,
  id type_id not null,
  facility_id type_id not null,
  zone_id type_id not null,
  name text not null check (length(name) between 1 and 200),
  mode text not null check (mode in ('OFF_PEAK_SHARE', 'TEMPORARY')),
  audience text not null check (audience in ('PUBLIC', 'RESIDENTS', 'NEIGHBOURS', 'AGREEMENT_HOLDERS')),
  status text not null check (status in ('DRAFT', 'PUBLISHED', 'PAUSED', 'WITHDRAWN')),
  status_reason text,
  terms jsonb not null,
  source text,
  source_code text,
  version int not null check (version > 0),
  recorded_at timestamptz not null,
  recorded_by text not null,
  valid_from timestamptz not null,
  primary key (city, id),
  constraint sharing_window_of_source unique (city, source, source_code),
  constraint sharing_window_source_with_code check ((source is null) = (source_code is null)),
  constraint sharing_window_terms_agree check (terms ->> 'name' = name and terms ->> 'mode' = mode and terms ->> 'status' = status and terms -> 'audience' ->> 'kind' = audience),
  foreign key (city, facility_id) references facility (city, id),
  foreign key (city, zone_id) references zone (city, id)
);
create index sharing_window_id on sharing_window (id);
create index sharing_window_facility on sharing_window (facility_id, id);
create index sharing_window_zone on sharing_window (zone_id);
select keep_versions('sharing_window');

create table window_suspension (
  city char(6) not null,
  id type_id not null,
  window_id type_id,
  facility_id type_id,
  jurisdiction_code text,
  starts_at timestamptz not null,
  ends_at timestamptz check (ends_at > starts_at),
  lifted_at timestamptz,
  reason text not null check (length(reason) between 1 and 500),
  lift_reason text,
  declared_by text not null,
  recorded_at timestamptz not null,
  valid_from timestamptz not null,
  primary key (city, id),
  constraint window_suspension_one_scope check (num_nonnulls(window_id, facility_id, jurisdiction_code) = 1),
  foreign key (city, window_id) references sharing_window (city, id),
  foreign key (city, facility_id) references facility (city, id)
);
create index window_suspension_id on window_suspension (id);
create index window_suspension_window on window_suspension (window_id) where window_id is not null;
create index window_suspension_facility on window_suspension (facility_id) where facility_id is not null;
create index window_suspension_jurisdiction on window_suspension (jurisdiction_code) where jurisdiction_code is not null;
select keep_versions('window_suspension');

-- The result of a check, who checked and until when it holds; never the document itself (I15). The newest of a kind rules.
create table window_proof (
  city char(6) not null,
  id type_id not null,
  facility_id type_id not null,
  kind text not null check (kind in ('OWNERS_RESOLUTION', 'TITLE_VERIFICATION', 'BUSINESS_REGISTRATION', 'SECURITY_PLAN', 'PROCUREMENT_REFERENCE', 'SPACE_ADDITION_CHECKS')),
  result jsonb not null,
  checked_by text not null check (length(checked_by) between 1 and 200),
  checked_on date not null,
  recorded_at timestamptz not null,
  recorded_by text not null,
  valid_from timestamptz not null,
  primary key (city, id),
  constraint window_proof_one_of_a_kind unique (city, facility_id, kind),
  foreign key (city, facility_id) references facility (city, id)
);
create index window_proof_id on window_proof (id);
create index window_proof_facility on window_proof (facility_id);
select keep_versions('window_proof');
`;

export const sharing = defineMigration(
  '20261122000400-sharing',
  [calendar, windows],
  [
    'drop table window_proof, window_proof_version, window_suspension, window_suspension_version, sharing_window, sharing_window_version',
    'drop table work_calendar_day, work_calendar_notice',
  ],
);
