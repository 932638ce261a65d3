import { defineMigration } from '../src/platform/migration.js';

// What is written about money is never edited: a correction is a further entry (P6, G3).
const guards = `
create function written_once() returns trigger language plpgsql as $$
begin
  raise exception '% is only ever appended to', tg_table_name using errcode = 'restrict_violation';
end $$;

create function write_once(guarded regclass) returns void language plpgsql as $$
begin
  execute format('create trigger written_once before update or delete on %s for each row execute function written_once()', guarded);
  execute format('create trigger written_once_whole before truncate on %s for each statement execute function written_once()', guarded);
end $$;

-- 机关、事业单位: what such a facility takes in is the treasury's, whole (3.5-6). By the facility's sector or by the kind of
-- its owner, whichever says so: neither alone can take it out.
create function earns_for_treasury(of_facility text) returns boolean language sql stable as $$
  select coalesce(bool_or(f.sector in ('AGENCY', 'PUBLIC_INSTITUTION') or coalesce(o.kind in ('AGENCY', 'PUBLIC_INSTITUTION', 'STREET_OFFICE', 'AUTHORITY'), false)), false)
  from facility f
  left join party o on o.id = f.owner_party_id
  where f.id = of_facility
$$;
`;

// Who gets which part of what a facility takes in, by agreement: of one facility, or of all that a party owns. Parts are
// ten-thousandths. What earns for the treasury has no rule, because nothing of it is anybody else's.
const rules = `
create table revenue_rule (
  city char(6) not null,
  id type_id not null,
  facility_id type_id,
  party_id type_id references party (id),
  kind text not null check (kind in ('AGREED', 'COST_SHARING')),
  shares jsonb not null check (jsonb_typeof(shares) = 'array' and jsonb_array_length(shares) between 1 and 10),
  legal_basis text not null check (length(legal_basis) between 1 and 500),
  valid_from timestamptz not null,
  valid_until timestamptz check (valid_until > valid_from),
  recorded_at timestamptz not null,
  recorded_by text not null,
  primary key (city, id),
  constraint revenue_rule_one_scope check (num_nonnulls(facility_id, party_id) = 1),
  constraint revenue_rule_one_at_a_time exclude using gist (facility_id with =, tstzrange(valid_from, valid_until) with &&) where (facility_id is not null),
  constraint revenue_rule_one_at_a_time_of_party exclude using gist (party_id with =, city with =, tstzrange(valid_from, valid_until) with &&) where (party_id is not null),
  foreign key (city, facility_id) references facility (city, id)
);
create index revenue_rule_id on revenue_rule (id);
create index revenue_rule_facility on revenue_rule (facility_id, valid_from) where facility_id is not null;
create index revenue_rule_party on revenue_rule (party_id, valid_from) where party_id is not null;

create function revenue_rule_spares_treasury() returns trigger language plpgsql as $$
begin
  if earns_for_treasury(new.facility_id) or exists (select from party o where o.id = new.party_id and o.kind in ('AGENCY', 'PUBLIC_INSTITUTION', 'STREET_OFFICE', 'AUTHORITY')) then
    raise exception 'what % earns is remitted to the treasury whole; it has no shares', coalesce(new.facility_id, new.party_id) using errcode = 'check_violation', constraint = 'revenue_rule_spares_treasury';
  end if;
  return new;
end $$;
create trigger revenue_rule_spares_treasury before insert or update on revenue_rule for each row execute function revenue_rule_spares_treasury();

-- What a facility without profit spends on its shared spaces, by the year that it is spent in (3.5-5).
create table management_cost (
  city char(6) not null,
  id type_id not null,
  facility_id type_id not null,
  year int not null check (year between 2000 and 2200),
  amount_fen bigint not null check (amount_fen > 0),
  what text not null check (length(what) between 1 and 200),
  evidence text not null check (length(evidence) between 1 and 200),
  recorded_at timestamptz not null,
  recorded_by text not null,
  primary key (city, id),
  foreign key (city, facility_id) references facility (city, id)
);
create index management_cost_facility on management_cost (facility_id, year);
select write_once('management_cost');

create table cost_sharing_finding (
  city char(6) not null,
  facility_id type_id not null,
  year int not null,
  receipts_fen bigint not null,
  costs_fen bigint not null,
  raised_at timestamptz not null,
  -- When recorded costs covered the receipts again; null while they do not.
  resolved_at timestamptz,
  primary key (city, facility_id, year),
  foreign key (city, facility_id) references facility (city, id)
);
`;

