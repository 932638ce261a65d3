import { defineMigration } from '../src/platform/migration.js';

// A vehicle that parks every day has hundreds of stays behind it, and each booking looks at those that may be in its way:
// the vehicles of what is long past are set aside by a job, and what is left is found by an index of its own.
export const pastVehicles = defineMigration(
  '20261122000950-past-vehicles',
  ['alter table reservation_vehicle add column is_past boolean not null default false', 'create index reservation_vehicle_late on reservation_vehicle (plate_hash) where not is_past'],
  ['alter table reservation_vehicle drop column is_past'],
);
