import { defineMigration } from '../src/platform/migration.js';

// A breach that turns out to be none stays on record as withdrawn, and the promise may still be broken: once at a time.
export const withdrawnBreaches = defineMigration(
  '20261122001001-withdrawn-breaches',
  [
    'alter table breach add column withdrawn_at timestamptz, add column withdrawn_reason text, add check ((withdrawn_at is null) = (withdrawn_reason is null))',
    'alter table breach drop constraint breach_once',
    'create unique index breach_once on breach (kind, promise_id) where withdrawn_at is null',
  ],
  [
    'delete from breach where withdrawn_at is not null',
    'drop index breach_once',
    'alter table breach add constraint breach_once unique (kind, promise_id)',
    'alter table breach drop column withdrawn_at, drop column withdrawn_reason',
  ],
);
