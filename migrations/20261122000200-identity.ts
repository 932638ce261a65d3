import { defineMigration } from '../src/platform/migration.js';

// Parties belong to no one city (an operator works in several), so on a distributed database these are reference
// tables: their keys do not begin with the city, and every other table may refer to them by id.
const parties = `
-- A national division code, or the own code of a development zone, such as QZ-TIA (0-1).
create domain jurisdiction_code as text collate "C" check (value ~ '^([1-9][0-9]{5}([0-9]{3}([0-9]{3})?)?|[A-Z0-9]{2,8}-[A-Z0-9-]{2,11})$');

create table party (
  id type_id primary key,
  kind text not null check (kind in ('AGENCY', 'PUBLIC_INSTITUTION', 'STATE_OWNED_ENTERPRISE', 'ENTERPRISE', 'PROPERTY_MANAGER',
                                     'OWNERS_ASSEMBLY', 'STREET_OFFICE', 'AUTHORITY', 'OPERATOR', 'PERSON')),
  department text check (department in ('DEVELOPMENT_REFORM', 'PUBLIC_SECURITY', 'NATURAL_RESOURCES', 'HOUSING', 'MARKET_REGULATION',
                                        'URBAN_MANAGEMENT', 'CIVIL_DEFENCE', 'DIGITAL', 'FINANCE')),
  name text check (length(name) between 1 and 200),
  sealed_name text,
  sealed_phone text,
  phone_hash text,
  credit_code text check (length(credit_code) = 18),
  credit_code_verdict text check (credit_code_verdict in ('VALID', 'LEGACY', 'OVERRIDDEN')),
  jurisdiction_code jurisdiction_code,
  source text,
  code text,
  valid_from timestamptz not null,
  registered_at timestamptz not null,
  constraint party_person_is_sealed check ((kind = 'PERSON') = (sealed_name is not null) and (kind = 'PERSON') = (name is null)),
  constraint party_department_of_authority check ((kind = 'AUTHORITY') = (department is not null)),
  constraint party_person_has_no_credit_code check (kind <> 'PERSON' or credit_code is null),
  constraint party_verdict_with_credit_code check ((credit_code is null) = (credit_code_verdict is null)),
  constraint party_phone_with_hash check ((sealed_phone is null) = (phone_hash is null)),
  constraint party_source_with_code check ((source is null) = (code is null)),
  constraint party_of_source unique (source, code),
  constraint party_of_credit_code unique (credit_code)
);
create index party_phone on party (phone_hash) where phone_hash is not null;
create index party_in_jurisdiction on party (jurisdiction_code text_pattern_ops, id);
create index party_name on party using gin (name gin_trgm_ops);
select keep_versions('party');
`;

const memberships = `
create table membership (
  id type_id primary key,
  member_party_id type_id not null references party (id),
  party_id type_id not null references party (id),
  role text not null,
  jurisdiction_code jurisdiction_code,
  starts_at timestamptz not null,
  ends_at timestamptz check (ends_at >= starts_at),
  valid_from timestamptz not null,
  -- One membership of a kind at a time, whatever two officers do at once.
  constraint membership_once exclude using gist (
    member_party_id with =, party_id with =, role with =, coalesce(jurisdiction_code::text, '') with =, tstzrange(starts_at, ends_at) with &&)
);
create index membership_of_member on membership (member_party_id);
create index membership_of_party on membership (party_id);
select keep_versions('membership');

create table delegation (
  id type_id primary key,
  principal_party_id type_id not null references party (id),
  agent_party_id type_id not null references party (id),
  powers text[] not null check (cardinality(powers) > 0),
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at >= starts_at),
  procurement_reference text check (length(procurement_reference) between 1 and 200),
  valid_from timestamptz not null,
  constraint delegation_to_another check (principal_party_id <> agent_party_id)
);
create index delegation_of_agent on delegation (agent_party_id, principal_party_id);
create index delegation_of_principal on delegation (principal_party_id);
select keep_versions('delegation');
`;

const keys = `
create table api_key (
  id type_id primary key,
  party_id type_id not null references party (id),
  name text not null check (length(name) between 1 and 100),
  shown_prefix text not null unique,
  secret_hash bytea not null check (length(secret_hash) = 32),
  scopes text[] not null check (cardinality(scopes) > 0),
  reach text not null check (reach in ('PARTY', 'JURISDICTION', 'PLATFORM')),
  jurisdiction_code jurisdiction_code,
  limit_class text not null check (limit_class in ('KEY', 'OPERATOR', 'AUTHORITY', 'BENCH')),
  issued_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  rotated_from_id type_id unique references api_key (id),
  constraint api_key_reach check ((reach = 'JURISDICTION') = (jurisdiction_code is not null))
);
create index api_key_of_party on api_key (party_id, id);
`;

export const identity = defineMigration(
  '20261122000200-identity',
  [parties, memberships, keys],
  [
    'drop table api_key, delegation_version, delegation, membership_version, membership, party_version, party',
    'drop domain jurisdiction_code',
  ],
);
