import { defineMigration } from '../src/platform/migration.js';

const places = `
create table city_setting (
  city char(6) primary key,
  min_longitude float8 not null,
  max_longitude float8 not null,
  min_latitude float8 not null,
  max_latitude float8 not null,
  zone_name text not null,
  check (min_longitude < max_longitude and min_latitude < max_latitude)
);
insert into city_setting values ('350500', 117.4, 119.1, 24.4, 26.0, 'Asia/Shanghai');

create table jurisdiction (
  id type_id primary key,
  city char(6) not null,
  code text not null unique,
  kind text not null check (kind in ('CITY', 'DISTRICT', 'COUNTY', 'SUB_DISTRICT', 'TOWNSHIP', 'DEVELOPMENT_ZONE')),
  name text not null,
  parent_id type_id references jurisdiction (id),
  path text[] not null,
  is_reporting_unit boolean not null,
  responsible_body text,
  boundary geometry(MultiPolygon, 4326),
  boundary_was_repaired boolean not null,
  source text not null,
  source_code text not null,
  observed_on date not null,
  recorded_at timestamptz not null,
  recorded_by text,
  content_hash text not null,
  version int not null,
  valid_from timestamptz not null
);
create index jurisdiction_parent on jurisdiction (parent_id);
create index jurisdiction_boundary on jurisdiction using gist (boundary);
select keep_versions('jurisdiction');

-- A development zone counts what lies in its sub-districts; their districts do not (0-1, G8). One zone at a time.
create table reporting_unit_member (
  id type_id primary key references jurisdiction (id),
  reporting_unit_id type_id not null references jurisdiction (id),
  valid_from timestamptz not null
);
create index reporting_unit_member_unit on reporting_unit_member (reporting_unit_id);
select keep_versions('reporting_unit_member');

create table key_place (
  city char(6) not null,
  id type_id not null,
  source text not null,
  source_code text not null,
  kind text not null check (kind in ('RESIDENTIAL', 'HOSPITAL', 'SCHOOL', 'OLD_TOWN', 'OLD_COMMUNITY', 'SCENIC', 'TRANSPORT', 'OFFICE')),
  name text not null,
  longitude float8 not null,
  latitude float8 not null,
  location geometry(Point, 4326) not null generated always as (st_setsrid(st_makepoint(longitude, latitude), 4326)) stored,
  boundary geometry(MultiPolygon, 4326),
  jurisdiction_id type_id references jurisdiction (id),
  is_synthetic boolean not null,
  observed_on date not null,
  recorded_at timestamptz not null,
  version int not null,
  valid_from timestamptz not null,
  primary key (city, id),
  unique (city, source, source_code)
);
create index key_place_id on key_place (id);
create index key_place_location on key_place using gist (location);
select keep_versions('key_place');
`;

