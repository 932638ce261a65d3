import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openCharges } from '../../src/billing/index.js';
import type { Database, Unit } from '../../src/platform/index.js';
import { rooms } from '../../src/server/rooms.js';
import { foundLedgerCity, openCharge, stayDraft, type LedgerCity } from '../billing/ledger-city.js';
import { inUnit } from '../support/city.js';
import { openTestDatabase } from '../support/database.js';

let database: Database;
let city: LedgerCity;

beforeAll(async () => {
  database = await openTestDatabase(rooms.flatMap(room => room.entities));
  city = await foundLedgerCity(database);
});

afterAll(() => database.close());

const opened = (): Promise<unknown[]> => database.query('select kind, count(*)::int as count from ledger_account where facility_id = $1 group by kind order by kind', [city.facilities.shop]);

test('who opens the first charge of a facility waits for nobody who does so and has not committed', async () => {
  let goOn = (): void => undefined;
  const held = new Promise<void>(resolve => (goOn = resolve));
  let hasOpened = (): void => undefined;
  const first = new Promise<void>(resolve => (hasOpened = resolve));
  const slow = inUnit(city.scope, async (unit: Unit) => {
    await openCharges(unit, [stayDraft(city, city.facilities.shop)]);
    hasOpened();
    await held;
    return null;
  });
  await first;

  // The first one is still under way, and goes on only after the second has ended.
  const chargeId = await openCharge(city, city.facilities.shop);
  goOn();
  await slow;

  expect(chargeId).toMatch(/^chg_/);
  expect(await database.query('select count(*)::int as count from charge where facility_id = $1', [city.facilities.shop])).toEqual([{ count: 2 }]);
  expect(await opened()).toEqual([{ kind: 'AWAITED', count: 1 }, { kind: 'RECEIVABLE', count: 1 }]);
}, 30_000);