const accounts = `
create table ledger_account (
  city char(6) not null,
  id type_id not null,
  kind text not null check (kind in ('RECEIVABLE', 'AWAITED', 'CLEARING', 'REFUND_OWED', 'TREASURY', 'TREASURY_CLAIM', 'PAYABLE', 'COST_SHARING', 'PAID_OUT', 'REMITTED')),
  party_id type_id references party (id),
  facility_id type_id,
  provider text,
  key text not null generated always as (kind || ' ' || coalesce(party_id::text, '-') || ' ' || coalesce(facility_id::text, '-') || ' ' || coalesce(provider, '-')) stored,
  opened_at timestamptz not null,
  primary key (city, id),
  constraint ledger_account_one_of_a_kind unique (city, key),
  constraint ledger_account_clearing_has_provider check ((kind = 'CLEARING') = (provider is not null))
);
create index ledger_account_id on ledger_account (id);
create index ledger_account_party on ledger_account (party_id, kind) where party_id is not null;
create index ledger_account_facility on ledger_account (facility_id, kind) where facility_id is not null;
select write_once('ledger_account');
`;

const charges = `
create table charge (
  city char(6) not null,
  id type_id not null,
  cause_kind text not null check (length(cause_kind) between 1 and 40),
  cause_id text collate "C" not null check (length(cause_id) between 1 and 100),
  purpose text not null check (purpose in ('STAY', 'OVERSTAY', 'CANCELLATION', 'NO_SHOW', 'AGREEMENT')),
  facility_id type_id not null,
  payer_id type_id references party (id),
  revenue_kind text not null check (revenue_kind in ('TREASURY', 'COST_SHARING', 'AGREED')),
  -- Which accounts get which ten-thousandths, as it was when the charge was opened.
  shares jsonb not null,
  lines jsonb not null,
  -- What is owed, or was when it was paid.
  amount_fen bigint not null check (amount_fen >= 0),
  paid_fen bigint not null default 0,
  refunded_fen bigint not null default 0,
  state text not null check (state in ('OPEN', 'UNPAID', 'PAID', 'PART_REFUNDED', 'REFUNDED', 'VOID')),
  opened_at timestamptz not null,
  due_at timestamptz not null,
  paid_at timestamptz,
  state_since timestamptz not null,
  primary key (city, id),
  foreign key (city, facility_id) references facility (city, id),
  constraint charge_paid_with_state check (case when state in ('OPEN', 'UNPAID', 'VOID') then paid_fen = 0 and refunded_fen = 0 and paid_at is null else paid_fen = amount_fen and paid_at is not null end),
  constraint charge_refunded_with_state check (case state when 'PAID' then refunded_fen = 0 when 'PART_REFUNDED' then refunded_fen > 0 and refunded_fen < paid_fen when 'REFUNDED' then refunded_fen = paid_fen else true end),
  constraint charge_void_owes_nothing check ((state = 'VOID') = (amount_fen = 0))
);
create index charge_id on charge (id);
create index charge_facility on charge (facility_id, id);
create index charge_payer on charge (payer_id, id) where payer_id is not null;
create index charge_cause on charge (cause_kind, cause_id);
create index charge_due on charge (due_at) where state = 'OPEN';
create index charge_unpaid on charge (payer_id, due_at) where state = 'UNPAID';

create function charge_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if (new.revenue_kind = 'TREASURY') <> earns_for_treasury(new.facility_id) then
      raise exception 'the charge % of % does not go where the owner of the facility must send it', new.id, new.facility_id using errcode = 'check_violation', constraint = 'charge_treasury_by_owner';
    end if;
    return new;
  end if;
  if tg_op = 'DELETE'
    or (old.city, old.id, old.cause_kind, old.cause_id, old.purpose, old.facility_id, old.revenue_kind, old.shares, old.lines, old.opened_at) is distinct from (new.city, new.id, new.cause_kind, new.cause_id, new.purpose, new.facility_id, new.revenue_kind, new.shares, new.lines, new.opened_at)
    or new.amount_fen > old.amount_fen or new.refunded_fen < old.refunded_fen or (old.paid_at is not null and (old.amount_fen, old.paid_fen, old.paid_at) is distinct from (new.amount_fen, new.paid_fen, new.paid_at)) then
    raise exception 'the charge % is only ever lessened, paid and refunded', old.id using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger charge_guard before insert or update or delete on charge for each row execute function charge_guard();
create trigger charge_not_truncated before truncate on charge for each statement execute function written_once();
`;

