import { defineMigration } from '../src/platform/migration.js';

// Whoever drives in without a reservation takes a space like everybody else: it is claimed while the vehicle is in (P1).
const claims = `
alter table claim drop constraint claim_cause_kind_check;
alter table claim add constraint claim_cause_kind_check check (cause_kind in ('RESERVATION', 'AGREEMENT', 'SESSION'));
`;

// A plate stands nowhere in clear (P10): the key is the keyed hash of its number with its colour, or that of a ticket.
const gate = `
create table gate_decision (
  city char(6) not null,
  id type_id not null,
  facility_id text collate "C" not null,
  plate_key text collate "C" not null,
  masked_plate text not null,
  at timestamptz not null,
  decided_at timestamptz not null,
  is_admitted boolean not null,
  -- By which right: null where it was refused.
  basis text collate "C" check (basis in ('RESERVATION', 'AGREEMENT', 'RESIDENT', 'WALK_IN')),
  -- The rule that decided: the basis, or the code of the first refusal.
  rule text not null,
  reasons jsonb not null check (jsonb_typeof(reasons) = 'array'),
  reservation_id text collate "C",
  claim_id text collate "C",
  agreement_id text collate "C",
  zone_id text collate "C",
  window_ids text[] not null,
  until timestamptz,
  -- Plates in clear that a camera may have meant, sealed; null where there are none.
  sealed_suggestions text,
  decided_by text not null,
  primary key (city, id),
  check (is_admitted = (basis is not null))
);
create index gate_decision_id on gate_decision (id);

create table gate_event (
  city char(6) not null,
  id type_id not null,
  facility_id text collate "C" not null,
  -- The gate that told of it, and its own number of the event: one event however often it is told (C4).
  gate text collate "C" not null,
  event_id text collate "C" not null,
  kind text collate "C" not null check (kind in ('ENTRY', 'EXIT')),
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  arrival text collate "C" not null check (arrival in ('LIVE', 'LATE', 'OUT_OF_ORDER')),
  -- As it counts, and as it was read; they differ once somebody has corrected it (I2).
  plate_key text collate "C" not null,
  read_key text collate "C" not null,
  plate_hash text collate "C" not null,
  colour text collate "C",
  sealed_plate text not null,
  masked_plate text not null,
  space_class text collate "C" not null,
  verdict text collate "C" not null check (verdict in ('OPENED', 'CLOSED', 'REPEATED', 'ENTERED_TWICE', 'EXIT_WITHOUT_ENTRY')),
  session_id text collate "C",
  recorded_by text not null,
  primary key (city, id),
  constraint gate_event_once unique (facility_id, gate, event_id)
) with (fillfactor = 80);
create index gate_event_id on gate_event (id);
create index gate_event_plate on gate_event (facility_id, plate_key, occurred_at);

create table plate_correction (
  city char(6) not null,
  id type_id not null,
  gate_event_id text collate "C" not null,
  from_key text collate "C" not null,
  to_key text collate "C" not null,
  reason text not null,
  corrected_at timestamptz not null,
  corrected_by text not null,
  primary key (city, id)
);
create index plate_correction_event on plate_correction (gate_event_id);
`;

