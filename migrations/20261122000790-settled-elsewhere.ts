import { defineMigration } from '../src/platform/migration.js';

// A refund that was given back outside the provider's way stood as owed for ever: the answer of its finding says whose money it was now,
// and the ledger discharges it by that. Once, by the provider or elsewhere, and never out of what a payee or the treasury earns (3.5-6).
const discharge = `
alter table refund
  drop constraint refund_state_check,
  add constraint refund_state_check check (state in ('OWED', 'SENT', 'DONE', 'ABNORMAL', 'CLOSED', 'SETTLED')),
  drop constraint refund_end,
  add constraint refund_end check ((state in ('DONE', 'SETTLED')) = (ended_at is not null));

alter table payment_finding
  add column settled_from text check (settled_from in ('PROVIDER', 'PARTY', 'TREASURY')),
  add column settled_party_id type_id,
  drop constraint payment_finding_resolved,
  add constraint payment_finding_resolved check (case state
    when 'OPEN' then num_nonnulls(resolution, note, refund_id, resolved_at, resolved_by, settled_from) = 0
    else num_nulls(resolution, note, resolved_at, resolved_by) = 0 and (resolution in ('GIVEN_BACK', 'SENT_AGAIN') or settled_from is not null) = (refund_id is not null) end),
  add constraint payment_finding_settled check ((settled_from is null or resolution = 'SETTLED_ELSEWHERE') and (settled_from is not distinct from 'PARTY') = (settled_party_id is not null));

alter table ledger_account
  drop constraint ledger_account_kind_check,
  add constraint ledger_account_kind_check check (kind in ('RECEIVABLE', 'AWAITED', 'CLEARING', 'REFUND_OWED', 'OVERPAID', 'ADVANCED', 'TREASURY', 'TREASURY_CLAIM', 'PAYABLE', 'COST_SHARING', 'PAID_OUT', 'REMITTED'));
alter table ledger_transaction
  drop constraint ledger_transaction_kind_check,
  add constraint ledger_transaction_kind_check check (kind in ('CHARGE', 'LESSEN', 'PAYMENT', 'RETURN', 'REFUND', 'REFUND_SENT', 'REFUND_SETTLED', 'REFUND_AGAIN', 'OVERPAID_RECOVERED', 'SETTLEMENT', 'REMITTANCE')),
  drop constraint ledger_transaction_refund,
  add constraint ledger_transaction_refund check (
    (kind in ('REFUND', 'REFUND_SENT', 'REFUND_SETTLED', 'REFUND_AGAIN', 'OVERPAID_RECOVERED', 'RETURN')) = (refund_id is not null) and (kind in ('REFUND_AGAIN', 'OVERPAID_RECOVERED')) = (attempt is not null));
create unique index ledger_transaction_discharged_once on ledger_transaction (city, refund_id) where kind in ('REFUND_SENT', 'REFUND_SETTLED');

-- At the commit, of these kinds alone, so that no other posting pays for it: what they move, and between which accounts.
create function ledger_refund_holds() returns trigger language plpgsql as $$
declare
  found record;
begin
  select count(*) as postings, r.amount_fen = new.amount_fen as is_whole,
    sum(p.amount_fen) filter (where a.kind = case new.kind when 'REFUND_SETTLED' then 'REFUND_OWED' else 'OVERPAID' end) as discharged,
    sum(p.amount_fen) filter (where a.kind = 'CLEARING' or (a.kind = 'ADVANCED' and new.kind <> 'REFUND_AGAIN') or (a.kind = 'TREASURY_CLAIM' and new.kind = 'REFUND_SETTLED' and c.revenue_kind = 'TREASURY')) as paid,
    exists (select from ledger_transaction t where t.city = new.city and t.refund_id = new.refund_id
      and (t.kind = 'REFUND_AGAIN' and t.attempt = new.attempt and new.kind = 'OVERPAID_RECOVERED'
        or new.kind = 'REFUND_AGAIN' and t.kind in ('REFUND_SENT', 'REFUND_SETTLED')
        or new.kind = 'REFUND_SETTLED' and (t.kind = 'REFUND' or t.kind = 'RETURN' and not exists (
          select from ledger_posting q join ledger_account b on b.city = q.city and b.id = q.account_id where q.city = new.city and q.transaction_id = new.id and b.kind = 'TREASURY_CLAIM')))) as is_founded
  into found
  from charge_refund r
  join charge c on c.city = r.city and c.id = r.charge_id
  join ledger_posting p on p.city = new.city and p.transaction_id = new.id
  join ledger_account a on a.city = p.city and a.id = p.account_id
  where r.city = new.city and r.id = new.refund_id and r.charge_id = new.charge_id
  group by r.amount_fen;
  if not coalesce(found.postings = 2 and found.is_whole and found.is_founded
    and found.discharged = case new.kind when 'OVERPAID_RECOVERED' then -new.amount_fen else new.amount_fen end and found.paid = -found.discharged, false) then
    raise exception 'the entry % is not the whole of its refund, or moves what is no money of its own', new.id using errcode = 'check_violation', constraint = 'ledger_refund_whole';
  end if;
  return null;
end $$;
create constraint trigger ledger_refund_holds after insert on ledger_transaction deferrable initially deferred for each row
  when (new.kind in ('REFUND_SETTLED', 'REFUND_AGAIN', 'OVERPAID_RECOVERED')) execute function ledger_refund_holds();
`;

export const settledElsewhere = defineMigration('20261122000790-settled-elsewhere', [discharge], [
  'drop trigger ledger_refund_holds on ledger_transaction',
  'drop function ledger_refund_holds',
  'drop index ledger_transaction_discharged_once',
  `alter table ledger_transaction
     drop constraint ledger_transaction_refund,
     add constraint ledger_transaction_refund check ((kind in ('REFUND', 'REFUND_SENT', 'REFUND_AGAIN', 'RETURN')) = (refund_id is not null) and (kind = 'REFUND_AGAIN') = (attempt is not null)),
     drop constraint ledger_transaction_kind_check,
     add constraint ledger_transaction_kind_check check (kind in ('CHARGE', 'LESSEN', 'PAYMENT', 'RETURN', 'REFUND', 'REFUND_SENT', 'REFUND_AGAIN', 'SETTLEMENT', 'REMITTANCE'))`,
  `alter table ledger_account
     drop constraint ledger_account_kind_check,
     add constraint ledger_account_kind_check check (kind in ('RECEIVABLE', 'AWAITED', 'CLEARING', 'REFUND_OWED', 'OVERPAID', 'TREASURY', 'TREASURY_CLAIM', 'PAYABLE', 'COST_SHARING', 'PAID_OUT', 'REMITTED'))`,
  `alter table payment_finding
     drop constraint payment_finding_settled,
     drop constraint payment_finding_resolved,
     drop column settled_party_id,
     drop column settled_from,
     add constraint payment_finding_resolved check (case state
       when 'OPEN' then num_nonnulls(resolution, note, refund_id, resolved_at, resolved_by) = 0
       else num_nulls(resolution, note, resolved_at, resolved_by) = 0 and (resolution in ('GIVEN_BACK', 'SENT_AGAIN')) = (refund_id is not null) end)`,
  `alter table refund
     drop constraint refund_end,
     add constraint refund_end check ((state = 'DONE') = (ended_at is not null)),
     drop constraint refund_state_check,
     add constraint refund_state_check check (state in ('OWED', 'SENT', 'DONE', 'ABNORMAL', 'CLOSED'))`,
]);
