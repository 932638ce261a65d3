import { defineMigration } from '../src/platform/migration.js';

// Counters of days that are long past are found by their day, whosever they are. Counting again never touches it.
export const pastClaims = defineMigration('20261122000520-past-claims', ['create index claim_day_past on claim_day (day)'], ['drop index claim_day_past']);
