import { defineMigration } from '../src/platform/migration.js';

const runs = `
create table import_run (
  id type_id primary key,
  kind text not null check (kind in ('jurisdictions', 'facilities', 'windows', 'walk-network')),
  source text not null,
  actor_id text not null,
  mapping_hash text not null,
  file_sha256 char(64) not null,
  file_bytes int not null,
  file_format text check (file_format in ('CSV', 'GEOJSON', 'XLSX')),
  file_encoding text,
  mode text not null check (mode in ('ALL_OR_NOTHING', 'VALID_ROWS')),
  is_dry_run boolean not null,
  state text not null check (state in ('RUNNING', 'DONE', 'REFUSED', 'FAILED', 'ABANDONED')),
  started_at timestamptz not null,
  ended_at timestamptz,
  row_count int not null default 0,
  created_count int not null default 0,
  changed_count int not null default 0,
  confirmed_count int not null default 0,
  unchanged_count int not null default 0,
  superseded_count int not null default 0,
  refused_count int not null default 0,
  finding_count int not null default 0,
  problem_count int not null default 0,
  check ((state = 'RUNNING') = (ended_at is null))
);
create index import_run_actor on import_run (actor_id, id desc);
create index import_run_running on import_run (started_at) where state = 'RUNNING';

create table import_problem (
  run_id type_id not null references import_run (id),
  position int not null,
  severity text not null check (severity in ('REFUSED', 'FINDING')),
  row_number int,
  column_name text,
  value text,
  code text not null,
  clause text,
  zh text not null,
  en text not null,
  primary key (run_id, position)
);

create table import_mapping (
  name text primary key check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  kind text not null check (kind in ('jurisdictions', 'facilities', 'windows', 'walk-network')),
  content text not null,
  content_sha256 char(64) not null,
  actor_id text not null,
  recorded_at timestamptz not null
);
`;

export const exchange = defineMigration('20261122001300-exchange', [runs], ['drop table import_mapping, import_problem, import_run']);
