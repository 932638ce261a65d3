import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { checkLedger } from '../../src/billing/ledger-check.js';
import { openDatabase, openLog, type Database } from '../../src/platform/index.js';
import { openTestDatabase, urlOf } from '../support/database.js';
import { until } from './machines.js';

const STATEMENT_MS = 200;

let database: Database;
/** The same as servers open it, whose statements end after a while. */
let hasty: Database;

beforeAll(async () => {
  database = await openTestDatabase();
  hasty = await openDatabase({ url: await urlOf(database), dataFolder: null, poolSize: 2, statementMs: STATEMENT_MS, acquireMs: 10_000, entities: [], migrations: [], log: openLog({ level: 'silent' }) });
});

afterAll(async () => {
  await hasty.close();
  await database.close();
});

test('the hourly check of the ledger waits where a request would be ended', async () => {
  const check = await database.transactional(async (_em, sql) => {
    await sql.query('lock table ledger_posting in access exclusive mode');
    await expect(checkLedger(hasty)).rejects.toThrow('statement timeout');
    const patient = { verdict: checkLedger(hasty, { mostMs: 60_000 }) };
    await until('it has waited longer than a request may', async () => (await database.query(`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query_start < clock_timestamp() - $1 * interval '1 ms'`, [2 * STATEMENT_MS])).length === 1, 20_000);
    return patient;
  });

  expect(await check.verdict).toMatchObject({ isSound: true, postings: 0 });
});
