import { defineMigration } from '../src/platform/migration.js';

// An admission that is ended before it began held at no time: its interval is empty, and it stays on record. A page of a
// facility's admissions is read newest first.
export const endedAdmissions = defineMigration(
  '20261122000960-ended-admissions',
  [
    'alter table admitted_vehicle drop constraint admitted_vehicle_check, add constraint admitted_vehicle_interval check (ends_at >= starts_at)',
    'create index admitted_vehicle_facility on admitted_vehicle (facility_id, id)',
    'create index admitted_vehicle_id on admitted_vehicle (id)',
  ],
  [
    'drop index admitted_vehicle_id',
    'drop index admitted_vehicle_facility',
    'delete from admitted_vehicle where ends_at = starts_at',
    'alter table admitted_vehicle drop constraint admitted_vehicle_interval, add constraint admitted_vehicle_check check (ends_at > starts_at)',
  ],
);
