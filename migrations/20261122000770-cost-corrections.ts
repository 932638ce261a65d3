import { defineMigration } from '../src/platform/migration.js';

// A cost that was written down wrongly stood for ever, and hid what an estate took in above its costs (3.5-5): a further entry
// below zero takes it back, for nothing that is written about money is edited.
export const costCorrections = defineMigration(
  '20261122000770-cost-corrections',
  ['alter table management_cost drop constraint management_cost_amount_fen_check', 'alter table management_cost add constraint management_cost_amount_fen_check check (amount_fen <> 0)'],
  ['alter table management_cost drop constraint management_cost_amount_fen_check', 'alter table management_cost add constraint management_cost_amount_fen_check check (amount_fen > 0) not valid'],
);
