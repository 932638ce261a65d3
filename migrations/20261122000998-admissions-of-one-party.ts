import { defineMigration } from '../src/platform/migration.js';

// A facility looks for one party's vehicles among those of thousands, the newest first, and a party may be admitted at many
// facilities with many vehicles: the index by which a party is erased finds these, too, in their order.
export const admissionsOfOneParty = defineMigration(
  '20261122000998-admissions-of-one-party',
  ['drop index admitted_vehicle_party', 'create index admitted_vehicle_party on admitted_vehicle (party_id, facility_id, id) where party_id is not null'],
  ['drop index admitted_vehicle_party', 'create index admitted_vehicle_party on admitted_vehicle (party_id) where party_id is not null'],
);
