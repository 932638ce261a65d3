import { defineMigration } from '../src/platform/migration.js';

// A vehicle that has booked on goes on by the next booking once the one that it came by is over: until when it stood by those before is kept, so that this time is not charged again.
export const bookedUntil = defineMigration('20261122001004-booked-until', ['alter table session add column booked_until timestamptz'], ['alter table session drop column booked_until']);
