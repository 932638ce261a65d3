import { defineMigration } from '../src/platform/migration.js';

// Of a pool several vehicles may be late, and whoever comes next was told once of each. Who was told stands on the stay that is in the way.
export const warnedOnce = defineMigration(
  '20261122001003-warned-once',
  [`alter table session add column warned_reservation_ids text[] not null default '{}', drop column next_warned_at`],
  ['alter table session add column next_warned_at timestamptz, drop column warned_reservation_ids'],
);
