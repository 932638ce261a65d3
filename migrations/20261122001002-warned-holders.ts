import { defineMigration } from '../src/platform/migration.js';

// Whoever comes next is told once that the vehicle before has not left: on the stay that is in the way, so that no booking is written for it.
export const warnedHolders = defineMigration('20261122001002-warned-holders', ['alter table session add column next_warned_at timestamptz'], ['alter table session drop column next_warned_at']);