const stock = `
create table facility (
  city char(6) not null,
  id type_id not null,
  source text not null,
  source_code text not null,
  code text not null,
  name text not null,
  address text,
  category text not null check (category in ('KEY_AREA_PUBLIC', 'INSTITUTION', 'SOCIAL_PUBLIC', 'COMMERCIAL', 'RESIDENTIAL', 'PRIVATE_SPACE')),
  sector text not null check (sector in ('AGENCY', 'PUBLIC_INSTITUTION', 'STATE_OWNED_ENTERPRISE', 'ENTERPRISE_OFFICE', 'COMMERCIAL', 'HOSPITAL', 'SCHOOL', 'PARK', 'RESIDENTIAL', 'TRANSPORT_HUB', 'ON_STREET', 'OTHER')),
  sector_reason text,
  resource_kind text not null check (resource_kind in ('PUBLIC', 'DEDICATED', 'ON_STREET')),
  ownership text check (ownership in ('JOINT', 'PRIVATE', 'STATE', 'COLLECTIVE', 'ENTERPRISE')),
  management_mode text check (management_mode in ('SELF', 'DELEGATED')),
  owner_party_id type_id references party (id),
  manager_party_id type_id references party (id),
  operator_party_id type_id references party (id),
  jurisdiction_id type_id not null references jurisdiction (id),
  reporting_unit_id type_id not null references jurisdiction (id),
  longitude float8 not null,
  latitude float8 not null,
  -- Where the public is sent: the entrance alone of a restricted facility, else the facility itself (G9).
  public_longitude float8 not null,
  public_latitude float8 not null,
  zone_name text not null,
  closes_at jsonb check (jsonb_array_length(closes_at) = 7),
  planning_required_spaces int check (planning_required_spaces >= 0),
  registration_no text,
  registration_issued_by text,
  registration_valid_to date,
  registration_status text check (registration_status in ('VALID', 'EXPIRED', 'REVOKED', 'PENDING')),
  is_insured boolean,
  is_military_linked boolean not null,
  is_restricted boolean not null,
  is_civil_defence boolean,
  has_cameras boolean,
  status text not null check (status in ('PLANNED', 'UNDER_CONSTRUCTION', 'ACCEPTED', 'OPEN', 'SUSPENDED', 'CLOSED')),
  status_reason text,
  status_since timestamptz not null,
  acceptance_required boolean not null,
  acceptance_reference text,
  accepted_on date,
  is_synthetic boolean not null,
  observed_on date not null,
  recorded_at timestamptz not null,
  recorded_by text,
  content_hash text not null,
  version int not null,
  valid_from timestamptz not null,
  primary key (city, id),
  unique (city, source, source_code),
  unique (city, code)
);
create index facility_id on facility (id);
create index facility_reporting_unit on facility (reporting_unit_id);
create index facility_jurisdiction on facility (jurisdiction_id);
select keep_versions('facility');

-- Every name that any source gave a facility: the same lot told by two registers stays one facility (3.1-4).
create table facility_source (
  city char(6) not null,
  source text not null,
  source_code text not null,
  facility_id type_id not null,
  primary key (city, source, source_code),
  foreign key (city, facility_id) references facility (city, id)
);

create table zone (
  city char(6) not null,
  id type_id not null,
  facility_id type_id not null,
  code text not null,
  name text not null,
  position int not null,
  valid_from timestamptz not null,
  primary key (city, id),
  unique (city, facility_id, code),
  foreign key (city, facility_id) references facility (city, id)
);
create index zone_id on zone (id);
create index zone_facility on zone (facility_id);
select keep_versions('zone');

create table facility_capacity (
  city char(6) not null,
  id text not null,
  facility_id type_id not null,
  zone_id type_id not null,
  space_class text not null check (space_class in ('STANDARD', 'CHARGING', 'ACCESSIBLE', 'LARGE', 'MECHANICAL')),
  total int not null check (total >= 0),
  shareable int check (shareable between 0 and total),
  -- The most that the windows of the zone lend at any instant; sharing writes it (P1).
  lent_peak int not null default 0 check (lent_peak >= 0),
  out_of_service int not null check (out_of_service between 0 and total),
  out_of_service_reason text,
  out_of_service_since timestamptz,
  source text not null,
  source_code text not null,
  observed_on date not null,
  recorded_at timestamptz not null,
  recorded_by text,
  valid_from timestamptz not null,
  primary key (city, id),
  check (id = zone_id || ':' || space_class),
  -- What may be shared never shrinks below what is lent, whoever writes (C6); out_of_service may exceed it (4.5-2).
  constraint facility_capacity_holds_what_is_lent check (lent_peak <= coalesce(shareable, 0)),
  foreign key (city, zone_id) references zone (city, id)
);
create index facility_capacity_facility on facility_capacity (facility_id);
select keep_versions('facility_capacity');

create function facility_capacity_is_lent() returns trigger language plpgsql as $$
begin
  raise exception 'the capacity % is lent to % spaces and cannot end', old.id, old.lent_peak using errcode = 'check_violation';
end $$;
create trigger facility_capacity_is_lent before delete on facility_capacity for each row when (old.lent_peak > 0) execute function facility_capacity_is_lent();
create index facility_capacity_version_facility on facility_capacity_version (facility_id);

create table space (
  city char(6) not null,
  id type_id not null,
  facility_id type_id not null,
  zone_id type_id not null,
  number text not null,
  space_class text not null check (space_class in ('STANDARD', 'CHARGING', 'ACCESSIBLE', 'LARGE', 'MECHANICAL')),
  attributes text[] not null,
  longitude float8,
  latitude float8,
  status text not null check (status in ('IN_SERVICE', 'OUT_OF_SERVICE', 'REMOVED')),
  valid_from timestamptz not null,
  primary key (city, id),
  unique (city, zone_id, number),
  foreign key (city, zone_id) references zone (city, id)
);
create index space_id on space (id);
create index space_facility on space (facility_id);
create index space_zone on space (zone_id, number);
select keep_versions('space');

create table entrance (
  city char(6) not null,
  facility_id type_id not null,
  position int not null,
  kind text not null check (kind in ('VEHICLE', 'PEDESTRIAN')),
  name text,
  longitude float8 not null,
  latitude float8 not null,
  primary key (city, facility_id, position),
  foreign key (city, facility_id) references facility (city, id)
);
create index entrance_facility on entrance (facility_id);
`;

