import { defineMigration } from '../src/platform/migration.js';

// Findings of one kind about one number were one that counted, whatever was told: of a second payment of an order, or of a refund
// that was stuck and is closed now, nobody heard once the first was worked off. What was told, by the provider's own number and
// state, tells them apart.
const tellApart = `
alter table payment_finding add column told text not null default '';
update payment_finding
set told = concat_ws(' ', coalesce(details -> 'told', details) ->> 'reference', coalesce(details -> 'told', details) ->> 'state')
where kind <> 'UNASKED_MONEY';
alter table payment_finding drop constraint payment_finding_provider_kind_subject_key;
alter table payment_finding add constraint payment_finding_told_once unique (provider, kind, subject, told);
`;

export const toldFindings = defineMigration('20261122000760-told-findings', [tellApart], [
  'alter table payment_finding drop constraint payment_finding_told_once',
  `delete from payment_finding n using payment_finding o where (o.provider, o.kind, o.subject) = (n.provider, n.kind, n.subject) and o.id < n.id`,
  'alter table payment_finding add constraint payment_finding_provider_kind_subject_key unique (provider, kind, subject)',
  'alter table payment_finding drop column told',
]);
