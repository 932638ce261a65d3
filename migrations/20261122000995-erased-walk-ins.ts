import { defineMigration } from '../src/platform/migration.js';

// A driver's plate is taken also from what gates saw of it without a booking, which nothing else looks for by the plate alone.
export const erasedWalkIns = defineMigration(
  '20261122000995-erased-walk-ins',
  [
    'create index gate_decision_unbooked on gate_decision (plate_key) where reservation_id is null',
    'create index gate_decision_suggested on gate_decision (facility_id, at) where sealed_suggestions is not null',
    `create index session_void on session (plate_key) where state = 'VOID'`,
  ],
  ['drop index session_void', 'drop index gate_decision_suggested', 'drop index gate_decision_unbooked'],
);