const ledger = `
create table settlement_batch (
  city char(6) not null,
  id type_id not null,
  kind text not null check (kind in ('SETTLEMENT', 'REMITTANCE')),
  account_id type_id not null,
  payee_id type_id references party (id),
  facility_id type_id,
  day date not null,
  lines int not null check (lines > 0),
  receipts_fen bigint not null check (receipts_fen >= 0),
  refunds_fen bigint not null check (refunds_fen >= 0),
  amount_fen bigint not null check (amount_fen > 0),
  closed_at timestamptz not null,
  primary key (city, id),
  constraint settlement_batch_one_a_day unique (city, account_id, day),
  constraint settlement_batch_adds_up check (amount_fen = receipts_fen - refunds_fen),
  -- 收支两条线: a remittance is its receipts, and nothing is taken off (3.5-6).
  constraint settlement_batch_treasury_whole check (kind <> 'REMITTANCE' or refunds_fen = 0),
  foreign key (city, account_id) references ledger_account (city, id)
);
create index settlement_batch_id on settlement_batch (id);
create index settlement_batch_payee on settlement_batch (payee_id, id) where payee_id is not null;
create index settlement_batch_day on settlement_batch (city, day);
select write_once('settlement_batch');

create table charge_refund (
  city char(6) not null,
  id type_id not null,
  charge_id type_id not null,
  -- The payment that is given back.
  provider text not null,
  provider_reference text not null,
  amount_fen bigint not null check (amount_fen > 0),
  reason text not null check (length(reason) between 1 and 500),
  owed_at timestamptz not null,
  primary key (city, id),
  foreign key (city, charge_id) references charge (city, id)
);
create index charge_refund_id on charge_refund (id);
create index charge_refund_charge on charge_refund (charge_id);
select write_once('charge_refund');

create table ledger_transaction (
  city char(6) not null,
  id type_id not null,
  -- There is no kind for a cost: the ledger cannot say one.
  kind text not null check (kind in ('CHARGE', 'LESSEN', 'PAYMENT', 'RETURN', 'REFUND', 'REFUND_SENT', 'SETTLEMENT', 'REMITTANCE')),
  amount_fen bigint not null check (amount_fen > 0),
  charge_id type_id,
  refund_id type_id,
  batch_id type_id,
  at timestamptz not null,
  primary key (city, id),
  constraint ledger_transaction_has_cause check (case when kind in ('SETTLEMENT', 'REMITTANCE') then batch_id is not null and charge_id is null else charge_id is not null and batch_id is null end),
  constraint ledger_transaction_refund check ((kind in ('REFUND', 'REFUND_SENT', 'RETURN')) = (refund_id is not null)),
  foreign key (city, charge_id) references charge (city, id),
  foreign key (city, refund_id) references charge_refund (city, id),
  foreign key (city, batch_id) references settlement_batch (city, id)
);
create index ledger_transaction_charge on ledger_transaction (charge_id) where charge_id is not null;
create unique index ledger_transaction_paid_once on ledger_transaction (city, charge_id) where kind = 'PAYMENT';
create unique index ledger_transaction_refund_once on ledger_transaction (city, refund_id, kind) where refund_id is not null;
create unique index ledger_transaction_batch_once on ledger_transaction (city, batch_id) where batch_id is not null;
select write_once('ledger_transaction');

-- Debits are positive, credits negative.
create table ledger_posting (
  city char(6) not null,
  transaction_id type_id not null,
  nth smallint not null,
  account_id type_id not null,
  amount_fen bigint not null check (amount_fen <> 0),
  primary key (city, transaction_id, nth),
  foreign key (city, transaction_id) references ledger_transaction (city, id),
  foreign key (city, account_id) references ledger_account (city, id)
);
create index ledger_posting_account on ledger_posting (account_id);
select write_once('ledger_posting');

-- What the payees' accounts took in or gave back and no batch holds yet.
create table unsettled_posting (
  city char(6) not null,
  account_id type_id not null,
  at timestamptz not null,
  transaction_id type_id not null,
  nth smallint not null,
  amount_fen bigint not null,
  primary key (city, transaction_id, nth)
);
create index unsettled_posting_account on unsettled_posting (account_id, at);
`;

