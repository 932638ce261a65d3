import { defineMigration } from '../src/platform/migration.js';

// What another place costs more for a booking that was moved there is a charge like any other: the supplier that took the
// spaces back owes it there. The ledger knows no cost, so nothing of it can be taken off what that supplier takes in (3.5-6).
export const relocations = defineMigration(
  '20261122000740-relocations',
  [
    'alter table charge drop constraint charge_purpose_check',
    `alter table charge add constraint charge_purpose_check check (purpose in ('STAY', 'OVERSTAY', 'CANCELLATION', 'NO_SHOW', 'AGREEMENT', 'RELOCATION'))`,
  ],
  [
    'alter table charge drop constraint charge_purpose_check',
    `alter table charge add constraint charge_purpose_check check (purpose in ('STAY', 'OVERSTAY', 'CANCELLATION', 'NO_SHOW', 'AGREEMENT'))`,
  ],
);
