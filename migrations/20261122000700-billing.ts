import { defineMigration } from '../src/platform/migration.js';

// The head says whose a tariff is and whether it may be used; what it costs stands in its versions, which never change.
const tariffs = `
create table tariff (
  id type_id primary key,
  name text not null check (length(name) between 1 and 200),
  facility_id type_id,
  party_id type_id references party (id),
  status text not null check (status in ('PUBLISHED', 'WITHDRAWN')),
  status_reason text,
  version int not null check (version > 0),
  recorded_at timestamptz not null,
  recorded_by text not null,
  valid_from timestamptz not null,
  constraint tariff_has_one_owner check (num_nonnulls(facility_id, party_id) = 1)
);
create index tariff_facility on tariff (facility_id, id) where facility_id is not null;
create index tariff_party on tariff (party_id, id) where party_id is not null;
select keep_versions('tariff');

create table tariff_terms (
  tariff_id type_id not null references tariff (id),
  version int not null check (version > 0),
  in_force_from timestamptz not null,
  terms jsonb not null,
  legal_basis text,
  reason text,
  recorded_at timestamptz not null,
  recorded_by text not null,
  primary key (tariff_id, version)
);

create function billing_row_is_final() returns trigger language plpgsql as $$
begin
  raise exception '% is never changed', tg_table_name using errcode = 'check_violation';
end $$;
create trigger tariff_terms_are_final before update or delete on tariff_terms for each row execute function billing_row_is_final();

-- The price of time outside every window (I8): one tariff a facility, its id the facility's.
create table registered_tariff (
  city char(6) not null,
  id type_id not null,
  tariff_id type_id not null references tariff (id),
  reason text not null check (length(reason) between 1 and 500),
  recorded_at timestamptz not null,
  recorded_by text not null,
  valid_from timestamptz not null,
  primary key (city, id),
  foreign key (city, id) references facility (city, id)
);
create unique index registered_tariff_facility on registered_tariff (id);
create index registered_tariff_tariff on registered_tariff (tariff_id);
select keep_versions('registered_tariff');

-- Which windows a tariff prices: it is not withdrawn while one does.
create index sharing_window_tariff on sharing_window ((terms ->> 'tariffId')) where terms ->> 'tariffId' is not null;
`;

// What was promised, word for word: booking goes by the quote, whatever tariffs do meanwhile (I9).
const quotes = `
create table quote (
  city char(6) not null,
  id type_id not null,
  facility_id type_id not null,
  zone_id type_id,
  window_ids text[] not null,
  space_class text not null check (space_class in ('STANDARD', 'CHARGING', 'ACCESSIBLE', 'LARGE', 'MECHANICAL')),
  spaces int not null check (spaces > 0),
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at),
  holder_party_id type_id,
  price jsonb not null,
  amount_fen bigint not null check (amount_fen >= 0),
  details jsonb not null,
  made_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > made_at),
  primary key (city, id),
  foreign key (city, facility_id) references facility (city, id)
);
create unique index quote_id on quote (id);
create trigger quote_is_final before update on quote for each row execute function billing_row_is_final();
`;

export const billing = defineMigration(
  '20261122000700-billing',
  [tariffs, quotes],
  [
    'drop index sharing_window_tariff',
    'drop table quote, registered_tariff, registered_tariff_version, tariff_terms, tariff, tariff_version',
    'drop function billing_row_is_final',
  ],
);
