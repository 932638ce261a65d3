import { defineMigration } from '../src/platform/migration.js';

// What each key of this city makes of a known text: under other keys personal fields would not open, and plates and phones not be found.
export const keyProofs = defineMigration(
  '20261122001310-key-proofs',
  [`create table key_proof (
  variable text not null check (variable in ('SEALING_KEYS', 'LOOKUP_KEY')),
  key_id text not null,
  proof text not null,
  primary key (variable, key_id)
)`],
  ['drop table key_proof'],
);