const sessions = `
create table session (
  city char(6) not null,
  id type_id not null,
  facility_id text collate "C" not null,
  plate_key text collate "C" not null,
  masked_plate text not null,
  colour text collate "C",
  space_class text collate "C" not null,
  state text collate "C" not null check (state in ('OPEN', 'ENDED', 'VOID')),
  basis text collate "C" not null check (basis in ('RESERVATION', 'AGREEMENT', 'RESIDENT', 'WALK_IN')),
  reservation_id text collate "C",
  -- Opaque: agreements stand in a room of their own.
  agreement_id text collate "C",
  -- The spaces that a vehicle without a reservation took; null where nothing was lent to it.
  claim_id text collate "C",
  claimed_until timestamptz,
  -- Under which windows it stands, as far as it was lent: what it is priced by.
  parts jsonb not null check (jsonb_typeof(parts) = 'array'),
  entry_event_id text collate "C",
  exit_event_id text collate "C",
  -- null where nobody told of the entry, or of the exit.
  entered_at timestamptz,
  exited_at timestamptz,
  -- The entry, or the exit where only that is known: by it sessions are in order.
  began_at timestamptz not null,
  -- Since when it stays without a right to (C9); null where it does not.
  overstayed_since timestamptz,
  -- null: not priced yet, or there is no tariff to price it by.
  amount_fen bigint check (amount_fen >= 0),
  -- What was charged: [{chargeId, amountFen}], each with what of it still stands.
  charges jsonb not null check (jsonb_typeof(charges) = 'array'),
  -- What was charged is no longer what it costs: a job settles it, for charges are locked before all else.
  is_unsettled boolean not null,
  version int not null check (version > 0),
  created_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (city, id),
  check (began_at = coalesce(entered_at, exited_at)),
  check (exited_at >= entered_at),
  check (state <> 'OPEN' or (entered_at is not null and exited_at is null)),
  check ((basis = 'RESERVATION') = (reservation_id is not null))
) with (fillfactor = 80);
create index session_id on session (id);
-- A vehicle is in once.
create unique index session_open_once on session (facility_id, plate_key) where state = 'OPEN';
create index session_plate on session (facility_id, plate_key, began_at) where state <> 'VOID';
create index session_facility on session (facility_id, id);
create index session_reservation on session (reservation_id) where reservation_id is not null;
create index session_walk_in_ends on session (claimed_until) where state = 'OPEN' and claimed_until is not null;
create index session_unsettled on session (id) where is_unsettled;

create table gate_finding (
  city char(6) not null,
  id type_id not null,
  facility_id text collate "C" not null,
  kind text collate "C" not null,
  gate_event_id text collate "C",
  session_id text collate "C",
  zh text not null,
  en text not null,
  found_at timestamptz not null,
  -- What came later explained it; null while it stands.
  resolved_at timestamptz,
  primary key (city, id)
);
create index gate_finding_id on gate_finding (id);
create index gate_finding_facility on gate_finding (facility_id, id);
create unique index gate_finding_of_event on gate_finding (gate_event_id, kind) where gate_event_id is not null;

-- Vehicles that a window's audience names: residents, and those of an agreement (2.5-5, 3.2-4).
create table admitted_vehicle (
  city char(6) not null,
  id type_id not null,
  facility_id text collate "C" not null,
  audience text collate "C" not null check (audience in ('RESIDENTS', 'AGREEMENT_HOLDERS')),
  plate_hash text collate "C" not null,
  colour text collate "C",
  masked_plate text not null,
  agreement_id text collate "C",
  claim_id text collate "C",
  starts_at timestamptz not null,
  ends_at timestamptz check (ends_at > starts_at),
  recorded_at timestamptz not null,
  recorded_by text not null,
  primary key (city, id)
);
create index admitted_vehicle_plate on admitted_vehicle (facility_id, plate_hash);
`;

const breaches = `
create index reservation_in on reservation (ends_at) where state = 'CHECKED_IN';

-- Who did not keep a promise, each time once (3.2-7, P9).
create table breach (
  city char(6) not null,
  id type_id not null,
  facility_id text collate "C" not null,
  side text collate "C" not null check (side in ('DRIVER', 'SUPPLIER')),
  kind text collate "C" not null check (kind in ('OVERSTAY', 'REVOCATION', 'SPACE_NOT_PROVIDED')),
  -- Which promise: one breach of it at most.
  promise_id text collate "C" not null,
  reservation_id text collate "C",
  session_id text collate "C",
  reason text not null,
  recorded_at timestamptz not null,
  primary key (city, id),
  constraint breach_once unique (kind, promise_id)
);
create index breach_id on breach (id);
create index breach_reservation on breach (reservation_id);

-- What becomes of a booking whose spaces are not lent any more: exactly one of three (P9). By its claim, so that a
-- booking which was moved can be moved again.
create table revocation (
  city char(6) not null,
  id type_id not null,
  reservation_id text collate "C" not null,
  claim_id text collate "C" not null,
  facility_id text collate "C" not null,
  side text collate "C" not null check (side in ('DRIVER', 'SUPPLIER', 'NOBODY')),
  reason text not null,
  state text collate "C" not null check (state in ('PENDING', 'MOVED', 'REFUNDED', 'KEPT', 'LAPSED')),
  moved_to_facility_id text collate "C",
  -- What the alternative costs more: the supplier's, never the driver's.
  supplier_fen bigint check (supplier_fen >= 0),
  created_at timestamptz not null,
  decided_at timestamptz,
  primary key (city, id),
  constraint revocation_once unique (claim_id),
  check ((state = 'PENDING') = (decided_at is null)),
  check ((state = 'MOVED') = (moved_to_facility_id is not null))
);
create index revocation_id on revocation (id);
create index revocation_pending on revocation (id) where state = 'PENDING';
create index revocation_reservation on revocation (reservation_id);
`;

export const gateOfParking = defineMigration(
  '20261122000910-gate',
  [claims, gate, sessions, breaches],
  [
    'drop index reservation_in',
    'drop table revocation, breach, admitted_vehicle, gate_finding, session, plate_correction, gate_event, gate_decision',
    `delete from claim where cause_kind = 'SESSION'`,
    'alter table claim drop constraint claim_cause_kind_check',
    `alter table claim add constraint claim_cause_kind_check check (cause_kind in ('RESERVATION', 'AGREEMENT'))`,
  ],
);
