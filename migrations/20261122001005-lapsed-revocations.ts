import { defineMigration } from '../src/platform/migration.js';

// A revocation that lapsed left its claim as it was: what takes that claim back later begins one of its own.
export const lapsedRevocations = defineMigration(
  '20261122001005-lapsed-revocations',
  ['alter table revocation drop constraint revocation_once', `create unique index revocation_once on revocation (claim_id) where state <> 'LAPSED'`],
  ['drop index revocation_once', 'alter table revocation add constraint revocation_once unique (claim_id)'],
);
