import { defineMigration } from '../src/platform/migration.js';

// A refund that its provider closed could not be sent again, for the number that it was known by is closed for good. Each sending has a
// number of its own now; which one paid first is kept, and money that goes by another one as well is booked as what the payer owes back.
const attempts = `
alter table refund
  add column attempt smallint not null default 1 check (attempt between 1 and 99),
  add column paid_attempt smallint check (paid_attempt between 1 and attempt);
update refund set paid_attempt = 1 where state = 'DONE';
alter table refund add constraint refund_paid check (state <> 'DONE' or paid_attempt is not null);

alter table ledger_account
  drop constraint ledger_account_kind_check,
  add constraint ledger_account_kind_check check (kind in ('RECEIVABLE', 'AWAITED', 'CLEARING', 'REFUND_OWED', 'OVERPAID', 'TREASURY', 'TREASURY_CLAIM', 'PAYABLE', 'COST_SHARING', 'PAID_OUT', 'REMITTED'));
alter table ledger_transaction
  add column attempt smallint,
  drop constraint ledger_transaction_kind_check,
  add constraint ledger_transaction_kind_check check (kind in ('CHARGE', 'LESSEN', 'PAYMENT', 'RETURN', 'REFUND', 'REFUND_SENT', 'REFUND_AGAIN', 'SETTLEMENT', 'REMITTANCE')),
  drop constraint ledger_transaction_refund,
  add constraint ledger_transaction_refund check ((kind in ('REFUND', 'REFUND_SENT', 'REFUND_AGAIN', 'RETURN')) = (refund_id is not null) and (kind = 'REFUND_AGAIN') = (attempt is not null));
drop index ledger_transaction_refund_once;
create unique index ledger_transaction_refund_once on ledger_transaction (city, refund_id, kind, coalesce(attempt, 0)) where refund_id is not null;
`;

// What was answered about a refund that its provider closed sent nothing: it can be answered anew, and what was said stays in the audit.
const findings = `
alter table payment_finding
  drop constraint payment_finding_kind_check,
  add constraint payment_finding_kind_check check (kind in ('AMOUNT_MISMATCH', 'CURRENCY_MISMATCH', 'FOREIGN_ACCOUNT', 'UNKNOWN_PAYMENT', 'UNKNOWN_REFUND', 'UNASKED_MONEY', 'REFUND_MISMATCH', 'REFUND_ABNORMAL', 'REFUND_CONTRADICTED', 'REFUND_PAID_TWICE')),
  drop constraint payment_finding_resolution_check,
  add constraint payment_finding_resolution_check check (resolution in ('NOTHING_TO_DO', 'SETTLED_ELSEWHERE', 'GIVEN_BACK', 'SENT_AGAIN')),
  drop constraint payment_finding_resolved,
  add constraint payment_finding_resolved check (case state
    when 'OPEN' then num_nonnulls(resolution, note, refund_id, resolved_at, resolved_by) = 0
    else num_nulls(resolution, note, resolved_at, resolved_by) = 0 and (resolution in ('GIVEN_BACK', 'SENT_AGAIN')) = (refund_id is not null) end);
update payment_finding n
set state = 'OPEN', resolution = null, note = null, resolved_at = null, resolved_by = null
from refund r
where n.state = 'RESOLVED' and n.kind = 'REFUND_ABNORMAL' and n.subject = r.id and n.details ->> 'state' = 'CLOSED' and r.state = 'CLOSED';
`;

export const refundAttempts = defineMigration('20261122000780-refund-attempts', [attempts, findings], [
  `delete from payment_finding where kind in ('REFUND_CONTRADICTED', 'REFUND_PAID_TWICE') or resolution = 'SENT_AGAIN'`,
  `alter table payment_finding
     drop constraint payment_finding_resolved,
     add constraint payment_finding_resolved check (case state
       when 'OPEN' then num_nonnulls(resolution, note, refund_id, resolved_at, resolved_by) = 0
       else num_nulls(resolution, note, resolved_at, resolved_by) = 0 and (resolution = 'GIVEN_BACK') = (refund_id is not null) end),
     drop constraint payment_finding_resolution_check,
     add constraint payment_finding_resolution_check check (resolution in ('NOTHING_TO_DO', 'SETTLED_ELSEWHERE', 'GIVEN_BACK')),
     drop constraint payment_finding_kind_check,
     add constraint payment_finding_kind_check check (kind in ('AMOUNT_MISMATCH', 'CURRENCY_MISMATCH', 'FOREIGN_ACCOUNT', 'UNKNOWN_PAYMENT', 'UNKNOWN_REFUND', 'UNASKED_MONEY', 'REFUND_MISMATCH', 'REFUND_ABNORMAL'))`,
  'drop index ledger_transaction_refund_once',
  'create unique index ledger_transaction_refund_once on ledger_transaction (city, refund_id, kind) where refund_id is not null',
  // What is written about money is never edited: where a refund was paid twice, there is no way back.
  `alter table ledger_transaction
     drop constraint ledger_transaction_refund,
     add constraint ledger_transaction_refund check ((kind in ('REFUND', 'REFUND_SENT', 'RETURN')) = (refund_id is not null)),
     drop constraint ledger_transaction_kind_check,
     add constraint ledger_transaction_kind_check check (kind in ('CHARGE', 'LESSEN', 'PAYMENT', 'RETURN', 'REFUND', 'REFUND_SENT', 'SETTLEMENT', 'REMITTANCE')),
     drop column attempt`,
  `alter table ledger_account
     drop constraint ledger_account_kind_check,
     add constraint ledger_account_kind_check check (kind in ('RECEIVABLE', 'AWAITED', 'CLEARING', 'REFUND_OWED', 'TREASURY', 'TREASURY_CLAIM', 'PAYABLE', 'COST_SHARING', 'PAID_OUT', 'REMITTED'))`,
  'alter table refund drop constraint refund_paid, drop column paid_attempt, drop column attempt',
]);
