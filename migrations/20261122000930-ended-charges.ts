import { defineMigration } from '../src/platform/migration.js';

// A reservation leads to its charges for good, those of which nothing stands included: what is still to be voided is told
// by the amounts, no longer by an empty list.
export const endedCharges = defineMigration(
  '20261122000930-ended-charges',
  [
    `create index reservation_charge_stands on reservation (id) where state = 'EXPIRED' and charges @@ '$[*].amountFen > 0'`,
    'drop index reservation_to_void',
  ],
  [
    `create index reservation_to_void on reservation (id) where state = 'EXPIRED' and charges <> '[]'`,
    'drop index reservation_charge_stands',
  ],
);
