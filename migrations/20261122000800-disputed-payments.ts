import { defineMigration } from '../src/platform/migration.js';

// Money that came for a charge and was less than it asked can be taken: what is missing is a charge of its own, for a charge is only
// ever lessened. Which one it is the rest of is written once, so that whoever takes the charge back takes the rest back with it.
const rests = `
create table charge_rest (
  city char(6) not null,
  charge_id type_id not null,
  rest_id type_id not null,
  primary key (city, charge_id),
  constraint charge_rest_of_one unique (city, rest_id),
  constraint charge_rest_other check (charge_id <> rest_id),
  foreign key (city, charge_id) references charge (city, id),
  foreign key (city, rest_id) references charge (city, id)
);
select write_once('charge_rest');

alter table payment_finding
  drop constraint payment_finding_resolution_check,
  add constraint payment_finding_resolution_check check (resolution in ('NOTHING_TO_DO', 'SETTLED_ELSEWHERE', 'GIVEN_BACK', 'SENT_AGAIN', 'TAKEN'));
`;

export const disputedPayments = defineMigration('20261122000800-disputed-payments', [rests], [
  `delete from payment_finding where resolution = 'TAKEN'`,
  `alter table payment_finding
     drop constraint payment_finding_resolution_check,
     add constraint payment_finding_resolution_check check (resolution in ('NOTHING_TO_DO', 'SETTLED_ELSEWHERE', 'GIVEN_BACK', 'SENT_AGAIN'))`,
  'drop table charge_rest',
]);
