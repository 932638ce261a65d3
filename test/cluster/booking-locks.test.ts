import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { done } from '../../src/kernel/index.js';
import { lockFacilities } from '../../src/facilities/facilities.sql.js';
import { transaction, type Database, type Sql } from '../../src/platform/index.js';
import { findSuspendedFacility, lockLendersWithin } from '../../src/sharing/suspensions.sql.js';
import { lockLenders } from '../../src/sharing/windows.sql.js';
import { addFacilities, DISTRICT, facilityDraft, foundCity } from '../support/city.js';
import { openTestDatabase } from '../support/database.js';
import { scopeOf, testServices } from '../support/scope.js';

let database: Database;
let facilityId: string;

beforeAll(async () => {
  database = await openTestDatabase();
  const scope = scopeOf(testServices(database));
  await foundCity(scope);
  [facilityId] = (await addFacilities(scope, [facilityDraft('locked', { longitude: 118.6, latitude: 24.9 })])) as [string];
});

afterAll(() => database.close());

const LOCKS: ReadonlyArray<readonly [string, (sql: Sql) => Promise<unknown>]> = [
  ['publishes or revises a window', sql => lockLenders(sql, [facilityId])],
  ['suspends a facility', sql => findSuspendedFacility(sql, { windowId: null, facilityId })],
  ['suspends a district', sql => lockLendersWithin(sql, DISTRICT)],
  ['changes a facility', sql => lockFacilities(sql, [facilityId])],
];

// A booking holds the claims and then charges; a change of lending holds the facility and then waits for the claims.
test.each(LOCKS)('whoever %s keeps other writers of the facility waiting, and nobody who charges for a stay there', async (_who, lock) => {
  await transaction(scopeOf(testServices(database)), async unit => {
    await lock(unit);

    // What the foreign key of a charge asks for, and what another writer does.
    const charging = database.query('select id from facility where id = $1 for key share nowait', [facilityId]);
    const writing = database.query('select id from facility where id = $1 for no key update nowait', [facilityId]);

    await expect(charging).resolves.toHaveLength(1);
    await expect(writing).rejects.toMatchObject({ code: '55P03' });
    return done(null);
  });
});
