import { defineMigration } from '../src/platform/migration.js';

// What a party gave back of its own money, or holds of what payers returned, was settled by no batch. It goes onto what is paid out to that
// party now, record by record: once, whole, and never of what is the treasury's (3.5-6). It is of no charge's income, so it names its refund alone.
const kinds = (more: string): string => `
alter table ledger_transaction
  drop constraint ledger_transaction_kind_check,
  add constraint ledger_transaction_kind_check check (kind in ('CHARGE', 'LESSEN', 'PAYMENT', 'RETURN', 'REFUND', 'REFUND_SENT', 'REFUND_SETTLED', 'REFUND_AGAIN', 'OVERPAID_RECOVERED', 'OVERPAID_WRITTEN_OFF', ${more}'SETTLEMENT', 'REMITTANCE')),
  drop constraint ledger_transaction_has_cause,
  add constraint ledger_transaction_has_cause check (case
    when kind in ('SETTLEMENT', 'REMITTANCE') then batch_id is not null and charge_id is null
    when kind = 'ADVANCE_SETTLED' then batch_id is null and charge_id is null
    else charge_id is not null and batch_id is null end),
  drop constraint ledger_transaction_refund,
  add constraint ledger_transaction_refund check (
    (kind in ('REFUND', 'REFUND_SENT', 'REFUND_SETTLED', 'REFUND_AGAIN', 'OVERPAID_RECOVERED', 'OVERPAID_WRITTEN_OFF', 'ADVANCE_SETTLED', 'RETURN')) = (refund_id is not null)
    and (kind = 'ADVANCE_SETTLED' or (kind in ('REFUND_AGAIN', 'OVERPAID_RECOVERED', 'OVERPAID_WRITTEN_OFF')) = (attempt is not null)));
`;

const advances = `
create index ledger_account_advanced on ledger_account (city, id) where kind = 'ADVANCED';

-- At the commit: it takes back one record of that party's, whole, and what it takes it puts onto the party's own account.
create function ledger_advance_holds() returns trigger language plpgsql as $$
begin
  if not exists (
    select from ledger_transaction s
    join charge c on c.city = s.city and c.id = s.charge_id and c.revenue_kind <> 'TREASURY'
    join ledger_posting o on o.city = s.city and o.transaction_id = s.id
    join ledger_account a on a.city = o.city and a.id = o.account_id and a.kind = 'ADVANCED'
    join ledger_posting f on f.city = s.city and f.transaction_id = new.id and f.account_id = a.id and f.amount_fen = -o.amount_fen and abs(f.amount_fen) = new.amount_fen
    join ledger_posting i on i.city = s.city and i.transaction_id = new.id and i.amount_fen = o.amount_fen
    join ledger_account p on p.city = i.city and p.id = i.account_id and p.kind = 'PAYABLE' and p.party_id = a.party_id and p.facility_id is null
    where s.city = new.city and s.refund_id = new.refund_id and s.attempt is not distinct from new.attempt and s.kind in ('REFUND_SETTLED', 'OVERPAID_RECOVERED'))
    or (select count(*) from ledger_posting p where p.city = new.city and p.transaction_id = new.id) <> 2 then
    raise exception 'the entry % is not the whole of what its party advanced', new.id using errcode = 'check_violation', constraint = 'ledger_advance_whole';
  end if;
  return null;
end $$;
create constraint trigger ledger_advance_holds after insert on ledger_transaction deferrable initially deferred for each row
  when (new.kind = 'ADVANCE_SETTLED') execute function ledger_advance_holds();
`;

export const settledAdvances = defineMigration('20261122000840-settled-advances', [kinds(`'ADVANCE_SETTLED', `), advances], [
  'drop trigger ledger_advance_holds on ledger_transaction',
  'drop function ledger_advance_holds',
  'drop index ledger_account_advanced',
  // What is written about money is never edited: where an advance was settled, there is no way back.
  kinds(''),
]);
