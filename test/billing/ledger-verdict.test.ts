import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { keepLedgerVerdict, ledgerVerdict } from '../../src/billing/ledger-check.js';
import { facilitiesRoom } from '../../src/facilities/index.js';
import { identityRoom } from '../../src/identity/index.js';
import type { Database } from '../../src/platform/index.js';
import { openTestDatabase } from '../support/database.js';
import { foundLedgerCity, openCharge, type LedgerCity } from './ledger-city.js';

const logged: object[] = [];
const log = pino({ level: 'error', base: undefined, timestamp: false }, { write: line => void logged.push(JSON.parse(line)) });
let database: Database;
let city: LedgerCity;

beforeAll(async () => {
  database = await openTestDatabase([...identityRoom.entities, ...facilitiesRoom.entities]);
  city = await foundLedgerCity(database, { log });
});

afterAll(() => database.close());

const HOUR = 3_600_000;
const now = (): number => city.services.clock.now();
/** As if the check that was kept last had taken so long. */
const took = (milliseconds: number): Promise<unknown> => database.query('update ledger_verdict set took_ms = $1', [milliseconds]);

test('a ledger that is checked in no time is checked whenever somebody asks, whatever was kept', async () => {
  await keepLedgerVerdict(city.services);
  await took(500);
  city.services.clock.advance(1_000);
  await openCharge(city, city.facilities.shop);

  expect(await ledgerVerdict(city.services)).toMatchObject({ isSound: true, transactions: 1, checkedAt: now() });
});

test('one that takes longer answers what the last check found, and when, until the next', async () => {
  city.services.clock.advance(HOUR);
  await keepLedgerVerdict(city.services);
  const checkedAt = now();
  await took(501);
  city.services.clock.advance(HOUR - 1);
  await openCharge(city, city.facilities.shop);
  await keepLedgerVerdict(city.services);

  expect(await ledgerVerdict(city.services)).toMatchObject({ isSound: true, transactions: 1, checkedAt });

  city.services.clock.advance(1);
  await keepLedgerVerdict(city.services);
  await took(501);
  expect(await ledgerVerdict(city.services)).toMatchObject({ isSound: true, transactions: 2, checkedAt: now() });
  expect(logged).toEqual([]);
});

test('what does not agree is kept, and told in the log', async () => {
  const chargeId = await openCharge(city, city.facilities.shop);
  // As somebody with a console would write it.
  await database.query('alter table charge disable trigger user');
  await database.query('update charge set amount_fen = amount_fen + 1, lines = jsonb_set(lines, $2, to_jsonb(1001)) where id = $1', [chargeId, '{0,amountFen}']);
  await database.query('alter table charge enable trigger user');
  city.services.clock.advance(HOUR);

  await keepLedgerVerdict(city.services);

  const differences = [{ code: 'CHARGE_NOT_IN_LEDGER', count: 1, ids: [chargeId] }];
  expect(await database.query(`select verdict -> 'isSound' as "isSound", verdict -> 'differences' as differences from ledger_verdict order by checked_at desc limit 1`)).toEqual([{ isSound: false, differences }]);
  expect(logged).toEqual([{ level: 50, msg: 'the ledger does not agree', differences, sumFen: 0 }]);
});
