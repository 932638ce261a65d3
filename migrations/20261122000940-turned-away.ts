import { defineMigration } from '../src/platform/migration.js';

// Whether a gate turned a vehicle away is asked when its driver says that the space was not provided. Only refusals are
// in the index: those who are let in cost their gate nothing more.
export const turnedAway = defineMigration(
  '20261122000940-turned-away',
  ['create index gate_decision_refused on gate_decision (facility_id, plate_key, at) where not is_admitted'],
  ['drop index gate_decision_refused'],
);
