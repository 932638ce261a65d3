import { defineMigration } from '../src/platform/migration.js';

// What a party has open is counted with each of its bookings: found from the party, and read from the index alone.
const open = `
create index reservation_open on reservation (party_id, id) include (series_id, held_until) where state in ('HELD', 'CONFIRMED', 'CHECKED_IN', 'OVERSTAYED');
`;

// Windows may lend to residents or to holders of an agreement: as which of them the stay was decided, so that the gate and
// every later change decide it as the booking did (P2). Empty: as anybody.
const askers = `
alter table reservation add column audiences text[] not null default '{}' check (audiences <@ array['RESIDENTS', 'AGREEMENT_HOLDERS']);
`;

export const bookingLimits = defineMigration('20261122000920-booking-limits', [open, askers], ['alter table reservation drop column audiences', 'drop index reservation_open']);
