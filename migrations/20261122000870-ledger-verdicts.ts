import { defineMigration } from '../src/platform/migration.js';

// What came of each check of the whole ledger, which takes longer than a request may wait once a city has parked for some months.
export const ledgerVerdicts = defineMigration(
  '20261122000870-ledger-verdicts',
  [`create table ledger_verdict (
      checked_at timestamptz primary key,
      took_ms int not null check (took_ms >= 0),
      verdict jsonb not null
    )`],
  ['drop table ledger_verdict'],
);
