import { defineMigration } from '../src/platform/migration.js';

// A finding is worked off once, by somebody, with a word of what was done; what it said stays.
const resolutions = `
alter table payment_finding
  add column state text not null default 'OPEN' check (state in ('OPEN', 'RESOLVED')),
  add column resolution text check (resolution in ('NOTHING_TO_DO', 'SETTLED_ELSEWHERE', 'GIVEN_BACK')),
  add column note text check (length(note) between 4 and 500),
  -- The refund that gave the money back; null where none did.
  add column refund_id type_id,
  add column resolved_at timestamptz,
  add column resolved_by text,
  add constraint payment_finding_resolved check (case state
    when 'OPEN' then num_nonnulls(resolution, note, refund_id, resolved_at, resolved_by) = 0
    else num_nulls(resolution, note, resolved_at, resolved_by) = 0 and (resolution = 'GIVEN_BACK') = (refund_id is not null) end);
create index payment_finding_open on payment_finding (id) where state = 'OPEN';
`;

export const paymentFindings = defineMigration('20261122000730-payment-findings', [resolutions], [
  'drop index payment_finding_open',
  `alter table payment_finding drop constraint payment_finding_resolved, drop column resolved_by, drop column resolved_at, drop column refund_id,
     drop column note, drop column resolution, drop column state`,
]);
