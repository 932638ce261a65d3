import { defineMigration } from '../src/platform/migration.js';

// A payment's row is committed before its provider hears of it, so that whatever comes back finds it. Its id is the
// order number that the provider knows it by.
const tables = `
create table payment (
  city char(6) not null,
  id type_id not null,
  charge_id type_id not null,
  payer_id type_id,
  provider text not null check (provider in ('local', 'wechat')),
  way text not null check (way in ('NATIVE', 'JSAPI')),
  amount_fen bigint not null check (amount_fen > 0),
  currency char(3) not null default 'CNY' check (currency = 'CNY'),
  state text not null check (state in ('STARTING', 'PENDING', 'PAID', 'CLOSED', 'FAILED', 'DISPUTED')),
  -- What the payer's device needs; null until the provider has taken the order.
  instructions jsonb,
  expires_at timestamptz not null,
  failure text,
  provider_reference text,
  paid_at timestamptz,
  -- Of this, refunds are owed, under way or done.
  refunded_fen bigint not null default 0,
  asked_count int not null default 0,
  -- When the provider is asked for it next; null where there is nothing left to ask.
  ask_at timestamptz,
  created_at timestamptz not null,
  created_by text not null,
  primary key (city, id),
  foreign key (city, charge_id) references charge (city, id),
  constraint payment_proof check (state <> 'PAID' or (paid_at is not null and provider_reference is not null)),
  constraint payment_refunded check (refunded_fen between 0 and amount_fen and (refunded_fen = 0 or state = 'PAID'))
);
create unique index payment_id on payment (id);
-- Two payments of one charge under way at once would be paid twice.
create unique index payment_live on payment (charge_id) where state in ('STARTING', 'PENDING');
create unique index payment_reference on payment (provider, provider_reference) where provider_reference is not null;
create index payment_charge on payment (charge_id, id);
create index payment_ask on payment (ask_at) where ask_at is not null;

create table payment_notification (
  provider text not null,
  id text not null check (length(id) between 1 and 64),
  event_type text not null,
  -- Our payment or refund that it speaks of; null where it speaks of none.
  subject_id text,
  verdict text not null check (verdict in ('APPLIED', 'KNOWN', 'FINDING', 'PASSED_OVER')),
  received_at timestamptz not null,
  primary key (provider, id)
);

-- How a refund that is owed (charge_refund) gets to the payer. Its id is the refund number that the provider knows it by.
create table refund (
  city char(6) not null,
  id type_id not null,
  payment_id type_id not null,
  charge_id type_id not null,
  amount_fen bigint not null check (amount_fen > 0),
  reason text not null check (length(reason) between 1 and 500),
  state text not null check (state in ('OWED', 'SENT', 'DONE', 'ABNORMAL', 'CLOSED')),
  attempt_count int not null default 0,
  -- When it is sent, or asked for, next; null at its end.
  next_at timestamptz,
  sent_at timestamptz,
  ended_at timestamptz,
  failure text,
  provider_reference text,
  created_at timestamptz not null,
  primary key (city, id),
  foreign key (city, id) references charge_refund (city, id),
  foreign key (city, payment_id) references payment (city, id),
  constraint refund_end check ((state = 'DONE') = (ended_at is not null))
);
create unique index refund_id on refund (id);
create index refund_payment on refund (payment_id, id);
create index refund_charge on refund (charge_id, id);
create index refund_next on refund (next_at) where next_at is not null;

-- What is owed of a payment that a provider took is sent back through it: nobody can owe and forget to send. What was
-- paid at a counter has no payment here, and is given back there.
create function refund_owed() returns trigger language plpgsql as $$
begin
  insert into refund (city, id, payment_id, charge_id, amount_fen, reason, state, next_at, created_at)
  select n.city, n.id, p.id, n.charge_id, n.amount_fen, n.reason, 'OWED', n.owed_at, n.owed_at
  from new_rows n
  join payment p on p.provider = n.provider and p.provider_reference = n.provider_reference and p.city = n.city;
  update payment p
  set refunded_fen = p.refunded_fen + n.amount_fen
  from (select city, provider, provider_reference, sum(amount_fen) as amount_fen from new_rows group by city, provider, provider_reference) n
  where p.provider = n.provider and p.provider_reference = n.provider_reference and p.city = n.city;
  return null;
end $$;
create trigger refund_owed after insert on charge_refund referencing new table as new_rows for each statement execute function refund_owed();

create table payment_finding (
  id type_id primary key,
  provider text not null,
  kind text not null check (kind in ('AMOUNT_MISMATCH', 'CURRENCY_MISMATCH', 'FOREIGN_ACCOUNT', 'UNKNOWN_PAYMENT', 'UNKNOWN_REFUND', 'UNASKED_MONEY', 'REFUND_MISMATCH', 'REFUND_ABNORMAL')),
  -- The provider's order or refund number: findings of one kind about one number are one that counts.
  subject text not null,
  payment_id type_id,
  times int not null default 1,
  details jsonb not null,
  recorded_at timestamptz not null,
  unique (provider, kind, subject)
);
create index payment_finding_payment on payment_finding (payment_id) where payment_id is not null;
`;

// The local provider's own books: another party's, that happens to live here. Nothing of ours reads them but through it.
const localProvider = `
create table local_order (
  order_number text primary key,
  amount_fen bigint not null,
  currency text not null,
  description text not null,
  state text not null check (state in ('NOTPAY', 'SUCCESS', 'CLOSED')),
  reference text,
  expires_at timestamptz not null,
  paid_at timestamptz,
  notify_url text
);
create table local_refund (
  refund_number text primary key,
  order_number text not null references local_order (order_number),
  amount_fen bigint not null check (amount_fen > 0),
  state text not null check (state in ('PROCESSING', 'SUCCESS', 'ABNORMAL', 'CLOSED')),
  reference text not null,
  ended_at timestamptz
);
create table local_notice (
  id text primary key,
  notify_url text not null,
  event_type text not null,
  body text not null,
  is_forged boolean not null,
  deliver_at timestamptz not null,
  attempt_count int not null default 0,
  delivered_at timestamptz
);
create index local_notice_due on local_notice (deliver_at) where delivered_at is null;
`;

export const payments = defineMigration('20261122000720-payments', [tables, localProvider], ['drop trigger refund_owed on charge_refund', 'drop function refund_owed', 'drop table local_notice, local_refund, local_order, payment_finding, refund, payment_notification, payment']);
