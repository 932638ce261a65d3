import { defineMigration } from '../src/platform/migration.js';

// What a payer was given back twice could be answered with nothing to do, and then stood as owed back for ever. It comes back, or is
// written off: each once, and not both. What was answered otherwise is asked again; what was said stays in the audit.
const kinds = (more: string): string => `
alter table ledger_account
  drop constraint ledger_account_kind_check,
  add constraint ledger_account_kind_check check (kind in ('RECEIVABLE', 'AWAITED', 'CLEARING', 'REFUND_OWED', 'OVERPAID', ${more && `'WRITTEN_OFF', `}'ADVANCED', 'TREASURY', 'TREASURY_CLAIM', 'PAYABLE', 'COST_SHARING', 'PAID_OUT', 'REMITTED'));
alter table ledger_transaction
  drop constraint ledger_transaction_kind_check,
  add constraint ledger_transaction_kind_check check (kind in ('CHARGE', 'LESSEN', 'PAYMENT', 'RETURN', 'REFUND', 'REFUND_SENT', 'REFUND_SETTLED', 'REFUND_AGAIN', 'OVERPAID_RECOVERED', ${more}'SETTLEMENT', 'REMITTANCE')),
  drop constraint ledger_transaction_refund,
  add constraint ledger_transaction_refund check (
    (kind in ('REFUND', 'REFUND_SENT', 'REFUND_SETTLED', 'REFUND_AGAIN', 'OVERPAID_RECOVERED', ${more}'RETURN')) = (refund_id is not null) and (kind in (${more}'REFUND_AGAIN', 'OVERPAID_RECOVERED')) = (attempt is not null));
drop trigger if exists ledger_refund_holds on ledger_transaction;
create constraint trigger ledger_refund_holds after insert on ledger_transaction deferrable initially deferred for each row
  when (new.kind in (${more}'REFUND_SETTLED', 'REFUND_AGAIN', 'OVERPAID_RECOVERED')) execute function ledger_refund_holds();
`;

// As it was, with what is written off: that the platform alone bears.
const holds = `
create or replace function ledger_refund_holds() returns trigger language plpgsql as $$
declare
  ends_overpaid constant boolean := new.kind in ('OVERPAID_RECOVERED', 'OVERPAID_WRITTEN_OFF');
  found record;
begin
  select count(*) as postings, r.amount_fen = new.amount_fen as is_whole,
    sum(p.amount_fen) filter (where a.kind = case new.kind when 'REFUND_SETTLED' then 'REFUND_OWED' else 'OVERPAID' end) as discharged,
    sum(p.amount_fen) filter (where case new.kind
      when 'OVERPAID_WRITTEN_OFF' then a.kind = 'WRITTEN_OFF'
      else a.kind = 'CLEARING' or (a.kind = 'ADVANCED' and new.kind <> 'REFUND_AGAIN') or (a.kind = 'TREASURY_CLAIM' and new.kind = 'REFUND_SETTLED' and c.revenue_kind = 'TREASURY') end) as paid,
    exists (select from ledger_transaction t where t.city = new.city and t.refund_id = new.refund_id
      and (t.kind = 'REFUND_AGAIN' and t.attempt = new.attempt and ends_overpaid
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
    and found.discharged = case when ends_overpaid then -new.amount_fen else new.amount_fen end and found.paid = -found.discharged, false) then
    raise exception 'the entry % is not the whole of its refund, or moves what is no money of its own', new.id using errcode = 'check_violation', constraint = 'ledger_refund_whole';
  end if;
  return null;
end $$;
create unique index ledger_transaction_overpaid_ended_once on ledger_transaction (city, refund_id, attempt) where kind in ('OVERPAID_RECOVERED', 'OVERPAID_WRITTEN_OFF');
`;

const findings = (more: string): string => `
alter table payment_finding
  drop constraint payment_finding_resolution_check,
  add constraint payment_finding_resolution_check check (resolution in ('NOTHING_TO_DO', 'SETTLED_ELSEWHERE', 'GIVEN_BACK', 'SENT_AGAIN', ${more}'TAKEN')),
  drop constraint payment_finding_resolved,
  add constraint payment_finding_resolved check (case state
    when 'OPEN' then num_nonnulls(resolution, note, refund_id, resolved_at, resolved_by, settled_from) = 0
    else num_nulls(resolution, note, resolved_at, resolved_by) = 0 and (resolution in (${more}'GIVEN_BACK', 'SENT_AGAIN') or settled_from is not null) = (refund_id is not null) end);
`;

export const reopened = `
update payment_finding
set state = 'OPEN', resolution = null, note = null, resolved_at = null, resolved_by = null
where kind = 'REFUND_PAID_TWICE' and state = 'RESOLVED' and settled_from is null and resolution <> 'WRITTEN_OFF'`;

export const overpaidEnds = defineMigration('20261122000830-overpaid-ends', [holds, kinds(`'OVERPAID_WRITTEN_OFF', `), findings(`'WRITTEN_OFF', `), reopened], [
  // What is written about money is never edited: where something was written off, there is no way back. The function knows more than it is asked.
  `delete from payment_finding where resolution = 'WRITTEN_OFF'`,
  findings(''),
  'drop index ledger_transaction_overpaid_ended_once',
  kinds(''),
]);
