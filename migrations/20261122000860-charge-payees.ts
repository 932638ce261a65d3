import { defineMigration } from '../src/platform/migration.js';

// A party sees the charges of which it has a share: they are found by it, and not among all that there are. Built in half
// a second where there are 300,000. Without the statistics of the new expression a driver's few would be searched for among all.
export const chargePayees = defineMigration(
  '20261122000860-charge-payees',
  [`create index charge_payees on charge using gin (jsonb_path_query_array(shares, '$[*].partyId'))`, 'analyze charge'],
  ['drop index charge_payees'],
);