// A statement that posts is checked whole, at its end: the postings of each transaction that it touches sum to zero, and
// the treasury's accounts move by a whole payment or a whole remittance and by nothing else.
const ledgerRules = `
create function ledger_posting_holds() returns trigger language plpgsql as $$
declare
  broken record;
begin
  select p.transaction_id as id, sum(p.amount_fen) as rest into broken
  from (select distinct city, transaction_id from new_rows) n
  join ledger_posting p using (city, transaction_id)
  group by p.transaction_id
  having sum(p.amount_fen) <> 0
  limit 1;
  if found then
    raise exception 'the postings of % leave % fen over', broken.id, broken.rest using errcode = 'check_violation', constraint = 'ledger_transaction_balanced';
  end if;

  select n.transaction_id as id into broken
  from new_rows n
  join ledger_account a on a.city = n.city and a.id = n.account_id
  join ledger_transaction t on t.city = n.city and t.id = n.transaction_id
  left join charge c on c.city = t.city and c.id = t.charge_id
  left join settlement_batch b on b.city = t.city and b.id = t.batch_id
  where (a.kind = 'TREASURY' and not (
      (t.kind = 'PAYMENT' and c.revenue_kind = 'TREASURY' and n.amount_fen = -t.amount_fen and c.shares -> 0 ->> 'accountId' = a.id)
      or (t.kind = 'REMITTANCE' and b.kind = 'REMITTANCE' and b.account_id = a.id and n.amount_fen = b.amount_fen and t.amount_fen = b.amount_fen)))
    or (a.kind in ('PAYABLE', 'COST_SHARING') and (c.revenue_kind = 'TREASURY' or t.kind = 'REMITTANCE'))
  limit 1;
  if found then
    raise exception 'the transaction % would take something off what is the treasury''s', broken.id using errcode = 'check_violation', constraint = 'ledger_treasury_whole';
  end if;

  select t.id into broken
  from (select distinct city, transaction_id from new_rows) n
  join ledger_transaction t on t.city = n.city and t.id = n.transaction_id and t.kind = 'PAYMENT'
  join charge c on c.city = t.city and c.id = t.charge_id
  left join lateral (
    select coalesce(sum(p.amount_fen) filter (where a.kind = 'CLEARING'), 0) as received,
      -coalesce(sum(p.amount_fen) filter (where a.kind in ('TREASURY', 'PAYABLE', 'COST_SHARING')), 0) as earned,
      -coalesce(sum(p.amount_fen) filter (where a.kind = 'TREASURY'), 0) as for_treasury,
      bool_or(a.kind not in ('CLEARING', 'RECEIVABLE', 'AWAITED', 'TREASURY', 'PAYABLE', 'COST_SHARING')) as is_foreign
    from ledger_posting p join ledger_account a on a.city = p.city and a.id = p.account_id
    where p.city = t.city and p.transaction_id = t.id) s on true
  where s.received <> t.amount_fen or s.earned <> t.amount_fen or s.is_foreign or (c.revenue_kind = 'TREASURY' and s.for_treasury <> t.amount_fen)
  limit 1;
  if found then
    raise exception 'the payment % is not earned whole by those whose it is', broken.id using errcode = 'check_violation', constraint = 'ledger_payment_whole';
  end if;

  insert into unsettled_posting (city, account_id, at, transaction_id, nth, amount_fen)
  select n.city, n.account_id, t.at, n.transaction_id, n.nth, n.amount_fen
  from new_rows n
  join ledger_account a on a.city = n.city and a.id = n.account_id and a.kind in ('TREASURY', 'PAYABLE', 'COST_SHARING')
  join ledger_transaction t on t.city = n.city and t.id = n.transaction_id and t.batch_id is null;
  return null;
end $$;
create trigger ledger_posting_holds after insert on ledger_posting referencing new table as new_rows for each statement execute function ledger_posting_holds();

-- At the commit: nobody leaves a transaction without its postings, or with half of them.
create function ledger_transaction_posted() returns trigger language plpgsql as $$
declare
  counted record;
begin
  select count(*) as postings, sum(amount_fen) as rest into counted from ledger_posting p where p.city = new.city and p.transaction_id = new.id;
  if counted.postings < 2 or counted.rest <> 0 then
    raise exception 'the transaction % has % postings that leave % fen over', new.id, counted.postings, counted.rest using errcode = 'check_violation', constraint = 'ledger_transaction_balanced';
  end if;
  return null;
end $$;
create constraint trigger ledger_transaction_posted after insert on ledger_transaction deferrable initially deferred for each row execute function ledger_transaction_posted();
`;

