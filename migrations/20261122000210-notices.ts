import { defineMigration } from '../src/platform/migration.js';

// What a party is told, and what becomes of the telling. The text may name people and plates, and is sealed to its row.
// `written_by` is the transaction that wrote the row: a reader that knows which transactions were still open at its last
// look misses none that commits late, and no writer waits for another.
const tables = `
create table notice (
  party_id type_id not null references party (id),
  id type_id not null,
  topic text not null check (topic ~ '^[a-z][A-Za-z]*[.][a-z][A-Za-z]*$'),
  subject_kind text not null check (length(subject_kind) between 1 and 60),
  subject_id text not null check (length(subject_id) between 1 and 60),
  sealed_text text not null,
  told_at timestamptz not null,
  read_at timestamptz check (read_at >= told_at),
  written_by xid8 not null default pg_current_xact_id(),
  primary key (party_id, id)
);
create index notice_by_id on notice (id);
create index notice_unread on notice (party_id, id) where read_at is null;
create index notice_written_by on notice (written_by);
create index notice_told_at on notice (told_at);

create table notice_delivery (
  party_id type_id not null,
  notice_id type_id not null,
  channel text not null check (channel in ('PUSH', 'SMS')),
  state text not null default 'PENDING' check (state in ('PENDING', 'DELIVERED', 'DEAD')),
  tries smallint not null default 0 check (tries >= 0),
  next_try_at timestamptz not null,
  settled_at timestamptz,
  -- A code of ours, never the words of a provider, which may hold a phone number.
  last_failure text check (last_failure ~ '^[A-Z][A-Z_0-9]{0,40}$'),
  primary key (party_id, notice_id, channel),
  foreign key (party_id, notice_id) references notice (party_id, id) on delete cascade,
  constraint notice_delivery_settled check ((state = 'PENDING') = (settled_at is null))
);
create index notice_delivery_due on notice_delivery (next_try_at) where state = 'PENDING';
create index notice_delivery_dead on notice_delivery (settled_at) where state = 'DEAD';
`;

export const notices = defineMigration('20261122000210-notices', [tables], ['drop table notice_delivery, notice']);
