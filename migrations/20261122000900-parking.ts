import { defineMigration } from '../src/platform/migration.js';

// Terms are data (P12): a city's default or one facility's own, each with its validity and its legal basis. What is
// searched stands in columns; the rest of the terms is one document (rules/booking-terms.ts).
const terms = `
create table booking_terms (
  city char(6) not null,
  id type_id not null,
  -- null: the default of the whole city.
  facility_id type_id,
  terms jsonb not null,
  legal_basis text not null check (length(legal_basis) between 1 and 500),
  starts_at timestamptz not null,
  ends_at timestamptz check (ends_at > starts_at),
  recorded_at timestamptz not null,
  recorded_by text not null,
  primary key (city, id),
  constraint booking_terms_one_at_a_time exclude using gist (city with =, (coalesce(facility_id, '')) with =, tstzrange(starts_at, ends_at) with &&),
  foreign key (city, facility_id) references facility (city, id)
);
create index booking_terms_id on booking_terms (id);
`;

// Ids that were looked up before, in tables that take hundreds of rows a second, are plain text: the domain's check costs more than the row.
const reservations = `
create table series (
  city char(6) not null,
  id type_id not null,
  party_id text collate "C" not null,
  facility_id text collate "C" not null,
  mode text not null check (mode in ('ALL_OR_NOTHING', 'BEST_EFFORT')),
  -- The nights that were refused, each with its reasons in both languages.
  refused jsonb not null,
  created_at timestamptz not null,
  created_by text not null,
  primary key (city, id)
);
create index series_id on series (id);
create index series_party on series (party_id, id);

create table reservation (
  city char(6) not null,
  id type_id not null,
  facility_id text collate "C" not null,
  zone_id text collate "C" not null,
  space_class text collate "C" not null,
  -- Where one numbered space was booked; null for any of the class.
  space_id text collate "C",
  spaces int not null check (spaces > 0),
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at),
  -- Whose reservation it is: a driver's, or the partner application's that books for its own users.
  party_id text collate "C" not null,
  demand_class text collate "C" not null check (demand_class in ('BASIC', 'TRIP')),
  state text collate "C" not null check (state in ('HELD', 'CONFIRMED', 'CHECKED_IN', 'COMPLETED', 'CANCELLED', 'EXPIRED', 'NO_SHOW', 'OVERSTAYED')),
  state_since timestamptz not null,
  -- Why it came to its end; null while it stands.
  reason text,
  quote_id text collate "C" not null,
  claim_id text collate "C" not null,
  -- What was charged for the stay, the first first: [{chargeId, amountFen}], each with what of it still stands.
  charges jsonb not null check (jsonb_typeof(charges) = 'array'),
  amount_fen bigint not null check (amount_fen >= 0),
  -- What cancelling late or not coming cost; null where nothing did.
  fee_fen bigint check (fee_fen > 0),
  held_until timestamptz,
  -- When a vehicle that has not come is no longer waited for.
  no_show_at timestamptz not null,
  window_ids text[] not null,
  -- A date beyond the last published calendar: its day type may still change (P4).
  is_provisional boolean not null,
  -- The terms that were agreed: later ones do not touch a reservation that stands.
  terms jsonb not null,
  series_id text collate "C",
  booked_by text not null,
  version int not null check (version > 0),
  created_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (city, id),
  constraint reservation_hold_ends check ((state = 'HELD') = (held_until is not null)),
  constraint reservation_of_quote unique (quote_id)
) with (fillfactor = 80);
create unique index reservation_id on reservation (id);
create unique index reservation_claim on reservation (claim_id);
create index reservation_party on reservation (party_id, id);
create index reservation_facility on reservation (facility_id, starts_at);
create index reservation_series on reservation (series_id) where series_id is not null;
create index reservation_missing on reservation (no_show_at) where state = 'CONFIRMED';
-- Holds that ended, and whose charges are still to be voided.
create index reservation_to_void on reservation (id) where state = 'EXPIRED' and charges <> '[]';

-- What stands at the facilities of a party is found from the party.
create index facility_owner on facility (owner_party_id) where owner_party_id is not null;
create index facility_manager on facility (manager_party_id) where manager_party_id is not null;
create index facility_operator on facility (operator_party_id) where operator_party_id is not null;

-- Plates are sealed; the keyed hash of the number finds them, the masked text is shown (P10).
create table reservation_vehicle (
  city char(6) not null,
  reservation_id text collate "C" not null,
  position int not null check (position >= 0),
  plate_hash text collate "C" not null,
  colour text collate "C" not null,
  kind text collate "C" not null,
  sealed_plate text not null,
  masked_plate text not null,
  primary key (city, reservation_id, position),
  constraint reservation_vehicle_once unique (city, reservation_id, plate_hash, colour)
);
create index reservation_vehicle_plate on reservation_vehicle (plate_hash);
create index reservation_vehicle_reservation on reservation_vehicle (reservation_id);
`;

// What readers of changes go by. The trigger runs at the commit, when the transaction waits for no other lock any more:
// positions are drawn under a lock that is held until the commit is done, so that a reader never skips one (P8).
const changes = `
create table reservation_change (
  position bigint generated always as identity primary key,
  at timestamptz not null,
  reservation_id text collate "C" not null,
  party_id text collate "C" not null,
  version int not null
);
create index reservation_change_party on reservation_change (party_id, position);
create index reservation_change_reservation on reservation_change (reservation_id, position);
create index reservation_change_at on reservation_change (at);

create table reservation_log_floor (
  is_only boolean primary key default true check (is_only),
  position bigint not null
);
insert into reservation_log_floor (position) values (0);

create function reservation_change_noted() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(7142025);
  insert into reservation_change (at, reservation_id, party_id, version) values (new.changed_at, new.id, new.party_id, new.version);
  return null;
end $$;
create constraint trigger reservation_change_noted after insert or update on reservation
  deferrable initially deferred for each row execute function reservation_change_noted();
`;

export const parking = defineMigration(
  '20261122000900-parking',
  [terms, reservations, changes],
  [
    'drop table reservation_vehicle, reservation, series, booking_terms, reservation_change, reservation_log_floor',
    'drop function reservation_change_noted',
    'drop index facility_owner, facility_manager, facility_operator',
  ],
);