const settlement = `
create table settlement_line (
  city char(6) not null,
  batch_id type_id not null,
  transaction_id type_id not null,
  nth smallint not null,
  primary key (city, batch_id, transaction_id, nth),
  constraint settlement_line_once unique (city, transaction_id, nth),
  foreign key (city, batch_id) references settlement_batch (city, id),
  foreign key (city, transaction_id, nth) references ledger_posting (city, transaction_id, nth)
);
select write_once('settlement_line');

create function settlement_line_holds() returns trigger language plpgsql as $$
declare
  broken record;
begin
  select b.id into broken
  from (select distinct city, batch_id from new_rows) n
  join settlement_batch b on b.city = n.city and b.id = n.batch_id
  left join lateral (
    select count(*) as lines, coalesce(-sum(p.amount_fen) filter (where p.amount_fen < 0), 0) as receipts, coalesce(sum(p.amount_fen) filter (where p.amount_fen > 0), 0) as refunds,
      bool_and(p.account_id = b.account_id) as is_own
    from settlement_line l join ledger_posting p on p.city = l.city and p.transaction_id = l.transaction_id and p.nth = l.nth
    where l.city = b.city and l.batch_id = b.id) s on true
  where s.lines <> b.lines or s.receipts <> b.receipts_fen or s.refunds <> b.refunds_fen or not s.is_own
  limit 1;
  if found then
    raise exception 'the batch % is not the sum of its lines', broken.id using errcode = 'check_violation', constraint = 'settlement_batch_is_its_lines';
  end if;
  return null;
end $$;
create trigger settlement_line_holds after insert on settlement_line referencing new table as new_rows for each statement execute function settlement_line_holds();

create function settlement_batch_whole() returns trigger language plpgsql as $$
begin
  if not exists (select from settlement_line l where l.city = new.city and l.batch_id = new.id)
    or not exists (select from ledger_transaction t where t.city = new.city and t.batch_id = new.id and t.kind = new.kind and t.amount_fen = new.amount_fen)
    or exists (select from ledger_account a where a.city = new.city and a.id = new.account_id and (a.kind = 'TREASURY') <> (new.kind = 'REMITTANCE')) then
    raise exception 'the batch % has no lines, no transaction, or the wrong kind for its account', new.id using errcode = 'check_violation', constraint = 'settlement_batch_whole';
  end if;
  return null;
end $$;
create constraint trigger settlement_batch_whole after insert on settlement_batch deferrable initially deferred for each row execute function settlement_batch_whole();

-- What waits for its batch leaves only into one.
create function unsettled_posting_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and exists (select from settlement_line l where l.city = old.city and l.transaction_id = old.transaction_id and l.nth = old.nth) then
    return old;
  end if;
  raise exception 'what waits for its batch leaves only into one' using errcode = 'restrict_violation';
end $$;
create trigger unsettled_posting_guard before update or delete on unsettled_posting for each row execute function unsettled_posting_guard();
create trigger unsettled_posting_not_truncated before truncate on unsettled_posting for each statement execute function written_once();
`;

