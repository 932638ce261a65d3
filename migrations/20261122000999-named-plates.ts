import { defineMigration } from '../src/platform/migration.js';

// Where several parties booked one plate, the gate goes by who named it first: of a plate that was named after its
// reservation was made, that is kept; null where it was named with it.
export const namedPlates = defineMigration('20261122000999-named-plates', ['alter table reservation_vehicle add column named_at timestamptz'], ['alter table reservation_vehicle drop column named_at']);
