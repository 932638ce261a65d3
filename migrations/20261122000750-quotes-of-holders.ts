import { defineMigration } from '../src/platform/migration.js';

// What was quoted to a person is found from the person, so that it goes with all else that is kept of one who asks.
export const quotesOfHolders = defineMigration('20261122000750-quotes-of-holders', ['create index quote_holder on quote (holder_party_id) where holder_party_id is not null'], ['drop index quote_holder']);
