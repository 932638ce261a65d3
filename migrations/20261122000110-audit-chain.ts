import { defineMigration } from '../src/platform/migration.js';

// A session keeps the plan of what a trigger asks. One that was made while the log was empty read the whole of it for each
// line, ever more as it grew: whatever the figures say, the day's last line is found by the primary key.
const chain = (settings: string): string => `alter function audit_entry_chain() ${settings}`;

export const auditChain = defineMigration(
  '20261122000110-audit-chain',
  [chain('set enable_seqscan = off'), chain('set enable_bitmapscan = off'), chain('set enable_sort = off')],
  [chain('reset all')],
);
