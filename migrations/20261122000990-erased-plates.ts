import { defineMigration } from '../src/platform/migration.js';

// What the gate decided of a reservation is found from it, so that a driver's plate can be taken from all of it.
export const erasedPlates = defineMigration('20261122000990-erased-plates', ['create index gate_decision_reservation on gate_decision (reservation_id) where reservation_id is not null'], ['drop index gate_decision_reservation']);
