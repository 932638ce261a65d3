import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { done } from '../../src/kernel/index.js';
import { readConfiguration, transaction, type Database } from '../../src/platform/index.js';
import { jobs, runJob, type Job } from '../../src/server/jobs.js';
import { openTestDatabase } from '../support/database.js';
import { scopeOf, testServices } from '../support/scope.js';

let database: Database;
let folder: string;
let services: ReturnType<typeof testServices>;

beforeAll(async () => {
  database = await openTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'chaowei-jobs-'));
  services = testServices(database, { configuration: readConfiguration({ DATA_FOLDER: folder }) });
});

afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true });
});

const job = (name: string): Job => jobs.find(each => each.name === name)!;

test('idempotency keys are forgotten after 72 hours, and not an hour before', async () => {
  const scope = scopeOf(services);
  const act = (): Promise<unknown> => transaction(scope, async () => done({ drawn: Math.random() }), { operation: 'act', key: 'k', input: {} });
  const first = await act();

  services.clock.advance(71 * 3_600_000);
  await runJob(services, job('forget-old-keys'));
  expect(await act()).toEqual(first);

  services.clock.advance(2 * 3_600_000);
  await runJob(services, job('forget-old-keys'));
  expect(await act()).not.toEqual(first);
});

test('G28: the newest line of the audit is signed and kept outside the database', async () => {
  await transaction(scopeOf(services), async unit => {
    unit.record({ action: 'test', objectType: 'thing', objectId: 'one' });
    return done(null);
  });

  await runJob(services, job('sign-audit-head'));

  const [head] = readFileSync(join(folder, 'audit-heads.jsonl'), 'utf8').trim().split('\n').map(line => JSON.parse(line) as { sequence: string; hash: string });
  const rows = await database.query<{ sequence: string; hash: string }>(`select sequence, encode(hash, 'hex') as hash from audit_entry order by sequence desc limit 1`);
  expect([head!.sequence, head!.hash]).toEqual([rows[0]!.sequence, rows[0]!.hash]);
});

test('a job that fails is logged, and the server goes on', async () => {
  await expect(runJob(services, { name: 'broken', everyMs: 1, isSingle: true, run: () => Promise.reject(new Error('no')) })).resolves.toBeUndefined();
});
