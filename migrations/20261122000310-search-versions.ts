import { defineMigration } from '../src/platform/migration.js';

/**
 * Every writing of a search row draws a version that no other ever had. Counted up, a version that was rolled back came
 * again with what another wrote, and who had read the first believed that it knew the second. `windows_version`, which
 * nobody reads, stays for the servers of the release before.
 */
export const searchVersions = defineMigration(
  '20261122000310-search-versions',
  [
    'create sequence facility_search_version',
    `select setval('facility_search_version', coalesce(max(version), 0) + 1) from facility_search`,
    `alter table facility_search alter column version set default nextval('facility_search_version')`,
  ],
  ['alter table facility_search alter column version set default 1', 'drop sequence facility_search_version'],
);