const receipts = `
create table charge_payment (
  city char(6) not null,
  provider text not null check (length(provider) between 1 and 40),
  provider_reference text collate "C" not null check (length(provider_reference) between 1 and 200),
  charge_id type_id not null,
  paid_fen bigint not null check (paid_fen > 0),
  paid_at timestamptz not null,
  recorded_at timestamptz not null,
  primary key (city, provider, provider_reference),
  foreign key (city, charge_id) references charge (city, id)
);
create index charge_payment_charge on charge_payment (charge_id);
select write_once('charge_payment');

create table receipt (
  city char(6) not null,
  id type_id not null,
  charge_id type_id not null,
  amount_fen bigint not null check (amount_fen > 0),
  provider text not null,
  provider_reference text not null,
  issued_at timestamptz not null,
  primary key (city, id),
  constraint receipt_one_a_charge unique (city, charge_id),
  foreign key (city, charge_id) references charge (city, id)
);
create index receipt_id on receipt (id);
create index receipt_charge on receipt (charge_id);
select write_once('receipt');

create table invoice (
  city char(6) not null,
  id type_id not null,
  receipt_id type_id not null,
  state text not null check (state in ('REQUESTED', 'ISSUED', 'REFUSED', 'TO_REVERSE', 'REVERSED')),
  title_kind text not null check (title_kind in ('PERSON', 'ORGANISATION')),
  sealed_title text not null,
  sealed_tax_code text,
  amount_fen bigint not null check (amount_fen > 0),
  invoice_number text check (length(invoice_number) between 1 and 40),
  reason text check (length(reason) between 1 and 500),
  requested_at timestamptz not null,
  requested_by text not null,
  state_since timestamptz not null,
  primary key (city, id),
  foreign key (city, receipt_id) references receipt (city, id),
  constraint invoice_organisation_has_tax_code check ((title_kind = 'ORGANISATION') = (sealed_tax_code is not null)),
  constraint invoice_issued_has_number check ((state in ('ISSUED', 'TO_REVERSE', 'REVERSED')) = (invoice_number is not null)),
  constraint invoice_refused_has_reason check (state <> 'REFUSED' or reason is not null)
);
create index invoice_id on invoice (id);
-- A receipt has one invoice that stands; a refused or reversed one may be asked for anew.
create unique index invoice_one_a_receipt on invoice (city, receipt_id) where state not in ('REFUSED', 'REVERSED');
create index invoice_receipt on invoice (receipt_id);
`;

export const ledgerOfCharges = defineMigration(
  '20261122000710-ledger',
  [guards, rules, accounts, charges, ledger, ledgerRules, settlement, receipts],
  [
    'drop table invoice, receipt, charge_payment, settlement_line, unsettled_posting, ledger_posting, ledger_transaction, charge_refund, settlement_batch',
    'drop function unsettled_posting_guard, settlement_batch_whole, settlement_line_holds, ledger_transaction_posted, ledger_posting_holds',
    'drop table charge, ledger_account, cost_sharing_finding, management_cost, revenue_rule',
    'drop function charge_guard, revenue_rule_spares_treasury, earns_for_treasury, write_once, written_once',
  ],
);