const hubs = `
create table hub (
  city char(6) not null,
  id type_id not null,
  facility_id type_id not null,
  name text not null,
  source text not null,
  source_code text not null,
  is_synthetic boolean not null,
  observed_on date not null,
  recorded_at timestamptz not null,
  version int not null,
  valid_from timestamptz not null,
  primary key (city, id),
  unique (city, facility_id),
  unique (city, source, source_code),
  foreign key (city, facility_id) references facility (city, id)
);
create index hub_id on hub (id);
select keep_versions('hub');

create table shuttle_service (
  city char(6) not null,
  id type_id not null,
  hub_id type_id not null,
  position int not null,
  mode text not null check (mode in ('BUS', 'MICRO_BUS', 'SIGHTSEEING_CAR', 'METRO', 'TRAM')),
  name text not null,
  to_key_place_id type_id,
  to_longitude float8 not null,
  to_latitude float8 not null,
  to_plane geometry(Point, 3395) not null,
  headway_minutes int not null check (headway_minutes > 0),
  first_at int not null check (first_at between 0 and 1440),
  last_at int not null check (last_at between 0 and 1440),
  ride_minutes int not null check (ride_minutes >= 0),
  walk_minutes_at_end int not null check (walk_minutes_at_end >= 0),
  valid_from_on date not null,
  valid_until_on date check (valid_until_on > valid_from_on),
  primary key (city, id),
  foreign key (city, hub_id) references hub (city, id)
);
create index shuttle_service_hub on shuttle_service (hub_id, position);
create index shuttle_service_to_plane on shuttle_service using gist (to_plane);
`;

// The hottest table: what a search reads, one narrow row a facility, with its public fields ready to print.
// The rebuild never touches the windows; sharing never touches the rest; both bump the version.
const search = `
create table facility_search (
  city char(6) not null,
  facility_id type_id not null,
  location geometry(Point, 4326) not null,
  plane geometry(Point, 3395) not null,
  category text not null,
  sector text not null,
  resource_kind text not null,
  jurisdiction_codes text[] not null,
  reporting_unit_code text not null,
  status text not null,
  is_insured boolean,
  capacity_total int not null,
  shareable jsonb not null,
  out_of_service jsonb not null,
  document jsonb not null,
  -- What the decision over windows needs: the zone's clock, the closing times, the capacities by zone and class.
  lending jsonb not null,
  windows jsonb not null default '[]',
  windows_version bigint not null default 0,
  version bigint not null default 1,
  primary key (city, facility_id)
);
create unique index facility_search_facility on facility_search (facility_id);
-- A walk reads its candidates from the index alone: the rows are wide, and most of what it meets it already knows.
create index facility_search_plane on facility_search using gist (plane) include (facility_id, version, status, location);
create index facility_search_location on facility_search using gist (location);
create index facility_search_jurisdiction on facility_search using gin (jurisdiction_codes);
create index facility_search_by_name on facility_search ((document ->> 'name'), facility_id);
create index facility_search_text on facility_search using gin ((document ->> 'name') gin_trgm_ops, (document ->> 'address') gin_trgm_ops);
`;

export const facilities = defineMigration(
  '20261122000300-facilities',
  [places, stock, hubs, search],
  [
    'drop table facility_search, shuttle_service, hub, hub_version, entrance, space, space_version, facility_capacity, facility_capacity_version',
    'drop function facility_capacity_is_lent',
    'drop table zone, zone_version, facility_source, facility, facility_version, key_place, key_place_version',
    'drop table reporting_unit_member, reporting_unit_member_version, jurisdiction, jurisdiction_version, city_setting',
  ],
);
