import { defineMigration } from '../src/platform/migration.js';

// A person who was erased is an id: whatever stood by its name stands by the id alone. Every version forgets with it.
const erasure = `
alter table party add column erased_at timestamptz;
alter table party_version add column erased_at timestamptz;
alter table party drop constraint party_person_is_sealed;
alter table party add constraint party_person_is_sealed check (case
  when erased_at is null then (kind = 'PERSON') = (sealed_name is not null) and (kind = 'PERSON') = (name is null)
  else kind = 'PERSON' and num_nonnulls(name, sealed_name, sealed_phone, phone_hash, source, code) = 0 end);
`;

export const erasedParties = defineMigration('20261122000220-erasure', [erasure], [
  // Without a name nobody is left who could be kept.
  `alter table party drop constraint party_person_is_sealed`,
  `alter table party add constraint party_person_is_sealed check ((kind = 'PERSON') = (sealed_name is not null) and (kind = 'PERSON') = (name is null)) not valid`,
  'alter table party_version drop column erased_at',
  'alter table party drop column erased_at',
]);
