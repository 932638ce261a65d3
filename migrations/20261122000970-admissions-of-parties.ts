import { defineMigration } from '../src/platform/migration.js';

// Whoever knows a plate is not whoever it belongs to: an admission says whose vehicle it is, and only that party books by
// it. Of what was admitted before that is not known, and the gate alone admits by it. A party that is erased is found by it.
export const admissionsOfParties = defineMigration(
  '20261122000970-admissions-of-parties',
  ['alter table admitted_vehicle add column party_id text collate "C"', 'create index admitted_vehicle_party on admitted_vehicle (party_id) where party_id is not null'],
  ['alter table admitted_vehicle drop column party_id'],
);
